//! Working hours and time zones as far as the demo company needs them: the European Union's summer time.

use model::{Date, Timestamp};

/// Where a user works.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    /// The IANA name.
    pub name: &'static str,
    /// Minutes to add to UTC in winter; one hour more in summer.
    pub winter_minutes: i32,
}

/// The instant of a wall-clock time in a zone.
pub fn instant(zone: Zone, date: Date, minutes_of_day: i32) -> Timestamp {
    let offset = zone.winter_minutes + if is_summer(date) { 60 } else { 0 };
    let minutes = i64::from(date.days()) * 24 * 60 + i64::from(minutes_of_day - offset);
    Timestamp::from_milliseconds(minutes * 60_000)
}

/// The date itself from Monday to Friday, else the Friday before.
pub fn working_day(date: Date) -> Date {
    match weekday(date) {
        0 => date.plus_days(-2),
        6 => date.plus_days(-1),
        _ => date,
    }
}

/// 0 is Sunday.
fn weekday(date: Date) -> i32 {
    (date.days() + 4).rem_euclid(7)
}

fn is_summer(date: Date) -> bool {
    let year = date.civil().year();
    let last_sunday = |month| {
        let last = Date::from_civil(year, month, 31).unwrap_or(date);
        last.plus_days(-weekday(last))
    };
    date >= last_sunday(3) && date < last_sunday(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARIS: Zone = Zone { name: "Europe/Paris", winter_minutes: 60 };

    #[test]
    fn nine_in_the_morning_is_nine_in_summer_and_winter() {
        for (date, expected) in [
            ("2026-01-15", "2026-01-15T08:00:00Z"),
            ("2026-03-27", "2026-03-27T08:00:00Z"),
            ("2026-03-30", "2026-03-30T07:00:00Z"),
            ("2026-10-23", "2026-10-23T07:00:00Z"),
            ("2026-10-26", "2026-10-26T08:00:00Z"),
        ] {
            assert_eq!(instant(PARIS, date.parse().unwrap(), 9 * 60).to_string(), expected);
        }
    }

    #[test]
    fn weekends_move_to_the_friday_before() {
        for (date, expected) in
            [("2026-11-20", "2026-11-20"), ("2026-11-21", "2026-11-20"), ("2026-11-22", "2026-11-20")]
        {
            assert_eq!(working_day(date.parse().unwrap()).to_string(), expected);
        }
    }
}
