//! `Request::Row`: one row for a form, with what the user may do with it.

use crate::message::{Failure, Reply, RowView};
use crate::session::Session;
use model::{EntryState, RowId, TableName};
use sales::Situation;

impl Session {
    pub(crate) async fn row(&self, table: &TableName, id: RowId) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        definitions.table(table)?;
        let Some(stored) = device.store.row(table, id).await? else { return Ok(Reply::Row(None)) };
        // One of all activities is answered as the appointment, task, … that it is.
        let table = &stored.current.table;
        let definition = definitions.table(table)?;
        let units_below = definitions.units_below(&device.store).await?;
        let situation = Situation {
            metadata: definitions.metadata(),
            table: definition,
            row: Some(&stored.current),
            user: &definitions.profile,
            units_below: &units_below,
            now: self.parts.clock.now(),
        };
        let commands = sales::commands_for(&situation).into_iter().map(|name| name.0).collect();
        let editable = sales::is_editable(&situation);
        let pending = device.store.pending(table, id);
        let journal = device.store.journal();
        let needs_attention = journal
            .iter()
            .any(|entry| pending.contains(&entry.id) && matches!(entry.state, EntryState::Parked(_)));
        Ok(Reply::Row(Some(RowView {
            table: table.clone(),
            id,
            version: stored.base.and_then(|row| row.version),
            columns: stored.current.columns,
            pending: u32::try_from(pending.len()).unwrap_or(u32::MAX),
            needs_attention,
            commands,
            editable,
        })))
    }
}
