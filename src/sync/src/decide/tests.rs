//! Decisions, one by one, and what they are about.

use super::*;
use crate::testing::wire::{DELTA, changes, definitions, now, ok, page, synced};
use crate::testing::{Bench, base, create, delete, entry, key, parked, refers_to, rename};
use futures::executor::block_on;
use model::{Columns, Value};

fn name(text: &str) -> Columns {
    Columns::new().with("name", Value::Text(text.to_owned()))
}

fn in_conflict(mut entry: JournalEntry, theirs: Columns, deleted: bool) -> JournalEntry {
    let (table, id) = key(10);
    entry.state = EntryState::Parked(ParkReason::Conflict { table, id, theirs, deleted });
    entry
}

fn id(number: u128) -> EntryId {
    EntryId::from_u128(number)
}

#[test]
fn keeping_mine_builds_on_theirs() {
    let journal = [in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), name("c"), false)];
    let plan = plan_choice(&journal, id(1), &Choice::KeepMine(vec![]), Some(&base(10, 5, "c"))).unwrap();
    assert_eq!(plan.removed, []);
    assert_eq!(plan.changed[0].state, EntryState::Waiting);
    let Change::Update { before, columns, .. } = &plan.changed[0].changes.0[0] else { panic!() };
    assert_eq!((before, columns), (&name("c"), &name("b")));
}

#[test]
fn keeping_theirs_removes_what_is_left_empty() {
    let journal = [
        in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), name("c"), false),
        entry(2, vec![rename(10, 1, "b", "d")]),
    ];
    let plan = plan_choice(&journal, id(1), &Choice::KeepTheirs, Some(&base(10, 5, "c"))).unwrap();
    assert_eq!(plan.removed, [id(1)]);
    let Change::Update { before, .. } = &plan.changed[0].changes.0[0] else { panic!() };
    assert_eq!(before, &name("a"), "the later change no longer builds on the value that will not come");
}

#[test]
fn keeping_mine_in_some_columns_takes_theirs_in_the_others() {
    let columns = |name: &str, city: &str| self::name(name).with("city", Value::Text(city.to_owned()));
    let (table, row) = key(10);
    let change = Change::Update {
        table,
        id: row,
        version: None,
        before: columns("a", "a"),
        columns: columns("b", "b"),
    };
    let journal = [in_conflict(entry(1, vec![change]), columns("c", "c"), false)];
    let choice = Choice::KeepMine(vec!["name".into()]);
    let plan = plan_choice(&journal, id(1), &choice, Some(&base(10, 5, "c"))).unwrap();
    let Change::Update { before, columns, .. } = &plan.changed[0].changes.0[0] else { panic!() };
    assert_eq!((before, columns), (&name("c"), &name("b")));
}

#[test]
fn a_third_value_is_written_over_theirs_and_what_is_not_named_takes_theirs() {
    let columns = |name: &str, city: &str| self::name(name).with("city", Value::Text(city.to_owned()));
    let (table, row) = key(10);
    let change = Change::Update {
        table,
        id: row,
        version: None,
        before: columns("a", "a"),
        columns: columns("b", "b"),
    };
    let mut parked = in_conflict(entry(1, vec![change]), columns("c", "c"), false);
    (parked.command.table, parked.command.id) = key(10);
    parked.command.parameters = columns("b", "b");
    let later = entry(2, vec![rename(10, 1, "b", "d")]);
    let choice = Choice::Write(name("third").with("phone", Value::Text("not in conflict".to_owned())));
    let plan = plan_choice(&[parked, later], id(1), &choice, Some(&base(10, 5, "c"))).unwrap();
    let Change::Update { before, columns: written, .. } = &plan.changed[0].changes.0[0] else { panic!() };
    assert_eq!((before, written), (&name("c"), &name("third")));
    assert_eq!(plan.changed[0].command.parameters, columns("third", "b"));
    assert_eq!(plan.changed[0].state, EntryState::Waiting);
    assert_eq!(plan.removed, []);
}

#[test]
fn writing_nothing_over_theirs_is_keeping_theirs() {
    let update = [in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), name("c"), false)];
    let plan = plan_choice(&update, id(1), &Choice::Write(Columns::new()), Some(&base(10, 5, "c"))).unwrap();
    assert_eq!(plan.removed, [id(1)]);
    let delete = [in_conflict(entry(1, vec![delete(10)]), Columns::new(), false)];
    let plan = plan_choice(&delete, id(1), &Choice::Write(Columns::new()), Some(&base(10, 5, "c"))).unwrap();
    assert_eq!(plan.removed, [id(1)]);
    let gone = [in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), Columns::new(), true)];
    let refused = plan_choice(&gone, id(1), &Choice::Write(name("x")), None);
    assert_eq!(refused, Err(DecideError::RowDeleted));
}

#[test]
fn a_deletion_in_conflict_goes_on_or_is_taken_back() {
    let journal = [in_conflict(entry(1, vec![delete(10)]), Columns::new(), false)];
    let base = base(10, 5, "c");
    let mine = plan_choice(&journal, id(1), &Choice::KeepMine(vec![]), Some(&base)).unwrap();
    let (table, row) = key(10);
    assert_eq!(mine.changed[0].changes.0, [Change::Delete { table, id: row, version: base.version }]);
    let theirs = plan_choice(&journal, id(1), &Choice::KeepTheirs, Some(&base)).unwrap();
    assert_eq!(theirs, ChoicePlan { changed: vec![], removed: vec![id(1)] });
}

