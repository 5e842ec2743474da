//! Dates: read with the names or the order of a place, and recognised however somebody writes them.

use super::fold::fold;
use super::locale::{DateOrder, Facts, Locale, MediumDate, months, weekdays};
use super::words::NAMED_DAYS;
use crate::{Date, Language};

/// Years of two digits lie at most so far ahead of today, else in the century before.
const YEARS_AHEAD: i16 = 20;
/// Days that may be added by `+3`.
const MOST_DIGITS_OF_DAYS: usize = 4;

/// A date as it is read (`Nov 4, 2026`, `4 nov. 2026`, `04.11.2026`).
#[must_use]
pub fn show_date(date: Date, locale: Locale) -> String {
    let facts = locale.facts();
    let (year, month, day) = parts(date);
    match facts.medium {
        MediumDate::MonthDayYear => format!("{} {day}, {year}", locale.short_month(month)),
        MediumDate::DayMonthYear => format!("{day} {} {year}", locale.short_month(month)),
        MediumDate::Numeric => write_date(date, locale),
    }
}

/// A date as it stands in an input: numbers in the order of the place, the year whole.
#[must_use]
pub fn write_date(date: Date, locale: Locale) -> String {
    let facts = locale.facts();
    let (year, month, day) = parts(date);
    let padded = |number: u8, pads: bool| if pads { format!("{number:02}") } else { number.to_string() };
    let (day, month) = (padded(day, facts.pads_day), padded(month, facts.pads_month));
    let mark = facts.separator;
    match facts.order {
        DateOrder::DayMonthYear => format!("{day}{mark}{month}{mark}{year:04}"),
        DateOrder::MonthDayYear => format!("{month}{mark}{day}{mark}{year:04}"),
        DateOrder::YearMonthDay => format!("{year:04}{mark}{month}{mark}{day}"),
    }
}

fn parts(date: Date) -> (i16, u8, u8) {
    let civil = date.civil();
    (civil.year(), civil.month().unsigned_abs(), civil.day().unsigned_abs())
}

/// Reads a date: numbers in the order of the place, with the name of a month, the year left out, a named day (`demain`),
/// or days from today (`+3`). ISO 8601 is read everywhere. Nothing where it is not clear what day it is.
#[must_use]
pub fn parse_date(text: &str, locale: Locale, today: Date) -> Option<Date> {
    let text = fold(text);
    if let Some((_, days)) = NAMED_DAYS.iter().find(|(name, _)| *name == text) {
        return Some(today.plus_days(*days));
    }
    if let Some(days) = text.strip_prefix(['+', '-', '\u{2212}']) {
        let is_days =
            (1..=MOST_DIGITS_OF_DAYS).contains(&days.len()) && days.bytes().all(|it| it.is_ascii_digit());
        let days: i32 = if is_days { days.parse().ok()? } else { return None };
        return Some(today.plus_days(if text.starts_with('+') { days } else { -days }));
    }
    let Pieces { numbers, month } = pieces(&text, locale.language())?;
    let (day, month, year) = match month {
        Some(month) => with_month(&numbers, month)?,
        None => by_order(&numbers, locale.facts())?,
    };
    let year = match year {
        None => today.civil().year(),
        Some(year) => whole_year(year, today)?,
    };
    Date::from_civil(year, i8::try_from(month).ok()?, i8::try_from(day.value()?).ok()?)
}

/// Digits as they were typed: `07` is no year of four digits.
#[derive(Clone, Copy, Debug)]
struct Number<'a>(&'a str);

impl Number<'_> {
    fn is_year(self) -> bool {
        self.0.len() == 4
    }

    /// A day or a month.
    fn value(self) -> Option<u8> {
        if self.0.len() <= 2 { self.0.parse().ok() } else { None }
    }
}

struct Pieces<'a> {
    numbers: Vec<Number<'a>>,
    month: Option<u8>,
}

