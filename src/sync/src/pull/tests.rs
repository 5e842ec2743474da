//! First sync, changes, interruptions and expired links, against a scripted server.

use crate::testing::wire::{
    DELTA, NEXT, accepted, account, bench, changes, definitions, now, ok, ok_without_nulls, page, synced,
};
use crate::testing::{Bench, entry, key, rename, table_definition};
use crate::{SyncError, SyncTables, TransportError};
use futures::executor::block_on;
use model::{Column, RowId, Table, Value};
use odata::batch::{RequestPart, read_request};
use odata::http::HttpResponse;
use std::rc::Rc;
use std::sync::Arc;

fn sync(bench: &Bench) -> Result<crate::Synced, SyncError> {
    bench.sync()
}

pub(super) fn name_of(bench: &Bench, row: u128) -> Option<String> {
    bench.name_of(row)
}

fn append(bench: &Bench, entries: Vec<model::JournalEntry>) {
    bench.append(entries);
}

#[test]
fn the_first_sync_follows_the_pages() {
    let bench = bench();
    bench.script.respond(ok(&page(&[(1, 1, "one")], NEXT)));
    bench.script.respond(ok(&page(&[(2, 2, "two")], DELTA)));
    sync(&bench).unwrap();
    let targets = bench.script.targets();
    assert_eq!(targets[0], "/api/data/v9.2/accounts?$select=accountid,name,city");
    assert_eq!(targets[1], "/api/data/v9.2/accounts?$skiptoken=2");
    let cursor = bench.store.cursor(&"account".into()).unwrap();
    assert!(cursor.complete);
    assert_eq!(cursor.synced_at, Some(now()));
    assert_eq!((name_of(&bench, 1), name_of(&bench, 2)), (Some("one".into()), Some("two".into())));
    assert_eq!(bench.notes.fetched.get(), 2);
}

#[test]
fn an_interrupted_first_sync_goes_on_where_it_stood() {
    let bench = bench();
    bench.script.respond(ok(&page(&[(1, 1, "one")], NEXT)));
    bench.script.fail();
    assert_eq!(sync(&bench), Err(SyncError::Transport(TransportError::TimedOut)));
    assert!(!bench.store.cursor(&"account".into()).unwrap().complete);
    bench.script.respond(ok(&page(&[(2, 2, "two")], DELTA)));
    sync(&bench).unwrap();
    assert_eq!(bench.script.targets()[2], "/api/data/v9.2/accounts?$skiptoken=2");
    assert_eq!(name_of(&bench, 1), Some("one".into()), "the page before the interruption stays");
}

#[test]
fn nothing_changed_costs_one_request() {
    let bench = synced();
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!(bench.script.targets(), ["/api/data/v9.2/$batch"]);
    let batch = read_request(&bench.script.asked.borrow()[0]).unwrap();
    let RequestPart::Single(request) = &batch.parts[0] else { panic!() };
    assert!(request.target.ends_with("/api/data/v9.2/accounts?$deltatoken=1"), "{}", request.target);
}

#[test]
fn changes_and_removals_arrive() {
    let bench = synced();
    let removed = format!(
        r#"{{"value":[{{"@odata.etag":"W/\"9\"","accountid":"{}","name":"eins","city":null}},
        {{"@odata.context":"x#accounts/$deletedEntity","id":"{}","reason":"changed"}}],{DELTA}}}"#,
        RowId::from_u128(1),
        RowId::from_u128(2)
    );
    bench.script.respond(changes(vec![ok(&removed)]));
    sync(&bench).unwrap();
    assert_eq!((name_of(&bench, 1), name_of(&bench, 2)), (Some("eins".into()), None));
    assert_eq!(*bench.notes.gone.borrow(), [RowId::from_u128(2)], "a form that shows it is told");
}

