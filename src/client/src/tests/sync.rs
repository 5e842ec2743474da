//! What a sync leaves behind, and what is told of rows that go.

use super::bench::{Bench, CONTOSO, FABRIKAM, execute, text};
use crate::message::{Decision, Event, FailureKind, Reply, Request, SyncPhase};
use ::sync::Observer as _;
use futures::executor::block_on;
use futures::future::{FutureExt as _, join};
use model::{Columns, Command, EntryState, ParkReason, RowId};

fn command(name: &str, parameters: Columns) -> Command {
    let (table, id) = ("account".into(), RowId::from_u128(FABRIKAM));
    Command { name: name.into(), table, id, subject: String::new(), parameters }
}

/// The next sync sends at once, and then waits for the server for ever.
fn hang_while_sending(bench: &Bench) {
    let device = bench.session.device().unwrap();
    device.schedule.has_reached.set(true);
    device.schedule.wants_definitions.set(false);
    device.schedule.definitions_at.set(Some(bench.clock.now.get()));
    bench.network.hangs.set(true);
}

#[test]
fn a_sign_in_that_fails_during_a_sync_does_not_leave_the_sync_running_on_screen() {
    let bench = Bench::synced();
    bench.open();
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("Fabrikam SA")));
    hang_while_sending(&bench);
    let mut sync = Box::pin(bench.session.sync_once());
    assert!((&mut sync).now_or_never().is_none());
    assert_eq!(bench.session.device().unwrap().reporter.status().phase, SyncPhase::Pushing);
    bench.network.hangs.set(false);
    let sign_in = Request::SignIn {
        code: "bad".to_owned(),
        verifier: "v".to_owned(),
        redirect_uri: "http://app/".to_owned(),
    };
    let (_, reply) = block_on(join(sync, bench.session.handle(sign_in)));
    assert!(matches!(reply, Reply::Failed(_)), "{reply:?}");
    let status = bench.session.device().unwrap().reporter.status();
    assert_eq!((status.phase, status.pending), (SyncPhase::Starting, 1));
}

#[test]
fn what_is_saved_without_a_network_is_not_called_sent_and_can_be_taken_back() {
    let bench = Bench::synced();
    bench.open();
    let device = bench.session.device().unwrap();
    device.schedule.definitions_at.set(Some(bench.clock.now.get()));
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("Fabrikam SA")));
    for _ in 0..2 {
        assert!(block_on(bench.session.sync_once()).is_err(), "there is no network");
        assert!(!device.store.journal()[0].was_sent);
    }
    // It was there a moment ago: then what waits is sent, and it is open whether it arrived.
    device.schedule.has_reached.set(true);
    device.schedule.wants_definitions.set(false);
    assert!(block_on(bench.session.sync_once()).is_err());
    assert!(device.store.journal()[0].was_sent);
}

#[test]
fn a_refused_command_after_a_save_tells_that_the_save_is_done() {
    let bench = Bench::synced();
    bench.open();
    bench.ask(Request::Watch { tables: vec!["account".into()] });
    let save = command("save", Columns::new().with("name", text("Fabrikam SA")));
    let refused = command("assign", Columns::new());
    let failure = bench.fails(execute(vec![save, refused.clone()], Columns::new()));
    assert_eq!(failure.saved, [RowId::from_u128(FABRIKAM)]);
    assert_eq!(bench.session.device().unwrap().store.journal().len(), 1);
    let told =
        |event: &Event| matches!(event, Event::Changed { tables } if tables.contains(&"account".into()));
    assert!(bench.heard.0.borrow().iter().any(told), "screens show what was saved");
    let failure = bench.fails(execute(vec![refused], Columns::new()));
    assert_eq!(failure.saved, []);
}

/// Its first entry was refused by the server.
fn refused() -> Bench {
    let bench = Bench::synced();
    bench.open();
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("bad")));
    let store = &bench.session.device().unwrap().store;
    let mut entry = store.journal()[0].clone();
    let (code, message) = (String::new(), "no".to_owned());
    entry.state = EntryState::Parked(ParkReason::Refused { status: 400, code, message });
    block_on(store.update_journal(vec![entry], Vec::new())).unwrap();
    bench
}

