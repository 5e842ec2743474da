//! `Request::Offline`: what is on the device, what is unsent, what is in conflict.

use crate::definitions::Definitions;
use crate::device::Device;
use crate::message::{
    ChangedColumn, ConflictView, EntryView, Failure, OfflineView, Reply, TableStatus, UnreadableView,
};
use crate::session::Session;
use model::Timestamp;
use model::{Change, ColumnName, Columns, EntryState, JournalEntry, ParkReason, TableName, Value, Writable};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::SetAside;
use sync::{Direction, plan_reorder};

impl Session {
    pub(crate) async fn offline(&self) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let language = definitions.language();
        let counts: BTreeMap<TableName, u64> = device.store.counts().into_iter().collect();
        let left_out = &definitions.plan.left_out;
        let others = left_out.iter().filter_map(|name| definitions.table(name).ok().map(|table| &**table));
        let carried = definitions.sync.tables.iter().map(|table| &**table);
        let tables = carried.chain(others).map(|table| TableStatus {
            is_left_out: left_out.contains(&table.name),
            table: table.name.clone(),
            label: table.plural_label.text(language).to_owned(),
            rows: counts.get(&table.name).copied().unwrap_or(0),
            synced_at: device.store.cursor(&table.name).and_then(|cursor| cursor.synced_at),
        });
        let tables = tables.collect();
        let journal = device.store.journal();
        let mut entries = Vec::with_capacity(journal.len());
        for entry in &journal {
            let can_go = |direction| plan_reorder(&journal, entry.id, direction).is_ok();
            entries.push(EntryView {
                can_go_earlier: can_go(Direction::Earlier),
                can_go_later: can_go(Direction::Later),
                ..entry_view(entry.clone(), &device, &definitions).await?
            });
        }
        let unreadable = device.store.set_aside().into_iter().map(unreadable_view).collect();
        Ok(Reply::Offline(OfflineView { sync: device.reporter.status(), tables, entries, unreadable }))
    }
}

/// As much as can be read of an entry that cannot be read.
fn unreadable_view(aside: SetAside) -> UnreadableView {
    #[derive(Default, Deserialize)]
    struct Readable {
        #[serde(default)]
        command: Subject,
        made_at: Option<Timestamp>,
    }
    #[derive(Default, Deserialize)]
    struct Subject {
        #[serde(default)]
        subject: String,
    }
    let Readable { command, made_at } = serde_json::from_slice(&aside.content).unwrap_or_default();
    UnreadableView { key: aside.key, reason: aside.reason, subject: command.subject, made_at }
}

/// An entry with the names and labels that its words need.
pub(crate) async fn entry_view(
    entry: JournalEntry,
    device: &Device,
    definitions: &Definitions,
) -> Result<EntryView, Failure> {
    let command = &entry.command;
    let has_row = match definitions.table(&command.table) {
        Ok(_) => device.store.row(&command.table, command.id).await?.is_some(),
        Err(_) => false,
    };
    let owner = match command.parameters.get("ownerid") {
        Value::Reference(owner) if command.name.as_str() == "assign" => match &owner.name {
            Some(name) => Some(name.clone()),
            None => name_of(&owner.table, owner.id, device, definitions).await?,
        },
        _ => None,
    };
    // Of a conflict in columns, what they hold says enough; a deletion concerns the row as it is.
    let version = match &entry.state {
        EntryState::Parked(ParkReason::Conflict { table, id, theirs, deleted: false })
            if theirs.is_empty() && definitions.table(table).is_ok() =>
        {
            device.store.base_row(table, *id).await?.and_then(|row| row.version)
        }
        _ => None,
    };
    Ok(EntryView {
        version,
        can_go_earlier: false,
        can_go_later: false,
        table_label: definitions.table_label(&command.table),
        owner,
        columns: changed_columns(&entry, definitions),
        has_row,
        conflicts: conflicts(&entry, definitions),
        entry,
    })
}

async fn name_of(
    table: &TableName,
    id: model::RowId,
    device: &Device,
    definitions: &Definitions,
) -> Result<Option<String>, Failure> {
    let Ok(definition) = definitions.table(table) else { return Ok(None) };
    let row = device.store.row(table, id).await?;
    let name = row.map(|row| Definitions::row_name(definition, &row.current.columns));
    Ok(name.filter(|name| !name.is_empty()))
}

/// What the user wrote into the command's row. What follows from it, and what every new row has, is left out.
fn changed_columns(entry: &JournalEntry, definitions: &Definitions) -> Vec<ChangedColumn> {
    let (table, id) = (&entry.command.table, entry.command.id);
    let definition = definitions.table(table).ok();
    let is_written = |column: &ColumnName| {
        let found = definition.and_then(|table| table.column(column.as_str()));
        found.is_none_or(|column| column.writable != Writable::Never)
    };
    let mut found = Vec::new();
    for change in entry.changes.iter().filter(|change| (change.table(), change.id()) == (table, id)) {
        let (before, after) = match change {
            Change::Create { .. } => (Columns::new(), entry.command.parameters.clone()),
            Change::Update { before, columns, .. } => (before.clone(), columns.clone()),
            Change::Delete { .. } => continue,
        };
        for (column, value) in after.iter().filter(|(column, _)| is_written(column)) {
            let old = before.get(column.as_str());
            if sync::is_same(old, value) {
                continue;
            }
            found.push(ChangedColumn {
                column: column.clone(),
                label: definitions.column_label(table, column),
                before: old.clone(),
                after: value.clone(),
            });
        }
    }
    found
}

/// What each side holds in the columns in conflict; of a row that is gone, what would be written into it.
fn conflicts(entry: &JournalEntry, definitions: &Definitions) -> Vec<ConflictView> {
    let EntryState::Parked(ParkReason::Conflict { table, id, theirs, deleted }) = &entry.state else {
        return Vec::new();
    };
    let mut base = Columns::new();
    let mut mine = Columns::new();
    for change in entry.changes.iter().filter(|change| (change.table(), change.id()) == (table, *id)) {
        if let Change::Update { before, columns, .. } = change {
            base.extend(before);
            mine.extend(columns);
        }
    }
    let is_written = |column: &ColumnName| {
        let found = definitions.table(table).ok().and_then(|table| table.column(column.as_str()));
        found.is_some_and(|column| column.writable != Writable::Never)
    };
    let view = |column: &ColumnName| ConflictView {
        column: column.clone(),
        label: definitions.column_label(table, column),
        base: base.get(column.as_str()).clone(),
        mine: mine.get(column.as_str()).clone(),
        theirs: theirs.get(column.as_str()).clone(),
    };
    if *deleted {
        return mine.iter().map(|(column, _)| column).filter(|column| is_written(column)).map(view).collect();
    }
    theirs.iter().map(|(column, _)| view(column)).collect()
}
