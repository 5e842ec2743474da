//! What the store holds in memory, and how journal and rows are laid over each other.

use super::derived::Followed;
use super::records::{Head, TableRecord};
use crate::SetAside;
use crate::table::TableData;
use hashbrown::HashMap;
use model::{Change, EntryId, JournalEntry, RowId, Table, TableName};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Everything known of a table.
#[derive(Debug, Default)]
pub struct TableState {
    /// Its definition, once it was given.
    pub definition: Option<Arc<Table>>,
    /// Its record in the database, once it has one.
    pub record: Option<TableRecord>,
    /// Its rows, once they were asked for.
    pub data: Option<TableData>,
    /// How far a derived table has followed its sources.
    pub followed: Option<Followed>,
    /// True for a derived table whose sources may have changed since.
    pub is_behind: bool,
}

/// The store's memory.
#[derive(Debug, Default)]
pub struct State {
    /// The head as this store last read or wrote it; nothing on an empty database.
    pub head: Option<Head>,
    /// Every table that has a definition or a record.
    pub tables: BTreeMap<TableName, TableState>,
    /// Entries that cannot be read.
    pub set_aside: Vec<SetAside>,
    journal: Vec<Rc<JournalEntry>>,
    pending: HashMap<(TableName, RowId), Vec<EntryId>>,
    /// The tables the journal touches.
    touched: BTreeSet<TableName>,
    /// How many loadings of tables there were.
    loadings: u64,
    /// Counts the questions, so that what was asked about longest ago is known.
    pub clock: Cell<u64>,
}

impl State {
    /// Nothing but the head.
    pub fn at(head: Option<Head>) -> Self {
        Self { head, ..Self::default() }
    }

    /// The journal in order.
    pub fn journal(&self) -> &[Rc<JournalEntry>] {
        &self.journal
    }

    /// The entries that touch a row.
    pub fn pending(&self, table: &TableName, id: RowId) -> Vec<EntryId> {
        self.pending.get(&(table.clone(), id)).cloned().unwrap_or_default()
    }

    /// Replaces the journal; rows are not touched.
    pub fn set_journal(&mut self, mut journal: Vec<Rc<JournalEntry>>) {
        journal.sort_by_key(|entry| entry.sequence);
        self.pending.clear();
        for entry in &journal {
            for change in entry.changes.iter() {
                let entries = self.pending.entry((change.table().clone(), change.id())).or_default();
                if entries.last() != Some(&entry.id) {
                    entries.push(entry.id);
                }
            }
        }
        self.touched = tables_of(&journal);
        self.journal = journal;
    }

    /// The rows of a table, if they are loaded and up to date.
    pub fn data(&self, table: &str) -> Option<&TableData> {
        let known = self.tables.get(table)?;
        known.data.as_ref().filter(|_| !known.is_behind).inspect(|data| data.note_use(self.clock.get()))
    }

    /// Rows changed: derived tables look after their sources before they are read again.
    pub fn leave_behind(&mut self) {
        for known in self.tables.values_mut().filter(|known| known.followed.is_some()) {
            known.is_behind = true;
        }
    }

    /// True when a table could be loaded and would have rows.
    pub fn has_rows(&self, table: &TableName) -> bool {
        if self.derived(table).is_some() {
            return self.activity_tables().iter().any(|source| self.has_rows(source));
        }
        self.tables.get(table).is_some_and(|known| {
            let has_base = known.record.as_ref().is_some_and(|record| record.rows > 0);
            known.definition.is_some() && (has_base || self.touched.contains(table))
        })
    }

    /// Takes the journal off the loaded ones of these tables.
    pub fn uncover(&mut self, tables: &BTreeSet<TableName>) {
        self.leave_behind();
        self.loaded(tables).for_each(TableData::uncover);
    }

    /// Lays the journal over the loaded ones of these tables.
    pub fn cover(&mut self, tables: &BTreeSet<TableName>) {
        self.leave_behind();
        let journal = std::mem::take(&mut self.journal);
        for data in self.loaded(tables) {
            cover_all(data, &journal);
        }
        self.journal = journal;
    }

    /// Lays new last entries over the loaded tables.
    pub fn cover_more(&mut self, entries: &[Rc<JournalEntry>]) {
        self.leave_behind();
        for data in self.loaded(&tables_of(entries)) {
            cover_all(data, entries);
        }
    }

    /// Gives a table the rows that were loaded for it.
    pub fn enter(&mut self, table: &TableName, mut data: TableData) {
        self.leave_behind();
        self.loadings += 1;
        data.loading = self.loadings;
        data.note_use(self.clock.get());
        if let Some(known) = self.tables.get_mut(table) {
            known.data = Some(data);
        }
    }

    /// Forgets the rows of these tables; they load again when asked for.
    pub fn unload(&mut self, tables: &BTreeSet<TableName>) {
        self.leave_behind();
        for (_, state) in self.tables.iter_mut().filter(|(name, _)| tables.contains(*name)) {
            state.data = None;
        }
    }

    /// Rows of a table as the user sees them.
    pub fn count(&self, name: &TableName, state: &TableState) -> u64 {
        if let Some(data) = &state.data {
            return data.visible.count() as u64;
        }
        let base = state.record.as_ref().map_or(0, |record| record.rows);
        let changes = self.journal.iter().flat_map(|entry| entry.changes.iter());
        changes.filter(|change| change.table() == name).fold(base, |rows, change| match change {
            Change::Create { .. } => rows + 1,
            Change::Update { .. } => rows,
            Change::Delete { .. } => rows.saturating_sub(1),
        })
    }

    fn loaded(&mut self, tables: &BTreeSet<TableName>) -> impl Iterator<Item = &mut TableData> {
        let wanted = self.tables.iter_mut().filter(|(name, _)| tables.contains(*name));
        let is_kept = |state: &&mut TableState| !state.definition.as_deref().is_some_and(Table::is_derived);
        wanted.map(|(_, state)| state).filter(is_kept).filter_map(|state| state.data.as_mut())
    }
}

/// Lays entries over a table, in order.
pub fn cover_all(data: &mut TableData, entries: &[Rc<JournalEntry>]) {
    let name = data.definition.name.clone();
    let changes = entries.iter().flat_map(|entry| entry.changes.iter());
    changes.filter(|change| *change.table() == name).for_each(|change| data.cover(change));
}

/// The tables that entries touch.
pub fn tables_of<'a>(entries: impl IntoIterator<Item = &'a Rc<JournalEntry>>) -> BTreeSet<TableName> {
    entries.into_iter().flat_map(|entry| entry.changes.iter()).map(|change| change.table().clone()).collect()
}
