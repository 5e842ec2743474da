//! What a rebase makes of entries, case by case.

use super::*;
use crate::testing::{base, create, delete, entry, key, parked, rename};
use model::Value;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn no_rules() -> Rules<'static> {
    Rules { table: &|_| None, derive: |_, _, _| {} }
}

/// As the sales rules do it for contacts.
fn full_name(_: &Table, before: Option<&Columns>, after: &mut Columns) {
    let part = |name: &str| {
        let value = if after.has(name) { after.get(name) } else { before.unwrap().get(name) };
        value.as_text().unwrap_or_default().to_owned()
    };
    let full = format!("{} {}", part("firstname"), part("lastname"));
    after.set("fullname", text(&full));
}

/// What the rebase makes of the entries, one word each.
fn outcome(journal: &[JournalEntry], plan: &RebasePlan) -> Vec<String> {
    let word = |entry: &JournalEntry| {
        if plan.removed.contains(&entry.id) {
            return "gone".to_owned();
        }
        let Some(next) = plan.changed.iter().find(|next| next.id == entry.id) else {
            return "same".to_owned();
        };
        match (&next.state, next.changes.0.first()) {
            (EntryState::Parked(ParkReason::Conflict { deleted: true, .. }), _) => "deleted".to_owned(),
            (EntryState::Parked(ParkReason::Conflict { theirs, .. }), _) => {
                format!("conflict {}", theirs.get("name").as_text().unwrap_or("-"))
            }
            (_, Some(Change::Update { version, before, .. })) => {
                let version = version.map_or(0, |version| version.0);
                format!("on {version} {}", before.get("name").as_text().unwrap_or("-"))
            }
            (_, Some(Change::Delete { version, .. })) => {
                format!("on {}", version.map_or(0, |version| version.0))
            }
            _ => "changed".to_owned(),
        }
    };
    journal.iter().map(word).collect()
}

struct Case {
    why: &'static str,
    journal: Vec<JournalEntry>,
    base: Option<Row>,
    accepted: Option<(u128, i64)>,
    outcome: Vec<&'static str>,
}

fn with_state(mut entry: JournalEntry, state: EntryState) -> JournalEntry {
    entry.state = state;
    entry
}

fn in_conflict(entry: JournalEntry, theirs: &str) -> JournalEntry {
    let theirs = Columns::new().with("name", text(theirs));
    let (table, id) = key(10);
    with_state(entry, EntryState::Parked(ParkReason::Conflict { table, id, theirs, deleted: false }))
}

fn sent(mut entry: JournalEntry) -> JournalEntry {
    entry.was_sent = true;
    entry
}

fn cases() -> Vec<Case> {
    let one = |change| vec![entry(1, vec![change])];
    vec![
        Case {
            why: "the base is the one the change was made on",
            journal: one(rename(10, 1, "a", "b")),
            base: Some(base(10, 1, "a")),
            accepted: None,
            outcome: vec!["same"],
        },
        Case {
            why: "others changed something else: mine moves to the new version",
            journal: one(rename(10, 1, "a", "b")),
            base: Some(base(10, 5, "a")),
            accepted: None,
            outcome: vec!["on 5 a"],
        },
        Case {
            why: "others wrote the same: nothing is left to send",
            journal: one(rename(10, 1, "a", "b")),
            base: Some(base(10, 5, "b")),
            accepted: None,
            outcome: vec!["gone"],
        },
        Case {
            why: "others changed the same column",
            journal: one(rename(10, 1, "a", "b")),
            base: Some(base(10, 5, "c")),
            accepted: None,
            outcome: vec!["conflict c"],
        },
        Case {
            why: "my second change builds on my first, whatever others did beside",
            journal: vec![entry(1, vec![rename(10, 1, "a", "b")]), entry(2, vec![rename(10, 1, "b", "c")])],
            base: Some(base(10, 5, "a")),
            accepted: None,
            outcome: vec!["on 5 a", "on 5 b"],
        },
        Case {
            why: "only the first change of a row in conflict is asked about",
            journal: vec![entry(1, vec![rename(10, 1, "a", "b")]), entry(2, vec![rename(10, 1, "b", "c")])],
            base: Some(base(10, 5, "x")),
            accepted: None,
            outcome: vec!["conflict x", "same"],
        },
        Case {
            why: "the server holds what came of both of mine, sent together without an answer",
            journal: vec![entry(1, vec![rename(10, 1, "a", "b")]), entry(2, vec![rename(10, 1, "b", "c")])],
            base: Some(base(10, 5, "c")),
            accepted: None,
            outcome: vec!["gone", "gone"],
        },
        Case {
            why: "a conflict follows what the server holds now",
            journal: vec![in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), "x")],
            base: Some(base(10, 6, "y")),
            accepted: None,
            outcome: vec!["conflict y"],
        },
    ]
}

