//! `Request::Decide` and `Request::Dependants`: the user's decision on an entry, and what it takes along.

use crate::message::{Decision, Failure, Reply, Seen};
use crate::session::Session;
use model::{Columns, EntryId, EntryState, ParkReason};
use sales::{SalesError, WriteKind};
use sync::{Choice, Direction, plan_choice};

impl Session {
    pub(crate) async fn decide(
        &self,
        entry: EntryId,
        decision: Decision,
        seen: Option<Seen>,
    ) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let choice = match decision {
            Decision::Retry => Choice::Retry,
            Decision::KeepMine(columns) => Choice::KeepMine(columns),
            Decision::KeepTheirs => Choice::KeepTheirs,
            Decision::Write(values) => {
                self.check_values(entry, &values)?;
                Choice::Write(values)
            }
            Decision::DropRemoved => Choice::DropRemoved,
            Decision::Discard => Choice::Discard,
            Decision::SendEarlier | Decision::SendLater => {
                let is_earlier = decision == Decision::SendEarlier;
                let direction = if is_earlier { Direction::Earlier } else { Direction::Later };
                device.engine.reorder(entry, direction).await?;
                return Ok(Reply::Done(Vec::new()));
            }
        };
        let seen = seen.map(|seen| sync::Seen { state: seen.state, version: seen.version });
        device.engine.decide(entry, &choice, seen.as_ref(), &definitions.sync).await?;
        device.schedule.is_wanted.set(true);
        self.wake_driver();
        Ok(Reply::Done(Vec::new()))
    }

    /// What the user puts in the place of both sides must fit its columns.
    fn check_values(&self, entry: EntryId, values: &Columns) -> Result<(), Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let journal = device.store.journal();
        let state = journal.iter().find(|it| it.id == entry).map(|it| &it.state);
        let Some(EntryState::Parked(ParkReason::Conflict { table, .. })) = state else { return Ok(()) };
        let table = definitions.table(table)?;
        Ok(sales::validate(table, values, WriteKind::Update).map_err(SalesError::from)?)
    }

    pub(crate) fn dependants(&self, entry: EntryId) -> Result<Reply, Failure> {
        let plan = plan_choice(&self.device()?.store.journal(), entry, &Choice::Discard, None)?;
        Ok(Reply::Entries(plan.removed.into_iter().filter(|removed| *removed != entry).collect()))
    }
}
