//! Takes a page of rows straight from its wire form into columns.

use crate::column::{ColumnData, bits::Bits};
use crate::page::{self, Chunk};
use crate::table::{PAGE_SLOTS, TableData, page_of};
use hashbrown::HashSet;
use model::{Column, ColumnName, RowId, RowSink, RowVersion, Table, TableName, ValueRef};
use std::sync::Arc;

/// Rows on their way into a table; nothing shows before [`crate::Store::commit_page`].
///
/// A column that a row does not name keeps the value the device has.
#[derive(Debug)]
pub struct PageWriter {
    definition: Arc<Table>,
    key: Option<usize>,
    columns: Vec<ColumnData>,
    named: Vec<Bits>,
    rows: Vec<(RowId, Option<RowVersion>)>,
}

impl PageWriter {
    pub(crate) fn new(definition: Arc<Table>) -> Self {
        let columns = definition.columns.iter().map(|column| ColumnData::for_kind(&column.kind)).collect();
        let named = vec![Bits::default(); definition.columns.len()];
        let key = definition.columns.iter().position(|column| column.name == definition.primary_id);
        Self { definition, key, columns, named, rows: Vec::new() }
    }

    /// The table it was begun for.
    #[must_use]
    pub fn table(&self) -> &TableName {
        &self.definition.name
    }

    /// Rows finished so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The rows' ids.
    pub(crate) fn ids(&self) -> Vec<RowId> {
        self.rows.iter().map(|(id, _)| *id).collect()
    }

    /// The place of a column among those it may name.
    pub(crate) fn place(&self, column: &ColumnName) -> Option<usize> {
        self.definition.columns.iter().position(|own| own.name == *column)
    }

    /// True when a row says something of the column at a place.
    pub(crate) fn names(&self, row: usize, place: usize) -> bool {
        self.key != Some(place) && self.named.get(place).is_some_and(|named| named.has(row))
    }

    /// What a row says of the column at a place.
    pub(crate) fn cell(&self, row: usize, place: usize) -> ValueRef<'_> {
        self.columns.get(place).map_or(ValueRef::Null, |data| data.get(row))
    }

    /// Memory that the rows would take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(ColumnData::bytes).sum()
    }

    /// The same without columns of long texts.
    pub(crate) fn short_bytes(&self) -> usize {
        let columns = self.definition.columns.iter().zip(&self.columns);
        columns.filter(|(column, _)| page::chunks(&column.kind) == 1).map(|(_, data)| data.bytes()).sum()
    }

    /// Moves the rows into these slots of the table as base rows; what is not in memory of a page that is there stays
    /// as it is. Where `keep` says so, the columns of pages that hold nothing else go
    /// past memory: gives them, to be written as they came and read when somebody asks for them. Not so when some of
    /// the rows are removed at once.
    pub(crate) fn merge_into(
        &self,
        table: &mut TableData,
        slots: &[usize],
        removed: &[RowId],
        keep: Keep,
    ) -> Fresh {
        let old = table.ids.len();
        table.claim(slots);
        for ((id, version), slot) in self.rows.iter().zip(slots) {
            table.put_base_at(*slot, *id, *version);
        }
        let removed: HashSet<RowId> = removed.iter().copied().collect();
        let stays = removed.is_empty() || !self.rows.iter().any(|(id, _)| removed.contains(id));
        let mut fresh = Fresh::default();
        if stays && Arc::ptr_eq(&self.definition, &table.definition) {
            fresh.pages = fresh_pages(slots, old, table.ids.len());
        }
        let first = fresh.pages.first().map_or(u32::MAX, |page| page.page);
        for ((column, data), named) in self.definition.columns.iter().zip(&self.columns).zip(&self.named) {
            let Some(place) = table.column_index(column.name.as_str()) else { continue };
            let goes_past = match keep {
                Keep::Whole => table.is_incomplete(place),
                Keep::Short => table.is_incomplete(place) || page::chunks(&column.kind) > 1,
                Keep::Nothing => true,
            };
            let until = if goes_past { first } else { u32::MAX };
            let mut last = None;
            for (row, slot) in slots.iter().copied().enumerate().filter(|(row, _)| named.has(*row)) {
                let page = page_of(slot);
                if page >= until || table.is_missing(place, page) {
                    continue;
                }
                if table.put_base_cell(slot, place, data.get(row)) && last != Some(page) {
                    table.dirty.columns.insert((place, page));
                    last = Some(page);
                }
            }
            if let Some(target) = table.columns.get_mut(place) {
                target.compact();
            }
            if let Some(known) = table.known.get_mut(place) {
                *known |= named.count() > 0;
            }
            if goes_past {
                fresh.columns.push(place);
                for page in fresh.pages.iter().filter(|page| page.rows.iter().any(|row| named.has(*row))) {
                    table.leave(place, page.page);
                }
            }
        }
        fresh
    }

    /// A chunk of a column of a fresh page as bytes; nothing when no row has a value in it.
    pub(crate) fn encode(&self, column: &Column, page: &FreshPage, chunk: Chunk) -> Option<Vec<u8>> {
        let place = self.definition.columns.iter().position(|own| own.name == column.name)?;
        let from = chunk.first() - page.page as usize * PAGE_SLOTS;
        let rows = page.rows.get(from..(from + chunk.length()).min(page.rows.len()))?;
        page::encode_values(self.columns.get(place)?, rows)
    }
}

/// What of new rows is kept in memory besides their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The columns that are there as a whole.
    Whole,
    /// Of those, the ones without long texts.
    Short,
    /// Nothing: there is no room.
    Nothing,
}

/// What went past memory.
#[derive(Debug, Default)]
pub struct Fresh {
    /// Pages that hold nothing but rows that have just come.
    pub pages: Vec<FreshPage>,
    /// The columns of them, by their place in the definition.
    pub columns: Vec<usize>,
}

/// A page that holds nothing but rows that have just come.
#[derive(Debug)]
pub struct FreshPage {
    /// Its number.
    pub page: u32,
    /// Which of the rows that came stand in its slots, one after the other from the first.
    rows: Vec<usize>,
}

/// The pages from `old` on that are filled by rows which came once each; `slots` says where each row went.
fn fresh_pages(slots: &[usize], old: usize, new: usize) -> Vec<FreshPage> {
    let first = old.next_multiple_of(PAGE_SLOTS);
    let mut rows = vec![None; new.saturating_sub(first)];
    for (row, slot) in slots.iter().enumerate() {
        let Some(place) = slot.checked_sub(first) else { continue };
        match rows.get_mut(place) {
            Some(known @ None) => *known = Some(row),
            // A row that came twice: what the two leave out of each other is known to memory alone.
            _ => return Vec::new(),
        }
    }
    let Some(rows) = rows.into_iter().collect::<Option<Vec<usize>>>() else { return Vec::new() };
    let pages = rows.chunks(PAGE_SLOTS).zip(page_of(first)..);
    pages.map(|(rows, page)| FreshPage { page, rows: rows.to_vec() }).collect()
}

impl RowSink for PageWriter {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        let row = self.rows.len();
        if self.key == Some(column) {
            return;
        }
        if let (Some(data), Some(named)) = (self.columns.get_mut(column), self.named.get_mut(column)) {
            data.put(row, value);
            named.put(row, true);
        }
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        self.rows.push((id, version));
    }

    fn discard(&mut self) {
        let row = self.rows.len();
        for (data, named) in self.columns.iter_mut().zip(&mut self.named) {
            if named.has(row) {
                data.put(row, ValueRef::Null);
                named.put(row, false);
            }
        }
    }
}
