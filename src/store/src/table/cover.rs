//! The journal over the rows of a table, and off again.

use super::{TableData, narrow, page_of};
use crate::column::borrow;
use model::{Change, Columns, Value, ValueRef};
use std::collections::BTreeMap;

/// What the journal says of a row, and what the server confirmed of it.
#[derive(Debug, Default)]
pub struct Covered {
    pub is_confirmed: bool,
    /// What the server confirmed, where the column holds what the user sees.
    pub cells: BTreeMap<usize, Value>,
    /// What the user sees, where the column is not there yet.
    pub waiting: BTreeMap<usize, Value>,
}

impl TableData {
    /// Lays one change over the rows. Changes of rows that are not on the device show nothing.
    pub fn cover(&mut self, change: &Change) {
        self.changes.note(change.id());
        match change {
            Change::Create { id, columns, .. } => {
                let slot = match self.find(*id) {
                    Some(slot) => slot,
                    None => {
                        let Some(slot) = self.allocate(*id) else { return };
                        self.cover_slot(slot, false);
                        slot
                    }
                };
                self.cover_slot(slot, true);
                self.visible.put(slot, true);
                self.cover_cells(slot, columns);
            }
            Change::Update { id, columns, .. } => {
                if let Some(slot) = self.find_visible(*id) {
                    self.cover_slot(slot, true);
                    self.cover_cells(slot, columns);
                }
            }
            Change::Delete { id, .. } => {
                if let Some(slot) = self.find_visible(*id) {
                    self.cover_slot(slot, true);
                    self.visible.put(slot, false);
                }
            }
        }
    }

    /// Takes the journal off: columns hold base rows afterwards.
    pub fn uncover(&mut self) {
        let covered: Vec<_> = self.covered.drain().collect();
        for (slot, base) in covered {
            let slot = slot as usize;
            let Some(id) = self.ids.get(slot).copied() else { continue };
            self.changes.note(id);
            if base.is_confirmed {
                self.visible.put(slot, true);
                for (column, value) in base.cells {
                    self.put(slot, column, &value);
                }
            } else {
                self.release(slot, id);
            }
        }
    }

    /// Lays what the journal says over a column of a page that has just been read.
    pub(super) fn cover_read(&mut self, column: usize, page: u32) {
        let Some(data) = self.columns.get_mut(column) else { return };
        for (slot, covered) in self.covered.iter_mut().filter(|(slot, _)| page_of(**slot as usize) == page) {
            let Some(value) = covered.waiting.remove(&column) else { continue };
            let slot = *slot as usize;
            if covered.is_confirmed {
                covered.cells.insert(column, data.get(slot).into_value());
            }
            data.put(slot, borrow(&value));
        }
    }

    /// A cell as the server last confirmed it; nothing when it is not there yet.
    pub(super) fn base_cell(&self, column: usize, slot: usize) -> Option<ValueRef<'_>> {
        if self.is_missing(column, page_of(slot)) {
            return self.read_cell(column, slot);
        }
        let covered = narrow(slot).and_then(|slot| self.covered.get(&slot));
        match covered.and_then(|covered| covered.cells.get(&column)) {
            Some(value) => Some(borrow(value)),
            None => Some(self.columns.get(column)?.get(slot)),
        }
    }

    /// What the journal says of a cell whose column is not there yet.
    pub(super) fn waiting(&self, column: usize, slot: usize) -> Option<ValueRef<'_>> {
        let covered = self.covered.get(&narrow(slot)?)?;
        covered.waiting.get(&column).map(borrow)
    }

    /// The slots of rows that the server confirmed.
    pub fn base_slots(&self) -> impl Iterator<Item = usize> + '_ {
        let hidden =
            self.covered.iter().filter(|(_, covered)| covered.is_confirmed).map(|(slot, _)| *slot as usize);
        let hidden = hidden.filter(|slot| !self.visible.has(*slot));
        self.visible.iter().filter(|slot| !self.is_own(*slot)).chain(hidden)
    }

    /// True for a row that the server has not confirmed: no page holds anything of it.
    pub(super) fn is_own(&self, slot: usize) -> bool {
        narrow(slot).and_then(|slot| self.covered.get(&slot)).is_some_and(|covered| !covered.is_confirmed)
    }

    fn cover_slot(&mut self, slot: usize, is_confirmed: bool) {
        if let Some(slot) = narrow(slot) {
            self.covered.entry(slot).or_insert_with(|| Covered { is_confirmed, ..Covered::default() });
        }
    }

    fn cover_cells(&mut self, slot: usize, columns: &Columns) {
        for (name, value) in columns.iter() {
            let Some(column) = self.column_index(name.as_str()) else { continue };
            let is_missing = self.is_missing(column, page_of(slot));
            if let (Some(data), Some(narrow)) = (self.columns.get(column), narrow(slot))
                && let Some(covered) = self.covered.get_mut(&narrow)
            {
                if is_missing {
                    covered.waiting.insert(column, value.clone());
                    continue;
                }
                if covered.is_confirmed {
                    covered.cells.entry(column).or_insert_with(|| data.get(slot).into_value());
                }
            }
            self.put(slot, column, value);
        }
    }
}
