//! `Request::Offline`: what is on the device, what is unsent, what is in conflict.

use crate::definitions::Definitions;
use crate::message::{ConflictView, EntryView, Failure, OfflineView, Reply, TableStatus};
use crate::session::Session;
use model::{Change, Columns, EntryState, JournalEntry, ParkReason, TableName};
use std::collections::BTreeMap;

impl Session {
    pub(crate) fn offline(&self) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let language = definitions.language();
        let counts: BTreeMap<TableName, u64> = device.store.counts().into_iter().collect();
        let tables = definitions.sync.tables.iter().map(|table| TableStatus {
            table: table.name.clone(),
            label: table.plural_label.text(language).to_owned(),
            rows: counts.get(&table.name).copied().unwrap_or(0),
            synced_at: device.store.cursor(&table.name).and_then(|cursor| cursor.synced_at),
        });
        let entries = device.store.journal().into_iter().map(|entry| EntryView {
            table_label: definitions.table_label(&entry.command.table),
            conflicts: conflicts(&entry, &definitions),
            entry,
        });
        Ok(Reply::Offline(OfflineView {
            sync: device.reporter.status(),
            tables: tables.collect(),
            entries: entries.collect(),
        }))
    }
}

/// What each side holds in the columns in conflict.
fn conflicts(entry: &JournalEntry, definitions: &Definitions) -> Vec<ConflictView> {
    let EntryState::Parked(ParkReason::Conflict { table, id, theirs, .. }) = &entry.state else {
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
    let view = |(column, theirs): (&model::ColumnName, &model::Value)| ConflictView {
        column: column.clone(),
        label: definitions.column_label(table, column),
        base: base.get(column.as_str()).clone(),
        mine: mine.get(column.as_str()).clone(),
        theirs: theirs.clone(),
    };
    theirs.iter().map(view).collect()
}
