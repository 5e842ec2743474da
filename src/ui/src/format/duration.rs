//! Durations in minutes, as people type and read them.

/// The short names of the units in the user's language.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// Days.
    pub day: &'a str,
    /// Hours.
    pub hour: &'a str,
    /// Minutes.
    pub minute: &'a str,
}

const MINUTES_PER_HOUR: f64 = 60.0;
const MINUTES_PER_DAY: f64 = 1440.0;

/// Reads `90`, `1:30`, `1h30`, `1.5 h`, `2 d` as minutes; also with the unit names of the other languages (`j`, `Std`, `Tage`).
pub fn parse_duration(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase().replace(',', ".");
    if let Some((hours, minutes)) = text.split_once(':') {
        let hours: i64 = hours.trim().parse().ok()?;
        let minutes: i64 = minutes.trim().parse().ok()?;
        return (hours >= 0 && (0..60).contains(&minutes)).then_some(hours * 60 + minutes);
    }
    let mut total = 0.0;
    let mut smallest = f64::INFINITY;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().ok()?;
        rest = rest[end..].trim_start();
        let end = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let unit = rest[..end].trim().trim_end_matches('.');
        rest = rest[end..].trim_start();
        let minutes = match unit.chars().next() {
            // A bare number is minutes; behind hours (`1h30`) too.
            None | Some('m') => 1.0,
            Some('h' | 's') => MINUTES_PER_HOUR,
            Some('d' | 'j' | 't') => MINUTES_PER_DAY,
            Some(_) => return None,
        };
        if minutes >= smallest {
            return None;
        }
        smallest = minutes;
        total += number * minutes;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked against the largest whole number of minutes"
    )]
    (smallest.is_finite() && total <= f64::from(i32::MAX)).then(|| total.round() as i64)
}

/// Writes minutes as days, hours and minutes, leaving out what is zero.
pub fn show_duration(minutes: i64, units: Units<'_>) -> String {
    if minutes <= 0 {
        return format!("{minutes}\u{a0}{}", units.minute);
    }
    let parts = [(minutes / 1440, units.day), (minutes / 60 % 24, units.hour), (minutes % 60, units.minute)];
    let shown: Vec<_> = parts
        .iter()
        .filter(|(number, _)| *number != 0)
        .map(|(number, unit)| format!("{number}\u{a0}{unit}"))
        .collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, minutes) in [
            ("90", Some(90)),
            ("1:30", Some(90)),
            ("1h30", Some(90)),
            ("1 h 30 min", Some(90)),
            ("1,5 h", Some(90)),
            ("2 Std. 5 Min.", Some(125)),
            ("1 j", Some(1440)),
            ("1 Tag 1 Std", Some(1500)),
            ("0", Some(0)),
            ("1:75", None),
            ("30 1", None),
            ("soon", None),
            ("", None),
            ("-5", None),
        ] {
            assert_eq!(parse_duration(text), minutes, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back() {
        let units = Units { day: "d", hour: "h", minute: "min" };
        for minutes in [0, 1, 59, 60, 90, 1440, 1501, 100_000] {
            assert_eq!(parse_duration(&show_duration(minutes, units)), Some(minutes));
        }
    }
}
