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
    /// The change sets of the next request, in order, each with the entries it holds. None of them needs another one of them.
    pub send: Vec<Vec<EntryId>>,
    /// Entries that need a parked entry, with that entry.
    pub hold: Vec<(EntryId, EntryId)>,
    /// Entries held until now whose obstacle is gone.
    pub release: Vec<EntryId>,
    /// True when more entries can be sent once these are answered.
    pub more: bool,
}

/// What must be known beside the journal to plan a request.
#[derive(Clone, Copy, Debug)]
pub struct PushState<'a> {
    /// Most entries in the request.
    pub most_entries: usize,
    /// Entries that share their change set with no other one: together they were refused.
    pub alone: &'a BTreeSet<EntryId>,
    /// Accepted entries of which the server told no version: what builds on their rows waits until these have come back, for
    /// without a version it would be written over whatever others have done since.
    pub unversioned: &'a BTreeSet<EntryId>,
}

/// A row, named.
pub type RowKey = (TableName, RowId);

/// Plans the next request from the journal, which is in the order of its sequence.
///
/// Entries keep their order. Saves of a row that were never sent go as one change set with what was saved or created before
/// them; what may have been sent keeps the company it was sent in. The request ends before the first entry that needs another
/// one in it: that entry's version, or the row it points to, is known only when the answer is there. Entries that touch a row
/// a parked entry touches, or point to a row a parked entry creates, are held; all others pass.
#[must_use]
pub fn plan_push(journal: &[JournalEntry], state: &PushState<'_>) -> PushPlan {
    let mut plan = PushPlan::default();
    let mut parked = Footprint::default();
    let mut unversioned = Footprint::default();
    let mut request = Request::default();
    for entry in journal {
        match &entry.state {
            EntryState::Accepted => {
                if state.unversioned.contains(&entry.id) {
                    unversioned.add(entry, entry.id);
                }
                continue;
            }
            EntryState::Parked(
                ParkReason::Conflict { .. }
                | ParkReason::Refused { .. }
                | ParkReason::Removed(_)
                | ParkReason::OutOfReach { .. },
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
        if let Some(awaited) = unversioned.needed_by(entry) {
            unversioned.add(entry, awaited);
        } else if plan.more || !request.take(entry, state) {
            plan.more = true;
        }
    }
    plan.send = request.groups.into_iter().map(|group| group.entries).collect();
    plan
}

/// The request as it fills.
#[derive(Default)]
struct Request {
    groups: Vec<Group>,
    entries: usize,
    changes: usize,
}

/// The entries of one change set.
struct Group {
    entries: Vec<EntryId>,
    footprint: Footprint,
    was_sent: bool,
    /// Later saves of its rows may join.
    is_open: bool,
}

impl Request {
    /// False when the entry has to wait for the next request.
    fn take(&mut self, entry: &JournalEntry, state: &PushState<'_>) -> bool {
        let (entries, changes) = (self.entries + 1, self.changes + entry.changes.0.len());
        if self.entries > 0 && (entries > state.most_entries || changes > CHANGES_PER_REQUEST) {
            return false;
        }
        let is_plain = is_plain(entry) && !state.alone.contains(&entry.id);
        let mut needed = self.groups.iter_mut().filter(|group| group.footprint.needed_by(entry).is_some());
        match (needed.next(), needed.next()) {
            (None, _) => {
                let mut footprint = Footprint::default();
                footprint.add(entry, entry.id);
                let was_sent = entry.was_sent;
                self.groups.push(Group { entries: vec![entry.id], footprint, was_sent, is_open: is_plain });
            }
            (Some(group), None) if group.joins(entry, is_plain) => group.entries.push(entry.id),
            _ => return false,
        }
        (self.entries, self.changes) = (entries, changes);
        true
    }
}

impl Group {
    /// What was never sent joins by what it is, what may have been sent by how it was.
    fn joins(&self, entry: &JournalEntry, is_plain: bool) -> bool {
        if self.was_sent || entry.was_sent {
            return self.was_sent && entry.was_sent && entry.sent_with == self.entries.first().copied();
        }
        is_plain && self.is_open && self.footprint.has_rows_of(entry)
    }
}

/// True for what the user typed: no command of its own meaning, nothing deleted.
fn is_plain(entry: &JournalEntry) -> bool {
    matches!(entry.command.name.as_str(), "create" | "save")
        && entry.changes.iter().all(|change| !matches!(change, Change::Delete { .. }))
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

/// True when neither of two entries needs the other, so that their order does not matter.
pub(crate) fn are_independent(one: &JournalEntry, other: &JournalEntry) -> bool {
    let needs = |first: &JournalEntry, second: &JournalEntry| {
        let mut footprint = Footprint::default();
        footprint.add(first, first.id);
        footprint.needed_by(second).is_some()
    };
    !needs(one, other) && !needs(other, one)
}

/// The rows some entries touch and create, each with the entry it is blamed on.
#[derive(Default)]
struct Footprint {
    touched: BTreeMap<RowKey, EntryId>,
    created: BTreeMap<RowId, EntryId>,
}

impl Footprint {
    /// True when these are all the rows that the entry touches.
    fn has_rows_of(&self, entry: &JournalEntry) -> bool {
        entry.changes.iter().all(|change| self.touched.contains_key(&(change.table().clone(), change.id())))
    }

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
mod tests;
