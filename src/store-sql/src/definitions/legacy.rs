//! The metadata as the first version of the system tables kept it: one document.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::error::Result;
use crate::statement::{Question, Statement};
use model::Metadata;

/// The metadata applied last, where it can still be read.
pub async fn load(session: &mut Session) -> Result<Option<Metadata>> {
    let sql = "SELECT document FROM valise_metadata ORDER BY version DESC LIMIT 1";
    let statement = Statement::of(session.dialect(), sql);
    let row = session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
    let text = row.and_then(|cells| cells.into_iter().next()).and_then(Cell::into_text);
    Ok(text.and_then(|text| match serde_json::from_str(&text) {
        Ok(metadata) => Some(metadata),
        Err(error) => {
            tracing::warn!(%error, "the metadata of an older version cannot be read; its tables are taken as they are");
            None
        }
    }))
}
