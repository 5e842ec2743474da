//! The store itself.

use crate::{Blocks, Cursor, PageCommit, PageWriter, StoreError, StoredRow, Touched};
use model::{EntryId, JournalEntry, Row, RowId, Table, TableName};
use query::{Answer, BoundPlan};
use std::rc::Rc;
use std::sync::Arc;

/// The rows of this device and the user's own changes over them.
pub struct Store {
    blocks: Rc<dyn Blocks>,
}

impl Store {
    /// Opens the store on a database, reading where each table stands and the journal; rows load when first asked for.
    pub async fn open(blocks: Rc<dyn Blocks>) -> Result<Self, StoreError> {
        Ok(Self { blocks })
    }

    /// Gives the definitions of the tables. Tables left out keep their rows but cannot be asked for.
    pub fn set_tables(&self, _tables: Vec<Arc<Table>>) {}

    /// A small record of the caller's own.
    pub async fn get_meta(&self, _key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Keeps a small record of the caller's own.
    pub async fn put_meta(&self, _key: &str, _bytes: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Forgets a small record of the caller's own.
    pub async fn delete_meta(&self, _key: &str) -> Result<(), StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Starts a page of rows.
    pub fn begin_page(&self, table: &TableName) -> Result<PageWriter, StoreError> {
        Err(StoreError::UnknownTable(table.clone()))
    }

    /// Writes a page of the server's rows, the removals, the cursor and the confirmations in one transaction.
    pub async fn commit_page(&self, _commit: PageCommit) -> Result<Touched, StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Where the table stands; nothing when it has to be fetched from the start.
    #[must_use]
    pub fn cursor(&self, _table: &TableName) -> Option<Cursor> {
        None
    }

    /// Drops the cursor: the table will be fetched from the start, over the rows that are there.
    pub async fn forget_cursor(&self, _table: &TableName) -> Result<(), StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// After a fetch from the start: base rows that are not listed leave the device.
    pub async fn retain_rows(&self, _table: &TableName, _ids: &[RowId]) -> Result<Touched, StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Acknowledges the user's changes: on disk before it returns. Gives the entries their sequence.
    pub async fn append(&self, _entries: Vec<JournalEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Rewrites and removes entries in one transaction; a removed id that is not there is no error.
    pub async fn update_journal(
        &self,
        _changed: Vec<JournalEntry>,
        _removed: Vec<EntryId>,
    ) -> Result<Touched, StoreError> {
        Err(StoreError::ChangedElsewhere)
    }

    /// Every unconfirmed entry, ascending by sequence.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        Vec::new()
    }

    /// The entries that touch a row, in order.
    #[must_use]
    pub fn pending(&self, _table: &TableName, _id: RowId) -> Vec<EntryId> {
        Vec::new()
    }

    /// Answers a plan over the rows as the user sees them.
    pub async fn run(&self, plan: &BoundPlan) -> Result<Answer, StoreError> {
        Err(StoreError::UnknownTable(plan.table.clone()))
    }

    /// One row as the user sees it; nothing when it is not on the device or the user deleted it.
    pub async fn row(&self, table: &TableName, _id: RowId) -> Result<Option<StoredRow>, StoreError> {
        Err(StoreError::UnknownTable(table.clone()))
    }

    /// One row as the server last confirmed it, also when the user deleted it.
    pub async fn base_row(&self, table: &TableName, _id: RowId) -> Result<Option<Row>, StoreError> {
        Err(StoreError::UnknownTable(table.clone()))
    }

    /// Rows on the device by table, as the user sees them; tables without rows included.
    #[must_use]
    pub fn counts(&self) -> Vec<(TableName, u64)> {
        Vec::new()
    }

    /// Empties the device: rows, cursors, journal, records.
    pub async fn clear(&self) -> Result<(), StoreError> {
        Ok(self.blocks.clear().await?)
    }
}
