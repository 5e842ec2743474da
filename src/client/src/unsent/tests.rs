//! A file of unsent work goes from one device to another, whole or with a reason.

use super::file::taken_in;
use crate::message::{
    Decision, Draft, FailureKind, ImportProblem, ImportVerdict, ImportView, OfflineView, Reply, Request,
    Unsent,
};
use crate::tests::bench::{ADA, Bench, CONTOSO, FABRIKAM, USER, execute, reference, text};
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use model::{Columns, Command, EntryId, EntryState, ParkReason, RowId};
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::rc::Rc;

const NEW: u128 = 0x9001;
const CHILD: u128 = 0x9002;

fn opened() -> Bench {
    let bench = Bench::synced();
    bench.open();
    bench
}

/// A device with a new account, a contact of it, and a changed account.
fn busy() -> Bench {
    let bench = opened();
    bench.command("create", "account", NEW, Columns::new().with("name", text("Ätna")));
    let contact =
        Columns::new().with("lastname", text("Curie")).with("parentcustomerid", reference("account", NEW));
    bench.command("create", "contact", CHILD, contact);
    bench.command("save", "account", FABRIKAM, Columns::new().with("telephone1", text("9")));
    bench
}

fn exported(bench: &Bench) -> String {
    let Reply::Exported(file) = bench.ask(Request::Export) else { panic!() };
    file
}

fn changed(file: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut json: Json = serde_json::from_str(file).unwrap();
    change(&mut json);
    json.to_string()
}

fn import(bench: &Bench, text: &str) -> Result<ImportView, ImportProblem> {
    let Reply::Import(found) = bench.ask(Request::Import { text: text.to_owned() }) else { panic!() };
    found
}

fn read(bench: &Bench, text: &str) -> Result<ImportView, ImportProblem> {
    let Reply::Import(found) = bench.ask(Request::ReadImport { text: text.to_owned() }) else { panic!() };
    found
}

fn verdicts(view: &ImportView) -> Vec<ImportVerdict> {
    view.lines.iter().map(|line| line.verdict.clone()).collect()
}

fn offline(bench: &Bench) -> OfflineView {
    let Reply::Offline(view) = bench.ask(Request::Offline) else { panic!() };
    view
}

#[test]
fn unsent_work_comes_to_another_device_as_it_was() {
    let (one, other) = (busy(), opened());
    let file = exported(&one);
    let seen = read(&other, &file).unwrap();
    assert_eq!(verdicts(&seen), vec![ImportVerdict::Ready; 3]);
    assert_eq!(seen.lines[0].view.entry.command.subject, "Ätna");
    assert_eq!(offline(&other).entries, [], "looking takes nothing in");
    import(&other, &file).unwrap();
    assert_eq!(offline(&other).entries, offline(&one).entries);
    let again = other.reopened();
    assert_eq!(offline(&again).entries.len(), 3, "on disk");
    assert_eq!(verdicts(&import(&again, &file).unwrap()), vec![ImportVerdict::Here; 3]);
    assert_eq!(offline(&again).entries.len(), 3, "once is enough");
}

#[test]
fn what_was_sent_or_discarded_meanwhile_does_not_come_back() {
    let bench = busy();
    let file = exported(&bench);
    let entry = offline(&bench).entries[2].entry.id;
    bench.ask(Request::Decide { entry, decision: Decision::Discard, seen: None });
    let view = import(&bench, &file).unwrap();
    assert_eq!(verdicts(&view), [ImportVerdict::Here, ImportVerdict::Here, ImportVerdict::Done]);
    assert_eq!(offline(&bench).entries.len(), 2);
}

