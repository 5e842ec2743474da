//! Sending while the network and the server do what they do: nothing is lost, nothing is done twice, the user is told.

use crate::testing::faults::{Fault, broken, half, refusal, refusal_until, web_page};
use crate::testing::wire::{DELTA, accepted, changes, definitions, ok, page, synced};
use crate::testing::{Bench, create, entry, key, rename};
use crate::{Choice, DecideError, SyncError, TransportError};
use futures::executor::block_on;
use model::{Change, ChangeSet, EntryId, EntryState, JournalEntry, ParkReason};
use odata::batch::{
    AnswerPart, BatchAnswer, ChangeSetAnswer, ChangeSetRequest, ContentResponse, RequestPart, read_request,
    write_response,
};
use odata::http::HttpResponse;

/// What the user sees of a sync that met a fault.
fn seen(bench: &Bench, outcome: &Result<crate::Synced, SyncError>) -> String {
    let journal = bench.store.journal();
    let state = match journal.first().map(|entry| &entry.state) {
        Some(EntryState::Waiting) => "waits".to_owned(),
        Some(EntryState::Accepted) => "accepted".to_owned(),
        Some(EntryState::Parked(ParkReason::Refused { status, .. })) => format!("parked {status}"),
        Some(EntryState::Parked(ParkReason::Conflict { deleted: true, .. })) => {
            "deleted by others".to_owned()
        }
        Some(EntryState::Parked(reason)) => format!("{reason:?}"),
        None => "gone".to_owned(),
    };
    let told = match outcome {
        Ok(synced) => synced.wait_milliseconds.map_or("done".to_owned(), |wait| format!("again in {wait}")),
        Err(SyncError::Transport(TransportError::Intercepted)) => "a web page".to_owned(),
        Err(SyncError::Transport(TransportError::TimedOut)) => "timed out".to_owned(),
        Err(SyncError::Transport(TransportError::Unreachable(_))) => "unreachable".to_owned(),
        Err(SyncError::Busy { wait_milliseconds, .. }) => format!("busy {}", wait_milliseconds.unwrap_or(0)),
        Err(SyncError::Refused { error, .. }) => format!("refused {}", error.status),
        Err(SyncError::Unreadable { .. }) => "unreadable".to_owned(),
        Err(SyncError::SignInNeeded) => "sign in".to_owned(),
        Err(SyncError::Store(error)) => error.to_string(),
    };
    format!("{told}, {state}")
}

fn nothing_new() -> HttpResponse {
    changes(vec![ok(&page(&[], DELTA))])
}

/// The change sets of a request.
fn sets(bench: &Bench, number: usize) -> Vec<ChangeSetRequest> {
    let batch = read_request(&bench.script.asked.borrow()[number]).unwrap();
    let set = |part| match part {
        RequestPart::ChangeSet(set) => set,
        RequestPart::Single(request) => panic!("{request:?}"),
    };
    batch.parts.into_iter().map(set).collect()
}

fn with_refresh_refused(fault: HttpResponse) -> Vec<Fault> {
    vec![Ok(fault), Ok(refusal(400, "invalid_grant"))]
}

/// Name, what comes for the push, what comes after it in the same sync, what the user sees.
type Case = (&'static str, Vec<Fault>, Vec<HttpResponse>, &'static str);

fn whole_cases() -> Vec<Case> {
    let tokens = r#"{"token_type":"Bearer","access_token":"two","refresh_token":"r2","expires_in":3600}"#;
    let one = |fault: HttpResponse| vec![Ok(fault)];
    let then = || vec![nothing_new()];
    vec![
        ("an HTML page", one(web_page(200)), vec![], "a web page, waits"),
        ("half a body", one(half(accepted("W/\"5\""))), then(), "unreadable, waits"),
        ("400", one(refusal(400, "0x80040203")), then(), "done, parked 400"),
        ("400 of a proxy", one(web_page(400)), then(), "refused 400, waits"),
        ("401, and the sign-in is over", with_refresh_refused(refusal(401, "")), vec![], "sign in, waits"),
        (
            "401, and the sign-in is renewed",
            vec![Ok(refusal(401, "")), Ok(ok(tokens)), Ok(accepted("W/\"5\""))],
            then(),
            "done, accepted",
        ),
        (
            "401, twice",
            vec![Ok(refusal(401, "")), Ok(ok(tokens)), Ok(refusal(401, ""))],
            vec![],
            "sign in, waits",
        ),
        ("403", one(refusal(403, "0x80040220")), then(), "refused 403, waits"),
        ("403 of a firewall", one(web_page(403)), then(), "refused 403, waits"),
        ("404", one(refusal(404, "0x8006088a")), then(), "refused 404, waits"),
        ("409", one(refusal(409, "")), then(), "refused 409, waits"),
        ("412", one(refusal(412, "")), then(), "refused 412, waits"),
        ("413", one(web_page(413)), then(), "done, parked 413"),
        ("429 with seconds", one(refusal_until(429, "17")), vec![], "busy 17000, waits"),
        (
            "429 with a date",
            one(refusal_until(429, "Thu, 01 Jan 1970 00:17:10 GMT")),
            vec![],
            "busy 30000, waits",
        ),
        ("429 without a word", one(refusal(429, "")), vec![], "busy 0, waits"),
        ("500", one(refusal(500, "")), then(), "refused 500, waits"),
        ("503", one(refusal_until(503, "120")), vec![], "busy 120000, waits"),
        ("a time-out", vec![Err(TransportError::TimedOut)], vec![], "timed out, waits"),
        ("a connection that is reset", vec![broken("connection reset")], vec![], "unreachable, waits"),
        ("a wrong certificate", vec![broken("certificate has expired")], vec![], "unreachable, waits"),
    ]
}

