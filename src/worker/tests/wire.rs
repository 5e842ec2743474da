//! Every kind of value survives the way between page and worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "tests")]

use client::message::{
    ChangedColumn, ConflictView, Draft, EntryView, Envelope, Event, OfflineView, Opened, Reply, Request,
    RowCells, RowView, Rows, SyncPhase, SyncStatus, UnreadableView,
};
use client::tabs::Note;
use model::{
    BooleanOptions, Change, ChangeSet, ChoiceOption, Column, ColumnKind, Columns, Command, EntryId,
    EntryState, JournalEntry, Label, Language, Ownership, ParkReason, Party, Reference, Requirement, RowId,
    RowVersion, Table, Timestamp, Value, Writable,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use wasm_bindgen_test::wasm_bindgen_test;
use wire::{envelope, number_of, read, write};

#[path = "../src/wire.rs"]
mod wire;

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: &T) {
    let value = write(message).unwrap();
    assert_eq!(&read::<T>(value).unwrap(), message);
}

fn reference() -> Reference {
    let name = Some("Fabrikam, Inc. – Zürich".to_owned());
    Reference { table: "account".into(), id: RowId::from_u128(u128::MAX - 7), name }
}

fn every_value() -> Columns {
    let party = Party { party: Some(reference()), address: None, participation: 5 };
    let stranger = Party { party: None, address: Some("a@b.example".to_owned()), participation: 2 };
    Columns::new()
        .with("null", Value::Null)
        .with("text", Value::Text("Ünï – “text”\n\u{1f600}".to_owned()))
        .with("small", Value::Integer(-1))
        .with("large", Value::Integer(i64::MAX))
        .with("lowest", Value::Integer(i64::MIN))
        .with("money", Value::Decimal("-12345678901234567890.0100".parse().unwrap()))
        .with("whole", Value::Float(2.0))
        .with("float", Value::Float(-0.000_123))
        .with("yes", Value::Boolean(true))
        .with("choice", Value::Choice(-1))
        .with("choices", Value::Choices(vec![1, 2, 100_000_000]))
        .with("date", Value::Date("2026-02-28".parse().unwrap()))
        .with("instant", Value::DateTime("2026-02-28T23:59:59.123Z".parse().unwrap()))
        .with("id", Value::Id(RowId::from_u128(1)))
        .with("lookup", Value::Reference(reference()))
        .with("parties", Value::Parties(vec![party, stranger]))
}

#[wasm_bindgen_test]
fn a_row_with_every_kind_of_value() {
    survives(&Envelope {
        number: u32::MAX,
        body: Reply::Row(Some(RowView {
            table: "account".into(),
            id: RowId::from_u128(7),
            version: Some(RowVersion(9_007_199_254_740_993)),
            columns: every_value(),
            pending: 3,
            needs_attention: true,
            commands: vec!["save".to_owned()],
            editable: true,
        })),
    });
    let draft = Draft { columns: every_value(), seen: every_value() };
    let (address, tab) = ("/saleshub/account/new".to_owned(), "7f".to_owned());
    survives(&Request::KeepDraft { address, tab, draft });
    let execute =
        Request::Execute { id: EntryId::from_u128(u128::MAX), commands: Vec::new(), seen: every_value() };
    survives(&Note::Ask { number: 7, request: execute });
    survives(&Note::Leading { term: u64::MAX });
    let status = SyncStatus::default();
    let opened = Opened { user: None, language: Language::German, is_synced: true, sync: status };
    survives(&Note::Told(Event::Renewed(Box::new(opened))));
}

#[wasm_bindgen_test]
fn a_page_of_rows() {
    let values: Vec<Value> = every_value().0.into_values().collect();
    survives(&Reply::Rows(Rows {
        names: (0..values.len()).map(|number| format!("c{number}")).collect(),
        rows: vec![RowCells { id: RowId::from_u128(5), values, pending: 0 }],
        total: u64::from(u32::MAX) + 1,
        orders: Vec::new(),
        coverage: client::message::Coverage::Arriving,
    }));
}

