//! Numbers, written with the marks of a place and read exactly.

use super::locale::{Facts, Locale, Marks};
use crate::Decimal;
use std::str::FromStr;

/// A whole number with thousands marks.
#[must_use]
pub fn show_integer(number: i64, locale: Locale) -> String {
    grouped(&number.to_string(), locale.facts().number)
}

/// A number with at least and at most so many digits behind the decimal mark, rounded half away from zero.
#[must_use]
pub fn show_decimal(number: &Decimal, least: u8, most: u8, locale: Locale) -> String {
    grouped(&fixed(number, least, most), locale.facts().number)
}

/// The digits of a number with a point, as many behind it as wanted.
pub(super) fn fixed(number: &Decimal, least: u8, most: u8) -> String {
    let mut number = crate::money::round(*number, most).normalize();
    if number.scale() < u32::from(least) {
        number.rescale(u32::from(least));
    }
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number.to_string()
}

/// Plain digits (`-1234.5`) with thousands marks.
pub(super) fn grouped(plain: &str, marks: Marks) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(plain.len() + 8);
    text.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(marks.group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(marks.decimal);
        text.push_str(fraction);
    }
    text
}

/// Plain digits as they stand in an input: the decimal mark of the place, no thousands marks.
pub(super) fn typed_form(plain: &str, locale: Locale) -> String {
    plain.replace('.', locale.decimal_mark().encode_utf8(&mut [0; 4]))
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberProblem {
    /// Letters, two decimal marks, thousands at the wrong place.
    NotANumber,
    /// More digits than a number can have.
    TooLong,
}

/// Reads a number with or without thousands marks. See `plain_digits` for what the marks mean.
pub(super) fn parse_decimal(text: &str, locale: Locale) -> Result<Decimal, NumberProblem> {
    let plain = plain_digits(text, locale.facts()).ok_or(NumberProblem::NotANumber)?;
    Decimal::from_str(&plain).map_err(|_| NumberProblem::TooLong)
}

/// The digits of a typed number with a point, or nothing where it is not clear what number it is.
///
/// Spaces and apostrophes separate thousands everywhere. The decimal mark is the one of the place. A point is taken as
/// decimal mark, too, unless the place separates thousands with it and three digits follow. The mark of another place
/// separates thousands where it cannot be anything else.
pub(super) fn plain_digits(text: &str, facts: &Facts) -> Option<String> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !text.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let decimal_at = decimal_mark(text, facts)?;
    let (whole, fraction) =
        decimal_at.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))).unwrap_or((text, ""));
    let whole = without_groups(whole)?;
    if !fraction.chars().all(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { &whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Where the decimal mark stands, if there is one; nothing at all where that is not clear.
#[expect(clippy::option_option, reason = "unclear is not the same as none")]
fn decimal_mark(text: &str, facts: &Facts) -> Option<Option<usize>> {
    let marks = || text.char_indices().filter(|(_, letter)| matches!(letter, '.' | ','));
    let Some((at, last)) = marks().next_back() else { return Some(None) };
    let count = marks().filter(|(_, mark)| *mark == last).count();
    let is_mixed = marks().any(|(_, mark)| mark != last);
    let is_decimal_here = last == facts.number.decimal;
    let groups_here = last == facts.number.group || last == facts.money.group;
    match (is_mixed, count) {
        // What stands last of both can only be the decimal mark; a comma only where it is one.
        (true, 1) => (is_decimal_here || last == '.').then_some(Some(at)),
        (true, _) => None,
        (false, 1) if is_decimal_here => Some(Some(at)),
        (false, 1) if last == '.' => {
            let is_group = groups_here && without_groups(text).is_some() && at > 0;
            Some(if is_group { None } else { Some(at) })
        }
        // Several of them separate thousands, whoever writes so.
        _ => Some(None),
    }
}

/// The digits without thousands marks, if those are all of one kind and stand before every third digit.
fn without_groups(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    let mut mark = None;
    let mut since = 0;
    for letter in text.trim_end().chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            since += 1;
            continue;
        }
        let kind = match letter {
            '.' | ',' => letter,
            '\'' | '\u{2019}' => '\'',
            _ if letter.is_whitespace() => ' ',
            _ => return None,
        };
        let is_placed = if mark.is_none() { (1..=3).contains(&since) } else { since == 3 };
        if !is_placed || mark.is_some_and(|mark| mark != kind) {
            return None;
        }
        mark = Some(kind);
        since = 0;
    }
    (mark.is_none() || since == 3).then_some(digits)
}
