//! The few places where SQLite and PostgreSQL need different words.

use crate::cell::Storage;

/// Which database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL or an engine that speaks its protocol.
    Postgres,
}

impl Dialect {
    /// The column type of a kind of storage.
    pub const fn column_type(self, storage: Storage) -> &'static str {
        match (self, storage) {
            (Self::Sqlite, Storage::Integer) => "INTEGER",
            (Self::Sqlite, Storage::Float) => "REAL",
            (Self::Sqlite, Storage::Text) => "TEXT",
            (Self::Sqlite, Storage::Id | Storage::Bytes) => "BLOB",
            (Self::Postgres, Storage::Integer) => "BIGINT",
            (Self::Postgres, Storage::Float) => "DOUBLE PRECISION",
            // Bytes order, as in SQLite, whatever the database's locale.
            (Self::Postgres, Storage::Text) => "TEXT COLLATE \"C\"",
            (Self::Postgres, Storage::Id) => "UUID",
            (Self::Postgres, Storage::Bytes) => "BYTEA",
        }
    }

    /// The column deltas go by: the version where there is one writer, the writing transaction where there are many.
    pub const fn mark_column(self) -> &'static str {
        match self {
            Self::Sqlite => "__version",
            Self::Postgres => "__writer",
        }
    }

    /// An expression for the mark of rows written now; on SQLite it is the row's version, known beforehand.
    pub const fn writer(self) -> &'static str {
        match self {
            Self::Sqlite => "0",
            Self::Postgres => "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)",
        }
    }

    /// A query for the horizon: every row whose mark is smaller is committed and visible; and for the snapshot that tells
    /// which transactions beyond it are, where there may be any.
    pub const fn horizon(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT value + 1, '' FROM valise_sequence",
            Self::Postgres => {
                "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT), \
                 CAST(pg_current_snapshot() AS TEXT)"
            }
        }
    }

    /// How a transaction that only reads begins, so that all its statements see the same moment.
    pub const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// How a transaction that writes begins.
    pub const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Behind a `SELECT` of a row that must stay as it is read until the transaction ends.
    pub const fn hold(self, hold: Hold) -> &'static str {
        match (self, hold) {
            // Nobody else writes meanwhile.
            (Self::Sqlite, _) => "",
            (Self::Postgres, Hold::Existence) => " FOR KEY SHARE",
            (Self::Postgres, Hold::Content) => " FOR NO KEY UPDATE",
            (Self::Postgres, Hold::Removal) => " FOR UPDATE",
        }
    }

    /// How many values one statement may carry.
    pub const fn most_binds(self) -> usize {
        match self {
            Self::Sqlite => 32_000,
            Self::Postgres => 60_000,
        }
    }

    /// An integer division rounded down, also for what lies before 1970.
    pub fn floor_divide(self, value: &str, divisor: i64) -> String {
        format!("(({value}) - ((({value}) % {divisor}) + {divisor}) % {divisor}) / {divisor}")
    }

    /// Days from 1970-01-01 to a day of a month of the year an expression gives.
    pub fn day_number(self, year: &str, month: u8, day: u8) -> String {
        match self {
            Self::Sqlite => {
                format!(
                    "(CAST(strftime('%s', printf('%04d-{month:02}-{day:02}', {year})) AS INTEGER) / 86400)"
                )
            }
            Self::Postgres => {
                format!("(make_date(CAST({year} AS INTEGER), {month}, {day}) - DATE '1970-01-01')")
            }
        }
    }

    /// An id as a literal.
    pub fn id_literal(self, id: model::RowId) -> String {
        match self {
            Self::Sqlite => format!("x'{:032x}'", id.as_u128()),
            Self::Postgres => format!("CAST('{id}' AS UUID)"),
        }
    }

    /// The year, month or day of a number of days since 1970-01-01.
    pub fn date_field(self, field: DateField, days: &str) -> String {
        match self {
            Self::Sqlite => {
                let format = match field {
                    DateField::Year => "%Y",
                    DateField::Month => "%m",
                    DateField::Day => "%d",
                    DateField::DayOfYear => "%j",
                };
                format!("CAST(strftime('{format}', ({days}) * 86400, 'unixepoch') AS INTEGER)")
            }
            Self::Postgres => {
                let part = match field {
                    DateField::Year => "year",
                    DateField::Month => "month",
                    DateField::Day => "day",
                    DateField::DayOfYear => "doy",
                };
                format!("CAST(EXTRACT({part} FROM DATE '1970-01-01' + CAST(({days}) AS INTEGER)) AS BIGINT)")
            }
        }
    }
}

/// What others may not do to a row while a transaction that looked at it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Delete it: something is going to refer to it.
    Existence,
    /// Change or delete it: it is going to be changed.
    Content,
    /// Even refer to it: it is going to be deleted.
    Removal,
}

/// A part of a calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateField {
    /// The year.
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 1 to 366.
    DayOfYear,
}

/// A name in double quotes.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
