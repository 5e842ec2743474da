//! `Request::SignOut`: tokens and rows leave the device.

use crate::device::Device;
use crate::message::{Event, Failure, FailureKind, Reply, Unsent};
use crate::open::opened;
use crate::session::Session;
use futures::future::select;
use futures::lock::MutexGuard;
use std::rc::Rc;

/// So long, in milliseconds, a sync at hand may still take.
const GRACE_MILLISECONDS: u64 = 5_000;

impl Session {
    pub(crate) async fn sign_out(&self, discard_unsent: bool) -> Result<Reply, Failure> {
        let _one_at_a_time = self.changing.lock().await;
        let device = self.device()?;
        if !discard_unsent {
            refuse_unsent(&device).await?;
        }
        self.settle_sync().await;
        let _no_sync = self.pause_sync().await;
        // Until the device is empty nothing is saved: what came before is seen here, what comes after finds nobody signed in.
        let _no_command = self.executing.lock().await;
        if !discard_unsent {
            refuse_unsent(&device).await?;
        }
        self.empty_device(&device, discard_unsent).await?;
        self.tell_renewed();
        Ok(Reply::SignedOut)
    }

    /// Lets the sync at hand come to its end, so that nothing is cut off while it is written; one that takes long waits for
    /// the network.
    async fn settle_sync(&self) {
        let grace = self.parts.clock.sleep(GRACE_MILLISECONDS);
        drop(select(self.syncing.lock(), grace).await);
    }

    /// Ends the sync at hand and keeps the next one from starting. What was sent without an answer is sent again later.
    pub(crate) async fn pause_sync(&self) -> MutexGuard<'_, ()> {
        if let Some(abort) = self.abort.borrow_mut().take() {
            abort.abort();
        }
        self.syncing.lock().await
    }

    /// Tells every tab who is signed in now.
    pub(crate) fn tell_renewed(&self) {
        if let Ok(device) = self.device() {
            self.parts.events.emit(Event::Renewed(Box::new(opened(&device, &[]))));
        }
    }

    /// Empties the database and opens it anew; no sync and no command may run meanwhile. Fails, and leaves everything as it
    /// is, when another tab has saved something that would be lost.
    pub(crate) async fn empty_device(&self, device: &Device, discard_unsent: bool) -> Result<(), Failure> {
        if discard_unsent {
            device.store.clear().await?;
        } else {
            device.store.clear_sent().await?;
        }
        device.connection.sign_out().await?;
        let fresh = Device::open(&device.server, &self.parts).await?;
        self.device.replace(Some(Rc::new(fresh)));
        Ok(())
    }
}

/// Fails while something would be lost.
async fn refuse_unsent(device: &Device) -> Result<(), Failure> {
    let Unsent { changes, drafts, .. } = device.unsent().await?;
    if changes == 0 && drafts == 0 {
        return Ok(());
    }
    let message = format!(
        "{changes} changes have not reached the server and {drafts} forms are not saved; sync first, or discard them"
    );
    Err(Failure::new(FailureKind::UnsentWork, message))
}