#[test]
fn an_expired_link_means_a_fetch_from_the_start_without_a_wipe() {
    let bench = synced();
    bench.script.respond(changes(vec![HttpResponse { status: 410, headers: Vec::new(), body: Vec::new() }]));
    bench.script.respond(ok(&page(&[(1, 7, "eins")], NEXT)));
    bench.script.fail();
    assert!(sync(&bench).is_err());
    assert_eq!(name_of(&bench, 2), Some("two".into()), "rows stay until the whole fetch is done");
    bench.script.respond(changes(vec![HttpResponse { status: 410, headers: Vec::new(), body: Vec::new() }]));
    bench.script.respond(ok(&page(&[(1, 7, "eins")], NEXT)));
    bench.script.respond(ok(&page(&[(3, 8, "three")], DELTA)));
    sync(&bench).unwrap();
    assert_eq!(name_of(&bench, 1), Some("eins".into()));
    assert_eq!(name_of(&bench, 2), None, "what did not come any more is gone");
    assert_eq!(name_of(&bench, 3), Some("three".into()));
    assert_eq!(*bench.notes.gone.borrow(), [RowId::from_u128(2)]);
}

#[test]
fn an_accepted_entry_leaves_only_when_its_row_is_back() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    bench.script.respond(accepted("W/\"5\""));
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!(bench.store.journal().len(), 1, "the server does not show the row yet");
    assert_eq!(name_of(&bench, 1), Some("uno".into()));
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "uno")], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!(bench.store.journal(), []);
    assert_eq!(name_of(&bench, 1), Some("uno".into()));
}

#[test]
fn an_entry_whose_leaving_could_not_be_written_still_leaves_later() {
    let bench = bench();
    let mut accepted = entry(7, vec![rename(1, 1, "one", "uno")]);
    accepted.state = model::EntryState::Accepted;
    append(&bench, vec![accepted.clone()]);
    let acceptance = crate::engine::Acceptance { open: [key(1)].into(), ..Default::default() };
    bench.engine.accepted.borrow_mut().insert(accepted.id, acceptance);
    let nothing = SyncTables { tables: Vec::new(), ..definitions() };
    let other = block_on(store::Store::open(Rc::new(bench.blocks.handle()))).unwrap();
    block_on(other.append(vec![entry(8, vec![rename(2, 1, "two", "due")])])).unwrap();
    assert!(block_on(bench.engine.confirm_unfetched(&nothing)).is_err(), "somebody else wrote");
    block_on(bench.engine.confirm_unfetched(&nothing)).unwrap();
    assert_eq!(bench.store.journal().len(), 1, "only the other one is left");
}

#[test]
fn a_lost_answer_is_asked_for_again_under_the_same_key() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    bench.script.fail();
    assert!(sync(&bench).is_err());
    assert!(bench.store.journal()[0].was_sent);
    bench.script.respond(accepted("W/\"5\""));
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "uno")], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!(bench.store.journal(), []);
    let asked = bench.script.asked.borrow();
    let set = |number: usize| {
        let batch = read_request(&asked[number]).unwrap();
        let RequestPart::ChangeSet(set) = batch.parts[0].clone() else { panic!() };
        set
    };
    assert_eq!(set(0), set(1), "the same change set under the same key");
    assert_eq!(set(0).request_id, Some(model::EntryId::from_u128(7).to_string()));
}

#[test]
fn a_stale_entry_is_rebased_and_sent_again() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    let stale = odata::ServiceError::new(412, "0x80060882", "changed").to_response();
    bench.script.respond(changes(vec![stale]));
    let other = format!(
        r#"{{"value":[{{"@odata.etag":"W/\"6\"","accountid":"{}","name":"one","city":"Lyon"}}],{DELTA}}}"#,
        RowId::from_u128(1)
    );
    bench.script.respond(changes(vec![ok(&other)]));
    bench.script.respond(accepted("W/\"8\""));
    bench.script.respond(changes(vec![ok(&page(&[(1, 8, "uno")], DELTA))]));
    let synced = sync(&bench).unwrap();
    assert_eq!((synced.accepted, synced.more), (1, false));
    assert_eq!(bench.store.journal(), []);
    let asked = bench.script.asked.borrow();
    let RequestPart::ChangeSet(set) = read_request(&asked[2]).unwrap().parts[0].clone() else { panic!() };
    let condition = set.changes[0].request.headers.iter().find(|(name, _)| name == "if-match").cloned();
    assert_eq!(condition.unwrap().1, "W/\"6\"");
}

