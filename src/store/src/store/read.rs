//! Columns and cells into memory when a question is about them.

use super::Store;
use super::reading::{Parts, Reading, Step, Wanted};
use crate::StoreError;
use crate::needs::Needs;
use crate::page::{self, Chunk, PageKey};
use crate::table::{PAGE_SLOTS, TableData, page_of};
use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

/// So much is read before it is put in its place, in bytes as they are kept.
const BYTES_AT_ONCE: usize = if cfg!(test) { 2000 } else { 8 << 20 };
/// After so many pages it is estimated how long all texts of a column are.
const PAGES_TO_JUDGE_BY: usize = 16;

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
        let (mut found, mut bytes) = (Vec::new(), 0);
        for reading in &readings {
            for step in reading.steps() {
                let parts = self.parts(&step).await?;
                bytes += parts.values().map(Vec::len).sum::<usize>();
                found.push((reading, step, parts));
                if bytes > BYTES_AT_ONCE {
                    if !self.take_all(std::mem::take(&mut found)).await? {
                        return Ok(());
                    }
                    bytes = 0;
                }
            }
        }
        self.take_all(found).await.map(drop)
    }

    /// Puts what was read in its place. False when the database changed meanwhile and everything is forgotten.
    async fn take_all(&self, found: Vec<(&Reading, Step, Parts)>) -> Result<bool, StoreError> {
        if self.was_overtaken().await? {
            self.refresh().await?;
            return Ok(false);
        }
        for (reading, step, parts) in &found {
            let damaged = self.take(reading, step, parts);
            if !damaged.is_empty() {
                self.take_out(&reading.table, damaged, None).await?;
                return Err(StoreError::DamagedPage { table: reading.table.clone() });
            }
        }
        Ok(true)
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
        // One of them a question, so that none waits for all.
        let promoted = self.promoted(needs);
        for ((table, place), slots) in &needs.cells {
            if promoted == Some((table, *place))
                || state.data(table.as_str()).is_some_and(|data| data.is_scattered(*place))
            {
                add(table, *place, &|data| data.missing(*place).collect(), None);
            } else {
                add(table, *place, &|_| slots.iter().map(|slot| page_of(*slot)).collect(), Some(slots));
            }
        }
        for (table, place) in &needs.columns {
            add(table, *place, &|data| data.missing(*place).collect(), None);
        }
        readings.into_values().collect()
    }

    /// The first of the columns of which cells are needed that is better read as a whole and has room.
    fn promoted<'a>(&self, needs: &'a Needs) -> Option<(&'a TableName, usize)> {
        let state = self.state.borrow();
        let is_worth = |(table, place): &(&TableName, usize)| {
            let bytes = state.data(table.as_str()).and_then(|data| data.is_worth(*place));
            bytes.is_some_and(|bytes| self.has_room(bytes))
        };
        needs.cells.keys().map(|(table, place)| (table, *place)).find(is_worth)
    }

    /// Puts what a step brought in its place; gives the keys of damaged parts.
    fn take(&self, reading: &Reading, step: &Step, parts: &Parts) -> Vec<Vec<u8>> {
        let mut state = self.state.borrow_mut();
        let known = state.tables.get_mut(&reading.table).and_then(|known| known.data.as_mut());
        let Some(data) = known.filter(|data| data.loading == reading.loading) else { return Vec::new() };
        data.make_room();
        let mut damaged = Vec::new();
        for take in &step.takes {
            let Some(wanted) = reading.columns.get(&take.part) else { continue };
            let key = |chunk: Chunk| PageKey { table: reading.number, part: take.part, page: chunk.number };
            let plain = |chunk: Chunk| {
                let key = key(chunk);
                parts.get(&key).map(|value| page::open(key, value)).transpose()
            };
            let Some(slots) = &wanted.slots else {
                let pages = take.chunks.chunk_by(|a, b| page_of(a.first()) == page_of(b.first()));
                for (number, chunks) in pages.enumerate() {
                    damaged.extend(fill(data, wanted.place, chunks, plain).into_iter().map(key));
                    if number % PAGES_TO_JUDGE_BY == 0 {
                        data.expect_rest(wanted.place);
                    }
                }
                continue;
            };
            if wanted.pages.len() > 1 && wanted.is_scattered() {
                data.scatter(wanted.place);
            }
            for chunk in take.chunks.iter().copied() {
                let taken = plain(chunk).and_then(|plain| {
                    data.note_single(wanted.place, plain.as_ref().map_or(0, Vec::len));
                    data.fill_cells(wanted.place, chunk, plain.as_deref(), slots)
                });
                if taken.is_err() {
                    damaged.push(key(chunk));
                }
            }
        }
        damaged.into_iter().map(PageKey::bytes).collect()
    }
}

/// Takes a page of a column; gives the damaged chunks.
fn fill(
    data: &mut TableData,
    place: usize,
    chunks: &[Chunk],
    plain: impl Fn(Chunk) -> Result<Option<Vec<u8>>, page::Damaged>,
) -> Vec<Chunk> {
    let Some(page) = chunks.first().map(|chunk| page_of(chunk.first())) else { return Vec::new() };
    let (mut opened, mut damaged) = (Vec::new(), Vec::new());
    for chunk in chunks.iter().copied() {
        match plain(chunk) {
            Ok(plain) => opened.extend(plain.map(|plain| (chunk, plain))),
            Err(_) => damaged.push(chunk),
        }
    }
    if data.fill(place, page, &opened).is_err() {
        damaged.extend(opened.into_iter().map(|(chunk, _)| chunk));
    }
    damaged
}

#[cfg(test)]
mod tests;
