//! What is said is true: nothing is called saved before it is, nothing is lost beside a sign-out, what cannot be read is shown.

use super::bench::{Bench, FABRIKAM, execute, text};
use crate::message::{
    Draft, Event, Failure, FailureKind, ImportView, OfflineView, Reply, Request, SyncPhase, SyncProblemKind,
    Unsent,
};
use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use model::{Columns, Command, EntryId, JournalEntry, RowId};
use std::cell::RefCell;
use std::rc::Rc;
use store::{Batch, Blocks as _, BlocksError, Durability, ObjectStore};

fn opened() -> Bench {
    let bench = Bench::synced();
    bench.open();
    bench
}

fn save(value: &str) -> Request {
    let (table, id) = ("account".into(), RowId::from_u128(FABRIKAM));
    let parameters = Columns::new().with("telephone1", text(value));
    execute(
        vec![Command { name: "save".into(), table, id, subject: String::new(), parameters }],
        Columns::new(),
    )
}

/// A request that is answered beside others.
struct Asked(Rc<RefCell<Option<Reply>>>);

impl Asked {
    fn of(bench: &Bench, pool: &LocalPool, request: Request) -> Self {
        let (session, reply) = (Rc::clone(&bench.session), Rc::new(RefCell::default()));
        let answered = Rc::clone(&reply);
        let ask = async move { drop(answered.replace(Some(session.handle(request).await))) };
        pool.spawner().spawn_local(ask).unwrap();
        Self(reply)
    }

    fn reply(&self) -> Option<Reply> {
        self.0.borrow().clone()
    }

    fn failure(&self) -> Option<FailureKind> {
        match self.reply() {
            Some(Reply::Failed(Failure { kind, .. })) => Some(kind),
            _ => None,
        }
    }
}

fn offline(bench: &Bench) -> OfflineView {
    match bench.ask(Request::Offline) {
        Reply::Offline(view) => view,
        reply => panic!("{reply:?}"),
    }
}

fn phone(bench: &Bench) -> String {
    match bench.ask(Request::Row { table: "account".into(), id: RowId::from_u128(FABRIKAM) }) {
        Reply::Row(Some(row)) => row.columns.get("telephone1").as_text().unwrap_or_default().to_owned(),
        reply => panic!("{reply:?}"),
    }
}

#[test]
fn nothing_is_called_saved_before_its_transaction_has_committed() {
    let bench = opened();
    bench.ask(Request::Watch { tables: vec!["account".into()] });
    bench.heard.0.borrow_mut().clear();
    let mut pool = LocalPool::new();
    bench.gate.shut();
    let saving = Asked::of(&bench, &pool, save("99"));
    pool.run_until_stalled();
    assert!(bench.gate.is_busy() && saving.reply().is_none());
    assert_eq!((offline(&bench).sync.pending, phone(&bench).as_str()), (0, "01 23"), "nor shown");
    assert!(bench.heard.0.borrow().is_empty(), "nor told: {:?}", bench.heard.0.borrow());
    bench.gate.open();
    pool.run_until_stalled();
    assert_eq!(saving.reply(), Some(Reply::Done(vec![RowId::from_u128(FABRIKAM)])));
    assert_eq!((offline(&bench).sync.pending, phone(&bench).as_str()), (1, "99"));
    let told = |event: &Event| matches!(event, Event::Sync(status) if status.pending == 1);
    assert!(bench.heard.0.borrow().iter().any(told));
}

#[test]
fn what_could_not_be_saved_is_told_and_shown_nowhere_and_the_rest_goes_on() {
    for (name, error, kind) in [
        ("quota exceeded", BlocksError::Full, FailureKind::StorageFull),
        ("backing store error", BlocksError::Backend("UnknownError".to_owned()), FailureKind::Storage),
        ("closed by a newer build", BlocksError::Closed, FailureKind::Storage),
    ] {
        let bench = opened();
        bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("kept")));
        bench.gate.error.replace(Some(error));
        assert_eq!(bench.fails(save("99")).kind, kind, "{name}");
        assert_eq!(
            (offline(&bench).sync.pending, phone(&bench).as_str()),
            (1, "kept"),
            "{name}: reads go on"
        );
        bench.gate.error.replace(None);
        bench.ask(save("99"));
        assert_eq!(
            (offline(&bench).sync.pending, phone(&bench).as_str()),
            (2, "99"),
            "{name}: and then writes"
        );
        assert_eq!(phone(&bench.reopened()), "99", "{name}");
    }
}

