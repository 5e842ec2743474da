//! Typed questions about what a form shows beside its own row.

use super::Session;
use super::ask::{Asked, unexpected};
use client::message::{FormChoice, ProcessView, RelatedTable, Reply, Request};
use model::{FormKind, RowId, TableName};

impl Session {
    /// The main forms the user may choose among.
    pub async fn main_forms(self, table: TableName) -> Asked<Vec<FormChoice>> {
        match self.ask(Request::Forms { table, kind: FormKind::Main }).await {
            Reply::Forms(forms) => Ok(forms),
            other => Err(unexpected(other)),
        }
    }

    /// The tables whose rows can belong to a row of a table.
    pub async fn related(self, table: TableName) -> Asked<Vec<RelatedTable>> {
        match self.ask(Request::Related { table }).await {
            Reply::Related(related) => Ok(related),
            other => Err(unexpected(other)),
        }
    }

    /// The process a row goes through.
    pub async fn process(self, table: TableName, id: RowId) -> Asked<Option<ProcessView>> {
        match self.ask(Request::Process { table, id }).await {
            Reply::Process(view) => Ok(view.map(|view| *view)),
            other => Err(unexpected(other)),
        }
    }
}
