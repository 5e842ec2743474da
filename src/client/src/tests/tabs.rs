//! What several tabs ask of one session, and of the next one when it died.

use super::bench::{Bench, FABRIKAM, execute, text};
use super::opened;
use crate::HttpResponse;
use crate::message::{Draft, Event, FailureKind, Reply, Request};
use futures::executor::block_on;
use futures::future::join;
use model::{Columns, Command, RowId};
use std::collections::BTreeSet;
use store::{Cursor, PageCommit};

fn save(value: &str) -> Command {
    Command {
        name: "save".into(),
        table: "account".into(),
        id: RowId::from_u128(FABRIKAM),
        subject: String::new(),
        parameters: Columns::new().with("telephone1", text(value)),
    }
}

fn entries(bench: &Bench) -> usize {
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    view.entries.len()
}

fn confirm_all(bench: &Bench) {
    let device = bench.session.device().unwrap();
    let confirmed = device.store.journal().iter().map(|entry| entry.id).collect();
    let commit = PageCommit {
        writer: None,
        table: "account".into(),
        removed: Vec::new(),
        cursor: Cursor::default(),
        confirmed,
    };
    block_on(device.store.commit_page(commit)).unwrap();
}

#[test]
fn a_request_asked_again_of_the_next_leader_is_carried_out_once() {
    let bench = opened();
    let request = execute(vec![save("1"), save("2")], Columns::new());
    let done = bench.ask(request.clone());
    let next = bench.reopened();
    assert_eq!(next.ask(request.clone()), done);
    assert_eq!(entries(&next), 2);
    // Also when everything has reached the server meanwhile.
    confirm_all(&next);
    next.ask(execute(vec![save("3")], Columns::new()));
    let last = next.reopened();
    assert_eq!(last.ask(request), done);
    assert_eq!(entries(&last), 1);
}

#[test]
fn a_request_half_done_by_a_dead_leader_is_completed() {
    let bench = opened();
    let Request::Execute { id, .. } = execute(Vec::new(), Columns::new()) else { panic!() };
    bench.ask(Request::Execute { id, commands: vec![save("1")], seen: Columns::new() });
    let next = bench.reopened();
    next.ask(Request::Execute { id, commands: vec![save("1"), save("2")], seen: Columns::new() });
    assert_eq!(entries(&next), 2);
}

#[test]
fn a_request_asked_twice_at_once_is_carried_out_once() {
    let bench = opened();
    let request = execute(vec![save("1")], Columns::new());
    let both = join(bench.session.handle(request.clone()), bench.session.handle(request));
    let (first, second) = block_on(both);
    assert_eq!(first, second);
    assert_eq!(entries(&bench), 1);
}

#[test]
fn a_sleeper_that_wakes_up_adds_nothing_to_what_its_successor_did() {
    let sleeper = opened();
    let request = execute(vec![save("1")], Columns::new());
    let leader = sleeper.reopened();
    let done = leader.ask(request.clone());
    assert_eq!(sleeper.ask(request), done);
    assert_eq!(entries(&leader.reopened()), 1);
}

fn draft(value: &str) -> Draft {
    Draft {
        columns: Columns::new().with("name", text(value)),
        seen: Columns::new().with("name", text("before")),
    }
}

fn keep(bench: &Bench, tab: &str, draft: Draft) {
    let request = Request::KeepDraft { address: "/a/account/new".to_owned(), tab: tab.to_owned(), draft };
    assert_eq!(bench.ask(request), Reply::Done(Vec::new()));
}

fn draft_of(bench: &Bench, tab: &str) -> Option<Draft> {
    let request = Request::Draft { address: "/a/account/new".to_owned(), tab: tab.to_owned() };
    let Reply::Draft(draft) = bench.ask(request) else { panic!() };
    draft
}

#[test]
fn each_tab_keeps_its_own_draft_of_a_form() {
    let bench = opened();
    bench.session.set_tabs(BTreeSet::from(["one".to_owned(), "two".to_owned()]));
    keep(&bench, "one", draft("mine"));
    assert_eq!(draft_of(&bench, "two"), None, "the other tab is still at it");
    keep(&bench, "two", draft("other"));
    let again = bench.reopened();
    assert_eq!(
        (draft_of(&again, "one"), draft_of(&again, "two")),
        (Some(draft("mine")), Some(draft("other")))
    );
    keep(&again, "one", Draft::default());
    again.session.set_tabs(BTreeSet::from(["one".to_owned(), "two".to_owned()]));
    assert_eq!((draft_of(&again, "one"), draft_of(&again, "two")), (None, Some(draft("other"))));
}

#[test]
fn what_a_closed_tab_left_goes_to_the_next_that_opens_the_form_and_to_no_other() {
    let bench = opened();
    keep(&bench, "closed", draft("older"));
    bench.clock.now.set(bench.clock.now.get().plus_milliseconds(1));
    keep(&bench, "crashed", draft("latest"));
    bench.session.set_tabs(BTreeSet::from(["new".to_owned(), "other".to_owned()]));
    assert_eq!(draft_of(&bench, "new"), Some(draft("latest")));
    assert_eq!(draft_of(&bench, "other"), Some(draft("older")));
    assert_eq!(draft_of(&bench, "third"), None);
}

#[test]
fn a_sign_out_is_told_to_every_tab() {
    let bench = opened();
    assert_eq!(bench.ask(Request::SignOut { discard_unsent: false }), Reply::SignedOut);
    let heard = bench.heard.0.borrow();
    assert!(heard.iter().any(|event| matches!(event, Event::Renewed(opened) if opened.user.is_none())));
}

#[test]
fn a_sign_in_asked_again_does_not_use_its_code_again() {
    let bench = opened();
    let profile = bench.session.device().unwrap().definitions().unwrap().profile.clone();
    let answer = |body: &str| HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    };
    let token = r#"{"token_type":"Bearer","access_token":"b","refresh_token":"s","expires_in":3600}"#;
    let sign_in = Request::SignIn {
        code: "c".to_owned(),
        verifier: "v".to_owned(),
        redirect_uri: "http://valise.test/".to_owned(),
    };
    bench.network.answers.borrow_mut().push_back(answer(token));
    assert_eq!(bench.fails(sign_in.clone()).kind, FailureKind::Offline, "it dies after the tokens came");
    let next = bench.reopened();
    next.network.answers.borrow_mut().push_back(answer(&serde_json::to_string(&profile).unwrap()));
    next.fails(sign_in);
    let targets = next.network.targets.borrow();
    assert!(
        targets[0].ends_with("/me") && !targets.iter().any(|target| target.contains("/token")),
        "{targets:?}"
    );
}
