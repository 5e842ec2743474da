//! Everything that can go wrong with the database, in terms a server can turn into an answer.

use model::{ColumnName, RowId, RowVersion, TableName};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such table in the metadata.
    #[error("there is no table “{0}”; apply the metadata that defines it first")]
    UnknownTable(TableName),
    /// There is no such column in the table.
    #[error("table “{table}” has no column “{column}”")]
    UnknownColumn {
        /// The table.
        table: TableName,
        /// The name that was used.
        column: String,
    },
    /// A plan names an alias that no link has.
    #[error("no linked table has the alias “{0}”")]
    UnknownAlias(String),
    /// Its rows follow from the rows of other tables.
    #[error("the rows of “{0}” follow from other tables; read or write those")]
    Derived(TableName),
    /// The row does not exist.
    #[error("{table} With Id = {id} Does Not Exist")]
    NotFound {
        /// The table.
        table: TableName,
        /// The id asked for.
        id: RowId,
    },
    /// A row with this id exists already.
    #[error("{table} with id {id} exists already; use another id or update the row")]
    Duplicate {
        /// The table.
        table: TableName,
        /// The id.
        id: RowId,
    },
    /// The row has another version than the caller expected.
    #[error("{table} with id {id} has been changed by somebody else; read it again and repeat the change")]
    VersionMismatch {
        /// The table.
        table: TableName,
        /// The id.
        id: RowId,
        /// Its version now.
        current: RowVersion,
    },
    /// A value is not of the column's type.
    #[error("the value of “{column}” of table “{table}” is not of the column's type")]
    ValueMismatch {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// Neither database's text may hold this character: PostgreSQL cannot, SQLite follows it.
    #[error("a text holds the character U+0000, which cannot be kept; remove it")]
    UnfitText,
    /// A decimal is too large, or has more digits, than the column keeps.
    #[error(
        "the value of “{column}” of table “{table}” does not fit: at most {digits} digits behind the point, at most {largest}"
    )]
    OutOfRange {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// Digits behind the point.
        digits: u32,
        /// The largest value kept.
        largest: model::Decimal,
    },
    /// A test does not fit the column's type.
    #[error("“{column}” cannot be compared in this way")]
    UnfitTest {
        /// The column.
        column: ColumnName,
    },
    /// A column is to be stored otherwise than the values it has allow.
    #[error(
        "the values of “{column}” of table “{table}” cannot be kept in its new form; make a new column and move them over"
    )]
    Unconvertible {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// The database has another table or column than this process knows: another process changed the metadata.
    #[error("the tables have just been changed; try again")]
    Outdated,
    /// A name in the metadata cannot be a name in the database.
    #[error("“{0}” cannot name a table or column: use lower-case letters, digits and _, at most 55")]
    UnfitName(String),
    /// The delta token is too old, from another state of rights or metadata, or from another database.
    #[error("the delta link has expired; read the table again from its beginning")]
    Expired,
    /// Others hold what this write needs; nothing was changed and it may be tried again.
    #[error("the database is busy; try again")]
    Busy,
    /// The database was written by a newer program.
    #[error(
        "the database has schema version {found}, this program knows {known}; start a newer version of the program"
    )]
    NewerSchema {
        /// The version in the database.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The address is neither `sqlite:` nor `postgres:`. It may hold a password, so it is not repeated.
    #[error("this is no address of a known database; use sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
    UnknownAddress,
    /// The database holds something that this program did not write.
    #[error("the database holds something unreadable: {0}")]
    Corrupt(String),
    /// The database itself failed.
    #[error("the database failed: {0}")]
    Backend(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        if is_of_other_tables(&error, code.as_deref()) {
            tracing::warn!(%error, "a statement was made for other tables than there are");
            return Self::Outdated;
        }
        match code.as_deref() {
            // SQLite: busy, busy snapshot. PostgreSQL: serialization failure, deadlock, lock not available.
            Some("5" | "517" | "40001" | "40P01" | "55P03") => Self::Busy,
            // PostgreSQL: no character of the database's encoding.
            Some("22021") => Self::UnfitText,
            _ => Self::Backend(error),
        }
    }
}

/// True when a table or column is not there that the metadata at hand describes: it has been removed meanwhile.
fn is_of_other_tables(error: &sqlx::Error, code: Option<&str>) -> bool {
    match code {
        // PostgreSQL: undefined table, undefined column, a plan made before the tables changed, values for a column of
        // another type.
        Some("42P01" | "42703" | "0A000" | "42804") => true,
        Some("1") => error.as_database_error().is_some_and(|error| {
            error.message().starts_with("no such column") || error.message().starts_with("no such table")
        }),
        _ => false,
    }
}

impl StoreError {
    /// True for a violated unique key, which callers turn into what it means for them.
    pub(crate) fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Backend(error)
            if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }
}