#[test]
fn a_sync_that_finds_no_room_says_so_and_is_not_called_one() {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("kept")));
    let before = offline(&bench).sync;
    // It goes straight to what is to be sent, and notes that first.
    let device = bench.session.device().unwrap();
    device.schedule.has_reached.set(true);
    device.schedule.wants_definitions.set(false);
    device.schedule.definitions_at.set(Some(bench.clock.now.get()));
    bench.gate.error.replace(Some(BlocksError::Full));
    let failure = block_on(bench.session.sync_once()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::StorageFull);
    let after = offline(&bench).sync;
    assert_eq!(after.problem.map(|problem| problem.kind), Some(SyncProblemKind::StorageFull));
    assert_eq!((after.synced_at, after.pending, after.phase), (before.synced_at, 1, SyncPhase::Idle));
}

#[test]
fn a_command_in_the_same_instant_as_a_sign_out_is_seen_or_refused_and_never_lost() {
    // The command was there first: it is acknowledged, and the sign-out sees it.
    let bench = opened();
    let mut pool = LocalPool::new();
    bench.gate.shut();
    let saving = Asked::of(&bench, &pool, save("99"));
    pool.run_until_stalled();
    let leaving = Asked::of(&bench, &pool, Request::SignOut { discard_unsent: false });
    pool.run_until_stalled();
    bench.gate.open();
    pool.run_until_stalled();
    assert!(matches!(saving.reply(), Some(Reply::Done(_))), "{:?}", saving.reply());
    assert_eq!(leaving.failure(), Some(FailureKind::UnsentWork));
    assert_eq!(phone(&bench.reopened()), "99");

    // The sign-out was there first: whoever comes while the device is emptied finds nobody signed in.
    let bench = opened();
    let mut pool = LocalPool::new();
    bench.gate.shut();
    let leaving = Asked::of(&bench, &pool, Request::SignOut { discard_unsent: false });
    pool.run_until_stalled();
    assert!(bench.gate.is_busy(), "it is about to empty the device");
    let late = [
        save("99"),
        Request::KeepDraft {
            address: "/saleshub/account/new".to_owned(),
            tab: "t".to_owned(),
            draft: Draft { columns: Columns::new().with("name", text("typed")), ..Draft::default() },
        },
        Request::Import { text: String::new() },
    ];
    let late: Vec<Asked> = late.into_iter().map(|request| Asked::of(&bench, &pool, request)).collect();
    pool.run_until_stalled();
    assert!(late.iter().all(|asked| asked.reply().is_none()), "they wait");
    bench.gate.open();
    pool.run_until_stalled();
    assert_eq!(leaving.reply(), Some(Reply::SignedOut));
    for asked in late {
        assert_eq!(asked.failure(), Some(FailureKind::SignInNeeded), "{:?}", asked.reply());
    }
    assert_eq!(block_on(bench.session.device().unwrap().unsent()).unwrap(), Unsent::default());
}

#[test]
fn a_sign_out_sees_what_another_worker_saved_while_it_emptied_the_device() {
    let bench = opened();
    let other = bench.reopened();
    let mut pool = LocalPool::new();
    bench.gate.shut();
    let leaving = Asked::of(&bench, &pool, Request::SignOut { discard_unsent: false });
    pool.run_until_stalled();
    assert!(bench.gate.is_busy());
    other.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    bench.gate.open();
    pool.run_until_stalled();
    assert_eq!(leaving.failure(), Some(FailureKind::UnsentWork));
    assert_eq!((offline(&bench).sync.pending, phone(&bench).as_str()), (1, "99"));
    assert!(
        bench.session.device().unwrap().connection.is_signed_in(),
        "and it is as if nothing had been asked"
    );
}

/// A device with a change that cannot be read, and one that can.
fn with_unreadable(content: &[u8]) -> Bench {
    let bench = opened();
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("99")));
    let mut batch = Batch::new(Durability::Strict);
    batch.put(ObjectStore::Journal, 7_u64.to_be_bytes(), content);
    block_on(bench.blocks.apply(batch)).unwrap();
    bench.reopened()
}

