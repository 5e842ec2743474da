//! What can go wrong with the local store, with the way out in the message.

use crate::BlocksError;
use model::{ColumnName, EntryId, TableName};

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The storage below failed; nothing was written.
    #[error(transparent)]
    Blocks(BlocksError),
    /// Another tab wrote to the same database, or the connection was lost under a write; the store has re-read what it
    /// holds, and the call may be repeated.
    #[error(
        "the local data changed meanwhile, in another tab or while the connection to them was lost; try again"
    )]
    ChangedElsewhere,
    /// Emptying the device would lose changes.
    #[error("changes on this device have not reached the server; sync first, export or discard them")]
    Unsent,
    /// No definition of this table was given.
    #[error("the table “{0}” is not known on this device; sync to get its definition")]
    UnknownTable(TableName),
    /// The table has no such column.
    #[error("the table “{table}” has no column “{column}”; sync to get the table's present definition")]
    UnknownColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// The rows of the table follow from those of others.
    #[error(
        "rows of “{0}” follow from those of other tables and are not written themselves; change the activity"
    )]
    Derived(TableName),
    /// A plan names an alias that none of its links has.
    #[error("the query names “{0}”, which is none of its linked tables")]
    UnknownAlias(String),
    /// A page of rows is damaged. It has been taken out and the table will be fetched again; the journal is untouched.
    #[error(
        "stored rows of “{table}” are damaged and were taken out; the next sync fetches the table again, your own changes are kept"
    )]
    DamagedPage {
        /// The table.
        table: TableName,
    },
    /// A record has no written form.
    #[error("the local record “{record}” cannot be written down ({reason}); nothing was changed")]
    UnwritableRecord {
        /// Which record.
        record: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The journal holds no such entry.
    #[error("the change {0} is no longer waiting on this device")]
    UnknownEntry(EntryId),
    /// A page was filled for another table than it is committed for.
    #[error("a page of “{written}” cannot be committed as “{committed}”")]
    WrongTable {
        /// The table the page was begun for.
        written: TableName,
        /// The table it was committed for.
        committed: TableName,
    },
}

impl From<BlocksError> for StoreError {
    fn from(error: BlocksError) -> Self {
        match error {
            BlocksError::ExpectationFailed => Self::ChangedElsewhere,
            other => Self::Blocks(other),
        }
    }
}
