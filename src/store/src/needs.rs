//! What has to be read from the database before a question can be answered.

use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

/// Tables, columns and cells that are not in memory yet. Columns are named by their place in the definition.
#[derive(Debug, Default)]
pub struct Needs {
    /// Tables of which not even the ids are known.
    pub tables: BTreeSet<TableName>,
    /// Columns that conditions, orders and groups look through from end to end.
    pub columns: BTreeSet<(TableName, usize)>,
    /// Cells that are shown: slots by column.
    pub cells: BTreeMap<(TableName, usize), BTreeSet<usize>>,
}

impl Needs {
    /// True when nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.columns.is_empty() && self.cells.is_empty()
    }

    /// Notes a cell.
    pub fn cell(&mut self, table: &TableName, column: usize, slot: usize) {
        self.cells.entry((table.clone(), column)).or_default().insert(slot);
    }
}
