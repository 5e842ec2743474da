//! What goes in the next request, case by case.

use super::*;
use crate::testing::{create, delete, entry, parked, refers_to, update};

fn numbers(ids: &[EntryId]) -> Vec<u128> {
    ids.iter().map(|id| id.as_u128()).collect()
}

fn pairs(ids: &[(EntryId, EntryId)]) -> Vec<(u128, u128)> {
    ids.iter().map(|(entry, obstacle)| (entry.as_u128(), obstacle.as_u128())).collect()
}

const NONE: &BTreeSet<EntryId> = &BTreeSet::new();

fn plan(journal: &[JournalEntry]) -> PushPlan {
    plan_push(journal, &PushState { most_entries: ENTRIES_PER_REQUEST, alone: NONE, unversioned: NONE })
}

fn groups(plan: &PushPlan) -> Vec<Vec<u128>> {
    plan.send.iter().map(|group| numbers(group)).collect()
}

struct Case {
    why: &'static str,
    journal: Vec<JournalEntry>,
    send: Vec<Vec<u128>>,
    hold: Vec<(u128, u128)>,
    release: Vec<u128>,
    more: bool,
}

fn accepted(mut entry: JournalEntry) -> JournalEntry {
    entry.state = EntryState::Accepted;
    entry
}

fn command(mut entry: JournalEntry) -> JournalEntry {
    entry.command.name = "close".into();
    entry
}

fn sent(mut entry: JournalEntry) -> JournalEntry {
    entry.was_sent = true;
    entry
}

fn sent_with(leader: u128, entry: JournalEntry) -> JournalEntry {
    JournalEntry { sent_with: Some(EntryId::from_u128(leader)), ..sent(entry) }
}

fn held(mut entry: JournalEntry, by: u128) -> JournalEntry {
    entry.state = EntryState::Parked(ParkReason::DependsOn(EntryId::from_u128(by)));
    entry
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            why: "entries on different rows go together, in order",
            journal: vec![entry(1, vec![update(10)]), entry(2, vec![create(11)])],
            send: vec![vec![1], vec![2]],
            hold: vec![],
            release: vec![],
            more: false,
        },
        Case {
            why: "a command on a row waits for the version that the change before it makes",
            journal: vec![entry(1, vec![update(10)]), command(entry(2, vec![update(10)]))],
            send: vec![vec![1]],
            hold: vec![],
            release: vec![],
            more: true,
        },
        Case {
            why: "a row that points to a new row waits for it",
            journal: vec![entry(1, vec![create(10)]), entry(2, vec![refers_to(11, 10)])],
            send: vec![vec![1]],
            hold: vec![],
            release: vec![],
            more: true,
        },
        Case {
            why: "nothing overtakes an entry that waits",
            journal: vec![entry(1, vec![update(10)]), entry(2, vec![delete(10)]), entry(3, vec![delete(12)])],
            send: vec![vec![1]],
            hold: vec![],
            release: vec![],
            more: true,
        },
        Case {
            why: "an accepted entry is not sent again and stops nobody",
            journal: vec![accepted(entry(1, vec![create(10)])), entry(2, vec![update(10)])],
            send: vec![vec![2]],
            hold: vec![],
            release: vec![],
            more: false,
        },
    ]
}

fn cases_with_parked_entries() -> Vec<Case> {
    vec![
        Case {
            why: "a parked entry holds what touches its row and lets the others pass",
            journal: vec![
                parked(entry(1, vec![update(10)])),
                entry(2, vec![update(10)]),
                entry(3, vec![update(11)]),
            ],
            send: vec![vec![3]],
            hold: vec![(2, 1)],
            release: vec![],
            more: false,
        },
        Case {
            why: "a parked create holds what points to its row, and what needs that in turn",
            journal: vec![
                parked(entry(1, vec![create(10)])),
                entry(2, vec![refers_to(11, 10)]),
                entry(3, vec![update(11)]),
            ],
            send: vec![],
            hold: vec![(2, 1), (3, 1)],
            release: vec![],
            more: false,
        },
        Case {
            why: "pointing to a row with a parked update needs nothing of that update",
            journal: vec![parked(entry(1, vec![update(10)])), entry(2, vec![refers_to(11, 10)])],
            send: vec![vec![2]],
            hold: vec![],
            release: vec![],
            more: false,
        },
        Case {
            why: "an entry already held is not held again",
            journal: vec![parked(entry(1, vec![update(10)])), held(entry(2, vec![update(10)]), 1)],
            send: vec![],
            hold: vec![],
            release: vec![],
            more: false,
        },
        Case {
            why: "a held entry goes when its obstacle is gone",
            journal: vec![held(entry(2, vec![update(10)]), 1)],
            send: vec![vec![2]],
            hold: vec![],
            release: vec![2],
            more: false,
        },
        Case {
            why: "nothing to do",
            journal: vec![],
            send: vec![],
            hold: vec![],
            release: vec![],
            more: false,
        },
    ]
}

