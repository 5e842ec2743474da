//! Short ways to write journals in tests.

pub mod faults;
pub mod history;
mod script;
pub mod server;
mod stock;
pub mod wire;
mod work;

pub use script::Bench;

use model::{
    Change, ChangeSet, Columns, Command, EntryId, EntryState, JournalEntry, Label, Ownership, ParkReason,
    Reference, Row, RowId, RowVersion, Table, TableName, Timestamp, Value,
};

fn table() -> TableName {
    "account".into()
}

/// An entry of the journal; its number is also its place.
pub fn entry(number: u128, changes: Vec<Change>) -> JournalEntry {
    let id = changes.first().map_or(RowId::from_u128(0), Change::id);
    JournalEntry {
        id: EntryId::from_u128(number),
        sequence: u64::try_from(number).unwrap(),
        command: Command {
            name: "save".into(),
            table: table(),
            id,
            subject: String::new(),
            parameters: Columns::new(),
        },
        changes: ChangeSet(changes),
        made_at: Timestamp::from_milliseconds(0),
        state: EntryState::Waiting,
        was_sent: false,
        sent_with: None,
        versions: Vec::new(),
    }
}

/// The entry, refused by the server.
pub fn parked(mut entry: JournalEntry) -> JournalEntry {
    entry.state = EntryState::Parked(ParkReason::Refused {
        status: 400,
        code: "0x80040203".to_owned(),
        message: "no".to_owned(),
    });
    entry
}

/// A new row.
pub fn create(row: u128) -> Change {
    Change::Create { table: table(), id: RowId::from_u128(row), columns: Columns::new() }
}

/// A new row that points to another.
pub fn refers_to(row: u128, target: u128) -> Change {
    let reference = Reference { table: table(), id: RowId::from_u128(target), name: None };
    Change::Create {
        table: table(),
        id: RowId::from_u128(row),
        columns: Columns::new().with("parentaccountid", Value::Reference(reference)),
    }
}

/// A new name, from `a` to `b` on version 1.
pub fn update(row: u128) -> Change {
    rename(row, 1, "a", "b")
}

/// A new name.
pub fn rename(row: u128, version: i64, before: &str, name: &str) -> Change {
    let text = |text: &str| Columns::new().with("name", Value::Text(text.to_owned()));
    Change::Update {
        table: table(),
        id: RowId::from_u128(row),
        version: (version != 0).then_some(RowVersion(version)),
        before: text(before),
        columns: text(name),
    }
}

/// The row's key.
pub fn key(row: u128) -> (TableName, RowId) {
    (table(), RowId::from_u128(row))
}

/// The row as the server holds it.
pub fn base(row: u128, version: i64, name: &str) -> Row {
    Row {
        table: table(),
        id: RowId::from_u128(row),
        version: Some(RowVersion(version)),
        columns: Columns::new().with("name", Value::Text(name.to_owned())),
    }
}

/// A table without columns.
pub fn table_definition(name: &str) -> Table {
    Table {
        name: name.into(),
        set_name: format!("{name}s"),
        primary_id: format!("{name}id").as_str().into(),
        primary_name: "name".into(),
        object_type_code: 1,
        ownership: Ownership::User,
        is_activity: false,
        is_available_offline: true,
        has_quick_create: false,
        icon: String::new(),
        label: Label::default(),
        plural_label: Label::default(),
        description: Label::default(),
        columns: Vec::new(),
        states: Vec::new(),
        relationships: Vec::new(),
        keys: Vec::new(),
        ..Table::default()
    }
}

/// A row goes.
pub fn delete(row: u128) -> Change {
    Change::Delete { table: table(), id: RowId::from_u128(row), version: Some(RowVersion(1)) }
}
