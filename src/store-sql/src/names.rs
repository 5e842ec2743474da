//! The names of referenced rows, looked up when an answer is made: a renamed account is renamed everywhere at once.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::quoted;
use crate::error::Result;
use crate::layout::{Layouts, TableLayout};
use crate::statement::{Question, Statement};
use model::{Reference, RowId, TableName, Value};
use std::collections::HashMap;

const IDS_PER_STATEMENT: usize = 1000;

/// Gives every reference among the values the name its row has now. Rows that are gone, and tables the org has not,
/// leave the name empty.
pub async fn fill<'v>(
    session: &mut Session,
    layouts: &Layouts,
    values: impl Iterator<Item = &'v mut Value>,
) -> Result<()> {
    let mut values: Vec<&mut Value> =
        values.filter(|value| matches!(value, Value::Reference(_) | Value::Parties(_))).collect();
    let mut wanted: HashMap<TableName, Vec<RowId>> = HashMap::new();
    for value in &mut values {
        for_each_reference(value, |reference| match wanted.get_mut(&reference.table) {
            Some(ids) => ids.push(reference.id),
            None => drop(wanted.insert(reference.table.clone(), vec![reference.id])),
        });
    }
    let mut names: HashMap<TableName, Vec<(RowId, String)>> = HashMap::new();
    for (table, mut ids) in wanted {
        let Some(layout) = layouts.find(table.as_str()) else { continue };
        ids.sort_unstable();
        ids.dedup();
        names.insert(table, names_of(session, layout, &ids).await?);
    }
    for value in &mut values {
        for_each_reference(value, |reference| {
            if let Some(names) = names.get(&reference.table) {
                let found = names.binary_search_by(|(id, _)| id.cmp(&reference.id));
                reference.name = found.ok().and_then(|place| names.get(place)).map(|(_, name)| name.clone());
            }
        });
    }
    Ok(())
}

/// The names of rows of a table, in the order of their ids.
async fn names_of(
    session: &mut Session,
    layout: &TableLayout,
    ids: &[RowId],
) -> Result<Vec<(RowId, String)>> {
    let Some(primary_name) = layout.primary_name() else { return Ok(Vec::new()) };
    let (key, name) = (quoted(layout.key()), quoted(primary_name.column.name.as_str()));
    let mut names = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_STATEMENT) {
        let mut statement = Statement::new(session.dialect());
        statement.push(&format!("SELECT {key}, {name} FROM {} WHERE {key} IN ", layout.sql_name()));
        statement.bind_list(chunk.iter().map(|id| Cell::id(*id)));
        let question = Question { statement, kinds: vec![Storage::Id, Storage::Text] };
        for row in session.ask(question).await? {
            if let Ok([Cell::Id(Some(id)), Cell::Text(Some(name))]) = <[Cell; 2]>::try_from(row) {
                names.push((id, name));
            }
        }
    }
    names.sort_unstable_by_key(|(id, _)| *id);
    Ok(names)
}

fn for_each_reference(value: &mut Value, mut action: impl FnMut(&mut Reference)) {
    match value {
        Value::Reference(reference) => action(reference),
        Value::Parties(parties) => {
            parties.iter_mut().filter_map(|party| party.party.as_mut()).for_each(action)
        }
        _ => {}
    }
}
