//! The command `deactivate`: an active account, contact or currency becomes inactive. Parameter: `statuscode`, optional.

use crate::activate::{INACTIVE, set_state};
use crate::error::SalesError;
use crate::situation::Situation;
use model::{ChangeSet, Command};

/// The command's name.
pub const NAME: &str = "deactivate";

/// See `plan_command`. A row that is inactive already does not change.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    set_state(command, situation, INACTIVE)
}
