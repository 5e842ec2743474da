//! The store: rows of this device with the user's own changes over them.

mod commit;
mod derived;
mod fence;
mod journal;
mod load;
mod memory;
mod mend;
mod patch;
mod read;
mod reading;
mod records;
mod redefine;
mod state;

use crate::blocks::{Batch, Blocks, Durability, KeyRange, ObjectStore};
use crate::needs::Needs;
use crate::parts::{Cursor, StoredRow};
use crate::{PageWriter, StoreError};
use futures::lock::Mutex;
use model::{EntryId, JournalEntry, Row, RowId, RowVersion, Table, TableName, TableSource};
use query::{Answer, BoundPlan};
use state::State;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub use memory::Counters;
pub use redefine::Redefinition;
pub use state::State as LoadedState;

/// Everything a device holds. Methods take `&self`: writes wait for each other, reads do not wait for writes.
pub struct Store {
    blocks: Rc<dyn Blocks>,
    state: RefCell<State>,
    /// Held by whoever writes or loads.
    turn: Mutex<()>,
    /// Memory that rows may take between questions, in bytes.
    budget: Cell<usize>,
    counters: Cell<Counters>,
    /// How many questions and writes are under way.
    users: Cell<usize>,
}

impl Store {
    /// Opens the store on a database, reading where each table stands and the journal; rows load when first asked
    /// for.
    pub async fn open(blocks: Rc<dyn Blocks>) -> Result<Self, StoreError> {
        let store = Self {
            blocks,
            state: RefCell::default(),
            turn: Mutex::new(()),
            budget: Cell::new(memory::BUDGET_BYTES),
            counters: Cell::default(),
            users: Cell::default(),
        };
        store.refresh().await?;
        Ok(store)
    }

    /// Gives the definitions of the tables. Tables left out keep their rows but cannot be asked for.
    pub fn set_tables(&self, tables: Vec<Arc<Table>>) {
        let mut given: BTreeMap<TableName, Arc<Table>> =
            tables.into_iter().map(|table| (table.name.clone(), table)).collect();
        let mut state = self.state.borrow_mut();
        let mut is_changed = !given.is_empty();
        for (name, known) in &mut state.tables {
            let definition = given.remove(name);
            if known.definition != definition {
                known.definition = definition;
                known.data = None;
                is_changed = true;
            }
        }
        for (name, definition) in given {
            state.tables.entry(name).or_default().definition = Some(definition);
        }
        if is_changed {
            // Other definitions are other sources, or other columns of them.
            for known in state.tables.values_mut().filter(|known| known.followed.is_some()) {
                known.data = None;
                known.followed = None;
            }
        }
    }

