//! Changes as requests: what the device sends.

use crate::error::ODataError;
use crate::http::HttpRequest;
use model::{Change, Metadata};

/// The request that makes the change: POST with the device's id, PATCH or DELETE with `If-Match`.
///
/// Columns that only the server writes are left out: they are on the device to be shown at once.
///
/// # Errors
/// When the table or a column is unknown, or a value does not fit its column.
pub fn write_change(change: &Change, metadata: &Metadata) -> Result<HttpRequest, ODataError> {
    let _ = metadata;
    Err(ODataError::UnknownTable(change.table().to_string()))
}
