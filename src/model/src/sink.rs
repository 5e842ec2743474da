//! How a page of rows goes from its wire form into columns without a row object in between.

use crate::{Date, Decimal, RowId, RowVersion, Timestamp, Value};

/// A value on its way into a column, borrowed from the text it was read from.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the variants of `Value`")]
pub enum ValueRef<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Decimal(Decimal),
    Float(f64),
    Boolean(bool),
    Choice(i32),
    Date(Date),
    DateTime(Timestamp),
    Id(RowId),
    Reference {
        table: &'a str,
        id: RowId,
        name: Option<&'a str>,
    },
    /// Choices and parties, which are rare enough to own their parts.
    Other(Value),
}

/// Takes rows one value at a time.
pub trait RowSink {
    /// A value of the row at hand; `column` is the index in `Table::columns`. Columns never named are unknown.
    fn value(&mut self, column: usize, value: ValueRef<'_>);

    /// The row at hand is complete.
    fn finish(&mut self, id: RowId, version: Option<RowVersion>);

    /// The row at hand could not be read; its values so far are dropped.
    fn discard(&mut self);
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text),
            Value::Integer(number) => Self::Integer(*number),
            Value::Decimal(number) => Self::Decimal(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Boolean(flag) => Self::Boolean(*flag),
            Value::Choice(number) => Self::Choice(*number),
            Value::Date(date) => Self::Date(*date),
            Value::DateTime(instant) => Self::DateTime(*instant),
            Value::Id(id) => Self::Id(*id),
            Value::Reference(reference) => Self::Reference {
                table: reference.table.as_str(),
                id: reference.id,
                name: reference.name.as_deref(),
            },
            Value::Choices(_) | Value::Parties(_) => Self::Other(value.clone()),
        }
    }
}

impl ValueRef<'_> {
    /// The value on its own.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Integer(number) => Value::Integer(number),
            Self::Decimal(number) => Value::Decimal(number),
            Self::Float(number) => Value::Float(number),
            Self::Boolean(flag) => Value::Boolean(flag),
            Self::Choice(number) => Value::Choice(number),
            Self::Date(date) => Value::Date(date),
            Self::DateTime(instant) => Value::DateTime(instant),
            Self::Id(id) => Value::Id(id),
            Self::Reference { table, id, name } => {
                Value::Reference(crate::Reference { table: table.into(), id, name: name.map(str::to_owned) })
            }
            Self::Other(value) => value,
        }
    }
}
