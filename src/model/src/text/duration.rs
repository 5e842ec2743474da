//! Durations in minutes, as the duration control of model-driven apps shows them and as people type them.

use super::fold::fold;
use super::locale::Locale;
use super::number::{fixed, plain_digits, typed_form};
use super::words::{DAYS, HOURS, MINUTES, Unit, words};
use crate::{Decimal, Language};

const PER_HOUR: u64 = 60;
const PER_DAY: u64 = 1440;

/// Minutes in the largest unit that is not larger than they are, with up to two digits: `45 minutes`, `1.5 hours`, `2 days`.
#[must_use]
pub fn show_duration(minutes: i64, language: Language, locale: Locale) -> String {
    let words = words(language);
    let length = minutes.unsigned_abs();
    let (per_unit, unit) = match length {
        0..PER_HOUR => (1, words.minute),
        PER_HOUR..PER_DAY => (PER_HOUR, words.hour),
        _ => (PER_DAY, words.day),
    };
    let amount = Decimal::from(length) / Decimal::from(per_unit);
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}{}", counted(amount, unit, locale))
}

/// A duration that is read back as exactly that: as it is shown where two digits are enough, else in several units.
pub(super) fn write_duration(minutes: i64, language: Language, locale: Locale) -> String {
    let shown = show_duration(minutes, language, locale);
    if parse_duration(&shown, locale) == Some(minutes) {
        return shown;
    }
    let words = words(language);
    let length = minutes.unsigned_abs();
    let parts = [
        (length / PER_DAY, words.day),
        (length / PER_HOUR % (PER_DAY / PER_HOUR), words.hour),
        (length % PER_HOUR, words.minute),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, unit)| counted(Decimal::from(count), unit, locale)).collect();
    format!("{}{}", if minutes < 0 { "-" } else { "" }, parts.join(" "))
}

/// As the original does, everything but exactly one is many.
fn counted(amount: Decimal, unit: Unit, locale: Locale) -> String {
    let number = fixed(&amount, 0, 2);
    let name = if number == "1" { unit.one } else { unit.many };
    format!("{} {name}", typed_form(&number, locale))
}

/// Reads `90`, `1:30`, `1h30`, `1,5 h`, `2 days` as minutes, with the unit names of every language of the screens.
#[must_use]
pub fn parse_duration(text: &str, locale: Locale) -> Option<i64> {
    let text = fold(text);
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => length(rest.trim_start(), locale).map(|minutes| -minutes),
        None => length(&text, locale),
    }
}

fn length(text: &str, locale: Locale) -> Option<i64> {
    if let Some((hours, minutes)) = text.split_once(':') {
        let whole =
            |part: &str| part.bytes().all(|digit| digit.is_ascii_digit()).then(|| part.parse::<u32>().ok());
        let (hours, minutes) = (whole(hours.trim())??, whole(minutes.trim())??);
        return (minutes < 60).then(|| i64::from(hours) * 60 + i64::from(minutes));
    }
    let mut total = Decimal::ZERO;
    let mut smallest = None;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_alphabetic()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        rest = after;
        let minutes = match unit.trim().trim_end_matches(['.', ',']).trim_end() {
            // A bare number is minutes; behind hours (`1h30`) too.
            "" => 1,
            unit if MINUTES.contains(&unit) => 1,
            unit if HOURS.contains(&unit) => PER_HOUR,
            unit if DAYS.contains(&unit) => PER_DAY,
            _ => return None,
        };
        if smallest.is_some_and(|smallest| minutes >= smallest) {
            return None;
        }
        smallest = Some(minutes);
        let amount = amount(number, locale)?.checked_mul(Decimal::from(minutes))?;
        total = total.checked_add(amount)?;
    }
    smallest?;
    i64::try_from(crate::money::round(total, 0)).ok()
}

/// A number of a duration. A comma is a decimal mark everywhere where it cannot separate thousands.
fn amount(text: &str, locale: Locale) -> Option<Decimal> {
    let plain = plain_digits(text, locale.facts()).or_else(|| {
        let text = text.trim().replace(',', ".");
        text.starts_with(|first: char| first.is_ascii_digit()).then_some(text)
    })?;
    plain.parse().ok()
}
