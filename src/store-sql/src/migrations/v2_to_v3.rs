//! The sequences of columns that number new rows.

use crate::dialect::Dialect;

/// The statements of the step.
pub fn statements(_: Dialect) -> Vec<String> {
    let table = "CREATE TABLE valise_auto_number (table_name TEXT NOT NULL, column_name TEXT NOT NULL, \
                 last BIGINT NOT NULL, PRIMARY KEY (table_name, column_name))";
    vec![table.to_owned()]
}
