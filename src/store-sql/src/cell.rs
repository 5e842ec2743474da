//! One value as the database stores it, and how rows of them are read.

use crate::error::{Result, StoreError};
use model::RowId;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// 64-bit whole number.
    Integer,
    /// 64-bit floating point number.
    Float,
    /// Text.
    Text,
    /// 128-bit id.
    Id,
    /// Bytes.
    Bytes,
}

/// A stored value. Nulls are typed because PostgreSQL wants to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Whole number.
    Integer(Option<i64>),
    /// Floating point number.
    Float(Option<f64>),
    /// Text.
    Text(Option<String>),
    /// Id.
    Id(Option<RowId>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    /// No value of a kind.
    pub const fn null(storage: Storage) -> Self {
        match storage {
            Storage::Integer => Self::Integer(None),
            Storage::Float => Self::Float(None),
            Storage::Text => Self::Text(None),
            Storage::Id => Self::Id(None),
            Storage::Bytes => Self::Bytes(None),
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }

    /// A whole number.
    pub const fn integer(number: i64) -> Self {
        Self::Integer(Some(number))
    }

    /// An id.
    pub const fn id(id: RowId) -> Self {
        Self::Id(Some(id))
    }

    /// The text, if it is one.
    pub fn into_text(self) -> Option<String> {
        if let Self::Text(text) = self { text } else { None }
    }

    /// The whole number, if it is one.
    pub const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { *number } else { None }
    }

    /// The id, if it is one.
    pub const fn as_id(&self) -> Option<RowId> {
        if let Self::Id(id) = self { *id } else { None }
    }
}

/// The id in the terms of the driver.
pub const fn uuid_of(id: RowId) -> Uuid {
    Uuid::from_u128(id.as_u128())
}

macro_rules! read_row {
    ($name:ident, $one:ident, $row:ty) => {
        /// Reads the cells of a row, whose kinds the statement's author knows.
        pub fn $name(row: &$row, kinds: &[Storage]) -> Result<Vec<Cell>> {
            if row.len() != kinds.len() {
                return Err(StoreError::Corrupt(format!("{} columns, not {}", row.len(), kinds.len())));
            }
            kinds.iter().enumerate().map(|(index, kind)| Cell::$one(row, index, *kind)).collect()
        }

        impl Cell {
            /// Reads one cell of a row.
            pub fn $one(row: &$row, index: usize, kind: Storage) -> Result<Self> {
                Ok(match kind {
                    Storage::Integer => Self::Integer(row.try_get_unchecked(index)?),
                    Storage::Float => Self::Float(row.try_get_unchecked(index)?),
                    Storage::Text => Self::Text(row.try_get_unchecked(index)?),
                    Storage::Bytes => Self::Bytes(row.try_get_unchecked(index)?),
                    Storage::Id => {
                        let id = row.try_get_unchecked::<Option<Uuid>, _>(index)?;
                        Self::Id(id.map(|id| RowId::from_u128(id.as_u128())))
                    }
                })
            }
        }
    };
}
read_row!(read_sqlite_row, read_sqlite, SqliteRow);
read_row!(read_postgres_row, read_postgres, PgRow);