#[test]
fn a_change_that_cannot_be_read_is_shown_exported_and_kept_until_the_user_lets_it_go() {
    let content = br#"{"command":{"subject":"Chairs","name":7},"made_at":"2026-11-24T08:00:00Z"}"#;
    let bench = with_unreadable(content);
    let view = offline(&bench);
    assert_eq!((view.entries.len(), view.unreadable.len()), (1, 1));
    assert_eq!(
        (view.sync.pending, view.sync.parked),
        (2, 1),
        "nothing is called sent, and the user is asked"
    );
    let [unreadable] = view.unreadable.as_slice() else { panic!() };
    assert_eq!((unreadable.subject.as_str(), unreadable.made_at.is_some()), ("Chairs", true));
    assert!(!unreadable.reason.is_empty());
    assert_eq!(bench.ask(Request::Unsent), Reply::Unsent(Unsent { changes: 2, parked: 1, drafts: 0 }));
    let Reply::Exported(file) = bench.ask(Request::Export) else { panic!() };
    let json: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(json["unreadable"][0]["text"], std::str::from_utf8(content).unwrap(), "byte for byte");
    let Reply::Import(Ok(ImportView { unreadable: left, lines, .. })) =
        bench.ask(Request::ReadImport { text: file })
    else {
        panic!()
    };
    assert_eq!((left, lines.len()), (1, 1), "and told of when the file is read");

    let decide = Request::Decide {
        entry: view.entries[0].entry.id,
        decision: crate::message::Decision::Discard,
        seen: None,
    };
    bench.ask(decide);
    assert_eq!(bench.fails(Request::SignOut { discard_unsent: false }).kind, FailureKind::UnsentWork);
    let key = unreadable.key.clone();
    assert_eq!(bench.ask(Request::DropUnreadable { key }), Reply::Done(Vec::new()));
    assert_eq!((offline(&bench).unreadable.len(), offline(&bench.reopened()).unreadable.len()), (0, 0));
    assert_eq!(bench.ask(Request::SignOut { discard_unsent: false }), Reply::SignedOut);
}

#[test]
fn a_change_that_is_no_text_is_exported_too() {
    let bench = with_unreadable(&[0xff, 0, 1]);
    assert_eq!(offline(&bench).unreadable[0].subject, "");
    let Reply::Exported(file) = bench.ask(Request::Export) else { panic!() };
    let json: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(json["unreadable"][0]["bytes"], serde_json::json!([255, 0, 1]));
}

#[test]
fn a_file_with_a_change_that_was_unreadable_brings_it_in_where_it_can_be_read() {
    let bench = with_unreadable(b"?");
    let Reply::Exported(file) = bench.ask(Request::Export) else { panic!() };
    let mut json: serde_json::Value = serde_json::from_str(&file).unwrap();
    // What was unreadable for the build that exported it.
    let mut entry: JournalEntry = serde_json::from_value(json["entries"][0].clone()).unwrap();
    entry.id = EntryId::from_u128(77);
    json["unreadable"][0] =
        serde_json::json!({ "reason": "of tomorrow", "text": serde_json::to_string(&entry).unwrap() });
    let other = opened();
    let Reply::Import(Ok(view)) = other.ask(Request::Import { text: json.to_string() }) else { panic!() };
    assert_eq!((view.lines.len(), view.unreadable), (2, 0));
    assert_eq!(offline(&other).entries.len(), 2);
}

#[test]
fn nothing_is_said_of_the_server_before_it_has_answered() {
    let bench = Bench::synced();
    let opened = bench.open();
    assert!(opened.is_synced);
    assert_eq!(opened.sync.phase, SyncPhase::Starting, "what was true at the last visit may not be true now");
    bench.network.hangs.set(true);
    let mut pool = LocalPool::new();
    let session = Rc::clone(&bench.session);
    pool.spawner().spawn_local(async move { session.run().await }).unwrap();
    pool.run_until_stalled();
    assert_ne!(offline(&bench).sync.phase, SyncPhase::Idle, "asked, and not answered yet");
    bench.session.stop();
    pool.run_until_stalled();
    assert_ne!(offline(&bench).sync.phase, SyncPhase::Idle, "a sync that was stopped has told nothing");
}

#[test]
fn the_network_is_not_blamed_once_there_is_none() {
    let bench = opened();
    assert!(block_on(bench.session.sync_once()).is_err());
    let problem = offline(&bench).sync.problem.map(|problem| problem.kind);
    assert_eq!(problem, Some(SyncProblemKind::Unreachable), "as far as the browser knows there is a network");
    bench.ask(Request::Wake { online: false });
    let status = offline(&bench).sync;
    assert_eq!((status.phase, status.problem), (SyncPhase::Offline, None));
    assert!(block_on(bench.session.sync_once()).is_err());
    let status = offline(&bench).sync;
    assert_eq!((status.phase, status.problem), (SyncPhase::Offline, None));
}
