//! Whether the caller's rights reach a row that is about to be written.

use super::Work;
use crate::error::{Answered, Failure};
use model::{Columns, Right, Row, Table};
use odata::codes;
use sales::Situation;

/// True when the privilege reaches a row with these owner columns.
pub fn may(work: &Work<'_>, table: &Table, columns: &Columns, right: Right) -> bool {
    let situation = Situation {
        metadata: work.metadata(),
        table,
        row: None,
        user: &work.caller.profile,
        units_below: &work.caller.units_below,
        now: work.now,
    };
    sales::may(&situation, Some(columns), right)
}

/// True when the caller may read the row.
pub fn may_read(work: &Work<'_>, table: &Table, row: &Row) -> bool {
    may(work, table, &with_key(table, row), Right::Read)
}

/// Refuses when the privilege does not reach the row.
pub fn check(work: &Work<'_>, table: &Table, row: &Row, right: Right) -> Answered<()> {
    check_columns(work, table, &with_key(table, row), right)
}

/// Refuses when the privilege does not reach a row with these columns.
pub fn check_columns(work: &Work<'_>, table: &Table, columns: &Columns, right: Right) -> Answered<()> {
    if may(work, table, columns, right) {
        return Ok(());
    }
    Err(Failure::refuse(
        403,
        codes::PRIVILEGE_DENIED,
        format!(
            "Principal user (Id={}) is missing prv{right:?} privilege on this row of {}; ask its owner or an administrator",
            work.caller.profile.user, table.name
        ),
    ))
}

/// Tables of business units decide by the row's own id, too.
fn with_key(table: &Table, row: &Row) -> Columns {
    row.columns.clone().with(table.primary_id.clone(), model::Value::Id(row.id))
}
