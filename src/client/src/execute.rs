//! `Request::Execute`: commands become journal entries, in one strict transaction.

use crate::definitions::Definitions;
use crate::device::Device;
use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{Change, Columns, Command, EntryId, EntryState, JournalEntry, Row, RowId, TableName};
use sales::{Situation, plan_command};
use std::collections::BTreeSet;
use store::StoreError;
use sync::{UNSEEN, version_of_next};

/// How often commands are planned when another tab keeps writing.
const ATTEMPTS: usize = 3;

/// What of a request is safe on the device.
#[derive(Default)]
struct Kept {
    rows: Vec<RowId>,
    tables: BTreeSet<TableName>,
}

impl Session {
    pub(crate) async fn execute(
        &self,
        id: EntryId,
        commands: Vec<Command>,
        seen: &Columns,
    ) -> Result<Reply, Failure> {
        // One after the other: a repeated request finds what the first one wrote.
        let _one_at_a_time = self.executing.lock().await;
        let device = self.device()?;
        let rows: Vec<RowId> = commands.iter().map(|command| command.id).collect();
        let mut kept = Kept::default();
        let mut done = Ok(false);
        for _ in 0..ATTEMPTS {
            done = self.carry_out(id, &commands, seen, &device, &mut kept).await;
            if done != Ok(false) {
                break;
            }
        }
        // Also when something failed later: what is kept is on its way.
        device.reporter.rows_changed(&device.store.with_derived(std::mem::take(&mut kept.tables)));
        device.reporter.tell();
        self.wake_driver();
        match done {
            Ok(true) => Ok(Reply::Done(rows)),
            Ok(false) => Err(Failure { saved: kept.rows, ..Failure::from(StoreError::ChangedElsewhere) }),
            Err(failure) => Err(Failure { saved: kept.rows, ..failure }),
        }
    }

    /// False when another tab has written meanwhile, and what is not kept yet has to be planned on that.
    async fn carry_out(
        &self,
        request: EntryId,
        commands: &[Command],
        seen: &Columns,
        device: &Device,
        kept: &mut Kept,
    ) -> Result<bool, Failure> {
        kept.rows.clear();
        let definitions = device.definitions()?;
        let units_below = definitions.units_below(&device.store).await?;
        let mut entries: Vec<JournalEntry> = Vec::new();
        for (id, command) in (0..).map(|place| entry_id(request, place)).zip(commands) {
            if device.store.was_appended(id).await? {
                kept.rows.push(command.id);
                continue;
            }
            // A row touched by an earlier command of this request must be read with it.
            if touches(&entries, &command.table, command.id) && !append(device, &mut entries, kept).await? {
                return Ok(false);
            }
            let mut entry = self.plan_entry(id, command.clone(), device, &definitions, &units_below).await?;
            build_on_seen(&mut entry, seen);
            if !entry.changes.is_empty() {
                entries.push(entry);
            }
        }
        if !append(device, &mut entries, kept).await? {
            return Ok(false);
        }
        // What the server refused is put right by saving its row again.
        match device.engine.amend(&definitions.sync).await {
            // It is kept; the next one puts it right.
            Ok(()) | Err(StoreError::ChangedElsewhere) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    async fn plan_entry(
        &self,
        id: EntryId,
        mut command: Command,
        device: &Device,
        definitions: &Definitions,
        units_below: &[RowId],
    ) -> Result<JournalEntry, Failure> {
        let table = definitions.table(&command.table)?;
        let stored = device.store.row(&command.table, command.id).await?;
        let row: Option<&Row> = stored.as_ref().map(|stored| &stored.current);
        let now = self.parts.clock.now();
        let situation = Situation {
            metadata: definitions.metadata(),
            table,
            row,
            user: &definitions.profile,
            units_below,
            now,
        };
        let mut changes = plan_command(&command, &situation)?;
        for change in &mut changes.0 {
            let key = (change.table().clone(), change.id());
            if let Change::Update { version, .. } | Change::Delete { version, .. } = change
                && !device.store.pending(&key.0, key.1).is_empty()
            {
                let accepted = device.engine.accepted_version(&key);
                *version = version_of_next(&device.store.journal(), &key, *version, accepted);
            }
        }
        if command.subject.is_empty() {
            let mut after = row.map_or_else(Columns::new, |row| row.columns.clone());
            if let Some(Change::Create { columns, .. } | Change::Update { columns, .. }) =
                changes.iter().find(|change| change.id() == command.id)
            {
                after.extend(columns);
            }
            command.subject = Definitions::row_name(table, &after);
        }
        Ok(JournalEntry {
            id,
            sequence: 0,
            command,
            changes,
            made_at: now,
            state: EntryState::Waiting,
            was_sent: false,
            sent_with: None,
            versions: Vec::new(),
        })
    }
}

/// False when another tab has written since the entries were planned.
async fn append(device: &Device, entries: &mut Vec<JournalEntry>, kept: &mut Kept) -> Result<bool, Failure> {
    if entries.is_empty() {
        return Ok(true);
    }
    let appended = match device.store.append_planned(std::mem::take(entries)).await {
        Err(StoreError::ChangedElsewhere) => return Ok(false),
        appended => appended?,
    };
    for entry in appended {
        kept.rows.push(entry.command.id);
        kept.tables.extend(entry.changes.iter().map(|change| change.table().clone()));
    }
    Ok(true)
}

/// A column that changed under the user's hands is compared with what the user saw: without a version the change is merged before
/// it is sent, and what both sides changed is a conflict.
fn build_on_seen(entry: &mut JournalEntry, seen: &Columns) {
    let JournalEntry { command, changes, .. } = entry;
    for change in &mut changes.0 {
        if (change.table(), change.id()) != (&command.table, command.id) {
            continue;
        }
        let Change::Update { version, before, .. } = change else { continue };
        for (column, value) in seen.iter() {
            let name = column.as_str();
            if before.has(name) && !before.get(name).is_same(value) {
                before.set(column.clone(), value.clone());
                *version = Some(UNSEEN);
            }
        }
    }
}

/// The id of the entry that a request's command becomes: the same whenever the request is asked.
fn entry_id(request: EntryId, place: u128) -> EntryId {
    EntryId::from_u128(request.as_u128().wrapping_add(place))
}

fn touches(entries: &[JournalEntry], table: &TableName, id: RowId) -> bool {
    let mut changes = entries.iter().flat_map(|entry| entry.changes.iter());
    changes.any(|change| change.table() == table && change.id() == id)
}