fn cases_of_special_entries() -> Vec<Case> {
    let one = |change| vec![entry(1, vec![change])];
    vec![
        Case {
            why: "a conflict is over when others take their change back",
            journal: vec![in_conflict(entry(1, vec![rename(10, 1, "a", "b")]), "x")],
            base: Some(base(10, 6, "a")),
            accepted: None,
            outcome: vec!["on 6 a"],
        },
        Case {
            why: "the row was deleted by others, or left the user's rights",
            journal: one(rename(10, 1, "a", "b")),
            base: None,
            accepted: None,
            outcome: vec!["deleted"],
        },
        Case {
            why: "deleted by both",
            journal: one(delete(10)),
            base: None,
            accepted: None,
            outcome: vec!["gone"],
        },
        Case {
            why: "I delete what others changed meanwhile: the user is asked",
            journal: one(delete(10)),
            base: Some(base(10, 5, "c")),
            accepted: None,
            outcome: vec!["conflict -"],
        },
        Case {
            why: "what may have reached the server is sent as it was",
            journal: vec![sent(entry(1, vec![rename(10, 1, "a", "b")]))],
            base: Some(base(10, 5, "c")),
            accepted: None,
            outcome: vec!["same"],
        },
        Case {
            why: "a refused entry stays until the user sends it again",
            journal: vec![parked(entry(1, vec![rename(10, 1, "a", "b")]))],
            base: Some(base(10, 5, "c")),
            accepted: None,
            outcome: vec!["same"],
        },
        Case {
            why: "an accepted change that has not come back yet counts as done",
            journal: vec![
                with_state(entry(1, vec![rename(10, 1, "a", "b")]), EntryState::Accepted),
                entry(2, vec![rename(10, 1, "b", "c")]),
            ],
            base: Some(base(10, 1, "a")),
            accepted: Some((1, 4)),
            outcome: vec!["same", "on 4 b"],
        },
        Case {
            why: "what the server made of my accepted change is no conflict with my next one",
            journal: vec![
                with_state(entry(1, vec![rename(10, 1, "a", "b ")]), EntryState::Accepted),
                entry(2, vec![rename(10, 4, "b ", "c")]),
            ],
            base: Some(base(10, 4, "b")),
            accepted: Some((1, 4)),
            outcome: vec!["same", "same"],
        },
        Case {
            why: "changes of a row that is still to be made",
            journal: vec![entry(1, vec![create(10)]), entry(2, vec![rename(10, 0, "a", "b")])],
            base: None,
            accepted: None,
            outcome: vec!["same", "same"],
        },
    ]
}

#[test]
fn entries_become_what_the_table_says() {
    for case in cases().into_iter().chain(cases_of_special_entries()) {
        let bases = BTreeMap::from([(key(10), case.base)]);
        let accepted: AcceptedVersions = case
            .accepted
            .into_iter()
            .map(|(entry, version)| {
                let versions = BTreeMap::from([(key(10), Some(RowVersion(version)))]);
                (EntryId::from_u128(entry), versions)
            })
            .collect();
        let plan = plan_rebase(&case.journal, &bases, &accepted, &no_rules());
        assert_eq!(outcome(&case.journal, &plan), case.outcome, "{}", case.why);
    }
}

