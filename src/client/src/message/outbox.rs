//! What is said about the sync and about work that the server does not have yet: the offline page, decisions, files of unsent work.

use model::{
    ColumnName, Columns, EntryId, EntryState, JournalEntry, RowVersion, TableName, Timestamp, Value,
};
use serde::{Deserialize, Serialize};

/// What shall become of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Decision {
    /// Send again.
    Retry,
    /// Mine overwrites theirs, in these columns (all in conflict when empty); the other columns take theirs.
    KeepMine(Vec<ColumnName>),
    /// Theirs stays; the entry's own share of the conflict is dropped.
    KeepTheirs,
    /// These values are written over theirs: mine, or a third one. Columns in conflict that are not named take theirs.
    Write(Columns),
    /// What the org has removed meanwhile is dropped from the entry, the rest is sent.
    DropRemoved,
    /// The entry goes, and what depends on it.
    Discard,
    /// It is sent before the entry that stands before it; neither needs the other.
    SendEarlier,
    /// It is sent after the entry that stands after it; neither needs the other.
    SendLater,
}

/// What the user had before them when they decided: a conflict that is another one by now is not decided with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The entry's state.
    pub state: EntryState,
    /// The server's version of a row whose deletion is in conflict.
    pub version: Option<RowVersion>,
}

/// The offline page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfflineView {
    /// The state of the sync.
    pub sync: SyncStatus,
    /// What is on the device.
    pub tables: Vec<TableStatus>,
    /// Unsent and parked entries in order.
    pub entries: Vec<EntryView>,
    /// Changes that cannot be read; they wait for the user, nothing waits for them.
    #[serde(default)]
    pub unreadable: Vec<UnreadableView>,
}

/// A change that this build cannot read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableView {
    /// Where it stands.
    pub key: Vec<u8>,
    /// What is wrong with it, for those who help.
    pub reason: String,
    /// The name of the row it is about, where that much can be read.
    pub subject: String,
    /// When it was made, where that much can be read.
    pub made_at: Option<Timestamp>,
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
    /// The user leaves it on the server.
    #[serde(default)]
    pub is_left_out: bool,
}

/// What the device will carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstSyncView {
    /// The name of the user's offline profile; none where they have none.
    pub profile: Option<String>,
    /// The tables, in the order in which they come.
    pub tables: Vec<PlannedView>,
    /// The user has seen it before.
    pub is_started: bool,
}

/// A table that the device will carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedView {
    /// The table.
    pub table: TableName,
    /// Its plural label.
    pub label: String,
    /// Rows that will come, about.
    pub rows: u64,
    /// What they take, about.
    pub bytes: u64,
    /// Rows that are here.
    pub rows_here: u64,
    /// The user leaves it on the server.
    pub is_left_out: bool,
    /// It cannot be left out.
    pub is_needed: bool,
    /// Files and pictures come along.
    pub files: bool,
}

/// An entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// The entry as it is kept.
    pub entry: JournalEntry,
    /// The table's label.
    pub table_label: String,
    /// The name of the new owner, where the command gives one.
    pub owner: Option<String>,
    /// What the user wrote into the command's row, column by column.
    pub columns: Vec<ChangedColumn>,
    /// The command's row is on the device: its form can be opened.
    pub has_row: bool,
    /// For a conflict: what each side holds, column by column.
    pub conflicts: Vec<ConflictView>,
    /// For a deletion in conflict: the server's version of the row.
    pub version: Option<RowVersion>,
    /// It may change places with the entry before it.
    pub can_go_earlier: bool,
    /// It may change places with the entry after it.
    pub can_go_later: bool,
}

impl EntryView {
    /// What a user who looks at this decides about.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen { state: self.entry.state.clone(), version: self.version }
    }
}

/// A column that an entry writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedColumn {
    /// The column.
    pub column: ColumnName,
    /// Its label.
    pub label: String,
    /// What it held; nothing for a new row.
    pub before: Value,
    /// What it shall hold.
    pub after: Value,
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

/// What would be lost with the data of this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Changes the server has not confirmed.
    pub changes: u32,
    /// Those among them that wait for the user.
    pub parked: u32,
    /// Forms with something typed and not saved.
    pub drafts: u32,
}

/// What a file of unsent work brings, before it is taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportView {
    /// When the file was made.
    pub made_at: Timestamp,
    /// Its entries in order.
    pub lines: Vec<ImportLine>,
    /// How many more it holds that this build cannot read. They stay in the file.
    #[serde(default)]
    pub unreadable: u32,
}

/// An entry of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportLine {
    /// The entry in words and values.
    pub view: EntryView,
    /// Whether it comes in.
    pub verdict: ImportVerdict,
}

/// Whether an entry of a file comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportVerdict {
    /// It does.
    Ready,
    /// It waits on this device already.
    Here,
    /// This device has sent it, or the user has discarded it.
    Done,
    /// The org has no such table.
    NoTable,
    /// The org has no such columns; by their labels or names.
    NoColumns(Vec<String>),
    /// These columns cannot hold these values; by their labels.
    WrongValues(Vec<String>),
    /// It needs an entry that does not come in.
    Needs(EntryId),
}

/// Why a file cannot be taken in at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportProblem {
    /// It is no file of unsent work, or it is damaged.
    Unreadable,
    /// A newer build made it.
    Newer,
    /// It is of another organisation.
    OtherOrganization,
    /// It is of another user, by their name.
    OtherUser(String),
    /// The first sync is not complete: what is there to build on is not known yet.
    NotSynced,
}

/// What went wrong in the last sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncProblem {
    /// What kind of problem; screens have words for it.
    pub kind: SyncProblemKind,
    /// The server's or the database's own words, for those who can use them.
    pub detail: String,
}

/// Kinds of problems of a sync, each with its own way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncProblemKind {
    /// The server had no time.
    Busy,
    /// The server refused to talk.
    Refused,
    /// The server's answer could not be understood.
    Unreadable,
    /// Some rows could not be read and were left out.
    RowsLeftOut,
    /// The device has no room left.
    StorageFull,
    /// The local database failed.
    Storage,
    /// A web page came in place of the server's answer.
    Intercepted,
    /// The server did not answer in time.
    TimedOut,
    /// There is a network, and yet no connection: the server is down, its address or certificate is wrong, something cut it.
    Unreachable,
}

/// The state of the sync, shown by the globe in the top bar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncStatus {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Journal entries the server has not confirmed.
    pub pending: u32,
    /// Entries that wait for the user.
    pub parked: u32,
    /// The last complete sync.
    pub synced_at: Option<Timestamp>,
    /// What went wrong last, if it still matters.
    pub problem: Option<SyncProblem>,
}

/// What the sync is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum SyncPhase {
    /// The server has not been asked yet since the database was opened: what is here may be old.
    #[default]
    Starting,
    /// The server has answered and there is nothing to do.
    Idle,
    /// The server cannot be reached; work goes on locally.
    Offline,
    /// The user is to see what will come before it is fetched.
    Planned,
    /// The first sync: rows so far, rows in all (when known), the table at hand.
    First {
        /// Rows stored.
        done: u64,
        /// Rows expected.
        total: u64,
        /// The table's logical name.
        table: String,
        /// Tables that are complete.
        tables_done: u32,
        /// Tables in all.
        tables: u32,
        /// About how many milliseconds it will still take, once that can be said.
        milliseconds_left: Option<u64>,
    },
    /// Sending.
    Pushing,
    /// Fetching changes.
    Pulling,
    /// The sign-in has expired; local work goes on.
    SignInNeeded,
}
