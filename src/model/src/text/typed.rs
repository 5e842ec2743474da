//! What somebody typed, as a value of its column, or why it is none.

use super::fold::fold;
use super::locale::Locale;
use super::money::{MoneyProblem, money_digits, parse_money};
use super::number::{self, NumberProblem};
use super::problem::TypedError;
use super::show::ShowContext;
use super::words::{NO, YES, words};
use super::{
    calendar, clock, duration, edit_text, languages, show_decimal, show_integer, time_zones, typed_row,
    typed_text,
};
use crate::limits::{self, Misfit};
use crate::{
    ColumnKind, Date, DateBehavior, DateFormat, Decimal, IntegerFormat, Reference, RowId, TimeZone,
    Timestamp, Value, money,
};

/// The time of day of a date that is typed without one, in milliseconds: the start of an office day.
pub const MORNING: i32 = 9 * 60 * 60 * 1000;
/// The largest number of digits a limit is written with.
const MOST_DIGITS: u8 = 10;

/// What reading a text needs beside the text.
#[derive(Clone, Copy)]
pub struct TypedContext<'a> {
    /// What showing needs: labels, currency, language, zone.
    pub show: ShowContext<'a>,
    /// Now.
    pub now: Timestamp,
    /// The rows that names may mean.
    pub rows: &'a [Reference],
    /// The value that is typed over. Its own text means itself, whatever that text leaves out.
    pub before: &'a Value,
}

impl TypedContext<'_> {
    pub(super) fn today(&self) -> Date {
        self.show.zone.date_of(self.now)
    }
}

/// Reads what was typed. Nothing typed is no value.
///
/// Numbers with more digits than the column are rounded half away from zero, as the original's controls do; what is
/// outside the limits is refused.
///
/// # Errors
/// Why it is no value of the column, with what would be.
pub fn parse_typed(
    kind: &ColumnKind,
    text: &str,
    locale: Locale,
    context: &TypedContext<'_>,
) -> Result<Value, TypedError> {
    if text.is_empty() || (text.trim().is_empty() && !is_text(kind)) {
        return Ok(Value::Null);
    }
    if !context.before.is_null() && text == edit_text(kind, context.before, locale, &context.show) {
        return Ok(context.before.clone());
    }
    let value = match kind {
        ColumnKind::Text { format, .. } => typed_text::parse(*format, text)?,
        ColumnKind::Memo { .. } => Value::Text(text.to_owned()),
        ColumnKind::Integer { format, .. } => Value::Integer(parse_whole(*format, text, locale, context)?),
        ColumnKind::BigInteger => Value::Integer(whole(text, locale)?),
        ColumnKind::Decimal { precision, .. } => {
            let number =
                number::parse_decimal(text, locale).map_err(|problem| not_a_number(kind, problem, locale))?;
            Value::Decimal(money::round(number, *precision))
        }
        ColumnKind::Float { precision, .. } => Value::Float(parse_float(kind, *precision, text, locale)?),
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
            Value::Decimal(parse_amount(kind, text, locale, context)?)
        }
        ColumnKind::Boolean(_) => Value::Boolean(parse_flag(kind, text, context)?),
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => {
            Value::Choice(option(kind, text, context)?)
        }
        ColumnKind::Choices { .. } => parse_options(kind, text, context)?,
        ColumnKind::DateTime { behavior, format } => parse_moment(*behavior, *format, text, locale, context)?,
        ColumnKind::UniqueId | ColumnKind::File { .. } => {
            text.trim().parse::<RowId>().map(Value::Id).map_err(|_| TypedError::NotAnId)?
        }
        ColumnKind::Lookup { .. } => Value::Reference(typed_row::parse_reference(text, context.rows)?),
        ColumnKind::PartyList { participation, .. } => {
            typed_row::parse_parties(text, *participation, context.rows)?
        }
        ColumnKind::EntityName => typed_text::parse_table(text)?,
        ColumnKind::Image => typed_text::parse_picture(text)?,
    };
    check(kind, &value, text, locale, context)?;
    Ok(value)
}

const fn is_text(kind: &ColumnKind) -> bool {
    matches!(kind, ColumnKind::Text { .. } | ColumnKind::Memo { .. })
}

fn check(
    kind: &ColumnKind,
    value: &Value,
    text: &str,
    locale: Locale,
    context: &TypedContext<'_>,
) -> Result<(), TypedError> {
    limits::check(kind, value, context.show.table).map_err(|misfit| match misfit {
        Misfit::OutOfRange { .. } => out_of_range(kind, locale),
        Misfit::DateOutOfRange { min, max, .. } => TypedError::DateOutOfRange {
            min: calendar::write_date(min, locale),
            max: calendar::write_date(max, locale),
        },
        other => TypedError::of_misfit(other, text),
    })
}

