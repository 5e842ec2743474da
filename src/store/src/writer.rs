//! Takes a page of rows straight from its wire form into columns.

use model::{RowId, RowSink, RowVersion, TableName, ValueRef};

/// Rows on their way into a table; nothing shows before [`crate::Store::commit_page`].
#[derive(Debug)]
pub struct PageWriter {
    table: TableName,
    rows: usize,
}

impl PageWriter {
    /// The table it was begun for.
    #[must_use]
    pub const fn table(&self) -> &TableName {
        &self.table
    }

    /// Rows finished so far.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }
}

impl RowSink for PageWriter {
    fn value(&mut self, _column: usize, _value: ValueRef<'_>) {}

    fn finish(&mut self, _id: RowId, _version: Option<RowVersion>) {}

    fn discard(&mut self) {}
}
