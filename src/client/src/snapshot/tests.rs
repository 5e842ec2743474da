use super::Snapshot;
use crate::message::{Opened, Reply, Request, RowCells, Rows, RowsRequest, SyncPhase, SyncStatus};
use model::{
    Column, ColumnKind, Label, Language, LayoutCell, RowId, Table, TableName, TimeZone, UserProfile, Value,
    View, ViewId, ViewKind,
};

const ADDRESS: &str = "/saleshub/account";

fn opened(user: Option<u128>) -> Opened {
    let profile = |user| UserProfile {
        user: RowId::from_u128(user),
        full_name: "Rémi Petit".to_owned(),
        business_unit: RowId::from_u128(2),
        organization: RowId::from_u128(1),
        teams: Vec::new(),
        language: Language::French,
        locale: "fr-FR".to_owned(),
        time_zone: TimeZone::utc(),
        currency: None,
        roles: Vec::new(),
        privileges: model::Privileges::default(),
    };
    let sync = SyncStatus { phase: SyncPhase::Idle, pending: 3, ..SyncStatus::default() };
    Opened { user: user.map(profile), language: Language::French, is_synced: true, sync }
}

fn list(table: &str, offset: u64) -> RowsRequest {
    RowsRequest {
        table: table.into(),
        view: ViewId::from_u128(1),
        search: String::new(),
        orders: Vec::new(),
        related_to: None,
        columns: Vec::new(),
        filters: Vec::new(),
        offset,
        limit: 100,
    }
}

fn rows(count: u128) -> Reply {
    let row =
        |id| RowCells { id: RowId::from_u128(id), values: vec![Value::Text("x".repeat(40))], pending: 0 };
    let rows = (1..=count).map(row).collect();
    Reply::Rows(Rows {
        names: vec!["name".to_owned()],
        rows,
        total: 900,
        orders: Vec::new(),
        ..Rows::default()
    })
}

fn definition(name: &str) -> (Request, Reply) {
    let table: TableName = name.into();
    let column = |name: &str| Column {
        name: name.into(),
        kind: ColumnKind::BigInteger,
        required: model::Requirement::None,
        writable: model::Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    };
    let columns = ["name", "telephone1", "revenue"].map(column).to_vec();
    (
        Request::Table { table: table.clone() },
        Reply::Table(Table { name: table, columns, ..Table::default() }),
    )
}

fn filled() -> Snapshot {
    let mut snapshot = Snapshot::new(ADDRESS, opened(Some(7)));
    snapshot.note(Request::Rows(list("account", 0)), &rows(100));
    let cell =
        |name: &str| LayoutCell { name: name.to_owned(), width_pixels: 100, hidden: false, sortable: true };
    let view = View {
        id: ViewId::from_u128(1),
        table: "account".into(),
        name: Label::default(),
        kind: ViewKind::Public,
        is_default: true,
        fetch_xml: String::new(),
        jump: None,
        cells: vec![cell("name"), cell("l.telephone1")],
    };
    let views = Request::Views { table: "account".into(), kind: ViewKind::Public };
    snapshot.note(views, &Reply::Views(vec![view]));
    for name in ["account", "lead"] {
        let (request, reply) = definition(name);
        snapshot.note(request, &reply);
    }
    snapshot
}

#[test]
fn a_screen_is_drawn_again_from_what_was_answered() {
    let text = filled().write().unwrap();
    let read = Snapshot::read(&text, ADDRESS).unwrap();
    assert_eq!(
        (read.user(), read.opened().sync.phase.clone()),
        (Some(RowId::from_u128(7)), SyncPhase::Pulling),
        "nothing is up to date yet"
    );
    assert_eq!(read.opened().sync.pending, 3);
    let Some(Reply::Rows(found)) = read.answer(&Request::Rows(list("account", 0))) else { panic!("no rows") };
    assert_eq!((found.rows.len(), found.total), (40, 900), "what a screen shows, and how many there are");
    assert!(read.answer(&definition("account").0).is_some());
    let columns = |name: &str| match read.answer(&definition(name).0) {
        Some(Reply::Table(table)) => table.columns.iter().map(|column| column.name.to_string()).collect(),
        _ => Vec::new(),
    };
    assert_eq!(columns("account"), ["name", "telephone1", "revenue"]);
    assert_eq!(columns("lead"), ["telephone1"], "what a view shows of a linked row");
    assert_eq!(read.answer(&Request::Rows(list("account", 100))), None);
}

#[test]
fn only_what_draws_the_frame_and_lists_is_kept() {
    let mut snapshot = filled();
    snapshot.note(Request::Rows(list("account", 100)), &rows(1));
    let row = Request::Row { table: "account".into(), id: RowId::from_u128(1) };
    snapshot.note(row.clone(), &Reply::Row(None));
    snapshot.note(
        Request::Apps,
        &Reply::Failed(crate::message::Failure::new(crate::message::FailureKind::Internal, String::new())),
    );
    for request in [Request::Rows(list("account", 100)), row, Request::Apps] {
        assert_eq!(snapshot.answer(&request), None, "{request:?}");
    }
}

#[test]
fn another_screen_shows_other_lists() {
    let mut snapshot = filled();
    snapshot.move_to("/saleshub/lead");
    assert_eq!(snapshot.write(), None, "no list yet");
    snapshot.note(Request::Rows(list("lead", 0)), &rows(2));
    let text = snapshot.write().unwrap();
    let read = Snapshot::read(&text, "/saleshub/lead").unwrap();
    assert!(read.answer(&definition("lead").0).is_some());
    assert_eq!(read.answer(&Request::Rows(list("account", 0))), None);
}

#[test]
fn what_is_of_somebody_or_something_else_is_not_drawn() {
    let text = filled().write().unwrap();
    let other_build = text.replacen("\"wire\":\"", "\"wire\":\"x", 1);
    for (text, address) in [
        (text.as_str(), "/saleshub/lead"),
        (&other_build, ADDRESS),
        (&text[..text.len() / 2], ADDRESS),
        ("", ADDRESS),
    ] {
        assert_eq!(Snapshot::read(text, address), None);
    }
    let mut nobody = Snapshot::new(ADDRESS, opened(None));
    nobody.note(Request::Rows(list("account", 0)), &rows(1));
    assert_eq!(nobody.write(), None);
}

#[test]
fn a_long_one_is_not_kept() {
    let mut snapshot = filled();
    for number in 0..200 {
        snapshot
            .note(Request::Rows(RowsRequest { search: number.to_string(), ..list("account", 0) }), &rows(40));
    }
    assert_eq!(snapshot.write(), None);
}
