//! The names of referenced rows, looked up when an answer is made: a renamed account is renamed everywhere at once.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::quoted;
use crate::error::Result;
use crate::layout::Layouts;
use crate::statement::{Question, Statement};
use model::{Reference, RowId, TableName, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const IDS_PER_STATEMENT: usize = 1000;

/// Gives every reference among the values the name its row has now. Rows that are gone, and tables the org has not,
/// leave the name empty.
pub async fn fill(session: &mut Session, layouts: &Layouts, values: &mut [&mut Value]) -> Result<()> {
    let mut wanted: BTreeMap<TableName, BTreeSet<RowId>> = BTreeMap::new();
    for value in values.iter_mut() {
        for_each_reference(value, |reference| {
            wanted.entry(reference.table.clone()).or_default().insert(reference.id);
        });
    }
    let mut names: HashMap<(TableName, RowId), String> = HashMap::new();
    for (table, ids) in wanted {
        let Some(layout) = layouts.find(table.as_str()) else { continue };
        let Some(primary_name) = layout.primary_name() else { continue };
        let (key, name) = (quoted(layout.key()), quoted(primary_name.column.name.as_str()));
        let ids: Vec<RowId> = ids.into_iter().collect();
        for chunk in ids.chunks(IDS_PER_STATEMENT) {
            let mut statement = Statement::new(session.dialect());
            statement.push(&format!("SELECT {key}, {name} FROM {} WHERE {key} IN ", layout.sql_name()));
            statement.bind_list(chunk.iter().map(|id| Cell::id(*id)));
            let question = Question { statement, kinds: vec![Storage::Id, Storage::Text] };
            for row in session.ask(question).await? {
                if let [Cell::Id(Some(id)), Cell::Text(Some(name))] =
                    <[Cell; 2]>::try_from(row).unwrap_or([Cell::Id(None), Cell::Text(None)])
                {
                    names.insert((table.clone(), id), name);
                }
            }
        }
    }
    for value in values.iter_mut() {
        for_each_reference(value, |reference| {
            let found = names.get(&(reference.table.clone(), reference.id));
            if found.is_some() || layouts.find(reference.table.as_str()).is_some() {
                reference.name = found.cloned();
            }
        });
    }
    Ok(())
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
