//! What stands in an input: `parse_typed` reads it back as the same value.

use super::clock::wall;
use super::duration::write_duration;
use super::fold::fold;
use super::locale::Locale;
use super::number::typed_form;
use super::show::{ShowContext, joined, option_label};
use super::words::words;
use super::{calendar, clock, languages, time_zones, typed_row};
use crate::{ColumnKind, DateBehavior, DateFormat, IntegerFormat, TimeZone, Timestamp, Value, limits};

/// A value as somebody would type it: no thousands marks, numeric dates, labels of options, names of rows.
#[must_use]
pub fn edit_text(kind: &ColumnKind, value: &Value, locale: Locale, context: &ShowContext<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => edit_whole(kind, *number, locale, context),
        Value::Decimal(number) => typed_form(&number.normalize().to_string(), locale),
        Value::Float(number) => typed_form(&number.to_string(), locale),
        Value::Boolean(flag) => option_text(kind, i32::from(*flag), context).unwrap_or_else(|| {
            let words = words(context.language);
            if *flag { words.yes } else { words.no }.to_owned()
        }),
        Value::Choice(number) => option_text(kind, *number, context).unwrap_or_else(|| number.to_string()),
        Value::Choices(numbers) => joined(numbers.iter().map(|number| {
            let label = option_text(kind, *number, context).filter(|label| !label.contains(';'));
            label.unwrap_or_else(|| number.to_string())
        })),
        Value::Date(date) => calendar::write_date(*date, locale),
        Value::DateTime(at) => edit_moment(kind, *at, locale, context),
        Value::Id(id) => id.to_string(),
        Value::Reference(reference) => typed_row::write_reference(reference),
        Value::Parties(parties) => joined(parties.iter().map(typed_row::write_party)),
    }
}

fn edit_whole(kind: &ColumnKind, number: i64, locale: Locale, context: &ShowContext<'_>) -> String {
    let named = match kind {
        ColumnKind::Integer { format: IntegerFormat::Duration, .. } => {
            return write_duration(number, context.language, locale);
        }
        ColumnKind::Integer { format: IntegerFormat::TimeZone, .. } => {
            time_zones::name(number, context.language)
        }
        ColumnKind::Integer { format: IntegerFormat::Language, .. } => {
            languages::name(number, context.language).map(str::to_owned)
        }
        _ => None,
    };
    named.unwrap_or_else(|| number.to_string())
}

/// The label of an option, unless another option has the same.
fn option_text(kind: &ColumnKind, number: i32, context: &ShowContext<'_>) -> Option<String> {
    let label = option_label(kind, number, context)?;
    let options = limits::options(kind, context.table);
    let is_same = |other: &str| fold(other) == fold(&label);
    let count = options.iter().filter(|(_, other)| is_same(other.text(context.language))).count();
    (count == 1).then_some(label)
}

fn edit_moment(kind: &ColumnKind, at: Timestamp, locale: Locale, context: &ShowContext<'_>) -> String {
    let utc = TimeZone::utc();
    let (zone, format) = match kind {
        ColumnKind::DateTime { behavior: DateBehavior::TimeZoneIndependent, format } => (&utc, *format),
        ColumnKind::DateTime { format, .. } => (context.zone, *format),
        _ => (context.zone, DateFormat::DateAndTime),
    };
    let (date, milliseconds) = wall(at, zone);
    let date = calendar::write_date(date, locale);
    match format {
        DateFormat::Date => date,
        DateFormat::DateAndTime => format!("{date} {}", clock::write_time(milliseconds, locale)),
    }
}
