//! `Request::KeepDraft` and `Request::Draft`: unsaved forms survive a reload and a closed tab.

use crate::definitions::{keep, read};
use crate::message::{Failure, Reply};
use crate::session::Session;
use model::Columns;

/// What the records of all drafts begin with.
pub(crate) const PREFIX: &str = "draft ";

fn key(address: &str) -> String {
    format!("{PREFIX}{address}")
}

impl Session {
    pub(crate) async fn keep_draft(&self, address: &str, columns: &Columns) -> Result<Reply, Failure> {
        let device = self.device()?;
        if columns.is_empty() {
            device.store.delete_meta(&key(address)).await?;
        } else {
            keep(&device.store, &key(address), columns).await?;
        }
        Ok(Reply::Done(Vec::new()))
    }

    pub(crate) async fn draft(&self, address: &str) -> Result<Reply, Failure> {
        let device = self.device()?;
        Ok(Reply::Draft(read(&device.store, &key(address)).await?))
    }
}
