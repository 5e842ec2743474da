//! What a sync works with, and the order of its two halves.

use crate::push::Pushed;
use crate::rebase::{AcceptedVersions, Derive, Rules};
use crate::{Connection, RowKey, SyncError, plan_rebase};
use futures::lock::Mutex;
use model::{
    Change, ChangeSet, ColumnName, EntryId, EntryState, JournalEntry, Metadata, RowId, RowVersion, Table,
    TableName, Timestamp,
};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use store::{Store, StoreError, Touched};

/// A row that keeps moving under an entry is tried this often in one sync.
const ROUNDS: usize = 4;

/// How often is begun anew when another tab keeps writing.
pub(crate) const ATTEMPTS: usize = 3;

/// What a sync tells while it runs.
pub trait Observer {
    /// Sending begins.
    fn pushing(&self);

    /// Fetching begins.
    fn pulling(&self);

    /// Rows of a table that is fetched from the start have been stored.
    fn fetched(&self, table: &TableName, rows: u64);

    /// Rows changed for whoever looks at them.
    fn touched(&self, touched: Touched);

    /// Rows that were on the device have left it: deleted by others, or out of the user's sight.
    fn gone(&self, table: &TableName, rows: &[RowId]);

    /// Entries of the journal changed.
    fn journal_changed(&self);
}

/// The definitions a sync works with.
#[derive(Clone)]
pub struct SyncTables {
    /// Every definition, for the requests.
    pub metadata: Rc<Metadata>,
    /// The tables to fetch, in order.
    pub tables: Vec<Arc<Table>>,
    /// What follows from what, for rows changed on both sides.
    pub derive: Derive,
    /// What of the tables is carried.
    pub carried: Carried,
}

/// How much of the tables a device carries, by the user's offline profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The server cuts rows by the profile.
    pub by_profile: bool,
    /// The columns of tables of which not all are carried.
    pub columns: BTreeMap<TableName, BTreeSet<ColumnName>>,
}

impl SyncTables {
    /// A table's definition.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<Arc<Table>> {
        let fetched = self.tables.iter().find(|table| table.name == *name).cloned();
        fetched.or_else(|| self.metadata.table(name).cloned().map(Arc::new))
    }
}

/// What one sync has done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synced {
    /// Entries the server accepted.
    pub accepted: usize,
    /// Rows that could not be read, in the reader's words.
    pub problems: Vec<String>,
    /// The server had no time for some entries: milliseconds to wait.
    pub wait_milliseconds: Option<u64>,
    /// Entries are left that can be sent.
    pub more: bool,
    /// The server refused something and has other definitions by now: they are needed before the sync can go on.
    pub is_outdated: bool,
}

/// An accepted entry that still waits for its rows to come back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acceptance {
    /// The version the server answered for each row it wrote; none where it told none.
    pub versions: BTreeMap<RowKey, Option<RowVersion>>,
    /// The rows the entry deleted.
    pub deleted: BTreeSet<RowKey>,
    /// The rows that have not come back yet.
    pub open: BTreeSet<RowKey>,
}

impl Acceptance {
    /// What to wait for before an entry may leave the journal: the rows of its changes, in the versions these made of them.
    pub fn of(changes: &ChangeSet, versions: &[Option<RowVersion>]) -> Self {
        let mut acceptance = Self::default();
        for (place, change) in changes.iter().enumerate() {
            let key: RowKey = (change.table().clone(), change.id());
            acceptance.open.insert(key.clone());
            if matches!(change, Change::Delete { .. }) {
                acceptance.deleted.insert(key);
            } else {
                let version = versions.get(place).copied().flatten();
                let known = acceptance.versions.entry(key).or_default();
                *known = (*known).max(version);
            }
        }
        acceptance
    }
}

/// One device's side of the sync.
pub struct Engine {
    pub(crate) store: Rc<Store>,
    pub(crate) connection: Rc<Connection>,
    pub(crate) observer: Rc<dyn Observer>,
    /// Held while entries are read, changed and written back; never while the network is asked.
    pub(crate) journal_lock: Mutex<()>,
    pub(crate) accepted: RefCell<BTreeMap<EntryId, Acceptance>>,
    pub(crate) stale_answers: RefCell<BTreeMap<EntryId, u32>>,
    pub(crate) failures: RefCell<BTreeMap<EntryId, u32>>,
    /// Entries that share their change set with no other one.
    pub(crate) alone: RefCell<BTreeSet<EntryId>>,
    pub(crate) entries_per_request: Cell<usize>,
    pub(crate) profile_version: RefCell<Option<String>>,
}

impl Engine {
    /// Takes up the journal as it was left.
    ///
    /// Entries accepted in an earlier life of this device wait for their rows. Those of which no version is known, since an
    /// older build accepted them, are sent again under their keys.
    ///
    /// # Errors
    /// When the local database fails.
    pub async fn open(
        store: Rc<Store>,
        connection: Rc<Connection>,
        observer: Rc<dyn Observer>,
    ) -> Result<Self, StoreError> {
        let engine = Self {
            store,
            connection,
            observer,
            journal_lock: Mutex::new(()),
            accepted: RefCell::default(),
            stale_answers: RefCell::default(),
            failures: RefCell::default(),
            alone: RefCell::default(),
            entries_per_request: Cell::new(crate::outbox::ENTRIES_PER_REQUEST),
            profile_version: RefCell::default(),
        };
        engine.take_up().await?;
        Ok(engine)
    }

