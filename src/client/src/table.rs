//! `Request::Table`: a table's definition in the user's language.

use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{Table, TableName};

impl Session {
    pub(crate) fn table(&self, name: &TableName) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        let mut table = Table::clone(definitions.table(name)?);
        table.keep_language(definitions.language());
        Ok(Reply::Table(table))
    }
}