#[test]
fn a_file_that_is_not_this_users_brings_nothing() {
    let (one, other) = (busy(), opened());
    let file = exported(&one);
    let somebody = RowId::from_u128(77).to_string();
    for (what, text, problem) in [
        ("a picture", "\u{89}PNG".to_owned(), ImportProblem::Unreadable),
        ("nothing", String::new(), ImportProblem::Unreadable),
        ("half a file", file[..file.len() / 2].to_owned(), ImportProblem::Unreadable),
        ("other JSON", r#"{"version":1}"#.to_owned(), ImportProblem::Unreadable),
        ("another format", changed(&file, |it| it["format"] = json!("mail")), ImportProblem::Unreadable),
        ("a newer build", changed(&file, |it| it["version"] = json!(2)), ImportProblem::Newer),
        (
            "a newer build with entries of another shape",
            changed(&file, |it| (it["version"], it["entries"]) = (json!(2), json!("packed"))),
            ImportProblem::Newer,
        ),
        (
            "another org",
            changed(&file, |it| it["organization"] = json!(somebody)),
            ImportProblem::OtherOrganization,
        ),
        (
            "another user",
            changed(&file, |it| it["user"] = json!(somebody)),
            ImportProblem::OtherUser("Rémi Petit".to_owned()),
        ),
    ] {
        assert_eq!(read(&other, &text), Err(problem.clone()), "{what}");
        assert_eq!(import(&other, &text), Err(problem), "{what}");
        assert_eq!(offline(&other).entries, [], "{what}");
    }
    let marked = format!("\u{feff}{file}");
    assert!(read(&other, &marked).is_ok(), "a byte order mark is no damage");
    let empty = Bench::empty();
    empty.open();
    assert_eq!(empty.fails(Request::Export).kind, FailureKind::SignInNeeded);
}

#[test]
fn what_the_org_does_not_know_stays_out_and_so_does_what_needs_it() {
    let (one, other) = (busy(), opened());
    let file = exported(&one);
    let first = offline(&one).entries[0].entry.id;
    let unknown = changed(&file, |it| {
        it["entries"][0]["changes"][0]["Create"]["columns"]["new_color"] = json!({ "Text": "red" });
    });
    let view = import(&other, &unknown).unwrap();
    assert_eq!(
        verdicts(&view),
        [
            ImportVerdict::NoColumns(vec!["new_color".to_owned()]),
            ImportVerdict::Needs(first),
            ImportVerdict::Ready
        ]
    );
    let left = offline(&other).entries;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].entry.command.id, RowId::from_u128(FABRIKAM));

    let long = "x".repeat(500);
    let wrong = changed(&file, |it| {
        it["entries"][0]["changes"][0]["Create"]["columns"]["name"] = json!({ "Text": long });
        it["entries"][2]["changes"][0]["Update"]["table"] = json!("new_table");
    });
    let view = read(&opened(), &wrong).unwrap();
    let expected = [
        ImportVerdict::WrongValues(vec!["Nom du compte".to_owned()]),
        ImportVerdict::Needs(first),
        ImportVerdict::NoTable,
    ];
    assert_eq!(verdicts(&view), expected);
}

#[test]
fn an_entry_comes_in_with_what_this_device_can_know_of_it() {
    let bench = busy();
    let mut entry = offline(&bench).entries[2].entry.clone();
    let refused = ParkReason::Refused { status: 400, code: String::new(), message: "no".to_owned() };
    let depends = ParkReason::DependsOn(entry.id);
    for (state, was_sent, expected) in [
        (EntryState::Waiting, false, (EntryState::Waiting, false)),
        (EntryState::Waiting, true, (EntryState::Waiting, true)),
        (EntryState::Accepted, false, (EntryState::Waiting, true)),
        (EntryState::Parked(depends), false, (EntryState::Waiting, false)),
        (EntryState::Parked(refused.clone()), false, (EntryState::Parked(refused), false)),
    ] {
        (entry.state, entry.was_sent) = (state, was_sent);
        let taken = taken_in(entry.clone());
        assert_eq!((taken.state, taken.was_sent), expected);
    }
}

#[test]
fn nothing_comes_in_before_the_first_sync_is_complete() {
    let file = exported(&busy());
    let bench = Bench::synced_halfway();
    bench.open();
    assert_eq!(import(&bench, &file), Err(ImportProblem::NotSynced));
}

#[test]
fn the_offline_page_has_words_for_every_entry() {
    let bench = busy();
    let entries = offline(&bench).entries;
    let labels =
        |at: usize| entries[at].columns.iter().map(|column| column.label.clone()).collect::<Vec<String>>();
    assert_eq!(labels(0), ["Nom du compte"], "what every new row has is left out");
    assert_eq!(labels(2), ["Téléphone principal"]);
    assert_eq!((&entries[2].columns[0].before, &entries[2].columns[0].after), (&text("01 23"), &text("9")));
    assert!(entries.iter().all(|entry| entry.has_row));
    let owner = Columns::new().with("ownerid", reference("systemuser", USER));
    bench.command("delete", "contact", ADA, Columns::new());
    let command = Command {
        name: "assign".into(),
        table: "account".into(),
        id: RowId::from_u128(CONTOSO),
        subject: String::new(),
        parameters: owner,
    };
    bench.ask(execute(vec![command], Columns::new()));
    let entries = offline(&bench).entries;
    let deleted = entries.iter().find(|entry| entry.entry.command.name.as_str() == "delete").unwrap();
    assert!(!deleted.has_row && deleted.columns.is_empty());
    assert_eq!(deleted.entry.command.subject, "Ada Lovelace");
}

