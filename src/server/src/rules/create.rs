//! A new row.

use super::{Work, auto_number, defaults, money, ownership, references, rights, user_reference};
use crate::error::{Answered, Failure};
use crate::random;
use model::{ColumnName, Columns, Right, Row, RowId, RowVersion, Table, Value};
use odata::codes;
use sales::WriteKind;
use store_sql::Hold;

/// Makes a row under the client's id or a new one.
pub async fn create(
    work: &mut Work<'_>,
    table: &Table,
    id: Option<RowId>,
    columns: Columns,
) -> Answered<(RowId, RowVersion)> {
    let id = match id {
        Some(id) => id,
        None => random::row_id()?,
    };
    let mut columns = defaults::keep_writable(table, columns, WriteKind::Create);
    let sent: Vec<ColumnName> = columns.iter().map(|(name, _)| name.clone()).collect();
    defaults::fill(table, &mut columns);
    money::default_currency(work, table, &mut columns);
    ownership::own_new(work, table, &mut columns).await?;
    sales::derive(table, None, &mut columns);
    auto_number::fill(work, table, &mut columns).await?;
    sales::validate(table, &columns, WriteKind::Create)?;
    stamp(work, table, &mut columns);
    money::follow_rate(work, table, None, &mut columns).await?;
    let row = Row { table: table.name.clone(), id, version: None, columns };
    rights::check(work, table, &row, Right::Create).await?;
    let sent = sent.into_iter().map(|name| (name.clone(), row.columns.get(name.as_str()).clone())).collect();
    references::check(work, table, &row, None, &sent).await?;
    if work.transaction.row(table.name.as_str(), id, Hold::Existence).await?.is_some() {
        return Err(Failure::refuse(
            412,
            codes::DUPLICATE_RECORD,
            format!("a row of {} with id {id} exists already; use another id or update the row", table.name),
        ));
    }
    let version = work.transaction.create(table.name.as_str(), id, &row.columns).await?;
    Ok((id, version))
}

fn stamp(work: &Work<'_>, table: &Table, columns: &mut Columns) {
    let user = user_reference(work.caller.profile.user);
    for (name, value) in [
        ("createdon", Value::DateTime(work.now)),
        ("modifiedon", Value::DateTime(work.now)),
        ("createdby", user.clone()),
        ("modifiedby", user),
    ] {
        if table.column(name).is_some() {
            columns.set(name, value);
        }
    }
}
