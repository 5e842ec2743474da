//! Which rows changes are about, as parts of statements in which the table is known as `t`.

use super::{ChangeRequest, Cursor, Horizon};
use crate::access::{Access, push_condition};
use crate::cell::Cell;
use crate::dialect::quoted;
use crate::error::Result;
use crate::layout::{Layouts, TableLayout};
use crate::select::{Builder, ROOT};
use crate::statement::Statement;
use query::{Above, BoundPlan};
use std::sync::Arc;

/// The rows that the caller sees and that are asked for.
pub fn push_visible(
    statement: &mut Statement,
    request: &ChangeRequest<'_>,
    layouts: &Layouts,
    layout: &Arc<TableLayout>,
) -> Result<()> {
    push_condition(statement, request.access, layouts, layout, "t");
    push_within(statement, request.within, request.access, layouts, layout)
}

/// ` AND …`: the filter of a plan on the rows of a table known as `t`.
pub fn push_within(
    statement: &mut Statement,
    within: Option<&BoundPlan>,
    access: &Access,
    layouts: &Layouts,
    layout: &Arc<TableLayout>,
) -> Result<()> {
    let Some(filter) = within.and_then(|plan| plan.filter.as_ref()) else { return Ok(()) };
    statement.push(" AND ");
    let empty = Statement::new(statement.dialect());
    let mut builder = Builder::inside(std::mem::replace(statement, empty), layouts, access, layout, "t");
    let pushed = builder.push_predicate(filter, ROOT);
    *statement = builder.statement;
    pushed
}

/// The rows of `alias` that point to a row above them which changed, or has such a row above it.
pub fn push_below(
    statement: &mut Statement,
    layouts: &Layouts,
    above: &[Above],
    alias: &str,
    since: &Horizon,
) -> Result<()> {
    statement.push("(1 = 0");
    for Above { column, table, above } in above {
        let parent = layouts.table(table.as_str())?;
        let inner = format!("{alias}a");
        let (name, key) = (parent.sql_name(), quoted(parent.key()));
        let mark = format!("{inner}.{}", quoted(statement.dialect().mark_column()));
        let lookup = quoted(column.as_str());
        statement.push(&format!(" OR {alias}.{lookup} IN (SELECT {inner}.{key} FROM {name} {inner} WHERE ("));
        push_since(statement, &mark, since.mark, since);
        statement.push(")");
        if !above.is_empty() {
            statement.push(" OR ");
            push_below(statement, layouts, above, &inner, since)?;
        }
        statement.push(")");
    }
    statement.push(")");
    Ok(())
}

/// What was not given before `since`.
fn push_since(statement: &mut Statement, mark: &str, from: i64, since: &Horizon) {
    statement.push(&format!("{mark} >= ")).bind(Cell::integer(from));
    if !since.snapshot.is_empty() {
        let transaction = format!("CAST(CAST({mark} AS TEXT) AS xid8)");
        statement.push(&format!(" AND NOT pg_visible_in_snapshot({transaction}, CAST("));
        statement.bind(Cell::text(since.snapshot.as_str())).push(" AS pg_snapshot))");
    }
}

/// What was not given before `cursor.since`, behind the cursor. The order is written out because row values compare
/// differently across engines.
pub fn push_after(statement: &mut Statement, mark: &str, id: &str, cursor: &Cursor) {
    // The larger of both says the same and spares later pages the rows of the earlier ones.
    push_since(statement, mark, cursor.since.mark.max(cursor.mark), &cursor.since);
    statement.push(&format!(" AND ({mark} > ")).bind(Cell::integer(cursor.mark));
    statement.push(&format!(" OR ({mark} = ")).bind(Cell::integer(cursor.mark));
    statement.push(&format!(" AND {id} > ")).bind(Cell::id(cursor.id)).push("))");
}
