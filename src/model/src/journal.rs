//! The user's own changes that the server has not confirmed.

use crate::{ChangeSet, ColumnName, Columns, EntryId, RowId, RowVersion, TableName, Timestamp};
use serde::{Deserialize, Serialize};

/// The kebab-case name of a command, as on the command bar (`save`, `close-as-won`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandName(pub String);

impl CommandName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for CommandName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// What the user asked for: kept beside its change set, so that a server can run the command's own rules on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Which command.
    pub name: CommandName,
    /// The table it was given on.
    pub table: TableName,
    /// The row it was given on; for `create` the id made on the device.
    pub id: RowId,
    /// The row's name at that moment, for the outbox ("Closed opportunity … as won").
    #[serde(default)]
    pub subject: String,
    /// What the command was told: for `create` and `save` the columns, for `assign` `ownerid`.
    #[serde(default)]
    pub parameters: Columns,
}

/// Why an entry waits for the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ParkReason {
    /// Others changed the same columns meanwhile.
    Conflict {
        /// The row in conflict.
        table: TableName,
        /// The row in conflict.
        id: RowId,
        /// What the server holds now in the columns that both sides changed.
        theirs: Columns,
        /// The row is gone on the server.
        deleted: bool,
    },
    /// The server refused it, in its own words.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code (`0x80040220`).
        code: String,
        /// The message.
        message: String,
    },
    /// It names tables or columns that the org has removed meanwhile.
    Removed(Vec<RemovedPart>),
    /// The row has left what the user may see or carries along; it stays on the device until the user has decided.
    OutOfReach {
        /// The row.
        table: TableName,
        /// The row.
        id: RowId,
    },
    /// It needs another entry that is parked.
    DependsOn(EntryId),
}

/// A table or column that an entry names and that the org has no longer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RemovedPart {
    /// The table.
    pub table: TableName,
    /// The column; none when the whole table is gone.
    pub column: Option<ColumnName>,
    /// What the column, or the table, was last called in the user's language; its logical name where that is unknown.
    pub label: String,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntryState {
    /// Not sent, or sent without an answer: will be sent (again, under the same key).
    Waiting,
    /// The server accepted it; it leaves when the rows come back in the pull.
    Accepted,
    /// Needs the user.
    Parked(ParkReason),
}

/// One command with its change set, in the order of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Its id and idempotency key.
    pub id: EntryId,
    /// Its place in the journal; ascending, given by the store.
    pub sequence: u64,
    /// What the user asked for.
    pub command: Command,
    /// What it does to rows.
    pub changes: ChangeSet,
    /// When the user did it, by the device's clock. Never used for ordering.
    pub made_at: Timestamp,
    /// Where it stands.
    pub state: EntryState,
    /// True once a request with it may have reached the server: it must then be sent unchanged.
    #[serde(default)]
    pub was_sent: bool,
    /// The entry whose change set it was sent in, under whose key; none when it was not sent or under its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_with: Option<EntryId>,
    /// Once accepted: the version that each change made of its row, none where the server told none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Option<RowVersion>>,
}
