//! Values as people read them.

use super::{Units, formats, show_duration};
use crate::locale::{self, text};
use model::{
    Column, ColumnKind, DateBehavior, DateFormat, IntegerFormat, Party, PrecisionSource, Table, TextFormat,
    Value,
};

/// The currency of an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217.
    pub code: String,
    /// What stands beside the field.
    pub symbol: String,
    /// Digits behind the decimal mark.
    pub digits: u8,
}

/// What a value is shown as, and how it may be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As text.
    Text(String),
    /// As text that opens something outside.
    Link {
        /// `mailto:`, `tel:` or the web address.
        address: String,
        /// What people read.
        text: String,
    },
}

/// The text of an option of a choice, state, status or yes/no column.
pub fn option_text(table: &Table, column: &str, value: i32) -> Option<String> {
    table.option_label(column, value).map(|label| label.text(locale::language()).to_owned())
}

/// A value of a column as one line of text.
pub fn show(value: &Value, column: Option<&Column>, table: &Table, currency: Option<&Currency>) -> String {
    let formats = formats();
    let kind = column.map(|column| &column.kind);
    let label = |number: i32| {
        let found = column.and_then(|column| option_text(table, column.name.as_str(), number));
        found.unwrap_or_else(|| number.to_string())
    };
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => match kind {
            Some(ColumnKind::Integer { format: IntegerFormat::Duration, .. }) => {
                show_duration(*number, units())
            }
            Some(ColumnKind::Integer {
                format: IntegerFormat::Language | IntegerFormat::TimeZone, ..
            }) => number.to_string(),
            _ => formats.integer(*number),
        },
        Value::Decimal(number) => match kind {
            Some(ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. }) => {
                let digits = money_digits(kind, currency);
                match currency {
                    Some(currency) => formats.money(number, &currency.code, digits),
                    None => formats.decimal(number, digits),
                }
            }
            Some(ColumnKind::Decimal { precision, .. }) => formats.decimal(number, *precision),
            _ => formats.short_decimal(number, 10),
        },
        Value::Float(number) => show_float(*number, kind),
        Value::Boolean(flag) => match kind {
            Some(ColumnKind::Boolean(_)) => label(i32::from(*flag)),
            _ if *flag => text("value.yes").to_owned(),
            _ => text("value.no").to_owned(),
        },
        Value::Choice(number) => label(*number),
        Value::Choices(numbers) => numbers.iter().map(|number| label(*number)).collect::<Vec<_>>().join(", "),
        Value::Date(date) => formats.date(*date),
        Value::DateTime(instant) => match kind {
            Some(ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format: DateFormat::Date }) => {
                formats.date(formats.zone().date_of(*instant))
            }
            Some(ColumnKind::DateTime { behavior: DateBehavior::TimeZoneIndependent, .. }) => {
                formats.wall_time(*instant)
            }
            _ => formats.date_time(*instant),
        },
        Value::Id(id) => id.to_string(),
        Value::Reference(reference) => {
            reference.name.clone().unwrap_or_else(|| text("value.unnamed").to_owned())
        }
        Value::Parties(parties) => parties.iter().map(party_text).collect::<Vec<_>>().join(", "),
    }
}

/// The name of a party, else its address.
pub fn party_text(party: &Party) -> String {
    let name = party.party.as_ref().and_then(|reference| reference.name.clone());
    name.or_else(|| party.address.clone()).unwrap_or_else(|| text("value.unnamed").to_owned())
}

/// The names of the units of a duration in the user's language.
pub fn units() -> Units<'static> {
    Units { day: text("unit.day"), hour: text("unit.hour"), minute: text("unit.minute") }
}

/// Digits behind the decimal mark of an amount.
pub fn money_digits(kind: Option<&ColumnKind>, currency: Option<&Currency>) -> u8 {
    match kind {
        Some(ColumnKind::Money { precision, source: PrecisionSource::Column, .. }) => *precision,
        Some(ColumnKind::Money { precision, .. }) => currency.map_or(*precision, |currency| currency.digits),
        _ => currency.map_or(2, |currency| currency.digits),
    }
}

fn show_float(number: f64, kind: Option<&ColumnKind>) -> String {
    let digits = if let Some(ColumnKind::Float { precision, .. }) = kind { *precision } else { 5 };
    format!("{number:.*}", usize::from(digits))
        .parse()
        .map_or_else(|_| number.to_string(), |exact| formats().decimal(&exact, digits))
}

/// The value with the link that its column's format promises.
pub fn linked(value: &Value, column: Option<&Column>, shown: String) -> Shown {
    let (Some(ColumnKind::Text { format, .. }), Value::Text(text)) =
        (column.map(|column| &column.kind), value)
    else {
        return Shown::Text(shown);
    };
    match link_address(*format, text) {
        Some(address) => Shown::Link { address, text: shown },
        None => Shown::Text(shown),
    }
}

/// What a tap on a text of this format opens.
pub fn link_address(format: TextFormat, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match format {
        TextFormat::Email => Some(format!("mailto:{text}")),
        TextFormat::Phone => {
            let number: String = text
                .replace("(0)", "")
                .chars()
                .filter(|letter| letter.is_ascii_digit() || "+*#".contains(*letter))
                .collect();
            (!number.is_empty()).then(|| format!("tel:{number}"))
        }
        TextFormat::Url => {
            let lower = text.to_ascii_lowercase();
            if lower.starts_with("https://") || lower.starts_with("http://") {
                Some(text.to_owned())
            } else if lower.contains(':') {
                // `javascript:` and the like are shown, never linked.
                None
            } else {
                Some(format!("https://{text}"))
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_runs_a_script() {
        for (format, text, address) in [
            (TextFormat::Url, "contoso.com", Some("https://contoso.com")),
            (TextFormat::Url, "HTTP://contoso.com", Some("HTTP://contoso.com")),
            (TextFormat::Url, "javascript:alert(1)", None),
            (TextFormat::Phone, "+33 (0)1 23", Some("tel:+33123")),
            (TextFormat::Phone, "none", None),
            (TextFormat::Email, "a@b.example", Some("mailto:a@b.example")),
            (TextFormat::Plain, "a@b.example", None),
        ] {
            assert_eq!(link_address(format, text).as_deref(), address, "{text}");
        }
    }
}
