//! Calendar dates, instants and time zones, without a clock and without a time zone database.

use jiff::civil;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const MILLISECONDS_PER_DAY: i64 = 86_400_000;

/// A calendar date without a zone, kept as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// An instant, kept as milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is not a date or an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date; expected YYYY-MM-DD or an ISO 8601 instant such as 2026-01-31T08:30:00Z")]
pub struct NotADate(pub String);

impl Date {
    /// The date `days` after 1970-01-01.
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date of a year, month (1–12) and day, if there is such a day.
    #[must_use]
    pub fn from_civil(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = civil::Date::new(year, month, day).ok()?;
        let span = civil::date(1970, 1, 1).until(date).ok()?;
        Some(Self(span.get_days()))
    }

    /// The date in jiff's terms, for calendar arithmetic; far ends are clamped to jiff's range.
    #[must_use]
    pub fn civil(self) -> civil::Date {
        civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896)))
    }

    /// The date of jiff's date.
    #[must_use]
    pub fn of(date: civil::Date) -> Self {
        Self(civil::date(1970, 1, 1).until(date).map_or(0, |span| span.get_days()))
    }

    /// The date this many days later (earlier when negative).
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.civil(), f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// Reads `YYYY-MM-DD`; a time behind it is refused.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let text = text.trim();
        if text.len() > 10 {
            return Err(NotADate(text.to_owned()));
        }
        text.parse::<civil::Date>().map(Self::of).map_err(|_| NotADate(text.to_owned()))
    }
}

impl Timestamp {
    /// The instant `milliseconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// The instant this many milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

impl fmt::Display for Timestamp {
    /// ISO 8601 in UTC; milliseconds only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = Date(i32::try_from(self.0.div_euclid(MILLISECONDS_PER_DAY)).unwrap_or(0));
        let rest = self.0.rem_euclid(MILLISECONDS_PER_DAY);
        let (seconds, milliseconds) = (rest / 1000, rest % 1000);
        write!(f, "{day}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if milliseconds != 0 {
            write!(f, ".{milliseconds:03}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = NotADate;

    /// Reads an ISO 8601 instant with an offset; a bare date means its midnight in UTC, as Dataverse reads it.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let text = text.trim();
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Self(i64::from(date.days()) * MILLISECONDS_PER_DAY));
        }
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(instant.as_millisecond()));
        }
        let civil = text.parse::<civil::DateTime>().map_err(|_| NotADate(text.to_owned()))?;
        let day = i64::from(Date::of(civil.date()).days()) * MILLISECONDS_PER_DAY;
        let time = civil.time();
        let seconds =
            i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        Ok(Self(day + seconds * 1000 + i64::from(time.millisecond())))
    }
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
serde_as_text!(Date);
serde_as_text!(Timestamp);

/// From this instant on, local time is UTC plus the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneChange {
    /// The first instant of the offset.
    pub from: Timestamp,
    /// Minutes to add to UTC to get local time.
    pub offset_minutes: i32,
}

/// A user's time zone as the list of its offset changes.
///
/// The server (or the browser's `Intl`) makes the list for the years at hand, so no crate carries a time zone database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeZone {
    /// The IANA name (`Europe/Paris`).
    pub name: String,
    /// Ascending; the first offset also holds for all earlier instants.
    pub changes: Vec<ZoneChange>,
}

impl TimeZone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), changes: Vec::new() }
    }

    /// Minutes to add to UTC at this instant.
    #[must_use]
    pub fn offset_minutes(&self, at: Timestamp) -> i32 {
        let after = self.changes.partition_point(|change| change.from <= at);
        let change = if after == 0 { self.changes.first() } else { self.changes.get(after - 1) };
        change.map_or(0, |change| change.offset_minutes)
    }

    /// The calendar date that this instant falls on.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        let local = at.milliseconds() + i64::from(self.offset_minutes(at)) * 60_000;
        Date(i32::try_from(local.div_euclid(MILLISECONDS_PER_DAY)).unwrap_or(0))
    }

    /// The instant a calendar date starts here. Where midnight is skipped, the first instant of the day.
    #[must_use]
    pub fn start_of(&self, date: Date) -> Timestamp {
        self.instant_of(date, 0)
    }

    /// The instant of a wall-clock time: a date and the minutes since its midnight.
    #[must_use]
    pub fn instant_of(&self, date: Date, minutes_of_day: i32) -> Timestamp {
        let local = i64::from(date.days()) * MILLISECONDS_PER_DAY + i64::from(minutes_of_day) * 60_000;
        let first = Timestamp(local - i64::from(self.offset_minutes(Timestamp(local))) * 60_000);
        let second = Timestamp(local - i64::from(self.offset_minutes(first)) * 60_000);
        if self.offset_minutes(second) == self.offset_minutes(first) { second } else { first.max(second) }
    }

    /// The wall-clock time of an instant: its date and the minutes since midnight.
    #[must_use]
    pub fn wall_clock(&self, at: Timestamp) -> (Date, i32) {
        let local = at.milliseconds() + i64::from(self.offset_minutes(at)) * 60_000;
        let minutes = local.rem_euclid(MILLISECONDS_PER_DAY) / 60_000;
        (self.date_of(at), i32::try_from(minutes).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        let change = |text: &str, offset_minutes| ZoneChange { from: text.parse().unwrap(), offset_minutes };
        TimeZone {
            name: "Europe/Paris".to_owned(),
            changes: vec![
                change("2025-10-26T01:00:00Z", 60),
                change("2026-03-29T01:00:00Z", 120),
                change("2026-10-25T01:00:00Z", 60),
            ],
        }
    }

    #[test]
    fn instants_read_and_write_iso_8601() {
        for text in ["2026-11-24T05:30:00Z", "1969-12-31T23:59:59.500Z", "2024-02-29T00:00:00Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!(
            "2026-11-24T06:30:00+01:00".parse::<Timestamp>().unwrap().to_string(),
            "2026-11-24T05:30:00Z"
        );
        assert_eq!("2026-11-24".parse::<Timestamp>().unwrap().to_string(), "2026-11-24T00:00:00Z");
        assert!("tomorrow".parse::<Timestamp>().is_err());
        assert!("2026-02-30".parse::<Date>().is_err());
    }

    #[test]
    fn the_last_day_of_the_calendar_is_written_as_it_is() {
        for text in ["9999-12-31", "9950-01-01", "0001-01-01", "1753-01-01"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        assert_eq!(Date::from_days(i32::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn a_day_starts_at_local_midnight_in_summer_and_winter() {
        let zone = paris();
        let start = |text: &str| zone.start_of(text.parse().unwrap()).to_string();
        assert_eq!(start("2026-07-01"), "2026-06-30T22:00:00Z");
        assert_eq!(start("2026-12-01"), "2026-11-30T23:00:00Z");
        assert_eq!(start("2026-03-29"), "2026-03-28T23:00:00Z");
        assert_eq!(start("2026-10-25"), "2026-10-24T22:00:00Z");
        assert_eq!(zone.date_of("2026-06-30T22:30:00Z".parse().unwrap()).to_string(), "2026-07-01");
    }
}
