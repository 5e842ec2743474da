//! What a user of a history does, and what it leaves in the journal, in words.

use super::entry;
use crate::{Engine, version_of_next};
use futures::executor::block_on;
use model::{
    Change, Columns, EntryId, EntryState, JournalEntry, ParkReason, Row, RowId, RowVersion, TableName, Value,
};
use std::collections::BTreeSet;
use std::rc::Rc;
use store::Store;

/// What a user does, through the store as the app does it.
pub struct Meanwhile {
    pub store: Rc<Store>,
    /// Texts written, with what the user saw there before.
    pub edits: Vec<(String, String)>,
}

impl Meanwhile {
    pub fn save(&mut self, engine: &Engine, key: &(TableName, RowId), column: &str, number: u128) {
        self.save_text(engine, key, column, number, "");
    }

    pub fn save_text(
        &mut self,
        engine: &Engine,
        key: &(TableName, RowId),
        column: &str,
        number: u128,
        end: &str,
    ) {
        let Some(row) = block_on(self.store.row(&key.0, key.1)).unwrap().map(|row| row.current) else {
            return;
        };
        let text = format!("{}{end}", text_of(number));
        self.edits.push((text.clone(), self::text(row.columns.get(column))));
        self.write(engine, &row, Columns::new().with(column, Value::Text(text)), number);
    }

    pub fn write(&mut self, engine: &Engine, row: &Row, columns: Columns, number: u128) {
        let key = (row.table.clone(), row.id);
        let before =
            columns.iter().map(|(name, _)| (name.clone(), row.columns.get(name.as_str()).clone())).collect();
        let version = self.version(engine, &key);
        self.append(number, vec![Change::Update { table: key.0, id: key.1, version, before, columns }]);
    }

    pub fn delete(&mut self, engine: &Engine, key: &(TableName, RowId), number: u128) {
        if block_on(self.store.row(&key.0, key.1)).unwrap().is_some() {
            let version = self.version(engine, key);
            self.append(number, vec![Change::Delete { table: key.0.clone(), id: key.1, version }]);
        }
    }

    fn version(&self, engine: &Engine, key: &(TableName, RowId)) -> Option<RowVersion> {
        let base = block_on(self.store.base_row(&key.0, key.1)).unwrap().and_then(|row| row.version);
        version_of_next(&self.store.journal(), key, base, engine.accepted_version(key))
    }

    pub fn append(&mut self, number: u128, changes: Vec<Change>) {
        let made = JournalEntry { id: EntryId::from_u128(number), ..entry(number, changes) };
        block_on(self.store.append(vec![made])).unwrap();
    }
}

pub fn text_of(number: u128) -> String {
    format!("mine {number}")
}

pub fn text(value: &Value) -> String {
    value.as_text().unwrap_or_default().to_owned()
}

pub fn texts(journal: &[JournalEntry]) -> BTreeSet<String> {
    journal.iter().flat_map(|entry| texts_of(entry, None)).collect()
}

/// The texts an entry writes, in one column or all.
pub fn texts_of(entry: &JournalEntry, only: Option<&str>) -> Vec<String> {
    let columns = entry.changes.iter().filter_map(|change| match change {
        Change::Create { columns, .. } | Change::Update { columns, .. } => Some(columns),
        Change::Delete { .. } => None,
    });
    let values = columns.flat_map(Columns::iter);
    let wanted = values.filter(|(column, _)| only.is_none_or(|only| column.as_str() == only));
    wanted.filter_map(|(_, value)| value.as_text().map(str::to_owned)).collect()
}

pub fn brief(entry: &JournalEntry) -> String {
    let change = |change: &Change| match change {
        Change::Create { id, .. } => format!("+{}", id.as_u128()),
        Change::Update { id, version, before, columns, .. } => {
            let on = version.map_or(-1, |version| version.0);
            let values = columns.iter().map(|(name, value)| {
                let before = before.has(name.as_str()).then(|| text(before.get(name.as_str())));
                format!("{name} {before:?}→{:?}", text(value))
            });
            format!("{}@{on} {}", id.as_u128(), values.collect::<Vec<_>>().join(" "))
        }
        Change::Delete { id, version, .. } => format!("-{}@{:?}", id.as_u128(), version.map(|it| it.0)),
    };
    let state = match &entry.state {
        EntryState::Waiting => if entry.was_sent { "doubtful" } else { "waits" }.to_owned(),
        EntryState::Accepted => "accepted".to_owned(),
        EntryState::Parked(ParkReason::Conflict { theirs, deleted, .. }) => {
            format!(
                "conflict {:?} {deleted}",
                theirs.iter().map(|(_, value)| text(value)).collect::<Vec<_>>()
            )
        }
        EntryState::Parked(ParkReason::Refused { .. }) => "refused".to_owned(),
        EntryState::Parked(reason) => format!("{reason:?}"),
    };
    let changes: Vec<String> = entry.changes.iter().map(change).collect();
    format!("{}[{state}: {}]", entry.id.as_u128(), changes.join("; "))
}
