//! Whether the caller's rights reach a row.

use crate::situation::Situation;
use model::{Columns, Right};

/// True when the privilege reaches the situation's row; without a row, when there is the privilege at all.
#[must_use]
pub fn has_right(situation: &Situation<'_>, right: Right) -> bool {
    may(situation, situation.row.map(|row| &row.columns), right)
}

/// True when the privilege reaches a row with these columns (`ownerid`, `owningbusinessunit`).
#[must_use]
pub fn may(situation: &Situation<'_>, columns: Option<&Columns>, right: Right) -> bool {
    let _ = (situation, columns, right);
    false
}
