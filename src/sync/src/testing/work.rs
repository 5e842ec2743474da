//! What a user of a history does, and what it leaves in the journal, in words.

use super::entry;
use crate::{Engine, version_of_next};
use futures::executor::block_on;
use model::{
    Change, Columns, EntryId, EntryState, JournalEntry, ParkReason, Row, RowId, RowVersion, TableName, Value,
};
use std::collections::BTreeSet;
use std::rc::Rc;
use store::{Store, StoreError};

/// What a user does, through the store as the app does it.
pub struct Meanwhile {
    pub store: Rc<Store>,
    /// Texts written, with what the user saw there before.
    pub edits: Vec<(String, String)>,
    /// Rows deleted, as the user saw them.
    pub deleted: Vec<(EntryId, Row)>,
    /// Another tab has written meanwhile: the command has to be planned again.
    pub is_outdated: bool,
}

/// A row by its table and id.
pub type Key = (TableName, RowId);

impl Meanwhile {
    pub fn new(store: &Rc<Store>) -> Self {
        Self { store: Rc::clone(store), edits: Vec::new(), deleted: Vec::new(), is_outdated: false }
    }

    pub fn row(&self, key: &Key) -> Option<Row> {
        block_on(self.store.row(&key.0, key.1)).unwrap().map(|row| row.current)
    }

    /// Writes a text; true when it was acknowledged.
    pub fn save(&mut self, engine: &Engine, key: &Key, column: &str, number: u128, end: &str) -> bool {
        let Some(row) = self.row(key) else { return false };
        let text = format!("{}{end}", text_of(number));
        self.write(engine, "save", vec![(row, Columns::new().with(column, Value::Text(text)))], number)
    }

    /// One command that changes some rows.
    pub fn write(&mut self, engine: &Engine, name: &str, rows: Vec<(Row, Columns)>, number: u128) -> bool {
        let (mut changes, mut edits) = (Vec::new(), Vec::new());
        for (row, columns) in rows {
            let key = (row.table.clone(), row.id);
            let before =
                columns.iter().map(|(name, _)| (name.clone(), row.columns.get(name.as_str()).clone()));
            let before = before.collect();
            edits.extend(
                columns.iter().map(|(name, value)| (text(value), text(row.columns.get(name.as_str())))),
            );
            let version = self.version(engine, &key);
            changes.push(Change::Update { table: key.0, id: key.1, version, before, columns });
        }
        let is_done = self.append(name, number, changes);
        self.edits.extend(edits.into_iter().filter(|(new, _)| is_done && !new.is_empty()));
        is_done
    }

    pub fn create(&mut self, name: &str, key: &Key, columns: Columns, number: u128) -> bool {
        let edits: Vec<_> =
            columns.iter().filter_map(|(_, value)| value.as_text().map(str::to_owned)).collect();
        let is_done =
            self.append(name, number, vec![Change::Create { table: key.0.clone(), id: key.1, columns }]);
        self.edits.extend(edits.into_iter().filter(|_| is_done).map(|new| (new, String::new())));
        is_done
    }

    pub fn delete(&mut self, engine: &Engine, key: &Key, number: u128) -> bool {
        let Some(row) = self.row(key) else { return false };
        let version = self.version(engine, key);
        let change = Change::Delete { table: key.0.clone(), id: key.1, version };
        let is_done = self.append("delete", number, vec![change]);
        if is_done {
            self.deleted.push((EntryId::from_u128(number), row));
        }
        is_done
    }

    fn version(&self, engine: &Engine, key: &Key) -> Option<RowVersion> {
        let base = block_on(self.store.base_row(&key.0, key.1)).unwrap().and_then(|row| row.version);
        version_of_next(&self.store.journal(), key, base, engine.accepted_version(key))
    }

    /// As the app does it: a request that comes a second time finds what the first one wrote.
    fn append(&mut self, name: &str, number: u128, changes: Vec<Change>) -> bool {
        let id = EntryId::from_u128(number);
        if block_on(self.store.was_appended(id)).unwrap() {
            return false;
        }
        let mut made = JournalEntry { id, ..entry(number, changes) };
        made.command.name = name.into();
        let appended = block_on(self.store.append_planned(vec![made]));
        self.is_outdated = appended == Err(StoreError::ChangedElsewhere);
        assert!(appended.is_ok() || self.is_outdated, "{appended:?}");
        appended.is_ok()
    }
}

pub fn text_of(number: u128) -> String {
    format!("mine {number}")
}

/// A value in words; every deed writes another one.
pub fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Choice(number) => format!("stage {number}"),
        Value::Reference(to) if to.table.as_str() == "systemuser" => format!("owner {}", to.id.as_u128()),
        _ => String::new(),
    }
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
    wanted.map(|(_, value)| text(value)).filter(|text| !text.is_empty()).collect()
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
