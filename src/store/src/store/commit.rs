//! Base rows into the database: pages, cursor and confirmations in one batch.
//!
//! Memory changes first, the database follows; when the database refuses, the tables concerned are forgotten and load
//! again from what is really there.

use super::patch::Placed;
use super::records::{self, TableRecord};
use super::state::{self, TableState};
use super::{State, Store};
use crate::blocks::{Batch, Durability, ObjectStore};
use crate::page::{self, Chunk, PageKey};
use crate::parts::{Cursor, PageCommit, Touched};
use crate::table::{PAGE_SLOTS, TableData};
use crate::writer::{Fresh, Keep};
use crate::{PageWriter, StoreError};
use hashbrown::HashSet;
use model::{EntryId, JournalEntry, RowId, TableName};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// What happens to the base rows of one table.
pub(super) struct BaseChange {
    pub table: TableName,
    pub writer: Option<PageWriter>,
    pub removal: Removal,
    cursor: Option<Cursor>,
    confirmed: Vec<EntryId>,
    /// What stays in memory of pages that are new.
    keep: Keep,
}

pub(super) enum Removal {
    These(Vec<RowId>),
    AllBut(HashSet<RowId>),
}

impl Removal {
    /// The rows of a table that go.
    pub fn of(&self, data: &TableData) -> Vec<RowId> {
        match self {
            Self::These(ids) => ids.clone(),
            Self::AllBut(kept) => data
                .base_slots()
                .filter_map(|slot| data.ids.get(slot).copied())
                .filter(|id| !kept.contains(id))
                .collect(),
        }
    }
}

/// What has to be put back when the database refuses.
struct Before {
    affected: BTreeSet<TableName>,
    journal: Vec<Rc<JournalEntry>>,
    record: Option<TableRecord>,
}

impl Store {
    /// Writes a page of the server's rows, the removals, the cursor and the confirmations in one transaction, and
    /// lays the rest of the journal over the new rows.
    pub async fn commit_page(&self, commit: PageCommit) -> Result<Touched, StoreError> {
        if let Some(writer) = &commit.writer
            && *writer.table() != commit.table
        {
            return Err(StoreError::WrongTable { written: writer.table().clone(), committed: commit.table });
        }
        let _turn = self.turn.lock().await;
        self.change_base(BaseChange {
            table: commit.table,
            writer: commit.writer,
            removal: Removal::These(commit.removed),
            cursor: Some(commit.cursor),
            confirmed: commit.confirmed,
            keep: Keep::Whole,
        })
        .await
    }

    /// Drops the cursor: the table will be fetched from the start, over the rows that are there.
    pub async fn forget_cursor(&self, table: &TableName) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let removal = Removal::These(Vec::new());
        let (table, confirmed) = (table.clone(), Vec::new());
        let keep = Keep::Whole;
        self.change_base(BaseChange { table, writer: None, removal, cursor: None, confirmed, keep })
            .await
            .map(drop)
    }

    /// After a fetch from the start: base rows that are not listed leave the device. The cursor stays.
    pub async fn retain_rows(&self, table: &TableName, ids: &[RowId]) -> Result<Touched, StoreError> {
        let _turn = self.turn.lock().await;
        let cursor = self.cursor(table);
        let removal = Removal::AllBut(ids.iter().copied().collect());
        let (table, confirmed) = (table.clone(), Vec::new());
        let keep = Keep::Whole;
        self.change_base(BaseChange { table, writer: None, removal, cursor, confirmed, keep }).await
    }

    async fn change_base(&self, mut change: BaseChange) -> Result<Touched, StoreError> {
        let _use = self.in_use();
        self.written(&change.table)?;
        let looked = self.state.borrow().head;
        self.load(&change.table).await?;
        // Before it is looked what is in memory: columns may leave for this.
        if let Some(writer) = &change.writer {
            change.keep = self.keep(writer);
        }
        let placed = self.place(&change).await?;
        if self.state.borrow().head != looked {
            // Whoever made this change did not know what another has written meanwhile.
            return Err(StoreError::ChangedElsewhere);
        }
        let (mut batch, head) = self.fenced(Durability::Relaxed, None);
        if !change.confirmed.is_empty() {
            batch.durability = Durability::Strict;
        }
        let (touched, before) = stage(&mut self.state.borrow_mut(), &change, placed, &mut batch)?;
        let mut staged = Staged { state: &self.state, table: &change.table, before: Some(before) };
        let applied = self.apply(batch, head).await;
        if matches!(applied, Ok(()) | Err(StoreError::ChangedElsewhere)) {
            staged.before = None;
        }
        applied.map(|()| touched)
    }
}

/// What is in memory and not in the database yet: put back unless it gets there, also when whoever waits for it is stopped.
struct Staged<'a> {
    state: &'a RefCell<State>,
    table: &'a TableName,
    before: Option<Before>,
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if let (Some(before), Ok(mut state)) = (self.before.take(), self.state.try_borrow_mut()) {
            put_back(&mut state, self.table, before);
        }
    }
}

