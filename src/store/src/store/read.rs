//! Columns and cells into memory when a question is about them.

use super::Store;
use crate::StoreError;
use crate::blocks::{KeyRange, ObjectStore};
use crate::needs::Needs;
use crate::page::{self, Chunk, PageKey};
use crate::table::{PAGE_SLOTS, TableData, page_of};
use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of pages read at once.
const PARTS_AT_ONCE: usize = 512;
/// A column of which more pages than one in so many are wanted is read from end to end.
const MANY: usize = 4;

/// What is read of one table.
struct Reading {
    table: TableName,
    number: u16,
    loading: u64,
    /// By the column's number in the database.
    columns: BTreeMap<u16, Wanted>,
}

/// What is wanted of a column.
struct Wanted {
    /// Its place in the definition.
    place: usize,
    /// In how many chunks that of a page is kept.
    chunks: u32,
    /// How many pages the table has.
    of: usize,
    pages: BTreeSet<u32>,
    /// The cells; nothing when whole pages are wanted.
    slots: Option<BTreeSet<usize>>,
}

impl Wanted {
    /// The chunks of it, ascending.
    fn chunks(&self) -> Vec<Chunk> {
        let Some(slots) = &self.slots else {
            return self.pages.iter().flat_map(|page| Chunk::of_page(*page, self.chunks)).collect();
        };
        let slots = slots.iter().filter(|slot| self.pages.contains(&page_of(**slot)));
        let mut chunks: Vec<Chunk> = slots.map(|slot| Chunk::of_slot(*slot, self.chunks)).collect();
        chunks.dedup();
        chunks
    }

    /// True when so many of them are wanted that all are better read at once.
    fn is_scattered(&self) -> bool {
        self.chunks().len() * MANY > self.of * self.chunks as usize
    }
}

type Parts = BTreeMap<PageKey, Vec<u8>>;

