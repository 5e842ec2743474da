//! `Request::SignIn`: the code becomes tokens, the user becomes known, the definitions come.

use crate::definitions::{keep, read};
use crate::device::Device;
use crate::message::{Failure, FailureKind, Reply, SyncPhase};
use crate::open::opened;
use crate::session::Session;
use model::UserProfile;
use sync::SignInCode;

/// The record of the code that brought the tokens. It is good for nothing any more.
const USED_CODE: &str = "used-code";

impl Session {
    pub(crate) async fn sign_in(&self, code: SignInCode) -> Result<Reply, Failure> {
        let _one_at_a_time = self.changing.lock().await;
        let device = self.device()?;
        // A sync would send the former user's changes under the new user's name.
        let _no_sync = self.pause_sync().await;
        let known = device.definitions().ok().map(|definitions| definitions.profile.clone());
        // Should the rest fail, the next sync asks whose tokens these are before it sends anything.
        device.schedule.wants_definitions.set(true);
        // Asked again because the answer was lost: the code is used up and the tokens are here.
        let used: Option<String> = read(&device.store, USED_CODE).await?;
        let is_repeated = used.as_ref() == Some(&code.code) && device.connection.is_signed_in();
        if !is_repeated {
            device.connection.sign_in(&code).await?;
            keep(&device.store, USED_CODE, &code.code).await?;
        }
        let user = device.fetch_profile().await?;
        if let Some(known) = known.filter(|known| known.user != user.user) {
            self.change_user(&device, &known).await?;
            keep(&self.device()?.store, USED_CODE, &code.code).await?;
        }
        let device = self.device()?;
        device.fetch_definitions(user).await?;
        device.note_definitions(self.parts.clock.now()).await?;
        device.schedule.is_wanted.set(true);
        device.schedule.not_before.set(None);
        if !device.is_started() {
            // Nothing is fetched before the user has seen what will come.
            device.reporter.set_phase(SyncPhase::Planned);
        } else {
            device.rest();
        }
        self.wake_driver();
        self.tell_renewed();
        Ok(Reply::Opened(opened(&device, &[])))
    }

    /// Another user signs in on this device: the former one's rows leave, but never unsent work.
    async fn change_user(&self, device: &Device, known: &UserProfile) -> Result<(), Failure> {
        let _no_command = self.executing.lock().await;
        if device.store.has_unsent() {
            device.connection.sign_out().await?;
            device.reporter.set_phase(SyncPhase::SignInNeeded);
            let message = format!(
                "this device holds unsent changes of {}; they have to sign in and sync, or discard them",
                known.full_name
            );
            return Err(Failure::new(FailureKind::UnsentWork, message));
        }
        let tokens = device.connection.tokens();
        self.empty_device(device, false).await?;
        Ok(self.device()?.connection.take_over(tokens).await?)
    }
}
