//! What a command must know, and the one door to all commands.

use crate::error::SalesError;
use crate::{activate, assign, create, deactivate, delete, move_stage, save};
use model::{ChangeSet, Command, Metadata, Row, RowId, Table, Timestamp, UserProfile};

/// What a command must know.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Every table.
    pub metadata: &'a Metadata,
    /// The table of the row.
    pub table: &'a Table,
    /// The row as it is now, with the user's pending changes; none for a new row.
    pub row: Option<&'a Row>,
    /// The caller.
    pub user: &'a UserProfile,
    /// Business units below the caller's own, for rights that reach down; empty when not known.
    pub units_below: &'a [RowId],
    /// Now.
    pub now: Timestamp,
}

/// What the command does to rows; an empty change set when nothing really changes.
///
/// # Errors
/// Why the command does nothing, and what the user can do.
pub fn plan_command(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    match command.name.as_str() {
        create::NAME => create::plan(command, situation),
        save::NAME | save::NAME_WITH_CLOSE => save::plan(command, situation),
        delete::NAME => delete::plan(command, situation),
        assign::NAME => assign::plan(command, situation),
        activate::NAME => activate::plan(command, situation),
        deactivate::NAME => deactivate::plan(command, situation),
        move_stage::NAME => move_stage::plan(command, situation),
        other => {
            Err(SalesError::NotAvailable { command: other.to_owned(), table: situation.table.name.clone() })
        }
    }
}