/// What the server says to the entry alone.
fn entry_cases() -> Vec<Case> {
    let one = |fault: HttpResponse| vec![Ok(changes(vec![fault]))];
    let then = || vec![nothing_new()];
    vec![
        ("its 400", one(refusal(400, "0x80040203")), then(), "done, parked 400"),
        ("its 401", one(refusal(401, "")), then(), "again in 5000, waits"),
        ("its 403", one(refusal(403, "0x80040220")), then(), "done, parked 403"),
        ("its 404 of a set", one(refusal(404, "0x8006088a")), then(), "done, parked 404"),
        (
            "its 404 of a row",
            one(refusal(404, "0x80040217")),
            vec![changes(vec![ok(&removed())]), nothing_new()],
            "done, deleted by others",
        ),
        ("its 409", one(refusal(409, "")), then(), "done, parked 409"),
        ("its 412 of a duplicate", one(refusal(412, "0x80040333")), then(), "done, parked 412"),
        ("its 413", one(refusal(413, "")), then(), "done, parked 413"),
        ("its 429", one(refusal_until(429, "40")), then(), "again in 40000, waits"),
        ("its 500", one(refusal(500, "")), then(), "again in 5000, waits"),
        ("its 503", one(refusal_until(503, "9")), then(), "again in 9000, waits"),
    ]
}

fn removed() -> String {
    let id = key(1).1;
    format!(
        r#"{{"value":[{{"@odata.context":"x#accounts/$deletedEntity","id":"{id}","reason":"deleted"}}],{DELTA}}}"#
    )
}

