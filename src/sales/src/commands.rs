//! The command bar: which commands are offered, in which order.

use crate::situation::Situation;
use model::CommandName;

/// The commands of a form, in the order of the command bar: of a new row without a row, else of the row.
#[must_use]
pub fn commands_for(situation: &Situation<'_>) -> Vec<CommandName> {
    let _ = situation;
    Vec::new()
}

/// The commands of a view, for the rows selected in it.
#[must_use]
pub fn commands_for_view(situation: &Situation<'_>) -> Vec<CommandName> {
    let _ = situation;
    Vec::new()
}

/// True when the row's columns may be edited: the rights reach and the row is not closed.
#[must_use]
pub fn is_editable(situation: &Situation<'_>) -> bool {
    let _ = situation;
    false
}
