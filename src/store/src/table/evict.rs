//! What of a table can leave memory because the database has it too, how large it is, and when it was last looked at.

use super::TableData;
use crate::column::{ColumnData, bits::Bits};
use crate::page;
use model::{Value, ValueRef};
use std::cell::Cell;

/// Memory of an entry of the index: its slot, a byte of its hash, and the room that hash tables keep free.
const INDEX_BYTES: usize = 8;
/// Memory of a cell that was read by itself, texts of usual length included.
const CELL_BYTES: usize = 120;
/// Memory of a row that the journal covers.
const COVERED_BYTES: usize = 400;

/// When columns were last looked at, by the store's clock.
#[derive(Debug, Default)]
pub struct Uses {
    table: Cell<u64>,
    columns: Vec<Cell<u64>>,
}

impl Uses {
    /// Nothing was looked at in a table of so many columns.
    pub fn new(columns: usize) -> Self {
        Self { table: Cell::default(), columns: vec![Cell::default(); columns] }
    }
}

impl TableData {
    /// Notes that somebody looks at the table.
    pub fn note_use(&self, now: u64) {
        self.uses.table.set(now);
    }

    /// Notes that somebody looks at a column.
    pub fn note_column_use(&self, column: usize, now: u64) {
        self.uses.table.set(now);
        if let Some(used) = self.uses.columns.get(column) {
            used.set(now);
        }
    }

    /// When the table was last looked at.
    pub fn used_at(&self) -> u64 {
        self.uses.table.get()
    }

    /// When a column was last looked at.
    pub fn column_used_at(&self, column: usize) -> u64 {
        self.uses.columns.get(column).map_or(0, Cell::get)
    }

    /// Memory of a column, in bytes.
    pub fn column_bytes(&self, column: usize) -> usize {
        self.columns.get(column).map_or(0, ColumnData::bytes)
    }

    /// Memory of the table without its columns, in bytes.
    pub fn frame_bytes(&self) -> usize {
        self.ids.capacity() * 16
            + self.versions.capacity() * 8
            + self.index.capacity() * INDEX_BYTES
            + self.visible.bytes()
            + self.covered.len() * COVERED_BYTES
            + self.lazy.cells() * CELL_BYTES
    }

    /// True while something of the table is nowhere but in memory.
    pub fn is_unsaved(&self) -> bool {
        !self.dirty.rows.is_empty() || !self.dirty.columns.is_empty() || !self.legacy.is_empty()
    }

    /// Takes a column out of memory; it is read again when somebody asks for it. The database has it, and what the
    /// journal says of it stays.
    pub fn evict(&mut self, column: usize) {
        let pages = self.ids.len().div_ceil(super::PAGE_SLOTS);
        let read: Vec<u32> = self
            .covered
            .keys()
            .copied()
            .filter(|slot| !self.is_missing(column, super::page_of(*slot as usize)))
            .collect();
        let Some(data) = self.columns.get_mut(column) else { return };
        for slot in read {
            let Some(covered) = self.covered.get_mut(&slot) else { continue };
            let shown = || data.get(slot as usize).into_value();
            if !covered.is_confirmed {
                let value = shown();
                if value != Value::Null {
                    covered.waiting.insert(column, value);
                }
            } else if covered.cells.remove(&column).is_some() {
                covered.waiting.insert(column, shown());
            }
        }
        if let Some(kind) = self.definition.columns.get(column).map(|column| &column.kind) {
            *data = ColumnData::for_kind(kind);
        }
        self.lazy.evict(column, Bits::all(pages));
    }

    /// True for a column of long texts or lists, which is kept in chunks.
    pub fn is_long(&self, column: usize) -> bool {
        self.definition.columns.get(column).is_some_and(|column| page::chunks(&column.kind) > 1)
    }

    /// Forgets the cells that were read by themselves.
    pub fn evict_cells(&mut self) {
        self.lazy.forget_cells();
    }

    /// True when some of a column is in memory that the database has too.
    pub fn can_evict(&self, column: usize) -> bool {
        let is_key = self.key == Some(column);
        !is_key && self.known.get(column) == Some(&true) && self.column_bytes(column) > 0
    }
}

impl ColumnData {
    /// Memory, in bytes; of plain values an estimate.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(texts) => texts.codes.bytes() + texts.pool.bytes(),
            Self::Reference(references) => references.codes.bytes() + references.pool.bytes(),
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                numbers.bytes()
            }
            Self::WideDecimal(numbers) => numbers.bytes(),
            Self::Float(numbers) => numbers.bytes(),
            Self::Boolean(numbers) => numbers.bytes(),
            Self::Choice(numbers) | Self::Date(numbers) => numbers.bytes(),
            Self::Id(numbers) => numbers.bytes(),
            Self::Plain(values) => plain_bytes(values),
        }
    }
}

/// Values looked at to tell how large all of them are.
const EXAMPLES: usize = 64;

fn plain_bytes(values: &[Value]) -> usize {
    let step = (values.len() / EXAMPLES).max(1);
    let (mut looked, mut inside) = (0, 0);
    for value in values.iter().step_by(step) {
        looked += 1;
        inside += match crate::column::borrow(value) {
            ValueRef::Null => 0,
            ValueRef::Text(text) => text.len(),
            _ => CELL_BYTES,
        };
    }
    size_of_val(values) + inside * values.len() / looked.max(1)
}
