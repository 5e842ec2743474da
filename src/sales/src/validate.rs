//! Whether values fit their columns.

use crate::error::{Invalid, InvalidKind};
use crate::state::check_pair;
use model::limits::{self, Misfit};
use model::{Column, Columns, Language, Requirement, Table, Value, Writable};

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

/// A new row may come without the number that the server gives it.
fn is_missing(table: &Table, column: &Column, columns: &Columns, kind: WriteKind) -> bool {
    let name = column.name.as_str();
    column.required == Requirement::System
        && column.name != table.primary_id
        && !matches!(column.writable, Writable::Never)
        && columns.get(name).is_null()
        && (kind == WriteKind::Update || column.auto_number.is_empty())
        && (kind == WriteKind::Create || columns.has(name))
}

fn check_value(table: &Table, column: &Column, value: &Value) -> Result<(), Invalid> {
    limits::check(&column.kind, value, Some(table))
        .map_err(|misfit| invalid(column, kind_of(&misfit), misfit.to_string()))
}

const fn kind_of(misfit: &Misfit) -> InvalidKind {
    match misfit {
        Misfit::WrongType { .. } => InvalidKind::WrongType,
        Misfit::TooLong { .. } => InvalidKind::TooLong,
        Misfit::OutOfRange { .. } | Misfit::NotANumber | Misfit::DateOutOfRange { .. } => {
            InvalidKind::OutOfRange
        }
        Misfit::NoSuchOption { .. } => InvalidKind::NoSuchOption,
        Misfit::WrongTarget { .. } => InvalidKind::WrongTarget,
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
