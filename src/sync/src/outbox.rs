//! Which journal entries go to the server next, in which order, and which wait for a parked one.

use model::{Change, EntryId, EntryState, JournalEntry, ParkReason, RowId, TableName, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most entries in one request: a lost answer then costs little.
pub(crate) const ENTRIES_PER_REQUEST: usize = 50;

/// Most changes in one request; Dataverse takes 1,000 operations.
const CHANGES_PER_REQUEST: usize = 900;

/// What to do with the journal now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushPlan {
    /// The entries of the next request, in order. None of them needs another one of them.
    pub send: Vec<EntryId>,
    /// Entries that need a parked entry, with that entry.
    pub hold: Vec<(EntryId, EntryId)>,
    /// Entries held until now whose obstacle is gone.
    pub release: Vec<EntryId>,
    /// True when more entries can be sent once these are answered.
    pub more: bool,
}

/// A row, named.
pub type RowKey = (TableName, RowId);

/// Plans the next request from the journal, which is in the order of its sequence.
///
/// Entries keep their order. The request ends before the first entry that needs one in it: that entry's version, or the row it
/// points to, is known only when the answer is there. Entries that touch a row a parked entry touches, or point to a row a
/// parked entry creates, are held; all others pass.
#[must_use]
pub fn plan_push(journal: &[JournalEntry], most_entries: usize) -> PushPlan {
    let mut plan = PushPlan::default();
    let mut parked = Footprint::default();
    let mut sending = Footprint::default();
    let mut changes = 0;
    for entry in journal {
        match &entry.state {
            EntryState::Accepted => continue,
            EntryState::Parked(
                ParkReason::Conflict { .. } | ParkReason::Refused { .. } | ParkReason::Removed(_),
            ) => {
                parked.add(entry, entry.id);
                continue;
            }
            EntryState::Waiting | EntryState::Parked(ParkReason::DependsOn(_)) => {}
        }
        if let Some(obstacle) = parked.needed_by(entry) {
            parked.add(entry, obstacle);
            if entry.state != EntryState::Parked(ParkReason::DependsOn(obstacle)) {
                plan.hold.push((entry.id, obstacle));
            }
            continue;
        }
        if entry.state != EntryState::Waiting {
            plan.release.push(entry.id);
        }
        changes += entry.changes.0.len();
        let is_full =
            plan.send.len() >= most_entries || (changes > CHANGES_PER_REQUEST && !plan.send.is_empty());
        if plan.more || is_full || sending.needed_by(entry).is_some() {
            plan.more = true;
            continue;
        }
        sending.add(entry, entry.id);
        plan.send.push(entry.id);
    }
    plan
}

/// The entries that touch what this one touches or creates, directly or through each other, in order: what goes with it when it is discarded.
#[must_use]
pub fn dependants(journal: &[JournalEntry], of: EntryId) -> Vec<EntryId> {
    let mut footprint = Footprint::default();
    let mut found = Vec::new();
    for entry in journal.iter().skip_while(|entry| entry.id != of) {
        if entry.id == of {
            footprint.add(entry, of);
        } else if footprint.needed_by(entry).is_some() {
            footprint.add(entry, of);
            found.push(entry.id);
        }
    }
    found
}

/// The rows some entries touch and create, each with the entry it is blamed on.
#[derive(Default)]
struct Footprint {
    touched: BTreeMap<RowKey, EntryId>,
    created: BTreeMap<RowId, EntryId>,
}

impl Footprint {
    fn add(&mut self, entry: &JournalEntry, blamed: EntryId) {
        for change in entry.changes.iter() {
            self.touched.entry((change.table().clone(), change.id())).or_insert(blamed);
            if matches!(change, Change::Create { .. }) {
                self.created.entry(change.id()).or_insert(blamed);
            }
        }
    }

    /// The entry that `entry` needs, if any.
    fn needed_by(&self, entry: &JournalEntry) -> Option<EntryId> {
        if self.touched.is_empty() {
            return None;
        }
        entry.changes.iter().find_map(|change| {
            let row = (change.table().clone(), change.id());
            self.touched.get(&row).copied().or_else(|| {
                if self.created.is_empty() {
                    return None;
                }
                references(change).iter().find_map(|id| self.created.get(id).copied())
            })
        })
    }
}

/// The rows a change points to.
fn references(change: &Change) -> BTreeSet<RowId> {
    let columns = match change {
        Change::Create { columns, .. } | Change::Update { columns, .. } => columns,
        Change::Delete { .. } => return BTreeSet::new(),
    };
    let mut found = BTreeSet::new();
    for (_, value) in columns.iter() {
        match value {
            Value::Reference(reference) => {
                found.insert(reference.id);
            }
            Value::Parties(parties) => {
                found.extend(
                    parties.iter().filter_map(|party| party.party.as_ref()).map(|reference| reference.id),
                );
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{create, delete, entry, parked, refers_to, update};

    fn numbers(ids: &[EntryId]) -> Vec<u128> {
        ids.iter().map(|id| id.as_u128()).collect()
    }

    fn pairs(ids: &[(EntryId, EntryId)]) -> Vec<(u128, u128)> {
        ids.iter().map(|(entry, obstacle)| (entry.as_u128(), obstacle.as_u128())).collect()
    }

    struct Case {
        why: &'static str,
        journal: Vec<JournalEntry>,
        send: Vec<u128>,
        hold: Vec<(u128, u128)>,
        release: Vec<u128>,
        more: bool,
    }

    fn accepted(mut entry: JournalEntry) -> JournalEntry {
        entry.state = EntryState::Accepted;
        entry
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
                send: vec![1, 2],
                hold: vec![],
                release: vec![],
                more: false,
            },
            Case {
                why: "the second change of a row waits for the version the first one makes",
                journal: vec![entry(1, vec![update(10)]), entry(2, vec![update(10)])],
                send: vec![1],
                hold: vec![],
                release: vec![],
                more: true,
            },
            Case {
                why: "a row that points to a new row waits for it",
                journal: vec![entry(1, vec![create(10)]), entry(2, vec![refers_to(11, 10)])],
                send: vec![1],
                hold: vec![],
                release: vec![],
                more: true,
            },
            Case {
                why: "nothing overtakes an entry that waits",
                journal: vec![
                    entry(1, vec![update(10)]),
                    entry(2, vec![update(10)]),
                    entry(3, vec![delete(12)]),
                ],
                send: vec![1],
                hold: vec![],
                release: vec![],
                more: true,
            },
            Case {
                why: "an accepted entry is not sent again and stops nobody",
                journal: vec![accepted(entry(1, vec![create(10)])), entry(2, vec![update(10)])],
                send: vec![2],
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
                send: vec![3],
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
                send: vec![2],
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
                send: vec![2],
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

    #[test]
    fn the_next_request_is_what_the_table_says() {
        for case in cases().into_iter().chain(cases_with_parked_entries()) {
            let plan = plan_push(&case.journal, ENTRIES_PER_REQUEST);
            assert_eq!(numbers(&plan.send), case.send, "{}", case.why);
            assert_eq!(pairs(&plan.hold), case.hold, "{}", case.why);
            assert_eq!(numbers(&plan.release), case.release, "{}", case.why);
            assert_eq!(plan.more, case.more, "{}", case.why);
        }
    }

    #[test]
    fn a_request_has_a_limited_size() {
        let journal: Vec<_> = (1..=120).map(|number| entry(number, vec![update(1000 + number)])).collect();
        let plan = plan_push(&journal, ENTRIES_PER_REQUEST);
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
}