#[test]
fn what_goes_with_an_entry_is_told_before_it_goes() {
    let bench = busy();
    let entries = offline(&bench).entries;
    let ids: Vec<_> = entries.iter().map(|entry| entry.entry.id).collect();
    assert_eq!(bench.ask(Request::Dependants { entry: ids[0] }), Reply::Entries(vec![ids[1]]));
    assert_eq!(bench.ask(Request::Dependants { entry: ids[2] }), Reply::Entries(vec![]));
    bench.ask(Request::Decide { entry: ids[0], decision: Decision::Discard, seen: None });
    assert_eq!(offline(&bench).entries.len(), 1);
    assert_eq!(bench.fails(Request::Dependants { entry: ids[0] }).kind, FailureKind::Overtaken);
}

#[test]
fn signing_out_counts_what_would_be_lost() {
    let bench = busy();
    let unsent = |bench: &Bench| match bench.ask(Request::Unsent) {
        Reply::Unsent(unsent) => unsent,
        reply => panic!("{reply:?}"),
    };
    assert_eq!(unsent(&bench), Unsent { changes: 3, parked: 0, drafts: 0 });
    let columns = Columns::new().with("name", text("Half a na"));
    let draft = Draft { columns, seen: Columns::new() };
    let keep = Request::KeepDraft { address: "/a".to_owned(), tab: "tab".to_owned(), draft };
    let clean = opened();
    clean.ask(keep);
    assert_eq!(unsent(&clean), Unsent { changes: 0, parked: 0, drafts: 1 });
    let refused = clean.fails(Request::SignOut { discard_unsent: false });
    assert_eq!(refused.kind, FailureKind::UnsentWork, "what was typed would be lost, too");
    assert_eq!(clean.ask(Request::SignOut { discard_unsent: true }), Reply::SignedOut);
}

#[test]
fn a_sync_without_an_end_does_not_keep_the_user_from_signing_out() {
    let bench = opened();
    bench.network.hangs.set(true);
    let mut pool = LocalPool::new();
    let session = Rc::clone(&bench.session);
    pool.spawner().spawn_local(async move { session.run().await }).unwrap();
    pool.run_until_stalled();
    let session = Rc::clone(&bench.session);
    let reply: Rc<RefCell<Option<Reply>>> = Rc::default();
    let answer = Rc::clone(&reply);
    let sign_out = async move {
        answer.replace(Some(session.handle(Request::SignOut { discard_unsent: false }).await));
    };
    bench.clock.ends_next_sleep.set(true);
    pool.spawner().spawn_local(sign_out).unwrap();
    pool.run_until_stalled();
    assert_eq!(reply.take(), Some(Reply::SignedOut));
    assert!(bench.clock.slept.borrow().contains(&5_000), "it had its time");
}

#[test]
fn saving_a_refused_row_again_puts_it_right() {
    let file = exported(&busy());
    let refused = json!({ "Parked": { "Refused": { "status": 400, "code": "", "message": "no" } } });
    let file = changed(&file, |it| {
        it["entries"][0]["state"] = refused;
        // The bench draws the same ids on every device.
        for number in 0..3 {
            it["entries"][number]["id"] = json!(EntryId::from_u128(0xa000 + number as u128).to_string());
        }
    });
    let bench = opened();
    import(&bench, &file).unwrap();
    assert!(matches!(offline(&bench).entries[0].entry.state, EntryState::Parked(ParkReason::Refused { .. })));
    bench.command("save", "account", NEW, Columns::new().with("name", text("Etna")));
    let entries = offline(&bench).entries;
    assert_eq!(entries.len(), 3, "the correction is part of what was refused");
    assert_eq!(entries[0].entry.state, EntryState::Waiting);
    assert_eq!(entries[0].columns[0].after, text("Etna"));
    assert_eq!(entries[0].entry.command.subject, "Etna");
}

#[test]
fn a_third_value_must_fit_its_column() {
    let bench = opened();
    let save = Command {
        name: "save".into(),
        table: "account".into(),
        id: RowId::from_u128(FABRIKAM),
        subject: String::new(),
        parameters: Columns::new().with("telephone1", text("mine")),
    };
    let seen = Columns::new().with("telephone1", text("seen"));
    bench.ask(execute(vec![save], seen));
    let entry = offline(&bench).entries[0].entry.id;
    bench.ask(Request::Decide { entry, decision: Decision::Retry, seen: None });
    assert_eq!(offline(&bench).entries[0].conflicts[0].theirs, text("01 23"));
    let write = |value: &str| Request::Decide {
        entry,
        decision: Decision::Write(Columns::new().with("telephone1", text(value))),
        seen: None,
    };
    let failure = bench.fails(write(&"9".repeat(500)));
    assert_eq!((failure.kind, failure.column), (FailureKind::Invalid, Some("telephone1".into())));
    bench.ask(write("third"));
    let entries = offline(&bench).entries;
    assert_eq!(
        (&entries[0].columns[0].before, &entries[0].columns[0].after),
        (&text("01 23"), &text("third"))
    );
    assert_eq!(entries[0].entry.state, EntryState::Waiting);
}
