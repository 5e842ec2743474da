//! Other definitions than before, together with everything that becomes true with them.

use super::records::{self, TableRecord};
use super::state::tables_of;
use super::{State, Store};
use crate::StoreError;
use crate::blocks::{Batch, Durability, KeyRange, ObjectStore};
use crate::parts::{Cursor, Touched};
use model::{JournalEntry, Table, TableName};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Pages whose keys are looked up at once.
const PAGES_AT_ONCE: usize = 64;

/// What changes with the definitions, in one transaction.
#[derive(Debug, Default)]
pub struct Redefinition {
    /// The definitions of every table.
    pub tables: Vec<Arc<Table>>,
    /// Records of the caller's own: key and value.
    pub records: Vec<(String, Vec<u8>)>,
    /// Records of the caller's own that go.
    pub forgotten: Vec<String>,
    /// Tables whose rows have to be fetched again; until then those that are there stay, and so does the moment they were
    /// complete.
    pub outdated: Vec<TableName>,
    /// Tables that leave with their rows.
    pub gone: Vec<TableName>,
    /// Journal entries that say something else now.
    pub journal: Vec<JournalEntry>,
}

impl Store {
    /// Takes other definitions into use. Rows stay, also those of pages written under the old ones; the values of a
    /// column that is there no longer are not shown.
    pub async fn redefine(&self, change: Redefinition) -> Result<Touched, StoreError> {
        let _turn = self.turn.lock().await;
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        for (key, value) in change.records {
            batch.put(ObjectStore::Meta, records::caller_key(&key), value);
        }
        for key in change.forgotten {
            batch.delete(ObjectStore::Meta, records::caller_key(&key));
        }
        let mut written: Vec<(TableName, Option<TableRecord>)> = Vec::new();
        for name in &change.gone {
            if let Some(record) = self.record(name) {
                self.delete_pages(record.number, &mut batch).await?;
                batch.delete(ObjectStore::Meta, records::table_key(name));
                written.push((name.clone(), None));
            }
        }
        for name in change.outdated.iter().filter(|name| !change.gone.contains(name)) {
            if let Some(record) = self.record(name).and_then(outdated) {
                batch.put(ObjectStore::Meta, records::table_key(name), records::to_json(&record)?);
                written.push((name.clone(), Some(record)));
            }
        }
        let journal = self.rewritten(change.journal, &mut batch)?;
        self.apply(batch, head).await?;
        let mut state = self.state.borrow_mut();
        let mut touched = changed_tables(&state, &change.tables);
        touched.extend(change.gone.iter().cloned());
        touched.extend(tables_of(&journal.concerned));
        state.uncover(&touched);
        state.set_journal(journal.all);
        for (name, record) in written {
            if let Some(known) = state.tables.get_mut(&name) {
                known.record = record;
                if known.record.is_none() {
                    known.data = None;
                }
            }
        }
        state.cover(&touched);
        drop(state);
        self.set_tables(change.tables);
        Ok(Touched { rows: touched.len(), tables: touched })
    }

    /// Small records of the caller's own, all of one moment.
    pub async fn get_many_meta(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys: Vec<Vec<u8>> = keys.iter().map(|key| records::caller_key(key)).collect();
        Ok(self.blocks.get_many(ObjectStore::Meta, &keys).await?)
    }

    fn record(&self, table: &TableName) -> Option<TableRecord> {
        self.state.borrow().tables.get(table)?.record.clone()
    }

    async fn delete_pages(&self, number: u16, batch: &mut Batch) -> Result<(), StoreError> {
        let mut range = KeyRange::prefix(&number.to_be_bytes());
        loop {
            let found = self.blocks.scan(ObjectStore::Pages, &range, PAGES_AT_ONCE).await?;
            for (key, _) in found.entries {
                batch.delete(ObjectStore::Pages, key);
            }
            match found.next {
                Some(next) => range.from = next,
                None => return Ok(()),
            }
        }
    }

    /// The journal with some entries rewritten; an entry that has left meanwhile stays away.
    fn rewritten(&self, entries: Vec<JournalEntry>, batch: &mut Batch) -> Result<Rewritten, StoreError> {
        let mut all = self.state.borrow().journal().to_vec();
        let mut concerned = Vec::new();
        for mut entry in entries {
            let Some(place) = all.iter_mut().find(|known| known.id == entry.id) else { continue };
            entry.sequence = place.sequence;
            batch.put(ObjectStore::Journal, entry.sequence.to_be_bytes(), records::to_json(&entry)?);
            concerned.push(std::mem::replace(place, Rc::new(entry)));
            concerned.push(Rc::clone(place));
        }
        Ok(Rewritten { all, concerned })
    }
}

struct Rewritten {
    all: Vec<Rc<JournalEntry>>,
    concerned: Vec<Rc<JournalEntry>>,
}

/// The record of a table that has to be fetched again; nothing when it was never fetched.
fn outdated(record: TableRecord) -> Option<TableRecord> {
    let cursor = record.cursor?;
    let cursor = Cursor { link: String::new(), complete: false, synced_at: cursor.synced_at };
    Some(TableRecord { cursor: Some(cursor), ..record })
}

/// Tables that are new, gone, or defined otherwise than before.
fn changed_tables(state: &State, tables: &[Arc<Table>]) -> BTreeSet<TableName> {
    let is_known = |table: &Arc<Table>| {
        let known = state.tables.get(&table.name).and_then(|known| known.definition.as_ref());
        known.is_some_and(|known| known == table)
    };
    let kept: BTreeSet<&TableName> = tables.iter().map(|table| &table.name).collect();
    let gone = state.tables.iter().filter(|(name, known)| known.definition.is_some() && !kept.contains(name));
    let changed = tables.iter().filter(|table| !is_known(table)).map(|table| table.name.clone());
    gone.map(|(name, _)| name.clone()).chain(changed).collect()
}

#[cfg(test)]
mod tests;
