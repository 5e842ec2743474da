//! `Request::Form`: a form ready to draw.

use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{Form, FormId, FormKind, TableName};

impl Session {
    pub(crate) fn form(
        &self,
        table: &TableName,
        kind: FormKind,
        form: Option<FormId>,
    ) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        Ok(Reply::Form(Form::clone(&*definitions.form(table, kind, form)?)))
    }
}
