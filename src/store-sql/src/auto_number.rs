//! Sequences of columns that number new rows by themselves.

use crate::cell::Cell;
use crate::error::Result;
use crate::statement::Statement;
use crate::write::WriteTransaction;
use model::FIRST_NUMBER;

impl WriteTransaction {
    /// The next number of a column's sequence. It belongs to this transaction: without a commit the next one gets it, and
    /// others who number the same column wait, so that no number is left out.
    pub async fn next_number(&mut self, table: &str, column: &str) -> Result<i64> {
        let sql = format!(
            "INSERT INTO valise_auto_number (table_name, column_name, last) VALUES (?, ?, {FIRST_NUMBER}) \
             ON CONFLICT (table_name, column_name) DO UPDATE SET last = valise_auto_number.last + 1 RETURNING last"
        );
        let names = vec![Cell::text(table), Cell::text(column)];
        let statement = Statement::with(self.session.dialect(), &sql, names);
        self.session.ask_integer(statement).await
    }
}
