//! What of a table is in the database and not in memory yet.
//!
//! A column is read page by page, or only the cells that are shown are: those are kept beside the columns until their
//! page comes.

use super::{PAGE_SLOTS, TableData, page_of};
use crate::column::{bits::Bits, borrow};
use crate::page::{self, Chunk, Damaged};
use hashbrown::HashMap;
use model::{Value, ValueRef};
use std::collections::BTreeSet;

/// So many single cells are kept.
const CELLS: usize = 1 << 20;

/// What has not been read.
#[derive(Debug, Default)]
pub struct Lazy {
    /// For each column the pages of it.
    missing: Vec<Bits>,
    /// Single cells by column and slot.
    cells: HashMap<(usize, usize), Value>,
    /// The columns of which cells all over the table were read.
    scattered: Bits,
    /// For each column what was read for the sake of single cells.
    singles: Vec<Singles>,
}

/// Chunks that were read for the sake of single cells.
#[derive(Clone, Copy, Debug, Default)]
struct Singles {
    chunks: usize,
    bytes: usize,
}

impl Lazy {
    /// Nothing is missing in a table of so many columns.
    pub fn new(columns: usize) -> Self {
        Self {
            missing: vec![Bits::default(); columns],
            singles: vec![Singles::default(); columns],
            ..Self::default()
        }
    }

    /// How many single cells are there.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// A column left memory: these pages of it have to be read.
    pub fn evict(&mut self, column: usize, pages: Bits) {
        if let Some(missing) = self.missing.get_mut(column) {
            *missing = pages;
        }
        // Cells are as old as their reading, and the column may have changed since.
        self.cells.retain(|(of, _), _| *of != column);
        self.scattered.put(column, false);
        if let Some(singles) = self.singles.get_mut(column) {
            *singles = Singles::default();
        }
    }

    /// Forgets single cells.
    pub fn forget_cells(&mut self) {
        self.cells = HashMap::new();
    }
}

impl TableData {
    /// After the ids were read: this column of all pages is in the database.
    pub fn expect(&mut self, column: usize) {
        let pages = self.ids.len().div_ceil(PAGE_SLOTS);
        if let Some(missing) = self.lazy.missing.get_mut(column) {
            *missing = Bits::all(pages);
        }
        if let Some(known) = self.known.get_mut(column) {
            *known = true;
        }
    }

    /// This column of a page is in the database and nowhere else.
    pub fn leave(&mut self, column: usize, page: u32) {
        if let Some(missing) = self.lazy.missing.get_mut(column) {
            missing.put(page as usize, true);
        }
    }

    /// True when this column of a page was not read yet.
    pub fn is_missing(&self, column: usize, page: u32) -> bool {
        self.lazy.missing.get(column).is_some_and(|missing| missing.has(page as usize))
    }

