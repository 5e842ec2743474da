//! Whether the caller's rights reach a row that is about to be written.

use super::Work;
use crate::error::{Answered, Failure};
use model::{Right, Row, Table};
use odata::codes;

/// True when the privilege reaches the row.
pub fn may(work: &Work<'_>, table: &Table, row: &Row, right: Right) -> bool {
    work.caller.reach(table, right).holds(table, row.id, &row.columns)
}

/// Refuses when the privilege does not reach the row.
pub fn check(work: &Work<'_>, table: &Table, row: &Row, right: Right) -> Answered<()> {
    if may(work, table, row, right) {
        return Ok(());
    }
    Err(Failure::refuse(
        403,
        codes::PRIVILEGE_DENIED,
        format!(
            "Principal user (Id={}) is missing prv{right:?} privilege on this row of {}; ask its owner or an \
             administrator",
            work.caller.profile.user, table.name
        ),
    ))
}
