//! Whether the caller's rights reach a row that is about to be written.

use super::{Work, parents};
use crate::error::{Answered, Failure};
use model::{Ownership, Right, Row, Table};
use odata::codes;
use store_sql::{Hold, Reach};

/// True when the privilege reaches the row. A row that belongs to a parent is reached with it: read with whoever may
/// read one of its parents, changed with whoever may write one.
pub async fn may(work: &mut Work<'_>, table: &Table, row: &Row, right: Right) -> Answered<bool> {
    let reach = work.caller.reach(table, right);
    if table.ownership != Ownership::Parent || !matches!(reach, Reach::Rows { .. }) {
        return Ok(reach.holds(table, row.id, &row.columns));
    }
    let right = if right == Right::Read { Right::Read } else { Right::Write };
    for (lookup, parent) in parents::of(work.metadata(), table) {
        let Some(reference) = row.columns.get(lookup.as_str()).as_reference().cloned() else { continue };
        if reference.table != parent.name || parent.name == table.name {
            continue;
        }
        let found = work.transaction.row(parent.name.as_str(), reference.id, Hold::Existence).await?;
        if let Some(found) = found
            && Box::pin(may(work, &parent, &found, right)).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses when the privilege does not reach the row.
pub async fn check(work: &mut Work<'_>, table: &Table, row: &Row, right: Right) -> Answered<()> {
    if may(work, table, row, right).await? {
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
