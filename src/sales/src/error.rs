//! Refusals, with what the user can do next.

use model::{ColumnName, Right, TableName};

/// A value that does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{label}” {reason}")]
pub struct Invalid {
    /// The column.
    pub column: ColumnName,
    /// The column's label in English, or its logical name.
    pub label: String,
    /// What is wrong and what would fit, for people.
    pub reason: String,
    /// What kind of misfit, for codes and translations.
    pub kind: InvalidKind,
}

/// Kinds of misfit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKind {
    /// A column that must be filled is empty.
    Missing,
    /// The text is longer than the column.
    TooLong,
    /// The number lies outside the column's limits.
    OutOfRange,
    /// The number is none of the options.
    NoSuchOption,
    /// The lookup may not point to that table.
    WrongTarget,
    /// The value is of another type than the column.
    WrongType,
    /// The status reason does not belong to the state.
    StatusOfOtherState,
}

/// Why a command does nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SalesError {
    /// The command is not known, or not for this table.
    #[error("the command “{command}” is not available for “{table}”; choose one from the command bar")]
    NotAvailable {
        /// The command.
        command: String,
        /// The table.
        table: TableName,
    },
    /// The row is not here.
    #[error(
        "this row of “{table}” is not here (it may have been deleted); go back to the list and refresh it"
    )]
    NoRow {
        /// The table.
        table: TableName,
    },
    /// The caller's rights do not reach.
    #[error(
        "your security roles do not allow you to {} this row of “{table}”; ask its owner or an administrator",
        verb(*.right)
    )]
    NotAllowed {
        /// The right that is missing.
        right: Right,
        /// The table.
        table: TableName,
    },
    /// A column that the table does not have.
    #[error("“{table}” has no column “{column}”; reload the app to get the current form")]
    UnknownColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// A column that only the server writes.
    #[error("“{label}” is filled in by the system and cannot be changed; undo the change and save again")]
    NotWritable {
        /// The column.
        column: ColumnName,
        /// Its label.
        label: String,
    },
    /// A value that does not fit.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The row is closed or inactive.
    #[error("this row of “{table}” is {state} and read-only; {way_out}")]
    Closed {
        /// The table.
        table: TableName,
        /// The label of its state.
        state: String,
        /// What can be done.
        way_out: String,
    },
    /// The state cannot be reached that way.
    #[error("a row of “{table}” cannot go from {from} to {to} by itself; {way_out}")]
    NoTransition {
        /// The table.
        table: TableName,
        /// The label of the present state.
        from: String,
        /// The label of the wanted state.
        to: String,
        /// What can be done.
        way_out: String,
    },
    /// A command was not told what it must know.
    #[error("the command needs “{parameter}”; fill it in and try again")]
    MissingParameter {
        /// The parameter.
        parameter: &'static str,
    },
}

const fn verb(right: Right) -> &'static str {
    match right {
        Right::Create => "create",
        Right::Read => "read",
        Right::Write => "change",
        Right::Delete => "delete",
        Right::Append => "attach other rows to",
        Right::AppendTo => "attach something to",
        Right::Assign => "assign",
        Right::Share => "share",
    }
}

impl SalesError {
    /// The column it is about, so that a form can point to it.
    #[must_use]
    pub const fn column(&self) -> Option<&ColumnName> {
        match self {
            Self::UnknownColumn { column, .. } | Self::NotWritable { column, .. } => Some(column),
            Self::Invalid(invalid) => Some(&invalid.column),
            _ => None,
        }
    }
}
