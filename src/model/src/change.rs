//! What one command does to rows: applied all together or not at all.

use crate::{Columns, RowId, RowVersion, TableName};
use serde::{Deserialize, Serialize};

/// One row's part in a change set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// A new row under an id made on the device.
    Create {
        /// The table.
        table: TableName,
        /// The new row's id.
        id: RowId,
        /// Its columns.
        columns: Columns,
    },
    /// New values for some columns.
    Update {
        /// The table.
        table: TableName,
        /// The row.
        id: RowId,
        /// The server's version the change was made on; none when the row itself is still unconfirmed.
        version: Option<RowVersion>,
        /// What the changed columns held before: the base of a three-way merge.
        before: Columns,
        /// What they shall hold.
        columns: Columns,
    },
    /// The row goes.
    Delete {
        /// The table.
        table: TableName,
        /// The row.
        id: RowId,
        /// The server's version it was deleted on.
        version: Option<RowVersion>,
    },
}

impl Change {
    /// The table touched.
    #[must_use]
    pub const fn table(&self) -> &TableName {
        match self {
            Self::Create { table, .. } | Self::Update { table, .. } | Self::Delete { table, .. } => table,
        }
    }

    /// The row touched.
    #[must_use]
    pub const fn id(&self) -> RowId {
        match self {
            Self::Create { id, .. } | Self::Update { id, .. } | Self::Delete { id, .. } => *id,
        }
    }
}

/// Creates, updates and deletes of one command, in the order they must be applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSet(pub Vec<Change>);

impl ChangeSet {
    /// True when nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.0.iter()
    }
}
