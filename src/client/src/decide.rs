//! `Request::Decide`: the user's decision on an entry.

use crate::message::{Decision, Failure, Reply};
use crate::session::Session;
use model::EntryId;
use sync::Choice;

impl Session {
    pub(crate) async fn decide(&self, entry: EntryId, decision: Decision) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let choice = match decision {
            Decision::Retry => Choice::Retry,
            Decision::KeepMine(columns) => Choice::KeepMine(columns),
            Decision::KeepTheirs => Choice::KeepTheirs,
            Decision::DropRemoved => Choice::DropRemoved,
            Decision::Discard => Choice::Discard,
        };
        device.engine.decide(entry, &choice, &definitions.sync).await?;
        device.schedule.is_wanted.set(true);
        self.wake_driver();
        Ok(Reply::Done(Vec::new()))
    }
}