/// The numbers of a date and its month's name; names of weekdays and endings of numbers (`1er`, `4th`) are passed over.
fn pieces(text: &str, language: Language) -> Option<Pieces<'_>> {
    let mut found = Pieces { numbers: Vec::new(), month: None };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_same = |letter: char| {
            letter.is_ascii_digit() == first.is_ascii_digit()
                && letter.is_alphabetic() == first.is_alphabetic()
        };
        let end = rest.find(|letter: char| !is_same(letter)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            found.numbers.push(Number(piece));
        } else if first.is_alphabetic() {
            match month_of(piece, language) {
                Some(month) if found.month.is_none() => found.month = Some(month),
                None if is_passed_over(piece, &found) => {}
                _ => return None,
            }
        } else if !piece.chars().all(|letter| matches!(letter, '.' | '/' | '-' | ',' | ' ')) {
            return None;
        }
    }
    (found.numbers.len() <= 3).then_some(found)
}

fn is_passed_over(word: &str, found: &Pieces<'_>) -> bool {
    const ENDINGS: [&str; 6] = ["er", "st", "nd", "rd", "th", "e"];
    const ARTICLES: [&str; 5] = ["le", "the", "of", "den", "der"];
    let is_weekday = || {
        let is_named = |name: &&'static str| fold(name).starts_with(word);
        word.len() >= 2 && Language::ALL.into_iter().any(|language| weekdays(language).iter().any(is_named))
    };
    ARTICLES.contains(&word)
        || (!found.numbers.is_empty() && ENDINGS.contains(&word))
        || (found.numbers.is_empty() && is_weekday())
}

/// The month whose name begins so: in the language of the place, else in another one.
fn month_of(word: &str, language: Language) -> Option<u8> {
    const LEAST_LETTERS: usize = 3;
    match word {
        "mrz" => return Some(3),
        "janner" | "jan" => return Some(1),
        _ if word.len() < LEAST_LETTERS => return None,
        _ => {}
    }
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    std::iter::once(language).chain(others).find_map(|language| {
        let mut found = (1_u8..).zip(months(language)).filter(|(_, name)| fold(name).starts_with(word));
        let (month, _) = found.next()?;
        found.next().is_none().then_some(month)
    })
}

/// Day, month and year of numbers beside a month's name.
fn with_month<'a>(numbers: &[Number<'a>], month: u8) -> Option<(Number<'a>, u8, Option<Number<'a>>)> {
    match numbers {
        [day] => Some((*day, month, None)),
        [year, day] if year.is_year() => Some((*day, month, Some(*year))),
        [day, year] => Some((*day, month, Some(*year))),
        _ => None,
    }
}

/// Day, month and year of numbers in the order of the place.
fn by_order<'a>(numbers: &[Number<'a>], facts: &Facts) -> Option<(Number<'a>, u8, Option<Number<'a>>)> {
    let starts_with_day = match facts.order {
        DateOrder::DayMonthYear => true,
        DateOrder::MonthDayYear => false,
        DateOrder::YearMonthDay => facts.language == Language::French,
    };
    let (day, month, year) = match numbers {
        [year, month, day] if year.is_year() => (day, month, Some(*year)),
        [year, month, day] if facts.order == DateOrder::YearMonthDay && !day.is_year() => {
            (day, month, Some(*year))
        }
        [day, month, year] if starts_with_day => (day, month, Some(*year)),
        [month, day, year] => (day, month, Some(*year)),
        [day, month] if facts.order == DateOrder::DayMonthYear => (day, month, None),
        [month, day] => (day, month, None),
        _ => return None,
    };
    Some((*day, month.value()?, year))
}

/// A year of four digits, or the one that two digits mean.
fn whole_year(year: Number<'_>, today: Date) -> Option<i16> {
    let number: i16 = year.0.parse().ok()?;
    match year.0.len() {
        4 => Some(number),
        2 => {
            let this_year = today.civil().year();
            let year = this_year - this_year % 100 + number;
            Some(if year > this_year + YEARS_AHEAD { year - 100 } else { year })
        }
        _ => None,
    }
}
