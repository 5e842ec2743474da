//! `Request::Visit`, `Request::Pin` and `Request::Bookmarks`: recent and pinned places.

use crate::definitions::{keep, read};
use crate::device::Device;
use crate::message::{Bookmark, Failure, Reply};
use crate::session::Session;
use serde::{Deserialize, Serialize};

/// The record of the store.
const BOOKMARKS: &str = "bookmarks";

/// Most recent places kept.
const MOST_RECENT: usize = 30;

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// Newest first.
    recent: Vec<Bookmark>,
    /// In the order of pinning.
    pinned: Vec<Bookmark>,
}

impl Session {
    pub(crate) async fn visit(&self, bookmark: Bookmark) -> Result<Reply, Failure> {
        self.change_bookmarks(|kept| {
            kept.recent.retain(|other| other.address != bookmark.address);
            if let Some(pinned) = kept.pinned.iter_mut().find(|other| other.address == bookmark.address) {
                pinned.title.clone_from(&bookmark.title);
            }
            kept.recent.insert(0, bookmark);
            kept.recent.truncate(MOST_RECENT);
        })
        .await
    }

    pub(crate) async fn pin(&self, bookmark: Bookmark, is_pinned: bool) -> Result<Reply, Failure> {
        self.change_bookmarks(|kept| {
            kept.pinned.retain(|other| other.address != bookmark.address);
            if is_pinned {
                kept.pinned.push(bookmark);
            }
        })
        .await
    }

    pub(crate) async fn bookmarks(&self) -> Result<Reply, Failure> {
        let kept = kept(&*self.device()?).await?;
        Ok(Reply::Bookmarks { recent: kept.recent, pinned: kept.pinned })
    }

    async fn change_bookmarks(&self, change: impl FnOnce(&mut Kept)) -> Result<Reply, Failure> {
        let _one_at_a_time = self.changing.lock().await;
        let device = self.device()?;
        let mut kept = kept(&device).await?;
        change(&mut kept);
        keep(&device.store, BOOKMARKS, &kept).await?;
        Ok(Reply::Done(Vec::new()))
    }
}

async fn kept(device: &Device) -> Result<Kept, Failure> {
    Ok(read(&device.store, BOOKMARKS).await?.unwrap_or_default())
}
