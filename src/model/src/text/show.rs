//! A value as people read it.

use super::clock::{show_date_time, wall};
use super::locale::Locale;
use super::money::{Currency, money_digits, show_money};
use super::words::words;
use super::{languages, number, rich, show_date, show_decimal, show_duration, show_integer, time_zones};
use crate::{
    ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat, Language, MemoFormat, Party, Table,
    TimeZone, Timestamp, Value, limits,
};

/// Digits behind the decimal mark of a number whose column is not known.
const MOST_DIGITS: u8 = 10;

/// The name of a file, which its column does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// The name.
    pub name: String,
    /// How large it is.
    pub bytes: Option<u64>,
}

/// Finds what a table is called, by its logical name.
pub type TableLabels<'a> = &'a (dyn Fn(&str) -> Option<String> + 'a);

/// What the text of a value needs beside the value.
#[derive(Clone, Copy)]
pub struct ShowContext<'a> {
    /// The reader's time zone.
    pub zone: &'a TimeZone,
    /// The reader's language, for labels and words.
    pub language: Language,
    /// The table, for labels of states and status reasons.
    pub table: Option<&'a Table>,
    /// The row's currency.
    pub currency: Option<&'a Currency>,
    /// The org's base currency.
    pub base_currency: Option<&'a Currency>,
    /// The org's digits of prices (`pricingdecimalprecision`).
    pub pricing_precision: u8,
    /// What tables are called.
    pub table_label: Option<TableLabels<'a>>,
    /// The name of the file of a file column.
    pub file: Option<&'a FileName>,
}

impl<'a> ShowContext<'a> {
    /// A context that knows the reader alone.
    #[must_use]
    pub const fn new(zone: &'a TimeZone, language: Language) -> Self {
        Self {
            zone,
            language,
            table: None,
            currency: None,
            base_currency: None,
            pricing_precision: 2,
            table_label: None,
            file: None,
        }
    }
}

/// A value as text; empty for no value. Several options and several people are separated by semicolons, as in Dataverse.
#[must_use]
pub fn show(kind: &ColumnKind, value: &Value, locale: Locale, context: &ShowContext<'_>) -> String {
    let words = words(context.language);
    match value {
        Value::Null => String::new(),
        Value::Text(text) => show_text(kind, text, context),
        Value::Integer(number) => show_whole(kind, *number, locale, context),
        Value::Decimal(number) => show_exact(kind, number, locale, context),
        Value::Float(number) => show_float(kind, *number, locale),
        Value::Boolean(flag) => option_label(kind, i32::from(*flag), context)
            .unwrap_or_else(|| if *flag { words.yes } else { words.no }.to_owned()),
        Value::Choice(number) => option_label(kind, *number, context).unwrap_or_else(|| number.to_string()),
        Value::Choices(numbers) => joined(
            numbers
                .iter()
                .map(|number| option_label(kind, *number, context).unwrap_or_else(|| number.to_string())),
        ),
        Value::Date(date) => show_date(*date, locale),
        Value::DateTime(at) => show_moment(kind, *at, locale, context),
        Value::Id(id) => match kind {
            ColumnKind::File { .. } => show_file(context),
            _ => id.to_string(),
        },
        Value::Reference(reference) => {
            reference.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| words.unnamed.to_owned())
        }
        Value::Parties(parties) => joined(parties.iter().map(|party| party_name(party, context.language))),
    }
}

/// The name of a party, else its address.
#[must_use]
pub fn party_name(party: &Party, language: Language) -> String {
    let name = party.party.as_ref().and_then(|reference| reference.name.clone());
    name.filter(|name| !name.is_empty())
        .or_else(|| party.address.clone())
        .unwrap_or_else(|| words(language).unnamed.to_owned())
}

/// The label of an option of a column, if it has such an option.
pub(super) fn option_label(kind: &ColumnKind, number: i32, context: &ShowContext<'_>) -> Option<String> {
    let options = limits::options(kind, context.table);
    let (_, label) = options.into_iter().find(|(value, _)| *value == number)?;
    let text = label.text(context.language);
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

fn show_text(kind: &ColumnKind, text: &str, context: &ShowContext<'_>) -> String {
    match kind {
        ColumnKind::Memo { format: MemoFormat::RichText, .. } => rich::plain_text(text),
        ColumnKind::Image => words(context.language).picture.to_owned(),
        ColumnKind::EntityName => {
            context.table_label.and_then(|label| label(text)).unwrap_or_else(|| text.to_owned())
        }
        _ => text.to_owned(),
    }
}

fn show_whole(kind: &ColumnKind, number: i64, locale: Locale, context: &ShowContext<'_>) -> String {
    match kind {
        ColumnKind::Integer { format: IntegerFormat::Duration, .. } => {
            show_duration(number, context.language, locale)
        }
        ColumnKind::Integer { format: IntegerFormat::TimeZone, .. } => {
            time_zones::name(number, context.language).unwrap_or_else(|| number.to_string())
        }
        ColumnKind::Integer { format: IntegerFormat::Language, .. } => {
            languages::name(number, context.language).map_or_else(|| number.to_string(), str::to_owned)
        }
        _ => show_integer(number, locale),
    }
}

fn show_exact(kind: &ColumnKind, number: &Decimal, locale: Locale, context: &ShowContext<'_>) -> String {
    match kind {
        ColumnKind::Money { .. } => show_money(number, money_digits(kind, context), context.currency, locale),
        ColumnKind::BaseMoney { .. } => {
            show_money(number, money_digits(kind, context), context.base_currency, locale)
        }
        ColumnKind::Decimal { precision, .. } => show_decimal(number, *precision, *precision, locale),
        _ => show_decimal(number, 0, MOST_DIGITS, locale),
    }
}

fn show_float(kind: &ColumnKind, number: f64, locale: Locale) -> String {
    let digits = if let ColumnKind::Float { precision, .. } = kind { *precision } else { 5 };
    let plain = format!("{number:.*}", usize::from(digits));
    let is_zero = !plain.contains(|digit: char| digit.is_ascii_digit() && digit != '0');
    let plain = if is_zero { plain.trim_start_matches('-') } else { &plain };
    number::grouped(plain, locale.facts().number)
}

fn show_moment(kind: &ColumnKind, at: Timestamp, locale: Locale, context: &ShowContext<'_>) -> String {
    let utc = TimeZone::utc();
    let (zone, format) = match kind {
        ColumnKind::DateTime { behavior: DateBehavior::TimeZoneIndependent, format } => (&utc, *format),
        ColumnKind::DateTime { format, .. } => (context.zone, *format),
        _ => (context.zone, DateFormat::DateAndTime),
    };
    match format {
        DateFormat::Date => show_date(wall(at, zone).0, locale),
        DateFormat::DateAndTime => show_date_time(at, zone, locale),
    }
}

fn show_file(context: &ShowContext<'_>) -> String {
    const PER_KILOBYTE: u64 = 1024;
    let words = words(context.language);
    let Some(file) = context.file else { return words.file.to_owned() };
    match file.bytes {
        None => file.name.clone(),
        Some(bytes) => {
            let kilobytes = bytes.div_ceil(PER_KILOBYTE);
            let (size, unit) = if kilobytes < PER_KILOBYTE {
                (kilobytes, words.kilobyte)
            } else {
                (kilobytes.div_ceil(PER_KILOBYTE), words.megabyte)
            };
            format!("{} ({size}\u{a0}{unit})", file.name)
        }
    }
}
