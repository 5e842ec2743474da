//! Bodies of POST and PATCH: what a client wants a row to hold.

use crate::error::ODataError;
use model::{Columns, Metadata, RowId, Table, TableName};
use std::collections::BTreeMap;

/// What a body holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The primary key, when the client chose it.
    pub id: Option<RowId>,
    /// The columns, without the primary key.
    pub columns: Columns,
}

/// Rows made earlier in the same change set, by Content-ID (`$1`).
pub type References = BTreeMap<String, (TableName, RowId)>;

/// What a body is read against.
#[derive(Clone, Copy, Debug)]
pub struct BodyContext<'a> {
    /// The table written to.
    pub table: &'a Table,
    /// Every table.
    pub metadata: &'a Metadata,
    /// What `$1` means.
    pub references: &'a References,
}

/// Reads a body that refers to no other part of a change set.
///
/// # Errors
/// Names the property that is unknown or does not fit, and what would fit.
pub fn read_body(json: &[u8], table: &Table, metadata: &Metadata) -> Result<Body, ODataError> {
    read_body_in(json, &BodyContext { table, metadata, references: &References::new() })
}

/// Reads a body.
///
/// # Errors
/// Names the property that is unknown or does not fit, and what would fit.
pub fn read_body_in(json: &[u8], context: &BodyContext<'_>) -> Result<Body, ODataError> {
    let _ = json;
    Err(ODataError::UnknownTable(context.table.name.to_string()))
}