fn one_row(why: &'static str, journal: Vec<JournalEntry>, send: &[&[u128]], more: bool) -> Case {
    let send = send.iter().map(|group| group.to_vec()).collect();
    Case { why, journal, send, hold: vec![], release: vec![], more }
}

fn cases_of_one_row() -> Vec<Case> {
    let first = || entry(1, vec![update(10)]);
    let second = || entry(2, vec![update(10)]);
    vec![
        one_row("saves of a row go as one", vec![first(), second()], &[&[1, 2]], false),
        one_row(
            "a new row goes with what was saved after it, and what lies between keeps its place",
            vec![entry(1, vec![create(10)]), entry(2, vec![update(11)]), entry(3, vec![update(10)])],
            &[&[1, 3], &[2]],
            false,
        ),
        one_row("nothing joins what may have been sent", vec![sent(first()), second()], &[&[1]], true),
        one_row(
            "what may have been sent keeps its company",
            vec![sent(first()), sent_with(1, second()), sent(entry(3, vec![update(11)]))],
            &[&[1, 2], &[3]],
            false,
        ),
        one_row(
            "what was sent after another one was accepted is not taken for having gone with it",
            vec![sent(first()), sent(second())],
            &[&[1]],
            true,
        ),
        one_row("a command takes nothing in", vec![command(first()), second()], &[&[1]], true),
        one_row("a deletion is joined to nothing", vec![first(), entry(2, vec![delete(10)])], &[&[1]], true),
        one_row(
            "a save that touches another row as well stays apart",
            vec![first(), entry(2, vec![update(10), update(11)])],
            &[&[1]],
            true,
        ),
        one_row(
            "a save that points to a new row of the same request waits",
            vec![entry(1, vec![create(11)]), entry(2, vec![create(10)]), entry(3, vec![refers_to(10, 11)])],
            &[&[1], &[2]],
            true,
        ),
    ]
}

#[test]
fn what_was_refused_together_goes_apart() {
    let journal = [entry(1, vec![update(10)]), entry(2, vec![update(10)])];
    let alone = BTreeSet::from([EntryId::from_u128(1), EntryId::from_u128(2)]);
    let state = PushState { most_entries: ENTRIES_PER_REQUEST, alone: &alone, unversioned: NONE };
    let plan = plan_push(&journal, &state);
    assert_eq!((groups(&plan), plan.more), (vec![vec![1]], true));
}

#[test]
fn what_builds_on_an_unknown_version_waits_for_the_row_and_others_pass() {
    let journal = [
        accepted(entry(1, vec![create(10)])),
        entry(2, vec![update(10)]),
        entry(3, vec![refers_to(11, 10)]),
        entry(4, vec![update(12)]),
    ];
    let unversioned = BTreeSet::from([EntryId::from_u128(1)]);
    let state = PushState { most_entries: ENTRIES_PER_REQUEST, alone: NONE, unversioned: &unversioned };
    let plan = plan_push(&journal, &state);
    assert_eq!((groups(&plan), plan.more), (vec![vec![4]], false));
}

#[test]
fn the_next_request_is_what_the_table_says() {
    for case in cases().into_iter().chain(cases_with_parked_entries()).chain(cases_of_one_row()) {
        let plan = plan(&case.journal);
        assert_eq!(groups(&plan), case.send, "{}", case.why);
        assert_eq!(pairs(&plan.hold), case.hold, "{}", case.why);
        assert_eq!(numbers(&plan.release), case.release, "{}", case.why);
        assert_eq!(plan.more, case.more, "{}", case.why);
    }
}

#[test]
fn a_request_has_a_limited_size() {
    let journal: Vec<_> = (1..=120).map(|number| entry(number, vec![update(1000 + number)])).collect();
    let plan = plan(&journal);
    assert_eq!(plan.send.len(), ENTRIES_PER_REQUEST);
    assert!(plan.more);
}

#[test]
fn dependants_are_found_through_each_other() {
    let journal = vec![
        entry(1, vec![update(9)]),
        entry(2, vec![create(10)]),
        entry(3, vec![refers_to(11, 10)]),
        entry(4, vec![update(9)]),
        entry(5, vec![delete(11)]),
    ];
    assert_eq!(numbers(&dependants(&journal, EntryId::from_u128(2))), [3, 5]);
    assert_eq!(numbers(&dependants(&journal, EntryId::from_u128(9))), [0; 0]);
}
