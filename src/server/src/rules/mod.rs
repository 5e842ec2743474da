//! What writing means on the server: rights, defaults, owners, derived columns, cascades. All inside one transaction.

mod auto_number;
mod create;
mod defaults;
mod delete;
mod money;
mod ownership;
mod parents;
mod references;
mod rights;
mod update;

pub use create::create;
pub use delete::delete;
pub use update::update;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{Answered, Failure};
use model::{Metadata, Reference, Row, RowId, RowVersion, Table, Timestamp, Value};
use odata::codes;
use store_sql::{Hold, WriteTransaction};

/// A transaction with all that the rules must know.
pub struct Work<'a> {
    /// The server.
    pub app: &'a App,
    /// Who writes.
    pub caller: &'a Caller,
    /// The moment that the whole transaction happens at.
    pub now: Timestamp,
    /// The transaction.
    pub transaction: WriteTransaction,
}

impl Work<'_> {
    /// The solution.
    pub fn metadata(&self) -> &Metadata {
        self.app.metadata()
    }

    /// The row, held until the transaction ends. A row that the caller may not read does not exist for them.
    pub async fn readable_row(&mut self, table: &Table, id: RowId, hold: Hold) -> Answered<Row> {
        let row = self.transaction.row(table.name.as_str(), id, hold).await?;
        let row = row.ok_or_else(|| missing(table, id))?;
        if rights::may(self, table, &row, model::Right::Read).await? {
            Ok(row)
        } else {
            Err(missing(table, id))
        }
    }
}

/// The refusal for a row that does not exist.
pub fn missing(table: &Table, id: RowId) -> Failure {
    Failure::refuse(
        404,
        codes::OBJECT_DOES_NOT_EXIST,
        format!(
            "{} With Id = {id} Does Not Exist; it may have been deleted, or your rights do not reach it",
            table.name
        ),
    )
}

/// The refusal for a row that is not in the version the caller expects.
pub fn changed_meanwhile(table: &Table, id: RowId) -> Failure {
    Failure::refuse(
        412,
        codes::CONCURRENCY_VERSION_MISMATCH,
        format!(
            "{} with id {id} has been changed by somebody else; read it again and repeat the change",
            table.name
        ),
    )
}

fn check_version(table: &Table, row: &Row, expected: Option<RowVersion>) -> Answered<()> {
    match expected {
        Some(expected) if row.version != Some(expected) => Err(changed_meanwhile(table, row.id)),
        _ => Ok(()),
    }
}

fn user_reference(user: RowId) -> Value {
    Value::Reference(Reference { table: "systemuser".into(), id: user, name: None })
}
