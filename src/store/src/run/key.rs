//! Values as keys: what makes two values equal for joins, groups and distinct rows.

use model::{Decimal, RowId, Value};
use query::fold;

/// A value without what does not count for equality: case, accents, names of references, kinds of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Null,
    Text(String),
    Number(Decimal),
    Float(u64),
    Boolean(bool),
    Date(i32),
    Instant(i64),
    Id(RowId),
    List(String),
}

impl Key {
    /// The key of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(fold(text).into_owned()),
            Value::Integer(number) => Self::Number(Decimal::from(*number)),
            Value::Choice(number) => Self::Number(Decimal::from(*number)),
            Value::Decimal(number) => Self::Number(number.normalize()),
            // Both zeros are one number.
            Value::Float(number) => Self::Float((number + 0.0).to_bits()),
            Value::Boolean(flag) => Self::Boolean(*flag),
            Value::Date(date) => Self::Date(date.days()),
            Value::DateTime(instant) => Self::Instant(instant.milliseconds()),
            Value::Id(id) => Self::Id(*id),
            Value::Reference(reference) => Self::Id(reference.id),
            Value::Choices(numbers) => Self::List(format!("{numbers:?}")),
            Value::Parties(parties) => Self::List(
                parties
                    .iter()
                    .map(|party| {
                        let id = party.party.as_ref().map(|reference| reference.id);
                        format!("{id:?} {:?} {};", party.address, party.participation)
                    })
                    .collect(),
            ),
        }
    }
}
