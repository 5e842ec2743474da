//! Pages of rows, from their bytes into a `RowSink` in one pass.

use crate::error::ODataError;
use model::{Row, RowId, RowSink, Table};

/// What a page says beside its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageEnvelope {
    /// Where the next page is.
    pub next_link: Option<String>,
    /// Where changes after this page will be.
    pub delta_link: Option<String>,
    /// The number of all rows, when it was asked for.
    pub count: Option<u64>,
    /// Rows that are gone, for everybody or for this caller.
    pub removed: Vec<Removed>,
    /// Rows that went into the sink.
    pub rows: usize,
    /// Rows that were left out, and why.
    pub problems: Vec<RowProblem>,
}

/// A row that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The row.
    pub id: RowId,
    /// Why.
    pub reason: RemovedReason,
}

/// Why a row is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedReason {
    /// It was deleted.
    Deleted,
    /// It left what the caller may see.
    Changed,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("property “{property}”: {reason}")]
pub struct RowProblem {
    /// The row, where its id could be read.
    pub id: Option<RowId>,
    /// The property that does not fit.
    pub property: String,
    /// Why.
    pub reason: String,
}

/// Reads a page (`{"value":[…]}`) or a single row into the sink.
///
/// # Errors
/// When the bytes are no JSON, or hold no rows. What was given to the sink until then must be thrown away.
pub fn read_rows(json: &[u8], table: &Table, sink: &mut dyn RowSink) -> Result<PageEnvelope, ODataError> {
    let _ = (json, sink);
    Err(ODataError::NoRows { table: table.name.to_string() })
}

/// Reads a single row.
///
/// # Errors
/// When the bytes are no JSON or no row of the table.
pub fn read_row(json: &[u8], table: &Table) -> Result<Row, ODataError> {
    let _ = json;
    Err(ODataError::NoRows { table: table.name.to_string() })
}
