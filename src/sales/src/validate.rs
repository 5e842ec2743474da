//! Whether values fit their columns.

use crate::error::{Invalid, InvalidKind};
use crate::state::check_pair;
use model::{Column, ColumnKind, Columns, Decimal, Language, Requirement, Table, TableName, Value, Writable};
use std::fmt::Display;

/// What kind of write the columns are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// A new row: what is required must be there.
    Create,
    /// Some columns of a row: what is required must not be emptied.
    Update,
}

/// True when a client may write the column with this kind of write.
#[must_use]
pub const fn is_writable(column: &Column, kind: WriteKind) -> bool {
    match column.writable {
        Writable::Always => true,
        Writable::OnCreate => matches!(kind, WriteKind::Create),
        Writable::OnUpdate => matches!(kind, WriteKind::Update),
        Writable::Never => false,
    }
}

/// Whether every value fits its column, and whether what the system requires is there. Columns the table does not have
/// are for the caller to refuse.
///
/// # Errors
/// The first value that does not, and what would.
pub fn validate(table: &Table, columns: &Columns, kind: WriteKind) -> Result<(), Invalid> {
    for column in &table.columns {
        let name = column.name.as_str();
        if is_missing(table, column, columns, kind) {
            return Err(invalid(column, InvalidKind::Missing, "must be filled in"));
        }
        if columns.has(name) {
            check_value(table, column, columns.get(name))?;
        }
    }
    check_pair(table, columns)
}

fn is_missing(table: &Table, column: &Column, columns: &Columns, kind: WriteKind) -> bool {
    let name = column.name.as_str();
    column.required == Requirement::System
        && column.name != table.primary_id
        && !matches!(column.writable, Writable::Never)
        && columns.get(name).is_null()
        && (kind == WriteKind::Create || columns.has(name))
}

fn check_value(table: &Table, column: &Column, value: &Value) -> Result<(), Invalid> {
    if !column.kind.accepts(value) {
        return Err(invalid(column, InvalidKind::WrongType, format!("must be {}", wanted(&column.kind))));
    }
    match (&column.kind, value) {
        (ColumnKind::Text { max_length, .. } | ColumnKind::Memo { max_length, .. }, Value::Text(text)) => {
            check_length(column, text, *max_length)
        }
        (ColumnKind::Integer { min, max, .. }, Value::Integer(number)) => {
            check_range(column, number, min, max)
        }
        (
            ColumnKind::Decimal { min, max, .. } | ColumnKind::Money { min, max, .. },
            Value::Decimal(number),
        ) => check_range::<Decimal>(column, number, min, max),
        (ColumnKind::Float { min, max, .. }, Value::Float(number)) => {
            if number.is_finite() {
                check_range(column, number, min, max)
            } else {
                Err(invalid(column, InvalidKind::OutOfRange, "must be a number"))
            }
        }
        (_, Value::Choice(number)) => check_options(table, column, std::slice::from_ref(number)),
        (_, Value::Choices(numbers)) => check_options(table, column, numbers),
        (ColumnKind::Lookup { targets, .. }, Value::Reference(reference)) => {
            check_target(column, targets, &reference.table)
        }
        (ColumnKind::PartyList { targets, .. }, Value::Parties(parties)) => parties
            .iter()
            .filter_map(|party| party.party.as_ref())
            .try_for_each(|reference| check_target(column, targets, &reference.table)),
        _ => Ok(()),
    }
}

fn check_length(column: &Column, text: &str, max_length: u32) -> Result<(), Invalid> {
    let length = text.encode_utf16().count();
    if length <= max_length as usize {
        return Ok(());
    }
    let reason = format!("is {length} characters long; shorten it to {max_length}");
    Err(invalid(column, InvalidKind::TooLong, reason))
}

fn check_range<T: PartialOrd + Display>(
    column: &Column,
    number: &T,
    min: &T,
    max: &T,
) -> Result<(), Invalid> {
    if number >= min && number <= max {
        return Ok(());
    }
    let reason = format!("is {number}; enter a number from {min} to {max}");
    Err(invalid(column, InvalidKind::OutOfRange, reason))
}

fn check_options(table: &Table, column: &Column, numbers: &[i32]) -> Result<(), Invalid> {
    match numbers.iter().find(|number| table.option_label(column.name.as_str(), **number).is_none()) {
        None => Ok(()),
        Some(number) => {
            let reason = format!("has no option {number}; choose one of its options");
            Err(invalid(column, InvalidKind::NoSuchOption, reason))
        }
    }
}

fn check_target(column: &Column, targets: &[TableName], table: &TableName) -> Result<(), Invalid> {
    // A lookup without targets may point to any table.
    if targets.is_empty() || targets.contains(table) {
        return Ok(());
    }
    let targets: Vec<&str> = targets.iter().map(TableName::as_str).collect();
    let reason = format!("cannot be a row of “{table}”; choose one of {}", targets.join(", "));
    Err(invalid(column, InvalidKind::WrongTarget, reason))
}

const fn wanted(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName | ColumnKind::Image => {
            "a text"
        }
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => "a whole number",
        ColumnKind::Decimal { .. } | ColumnKind::Float { .. } => "a number",
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => "an amount",
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => "one of its options",
        ColumnKind::Choices { .. } => "some of its options",
        ColumnKind::Boolean(_) => "yes or no",
        ColumnKind::DateTime { .. } => "a date",
        ColumnKind::UniqueId | ColumnKind::File { .. } => "a unique identifier",
        ColumnKind::Lookup { .. } => "a row",
        ColumnKind::PartyList { .. } => "a list of people and companies",
    }
}

fn invalid(column: &Column, kind: InvalidKind, reason: impl Into<String>) -> Invalid {
    Invalid {
        column: column.name.clone(),
        label: column.text(Language::English).to_owned(),
        reason: reason.into(),
        kind,
    }
}

#[cfg(test)]
mod tests;
