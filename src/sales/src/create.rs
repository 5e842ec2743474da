//! The command `create`.

use crate::error::SalesError;
use crate::situation::Situation;
use model::{ChangeSet, Command};

/// The command's name.
pub const NAME: &str = "create";

/// See `plan_command`.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let _ = command;
    Err(SalesError::NoRow { table: situation.table.name.clone() })
}

/// The columns a new row starts with: what is given, then defaults, owner, currency, and what follows from them.
#[must_use]
pub fn new_row(situation: &Situation<'_>, given: &model::Columns) -> model::Columns {
    let _ = situation;
    given.clone()
}