#[test]
fn a_full_name_is_computed_from_both_sides() {
    let column = |name: &str, writable| model::Column {
        name: name.into(),
        kind: model::ColumnKind::Text { format: model::TextFormat::Plain, max_length: 100 },
        required: model::Requirement::None,
        writable,
        custom: false,
        auto_number: String::new(),
        label: model::Label::default(),
        description: model::Label::default(),
    };
    let table = Table {
        columns: vec![
            column("firstname", Writable::Always),
            column("lastname", Writable::Always),
            column("fullname", Writable::Never),
        ],
        ..crate::testing::table_definition("contact")
    };
    let columns = |pairs: &[(&str, &str)]| -> Columns {
        pairs.iter().map(|(name, value)| ((*name).into(), text(value))).collect()
    };
    let id = model::RowId::from_u128(10);
    let mine = Change::Update {
        table: "contact".into(),
        id,
        version: Some(RowVersion(1)),
        before: columns(&[("firstname", "Ada"), ("fullname", "Ada Byron")]),
        columns: columns(&[("firstname", "Augusta"), ("fullname", "Augusta Byron")]),
    };
    let theirs = Row {
        table: "contact".into(),
        id,
        version: Some(RowVersion(2)),
        columns: columns(&[("firstname", "Ada"), ("lastname", "King"), ("fullname", "Ada King")]),
    };
    let bases = BTreeMap::from([(("contact".into(), id), Some(theirs))]);
    let table = Arc::new(table);
    let rules = Rules { table: &|_| Some(Arc::clone(&table)), derive: full_name };
    let plan = plan_rebase(&[entry(1, vec![mine])], &bases, &AcceptedVersions::new(), &rules);
    let Some(Change::Update { columns, .. }) = plan.changed[0].changes.0.first() else { panic!() };
    assert_eq!(columns.get("firstname"), &text("Augusta"));
    assert_eq!(columns.get("fullname"), &text("Augusta King"));
    assert_eq!(plan.changed[0].state, EntryState::Waiting);
}

#[test]
fn an_accepted_change_moves_the_later_ones_made_on_the_same_version() {
    let steps = Steps::from([(key(10), (Some(RowVersion(1)), Some(RowVersion(7))))]);
    let later = entry(2, vec![rename(10, 1, "b", "c"), delete(11)]);
    let moved = advance(&later, &steps).unwrap();
    assert_eq!(moved.changes.0, vec![rename(10, 7, "b", "c"), delete(11)]);
    assert_eq!(advance(&sent(later), &steps), None);
    let made = Steps::from([(key(10), (None, Some(RowVersion(7))))]);
    let on_new_row = advance(&entry(2, vec![rename(10, 0, "b", "c")]), &made).unwrap();
    assert_eq!(on_new_row.changes.0, vec![rename(10, 7, "b", "c")]);
}

#[test]
fn a_conflict_does_not_go_unnoticed_when_an_earlier_entry_of_the_row_is_accepted() {
    let steps = Steps::from([(key(10), (Some(RowVersion(5)), Some(RowVersion(7))))]);
    let older = parked(entry(2, vec![rename(10, 1, "a", "mine")]));
    assert_eq!(advance(&older, &steps), None, "it was made before others changed the row to version 5");
    let mut unseen = rename(10, 1, "a", "mine");
    let Change::Update { version, .. } = &mut unseen else { panic!() };
    *version = Some(UNSEEN);
    for steps in [steps, Steps::from([(key(10), (None, Some(RowVersion(7))))])] {
        assert_eq!(advance(&entry(2, vec![unseen.clone()]), &steps), None, "the user saw another row");
    }
    let accepted = with_state(entry(1, vec![rename(10, 5, "b", "theirs")]), EntryState::Accepted);
    let bases = BTreeMap::from([(key(10), Some(base(10, 5, "b")))]);
    let versions = BTreeMap::from([(key(10), Some(RowVersion(7)))]);
    let known = AcceptedVersions::from([(EntryId::from_u128(1), versions)]);
    let journal = [accepted, entry(2, vec![unseen])];
    let plan = plan_rebase(&journal, &bases, &known, &no_rules());
    assert_eq!(outcome(&journal, &plan), ["same", "conflict theirs"]);
}

#[test]
fn what_follows_an_entry_that_stays_as_it_is_does_not_move_past_it() {
    let first = rename(10, 1, "a", "b");
    for first in [sent(entry(1, vec![first.clone()])), parked(entry(1, vec![first]))] {
        let journal = [first, entry(2, vec![rename(10, 1, "b", "c")])];
        let bases = BTreeMap::from([(key(10), Some(base(10, 5, "x")))]);
        let plan = plan_rebase(&journal, &bases, &AcceptedVersions::new(), &no_rules());
        assert_eq!(plan, RebasePlan::default(), "with version 5 it would be sent over what others wrote");
        let later = without(&journal[1], &journal[0].changes.0).unwrap();
        let plan = plan_rebase(&[later], &bases, &AcceptedVersions::new(), &no_rules());
        let state = &plan.changed[0].state;
        assert!(matches!(state, EntryState::Parked(ParkReason::Conflict { .. })), "{state:?}");
    }
}
