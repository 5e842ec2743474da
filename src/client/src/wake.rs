//! `Request::SyncNow`, `Request::Wake` and `Request::Watch`: what the page tells without asking for anything.

use crate::message::{Failure, Reply, SyncPhase};
use crate::session::Session;
use model::TableName;

impl Session {
    /// The user wants everything checked, the definitions too, without waiting for the end of a pause.
    pub(crate) async fn sync_now(&self) -> Result<Reply, Failure> {
        let device = self.device()?;
        if device.definitions().is_ok() && !device.is_started() {
            device.start(std::collections::BTreeSet::new()).await?;
        }
        device.schedule.is_online.set(true);
        device.leave_plan();
        device.schedule.is_wanted.set(true);
        device.schedule.wants_definitions.set(true);
        device.schedule.not_before.set(None);
        self.wake_driver();
        Ok(Reply::Done(Vec::new()))
    }

    /// The network came or went, or the page got the focus.
    pub(crate) fn wake(&self, is_online: bool) -> Result<Reply, Failure> {
        let device = self.device()?;
        let was_online = device.schedule.is_online.replace(is_online);
        if is_online {
            device.schedule.is_wanted.set(true);
            let is_offline = device.reporter.status().phase == SyncPhase::Offline;
            if !was_online || is_offline {
                device.schedule.not_before.set(None);
                device.schedule.failures.set(0);
            }
        } else {
            // What the network did while there was one explains nothing any more.
            device.reporter.forget_network_problem();
            device.reporter.set_phase(SyncPhase::Offline);
        }
        self.wake_driver();
        Ok(Reply::Done(Vec::new()))
    }

    pub(crate) fn watch(&self, tables: Vec<TableName>) -> Result<Reply, Failure> {
        self.device()?.reporter.watch(tables);
        Ok(Reply::Done(Vec::new()))
    }
}
