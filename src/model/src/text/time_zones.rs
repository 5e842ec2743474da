//! The time zones of Dataverse by their codes (`timezonecode`), named by their cities.

use super::languages::pick;
use crate::Language;

/// `code offset English|French|German` a line, offsets in minutes of standard time; an empty name is the English one.
const NAMES: &str = include_str!("time_zones.txt");

/// Every time zone with its code and its name: `(GMT+01:00) Brussels, Copenhagen, Madrid, Paris`.
pub fn time_zones(language: Language) -> impl Iterator<Item = (i64, String)> {
    NAMES.lines().filter_map(move |line| {
        let mut parts = line.splitn(3, ' ');
        let code = parts.next()?.parse().ok()?;
        let minutes: i32 = parts.next()?.parse().ok()?;
        let cities = pick(parts.next()?, language)?;
        let sign = if minutes < 0 { '-' } else { '+' };
        let length = minutes.unsigned_abs();
        let offset =
            if minutes == 0 { String::new() } else { format!("{sign}{:02}:{:02}", length / 60, length % 60) };
        Some((code, format!("(GMT{offset}) {cities}")))
    })
}

/// The name of a time zone.
pub fn name(code: i64, language: Language) -> Option<String> {
    time_zones(language).find(|(number, _)| *number == code).map(|(_, name)| name)
}
