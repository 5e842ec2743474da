//! Pages of rows, from their bytes into a `RowSink` in one pass.

mod packed;
mod parties;
mod row;
pub mod shape;
mod text;
pub mod value;

use crate::error::ODataError;
use model::{Columns, Row, RowId, RowSink, RowVersion, Table, ValueRef};
use row::{BodySeed, Reader};
use serde::de::DeserializeSeed;

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
    read(json, Reader::new(table, sink))
}

/// Reads a page of which every column was selected and that was answered with `omit-values=nulls`: a property that is
/// absent has no value, and the sink is told so. Party lists are collections, which are never null; an absent one is unknown.
///
/// # Errors
/// As `read_rows`.
pub fn read_rows_without_nulls(
    json: &[u8],
    table: &Table,
    sink: &mut dyn RowSink,
) -> Result<PageEnvelope, ODataError> {
    read(json, Reader::new(table, sink).with_nulls_for_absent())
}

fn read<'de>(json: &'de [u8], mut reader: Reader<'de, '_>) -> Result<PageEnvelope, ODataError> {
    let text = std::str::from_utf8(json).map_err(|error| ODataError::Json { reason: error.to_string() })?;
    let table = reader.table();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let outcome = BodySeed(&mut reader).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Err(error) = outcome {
        reader.abandon();
        return Err(ODataError::Json { reason: error.to_string() });
    }
    if reader.has_rows() {
        Ok(reader.envelope)
    } else {
        Err(ODataError::NoRows { table: table.name.to_string() })
    }
}

/// Reads a single row.
///
/// # Errors
/// When the bytes are no JSON or no row of the table.
pub fn read_row(json: &[u8], table: &Table) -> Result<Row, ODataError> {
    let mut sink = OneRow { table, values: Columns::new(), row: None };
    let envelope = read_rows(json, table, &mut sink)?;
    if let Some(problem) = envelope.problems.first() {
        return Err(ODataError::Row { table: table.name.to_string(), problem: problem.to_string() });
    }
    sink.row.ok_or_else(|| ODataError::NoRows { table: table.name.to_string() })
}

struct OneRow<'a> {
    table: &'a Table,
    values: Columns,
    row: Option<Row>,
}

impl RowSink for OneRow<'_> {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        if let Some(column) = self.table.columns.get(column) {
            self.values.set(column.name.clone(), value.into_value());
        }
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        let columns = std::mem::take(&mut self.values);
        self.row = Some(Row { table: self.table.name.clone(), id, version, columns });
    }

    fn discard(&mut self) {
        self.values = Columns::new();
    }
}

#[cfg(test)]
mod tests;
