//! Takes a page of rows straight from its wire form into columns.

use crate::column::{ColumnData, bits::Bits};
use crate::table::{TableData, page_of};
use model::{RowId, RowSink, RowVersion, Table, TableName, ValueRef};
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

    /// Moves the rows into the table as base rows.
    pub(crate) fn merge_into(&self, table: &mut TableData) {
        let slots: Vec<_> = self.rows.iter().map(|(id, version)| table.put_base(*id, *version)).collect();
        for ((column, data), named) in self.definition.columns.iter().zip(&self.columns).zip(&self.named) {
            let Some(place) = table.column_index(column.name.as_str()) else { continue };
            let mut last = None;
            for (row, slot) in slots.iter().enumerate() {
                let Some(slot) = slot.filter(|_| named.has(row)) else { continue };
                let page = page_of(slot);
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
        }
    }
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
