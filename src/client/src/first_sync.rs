//! `Request::FirstSync` and `Request::StartFirstSync`: what will be brought to the device, shown before it comes, and what
//! of it the user leaves for later.

use crate::device::Device;
use crate::message::{Failure, FirstSyncView, PlannedView, Reply, SyncPhase};
use crate::session::Session;
use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

impl Session {
    pub(crate) fn first_sync(&self) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let plan = &definitions.plan;
        let counts: BTreeMap<TableName, u64> = device.store.counts().into_iter().collect();
        let language = definitions.language();
        let tables = plan.tables.iter().filter_map(|planned| {
            let table = definitions.table(&planned.table).ok()?;
            Some(PlannedView {
                label: table.plural_label.text(language).to_owned(),
                rows: planned.rows,
                bytes: planned.bytes,
                rows_here: counts.get(&planned.table).copied().unwrap_or(0),
                is_left_out: plan.left_out.contains(&planned.table),
                is_needed: query::is_always_carried(&planned.table),
                files: planned.files,
                table: planned.table.clone(),
            })
        });
        Ok(Reply::FirstSync(FirstSyncView {
            profile: plan.profile.as_ref().map(|profile| profile.name.clone()),
            tables: tables.collect(),
            is_started: device.is_started(),
        }))
    }

    pub(crate) async fn start_first_sync(&self, leave_out: Vec<TableName>) -> Result<Reply, Failure> {
        let device = self.device()?;
        device.start(leave_out.into_iter().collect()).await?;
        device.leave_plan();
        device.schedule.is_wanted.set(true);
        device.schedule.not_before.set(None);
        self.wake_driver();
        Ok(Reply::Done(Vec::new()))
    }
}

impl Device {
    /// True once the user has seen what will come and wants it, or some of it is here already.
    pub(crate) fn is_started(&self) -> bool {
        let Ok(definitions) = self.definitions() else { return false };
        let has_begun =
            || definitions.sync.tables.iter().any(|table| self.store.cursor(&table.name).is_some());
        definitions.plan.is_started || has_begun()
    }

    /// The question is answered: from now on the status tells of the sync, or that there is no network for it.
    pub(crate) fn leave_plan(&self) {
        if self.reporter.status().phase == SyncPhase::Planned {
            self.rest();
        }
    }

    /// The user wants what is planned, but for some tables.
    pub(crate) async fn start(&self, leave_out: BTreeSet<TableName>) -> Result<(), Failure> {
        let definitions = self.definitions()?;
        let mut plan = definitions.plan.clone();
        plan.left_out = leave_out;
        // What rules and screens need comes in any case.
        plan.left_out.retain(|table| !query::is_always_carried(table));
        plan.is_started = true;
        if plan == definitions.plan {
            return Ok(());
        }
        Ok(self.take_user(definitions.profile.clone(), plan).await?)
    }
}
