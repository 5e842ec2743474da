//! Base rows that change in pages whose columns are not in memory: the chunks concerned are read, changed and written
//! one by one, and nothing of them stays.

use super::Store;
use super::commit::BaseChange;
use super::reading::{Reading, Wanted};
use crate::column::ColumnData;
use crate::page::{self, Chunk, Damaged, PageKey};
use crate::table::{PAGE_SLOTS, TableData, page_of};
use crate::{PageWriter, StoreError};
use model::{Column, TableName, ValueRef};
use std::collections::{BTreeMap, BTreeSet};

/// Where the rows of a change go, and what becomes of what is not in memory.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// The slots of the rows that are written, in their order.
    pub slots: Vec<usize>,
    /// The loading of the table that this is about.
    loading: u64,
    /// By column and slot.
    edits: BTreeMap<usize, BTreeMap<usize, Edit>>,
    /// The slots the table has afterwards.
    length: usize,
    /// The changed chunks as they will be kept; nothing where no row has a value any more.
    pub parts: Vec<(PageKey, Option<Vec<u8>>)>,
}

/// What a cell becomes.
#[derive(Clone, Copy, Debug)]
enum Edit {
    /// What a row that is written says.
    Row(usize),
    /// Nothing: its row goes.
    Gone,
}

impl Placed {
    /// The cells that were changed past memory, by column and slot.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.edits.iter().flat_map(|(place, slots)| slots.keys().map(move |slot| (*place, *slot)))
    }

    fn of(data: &TableData, change: &BaseChange) -> Self {
        let writer = change.writer.as_ref();
        let written = writer.map(PageWriter::ids).unwrap_or_default();
        let slots = data.places(&written);
        let length = slots.iter().map(|slot| slot + 1).max().unwrap_or(0).max(data.ids.len());
        let mut edits: BTreeMap<usize, BTreeMap<usize, Edit>> = BTreeMap::new();
        let mut edit = |slot: usize, edit: Edit, is_meant: &dyn Fn(usize) -> bool| {
            for place in data.lacking(page_of(slot)).filter(|place| is_meant(*place)) {
                edits.entry(place).or_default().insert(slot, edit);
            }
        };
        if let Some(writer) = writer {
            let places: Vec<_> =
                data.definition.columns.iter().map(|column| writer.place(&column.name)).collect();
            for (row, slot) in slots.iter().enumerate() {
                let is_named = |place| {
                    places.get(place).copied().flatten().is_some_and(|place| writer.names(row, place))
                };
                edit(*slot, Edit::Row(row), &is_named);
            }
        }
        let placed: BTreeMap<_, _> = written.iter().zip(&slots).collect();
        for id in change.removal.of(data) {
            let slot = placed.get(&id).map(|slot| **slot).or_else(|| data.find_base(id));
            if let Some(slot) = slot {
                edit(slot, Edit::Gone, &|_| true);
            }
        }
        Self { slots, loading: data.loading, edits, length, parts: Vec::new() }
    }
}

impl Store {
    /// Loads the table of a change, says where its rows go, and changes what of them is not in memory; the caller has
    /// the turn.
    pub(super) async fn place(&self, change: &BaseChange) -> Result<Placed, StoreError> {
        loop {
            self.load(&change.table).await?;
            let (mut placed, reading) = {
                let state = self.state.borrow();
                let Some(data) = state.data(change.table.as_str()) else { continue };
                let placed = Placed::of(data, change);
                let reading = self.reading(data, &change.table, &placed);
                (placed, reading)
            };
            if let Some(reading) = reading {
                self.patch(change, &mut placed, &reading).await?;
            }
            // Other definitions may have come meanwhile.
            let state = self.state.borrow();
            if state.data(change.table.as_str()).is_some_and(|data| data.loading == placed.loading) {
                return Ok(placed);
            }
        }
    }

    /// What has to be read for it, if anything.
    fn reading(&self, data: &TableData, table: &TableName, placed: &Placed) -> Option<Reading> {
        let state = self.state.borrow();
        let record = state.tables.get(table)?.record.as_ref()?;
        let of = data.ids.len().div_ceil(PAGE_SLOTS);
        let mut columns = BTreeMap::new();
        for (place, edits) in &placed.edits {
            let stored = data.definition.columns.get(*place).and_then(|column| record.column(column));
            let Some(stored) = stored else { continue };
            let slots: BTreeSet<usize> = edits.keys().copied().collect();
            let pages = slots.iter().map(|slot| page_of(*slot)).collect();
            let chunks = stored.chunks;
            columns.insert(stored.number, Wanted { place: *place, chunks, of, pages, slots: Some(slots) });
        }
        let (table, loading) = (table.clone(), data.loading);
        (!columns.is_empty()).then_some(Reading { table, number: record.number, loading, columns })
    }

