//! New values for some columns of a row; a new owner takes along the rows that follow.

use super::parents::follows_parent;
use super::{Work, check_version, defaults, money, ownership, references, rights, user_reference};
use crate::error::Answered;
use model::{Cascade, Columns, Ownership, Right, Row, RowId, RowVersion, Table, Value};
use sales::WriteKind;
use std::collections::HashSet;
use store_sql::Hold;

/// Most children of one relationship that are looked at in one go.
const CHILDREN_AT_ONCE: u32 = 1000;

/// Changes a row, if it still has the expected version.
pub async fn update(
    work: &mut Work<'_>,
    table: &Table,
    id: RowId,
    columns: Columns,
    expected: Option<RowVersion>,
) -> Answered<RowVersion> {
    let row = work.readable_row(table, id, Hold::Content).await?;
    check_version(table, &row, expected)?;
    let mut columns = defaults::keep_writable(table, columns, WriteKind::Update);
    let changes_owner = columns.has("ownerid") && !columns.get("ownerid").is_same(row.columns.get("ownerid"));
    let changes_more = columns.iter().any(|(name, _)| *name != *"ownerid");
    if changes_more || !changes_owner {
        rights::check(work, table, &row, Right::Write).await?;
    }
    if changes_owner {
        rights::check(work, table, &row, Right::Assign).await?;
        ownership::follow_owner(work, table, &mut columns).await?;
    }
    let sent = columns.clone();
    sales::derive(table, Some(&row.columns), &mut columns);
    sales::validate(table, &columns, WriteKind::Update)?;
    money::follow_rate(work, table, Some(&row.columns), &mut columns).await?;
    let mut after = row.clone();
    after.columns.extend(&columns);
    references::check(work, table, &after, Some(&row.columns), &sent).await?;
    let version = write(work, table, &row, columns).await?;
    if changes_owner {
        let owner = after.columns.get("ownerid").clone();
        assign_children(work, table, id, &owner).await?;
    }
    Ok(version)
}

async fn write(work: &mut Work<'_>, table: &Table, row: &Row, mut columns: Columns) -> Answered<RowVersion> {
    for (name, value) in
        [("modifiedon", Value::DateTime(work.now)), ("modifiedby", user_reference(work.caller.profile.user))]
    {
        if table.column(name).is_some() {
            columns.set(name, value);
        }
    }
    Ok(work.transaction.update(table.name.as_str(), row.id, &columns, row.version).await?)
}

/// Children of relationships that cascade assigning, and those whose owner is always their parent's, get the same owner,
/// and theirs after them. Rows without an owner of their own are marked as changed: who may read them has changed.
async fn assign_children(work: &mut Work<'_>, table: &Table, id: RowId, owner: &Value) -> Answered<()> {
    let mut seen = HashSet::from([(table.name.clone(), id)]);
    let mut waiting = vec![(table.clone(), id)];
    while let Some((table, id)) = waiting.pop() {
        for relationship in &table.relationships {
            let child =
                work.metadata().table(relationship.child.as_str()).filter(|child| !child.is_derived());
            let Some(child) = child.cloned() else { continue };
            let belongs = relationship.cascades.delete == Cascade::Cascade
                && (child.ownership == Ownership::Parent || follows_parent(&child));
            if relationship.cascades.assign != Cascade::Cascade && !belongs {
                continue;
            }
            let found = work
                .transaction
                .referring(child.name.as_str(), relationship.column.as_str(), id, CHILDREN_AT_ONCE)
                .await?;
            for child_id in found {
                if !seen.insert((child.name.clone(), child_id)) {
                    continue;
                }
                let Some(row) = work.transaction.row(child.name.as_str(), child_id, Hold::Content).await?
                else {
                    continue;
                };
                if child.ownership == Ownership::Parent {
                    work.transaction.update(child.name.as_str(), child_id, &Columns::new(), None).await?;
                } else if child.ownership == Ownership::User && !row.columns.get("ownerid").is_same(owner) {
                    let mut columns = Columns::new().with("ownerid", owner.clone());
                    ownership::follow_owner(work, &child, &mut columns).await?;
                    write(work, &child, &row, columns).await?;
                }
                waiting.push((child.clone(), child_id));
            }
        }
    }
    Ok(())
}
