//! Operands: texts of a query become values of the column's own type.

use crate::QueryError;
use crate::bound::Caller;
use crate::fold::fold;
use model::{Column, ColumnKind, Date, DateBehavior, Decimal, RowId, Table, TimeZone, Timestamp, Value};

/// Column types as far as conditions tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Text,
    Integer,
    Decimal,
    Float,
    Choice,
    Choices,
    Boolean,
    Date(DateBehavior),
    Id,
    Reference,
    /// The name of the row a lookup refers to (`primarycontactidname`).
    ReferenceName,
    /// The members of a party list, which are rows of their own: only present or absent.
    Parties,
    /// Images, files: only present or absent.
    Opaque,
}

impl Family {
    pub(super) const fn of(kind: &ColumnKind) -> Self {
        match kind {
            ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => Self::Text,
            ColumnKind::Integer { .. } | ColumnKind::BigInteger => Self::Integer,
            ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
                Self::Decimal
            }
            ColumnKind::Float { .. } => Self::Float,
            ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => Self::Choice,
            ColumnKind::Choices { .. } => Self::Choices,
            ColumnKind::Boolean(_) => Self::Boolean,
            ColumnKind::DateTime { behavior, .. } => Self::Date(*behavior),
            ColumnKind::UniqueId => Self::Id,
            ColumnKind::Lookup { .. } => Self::Reference,
            ColumnKind::PartyList { .. } => Self::Parties,
            ColumnKind::Image | ColumnKind::File { .. } => Self::Opaque,
        }
    }

    /// What errors call the type.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "whole number",
            Self::Decimal => "decimal or money",
            Self::Float => "floating point number",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Boolean => "yes/no",
            Self::Date(_) => "date",
            Self::Id => "unique identifier",
            Self::Reference => "lookup",
            Self::ReferenceName => "name of a lookup",
            Self::Parties => "party list",
            Self::Opaque => "image or file",
        }
    }

    /// What an operand should be.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::ReferenceName => "a text",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number such as 1250.50",
            Self::Float => "a number",
            Self::Choice | Self::Choices => "the number of an option",
            Self::Boolean => "0, 1, true or false",
            Self::Date(DateBehavior::DateOnly) => "a date such as 2026-01-31",
            Self::Date(_) => "a date or an ISO 8601 instant such as 2026-01-31T08:30:00Z",
            Self::Id | Self::Reference => "a unique identifier",
            Self::Parties | Self::Opaque => "nothing",
        }
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Float)
    }

    /// True when values of both can be compared.
    pub(super) fn compares_with(self, other: Self) -> bool {
        let sort = |family: Self| match family {
            Self::Text | Self::ReferenceName => 0,
            Self::Integer | Self::Decimal | Self::Float => 1,
            Self::Choice => 2,
            Self::Boolean => 3,
            Self::Id | Self::Reference => 4,
            Self::Date(DateBehavior::DateOnly) => 5,
            Self::Date(DateBehavior::UserLocal) => 6,
            Self::Date(DateBehavior::TimeZoneIndependent) => 7,
            Self::Choices => 8,
            Self::Parties | Self::Opaque => 9,
        };
        sort(self) == sort(other) && !matches!(self, Self::Choices | Self::Parties | Self::Opaque)
    }
}

/// The column of a condition.
#[derive(Clone, Copy)]
pub(super) struct Target<'t> {
    pub table: &'t Table,
    pub column: &'t Column,
    pub family: Family,
}

impl Target<'_> {
    /// Reads one operand.
    pub(super) fn value(&self, text: &str, caller: &Caller) -> Result<Value, QueryError> {
        let trimmed = text.trim();
        let value = match self.family {
            Family::Text | Family::ReferenceName => Some(Value::Text(fold(text).into_owned())),
            Family::Integer => whole(trimmed).map(Value::Integer),
            Family::Decimal => decimal(trimmed).map(Value::Decimal),
            Family::Float => trimmed.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float),
            Family::Choice | Family::Choices => {
                whole(trimmed).and_then(|number| i32::try_from(number).ok()).map(Value::Choice)
            }
            Family::Boolean => model::xml::flag(trimmed).map(Value::Boolean),
            Family::Id | Family::Reference => trimmed.parse::<RowId>().ok().map(Value::Id),
            Family::Date(behavior) => date_value(trimmed, behavior, &caller.time_zone),
            Family::Parties | Family::Opaque => None,
        };
        value.ok_or_else(|| self.bad(text, self.family.expected()))
    }

    /// Reads the calendar date of an operand, as the column's days go.
    pub(super) fn day(&self, text: &str, caller: &Caller) -> Result<Date, QueryError> {
        let trimmed = text.trim();
        let day = match self.family {
            Family::Date(DateBehavior::UserLocal) if has_offset(trimmed) => {
                trimmed.parse().ok().map(|instant| caller.time_zone.date_of(instant))
            }
            _ => written_day(trimmed),
        };
        day.ok_or_else(|| self.bad(text, self.family.expected()))
    }

    /// Reads the number of an operator such as `last-x-days`.
    pub(super) fn count(&self, text: &str) -> Result<i64, QueryError> {
        let count = whole(text.trim()).filter(|count| (1..=MAX_COUNT).contains(count));
        count.ok_or_else(|| self.bad(text, "a whole number from 1 to 1000000 for this operator"))
    }

    pub(super) fn bad(&self, text: &str, expected: &'static str) -> QueryError {
        QueryError::BadOperand {
            table: self.table.name.clone(),
            column: self.column.name.clone(),
            value: text.chars().take(100).collect(),
            expected,
        }
    }
}

const MAX_COUNT: i64 = 1_000_000;

fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let number = decimal(text)?;
        if number.fract().is_zero() { i64::try_from(number.trunc()).ok() } else { None }
    })
}

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// True when a text says how far from UTC it is.
fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']))
}

/// The date as it stands in the text, whatever time and offset follow.
fn written_day(text: &str) -> Option<Date> {
    let date = text.get(..10)?.parse().ok()?;
    if text.len() > 10 {
        text.parse::<Timestamp>().ok()?;
    }
    Some(date)
}

/// A text without an offset is wall-clock time: the caller's for instants, everybody's for the rest.
fn date_value(text: &str, behavior: DateBehavior, zone: &TimeZone) -> Option<Value> {
    match behavior {
        DateBehavior::DateOnly => written_day(text).map(Value::Date),
        DateBehavior::TimeZoneIndependent => text.parse().ok().map(Value::DateTime),
        DateBehavior::UserLocal => {
            let instant: Timestamp = text.parse().ok()?;
            Some(Value::DateTime(if has_offset(text) { instant } else { from_wall_clock(instant, zone) }))
        }
    }
}

/// The instant at which the caller's clock shows what `shown` shows in UTC.
fn from_wall_clock(shown: Timestamp, zone: &TimeZone) -> Timestamp {
    let (day, minutes) = TimeZone::utc().wall_clock(shown);
    zone.instant_of(day, minutes).plus_milliseconds(shown.milliseconds().rem_euclid(60_000))
}
