//! What follows from other columns, on the device and on the server alike.

use model::{Columns, Table};

/// Fills in what follows from the columns of `after`, which may be a whole new row or only the changed columns of an
/// update; `before` is the whole row as it was.
pub fn derive(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    let _ = (table, before, after);
}