    /// Takes up what the journal says of accepted entries: an earlier life of this device, or a tab that was overtaken while it
    /// worked, may have written it.
    async fn take_up(&self) -> Result<(), StoreError> {
        let journal = self.store.journal();
        let (known, unknown): (Vec<JournalEntry>, Vec<JournalEntry>) = journal
            .into_iter()
            .filter(|entry| entry.state == EntryState::Accepted)
            .filter(|entry| !self.accepted.borrow().contains_key(&entry.id))
            .partition(|entry| entry.versions.len() == entry.changes.0.len());
        let again: Vec<JournalEntry> = unknown
            .into_iter()
            .map(|entry| JournalEntry { state: EntryState::Waiting, was_sent: true, ..entry })
            .collect();
        if !again.is_empty() {
            self.store.update_journal(again, Vec::new()).await?;
        }
        let known = known.iter().map(|entry| (entry.id, Acceptance::of(&entry.changes, &entry.versions)));
        self.accepted.borrow_mut().extend(known);
        Ok(())
    }

    /// Sends what waits and fetches what changed. What the server does not take does not keep the news away.
    ///
    /// What another tab wrote meanwhile is no reason to stop: a tab that was overtaken may have finished what it was doing.
    ///
    /// # Errors
    /// When the conversation ended early. What was done until then stays done, and the next call goes on from there.
    pub async fn sync(&self, definitions: &SyncTables, now: Timestamp) -> Result<Synced, SyncError> {
        for _ in 1..ATTEMPTS {
            match self.try_sync(definitions, now).await {
                Err(SyncError::Store(StoreError::ChangedElsewhere)) => {}
                other => return other,
            }
        }
        self.try_sync(definitions, now).await
    }

    async fn try_sync(&self, definitions: &SyncTables, now: Timestamp) -> Result<Synced, SyncError> {
        let mut synced = Synced::default();
        for _ in 0..ROUNDS {
            self.take_up().await?;
            self.observer.pushing();
            let (pushed, refused) = match self.push(definitions).await {
                Ok(pushed) => (pushed, None),
                Err(error @ (SyncError::Refused { .. } | SyncError::Unreadable { .. })) => {
                    (Pushed::default(), Some(error))
                }
                Err(error) => return Err(error),
            };
            synced.accepted += pushed.accepted;
            synced.wait_milliseconds = pushed.wait_milliseconds;
            synced.more = pushed.is_stale;
            synced.is_outdated = pushed.is_outdated;
            if pushed.is_outdated {
                break;
            }
            self.observer.pulling();
            // Whatever was read since may have shown that another tab has written.
            self.take_up().await?;
            synced.problems = self.pull(definitions, now).await?;
            self.rebase(definitions).await?;
            if let Some(error) = refused {
                return Err(error);
            }
            if !pushed.is_stale {
                break;
            }
        }
        Ok(synced)
    }

    /// True when the server has told of other definitions than these.
    pub(crate) fn is_outdated(&self, definitions: &SyncTables) -> bool {
        let told = self.connection.metadata_version();
        told.is_some_and(|version| version != definitions.metadata.version)
    }

    /// By which offline profile the server last cut what it sent; none when it never told.
    #[must_use]
    pub fn profile_version(&self) -> Option<String> {
        self.profile_version.borrow().clone()
    }

    /// The newest version of a row the server has told of to an entry that waits for its rows.
    #[must_use]
    pub fn accepted_version(&self, key: &RowKey) -> Option<RowVersion> {
        self.accepted.borrow().values().filter_map(|acceptance| *acceptance.versions.get(key)?).max()
    }

    /// Lays the journal over the newest base.
    pub(crate) async fn rebase(&self, definitions: &SyncTables) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        self.rebase_locked(definitions).await
    }

    pub(crate) async fn rebase_locked(&self, definitions: &SyncTables) -> Result<(), StoreError> {
        let journal = self.store.journal();
        if journal.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<RowKey> = journal
            .iter()
            .flat_map(|entry| entry.changes.iter())
            .map(|change| (change.table().clone(), change.id()))
            // What is said of a table that the org has removed waits for the user.
            .filter(|(table, _)| definitions.table(table.as_str()).is_some())
            .collect();
        let mut bases = BTreeMap::new();
        for key in keys {
            let base = self.store.base_row(&key.0, key.1).await?;
            bases.insert(key, base);
        }
        let accepted: AcceptedVersions = self
            .accepted
            .borrow()
            .iter()
            .map(|(entry, acceptance)| (*entry, acceptance.versions.clone()))
            .collect();
        let rules = Rules { table: &|name| definitions.table(name), derive: definitions.derive };
        let plan = plan_rebase(&journal, &bases, &accepted, &rules);
        self.write_journal(plan.changed, plan.removed).await
    }

    pub(crate) async fn write_journal(
        &self,
        changed: Vec<JournalEntry>,
        removed: Vec<EntryId>,
    ) -> Result<(), StoreError> {
        if changed.is_empty() && removed.is_empty() {
            return Ok(());
        }
        let touched = self.store.update_journal(changed, removed).await?;
        self.observer.touched(touched);
        self.observer.journal_changed();
        Ok(())
    }
}