#[test]
fn whatever_comes_in_place_of_an_answer_the_entry_is_kept_and_the_user_is_told() {
    for (name, faults, after, expected) in whole_cases().into_iter().chain(entry_cases()) {
        let bench = synced();
        bench.append(vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
        faults.into_iter().for_each(|fault| bench.script.come(fault));
        after.into_iter().for_each(|response| bench.script.respond(response));
        let outcome = bench.sync();
        assert_eq!(seen(&bench, &outcome), expected, "{name}");
        assert_eq!(bench.store.journal().len(), 1, "{name}: nothing is lost");
    }
}

#[test]
fn once_the_fault_is_over_the_same_entry_goes_under_the_same_key() {
    for (name, faults, after, expected) in whole_cases() {
        if !expected.ends_with("waits") || expected.starts_with("sign in") {
            continue;
        }
        let bench = synced();
        bench.append(vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
        faults.into_iter().for_each(|fault| bench.script.come(fault));
        after.into_iter().for_each(|response| bench.script.respond(response));
        drop(bench.sync());
        bench.script.asked.borrow_mut().clear();
        bench.script.respond(accepted("W/\"5\""));
        bench.script.respond(changes(vec![ok(&page(&[(1, 5, "uno")], DELTA))]));
        bench.sync().unwrap();
        let sent = sets(&bench, 0);
        assert_eq!(sent[0].request_id, Some(EntryId::from_u128(7).to_string()), "{name}");
        assert_eq!((sent.len(), bench.store.journal().len()), (1, 0), "{name}");
        assert_eq!(bench.name_of(1).as_deref(), Some("uno"), "{name}");
    }
}

#[test]
fn an_entry_the_server_breaks_on_is_parked_after_some_tries_and_holds_nothing_else_up() {
    let bench = synced();
    bench
        .append(vec![entry(7, vec![rename(1, 1, "one", "uno")]), entry(8, vec![rename(2, 2, "two", "due")])]);
    for _ in 0..2 {
        bench.script.respond(refusal(500, ""));
        bench.script.respond(nothing_new());
        assert!(bench.sync().is_err());
    }
    // The third time they go one by one: the first is the one.
    bench.script.respond(refusal(500, ""));
    bench.script.respond(refusal(500, ""));
    bench.script.respond(accepted("W/\"6\""));
    bench.script.respond(changes(vec![ok(&page(&[(2, 6, "due")], DELTA))]));
    let outcome = bench.sync();
    assert_eq!(seen(&bench, &outcome), "done, parked 500");
    assert_eq!(bench.store.journal().len(), 1);
}

#[test]
fn what_the_server_does_not_take_does_not_keep_the_news_away() {
    let bench = synced();
    bench.append(vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    bench.script.respond(refusal(403, "0x80040225"));
    bench.script.respond(changes(vec![ok(&page(&[(2, 9, "zwei")], DELTA))]));
    assert!(bench.sync().is_err());
    assert_eq!(bench.name_of(2).as_deref(), Some("zwei"));
}

fn answer(etags: &[&str]) -> HttpResponse {
    let part = |etag: &&str| {
        let headers = vec![("etag".to_owned(), (*etag).to_owned())];
        let response = HttpResponse { status: 204, headers, body: Vec::new() };
        ContentResponse { content_id: "1".to_owned(), response }
    };
    let answer = ChangeSetAnswer { result: None, changes: etags.iter().map(part).collect() };
    write_response(&BatchAnswer { status: 200, parts: vec![AnswerPart::ChangeSet(answer)] })
}

fn two_saves() -> Vec<JournalEntry> {
    vec![entry(7, vec![rename(1, 1, "one", "uno")]), entry(8, vec![rename(1, 1, "uno", "due")])]
}

#[test]
fn saves_of_a_row_go_as_one_and_leave_together() {
    let bench = synced();
    bench.append(two_saves());
    bench.script.respond(answer(&["W/\"5\""]));
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "due")], DELTA))]));
    assert_eq!(bench.sync().unwrap().accepted, 2);
    let sent = sets(&bench, 0);
    assert_eq!((sent.len(), sent[0].changes.len()), (1, 1));
    assert_eq!(String::from_utf8_lossy(&sent[0].changes[0].request.body), r#"{"name":"due"}"#);
    assert_eq!(bench.store.journal(), []);
}

#[test]
fn what_went_together_without_an_answer_goes_together_again() {
    let bench = synced();
    bench.append(two_saves());
    bench.script.fail();
    assert!(bench.sync().is_err());
    bench.append(vec![entry(9, vec![rename(1, 1, "due", "tre")])]);
    bench.script.respond(answer(&["W/\"5\""]));
    bench.script.respond(answer(&["W/\"6\""]));
    bench.script.respond(changes(vec![ok(&page(&[(1, 6, "tre")], DELTA))]));
    bench.sync().unwrap();
    assert_eq!(sets(&bench, 0), sets(&bench, 1), "the same under the same key");
    let later = sets(&bench, 2);
    assert_eq!(later[0].request_id, Some(EntryId::from_u128(9).to_string()), "never across what may be sent");
    assert_eq!(bench.store.journal(), []);
}

#[test]
fn of_what_was_refused_together_only_the_guilty_one_is_parked() {
    let bench = synced();
    bench.append(two_saves());
    bench.script.respond(changes(vec![refusal(400, "0x80040203")]));
    bench.script.respond(answer(&["W/\"5\""]));
    bench.script.respond(changes(vec![refusal(400, "0x80040203")]));
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "uno")], DELTA))]));
    bench.sync().unwrap();
    let journal = bench.store.journal();
    assert_eq!((journal.len(), journal[0].id), (1, EntryId::from_u128(8)));
    assert!(matches!(journal[0].state, EntryState::Parked(ParkReason::Refused { status: 400, .. })));
    assert_eq!(bench.name_of(1).as_deref(), Some("due"), "the user goes on seeing it");
}

