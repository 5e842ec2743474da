//! The use cases on a device without a network, and what the driver makes of that.

pub(crate) mod bench;
mod definitions;
mod elsewhere;
pub(crate) mod gate;
mod screens;
mod sync;
mod tabs;
mod truth;

use crate::message::{
    Bookmark, CellFilter, Decision, Event, FailureKind, Found, Reply, Request, RowView, Rows, RowsRequest,
    SyncPhase,
};
use crate::status::Reporter;
use ::sync::Observer as _;
use bench::{ADA, Bench, CONTOSO, CURRENCY, FABRIKAM, USER, execute, reference, text};
use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use model::{Columns, EntryState, FormKind, Language, RowId, SubAreaTarget, View, ViewKind};
use std::rc::Rc;
use store::Touched;

fn opened() -> Bench {
    let bench = Bench::synced();
    bench.open();
    bench
}

fn views(bench: &Bench, table: &str, kind: ViewKind) -> Vec<View> {
    match bench.ask(Request::Views { table: table.into(), kind }) {
        Reply::Views(views) => views,
        reply => panic!("{reply:?}"),
    }
}

fn rows(bench: &Bench, change: impl FnOnce(&mut RowsRequest)) -> Rows {
    let all = views(bench, "account", ViewKind::Public);
    let active = all.iter().find(|view| view.name.text(Language::French) == "Comptes actifs");
    let mut request = RowsRequest {
        table: "account".into(),
        view: active.unwrap_or(&all[0]).id,
        search: String::new(),
        filters: Vec::new(),
        orders: Vec::new(),
        related_to: None,
        columns: Vec::new(),
        offset: 0,
        limit: 50,
    };
    change(&mut request);
    match bench.ask(Request::Rows(request)) {
        Reply::Rows(rows) => rows,
        reply => panic!("{reply:?}"),
    }
}

fn names(rows: &Rows) -> Vec<String> {
    let place = rows.names.iter().position(|name| name == "name").unwrap();
    rows.rows.iter().map(|row| row.values[place].as_text().unwrap_or_default().to_owned()).collect()
}

fn row(bench: &Bench, table: &str, id: u128) -> Option<RowView> {
    match bench.ask(Request::Row { table: table.into(), id: RowId::from_u128(id) }) {
        Reply::Row(row) => row,
        reply => panic!("{reply:?}"),
    }
}

#[test]
fn a_synced_device_opens_without_a_network() {
    let bench = Bench::synced();
    let opened = bench.open();
    assert_eq!(opened.user.unwrap().full_name, "Rémi Petit");
    assert!(opened.is_synced);
    assert_eq!(opened.language, Language::French);
    assert_eq!(bench.network.requests.get(), 0);
}

#[test]
fn an_empty_device_speaks_the_browsers_language() {
    let bench = Bench::empty();
    let opened = bench.open();
    assert_eq!((opened.user, opened.language, opened.is_synced), (None, Language::German, false));
    assert_eq!(bench.fails(Request::Apps).kind, FailureKind::SignInNeeded);
}

#[test]
fn nothing_works_before_open_and_with_another_protocol() {
    let bench = Bench::empty();
    assert_eq!(bench.fails(Request::Apps).kind, FailureKind::Storage);
    let open = Request::Open { protocol: 0, server: String::new(), languages: Vec::new() };
    assert_eq!(bench.fails(open).kind, FailureKind::Protocol);
}

#[test]
fn apps_and_navigation_follow_the_roles() {
    let bench = opened();
    let Reply::Apps(apps) = bench.ask(Request::Apps) else { panic!() };
    assert!(apps.iter().any(|app| app.name == "saleshub" && app.title == "Hub des ventes"));
    let Reply::SiteMap(site_map) = bench.ask(Request::SiteMap { app: "saleshub".into() }) else { panic!() };
    let entries = site_map.areas.iter().flat_map(|area| &area.groups).flat_map(|group| &group.sub_areas);
    let accounts = entries.clone().find(|entry| entry.target == SubAreaTarget::Table("account".into()));
    assert_eq!(
        accounts.unwrap().title.text(Language::English),
        "Comptes",
        "only the user's language is sent"
    );
    assert_eq!(bench.fails(Request::SiteMap { app: "none".into() }).kind, FailureKind::NotFound);
}

