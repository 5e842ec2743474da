//! The command `save`.

use crate::error::SalesError;
use crate::situation::Situation;
use model::{ChangeSet, Command};

/// The command's name.
pub const NAME: &str = "save";

/// See `plan_command`.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let _ = command;
    Err(SalesError::NoRow { table: situation.table.name.clone() })
}

/// The same, with the form closed afterwards.
pub const NAME_WITH_CLOSE: &str = "save-close";
