//! Values as the `data-value` attribute holds them: the same in every language.

use model::Value;

/// The raw text of a value: id for a lookup, number for a choice, ISO for dates.
pub fn raw(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Choice(number) => number.to_string(),
        Value::Choices(numbers) => join(numbers.iter().map(ToString::to_string)),
        Value::Date(date) => date.to_string(),
        Value::DateTime(instant) => instant.to_string(),
        Value::Id(id) => id.to_string(),
        Value::Reference(reference) => reference.id.to_string(),
        Value::Parties(parties) => join(parties.iter().map(|party| match (&party.party, &party.address) {
            (Some(reference), _) => reference.id.to_string(),
            (None, Some(address)) => address.clone(),
            (None, None) => String::new(),
        })),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_text_is_the_same_in_every_language() {
        for (value, expected) in [
            (Value::Null, ""),
            (Value::Decimal("1234.50".parse().unwrap()), "1234.50"),
            (Value::Choices(vec![1, 3]), "1,3"),
            (Value::Date("2026-01-31".parse().unwrap()), "2026-01-31"),
            (Value::DateTime("2026-01-31T08:30:00Z".parse().unwrap()), "2026-01-31T08:30:00Z"),
            (Value::Boolean(false), "false"),
        ] {
            assert_eq!(raw(&value), expected);
        }
    }
}
