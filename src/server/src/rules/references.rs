//! New references: the row referred to must exist, and the caller must be allowed to attach rows to it.

use super::{Work, rights};
use crate::error::{Answered, Failure};
use model::{ColumnKind, Columns, Right, Row, Table, Value};
use odata::codes;
use store_sql::Hold;

/// Lookups that ownership and the server's own stamps speak for.
const SYSTEM_LOOKUPS: &[&str] = &[
    "ownerid",
    "owninguser",
    "owningteam",
    "owningbusinessunit",
    "createdby",
    "createdonbehalfby",
    "modifiedby",
    "modifiedonbehalfby",
];

/// Checks the references in `columns`, which the client sent, where they differ from those in `before`; `row` is the row as
/// it will be.
pub async fn check(
    work: &mut Work<'_>,
    table: &Table,
    row: &Row,
    before: Option<&Columns>,
    columns: &Columns,
) -> Answered<()> {
    let mut attaches = false;
    for (name, value) in columns.iter() {
        let Some(column) = table.column(name.as_str()) else { continue };
        if SYSTEM_LOOKUPS.contains(&name.as_str())
            || before.is_some_and(|before| before.get(name.as_str()).is_same(value))
        {
            continue;
        }
        match (&column.kind, value) {
            (ColumnKind::Lookup { .. }, Value::Reference(reference)) => {
                // A row may refer to itself before it exists; nobody needs a right for that.
                if reference.id == row.id {
                    continue;
                }
                attaches = true;
                let target = work.metadata().table(reference.table.as_str()).cloned();
                let target = target.ok_or_else(|| {
                    refuse(format!("“{name}” refers to “{}”, a table this org has not", reference.table))
                })?;
                let found =
                    work.transaction.row(reference.table.as_str(), reference.id, Hold::Existence).await?;
                // What the caller may not read does not exist for them.
                let missing = || {
                    Failure::refuse(
                        404,
                        codes::OBJECT_DOES_NOT_EXIST,
                        format!(
                            "{} With Id = {} Does Not Exist, but “{name}” refers to it",
                            reference.table, reference.id
                        ),
                    )
                };
                let found = found.ok_or_else(missing)?;
                if !rights::may(work, &target, &found, Right::Read).await? {
                    return Err(missing());
                }
                rights::check(work, &target, &found, Right::AppendTo).await?;
            }
            (ColumnKind::PartyList { targets, .. }, Value::Parties(parties)) => {
                for party in parties.iter().filter_map(|party| party.party.as_ref()) {
                    if !targets.contains(&party.table) {
                        return Err(refuse(format!("“{name}” cannot hold a row of “{}”", party.table)));
                    }
                }
            }
            _ => {}
        }
    }
    if attaches {
        rights::check(work, table, row, Right::Append).await?;
    }
    Ok(())
}

fn refuse(message: String) -> Failure {
    Failure::refuse(400, codes::INVALID_ARGUMENT, message)
}
