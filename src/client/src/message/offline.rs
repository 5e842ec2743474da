//! What the offline page shows: rows on the device, the outbox, conflicts.

use super::SyncStatus;
use model::{ColumnName, JournalEntry, TableName, Timestamp, Value};
use serde::{Deserialize, Serialize};

/// The offline page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfflineView {
    /// The state of the sync.
    pub sync: SyncStatus,
    /// What is on the device.
    pub tables: Vec<TableStatus>,
    /// Unsent and parked entries in order.
    pub entries: Vec<EntryView>,
}

/// One table on the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableStatus {
    /// The table.
    pub table: TableName,
    /// Its plural label.
    pub label: String,
    /// Rows on the device.
    pub rows: u64,
    /// The last complete pull.
    pub synced_at: Option<Timestamp>,
}

/// An entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// The entry as it is kept.
    pub entry: JournalEntry,
    /// The table's label.
    pub table_label: String,
    /// For a conflict: what each side holds, column by column.
    pub conflicts: Vec<ConflictView>,
}

/// One column in conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictView {
    /// The column.
    pub column: ColumnName,
    /// Its label.
    pub label: String,
    /// Before either side changed it.
    pub base: Value,
    /// The user's.
    pub mine: Value,
    /// The server's.
    pub theirs: Value,
}
