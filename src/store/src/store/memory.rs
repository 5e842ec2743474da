//! Memory under a budget: columns and tables that nobody has asked about for the longest time leave it.
//!
//! Nothing leaves that the database does not have, and nothing while a question or a write is under way: a question
//! may need more at once than the budget allows, and gets it.

use super::{State, Store};
use crate::PageWriter;
use crate::table::TableData;
use crate::writer::Keep;
use model::{Table, TableName};

/// Memory for rows unless told otherwise, in bytes.
pub const BUDGET_BYTES: usize = 192 << 20;

/// What the store holds in memory, and what it has read and written since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Memory of rows now, in bytes.
    pub bytes: usize,
    /// Columns that left memory.
    pub columns_left: u64,
    /// Tables that left memory.
    pub tables_left: u64,
    /// Parts of pages read.
    pub parts_read: u64,
    /// Their bytes, as they are kept.
    pub bytes_read: u64,
    /// Parts of pages written.
    pub parts_written: u64,
    /// Their bytes, as they are kept.
    pub bytes_written: u64,
}

/// Held by whatever uses the rows in memory across a pause; the last one to go tidies up.
pub(super) struct Use<'a>(&'a Store);

impl Drop for Use<'_> {
    fn drop(&mut self) {
        let store = self.0;
        store.users.set(store.users.get().saturating_sub(1));
        if store.users.get() == 0
            && let Ok(mut state) = store.state.try_borrow_mut()
        {
            let (columns, tables) = state.shrink(store.budget.get());
            store.count(|counters| {
                counters.columns_left += columns;
                counters.tables_left += tables;
            });
        }
    }
}

impl Store {
    /// How much memory rows may take between questions, in bytes.
    pub fn set_memory_budget(&self, bytes: usize) {
        self.budget.set(bytes);
        drop(self.in_use());
    }

    /// What is in memory, and what was read and written.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters { bytes: self.state.borrow().bytes(), ..self.counters.get() }
    }

    /// True when rows of so many bytes could come into memory and nothing would have to leave for them.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.state.borrow().bytes() + bytes <= self.budget.get()
    }

    /// What stays in memory of rows that come in. Long texts stay in small stores alone: lists hardly ever look through
    /// them, and what is shown of them is read by itself.
    pub(super) fn keep(&self, writer: &PageWriter) -> Keep {
        let budget = self.budget.get();
        if self.state.borrow().bytes() + writer.bytes() <= budget / 2 {
            return Keep::Whole;
        }
        let bytes = writer.short_bytes();
        if !self.has_room(bytes) {
            let left = self.state.borrow_mut().shrink_long(budget.saturating_sub(bytes));
            self.count(|counters| counters.columns_left += left);
        }
        if self.has_room(bytes) { Keep::Short } else { Keep::Nothing }
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }

    /// Rows stay where they are as long as this is held.
    pub(super) fn in_use(&self) -> Use<'_> {
        self.users.set(self.users.get() + 1);
        if let Ok(state) = self.state.try_borrow() {
            state.clock.set(state.clock.get() + 1);
        }
        Use(self)
    }
}

/// What can leave memory.
struct Candidate {
    used_at: u64,
    /// Of one moment long texts go first, and columns before their table, which costs little and finds every row.
    rank: u8,
    table: TableName,
    what: What,
}

enum What {
    Column(usize),
    Cells,
    /// All that is left of the table, with the ids.
    Table,
}

impl State {
    /// Memory of all rows, in bytes.
    pub fn bytes(&self) -> usize {
        self.tables.values().filter_map(|known| known.data.as_ref()).map(table_bytes).sum()
    }

    /// Takes out what was asked about longest ago until the rest fits; gives how many columns and tables that were.
    fn shrink(&mut self, budget: usize) -> (u64, u64) {
        let mut bytes = self.bytes();
        let (mut columns, mut tables) = (0, 0);
        if bytes <= budget {
            return (columns, tables);
        }
        // A little more than has to go, so that not every question ends with this.
        let wanted = budget - budget / 8;
        for candidate in self.candidates() {
            if bytes <= wanted {
                break;
            }
            let Some(known) = self.tables.get_mut(&candidate.table) else { continue };
            let Some(data) = &mut known.data else { continue };
            let before = table_bytes(data);
            match candidate.what {
                What::Column(column) => {
                    data.evict(column);
                    columns += 1;
                }
                What::Cells => data.evict_cells(),
                What::Table => {
                    known.data = None;
                    known.followed = None;
                    tables += 1;
                }
            }
            let after = known.data.as_ref().map_or(0, table_bytes);
            bytes = bytes.saturating_sub(before) + after;
        }
        (columns, tables)
    }

    /// Takes columns of long texts out until the rest fits; gives how many that were.
    fn shrink_long(&mut self, budget: usize) -> u64 {
        let mut columns = 0;
        for candidate in self.candidates() {
            if self.bytes() <= budget {
                break;
            }
            let data = self.tables.get_mut(&candidate.table).and_then(|known| known.data.as_mut());
            if let (What::Column(column), Some(data)) = (&candidate.what, data)
                && data.is_long(*column)
            {
                data.evict(*column);
                columns += 1;
            }
        }
        columns
    }

    /// What can leave memory, in the order in which it does.
    fn candidates(&self) -> Vec<Candidate> {
        let mut all = Vec::new();
        for (name, known) in &self.tables {
            let (Some(data), Some(definition)) = (&known.data, &known.definition) else { continue };
            if data.is_unsaved() {
                continue;
            }
            let mut add = |used_at, what: What| {
                let rank = match what {
                    What::Column(column) if data.is_long(column) => 0,
                    What::Column(_) | What::Cells => 1,
                    What::Table => 2,
                };
                all.push(Candidate { used_at, rank, table: name.clone(), what });
            };
            // What was derived is made again as a whole.
            if !Table::is_derived(definition) {
                let Some(record) = &known.record else { continue };
                let kept = definition.columns.iter().enumerate();
                for (place, _) in kept.filter(|(_, column)| record.column(column).is_some()) {
                    if data.can_evict(place) {
                        add(data.column_used_at(place), What::Column(place));
                    }
                }
                add(data.used_at(), What::Cells);
            }
            add(data.used_at(), What::Table);
        }
        all.sort_by_key(|candidate| (candidate.used_at, candidate.rank));
        all
    }
}

fn table_bytes(data: &TableData) -> usize {
    let columns = 0..data.columns.len();
    data.frame_bytes() + columns.map(|column| data.column_bytes(column)).sum::<usize>()
}

#[cfg(test)]
mod tests;