#[wasm_bindgen_test]
fn a_table_with_limits_beyond_javascript_numbers() {
    let column = |name: &str, kind: ColumnKind| Column {
        name: name.into(),
        kind,
        required: Requirement::System,
        writable: Writable::OnCreate,
        custom: true,
        auto_number: String::new(),
        label: Label::one(Language::French, "Nom"),
        description: Label::default(),
    };
    let options = vec![ChoiceOption { value: 1, label: Label::one(Language::German, "Eins") }];
    let whole = ColumnKind::Integer { format: model::IntegerFormat::Plain, min: i64::MIN, max: i64::MAX };
    let small = ColumnKind::Integer { format: model::IntegerFormat::Duration, min: 0, max: 10 };
    survives(&Reply::Table(Table {
        name: "account".into(),
        set_name: "accounts".to_owned(),
        primary_id: "accountid".into(),
        primary_name: "name".into(),
        object_type_code: 1,
        ownership: Ownership::User,
        is_activity: false,
        is_available_offline: true,
        has_quick_create: true,
        icon: "building".to_owned(),
        label: Label::one(Language::English, "Account"),
        plural_label: Label::default(),
        description: Label::default(),
        columns: vec![
            column("numberofemployees", whole),
            column("minutes", small),
            column("latitude", ColumnKind::Float { precision: 5, min: -90.0, max: 90.0 }),
            column("industrycode", ColumnKind::Choice { options, default: None }),
            column("donotphone", ColumnKind::Boolean(BooleanOptions::default())),
            column("statecode", ColumnKind::State),
        ],
        states: Vec::new(),
        relationships: Vec::new(),
        keys: vec![vec!["accountnumber".into()]],
        ..Table::default()
    }));
}

#[wasm_bindgen_test]
fn the_outbox_and_the_status() {
    let change = Change::Update {
        table: "account".into(),
        id: RowId::from_u128(1),
        version: None,
        before: every_value(),
        columns: every_value(),
    };
    let theirs = Columns::new().with("name", Value::Null);
    let entry = JournalEntry {
        id: EntryId::from_u128(3),
        sequence: u64::MAX,
        command: Command {
            name: "save".into(),
            table: "account".into(),
            id: RowId::from_u128(1),
            subject: "Fabrikam".to_owned(),
            parameters: every_value(),
        },
        changes: ChangeSet(vec![change]),
        made_at: Timestamp::from_milliseconds(1_790_000_000_123),
        state: EntryState::Parked(ParkReason::Conflict {
            table: "account".into(),
            id: RowId::from_u128(1),
            theirs,
            deleted: false,
        }),
        was_sent: true,
        sent_with: None,
        versions: Vec::new(),
    };
    let conflict = ConflictView {
        column: "name".into(),
        label: "Name".to_owned(),
        base: Value::Null,
        mine: Value::Integer(1),
        theirs: Value::Text(String::new()),
    };
    let sync = SyncStatus {
        phase: SyncPhase::First {
            done: 5,
            total: u64::MAX,
            table: "lead".to_owned(),
            tables_done: 1,
            tables: 3,
            milliseconds_left: Some(u64::MAX),
        },
        pending: 1,
        parked: 1,
        synced_at: Some(Timestamp::from_milliseconds(0)),
        problem: None,
    };
    let changed = ChangedColumn {
        column: "name".into(),
        label: "Name".to_owned(),
        before: Value::Null,
        after: Value::Integer(1),
    };
    let entries = vec![EntryView {
        entry,
        table_label: "Account".to_owned(),
        owner: Some("Ada".to_owned()),
        columns: vec![changed],
        has_row: true,
        conflicts: vec![conflict],
        version: None,
        can_go_earlier: true,
        can_go_later: false,
    }];
    survives(&Reply::Offline(OfflineView {
        sync: sync.clone(),
        tables: Vec::new(),
        entries,
        unreadable: vec![UnreadableView {
            key: vec![0, 0, 0, 0, 0, 0, 0, 7],
            reason: "expected value at line 1 column 1".to_owned(),
            subject: String::new(),
            made_at: None,
        }],
    }));
    for event in [Event::Ready, Event::Sync(sync), Event::Changed { tables: vec!["lead".into()] }] {
        survives(&Envelope { number: 0, body: event });
    }
    survives(&Reply::Draft(None));
    survives(&Reply::SignedOut);
}

#[wasm_bindgen_test]
fn a_request_of_another_build_still_has_its_number() {
    #[derive(Serialize)]
    enum Later {
        Unheard { of: u8 },
    }
    let message = write(&Envelope { number: 7, body: Later::Unheard { of: 1 } }).unwrap();
    assert!(read::<Envelope<Request>>(message.clone()).is_err());
    assert_eq!(number_of(&message), Some(7));
}

#[wasm_bindgen_test]
fn a_reply_that_was_passed_on_unread_is_what_was_sent() {
    let reply = Reply::Draft(Some(Draft { columns: every_value(), seen: Columns::new() }));
    let passed_on = envelope(9, &write(&reply).unwrap()).unwrap();
    assert_eq!(read::<Envelope<Reply>>(passed_on).unwrap(), Envelope { number: 9, body: reply });
}