#[test]
fn definitions_come_in_the_users_language() {
    let bench = opened();
    let Reply::Table(table) = bench.ask(Request::Table { table: "account".into() }) else { panic!() };
    assert_eq!(table.label.text(Language::German), "Compte");
    let form = Request::Form { table: "account".into(), kind: FormKind::Main, form: None };
    let Reply::Form(form) = bench.ask(form) else { panic!() };
    assert!(form.cells().any(|cell| cell.control.is_some()));
    let views = views(&bench, "account", ViewKind::Public);
    assert!(views[0].is_default);
    assert!(!views[1..].iter().any(|view| view.is_default));
    assert_eq!(bench.fails(Request::Table { table: "nothing".into() }).kind, FailureKind::NotFound);
    assert_eq!(bench.session.definition_problems(), []);
}

#[test]
fn rows_come_with_the_cells_of_the_view_first() {
    let bench = opened();
    let all = rows(&bench, |_| {});
    assert_eq!((names(&all), all.total), (vec!["Contoso".to_owned(), "Fabrikam".to_owned()], 2));
    let view = &views(&bench, "account", ViewKind::Public)[0];
    let cells: Vec<_> = view.cells.iter().map(|cell| cell.name.clone()).collect();
    let default = rows(&bench, |request| request.view = view.id);
    assert_eq!(default.names[..cells.len()], cells);
}

#[test]
fn one_of_all_activities_is_the_appointment_or_task_that_it_is() {
    let bench = opened();
    bench.command("create", "task", 77, Columns::new().with("subject", text("Rappeler Contoso")));
    let found = row(&bench, "activitypointer", 77).unwrap();
    assert_eq!((found.table.as_str(), found.id), ("task", RowId::from_u128(77)));
    assert_eq!(found, row(&bench, "task", 77).unwrap());
    assert!(found.editable && found.pending == 1);
    let all = views(&bench, "activitypointer", ViewKind::Public);
    let mine = rows(&bench, |request| (request.table, request.view) = ("activitypointer".into(), all[0].id));
    let place = mine.names.iter().position(|name| name == "activitytypecode").unwrap();
    assert_eq!(mine.rows.iter().map(|row| row.values[place].clone()).collect::<Vec<_>>(), [text("task")]);
    assert_eq!(row(&bench, "activitypointer", 78), None);
}

