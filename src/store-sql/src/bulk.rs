//! Many new rows at once, for demo data and imports: few statements, each as large as the database takes.

use crate::cell::{Cell, Storage};
use crate::derived::refuse_derived;
use crate::error::Result;
use crate::layout::TableLayout;
use crate::statement::Statement;
use crate::write::{WriteTransaction, encode, push_insert_head, push_insert_row};
use model::{Columns, RowId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const ROWS_PER_STATEMENT: usize = 400;

/// A new row.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRow {
    /// Its id.
    pub id: RowId,
    /// Its columns.
    pub columns: Columns,
}

impl WriteTransaction {
    /// Writes new rows of one table. The ids must be new.
    pub async fn create_many(&mut self, table: &str, rows: &[BulkRow]) -> Result<()> {
        let layout = Arc::clone(self.layouts.table(table)?);
        refuse_derived(&layout)?;
        self.insert_many(&layout, rows).await?;
        self.add_parties(&layout, rows).await
    }

    /// Writes new rows of any table, also of one that follows from others.
    pub(crate) async fn insert_many(&mut self, layout: &TableLayout, rows: &[BulkRow]) -> Result<()> {
        let most_binds = self.session.dialect().most_binds();
        let widest = layout.columns.iter().map(|column| column.write_names().len()).sum::<usize>() + 2;
        let per_statement = (most_binds / widest).clamp(1, ROWS_PER_STATEMENT);
        for chunk in rows.chunks(per_statement) {
            let versions = self.next_versions(chunk.len()).await?;
            let statement = self.insert(layout, chunk, &versions)?;
            self.session.run(statement).await?;
        }
        Ok(())
    }

    fn insert(&self, layout: &TableLayout, rows: &[BulkRow], versions: &[i64]) -> Result<Statement> {
        let mut names: BTreeMap<String, Storage> = BTreeMap::new();
        for column in &layout.columns {
            if rows.iter().any(|row| row.columns.has(column.column.name.as_str())) {
                names.extend(column.write_names());
            }
        }
        let mut statement = Statement::new(self.session.dialect());
        push_insert_head(&mut statement, layout, names.keys().map(String::as_str));
        for (index, (row, version)) in rows.iter().zip(versions).enumerate() {
            if index > 0 {
                statement.push(", ");
            }
            let mut cells: HashMap<String, Cell> = encode(layout, &row.columns)?.into_iter().collect();
            let in_order = names
                .iter()
                .map(|(name, storage)| cells.remove(name).unwrap_or_else(|| Cell::null(*storage)));
            push_insert_row(&mut statement, row.id, *version, in_order);
        }
        Ok(statement)
    }
}