    /// A small record of the caller's own.
    pub async fn get_meta(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.blocks.get(ObjectStore::Meta, &records::caller_key(key)).await?)
    }

    /// The small records of the caller's own whose keys begin so, ascending by key.
    pub async fn list_meta(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let range = KeyRange::prefix(&records::caller_key(prefix));
        let found = self.read_all(ObjectStore::Meta, range).await?;
        let own = |(key, value): (Vec<u8>, Vec<u8>)| Some((records::callers_key(&key)?, value));
        Ok(found.into_iter().filter_map(own).collect())
    }

    /// Keeps a small record of the caller's own.
    pub async fn put_meta(&self, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut batch = Batch::new(Durability::Relaxed);
        batch.put(ObjectStore::Meta, records::caller_key(key), bytes);
        Ok(self.blocks.apply(batch).await?)
    }

    /// Forgets a small record of the caller's own.
    pub async fn delete_meta(&self, key: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new(Durability::Relaxed);
        batch.delete(ObjectStore::Meta, records::caller_key(key));
        Ok(self.blocks.apply(batch).await?)
    }

    /// Starts a page of rows.
    pub fn begin_page(&self, table: &TableName) -> Result<PageWriter, StoreError> {
        Ok(PageWriter::new(self.written(table)?))
    }

    /// Where the table stands; nothing when it has to be fetched from the start.
    #[must_use]
    pub fn cursor(&self, table: &TableName) -> Option<Cursor> {
        self.state.borrow().tables.get(table)?.record.as_ref()?.cursor.clone()
    }

    /// Every unconfirmed entry, ascending by sequence.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.state.borrow().journal().iter().map(|entry| JournalEntry::clone(entry)).collect()
    }

    /// The entries that touch a row, in order.
    #[must_use]
    pub fn pending(&self, table: &TableName, id: RowId) -> Vec<EntryId> {
        let state = self.state.borrow();
        if state.derived(table).is_some() {
            let tables = state.activity_tables();
            return tables.iter().flat_map(|table| state.pending(table, id)).collect();
        }
        state.pending(table, id)
    }

    /// Answers a plan over the rows as the user sees them. References carry the name of the row on this device, or
    /// the name that was sent with them.
    pub async fn run(&self, plan: &BoundPlan) -> Result<Answer, StoreError> {
        let _use = self.in_use();
        let mut tables = crate::run::tables(plan);
        loop {
            let outcome = crate::run::run(&*self.loaded(&tables).await?, plan)?;
            match outcome {
                crate::run::Outcome::Answer(answer) => return Ok(answer),
                crate::run::Outcome::Needs(needs) => {
                    self.fetch(&needs).await?;
                    tables.extend(needs.tables);
                }
            }
        }
    }

    /// One row as the user sees it; nothing when it is not on the device or the user deleted it. An activity is
    /// answered as the row of its own table.
    pub async fn row(&self, table: &TableName, id: RowId) -> Result<Option<StoredRow>, StoreError> {
        let _use = self.in_use();
        let Some(table) = &self.table_of_row(table, id).await? else { return Ok(None) };
        let mut tables = BTreeSet::from([table.clone()]);
        loop {
            let needs = {
                let state = self.loaded(&tables).await?;
                let Some(data) = state.data(table.as_str()) else { return Ok(None) };
                let Some(slot) = data.find_visible(id) else { return Ok(None) };
                let Some(mut current) = data.row(slot) else { return Ok(None) };
                let mut needs = crate::run::name_references(&state, &mut current);
                needs.cells.extend(
                    data.unread(slot).into_iter().map(|column| ((table.clone(), column), [slot].into())),
                );
                if needs.is_empty() {
                    let base = match state.derived(table) {
                        Some(parties) => derived::base_party(&state, parties, &current),
                        None => data.base_row(slot),
                    };
                    return Ok(Some(StoredRow { current, base }));
                }
                needs
            };
            self.fetch(&needs).await?;
            tables.extend(needs.tables);
        }
    }

    /// One row as the server last confirmed it, also when the user deleted it.
    pub async fn base_row(&self, table: &TableName, id: RowId) -> Result<Option<Row>, StoreError> {
        let _use = self.in_use();
        let Some(table) = &self.table_of_row(table, id).await? else { return Ok(None) };
        loop {
            let needs = {
                let state = self.loaded(&BTreeSet::from([table.clone()])).await?;
                let Some(data) = state.data(table.as_str()) else { return Ok(None) };
                let Some(slot) = data.find(id) else { return Ok(None) };
                let unread = data.unread(slot);
                if unread.is_empty() {
                    return Ok(match state.derived(table) {
                        Some(parties) => {
                            data.row(slot).and_then(|row| derived::base_party(&state, parties, &row))
                        }
                        None => data.base_row(slot),
                    });
                }
                let cells = unread.into_iter().map(|column| ((table.clone(), column), [slot].into()));
                Needs { cells: cells.collect(), ..Needs::default() }
            };
            self.fetch(&needs).await?;
        }
    }

    /// Which rows of a table the server last confirmed, in which versions.
    pub async fn base_versions(
        &self,
        table: &TableName,
    ) -> Result<Vec<(RowId, Option<RowVersion>)>, StoreError> {
        let _use = self.in_use();
        let state = self.loaded(&BTreeSet::from([table.clone()])).await?;
        Ok(state.data(table.as_str()).map(crate::table::TableData::base_versions).unwrap_or_default())
    }

    /// The table that keeps a row: the activity's own for one of all activities.
    async fn table_of_row(&self, table: &TableName, id: RowId) -> Result<Option<TableName>, StoreError> {
        let source = self.definition(table)?.source;
        if source != TableSource::Activities {
            return Ok(Some(table.clone()));
        }
        let tables = self.state.borrow().activity_tables().into_iter().collect();
        Ok(self.loaded(&tables).await?.table_of_activity(id))
    }

    /// Rows on the device by table, as the user sees them; tables without rows included, derived tables not.
    #[must_use]
    pub fn counts(&self) -> Vec<(TableName, u64)> {
        let state = self.state.borrow();
        let is_kept = |table: &Table| !table.is_derived();
        let tables =
            state.tables.iter().filter(|(_, table)| table.definition.as_deref().is_some_and(is_kept));
        tables.map(|(name, table)| (name.clone(), state.count(name, table))).collect()
    }

    /// These tables, and those whose rows follow from theirs: what to show anew after a change of these.
    #[must_use]
    pub fn with_derived(&self, tables: BTreeSet<TableName>) -> BTreeSet<TableName> {
        self.state.borrow().with_derived(tables)
    }

    /// The definition of a table that is about to be written.
    fn written(&self, table: &TableName) -> Result<Arc<Table>, StoreError> {
        let definition = self.definition(table)?;
        if definition.is_derived() { Err(StoreError::Derived(table.clone())) } else { Ok(definition) }
    }

    fn definition(&self, table: &TableName) -> Result<Arc<Table>, StoreError> {
        let state = self.state.borrow();
        let known = state.tables.get(table).and_then(|known| known.definition.clone());
        known.ok_or_else(|| StoreError::UnknownTable(table.clone()))
    }

    async fn read_all(
        &self,
        store: ObjectStore,
        mut range: KeyRange,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let mut all = Vec::new();
        loop {
            let page = self.blocks.scan(store, &range, 1000).await?;
            all.extend(page.entries);
            match page.next {
                Some(next) => range.from = next,
                None => return Ok(all),
            }
        }
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