#[test]
fn a_change_of_the_same_column_is_parked_and_the_rest_goes_on() {
    let bench = synced();
    append(
        &bench,
        vec![entry(7, vec![rename(1, 1, "one", "uno")]), entry(8, vec![rename(2, 2, "two", "due")])],
    );
    bench.script.respond(changes(vec![
        odata::ServiceError::new(412, "0x80060882", "changed").to_response(),
        odata::ServiceError::new(403, "0x80040220", "no").to_response(),
    ]));
    bench.script.respond(changes(vec![ok(&page(&[(1, 6, "ein")], DELTA))]));
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    let journal = bench.store.journal();
    let model::EntryState::Parked(model::ParkReason::Conflict { theirs, deleted, .. }) = &journal[0].state
    else {
        panic!("{journal:?}")
    };
    assert_eq!((theirs.get("name"), *deleted), (&Value::Text("ein".into()), false));
    let refused = model::EntryState::Parked(model::ParkReason::Refused {
        status: 403,
        code: "0x80040220".to_owned(),
        message: "no".to_owned(),
    });
    assert_eq!(journal[1].state, refused);
    assert_eq!(name_of(&bench, 1), Some("uno".into()), "the user goes on seeing their own value");
}

fn preferences(request: &odata::http::HttpRequest) -> odata::Prefer {
    let header = request.headers.iter().find(|(name, _)| name == "prefer");
    odata::Prefer::parse(&header.unwrap().1)
}

/// The city of the first account: `None` when it is unknown.
fn city(bench: &Bench) -> Option<Value> {
    let row = block_on(bench.store.row(&"account".into(), RowId::from_u128(1))).unwrap().unwrap().current;
    row.columns.has("city").then(|| row.columns.get("city").clone())
}