/// The limits of a column as they are written here.
fn out_of_range(kind: &ColumnKind, locale: Locale) -> TypedError {
    let (min, max) = match kind {
        ColumnKind::Integer { min, max, .. } => (show_integer(*min, locale), show_integer(*max, locale)),
        ColumnKind::Decimal { min, max, .. } | ColumnKind::Money { min, max, .. } => {
            (show_decimal(min, 0, MOST_DIGITS, locale), show_decimal(max, 0, MOST_DIGITS, locale))
        }
        ColumnKind::Float { min, max, .. } => {
            let write = |number: f64| number::grouped(&number.to_string(), locale.facts().number);
            (write(*min), write(*max))
        }
        ColumnKind::BigInteger => (show_integer(i64::MIN, locale), show_integer(i64::MAX, locale)),
        _ => (show_decimal(&Decimal::MIN, 0, 0, locale), show_decimal(&Decimal::MAX, 0, 0, locale)),
    };
    TypedError::OutOfRange { min, max }
}

fn not_a_number(kind: &ColumnKind, problem: NumberProblem, locale: Locale) -> TypedError {
    match problem {
        NumberProblem::NotANumber => {
            TypedError::NotANumber { example: show_decimal(&Decimal::new(12_345, 1), 1, 1, locale) }
        }
        NumberProblem::TooLong => out_of_range(kind, locale),
    }
}

fn whole(text: &str, locale: Locale) -> Result<i64, TypedError> {
    let kind = &ColumnKind::BigInteger;
    let number = number::parse_decimal(text, locale).map_err(|problem| match problem {
        NumberProblem::NotANumber => TypedError::NotANumber { example: show_integer(1234, locale) },
        NumberProblem::TooLong => out_of_range(kind, locale),
    })?;
    if !number.fract().is_zero() {
        return Err(TypedError::NotWhole);
    }
    i64::try_from(number.trunc()).map_err(|_| out_of_range(kind, locale))
}

fn parse_whole(
    format: IntegerFormat,
    text: &str,
    locale: Locale,
    context: &TypedContext<'_>,
) -> Result<i64, TypedError> {
    let language = context.show.language;
    match format {
        IntegerFormat::Plain => whole(text, locale),
        IntegerFormat::Duration => duration::parse_duration(text, locale).ok_or_else(|| {
            TypedError::NotADuration { example: duration::show_duration(90, language, locale) }
        }),
        IntegerFormat::TimeZone => named(text, locale, time_zones(language).collect()),
        IntegerFormat::Language => {
            let names = languages(language).map(|(code, name)| (code, name.to_owned()));
            named(text, locale, names.collect())
        }
    }
}

/// The number of a name in a list, or a number.
fn named(text: &str, locale: Locale, names: Vec<(i64, String)>) -> Result<i64, TypedError> {
    let wanted = fold(text);
    let found = names.iter().find(|(_, name)| fold(name) == wanted);
    match found {
        Some((number, _)) => Ok(*number),
        None => whole(text, locale).map_err(|_| no_option(text, names.into_iter().map(|(_, name)| name))),
    }
}

/// Latitudes and the like are floating point by definition.
fn parse_float(kind: &ColumnKind, precision: u8, text: &str, locale: Locale) -> Result<f64, TypedError> {
    let plain = number::plain_digits(text, locale.facts())
        .ok_or_else(|| not_a_number(kind, NumberProblem::NotANumber, locale))?;
    // Rounded by its decimal digits where it has few enough of them; what is longer has no fraction worth rounding.
    let rounded =
        plain.parse::<Decimal>().map_or(plain, |number| money::round(number, precision).to_string());
    rounded.parse().map_err(|_| out_of_range(kind, locale))
}

fn parse_amount(
    kind: &ColumnKind,
    text: &str,
    locale: Locale,
    context: &TypedContext<'_>,
) -> Result<Decimal, TypedError> {
    let is_base = matches!(kind, ColumnKind::BaseMoney { .. });
    let currency = if is_base { context.show.base_currency } else { context.show.currency };
    let amount = parse_money(text, currency, locale).map_err(|problem| match problem {
        MoneyProblem::Number(problem) => not_a_number(kind, problem, locale),
        MoneyProblem::OtherCurrency => TypedError::OtherCurrency {
            currency: currency.map(|currency| currency.code.clone()).unwrap_or_default(),
        },
    })?;
    let digits = if is_base { money::BASE_DIGITS } else { money_digits(kind, &context.show) };
    Ok(money::round(amount, digits))
}