    /// The pages of a column that were not read yet.
    pub fn missing(&self, column: usize) -> impl Iterator<Item = u32> + '_ {
        let missing = self.lazy.missing.get(column);
        missing.into_iter().flat_map(Bits::iter).filter_map(|page| u32::try_from(page).ok())
    }

    /// True when some page of a column was not read yet.
    pub fn is_incomplete(&self, column: usize) -> bool {
        self.missing(column).next().is_some()
    }

    /// The columns of a page that were not read yet.
    pub fn lacking(&self, page: u32) -> impl Iterator<Item = usize> + '_ {
        let columns = self.lazy.missing.iter().enumerate();
        columns.filter(move |(_, missing)| missing.has(page as usize)).map(|(column, _)| column)
    }

    /// A cell as the user sees it; nothing when it has to be read first.
    pub fn cell(&self, column: usize, slot: usize) -> Option<ValueRef<'_>> {
        if !self.is_missing(column, page_of(slot)) {
            return Some(self.columns.get(column)?.get(slot));
        }
        self.waiting(column, slot).or_else(|| self.read_cell(column, slot))
    }

    /// A cell that was read by itself.
    pub(super) fn read_cell(&self, column: usize, slot: usize) -> Option<ValueRef<'_>> {
        if self.is_own(slot) {
            return Some(ValueRef::Null);
        }
        self.lazy.cells.get(&(column, slot)).map(borrow)
    }

    /// The columns of a row that were not read yet, base values included.
    pub fn unread(&self, slot: usize) -> Vec<usize> {
        self.lacking(page_of(slot)).filter(|column| self.read_cell(*column, slot).is_none()).collect()
    }

    /// Takes a column of a page as it was read: those of its chunks that the database has.
    pub fn fill(&mut self, column: usize, page: u32, chunks: &[(Chunk, Vec<u8>)]) -> Result<(), Damaged> {
        if !self.is_missing(column, page) {
            return Ok(());
        }
        let Some(data) = self.columns.get_mut(column) else { return Ok(()) };
        data.reserve(self.ids.len());
        let mut read = Ok(());
        for (chunk, plain) in chunks {
            let taken = page::decode_column(plain, *chunk, &mut |slot, value| data.put(slot, value));
            if taken.is_err() {
                let slots = chunk.first()..chunk.first() + chunk.length();
                slots.for_each(|slot| data.put(slot, ValueRef::Null));
                read = taken;
            }
        }
        if let Some(missing) = self.lazy.missing.get_mut(column) {
            missing.put(page as usize, false);
        }
        self.cover_read(column, page);
        read
    }

    /// True when cells all over a column were read before: then the whole column is worth it.
    pub fn is_scattered(&self, column: usize) -> bool {
        self.lazy.scattered.has(column)
    }

    /// Notes that cells all over a column were read.
    pub fn scatter(&mut self, column: usize) {
        self.lazy.scattered.put(column, true);
    }

    /// Notes that a chunk of a column, of so many bytes, was read for the sake of single cells.
    pub fn note_single(&mut self, column: usize, bytes: usize) {
        if let Some(singles) = self.lazy.singles.get_mut(column) {
            singles.chunks += 1;
            singles.bytes += bytes;
        }
    }

    /// The memory that a column would take, in bytes, once as much of it was read for the sake of single cells as all of
    /// it would have been to read: it is going to be asked for more, and single cells cost most. Never one of long texts.
    pub fn is_worth(&self, column: usize) -> Option<usize> {
        let pages = self.ids.len().div_ceil(PAGE_SLOTS);
        let singles = self.lazy.singles.get(column).filter(|singles| singles.chunks > pages)?;
        let bytes = singles.bytes / singles.chunks * pages + self.ids.len() * 4;
        (!self.is_long(column)).then_some(bytes)
    }

    /// Forgets single cells when there are too many, before others are read.
    pub fn make_room(&mut self) {
        if self.lazy.cells.len() > CELLS {
            self.lazy.cells.clear();
        }
    }

    /// Takes some cells of a chunk of a column as it was read; nothing when the database has none.
    pub fn fill_cells(
        &mut self,
        column: usize,
        chunk: Chunk,
        plain: Option<&[u8]>,
        slots: &BTreeSet<usize>,
    ) -> Result<(), Damaged> {
        let cells = &mut self.lazy.cells;
        let first = chunk.first();
        let mut wanted = Vec::new();
        for slot in slots.range(first..first + chunk.length()) {
            cells.insert((column, *slot), Value::Null);
            wanted.push(slot - first);
        }
        let Some(plain) = plain else { return Ok(()) };
        page::decode_cells(plain, chunk, &wanted, &mut |slot, value| {
            cells.insert((column, slot), value.into_value());
        })
    }

    /// Everything is other than in the database.
    pub fn write_all(&mut self) {
        let pages = 0..page_of(self.ids.len().div_ceil(PAGE_SLOTS) * PAGE_SLOTS);
        for (column, _) in self.known.iter().enumerate().filter(|(_, known)| **known) {
            self.dirty.columns.extend(pages.clone().map(|page| (column, page)));
        }
        self.dirty.rows.extend(pages);
    }

    /// After some pages of a column were read: makes room for the rest, and for no more.
    pub fn expect_rest(&mut self, column: usize) {
        let pages = self.ids.len().div_ceil(PAGE_SLOTS);
        let read = pages.saturating_sub(self.missing(column).count());
        if let Some(data) = self.columns.get_mut(column) {
            data.expect(read, pages);
        }
    }

    /// A cell gets another base value than was read.
    pub fn forget_cell(&mut self, column: usize, slot: usize) {
        self.lazy.cells.remove(&(column, slot));
    }
}
