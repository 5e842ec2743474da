//! The store's own bookkeeping in the database: who wrote last, and where each table stands.

use crate::page;
use crate::parts::Cursor;
use crate::{BlocksError, StoreError};
use model::{Column, ColumnName, EntryId, JournalEntry, TableName, Timestamp};
use serde::{Deserialize, Serialize};

/// Where the head stands in the meta store.
pub const HEAD_KEY: &[u8] = b"head";
/// Before the names of tables.
pub const TABLE_PREFIX: &str = "table/";
/// Before the caller's own keys.
pub const CALLER_PREFIX: &str = "own/";
/// Before the id of an entry that was acknowledged: a repeated request is known by it.
pub const APPENDED_PREFIX: &str = "appended/";

/// Grows with every write; a writer whose head is not the database's has been overtaken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// How many writes there were.
    pub generation: u64,
    /// The sequence of the next journal entry; never used twice, also when the journal has become empty.
    pub next_sequence: u64,
}

impl Head {
    /// As it is kept.
    pub fn bytes(self) -> Vec<u8> {
        let mut bytes = self.generation.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.next_sequence.to_be_bytes());
        bytes
    }

    /// As it was kept; nothing when it is damaged.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (generation, next_sequence) = bytes.split_first_chunk()?;
        let next_sequence = u64::from_be_bytes(next_sequence.try_into().ok()?);
        Some(Self { generation: u64::from_be_bytes(*generation), next_sequence })
    }
}

/// Where a table stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableRecord {
    /// The number in the keys of its pages; never given to another table.
    pub number: u16,
    /// Base rows.
    pub rows: u64,
    /// How far it was fetched.
    pub cursor: Option<Cursor>,
    /// The columns of its pages.
    #[serde(default)]
    pub columns: Vec<StoredColumn>,
}

impl TableRecord {
    /// How pages hold values of a column, if they do.
    pub fn column(&self, column: &Column) -> Option<&StoredColumn> {
        self.columns.iter().find(|stored| stored.is(column))
    }

    /// The number of a column in the keys of pages, given if need be, and its chunks.
    pub fn number_column(&mut self, column: &Column) -> (u16, u32) {
        self.column(column).map(|stored| (stored.number, stored.chunks)).unwrap_or_else(|| {
            let last = self.columns.iter().map(|stored| stored.number).max();
            let number = last.map_or(page::ROWS + 1, |last| last.saturating_add(1));
            self.columns.push(StoredColumn {
                name: column.name.clone(),
                number,
                storage: page::storage(&column.kind),
                chunks: page::chunks(&column.kind),
            });
            (number, page::chunks(&column.kind))
        })
    }
}

/// A column of which pages hold values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredColumn {
    /// Its name.
    pub name: ColumnName,
    /// The number in the keys of its pages; not given to another column while these are there.
    pub number: u16,
    /// How its values are kept.
    pub storage: u8,
    /// In how many chunks that of a page is kept.
    #[serde(default = "one")]
    pub chunks: u32,
}

const fn one() -> u32 {
    1
}

impl StoredColumn {
    /// True when its values are values of this column: it has the name, and its type is kept alike.
    pub fn is(&self, column: &Column) -> bool {
        self.name == column.name && self.storage == page::storage(&column.kind)
    }
}

/// The key of a table's record.
pub fn table_key(table: &TableName) -> Vec<u8> {
    format!("{TABLE_PREFIX}{table}").into_bytes()
}

/// The key of a caller's record.
pub fn caller_key(key: &str) -> Vec<u8> {
    format!("{CALLER_PREFIX}{key}").into_bytes()
}

/// What the caller calls a record of its own.
pub fn callers_key(key: &[u8]) -> Option<String> {
    let key = key.strip_prefix(CALLER_PREFIX.as_bytes())?;
    String::from_utf8(key.to_vec()).ok()
}

/// The key of the record that an entry was acknowledged.
pub fn appended_key(id: EntryId) -> Vec<u8> {
    format!("{APPENDED_PREFIX}{id}").into_bytes()
}

/// When an acknowledged entry was made.
pub fn appended(made_at: Timestamp) -> Vec<u8> {
    made_at.milliseconds().to_be_bytes().to_vec()
}

/// When an acknowledged entry was made; nothing when the record is damaged.
pub fn parse_appended(value: &[u8]) -> Option<Timestamp> {
    Some(Timestamp::from_milliseconds(i64::from_be_bytes(value.try_into().ok()?)))
}

/// A record as JSON.
pub fn to_json<T: Serialize>(record: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|error| {
        StoreError::Blocks(BlocksError::Backend(format!("a record cannot be written: {error}")))
    })
}

/// A table's name and record, or what is wrong with it.
pub fn parse_table(key: &[u8], value: &[u8]) -> Result<(TableName, TableRecord), String> {
    let name = std::str::from_utf8(key).map_err(|error| error.to_string())?;
    let record = serde_json::from_slice(value).map_err(|error| error.to_string())?;
    Ok((TableName::new(name.trim_start_matches(TABLE_PREFIX)), record))
}

/// A journal entry, or what is wrong with it. Its place is the one it has in the database.
pub fn parse_entry(key: &[u8], value: &[u8]) -> Result<JournalEntry, String> {
    let entry: JournalEntry = serde_json::from_slice(value).map_err(|error| error.to_string())?;
    let sequence = key.try_into().map(u64::from_be_bytes);
    let sequence = sequence.map_err(|_| format!("its key has {} bytes instead of 8", key.len()))?;
    Ok(JournalEntry { sequence, ..entry })
}
