//! Times of day as `<input type="time">` writes them.

/// `08:30` as minutes since midnight; seconds are dropped.
pub fn minutes_of(time: &str) -> Option<i32> {
    let mut parts = time.split(':');
    let hours: i32 = parts.next()?.parse().ok()?;
    let minutes: i32 = parts.next()?.parse().ok()?;
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

/// Minutes since midnight as `08:30`.
pub fn minutes_text(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_and_written() {
        assert_eq!(minutes_of("08:30"), Some(510));
        assert_eq!(minutes_of("23:59:59"), Some(1439));
        assert_eq!(minutes_of("24:00"), None);
        assert_eq!(minutes_of("half past eight"), None);
        assert_eq!(minutes_text(510), "08:30");
    }
}
