//! The org's metadata as it was applied, kept beside the tables it made.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::error::{Result, StoreError};
use crate::statement::{Question, Statement};
use model::Metadata;

/// The metadata applied last.
pub async fn load(session: &mut Session) -> Result<Option<Metadata>> {
    let sql = "SELECT document FROM valise_metadata ORDER BY version DESC LIMIT 1";
    let statement = Statement::of(session.dialect(), sql);
    let row = session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
    let Some(text) = row.and_then(|cells| cells.into_iter().next()).and_then(Cell::into_text) else {
        return Ok(None);
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| StoreError::Corrupt(format!("the metadata kept in valise_metadata: {error}")))
}

/// Keeps the metadata under its version.
pub async fn keep(session: &mut Session, metadata: &Metadata) -> Result<()> {
    let document = serde_json::to_string(metadata)
        .map_err(|error| StoreError::Corrupt(format!("the metadata to be kept: {error}")))?;
    let sql = "INSERT INTO valise_metadata (version, document) VALUES (?, ?) \
               ON CONFLICT (version) DO UPDATE SET document = excluded.document";
    session.run_with(sql, vec![Cell::integer(metadata.version), Cell::text(document)]).await?;
    Ok(())
}
