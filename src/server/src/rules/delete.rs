//! A row goes: its children go with it, lose their link to it, or hold it back.

use super::{Work, check_version, rights, user_reference};
use crate::error::{Answered, Failure};
use model::{Cascade, Columns, Right, RowId, RowVersion, Table, TableName, Value};
use odata::codes;
use std::collections::HashSet;
use store_sql::Hold;

const CHILDREN_AT_ONCE: u32 = 1000;

/// Deletes a row, if it still has the expected version, with everything that follows.
pub async fn delete(
    work: &mut Work<'_>,
    table: &Table,
    id: RowId,
    expected: Option<RowVersion>,
) -> Answered<()> {
    let row = work.readable_row(table, id, Hold::Removal).await?;
    check_version(table, &row, expected)?;
    rights::check(work, table, &row, Right::Delete).await?;
    let doomed = collect(work, table, id).await?;
    for (table, id) in &doomed.rows {
        hold_back(work, table, *id, &doomed).await?;
    }
    for (table, id) in &doomed.rows {
        unlink(work, table, *id, &doomed).await?;
    }
    // Children first, so that no reader of the versions in between finds a child without its parent.
    for (table, id) in doomed.rows.iter().rev() {
        work.transaction.delete(table.name.as_str(), *id, None, work.now).await?;
    }
    Ok(())
}

/// Rows that go.
struct Doomed {
    /// Parents before children.
    rows: Vec<(Table, RowId)>,
    known: HashSet<(TableName, RowId)>,
}

/// The row and every row that goes with it, parents before children.
async fn collect(work: &mut Work<'_>, table: &Table, id: RowId) -> Answered<Doomed> {
    let mut doomed =
        Doomed { rows: vec![(table.clone(), id)], known: HashSet::from([(table.name.clone(), id)]) };
    let mut next = 0;
    while let Some((table, id)) = doomed.rows.get(next).cloned() {
        next += 1;
        // From here on nobody can add a child unseen.
        work.transaction.hold(table.name.as_str(), id, Hold::Removal).await?;
        for relationship in table.relationships.iter().filter(|it| it.cascades.delete == Cascade::Cascade) {
            let child =
                work.metadata().table(relationship.child.as_str()).filter(|child| !child.is_derived());
            let Some(child) = child.cloned() else { continue };
            let found = work
                .transaction
                .referring(child.name.as_str(), relationship.column.as_str(), id, u32::MAX)
                .await?;
            for child_id in found {
                if doomed.known.insert((child.name.clone(), child_id)) {
                    doomed.rows.push((child.clone(), child_id));
                }
            }
        }
    }
    Ok(doomed)
}

/// Refuses while a row that stays restricts the deletion.
async fn hold_back(work: &mut Work<'_>, table: &Table, id: RowId, doomed: &Doomed) -> Answered<()> {
    for relationship in table.relationships.iter().filter(|it| it.cascades.delete == Cascade::Restrict) {
        let child = work.metadata().table(relationship.child.as_str()).filter(|child| !child.is_derived());
        let Some(child) = child else { continue };
        let (name, column) = (child.name.clone(), relationship.column.as_str());
        let found = work.transaction.referring(name.as_str(), column, id, CHILDREN_AT_ONCE).await?;
        let stays = |child_id: &RowId| !doomed.known.contains(&(name.clone(), *child_id));
        if let Some(child_id) = found.iter().find(|child_id| stays(child_id)) {
            return Err(Failure::refuse(
                400,
                codes::CANNOT_DELETE_DUE_TO_ASSOCIATION,
                format!(
                    "{} with id {id} cannot be deleted because {name} with id {child_id} refers to it; \
                     delete or change that row first",
                    table.name
                ),
            ));
        }
    }
    Ok(())
}

/// Rows that stay forget the row that goes.
async fn unlink(work: &mut Work<'_>, table: &Table, id: RowId, doomed: &Doomed) -> Answered<()> {
    for relationship in table.relationships.iter().filter(|it| it.cascades.delete == Cascade::RemoveLink) {
        let child = work.metadata().table(relationship.child.as_str()).filter(|child| !child.is_derived());
        let Some(child) = child.cloned() else { continue };
        let column = relationship.column.as_str();
        let found = work.transaction.referring(child.name.as_str(), column, id, u32::MAX).await?;
        for child_id in found {
            if doomed.known.contains(&(child.name.clone(), child_id)) {
                continue;
            }
            let Some(row) = work.transaction.row(child.name.as_str(), child_id, Hold::Content).await? else {
                continue;
            };
            let mut columns = Columns::new().with(column, Value::Null);
            sales::derive(&child, Some(&row.columns), &mut columns);
            if child.column("modifiedon").is_some() {
                columns.set("modifiedon", Value::DateTime(work.now));
                columns.set("modifiedby", user_reference(work.caller.profile.user));
            }
            work.transaction.update(child.name.as_str(), child_id, &columns, row.version).await?;
        }
    }
    Ok(())
}