impl Store {
    /// Reads what a question lacks.
    pub(super) async fn fetch(&self, needs: &Needs) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.read(needs).await
    }

    /// Reads what is lacking; the caller has the turn. When the database changed meanwhile everything is forgotten
    /// instead.
    pub(super) async fn read(&self, needs: &Needs) -> Result<(), StoreError> {
        let readings = self.readings(needs);
        let mut found = Vec::new();
        for reading in &readings {
            found.push(self.parts(reading).await?);
        }
        if self.was_overtaken().await? {
            return self.refresh().await;
        }
        for (reading, parts) in readings.iter().zip(&found) {
            let damaged = self.take(reading, parts);
            if !damaged.is_empty() {
                self.take_out(&reading.table, damaged, None).await?;
                return Err(StoreError::DamagedPage { table: reading.table.clone() });
            }
        }
        Ok(())
    }

    fn readings(&self, needs: &Needs) -> Vec<Reading> {
        let state = self.state.borrow();
        let mut readings: BTreeMap<&TableName, Reading> = BTreeMap::new();
        let mut add = |table,
                       place,
                       pages: &dyn Fn(&TableData) -> BTreeSet<u32>,
                       slots: Option<&BTreeSet<usize>>| {
            let known = state.tables.get(table)?;
            let (record, data) = (known.record.as_ref()?, known.data.as_ref()?);
            let stored = record.column(data.definition.columns.get(place)?)?;
            let reading = readings.entry(table).or_insert_with(|| Reading {
                table: TableName::clone(table),
                number: record.number,
                loading: data.loading,
                columns: BTreeMap::new(),
            });
            let of = data.ids.len().div_ceil(PAGE_SLOTS);
            let mut pages = pages(data);
            pages.retain(|page| data.is_missing(place, *page));
            reading
                .columns
                .entry(stored.number)
                .and_modify(|wanted| {
                    wanted.pages.extend(&pages);
                    wanted.slots = wanted.slots.take().zip(slots).map(|(mut wanted, more)| {
                        wanted.extend(more);
                        wanted
                    });
                })
                .or_insert_with(|| Wanted { place, chunks: stored.chunks, of, pages, slots: slots.cloned() });
            Some(())
        };
        for ((table, place), slots) in &needs.cells {
            if state.data(table.as_str()).is_some_and(|data| data.is_scattered(*place)) {
                add(table, *place, &|data| data.missing(*place).collect(), None);
            } else {
                add(table, *place, &|_| slots.iter().map(|slot| page_of(*slot)).collect(), Some(slots));
            }
        }
        for (table, place) in &needs.columns {
            add(table, *place, &|data| data.missing(*place).collect(), None);
        }
        for ((table, place), pages) in &needs.pages {
            add(table, *place, &|_| pages.clone(), None);
        }
        readings.into_values().collect()
    }

    /// The parts of pages as the database has them. Columns of which much is wanted are read from end to end, and
    /// neighbours among them at once.
    async fn parts(&self, reading: &Reading) -> Result<Parts, StoreError> {
        let table = reading.number;
        let (mut ranges, mut keys): (Vec<(u16, u16)>, Vec<PageKey>) = (Vec::new(), Vec::new());
        for (part, wanted) in &reading.columns {
            if !wanted.is_scattered() {
                let chunks = wanted.chunks().into_iter();
                keys.extend(chunks.map(|chunk| PageKey { table, part: *part, page: chunk.number }));
            } else if let Some((_, last)) =
                ranges.last_mut().filter(|(_, last)| last.checked_add(1) == Some(*part))
            {
                *last = *part;
            } else {
                ranges.push((*part, *part));
            }
        }
        let mut parts = Parts::new();
        for (first, last) in ranges {
            let until = KeyRange::prefix(&PageKey::prefix(table, last)).until;
            let mut range = KeyRange { from: PageKey::prefix(table, first), until };
            loop {
                let found = self.blocks.scan(ObjectStore::Pages, &range, PARTS_AT_ONCE).await?;
                self.count_read(found.entries.iter().map(|(_, value)| value));
                let entries = found.entries.into_iter();
                parts.extend(entries.filter_map(|(key, value)| Some((PageKey::parse(&key).ok()?, value))));
                match found.next {
                    Some(next) => range.from = next,
                    None => break,
                }
            }
        }
        if !keys.is_empty() {
            let bytes: Vec<Vec<u8>> = keys.iter().map(|key| key.bytes()).collect();
            let values = self.blocks.get_many(ObjectStore::Pages, &bytes).await?;
            self.count_read(values.iter().flatten());
            parts.extend(keys.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))));
        }
        Ok(parts)
    }

    pub(super) fn count_read<'a>(&self, parts: impl Iterator<Item = &'a Vec<u8>>) {
        self.count(|counters| {
            for part in parts {
                counters.parts_read += 1;
                counters.bytes_read += part.len() as u64;
            }
        });
    }

    /// Puts what was read in its place; gives the keys of damaged parts.
    fn take(&self, reading: &Reading, parts: &Parts) -> Vec<Vec<u8>> {
        let mut state = self.state.borrow_mut();
        let known = state.tables.get_mut(&reading.table).and_then(|known| known.data.as_mut());
        let Some(data) = known.filter(|data| data.loading == reading.loading) else { return Vec::new() };
        data.make_room();
        let mut damaged = Vec::new();
        for (part, wanted) in &reading.columns {
            if wanted.slots.is_some() && wanted.pages.len() > 1 && wanted.is_scattered() {
                data.scatter(wanted.place);
            }
            let mut pages: BTreeMap<u32, Vec<(Chunk, Vec<u8>)>> =
                wanted.pages.iter().map(|page| (*page, Vec::new())).collect();
            for chunk in wanted.chunks() {
                let key = PageKey { table: reading.number, part: *part, page: chunk.number };
                let plain = parts.get(&key).map(|value| page::open(key, value)).transpose();
                let taken = match (plain, &wanted.slots) {
                    (Err(error), _) => Err(error),
                    (Ok(plain), Some(slots)) => data.fill_cells(wanted.place, chunk, plain.as_deref(), slots),
                    (Ok(plain), None) => {
                        let chunks = pages.entry(page_of(chunk.first())).or_default();
                        chunks.extend(plain.map(|plain| (chunk, plain)));
                        Ok(())
                    }
                };
                if taken.is_err() {
                    damaged.push(key.bytes());
                }
            }
            for (page, chunks) in pages.iter().filter(|_| wanted.slots.is_none()) {
                if data.fill(wanted.place, *page, chunks).is_err() {
                    let keys = chunks.iter().map(|(chunk, _)| chunk.number);
                    damaged.extend(
                        keys.map(|page| PageKey { table: reading.number, part: *part, page }.bytes()),
                    );
                }
            }
        }
        damaged
    }
}

#[cfg(test)]
mod tests;
