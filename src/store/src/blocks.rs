//! The only door to durable storage: bytes under ordered keys, written in atomic batches.
//!
//! There is no begin / await / commit here because IndexedDB cannot honour it: whoever writes prepares a whole
//! [`Batch`] first, and a read that spans many values comes in pages.

use async_trait::async_trait;

/// The fixed object stores; a customer's tables never change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectStore {
    /// Small records by name: where the sync stands, the metadata, the user.
    Meta,
    /// Packed rows, by table number and page number.
    Pages,
    /// The user's unconfirmed changes, by sequence.
    Journal,
    /// File contents.
    Files,
    /// Search structures that can be made again.
    Search,
    /// What the first paint needs.
    Snapshot,
}

impl ObjectStore {
    /// Every store, in the order of their introduction.
    pub const ALL: [Self; 6] =
        [Self::Meta, Self::Pages, Self::Journal, Self::Files, Self::Search, Self::Snapshot];

    /// The name it has in a database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Pages => "pages",
            Self::Journal => "journal",
            Self::Files => "files",
            Self::Search => "search",
            Self::Snapshot => "snapshot",
        }
    }
}

/// Why the storage below did not do what was asked. Nothing of a failed batch is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlocksError {
    /// A value was not what the batch expected: somebody else wrote meanwhile.
    #[error("the local database changed meanwhile; reload the app to go on with its present state")]
    ExpectationFailed,
    /// The device or the browser's share of it is full.
    #[error("the device has no room left for the local database; free some space and try again")]
    Full,
    /// The connection to the database was lost and could not be opened again.
    #[error(
        "the connection to the local database was lost ({0}); reload the app, everything acknowledged is kept"
    )]
    Lost(String),
    /// The browser was asked to open the database and never answered.
    #[error(
        "the browser did not open the local database within {seconds} seconds; close the other tabs of this app or restart the browser, everything acknowledged is kept"
    )]
    Unanswered {
        /// How long it was waited for.
        seconds: u32,
    },
    /// Another tab holds an older version of the database open.
    #[error("another tab has the local database open; close the other tabs of this app and try again")]
    Blocked,
    /// The database was written by a newer build.
    #[error(
        "the local database has version {found}, this build knows up to {known}; reload to get the newer app"
    )]
    Newer {
        /// The version found.
        found: u32,
        /// The newest version this build can read.
        known: u32,
    },
    /// The storage was closed.
    #[error("the local database is closed; reload the app")]
    Closed,
    /// Anything else, in the words of the storage.
    #[error("the local database failed: {0}")]
    Backend(String),
}

/// From `from` on, up to but without `until`; without `until`, to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key inside.
    pub from: Vec<u8>,
    /// The first key behind the end.
    pub until: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    #[must_use]
    pub const fn all() -> Self {
        Self { from: Vec::new(), until: None }
    }

    /// The keys that begin with these bytes.
    #[must_use]
    pub fn prefix(prefix: &[u8]) -> Self {
        let mut until = prefix.to_vec();
        while let Some(last) = until.pop() {
            if last < u8::MAX {
                until.push(last + 1);
                return Self { from: prefix.to_vec(), until: Some(until) };
            }
        }
        Self { from: prefix.to_vec(), until: None }
    }

    /// True when the key lies inside.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        key >= self.from.as_slice() && self.until.as_ref().is_none_or(|until| key < until.as_slice())
    }
}

/// Part of a range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockPage {
    /// Keys and values, ascending by key.
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where to go on; nothing when the range is exhausted.
    pub next: Option<Vec<u8>>,
}

/// When a batch counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When the operating system has it: what can be fetched again.
    #[default]
    Relaxed,
    /// When it is on the disk: what exists nowhere else.
    Strict,
}

/// What must hold for a batch to be written at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Where.
    pub store: ObjectStore,
    /// Under which key.
    pub key: Vec<u8>,
    /// The value that must stand there; nothing means the key must be free.
    pub value: Option<Vec<u8>>,
}

/// Writes that happen all together or not at all. Deletes come before puts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// What must hold.
    pub expectations: Vec<Expectation>,
    /// Every object store is emptied first: what is put is then all there is.
    pub clears: bool,
    /// What goes.
    pub deletes: Vec<(ObjectStore, Vec<u8>)>,
    /// What is written: store, key, value.
    pub puts: Vec<(ObjectStore, Vec<u8>, Vec<u8>)>,
    /// When it counts as written.
    pub durability: Durability,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new(durability: Durability) -> Self {
        Self { durability, ..Self::default() }
    }

    /// Adds a value.
    pub fn put(&mut self, store: ObjectStore, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.puts.push((store, key.into(), value.into()));
    }

    /// Adds a deletion.
    pub fn delete(&mut self, store: ObjectStore, key: impl Into<Vec<u8>>) {
        self.deletes.push((store, key.into()));
    }

    /// Adds an expectation.
    pub fn expect(&mut self, store: ObjectStore, key: impl Into<Vec<u8>>, value: Option<Vec<u8>>) {
        self.expectations.push(Expectation { store, key: key.into(), value });
    }

    /// The object stores it touches, each once.
    #[must_use]
    pub fn stores(&self) -> Vec<ObjectStore> {
        if self.clears {
            return ObjectStore::ALL.to_vec();
        }
        let expected = self.expectations.iter().map(|expectation| expectation.store);
        let deleted = self.deletes.iter().map(|(store, _)| *store);
        let put = self.puts.iter().map(|(store, ..)| *store);
        let mut stores: Vec<_> = expected.chain(deleted).chain(put).collect();
        stores.sort_unstable();
        stores.dedup();
        stores
    }
}

/// A database of bytes. Handles may be many; each batch is atomic across all of them.
#[async_trait(?Send)]
pub trait Blocks {
    /// One value.
    async fn get(&self, store: ObjectStore, key: &[u8]) -> Result<Option<Vec<u8>>, BlocksError>;

    /// Several values, in the order of the keys, from one moment.
    async fn get_many(
        &self,
        store: ObjectStore,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, BlocksError>;

    /// At most `limit` entries of a range, ascending; `limit` is at least 1.
    async fn scan(
        &self,
        store: ObjectStore,
        range: &KeyRange,
        limit: usize,
    ) -> Result<BlockPage, BlocksError>;

    /// Writes a batch, all of it or nothing, and returns when it counts as written.
    async fn apply(&self, batch: Batch) -> Result<(), BlocksError>;

    /// Ends the handle; later calls answer `Closed`.
    async fn close(&self);
}
