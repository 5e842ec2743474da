//! `Request::Views`: a table's views of a kind, the default first, then by name.

use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{TableName, View, ViewKind};
use query::fold;

impl Session {
    pub(crate) fn views(&self, table: &TableName, kind: ViewKind) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        definitions.table(table)?;
        let language = definitions.language();
        let views = definitions.views(table);
        let mut views: Vec<View> = views.iter().filter(|view| view.kind == kind).cloned().collect();
        views.sort_by_cached_key(|view| (!view.is_default, fold(view.name.text(language)).into_owned()));
        Ok(Reply::Views(views))
    }
}
