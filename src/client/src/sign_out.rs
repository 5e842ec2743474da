//! `Request::SignOut`: tokens and rows leave the device.

use crate::device::Device;
use crate::message::{Failure, FailureKind, Reply};
use crate::session::Session;
use futures::lock::MutexGuard;
use std::rc::Rc;

impl Session {
    pub(crate) async fn sign_out(&self, discard_unsent: bool) -> Result<Reply, Failure> {
        let _one_at_a_time = self.changing.lock().await;
        let device = self.device()?;
        let unsent = device.store.journal().len();
        if unsent > 0 && !discard_unsent {
            let message =
                format!("{unsent} changes have not reached the server; sync first, or discard them");
            return Err(Failure::new(FailureKind::UnsentWork, message));
        }
        let _no_sync = self.pause_sync().await;
        self.empty_device(&device).await?;
        Ok(Reply::SignedOut)
    }

    /// Ends the sync at hand and keeps the next one from starting. What was sent without an answer is sent again later.
    pub(crate) async fn pause_sync(&self) -> MutexGuard<'_, ()> {
        if let Some(abort) = self.abort.borrow_mut().take() {
            abort.abort();
        }
        self.syncing.lock().await
    }

    /// Empties the database and opens it anew; no sync may run meanwhile.
    pub(crate) async fn empty_device(&self, device: &Device) -> Result<(), Failure> {
        device.connection.sign_out().await?;
        device.store.clear().await?;
        let fresh = Device::open(&device.server, &self.parts).await?;
        self.device.replace(Some(Rc::new(fresh)));
        Ok(())
    }
}
