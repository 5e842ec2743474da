//! `Request::Form`: a form ready to draw.

use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{Form, FormId, FormKind, TableName};
use serde::{Deserialize, Serialize};

/// A form that a user may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChoice {
    /// The form.
    pub id: FormId,
    /// What people call it.
    pub name: String,
}

impl Session {
    pub(crate) fn forms(&self, table: &TableName, kind: FormKind) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        definitions.table(table)?;
        let language = definitions.language();
        let choice = |form: &Form| FormChoice { id: form.id, name: form.name.text(language).to_owned() };
        Ok(Reply::Forms(definitions.forms_for_user(table, kind).iter().map(|form| choice(form)).collect()))
    }

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