#[test]
fn a_row_deleted_on_the_server_cannot_be_written() {
    let journal = [in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), Columns::new(), true)];
    let mine = plan_choice(&journal, id(1), &Choice::KeepMine(vec![]), None);
    assert_eq!(mine, Err(DecideError::RowDeleted));
    let theirs = plan_choice(&journal, id(1), &Choice::KeepTheirs, None).unwrap();
    assert_eq!(theirs.removed, [id(1)]);
}

#[test]
fn a_discarded_new_row_takes_along_what_needs_it() {
    let journal = [
        parked(entry(1, vec![create(10)])),
        entry(2, vec![refers_to(11, 10)]),
        entry(3, vec![rename(10, 0, "a", "b")]),
        entry(4, vec![rename(12, 1, "a", "b")]),
    ];
    let plan = plan_choice(&journal, id(1), &Choice::Discard, None).unwrap();
    assert_eq!(plan, ChoicePlan { changed: vec![], removed: vec![id(1), id(2), id(3)] });
}

#[test]
fn a_discarded_change_leaves_the_later_ones_on_the_value_before_it() {
    let journal = [parked(entry(1, vec![rename(10, 1, "a", "b")])), entry(2, vec![rename(10, 1, "b", "c")])];
    let plan = plan_choice(&journal, id(1), &Choice::Discard, None).unwrap();
    assert_eq!(plan.removed, [id(1)]);
    assert_eq!(plan.changed[0].changes.0, [rename(10, 1, "a", "c")]);
}

#[test]
fn what_may_be_on_the_server_is_not_taken_back() {
    let mut sent = entry(1, vec![rename(10, 1, "a", "b")]);
    sent.was_sent = true;
    let refused = plan_choice(&[sent], id(1), &Choice::Discard, None);
    assert_eq!(refused, Err(DecideError::MayBeSent));
    assert_eq!(plan_choice(&[], id(1), &Choice::Retry, None), Err(DecideError::Gone));
}

/// An entry in conflict with what came from the server, and what the user sees of it.
fn conflict(mine: Change) -> (Bench, Seen) {
    let bench = synced();
    bench.append(vec![entry(7, vec![mine])]);
    news(&bench, &[(1, 5, "theirs")]);
    let seen = look(&bench);
    assert!(matches!(seen.state, EntryState::Parked(ParkReason::Conflict { .. })), "{:?}", seen.state);
    (bench, seen)
}

/// Somebody changes rows on the server, and this device hears of it.
fn news(bench: &Bench, rows: &[(u128, i64, &str)]) {
    bench.script.respond(changes(vec![ok(&page(rows, DELTA))]));
    block_on(bench.engine.pull(&definitions(), now())).unwrap();
    block_on(bench.engine.rebase(&definitions())).unwrap();
}

fn look(bench: &Bench) -> Seen {
    let state = bench.store.journal()[0].state.clone();
    let (table, id) = key(1);
    let version = block_on(bench.store.base_row(&table, id)).unwrap().and_then(|row| row.version);
    Seen { state, version }
}

#[test]
fn a_third_change_between_looking_and_deciding_is_not_overwritten() {
    let deletion = Change::Delete { table: key(1).0, id: key(1).1, version: Some(model::RowVersion(1)) };
    for (what, mine) in [("a change", rename(1, 1, "one", "mine")), ("a deletion", deletion)] {
        for choice in [Choice::KeepMine(vec![]), Choice::KeepTheirs, Choice::Write(name("third"))] {
            let (bench, seen) = conflict(mine.clone());
            news(&bench, &[(1, 6, "a third one")]);
            let decide =
                |seen: &Seen| block_on(bench.engine.decide(id(7), &choice, Some(seen), &definitions()));
            assert_eq!(decide(&seen), Err(DecideError::Overtaken), "{what}, {choice:?}");
            let waiting = &bench.store.journal()[0];
            assert_eq!(waiting.changes.0, std::slice::from_ref(&mine), "{what}: nothing has happened to it");
            assert!(matches!(waiting.state, EntryState::Parked(_)), "{what}");
            assert_eq!(decide(&look(&bench)), Ok(()), "{what}, {choice:?}: the user has looked again");
        }
    }
}

#[test]
fn a_change_that_came_but_is_not_told_yet_counts_as_unseen() {
    let (bench, seen) = conflict(rename(1, 1, "one", "mine"));
    bench.script.respond(changes(vec![ok(&page(&[(1, 6, "a third one")], DELTA))]));
    // The pull has stored it; the journal has not been laid over it yet.
    block_on(bench.engine.pull(&definitions(), now())).unwrap();
    let decided =
        block_on(bench.engine.decide(id(7), &Choice::KeepMine(vec![]), Some(&seen), &definitions()));
    assert_eq!(decided, Err(DecideError::Overtaken));
}

#[test]
fn a_change_of_other_columns_does_not_disturb_a_decision() {
    let (bench, seen) = conflict(rename(1, 1, "one", "mine"));
    // The same name in a newer version: something else was changed.
    news(&bench, &[(1, 6, "theirs")]);
    let decided =
        block_on(bench.engine.decide(id(7), &Choice::KeepMine(vec![]), Some(&seen), &definitions()));
    assert_eq!(decided, Ok(()));
    let Change::Update { version, before, .. } = &bench.store.journal()[0].changes.0[0] else { panic!() };
    assert_eq!((version, before), (&Some(model::RowVersion(6)), &name("theirs")));
}

#[test]
fn giving_up_ones_own_needs_no_second_look() {
    let (bench, seen) = conflict(rename(1, 1, "one", "mine"));
    news(&bench, &[(1, 6, "a third one")]);
    let decided = block_on(bench.engine.decide(id(7), &Choice::Discard, Some(&seen), &definitions()));
    assert_eq!(decided, Ok(()));
    assert_eq!(bench.name_of(1).as_deref(), Some("a third one"));
}
