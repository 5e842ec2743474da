//! What a new row holds where nothing was said.

use model::{Column, ColumnKind, Columns, Table, Value};
use sales::{WriteKind, is_writable};

/// Keeps what a client may write; what only the server writes is left out, as Dataverse does.
pub fn keep_writable(table: &Table, columns: Columns, kind: WriteKind) -> Columns {
    columns
        .0
        .into_iter()
        .filter(|(name, _)| table.column(name.as_str()).is_some_and(|column| is_writable(column, kind)))
        .collect()
}

/// Fills in the defaults of options, yes/no columns and states.
pub fn fill(table: &Table, columns: &mut Columns) {
    let state = columns
        .get("statuscode")
        .as_choice()
        .and_then(|status| table.status(status))
        .map(|(state, _)| state)
        .or_else(|| columns.get("statecode").as_choice().and_then(|state| table.state(state)))
        .or_else(|| table.initial_state());
    for column in &table.columns {
        if columns.get(column.name.as_str()).is_null()
            && !columns.has(column.name.as_str())
            && let Some(value) = default_of(column, state)
        {
            columns.set(column.name.clone(), value);
        }
    }
}

fn default_of(column: &Column, state: Option<&model::State>) -> Option<Value> {
    match &column.kind {
        ColumnKind::Choice { default: Some(default), .. } => Some(Value::Choice(*default)),
        ColumnKind::Boolean(options) => Some(Value::Boolean(options.default)),
        ColumnKind::State => state.map(|state| Value::Choice(state.value)),
        ColumnKind::Status => state.map(|state| Value::Choice(state.default_status)),
        _ => None,
    }
}
