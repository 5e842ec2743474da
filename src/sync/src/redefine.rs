//! Other definitions on the device: rows that have to be fetched again, tables that leave, entries that have to wait.

use crate::engine::{Engine, SyncTables};
use crate::removed::plan_removed;
use model::component::is_same_shape;
use model::{ColumnName, Language, Metadata, Table, TableName};
use std::sync::Arc;
use store::{Redefinition, StoreError};

/// Definitions on their way into use.
pub struct NewDefinitions<'a> {
    /// The definitions.
    pub tables: &'a SyncTables,
    /// Every table, for the store.
    pub all: Vec<Arc<Table>>,
    /// The definitions they follow, for what has become of tables and columns; none on a device without any.
    pub last: Option<&'a Metadata>,
    /// The user's language, for what was removed.
    pub language: Language,
    /// Records that hold the definitions: key and value.
    pub records: Vec<(String, Vec<u8>)>,
    /// Records that go.
    pub forgotten: Vec<String>,
}

impl Engine {
    /// Takes other definitions into use, in one transaction with their records. Rows stay on screen and are fetched again
    /// by the next pull where the columns changed; entries that name what is gone wait for the user.
    ///
    /// # Errors
    /// When the local database fails; then nothing is changed.
    pub async fn redefine(&self, new: NewDefinitions<'_>) -> Result<(), StoreError> {
        let NewDefinitions { tables, all, last, language, records, forgotten } = new;
        let _lock = self.journal_lock.lock().await;
        let label =
            |table: &TableName, column: Option<&ColumnName>| last_label(last, language, table, column);
        let journal = plan_removed(&self.store.journal(), &tables.metadata, &label);
        let parks = !journal.is_empty();
        let before = |table: &Table| last.and_then(|last| last.table(table.name.as_str()));
        let outdated = tables.metadata.tables.iter();
        let outdated =
            outdated.filter(|table| before(table).is_some_and(|before| !is_same_shape(before, table)));
        let gone = last.map(|last| last.tables.as_slice()).unwrap_or_default().iter();
        let gone = gone.filter(|table| tables.metadata.table(table.name.as_str()).is_none());
        let redefinition = Redefinition {
            tables: all,
            records,
            forgotten,
            outdated: outdated.map(|table| table.name.clone()).collect(),
            gone: gone.map(|table| table.name.clone()).collect(),
            journal,
        };
        let touched = self.store.redefine(redefinition).await?;
        self.observer.touched(touched);
        if parks {
            self.observer.journal_changed();
        }
        Ok(())
    }
}

/// What a table or column was called when it was last there.
fn last_label(
    last: Option<&Metadata>,
    language: Language,
    table: &TableName,
    column: Option<&ColumnName>,
) -> String {
    let known = last.and_then(|last| last.table(table.as_str()));
    let label = match column {
        Some(name) => {
            known.and_then(|table| table.column(name.as_str())).map(|column| column.label.text(language))
        }
        None => known.map(|table| table.label.text(language)),
    };
    let name = column.map_or(table.as_str(), ColumnName::as_str);
    label.filter(|label| !label.is_empty()).unwrap_or(name).to_owned()
}
