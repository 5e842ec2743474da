//! Times of day, alone and behind a date.

use super::calendar::show_date;
use super::fold::fold;
use super::locale::{Clock, Locale};
use crate::{Date, TimeZone, Timestamp};

const MILLISECONDS_PER_SECOND: i32 = 1000;
const MILLISECONDS_PER_MINUTE: i32 = 60_000;
const MINUTES_PER_HOUR: i32 = 60;
const MINUTES_PER_DAY: i32 = 1440;

/// A time of day as it is read: `17:05`, `5:05 PM`, `17 h 05`.
#[must_use]
pub fn show_time(minutes: i32, locale: Locale) -> String {
    let (hour, minute) =
        (minutes.rem_euclid(MINUTES_PER_DAY) / MINUTES_PER_HOUR, minutes.rem_euclid(MINUTES_PER_HOUR));
    match locale.facts().clock {
        Clock::TwentyFour => format!("{hour:02}:{minute:02}"),
        Clock::TwentyFourWithH => format!("{hour:02} h {minute:02}"),
        Clock::Twelve(..) => format!("{}:{minute:02} {}", twelve(hour), half(hour, locale)),
    }
}

/// An instant in a zone, as it is read.
#[must_use]
pub fn show_date_time(at: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let (date, minutes) = zone.wall_clock(at);
    format!("{}, {}", show_date(date, locale), show_time(minutes, locale))
}

/// A time of day as it stands in an input, with seconds only where there are any.
#[must_use]
pub fn write_time(milliseconds: i32, locale: Locale) -> String {
    let rest = milliseconds.rem_euclid(MILLISECONDS_PER_MINUTE);
    if rest == 0 {
        return show_time(milliseconds / MILLISECONDS_PER_MINUTE, locale);
    }
    let minutes = milliseconds / MILLISECONDS_PER_MINUTE;
    let (hour, minute) = (minutes / MINUTES_PER_HOUR, minutes % MINUTES_PER_HOUR);
    let (second, fraction) = (rest / MILLISECONDS_PER_SECOND, rest % MILLISECONDS_PER_SECOND);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:03}") };
    match locale.facts().clock {
        Clock::Twelve(..) => {
            format!("{}:{minute:02}:{second:02}{fraction} {}", twelve(hour), half(hour, locale))
        }
        _ => format!("{hour:02}:{minute:02}:{second:02}{fraction}"),
    }
}

const fn twelve(hour: i32) -> i32 {
    if hour % 12 == 0 { 12 } else { hour % 12 }
}

const fn half(hour: i32, locale: Locale) -> &'static str {
    match locale.facts().clock {
        Clock::Twelve(morning, _) if hour < 12 => morning,
        Clock::Twelve(_, afternoon) => afternoon,
        _ => "",
    }
}

/// Reads a time of day as milliseconds since midnight: `9`, `930`, `9:30`, `9h30`, `9 Uhr 30`, `2 pm`, `17:05:30.5`.
#[must_use]
pub fn parse_time(text: &str) -> Option<i32> {
    let text = fold(text);
    let (text, is_afternoon) = without_half(&text);
    // `h` and `Uhr` stand where others write a colon; nothing need follow them.
    let text = text.replace("uhr", ":").replace('h', ":");
    let text = text.trim().trim_end_matches("min").trim();
    let mut parts: Vec<&str> = text.trim_end_matches(':').split(':').map(str::trim).collect();
    if let [only] = parts.as_slice() {
        let only = *only;
        parts = if only.contains('.') {
            only.split('.').collect()
        } else if only.len() > 2 && only.is_ascii() {
            let (hour, minute) = only.split_at(only.len() - 2);
            vec![hour, minute]
        } else {
            vec![only]
        };
    }
    let (hour, minute, second) = match parts.as_slice() {
        [hour] => (*hour, "00", "0"),
        [hour, minute] => (*hour, *minute, "0"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = with_half(number(hour, 24)?, is_afternoon)?;
    let minute = if minute.len() == 2 { number(minute, 60)? } else { return None };
    Some((hour * MINUTES_PER_HOUR + minute) * MILLISECONDS_PER_MINUTE + seconds(second)?)
}

/// The text without `am` or `pm`, and whether it said `pm`.
fn without_half(text: &str) -> (&str, Option<bool>) {
    for (word, is_afternoon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if let Some(rest) = text.strip_suffix(word) {
            return (rest.trim_end(), Some(is_afternoon));
        }
    }
    (text, None)
}

fn with_half(hour: i32, is_afternoon: Option<bool>) -> Option<i32> {
    match is_afternoon {
        None => Some(hour),
        Some(_) if !(1..=12).contains(&hour) => None,
        Some(is_afternoon) => Some(hour % 12 + if is_afternoon { 12 } else { 0 }),
    }
}

fn number(text: &str, below: i32) -> Option<i32> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { text.parse().ok().filter(|number| *number < below) } else { None }
}

fn seconds(text: &str) -> Option<i32> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction: i32 = format!("{fraction:0<3}").parse().ok()?;
    Some(number(whole, 60)? * MILLISECONDS_PER_SECOND + fraction)
}

/// The instant of a date and a time of day in a zone.
pub(super) fn instant(date: Date, milliseconds: i32, zone: &TimeZone) -> Timestamp {
    let at = zone.instant_of(date, milliseconds / MILLISECONDS_PER_MINUTE);
    at.plus_milliseconds(i64::from(milliseconds % MILLISECONDS_PER_MINUTE))
}

/// The date and the time of day of an instant in a zone.
pub(super) fn wall(at: Timestamp, zone: &TimeZone) -> (Date, i32) {
    let (date, minutes) = zone.wall_clock(at);
    let rest = at.milliseconds().rem_euclid(i64::from(MILLISECONDS_PER_MINUTE));
    (date, minutes * MILLISECONDS_PER_MINUTE + i32::try_from(rest).unwrap_or(0))
}