fn parse_flag(kind: &ColumnKind, text: &str, context: &TypedContext<'_>) -> Result<bool, TypedError> {
    let language = context.show.language;
    let wanted = fold(text);
    let options = limits::options(kind, None);
    let labels = options.iter().map(|(value, label)| (*value == 1, label.text(language)));
    if let Some((flag, _)) = labels.clone().find(|(_, label)| !label.is_empty() && fold(label) == wanted) {
        return Ok(flag);
    }
    if YES.contains(&wanted.as_str()) {
        return Ok(true);
    }
    if NO.contains(&wanted.as_str()) {
        return Ok(false);
    }
    let name = |flag: bool, word: &str| {
        let label = labels.clone().find(|(value, label)| *value == flag && !label.is_empty());
        label.map_or(word, |(_, label)| label).to_owned()
    };
    let words = words(language);
    Err(TypedError::NotYesNo { yes: name(true, words.yes), no: name(false, words.no) })
}

/// The option of a label, else of a number.
fn option(kind: &ColumnKind, text: &str, context: &TypedContext<'_>) -> Result<i32, TypedError> {
    let wanted = fold(text);
    let options = limits::options(kind, context.show.table);
    let label = |label: &crate::Label| label.text(context.show.language).to_owned();
    let mut found = options.iter().filter(|(_, name)| fold(&label(name)) == wanted);
    if let (Some((value, _)), None) = (found.next(), found.next()) {
        return Ok(*value);
    }
    let number = wanted.parse::<i32>().ok().filter(|number| options.iter().any(|(value, _)| value == number));
    number.ok_or_else(|| no_option(text, options.into_iter().map(|(_, name)| label(name))))
}

fn no_option(typed: &str, labels: impl Iterator<Item = String>) -> TypedError {
    const SHOWN: usize = 5;
    let labels: Vec<_> = labels.take(SHOWN).collect();
    TypedError::NoSuchOption { typed: typed.trim().to_owned(), options: labels.join(", ") }
}

fn parse_options(kind: &ColumnKind, text: &str, context: &TypedContext<'_>) -> Result<Value, TypedError> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let mut numbers = parts.map(|part| option(kind, part, context)).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(if numbers.is_empty() { Value::Null } else { Value::Choices(numbers) })
}

fn parse_moment(
    behavior: DateBehavior,
    format: DateFormat,
    text: &str,
    locale: Locale,
    context: &TypedContext<'_>,
) -> Result<Value, TypedError> {
    let utc = TimeZone::utc();
    let zone = if behavior == DateBehavior::UserLocal { context.show.zone } else { &utc };
    let today = context.today();
    let has_time = format == DateFormat::DateAndTime && behavior != DateBehavior::DateOnly;
    let parsed = match calendar::parse_date(text, locale, today) {
        Some(date) => Some((date, None)),
        None if has_time => date_and_time(text, locale, today),
        None => None,
    };
    let (date, time) = parsed.ok_or_else(|| {
        let example = calendar::write_date(today, locale);
        TypedError::NotADate {
            example: if has_time {
                format!("{example} {}", clock::write_time(MORNING, locale))
            } else {
                example
            },
        }
    })?;
    if behavior == DateBehavior::DateOnly {
        return Ok(Value::Date(date));
    }
    let before = match context.before {
        Value::DateTime(at) => Some(clock::wall(*at, zone).1),
        _ => None,
    };
    let time = if has_time { time.or(before).unwrap_or(MORNING) } else { 0 };
    Ok(Value::DateTime(clock::instant(date, time, zone)))
}

/// A date with a time behind it: wherever the text can be cut into both.
fn date_and_time(text: &str, locale: Locale, today: Date) -> Option<(Date, Option<i32>)> {
    const BETWEEN: [&str; 4] = [" at", " à", " um", " a"];
    let cuts =
        text.char_indices().filter(|(_, letter)| letter.is_whitespace() || matches!(letter, ',' | 'T'));
    cuts.filter_map(|(at, letter)| {
        let (date, time) = (text.get(..at)?, text.get(at + letter.len_utf8()..)?);
        let date = date.trim_end().trim_end_matches(',');
        let date = BETWEEN.iter().find_map(|word| date.strip_suffix(word)).unwrap_or(date);
        Some((calendar::parse_date(date, locale, today)?, Some(clock::parse_time(time)?)))
    })
    .next()
}
