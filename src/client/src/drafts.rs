//! `Request::KeepDraft` and `Request::Draft`: unsaved forms survive a reload and a closed tab.
//!
//! Two tabs that edit the same row keep a draft each. What a tab that is gone left behind goes to the first one that opens the
//! same form, once.

use crate::definitions::{keep, read};
use crate::message::{Draft, Failure, Reply};
use crate::session::Session;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// What the records of all drafts begin with.
pub(crate) const PREFIX: &str = "draft ";

/// A draft as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    draft: Draft,
    kept_at: Timestamp,
}

fn of_address(address: &str) -> String {
    format!("{PREFIX}{address}\n")
}

fn key(address: &str, tab: &str) -> String {
    format!("{}{tab}", of_address(address))
}

impl Session {
    pub(crate) async fn keep_draft(&self, address: &str, tab: &str, draft: Draft) -> Result<Reply, Failure> {
        // Never beside a sign-out, which would take it along.
        let _one_at_a_time = self.executing.lock().await;
        let device = self.device()?;
        if draft.columns.is_empty() {
            device.store.delete_meta(&key(address, tab)).await?;
        } else {
            // The next user of this device shall not find it.
            device.definitions()?;
            let kept = Kept { draft, kept_at: self.parts.clock.now() };
            keep(&device.store, &key(address, tab), &kept).await?;
        }
        Ok(Reply::Done(Vec::new()))
    }

    pub(crate) async fn draft(&self, address: &str, tab: &str) -> Result<Reply, Failure> {
        let device = self.device()?;
        let own: Option<Kept> = read(&device.store, &key(address, tab)).await?;
        if let Some(own) = own {
            return Ok(Reply::Draft(Some(own.draft)));
        }
        let prefix = of_address(address);
        let mut left: Option<(String, Kept)> = None;
        for (key, bytes) in device.store.list_meta(&prefix).await? {
            let is_open = key.strip_prefix(&prefix).is_some_and(|tab| self.tabs.borrow().contains(tab));
            // One of another build that cannot be read stays where it is.
            let Ok(kept) = serde_json::from_slice::<Kept>(&bytes) else { continue };
            if !is_open && left.as_ref().is_none_or(|(_, latest)| latest.kept_at < kept.kept_at) {
                left = Some((key, kept));
            }
        }
        let Some((left_at, kept)) = left else { return Ok(Reply::Draft(None)) };
        keep(&device.store, &key(address, tab), &kept).await?;
        device.store.delete_meta(&left_at).await?;
        Ok(Reply::Draft(Some(kept.draft)))
    }
}