#[test]
fn rows_are_searched_ordered_sliced_and_related() {
    let bench = opened();
    assert_eq!(names(&rows(&bench, |request| request.search = "fab".to_owned())), ["Fabrikam"]);
    assert_eq!(names(&rows(&bench, |request| request.search = "*soc".to_owned())), [""; 0]);
    let reverse = rows(&bench, |request| request.orders = vec![("name".to_owned(), true)]);
    assert_eq!(names(&reverse), ["Fabrikam", "Contoso"]);
    let second = rows(&bench, |request| (request.offset, request.limit) = (1, 1));
    assert_eq!((names(&second), second.total), (vec!["Fabrikam".to_owned()], 2));
    let contacts = views(&bench, "contact", ViewKind::Public);
    let of = |parent: u128| {
        let found = rows(&bench, |request| {
            request.table = "contact".into();
            request.view = contacts.iter().find(|view| !view.fetch_xml.contains("userid")).unwrap().id;
            request.related_to = Some(("parentcustomerid".into(), RowId::from_u128(parent)));
        });
        found.rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!((of(FABRIKAM), of(CONTOSO)), (vec![ADA], vec![]));
    let by_company = rows(&bench, |request| {
        request.table = "contact".into();
        request.view = contacts.iter().find(|view| !view.fetch_xml.contains("userid")).unwrap().id;
        request.search = "fabri".to_owned();
    });
    assert_eq!(by_company.rows.len(), 1, "a find column of the linked account");
    let unknown = RowsRequest {
        table: "account".into(),
        view: model::ViewId::from_u128(0),
        search: String::new(),
        filters: Vec::new(),
        orders: Vec::new(),
        related_to: None,
        columns: Vec::new(),
        offset: 0,
        limit: 1,
    };
    assert_eq!(bench.fails(Request::Rows(unknown)).kind, FailureKind::NotFound);
}

#[test]
fn a_view_is_filtered_by_its_cells_those_of_linked_rows_too_and_a_wrong_filter_is_named() {
    let bench = opened();
    let filter = |cell: &str, operator: &str, values: &[&str]| CellFilter {
        cell: cell.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let filtered = |filters: &[CellFilter]| rows(&bench, |request| request.filters = filters.to_vec());
    let all = names(&filtered(&[]));
    assert!(all.len() > 1);
    let one = filtered(&[filter("name", "like", &["%fab%"])]);
    assert_eq!((names(&one), one.total), (vec!["Fabrikam".to_owned()], 1));
    let none = filtered(&[filter("name", "like", &["%fab%"]), filter("name", "null", &[])]);
    assert_eq!(none.total, 0, "every filter holds");
    let view = views(&bench, "account", ViewKind::Public)[0].id;
    let mut request = RowsRequest {
        table: "account".into(),
        view,
        search: String::new(),
        filters: vec![filter("name", "on", &["2026-01-01"])],
        orders: Vec::new(),
        related_to: None,
        columns: Vec::new(),
        offset: 0,
        limit: 1,
    };
    let failure = bench.fails(Request::Rows(request.clone()));
    assert!(failure.message.contains("name"), "{failure:?}");
    request.filters = vec![filter("contact.nowhere", "null", &[])];
    assert!(bench.fails(Request::Rows(request)).message.contains("contact"));
}

#[test]
fn a_change_shows_at_once_and_survives_the_closed_tab() {
    let bench = opened();
    bench.ask(Request::Watch { tables: vec!["account".into()] });
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    let changed = row(&bench, "account", FABRIKAM).unwrap();
    assert_eq!(changed.columns.get("telephone1"), &text("99"));
    assert_eq!((changed.pending, changed.needs_attention), (1, false));
    assert_eq!(changed.version, Some(model::RowVersion(10)));
    assert!(changed.editable);
    assert!(changed.commands.contains(&"save".to_owned()));
    let heard = bench.heard.0.borrow();
    assert!(heard.contains(&Event::Changed { tables: vec!["account".into()] }));
    assert!(heard.iter().any(|event| matches!(event, Event::Sync(status) if status.pending == 1)));
    drop(heard);
    let again = bench.reopened();
    assert_eq!(row(&again, "account", FABRIKAM).unwrap().columns.get("telephone1"), &text("99"));
    let Reply::Offline(view) = again.ask(Request::Offline) else { panic!() };
    assert_eq!((view.sync.pending, view.entries.len()), (1, 1));
    assert_eq!(view.entries[0].entry.command.subject, "Fabrikam");
    assert_eq!(view.entries[0].table_label, "Compte");
    let accounts = view.tables.iter().find(|status| status.table == "account").unwrap();
    assert_eq!((accounts.rows, accounts.label.as_str()), (2, "Comptes"));
}

#[test]
fn a_new_row_is_found_and_counted() {
    let bench = opened();
    bench.command("create", "account", 0x77, Columns::new().with("name", text("Adatum")));
    let all = rows(&bench, |_| {});
    assert_eq!(names(&all), ["Adatum", "Contoso", "Fabrikam"]);
    assert_eq!(all.rows[0].pending, 1);
    assert_eq!(row(&bench, "account", 0x77).unwrap().version, None);
}

#[test]
fn two_commands_on_one_row_see_each_other() {
    let bench = opened();
    let command = |value: &str| model::Command {
        name: "save".into(),
        table: "account".into(),
        id: RowId::from_u128(FABRIKAM),
        subject: String::new(),
        parameters: Columns::new().with("telephone1", text(value)),
    };
    bench.ask(execute(vec![command("1"), command("2")], Columns::new()));
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    let model::Change::Update { before, .. } = &view.entries[1].entry.changes.0[0] else { panic!() };
    assert_eq!(before.get("telephone1"), &text("1"));
}

#[test]
fn a_command_that_cannot_be_done_says_why() {
    let bench = opened();
    let ask = |name: &str, id: u128, parameters: Columns| {
        let command = model::Command {
            name: name.into(),
            table: "account".into(),
            id: RowId::from_u128(id),
            subject: String::new(),
            parameters,
        };
        bench.fails(execute(vec![command], Columns::new()))
    };
    assert_eq!(ask("fly", FABRIKAM, Columns::new()).kind, FailureKind::NotAllowed);
    assert_eq!(ask("save", 0x99, Columns::new().with("name", text("x"))).kind, FailureKind::NotFound);
    let long = ask("save", FABRIKAM, Columns::new().with("name", text(&"x".repeat(5000))));
    assert_eq!((long.kind, long.column), (FailureKind::Invalid, Some("name".into())));
}

#[test]
fn a_new_row_starts_with_what_follows_from_its_parent() {
    let bench = opened();
    let preset = Columns::new().with("parentaccountid", reference("account", FABRIKAM));
    let request = Request::NewRow { table: "opportunity".into(), preset };
    let Reply::NewRow(columns) = bench.ask(request) else { panic!() };
    let id_of = |column: &str| columns.get(column).as_reference().map(|reference| reference.id.as_u128());
    assert_eq!(id_of("parentaccountid"), Some(FABRIKAM));
    assert_eq!(id_of("customerid"), Some(FABRIKAM));
    assert_eq!(id_of("ownerid"), Some(USER));
    assert_eq!(id_of("transactioncurrencyid"), Some(CURRENCY));
    let name = columns.get("parentaccountid").as_reference().unwrap().name.clone();
    assert_eq!(name.as_deref(), Some("Fabrikam"));
    let preset = Columns::new().with("parentcontactid", reference("contact", ADA));
    let Reply::NewRow(columns) = bench.ask(Request::NewRow { table: "opportunity".into(), preset }) else {
        panic!()
    };
    let account = columns.get("parentaccountid").as_reference().map(|reference| reference.id.as_u128());
    assert_eq!(account, Some(FABRIKAM), "the contact's company");
}

#[test]
fn a_lookup_finds_by_the_find_columns_and_offers_the_latest() {
    let bench = opened();
    let find = |search: &str, limit: u32| -> Vec<Found> {
        let tables = vec!["account".into(), "contact".into()];
        let request = Request::Find { tables, search: search.to_owned(), limit };
        let Reply::Found(found) = bench.ask(request) else { panic!() };
        found
    };
    let names = |found: &[Found]| -> Vec<String> {
        found.iter().map(|found| found.reference.name.clone().unwrap_or_default()).collect()
    };
    assert_eq!(names(&find("", 10)), ["Contoso", "Fabrikam", "Ada Lovelace"]);
    assert_eq!(names(&find("", 1)), ["Contoso", "Ada Lovelace"]);
    let found = find("ada", 10);
    assert_eq!(names(&found), ["Ada Lovelace"]);
    assert_eq!(found[0].detail, "Fabrikam");
    assert_eq!(names(&find("zzz", 10)), [""; 0]);
}

#[test]
fn bookmarks_are_kept() {
    let bench = opened();
    let again = bench.reopened();
    let place =
        |number: u8| Bookmark { address: format!("/{number}"), title: number.to_string(), table: None };
    for number in [1, 2, 1] {
        again.ask(Request::Visit(place(number)));
    }
    again.ask(Request::Pin { bookmark: place(9), pinned: true });
    let expected = Reply::Bookmarks { recent: vec![place(1), place(2)], pinned: vec![place(9)] };
    assert_eq!(again.ask(Request::Bookmarks), expected);
    again.ask(Request::Pin { bookmark: place(9), pinned: false });
    let Reply::Bookmarks { pinned, .. } = again.ask(Request::Bookmarks) else { panic!() };
    assert_eq!(pinned, []);
}

#[test]
fn signing_out_does_not_lose_work_unasked() {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    assert_eq!(bench.fails(Request::SignOut { discard_unsent: false }).kind, FailureKind::UnsentWork);
    assert!(row(&bench, "account", FABRIKAM).is_some());
    assert_eq!(bench.ask(Request::SignOut { discard_unsent: true }), Reply::SignedOut);
    assert_eq!(bench.fails(Request::Apps).kind, FailureKind::SignInNeeded);
    assert_eq!(bench.reopened().open().user, None);
}

#[test]
fn without_a_network_the_driver_waits_longer_and_longer() {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    let failure = block_on(bench.session.sync_once()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    let mut pool = LocalPool::new();
    let session = Rc::clone(&bench.session);
    pool.spawner().spawn_local(async move { session.run().await }).unwrap();
    pool.run_until_stalled();
    assert_eq!(bench.network.requests.get(), 1, "it waits before it tries again");
    assert!((500..=2_000).contains(&bench.clock.slept.borrow()[0]));
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    assert_eq!((view.sync.phase, view.sync.pending, view.sync.parked), (SyncPhase::Offline, 1, 0));
    assert_eq!(view.entries[0].entry.state, EntryState::Waiting);
    bench.ask(Request::Wake { online: true });
    pool.run_until_stalled();
    assert_eq!(bench.network.requests.get(), 2, "the network is back, or so the browser says");
}

#[test]
fn reads_are_answered_while_a_sync_hangs_and_it_can_be_stopped() {
    let bench = opened();
    bench.network.hangs.set(true);
    let mut pool = LocalPool::new();
    let session = Rc::clone(&bench.session);
    pool.spawner().spawn_local(async move { session.run().await }).unwrap();
    pool.run_until_stalled();
    assert_eq!(bench.network.requests.get(), 1);
    assert_eq!(names(&rows(&bench, |_| {})), ["Contoso", "Fabrikam"]);
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    let decide =
        Request::Decide { entry: model::EntryId::from_u128(1), decision: Decision::Discard, seen: None };
    assert_eq!(bench.fails(decide).kind, FailureKind::Overtaken);
    bench.session.stop();
    pool.run_until_stalled();
    assert_eq!(bench.network.requests.get(), 1);
}

#[test]
fn a_waiting_change_can_be_taken_back() {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    let entry = view.entries[0].entry.id;
    assert_eq!(
        bench.ask(Request::Decide { entry, decision: Decision::Discard, seen: None }),
        Reply::Done(Vec::new())
    );
    assert_eq!(row(&bench, "account", FABRIKAM).unwrap().columns.get("telephone1"), &text("01 23"));
}

#[test]
fn a_first_sync_is_told_four_times_a_second_at_most() {
    let bench = opened();
    let store = Rc::clone(&bench.session.device().unwrap().store);
    let reporter = Reporter::new(store, &bench.session.parts, None);
    reporter.watch(vec!["account".into()]);
    reporter.begin_first(0, 100, Vec::new());
    bench.heard.0.borrow_mut().clear();
    let told = |wanted: fn(&Event) -> bool| bench.heard.0.borrow().iter().filter(|it| wanted(it)).count();
    let told = || (told(|it| matches!(it, Event::Sync(_))), told(|it| matches!(it, Event::Changed { .. })));
    for _ in 0..8 {
        reporter.fetched(&"account".into(), 10);
        reporter.touched(Touched { tables: ["account".into()].into(), rows: 10 });
        bench.clock.now.set(bench.clock.now.get().plus_milliseconds(100));
    }
    assert_eq!(told(), (3, 2), "at 0, 300 and 600 milliseconds");
    reporter.end_first();
    assert_eq!(told(), (3, 3), "the last change is told at the end");
    reporter.touched(Touched { tables: ["account".into()].into(), rows: 1 });
    reporter.touched(Touched { tables: ["contact".into()].into(), rows: 1 });
    assert_eq!(told(), (3, 4), "outside of a first sync at once, and only what is watched");
}

#[test]
fn a_column_that_changed_under_the_users_hands_is_in_conflict() {
    let bench = opened();
    let command = model::Command {
        name: "save".into(),
        table: "account".into(),
        id: RowId::from_u128(FABRIKAM),
        subject: String::new(),
        parameters: Columns::new().with("telephone1", text("mine")).with("address1_city", text("Nice")),
    };
    let seen = Columns::new().with("telephone1", text("seen")).with("address1_city", text("Lyon"));
    bench.ask(execute(vec![command], seen));
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    let entry = view.entries[0].entry.id;
    bench.ask(Request::Decide { entry, decision: Decision::Retry, seen: None });
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    let [conflict] = view.entries[0].conflicts.as_slice() else { panic!("{:?}", view.entries) };
    assert_eq!(conflict.column, "telephone1");
    assert_eq!(
        (&conflict.base, &conflict.mine, &conflict.theirs),
        (&text("seen"), &text("mine"), &text("01 23"))
    );
}

#[test]
fn a_sign_in_cut_short_does_not_send_the_former_users_work() {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("A's")));
    let answer = |body: &str| crate::HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    };
    let token = r#"{"token_type":"Bearer","access_token":"b","refresh_token":"s","expires_in":3600}"#;
    bench.network.answers.borrow_mut().push_back(answer(token));
    let sign_in = Request::SignIn {
        code: "c".to_owned(),
        verifier: "v".to_owned(),
        redirect_uri: "http://valise.test/".to_owned(),
    };
    assert_eq!(bench.fails(sign_in).kind, FailureKind::Offline, "who it is cannot be asked");
    let mut other = bench.session.device().unwrap().definitions().unwrap().profile.clone();
    other.user = RowId::from_u128(USER + 1);
    bench.network.answers.borrow_mut().push_back(answer(&serde_json::to_string(&other).unwrap()));
    let failure = block_on(bench.session.sync_once()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::SignInNeeded);
    assert!(bench.network.targets.borrow().last().unwrap().ends_with("/me"));
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    assert_eq!(view.entries.len(), 1, "it waits for its owner");
}
