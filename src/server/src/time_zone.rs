//! Time zones as devices need them: the list of offset changes of the years at hand.

use model::{TimeZone, Timestamp, ZoneChange};

/// Years before and after now that the list covers.
const YEARS: i64 = 5;
const MILLISECONDS_PER_YEAR: i64 = 365 * 86_400_000;
/// More changes than any zone has in ten years.
const MOST_CHANGES: usize = 100;

/// The zone of an IANA name, with its changes from five years before to five years after now; UTC when there is no such zone.
pub fn time_zone(name: &str, now: Timestamp) -> TimeZone {
    let Ok(zone) = jiff::tz::TimeZone::get(name) else { return TimeZone::utc() };
    let edge = |years: i64| {
        jiff::Timestamp::from_millisecond(now.milliseconds() + years * MILLISECONDS_PER_YEAR).ok()
    };
    let (Some(start), Some(end)) = (edge(-YEARS), edge(YEARS)) else { return TimeZone::utc() };
    let change = |at: jiff::Timestamp, offset: jiff::tz::Offset| ZoneChange {
        from: Timestamp::from_milliseconds(at.as_millisecond()),
        offset_minutes: offset.seconds() / 60,
    };
    let mut changes = vec![change(start, zone.to_offset(start))];
    for transition in zone.following(start).take(MOST_CHANGES) {
        if transition.timestamp() > end {
            break;
        }
        let next = change(transition.timestamp(), transition.offset());
        if changes.last().is_none_or(|last| last.offset_minutes != next.offset_minutes) {
            changes.push(next);
        }
    }
    TimeZone { name: name.to_owned(), changes }
}

/// True for a name that `time_zone` knows.
pub fn is_known(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paris_changes_twice_a_year_and_unknown_zones_are_utc() {
        let now: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let paris = time_zone("Europe/Paris", now);
        assert_eq!(paris.changes.len(), 21);
        for (at, minutes) in
            [("2026-07-01T00:00:00Z", 120), ("2026-12-01T00:00:00Z", 60), ("2022-01-01T00:00:00Z", 60)]
        {
            assert_eq!(paris.offset_minutes(at.parse().unwrap()), minutes, "{at}");
        }
        assert_eq!(time_zone("Asia/Kolkata", now).changes.len(), 1);
        assert_eq!(time_zone("Mars/Olympus", now), TimeZone::utc());
        assert!(is_known("Europe/Berlin") && !is_known("Mars/Olympus"));
    }
}
