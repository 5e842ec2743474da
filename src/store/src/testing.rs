//! What tests of this crate share: tables with every kind of column, rows.

pub use model::testing::Choices;
use model::{
    BooleanOptions, Cascades, Change, ChangeSet, Column, ColumnKind, Columns, Command, Date, DateBehavior,
    DateFormat, Decimal, EntryId, EntryState, JournalEntry, Label, LookupStyle, Ownership, Party, Reference,
    RowId, Table, TableName, Timestamp, Value,
};
use std::sync::Arc;

pub fn kinds() -> Vec<(&'static str, ColumnKind)> {
    let date = |behavior| ColumnKind::DateTime { behavior, format: DateFormat::Date };
    let lookup =
        |target: &str| ColumnKind::Lookup { targets: vec![target.into()], style: LookupStyle::Simple };
    vec![
        ("thingid", ColumnKind::UniqueId),
        ("name", ColumnKind::Text { format: model::TextFormat::Plain, max_length: 100 }),
        ("stage", ColumnKind::Text { format: model::TextFormat::Plain, max_length: 100 }),
        ("description", ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 2000 }),
        ("amount", ColumnKind::BaseMoney { of: "amount".into() }),
        ("rate", ColumnKind::BaseMoney { of: "amount".into() }),
        ("minutes", ColumnKind::BigInteger),
        ("latitude", ColumnKind::Float { precision: 5, min: -90.0, max: 90.0 }),
        ("statecode", ColumnKind::State),
        ("donotphone", ColumnKind::Boolean(BooleanOptions::default())),
        ("due", date(DateBehavior::DateOnly)),
        ("createdon", date(DateBehavior::UserLocal)),
        ("processid", ColumnKind::UniqueId),
        ("parentid", lookup("thing")),
        ("ownerid", lookup("person")),
        ("tags", ColumnKind::Choices { options: vec![] }),
        ("attendees", ColumnKind::PartyList { targets: vec![], participation: 5 }),
    ]
}

pub fn table(name: &str) -> Arc<Table> {
    let columns = kinds().into_iter().map(|(column, kind)| Column {
        name: column.into(),
        kind,
        required: model::Requirement::None,
        writable: model::Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    });
    Arc::new(Table {
        name: name.into(),
        set_name: format!("{name}s"),
        primary_id: "thingid".into(),
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
        columns: columns.collect(),
        states: vec![],
        relationships: vec![model::Relationship {
            name: "thing_thing".into(),
            child: name.into(),
            column: "parentid".into(),
            navigation: "parentid".into(),
            cascades: Cascades::default(),
            hierarchical: false,
            mappings: vec![],
        }],
        keys: vec![],
        ..Table::default()
    })
}

/// A value for a column of `kinds`, null now and then, extremes now and then.
pub fn value(column: &str, choices: &mut Choices) -> Value {
    if choices.below(6) == 0 {
        return Value::Null;
    }
    let words = ["alpha", "Bravo", "Éclair", "delta corp", "ALPHA", "zulu", "œuvre", "a%b_c", "x y", "ß"];
    let text = |choices: &mut Choices, count| {
        let words: Vec<_> = (0..count).map(|_| choices.of(&words)).collect();
        words.join(" ")
    };
    match column {
        "name" => Value::Text(text(choices, 2)),
        "stage" => Value::Text(choices.of(&["1-Qualify", "2-Develop", "1-QUALIFY", ""]).to_owned()),
        "description" => Value::Text(format!("{} {}", text(choices, 5), choices.below(1 << 40))),
        "amount" => Value::Decimal(Decimal::new(choices.below(2_000_000) as i64 - 1_000_000, 2).normalize()),
        "rate" => match choices.below(40) {
            0 => Value::Decimal(Decimal::MAX),
            _ => Value::Decimal(
                Decimal::new(choices.below(1 << 50) as i64, choices.number(12) as u32).normalize(),
            ),
        },
        "minutes" => Value::Integer(choices.of(&[0, 1, 60, -5, 1 << 40, i64::MIN, i64::MAX])),
        "latitude" => Value::Float(choices.below(180) as f64 / 2.0 - 45.0),
        "statecode" => Value::Choice(choices.number(3)),
        "donotphone" => Value::Boolean(choices.below(2) == 1),
        "due" => Value::Date(Date::from_days(choices.number(2000) + 19_000)),
        "createdon" => Value::DateTime(Timestamp::from_milliseconds(
            1_700_000_000_000 + choices.below(100_000_000_000) as i64,
        )),
        "processid" => Value::Id(RowId::from_u128(u128::from(choices.below(20)))),
        "parentid" => reference("thing", u128::from(choices.below(60)) + 1),
        "ownerid" => reference("person", u128::from(choices.below(5)) + 1000),
        "tags" => Value::Choices((0..choices.number(4)).collect()),
        "attendees" => Value::Parties(vec![Party {
            party: None,
            address: Some(format!("{}@example.com", choices.below(9))),
            participation: 5,
        }]),
        _ => Value::Null,
    }
}

/// A reference that always carries the same name, some none: names are kept once for each row.
fn reference(table: &str, id: u128) -> Value {
    let name = (!id.is_multiple_of(4)).then(|| format!("{table} Number {id}"));
    Value::Reference(Reference { table: table.into(), id: RowId::from_u128(id), name })
}

/// A row with every column.
pub fn columns(choices: &mut Choices) -> Columns {
    let named = kinds().into_iter().filter(|(name, _)| *name != "thingid");
    named.map(|(name, _)| (name.into(), value(name, choices))).collect()
}

/// A journal entry with changes.
pub fn entry(id: u128, changes: Vec<Change>) -> JournalEntry {
    let (table, row) = changes
        .first()
        .map_or(("thing".into(), RowId::from_u128(0)), |change| (change.table().clone(), change.id()));
    JournalEntry {
        id: EntryId::from_u128(id),
        sequence: 0,
        command: Command {
            name: "save".into(),
            table,
            id: row,
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

pub fn create(table: &str, id: u128, columns: Columns) -> Change {
    Change::Create { table: table.into(), id: RowId::from_u128(id), columns }
}

pub fn update(table: &str, id: u128, columns: Columns) -> Change {
    let (table, id) = (TableName::new(table), RowId::from_u128(id));
    Change::Update { table, id, version: None, before: Columns::new(), columns }
}

pub fn delete(table: &str, id: u128) -> Change {
    Change::Delete { table: table.into(), id: RowId::from_u128(id), version: None }
}

/// Runs a future that only ever waits for memory.
pub fn now<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}
