//! The values that go into the store and come out of it.

use crate::PageWriter;
use model::{EntryId, Row, RowId, TableName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far a table has been fetched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The link to ask next: the next page, or the delta link once the first fetch is complete.
    pub link: String,
    /// True once every row has come: lists are whole.
    pub complete: bool,
    /// The last complete pull.
    #[serde(default)]
    pub synced_at: Option<Timestamp>,
}

/// One page of the server's answer with everything that becomes true together with it.
#[derive(Debug)]
pub struct PageCommit {
    /// The rows, if there are any.
    pub writer: Option<PageWriter>,
    /// The table.
    pub table: TableName,
    /// Rows that were deleted or left the user's rights.
    pub removed: Vec<RowId>,
    /// Where the table stands afterwards.
    pub cursor: Cursor,
    /// Entries whose effect these rows contain; they leave the journal.
    pub confirmed: Vec<EntryId>,
}

/// What a write may have changed, for whoever watches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Tables with other rows than before.
    pub tables: BTreeSet<TableName>,
    /// Rows written, removed, or kept although nothing changed.
    pub rows: usize,
}

/// A row as the user sees it and as the server last confirmed it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRow {
    /// With the journal laid over it.
    pub current: Row,
    /// Without; none while the row is unconfirmed.
    pub base: Option<Row>,
}

/// An entry of the journal that this build cannot read: kept as it is until the user decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it stands in the journal.
    pub key: Vec<u8>,
    /// All there is of it.
    pub content: Vec<u8>,
    /// What is wrong with it, for those who help.
    pub reason: String,
}