fn in_city(city: &str) -> String {
    let id = RowId::from_u128(1);
    format!(r#"{{"value":[{{"@odata.etag":"W/\"5\"","accountid":"{id}","name":"one"{city}}}],{DELTA}}}"#)
}

#[test]
fn a_whole_table_is_asked_for_without_nulls_and_changes_with_them() {
    let bench = bench();
    bench.script.respond(ok_without_nulls(&in_city("")));
    sync(&bench).unwrap();
    assert_eq!(city(&bench), Some(Value::Null), "the service said that it leaves nulls out");
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    let asked = bench.script.asked.borrow();
    let RequestPart::Single(part) = read_request(&asked[1]).unwrap().parts[0].clone() else { panic!() };
    for (request, omits) in [(&asked[0], true), (&part, false)] {
        let prefer = preferences(request);
        assert_eq!((prefer.omit_nulls, prefer.track_changes), (omits, true), "{prefer}");
        assert!(prefer.annotations.wants("Microsoft.Dynamics.CRM.lookuplogicalname"));
        assert!(!prefer.annotations.wants("Microsoft.Dynamics.CRM.associatednavigationproperty"));
    }
}

#[test]
fn what_is_absent_is_cleared_only_where_the_service_says_so() {
    let gone = || changes(vec![HttpResponse { status: 410, headers: Vec::new(), body: Vec::new() }]);
    let lyon = Some(Value::Text("Lyon".into()));
    let cases = [
        (
            "a fetch from the start without nulls",
            gone(),
            Some(ok_without_nulls(&in_city(""))),
            Some(Value::Null),
        ),
        ("a service that knows no such wish", gone(), Some(ok(&in_city(""))), lyon.clone()),
        ("a change that clears", changes(vec![ok(&in_city(r#","city":null"#))]), None, Some(Value::Null)),
        ("a change of something else", changes(vec![ok_without_nulls(&in_city(""))]), None, lyon.clone()),
    ];
    for (name, answer, further, expected) in cases {
        let bench = bench();
        bench.script.respond(ok(&in_city(r#","city":"Lyon""#)));
        sync(&bench).unwrap();
        assert_eq!(city(&bench), lyon);
        bench.script.respond(answer);
        further.into_iter().for_each(|response| bench.script.respond(response));
        sync(&bench).unwrap();
        assert_eq!(city(&bench), expected, "{name}");
    }
}

#[test]
fn a_fetch_interrupted_before_a_column_was_added_begins_again() {
    let bench = bench();
    bench.script.respond(ok(&page(&[(1, 1, "one")], NEXT)));
    bench.script.fail();
    sync(&bench).unwrap_err();
    let mut wider = Table::clone(&account());
    let fax = Column { name: "fax".into(), ..wider.columns[1].clone() };
    wider.columns.push(fax);
    let wider = Arc::new(wider);
    bench.store.set_tables(vec![Arc::clone(&wider)]);
    let definitions = SyncTables { tables: vec![wider], ..definitions() };
    bench.script.respond(ok(&page(&[(1, 1, "one"), (2, 2, "two")], DELTA)));
    block_on(bench.engine.sync(&definitions, now())).unwrap();
    assert_eq!(bench.script.targets()[2], "/api/data/v9.2/accounts?$select=accountid,name,city,fax");
    assert_eq!(name_of(&bench, 2), Some("two".into()));
}

#[test]
fn tables_are_fetched_side_by_side_and_one_that_fails_takes_nothing_from_the_other() {
    let team = Arc::new(Table { columns: account().columns[1..].to_vec(), ..table_definition("team") });
    let mut contact = Table::clone(&account());
    (contact.name, contact.set_name) = ("contact".into(), "contacts".to_owned());
    let contact = Arc::new(contact);
    let bench = Bench::new(vec![account(), Arc::clone(&contact), Arc::clone(&team)]);
    let tables = vec![account(), contact, team];
    let definitions = SyncTables { tables, ..definitions() };
    bench.script.respond(ok(&page(&[(1, 1, "one")], DELTA)));
    bench.script.fail();
    bench.script.respond(ok(&page(&[], DELTA)));
    let error = block_on(bench.engine.sync(&definitions, now())).unwrap_err();
    assert_eq!(error, SyncError::Transport(TransportError::TimedOut));
    let targets = bench.script.targets();
    assert!(targets[0].contains("/accounts?") && targets[1].contains("/contacts?"), "{targets:?}");
    assert_eq!(name_of(&bench, 1), Some("one".into()));
    assert!(bench.store.cursor(&"account".into()).unwrap().complete);
    assert_eq!(bench.store.cursor(&"contact".into()), None);
}

/// A page of ids and versions alone.
fn versions(rows: &[(u128, i64)], link: &str) -> HttpResponse {
    let row = |(id, version): &(u128, i64)| {
        format!(r#"{{"@odata.etag":"W/\"{version}\"","accountid":"{}"}}"#, RowId::from_u128(*id))
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    let applied = r#"odata.track-changes,valise.columns="""#.to_owned();
    HttpResponse {
        headers: vec![("preference-applied".to_owned(), applied)],
        ..ok(&format!(r#"{{"value":[{}],{link}}}"#, rows.join(",")))
    }
}

fn expired() -> HttpResponse {
    changes(vec![HttpResponse { status: 410, headers: Vec::new(), body: Vec::new() }])
}

#[test]
fn an_expired_link_costs_the_differences_where_the_server_can_send_versions() {
    let bench = synced();
    bench.script.respond(expired());
    bench.script.respond(versions(&[(1, 1), (3, 8)], DELTA));
    bench.script.respond(changes(vec![ok(&page(&[(3, 8, "three")], r#""x":1"#))]));
    sync(&bench).unwrap();
    let names = [1, 2, 3].map(|row| name_of(&bench, row));
    assert_eq!(names, [Some("one".into()), None, Some("three".into())], "unchanged, gone, new");
    let asked = bench.script.asked.borrow();
    assert_eq!(preferences(&asked[1]).only_columns, Some(Vec::new()));
    assert!(!asked[1].target.contains("deltatoken"), "{}", asked[1].target);
    let batch = read_request(&asked[2]).unwrap();
    assert_eq!(batch.parts.len(), 1);
    let RequestPart::Single(rows) = &batch.parts[0] else { panic!() };
    let target = odata::decode_percent(&rows.target).unwrap();
    assert!(target.contains(&RowId::from_u128(3).to_string()), "{target}");
    assert!(!target.contains(&RowId::from_u128(1).to_string()), "{target}");
    drop(asked);
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
}

#[test]
fn more_columns_cost_these_columns_alone() {
    let bench = synced();
    let narrow = SyncTables {
        carried: crate::Carried {
            by_profile: true,
            columns: [("account".into(), ["accountid".into(), "name".into()].into())].into(),
        },
        ..definitions()
    };
    bench.script.respond(versions(&[(1, 1), (2, 2)], DELTA));
    block_on(bench.engine.sync(&narrow, now())).unwrap();
    assert_eq!(bench.script.targets(), ["/api/data/v9.2/accounts?$select=accountid,name&offlineprofile=own"]);
    let id = RowId::from_u128(1);
    let rows = format!(
        r#"{{"value":[{{"@odata.etag":"W/\"1\"","accountid":"{id}","city":"Lyon"}},
        {{"@odata.etag":"W/\"2\"","accountid":"{}","city":null}}],{DELTA}}}"#,
        RowId::from_u128(2)
    );
    let applied = r#"odata.track-changes,valise.columns="city""#.to_owned();
    let headers = vec![("preference-applied".to_owned(), applied)];
    bench.script.respond(HttpResponse { headers, ..ok(&rows) });
    sync(&bench).unwrap();
    assert_eq!(preferences(&bench.script.asked.borrow()[1]).only_columns, Some(vec!["city".to_owned()]));
    assert_eq!(city(&bench), Some(Value::Text("Lyon".into())));
    assert_eq!(name_of(&bench, 1), Some("one".into()), "what was there stays");
}

fn gone(row: u128, reason: &str) -> String {
    let id = RowId::from_u128(row);
    format!(
        r#"{{"value":[{{"@odata.context":"x#accounts/$deletedEntity","id":"{id}","reason":"{reason}"}}],{DELTA}}}"#
    )
}

/// Fetches without sending before: as if the user had worked just now.
fn pull(bench: &Bench, definitions: &SyncTables) {
    block_on(bench.engine.pull(definitions, now())).unwrap();
    block_on(bench.engine.rebase(definitions)).unwrap();
}

/// Row 1 has left the user's reach while a change of it is unsent.
pub(super) fn out_of_reach() -> Bench {
    let bench = synced();
    append(
        &bench,
        vec![entry(7, vec![rename(1, 1, "one", "uno")]), entry(8, vec![rename(2, 2, "two", "due")])],
    );
    bench.script.respond(changes(vec![ok(&gone(1, "changed"))]));
    pull(&bench, &definitions());
    bench
}

#[test]
fn a_row_out_of_reach_stays_with_what_is_unsent_until_the_user_has_decided() {
    let bench = out_of_reach();
    let journal = bench.store.journal();
    let reason = model::ParkReason::OutOfReach { table: "account".into(), id: RowId::from_u128(1) };
    assert_eq!(journal[0].state, model::EntryState::Parked(reason));
    assert_eq!(journal[1].state, model::EntryState::Waiting, "the rest goes on");
    assert_eq!(name_of(&bench, 1), Some("uno".into()));
    assert_eq!(*bench.notes.gone.borrow(), []);
    block_on(bench.store.update_journal(Vec::new(), vec![journal[0].id, journal[1].id])).unwrap();
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!(name_of(&bench, 1), None, "nothing is unsent any more");
    assert_eq!(*bench.notes.gone.borrow(), [RowId::from_u128(1)]);
    assert_eq!(name_of(&bench, 2), Some("two".into()));
}

#[test]
fn a_row_that_comes_back_lets_go_on_what_waited() {
    let bench = out_of_reach();
    bench.script.respond(accepted("W/\"9\""));
    bench.script.respond(changes(vec![ok(&page(&[(1, 4, "one"), (2, 9, "due")], DELTA))]));
    sync(&bench).unwrap();
    let journal = bench.store.journal();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0].state, model::EntryState::Waiting);
    assert_eq!(name_of(&bench, 1), Some("uno".into()));
}

#[test]
fn what_the_server_accepts_of_a_row_out_of_reach_leaves_with_it() {
    let bench = out_of_reach();
    let journal = bench.store.journal();
    block_on(bench.engine.decide(journal[0].id, &crate::Choice::Retry, None, &definitions())).unwrap();
    block_on(bench.store.update_journal(Vec::new(), vec![journal[1].id])).unwrap();
    bench.script.respond(accepted("W/\"9\""));
    bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
    sync(&bench).unwrap();
    assert_eq!((bench.store.journal(), name_of(&bench, 1)), (Vec::new(), None));
}

#[test]
fn a_row_out_of_reach_leaves_when_the_user_discards_the_last_change_of_it() {
    let bench = out_of_reach();
    append(&bench, vec![entry(9, vec![rename(1, 1, "uno", "un")])]);
    let sync_once = || {
        bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
        sync(&bench).unwrap();
    };
    let journal = bench.store.journal();
    block_on(bench.store.update_journal(Vec::new(), vec![journal[1].id])).unwrap();
    let discard = |place: usize| {
        let (id, definitions) = (journal[place].id, definitions());
        block_on(bench.engine.decide(id, &crate::Choice::Discard, None, &definitions)).unwrap();
    };
    sync_once();
    assert_eq!(name_of(&bench, 1), Some("un".into()), "nothing is decided");
    discard(2);
    sync_once();
    assert_eq!(name_of(&bench, 1), Some("uno".into()), "the first change is still unsent");
    discard(0);
    sync_once();
    assert_eq!((bench.store.journal(), name_of(&bench, 1)), (Vec::new(), None));
    assert_eq!(*bench.notes.gone.borrow(), [RowId::from_u128(1)]);
}

#[test]
fn a_row_deleted_by_others_is_not_taken_for_one_out_of_reach() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    bench.script.respond(changes(vec![ok(&gone(1, "deleted"))]));
    pull(&bench, &definitions());
    let state = bench.store.journal()[0].state.clone();
    assert!(
        matches!(state, model::EntryState::Parked(model::ParkReason::Conflict { deleted: true, .. })),
        "{state:?}"
    );
}

#[test]
fn a_narrower_profile_parks_what_is_unsent_on_a_row_it_leaves_out() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    bench.script.respond(expired());
    bench.script.respond(versions(&[(2, 2)], DELTA));
    bench.script.respond(changes(vec![ok(&page(&[(1, 1, "one")], r#""x":1"#))]));
    pull(&bench, &definitions());
    let state = bench.store.journal()[0].state.clone();
    assert!(matches!(state, model::EntryState::Parked(model::ParkReason::OutOfReach { .. })), "{state:?}");
    assert_eq!(name_of(&bench, 1), Some("uno".into()));
}

#[test]
fn a_table_left_out_leaves_with_its_rows_but_for_those_with_unsent_changes() {
    let bench = synced();
    append(&bench, vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    let nothing = SyncTables { tables: Vec::new(), ..definitions() };
    pull(&bench, &nothing);
    assert_eq!((name_of(&bench, 1), name_of(&bench, 2)), (Some("uno".into()), None));
    let state = bench.store.journal()[0].state.clone();
    assert!(matches!(state, model::EntryState::Parked(model::ParkReason::OutOfReach { .. })), "{state:?}");
}