    async fn patch(
        &self,
        change: &BaseChange,
        placed: &mut Placed,
        reading: &Reading,
    ) -> Result<(), StoreError> {
        let definition = self.definition(&change.table)?;
        for step in reading.steps() {
            let parts = self.parts(&step).await?;
            let mut damaged = Vec::new();
            for take in &step.takes {
                let place = reading.columns.get(&take.part).map(|wanted| wanted.place);
                let Some(column) = place.and_then(|place| definition.columns.get(place)) else { continue };
                let Some(edits) = place.and_then(|place| placed.edits.get(&place)) else { continue };
                let cells = Cells { column, edits, writer: change.writer.as_ref(), length: placed.length };
                for chunk in take.chunks.iter().copied() {
                    let key = PageKey { table: reading.number, part: take.part, page: chunk.number };
                    match cells.patch(key, chunk, parts.get(&key)) {
                        Ok(None) => {}
                        Ok(Some(part)) => placed.parts.push((key, part)),
                        Err(Damaged) => damaged.push(key.bytes()),
                    }
                }
            }
            if !damaged.is_empty() {
                if self.was_overtaken().await? {
                    self.refresh().await?;
                    return Err(StoreError::ChangedElsewhere);
                }
                self.take_out(&change.table, damaged, None).await?;
                return Err(StoreError::DamagedPage { table: change.table.clone() });
            }
        }
        Ok(())
    }
}

/// What becomes of the cells of a column.
struct Cells<'a> {
    column: &'a Column,
    edits: &'a BTreeMap<usize, Edit>,
    writer: Option<&'a PageWriter>,
    length: usize,
}

/// A chunk as it will be kept, nothing when it has no values any more.
type Part = Option<Vec<u8>>;

impl Cells<'_> {
    /// The chunk with its new values; nothing when they are the old ones.
    fn patch(&self, key: PageKey, chunk: Chunk, old: Option<&Vec<u8>>) -> Result<Option<Part>, Damaged> {
        let plain = old.map(|value| page::open(key, value)).transpose()?;
        let first = chunk.first();
        let edits: Vec<(usize, ValueRef<'_>)> = self
            .edits
            .range(first..first + chunk.length())
            .map(|(slot, edit)| (*slot, self.value(*edit)))
            .collect();
        if !changes(plain.as_deref(), chunk, &edits)? {
            return Ok(None);
        }
        let mut data = ColumnData::for_kind(&self.column.kind);
        if let Some(plain) = &plain {
            page::decode_column(plain, chunk, &mut |slot, value| data.put(slot - first, value))?;
        }
        for (slot, value) in edits {
            data.put(slot - first, value);
        }
        let slots: Vec<usize> = (0..chunk.length().min(self.length.saturating_sub(first))).collect();
        Ok(Some(page::encode_values(&data, &slots).map(|plain| page::seal(key, &plain))))
    }

    fn value(&self, edit: Edit) -> ValueRef<'_> {
        let Edit::Row(row) = edit else { return ValueRef::Null };
        let found = self.writer.and_then(|writer| Some((writer, writer.place(&self.column.name)?)));
        found.map_or(ValueRef::Null, |(writer, place)| writer.cell(row, place))
    }
}

/// True when some of these cells hold something else in a chunk.
fn changes(plain: Option<&[u8]>, chunk: Chunk, edits: &[(usize, ValueRef<'_>)]) -> Result<bool, Damaged> {
    // Cells that the chunk says nothing of are empty.
    let mut left = edits.iter().filter(|(_, value)| !matches!(value, ValueRef::Null)).count();
    let mut is_changed = false;
    if let Some(plain) = plain {
        let wanted: Vec<usize> = edits.iter().map(|(slot, _)| slot - chunk.first()).collect();
        page::decode_cells(plain, chunk, &wanted, &mut |slot, old| match edits
            .binary_search_by_key(&slot, |(slot, _)| *slot)
            .ok()
            .and_then(|at| edits.get(at))
        {
            Some((_, new)) if *new == old => left -= 1,
            _ => is_changed = true,
        })?;
    }
    Ok(is_changed || left > 0)
}

#[cfg(test)]
mod tests;