/// Changes memory and fills the batch.
fn stage(
    state: &mut State,
    change: &BaseChange,
    placed: Placed,
    batch: &mut Batch,
) -> Result<(Touched, Before), StoreError> {
    let confirmed: HashSet<EntryId> = change.confirmed.iter().copied().collect();
    let journal = state.journal().to_vec();
    let (leaving, staying): (Vec<_>, Vec<_>) =
        journal.iter().cloned().partition(|entry| confirmed.contains(&entry.id));
    let mut affected = state::tables_of(&leaving);
    affected.insert(change.table.clone());
    let next_number = next_number(state);
    state.uncover(&affected);
    let Some(known) = state.tables.get_mut(&change.table) else {
        return Err(StoreError::UnknownTable(change.table.clone()));
    };
    let record = known.record.clone();
    let (rows, fresh) = change_rows(known, change, &placed);
    let written =
        known.record.get_or_insert_with(|| TableRecord { number: next_number, ..TableRecord::default() });
    written.cursor.clone_from(&change.cursor);
    if let Some(data) = &mut known.data {
        written.rows = data.visible.count() as u64;
        put_pages(data, written, batch);
        if let Some(writer) = &change.writer {
            put_fresh_pages(data, written, writer, &fresh, batch);
        }
        for (key, part) in placed.parts {
            match part {
                Some(part) => batch.put(ObjectStore::Pages, key.bytes(), part),
                None => batch.delete(ObjectStore::Pages, key.bytes()),
            }
        }
    }
    batch.put(ObjectStore::Meta, records::table_key(&change.table), records::to_json(written)?);
    for entry in &leaving {
        batch.delete(ObjectStore::Journal, entry.sequence.to_be_bytes());
    }
    state.set_journal(staying);
    state.cover(&affected);
    let touched = if rows == 0 && leaving.is_empty() {
        Touched::default()
    } else {
        Touched { tables: state.with_derived(affected.clone()), rows }
    };
    Ok((touched, Before { affected, journal, record }))
}

/// Writes what is otherwise than in the database.
fn put_pages(data: &mut TableData, record: &mut TableRecord, batch: &mut Batch) {
    let table = record.number;
    for key in std::mem::take(&mut data.legacy) {
        batch.delete(ObjectStore::Pages, key);
    }
    // Of columns that are gone nothing may stay: their slots will hold other rows.
    let definition = Arc::clone(&data.definition);
    let pages = u32::try_from(data.ids.len().div_ceil(PAGE_SLOTS)).unwrap_or(u32::MAX);
    record.columns.retain(|stored| {
        let is_there = definition.column(stored.name.as_str()).is_some_and(|column| stored.is(column));
        for page in (0..pages * stored.chunks).filter(|_| !is_there) {
            batch.delete(ObjectStore::Pages, PageKey { table, part: stored.number, page }.bytes());
        }
        is_there
    });
    let dirty = std::mem::take(&mut data.dirty);
    let mut put = |key: PageKey, plain: Option<Vec<u8>>| match plain {
        Some(plain) => batch.put(ObjectStore::Pages, key.bytes(), page::seal(key, &plain)),
        None => batch.delete(ObjectStore::Pages, key.bytes()),
    };
    for page in dirty.rows {
        put(PageKey { table, part: page::ROWS, page }, page::encode_rows(data, page));
    }
    for (place, page) in dirty.columns {
        if let Some(column) = definition.columns.get(place) {
            let (part, chunks) = record.number_column(column);
            for chunk in Chunk::of_page(page, chunks) {
                put(PageKey { table, part, page: chunk.number }, page::encode_column(data, place, chunk));
            }
        }
    }
    for (column, _) in definition.columns.iter().zip(&data.known).filter(|(_, known)| **known) {
        record.number_column(column);
    }
}

/// Writes the columns of pages that are nowhere in memory.
fn put_fresh_pages(
    data: &TableData,
    record: &mut TableRecord,
    writer: &PageWriter,
    fresh: &Fresh,
    batch: &mut Batch,
) {
    let table = record.number;
    let known = fresh.columns.iter().filter(|place| data.known.get(**place) == Some(&true));
    for column in known.filter_map(|place| data.definition.columns.get(*place)) {
        let (part, chunks) = record.number_column(column);
        for page in &fresh.pages {
            for chunk in Chunk::of_page(page.page, chunks) {
                if let Some(plain) = writer.encode(column, page, chunk) {
                    let key = PageKey { table, part, page: chunk.number };
                    batch.put(ObjectStore::Pages, key.bytes(), page::seal(key, &plain));
                }
            }
        }
    }
}

/// Merges and removes rows; gives how many, and the pages whose columns went past memory.
fn change_rows(known: &mut TableState, change: &BaseChange, placed: &Placed) -> (usize, Fresh) {
    let Some(data) = &mut known.data else { return (0, Fresh::default()) };
    let (mut rows, mut fresh) = (0, Fresh::default());
    if let Some(writer) = &change.writer {
        fresh = writer.merge_into(data, &placed.slots, &change.removal.of(data), change.keep);
        rows += writer.rows();
    }
    placed.cells().for_each(|(place, slot)| data.forget_cell(place, slot));
    rows += change.removal.of(data).into_iter().filter(|id| data.remove_base(*id)).count();
    (rows, fresh)
}

fn put_back(state: &mut State, table: &TableName, before: Before) {
    state.set_journal(before.journal);
    state.unload(&before.affected);
    if let Some(known) = state.tables.get_mut(table) {
        known.record = before.record;
    }
}

fn next_number(state: &State) -> u16 {
    let numbers = state.tables.values().filter_map(|table| Some(table.record.as_ref()?.number));
    numbers.max().map_or(1, |largest| largest.saturating_add(1))
}