#[test]
fn a_save_that_is_kept_says_so_although_something_failed_after_it() {
    let bench = refused();
    let save = execute(vec![command("save", Columns::new().with("name", text("good")))], Columns::new());
    bench.gate.room.set(2);
    let failure = bench.fails(save.clone());
    assert_eq!((failure.kind, failure.saved), (FailureKind::StorageFull, vec![RowId::from_u128(FABRIKAM)]));
    assert_eq!(bench.session.device().unwrap().store.journal().len(), 2);
    // Asked again, it does what is missing and nothing twice.
    assert_eq!(bench.ask(save), Reply::Done(vec![RowId::from_u128(FABRIKAM)]));
    assert_eq!(bench.session.device().unwrap().store.journal().len(), 1);
}

#[test]
fn what_a_dead_device_saved_over_a_refusal_puts_it_right_after_the_restart() {
    let bench = refused();
    bench.gate.room.set(2);
    bench.fails(execute(vec![command("save", Columns::new().with("name", text("good")))], Columns::new()));
    let again = bench.reopened();
    let device = again.session.device().unwrap();
    device.schedule.has_reached.set(true);
    device.schedule.wants_definitions.set(false);
    device.schedule.definitions_at.set(Some(again.clock.now.get()));
    assert!(block_on(again.session.sync_once()).is_err(), "there is no network");
    let journal = device.store.journal();
    assert_eq!((journal.len(), &journal[0].state), (1, &EntryState::Waiting));
}

#[test]
fn who_shows_a_row_is_told_when_it_goes() {
    let bench = Bench::synced();
    bench.open();
    let device = bench.session.device().unwrap();
    let rows = [RowId::from_u128(FABRIKAM)];
    device.reporter.gone(&"account".into(), &rows);
    let told = || bench.heard.0.borrow().iter().filter(|event| matches!(event, Event::Gone { .. })).count();
    assert_eq!(told(), 0, "nobody looks");
    bench.ask(Request::Watch { tables: vec!["account".into()] });
    device.reporter.gone(&"account".into(), &rows);
    assert_eq!(told(), 1);
}

#[test]
fn a_change_made_over_a_waiting_one_is_made_on_what_that_was_made_on() {
    let bench = Bench::synced();
    bench.open();
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("one")));
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("two")));
    let version = |place: usize| match &bench.session.device().unwrap().store.journal()[place].changes.0[0] {
        model::Change::Update { version, .. } => *version,
        change => panic!("{change:?}"),
    };
    assert_eq!(version(0), version(1));
}

#[test]
fn a_command_given_while_another_tab_wrote_is_planned_on_what_that_wrote() {
    let bench = Bench::synced();
    bench.open();
    let other = bench.reopened();
    other.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("theirs")));
    let save = command("save", Columns::new().with("telephone1", text("mine")));
    bench.ask(execute(vec![save], Columns::new().with("telephone1", text("01 23"))));
    let journal = bench.session.device().unwrap().store.journal();
    let [first, second] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!(first.changes.0.len(), 1, "what the other tab acknowledged is there");
    let model::Change::Update { before, version, .. } = &second.changes.0[0] else { panic!() };
    assert_eq!(before.get("telephone1"), &text("01 23"), "what this tab's user saw");
    assert_eq!(*version, Some(::sync::UNSEEN), "so it is compared before it is sent");
}

#[test]
fn what_does_not_depend_on_each_other_is_sent_in_the_order_the_user_likes() {
    let bench = Bench::synced();
    bench.open();
    bench.command("save", "account", FABRIKAM, Columns::new().with("name", text("one")));
    bench.command("save", "account", CONTOSO, Columns::new().with("name", text("two")));
    bench.command("save", "account", CONTOSO, Columns::new().with("name", text("three")));
    let view = || match bench.ask(Request::Offline) {
        Reply::Offline(view) => view.entries,
        reply => panic!("{reply:?}"),
    };
    let entries = view();
    let may = |place: usize| (entries[place].can_go_earlier, entries[place].can_go_later);
    assert_eq!([may(0), may(1), may(2)], [(false, true), (true, false), (false, false)]);
    let decide = |place: usize, decision: Decision| Request::Decide {
        entry: entries[place].entry.id,
        decision,
        seen: Some(entries[place].seen()),
    };
    assert_eq!(bench.ask(decide(0, Decision::SendLater)), Reply::Done(Vec::new()));
    let order: Vec<_> = view().iter().map(|view| view.entry.id).collect();
    assert_eq!(order, [1, 0, 2].map(|place: usize| entries[place].entry.id));
    assert_eq!(bench.fails(decide(1, Decision::SendEarlier)).kind, FailureKind::Overtaken, "it is the first");
}