#[test]
fn a_save_of_a_row_accepted_without_a_version_waits_for_the_row() {
    let bench = synced();
    bench.append(vec![entry(7, vec![create(3)])]);
    bench.script.fail();
    assert!(bench.sync().is_err());
    let (table, id) = key(3);
    let text = |text: &str| model::Columns::new().with("name", model::Value::Text(text.to_owned()));
    let saved = Change::Update {
        table,
        id,
        version: None,
        before: model::Columns::new().with("name", model::Value::Null),
        columns: text("mine"),
    };
    bench.append(vec![JournalEntry { changes: ChangeSet(vec![saved.clone()]), ..entry(8, vec![saved]) }]);
    // This server keeps no answers, and somebody has given the row a name since.
    bench.script.respond(changes(vec![refusal(412, "0x80040237")]));
    bench.script.respond(changes(vec![ok(&page(&[(3, 6, "theirs")], DELTA))]));
    bench.sync().unwrap();
    let journal = bench.store.journal();
    assert_eq!(journal.len(), 1, "{journal:?}");
    let EntryState::Parked(ParkReason::Conflict { theirs, .. }) = &journal[0].state else {
        panic!("written over theirs: {:?}", journal[0].state)
    };
    assert_eq!(theirs, &text("theirs"));
}

#[test]
fn what_may_have_been_done_is_not_put_right_under_its_key() {
    let bench = synced();
    bench.append(vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    // It is done, and half the answer comes; then something on the way does not let it through.
    bench.script.respond(half(accepted("W/\"5\"")));
    bench.script.respond(nothing_new());
    assert!(bench.sync().is_err());
    bench.script.respond(web_page(413));
    bench.script.respond(nothing_new());
    let outcome = bench.sync();
    assert_eq!(seen(&bench, &outcome), "done, parked 413");
    // Saved again, it must not become one with what the server takes for done.
    bench.append(vec![entry(8, vec![rename(1, 1, "uno", "eins")])]);
    block_on(bench.engine.amend(&definitions())).unwrap();
    assert_eq!(bench.store.journal().len(), 2);
    block_on(bench.engine.decide(EntryId::from_u128(7), &Choice::Retry, None, &definitions())).unwrap();
    bench.script.asked.borrow_mut().clear();
    bench.script.respond(accepted("W/\"5\""));
    bench.script.respond(accepted("W/\"6\""));
    bench.script.respond(changes(vec![ok(&page(&[(1, 6, "eins")], DELTA))]));
    bench.sync().unwrap();
    let body =
        |number: usize| String::from_utf8(sets(&bench, number)[0].changes[0].request.body.clone()).unwrap();
    assert!(body(0).contains("uno"), "unchanged: {}", body(0));
    assert!(body(1).contains("eins"), "{}", body(1));
    assert_eq!((bench.store.journal().len(), bench.name_of(1).as_deref()), (0, Some("eins")));
}

#[test]
fn what_went_together_without_an_answer_is_refused_retried_and_kept_together() {
    let bench = synced();
    bench.append(two_saves());
    bench.script.fail();
    assert!(bench.sync().is_err());
    bench.script.respond(web_page(413));
    bench.script.respond(nothing_new());
    let outcome = bench.sync();
    assert_eq!(seen(&bench, &outcome), "done, parked 413");
    let journal = bench.store.journal();
    let first = journal[0].id;
    assert!(journal.iter().all(|entry| entry.was_sent && matches!(entry.state, EntryState::Parked(_))));
    let discard = block_on(bench.engine.decide(first, &Choice::Discard, None, &definitions()));
    assert_eq!(discard, Err(DecideError::MayBeSent), "one of two that may be on the server");
    block_on(bench.engine.decide(journal[1].id, &Choice::Retry, None, &definitions())).unwrap();
    bench.script.asked.borrow_mut().clear();
    bench.script.respond(accepted("W/\"5\""));
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "due")], DELTA))]));
    bench.sync().unwrap();
    assert_eq!(sets(&bench, 0)[0].request_id, Some(first.to_string()));
    assert_eq!(bench.store.journal(), []);
}

#[test]
fn what_an_overtaken_tab_had_accepted_leaves_with_its_rows() {
    let bench = synced();
    bench.append(vec![entry(7, vec![rename(1, 1, "one", "uno")])]);
    // Another tab opens the database while this one is being answered.
    let (store, engine) = bench.other_tab();
    bench.script.respond(accepted("W/\"5\""));
    bench.script.fail();
    assert!(bench.sync().is_err());
    assert_eq!(bench.store.journal()[0].state, EntryState::Accepted);
    assert_eq!(store.journal()[0].state, EntryState::Waiting, "it has not heard of it");
    // When it wants to write it finds what the other one wrote, and waits for the rows.
    bench.script.respond(changes(vec![ok(&page(&[(1, 5, "uno")], DELTA))]));
    block_on(engine.sync(&definitions(), crate::testing::wire::now())).unwrap();
    assert_eq!(store.journal(), []);
}
