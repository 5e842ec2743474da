//! What becomes of the waiting entries of a row when the server's row is another than the one they were made on.

use crate::merge::{is_same, merge};
use crate::outbox::RowKey;
use model::{
    Change, ColumnName, Columns, EntryId, EntryState, JournalEntry, ParkReason, Row, RowVersion, Table,
    Value, Writable,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The versions the server answered to accepted entries; none where it told no version.
pub type AcceptedVersions = BTreeMap<EntryId, BTreeMap<RowKey, Option<RowVersion>>>;

/// From which version to which an accepted entry took its rows; none where that is unknown.
pub type Steps = BTreeMap<RowKey, (Option<RowVersion>, Option<RowVersion>)>;

/// The version of a change whose `before` is not that of any version: it is merged before it is sent, whatever the base is.
pub const UNSEEN: RowVersion = RowVersion(0);

/// Fills in the columns that follow from others: the table, the row as it was, the changed columns.
pub type Derive = fn(&Table, Option<&Columns>, &mut Columns);

/// What a rebase must know of the tables.
pub struct Rules<'a> {
    /// A table by its name.
    pub table: &'a dyn Fn(&str) -> Option<Arc<Table>>,
    /// What follows from what.
    pub derive: Derive,
}

/// What a rebase changes in the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RebasePlan {
    /// Entries to be rewritten.
    pub changed: Vec<JournalEntry>,
    /// Entries of which nothing is left to write: the server holds it already.
    pub removed: Vec<EntryId>,
}

/// Rebases every entry on the base rows at hand. `bases` holds every row the journal touches; none for a row that is not on the server.
///
/// The entries of a row are replayed in order, so that a later entry of mine is compared with what my earlier ones make of the
/// row. An entry that may have reached the server stays as it was sent. An entry refused by the server stays as the user sees
/// it until it is sent again. What follows on the rows of either stays as it is, too: with the version of a newer base it
/// would later pass for made on it.
#[must_use]
pub fn plan_rebase(
    journal: &[JournalEntry],
    bases: &BTreeMap<RowKey, Option<Row>>,
    accepted: &AcceptedVersions,
    rules: &Rules<'_>,
) -> RebasePlan {
    let mut simulation: BTreeMap<RowKey, State> = BTreeMap::new();
    let mut blocked: BTreeSet<RowKey> = BTreeSet::new();
    let mut plan = RebasePlan::default();
    for (place, entry) in journal.iter().enumerate() {
        let rows = || entry.changes.iter().map(|change| (change.table().clone(), change.id()));
        let treatment = match treatment(entry) {
            Treatment::Rebase if rows().any(|row| blocked.contains(&row)) => Treatment::AsItIs,
            treatment => treatment,
        };
        let mut next = entry.clone();
        next.changes.0.clear();
        let mut conflict = None;
        for change in entry.changes.iter() {
            let key = (change.table().clone(), change.id());
            let state = simulation
                .entry(key.clone())
                .or_insert_with(|| State::of(bases.get(&key).and_then(Option::as_ref)));
            let table = (rules.table)(change.table().as_str());
            let kept = match treatment {
                Treatment::Accepted => {
                    let version = accepted.get(&entry.id).and_then(|rows| rows.get(&key)).copied().flatten();
                    state.apply_accepted(change, version);
                    Some(change.clone())
                }
                Treatment::AsItIs => {
                    state.apply(change);
                    Some(change.clone())
                }
                Treatment::Rebase => {
                    let mut change = change.clone();
                    leave_what_came_of_it(&mut change, state, &journal[place + 1..]);
                    let (kept, found) = rebase_change(&change, state, table.as_deref(), rules.derive);
                    conflict = conflict.or(found);
                    if let Some(kept) = &kept {
                        state.apply(kept);
                    }
                    kept
                }
            };
            next.changes.0.extend(kept);
        }
        if conflict.is_some() || matches!(treatment, Treatment::AsItIs) {
            blocked.extend(rows());
        }
        if matches!(treatment, Treatment::AsItIs) {
            continue;
        }
        settle(entry, next, conflict, &mut plan);
    }
    plan
}

/// Puts the rebased entry where it belongs.
fn settle(entry: &JournalEntry, mut next: JournalEntry, conflict: Option<ParkReason>, plan: &mut RebasePlan) {
    match (conflict, &entry.state) {
        // The change set stays as the user made it: its base is what the user is shown beside both sides.
        (Some(reason), _) => {
            next.changes = entry.changes.clone();
            next.state = EntryState::Parked(reason);
        }
        (None, EntryState::Parked(ParkReason::Conflict { .. })) => next.state = EntryState::Waiting,
        (None, _) => {}
    }
    if next.changes.is_empty() && !entry.changes.is_empty() {
        plan.removed.push(entry.id);
    } else if next != *entry {
        plan.changed.push(next);
    }
}

#[derive(Clone, Copy)]
enum Treatment {
    Accepted,
    AsItIs,
    Rebase,
}

const fn treatment(entry: &JournalEntry) -> Treatment {
    match entry.state {
        EntryState::Accepted => Treatment::Accepted,
        EntryState::Waiting if entry.was_sent => Treatment::AsItIs,
        EntryState::Parked(
            ParkReason::Refused { .. } | ParkReason::Removed(_) | ParkReason::OutOfReach { .. },
        ) => Treatment::AsItIs,
        EntryState::Waiting | EntryState::Parked(_) => Treatment::Rebase,
    }
}

/// A row while the journal is replayed over it.
struct State {
    /// None while there is no row.
    columns: Option<Columns>,
    /// The newest version of the server that `columns` builds on.
    version: Option<RowVersion>,
}

impl State {
    fn of(base: Option<&Row>) -> Self {
        Self { columns: base.map(|row| row.columns.clone()), version: base.and_then(|row| row.version) }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Create { columns, .. } => match &mut self.columns {
                Some(present) => present.extend(columns),
                None => self.columns = Some(columns.clone()),
            },
            Change::Update { columns, .. } => {
                if let Some(present) = &mut self.columns {
                    present.extend(columns);
                }
            }
            Change::Delete { .. } => self.columns = None,
        }
    }

    /// An accepted change is in the base as soon as the base has its version or a newer one.
    fn apply_accepted(&mut self, change: &Change, version: Option<RowVersion>) {
        if version.is_some() && self.version >= version && self.columns.is_some() {
            return;
        }
        self.apply(change);
        self.version = self.version.max(version);
    }
}

/// Takes out of an update the columns in which the row holds already what later entries make of its values: they were sent
/// together without an answer, and the server has carried them out.
fn leave_what_came_of_it(change: &mut Change, state: &State, later: &[JournalEntry]) {
    let key = (change.table().clone(), change.id());
    let (Change::Update { version, before, columns, .. }, Some(present)) = (change, &state.columns) else {
        return;
    };
    if *version == state.version {
        return;
    }
    let is_of_row = |change: &&Change| (change.table(), change.id()) == (&key.0, key.1);
    let later: Vec<&Change> = later.iter().flat_map(|entry| entry.changes.iter()).filter(is_of_row).collect();
    let came = |name: &str, value: &Value| {
        let mut value = value;
        later.iter().any(|change| {
            let Change::Update { before, columns, .. } = change else { return false };
            if columns.has(name) && before.has(name) && is_same(before.get(name), value) {
                value = columns.get(name);
            }
            present.has(name) && is_same(present.get(name), value)
        })
    };
    let gone: Vec<ColumnName> = columns
        .iter()
        .filter(|(name, value)| !is_same(present.get(name.as_str()), value) && came(name.as_str(), value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in gone {
        columns.0.remove(&name);
        before.0.remove(&name);
    }
}

/// A change on the row's present state, and what is in its way.
fn rebase_change(
    change: &Change,
    state: &State,
    table: Option<&Table>,
    derive: Derive,
) -> (Option<Change>, Option<ParkReason>) {
    match change {
        Change::Create { .. } => (Some(change.clone()), None),
        Change::Delete { table: name, id, version } => {
            if state.columns.is_none() {
                return (None, None);
            }
            if version.is_some() && *version != state.version {
                let reason = ParkReason::Conflict {
                    table: name.clone(),
                    id: *id,
                    theirs: Columns::new(),
                    deleted: false,
                };
                return (Some(change.clone()), Some(reason));
            }
            (Some(Change::Delete { table: name.clone(), id: *id, version: state.version }), None)
        }
        Change::Update { table: name, id, version, before, columns } => {
            let Some(present) = &state.columns else {
                let reason = ParkReason::Conflict {
                    table: name.clone(),
                    id: *id,
                    theirs: Columns::new(),
                    deleted: true,
                };
                return (Some(change.clone()), Some(reason));
            };
            if version.is_some() && *version == state.version {
                return (Some(change.clone()), None);
            }
            let computed = |column: &str| is_computed(table, column);
            let merged = merge(before, columns, present, computed);
            if !merged.conflicts.is_empty() {
                let reason = ParkReason::Conflict {
                    table: name.clone(),
                    id: *id,
                    theirs: merged.conflicts,
                    deleted: false,
                };
                return (Some(change.clone()), Some(reason));
            }
            let columns = computed_again(table, present, merged.columns, derive);
            if columns.iter().all(|(column, _)| is_computed(table, column.as_str())) {
                return (None, None);
            }
            let rebased = Change::Update {
                table: name.clone(),
                id: *id,
                version: state.version,
                before: merged.before,
                columns,
            };
            (Some(rebased), None)
        }
    }
}

/// True for a column that only the server writes, from other columns.
fn is_computed(table: Option<&Table>, column: &str) -> bool {
    table.and_then(|table| table.column(column)).is_some_and(|column| column.writable == Writable::Never)
}

/// A full name made of my first name and their last name belongs to neither side's change set: it is computed again.
fn computed_again(table: Option<&Table>, present: &Columns, mut columns: Columns, derive: Derive) -> Columns {
    let Some(table) = table else { return columns };
    let computed: BTreeSet<_> = columns
        .iter()
        .map(|(column, _)| column.clone())
        .filter(|column| is_computed(Some(table), column.as_str()))
        .collect();
    if computed.is_empty() {
        return columns;
    }
    let mut after = columns.clone();
    derive(table, Some(present), &mut after);
    for column in computed {
        let value = after.get(column.as_str()).clone();
        columns.set(column, value);
    }
    columns
}

/// The entry after the server accepted an earlier one on the same row: its changes build on the version that made.
///
/// Only what was made on the version that the accepted one was made on moves: in between nobody else has changed the row.
/// Anything else was made without having seen what others did, and has to be merged. Gives nothing when nothing moves.
#[must_use]
pub fn advance(entry: &JournalEntry, steps: &Steps) -> Option<JournalEntry> {
    if entry.was_sent || entry.state == EntryState::Accepted {
        return None;
    }
    let mut next = entry.clone();
    for change in &mut next.changes.0 {
        let key = (change.table().clone(), change.id());
        let Some((from, Some(to))) = steps.get(&key) else { continue };
        if let Change::Update { version, .. } | Change::Delete { version, .. } = change
            && version == from
        {
            *version = Some(*to);
        }
    }
    (next != *entry).then_some(next)
}

/// The version that a change of a row is made on, while `journal` lies over the row's base: that of the change before it, which
/// may be an older one than the base has by now.
#[must_use]
pub fn version_of_next(
    journal: &[JournalEntry],
    key: &RowKey,
    base: Option<RowVersion>,
    accepted: Option<RowVersion>,
) -> Option<RowVersion> {
    let is_of_row = |change: &&Change| (change.table(), change.id()) == (&key.0, key.1);
    let last = journal.iter().rev().find_map(|entry| {
        let change = entry.changes.0.iter().rev().find(is_of_row)?;
        Some((entry, change))
    });
    match last {
        None => base,
        Some((entry, _)) if entry.state == EntryState::Accepted => base.max(accepted),
        Some((_, Change::Update { version, .. } | Change::Delete { version, .. })) => *version,
        Some((_, Change::Create { .. })) => None,
    }
}

/// What the user decides about a conflict: these columns are written over theirs, the other ones in conflict take theirs.
///
/// `mine` empty means all of them. The rest of the entry stands. Gives nothing when nothing of it is left.
#[must_use]
pub fn resolve_conflict(
    entry: &JournalEntry,
    is_mine: impl Fn(&str) -> bool,
    base: Option<&Row>,
) -> Option<JournalEntry> {
    let EntryState::Parked(ParkReason::Conflict { table, id, theirs, .. }) = &entry.state else {
        return Some(entry.clone());
    };
    let mut next = entry.clone();
    next.state = EntryState::Waiting;
    next.was_sent = false;
    let newest = base.and_then(|row| row.version);
    for change in &mut next.changes.0 {
        if (change.table(), change.id()) != (table, *id) {
            continue;
        }
        match change {
            Change::Update { before, columns, .. } => {
                for (column, value) in theirs.iter() {
                    if is_mine(column.as_str()) {
                        before.set(column.clone(), value.clone());
                    } else {
                        columns.0.remove(column);
                        before.0.remove(column);
                    }
                }
            }
            Change::Delete { version, .. } => *version = newest,
            Change::Create { .. } => {}
        }
    }
    next.changes.0.retain(|change| !matches!(change, Change::Update { columns, .. } if columns.is_empty()));
    (!next.changes.is_empty()).then_some(next)
}

/// A later entry on the same row once an earlier one is gone or says less: where it built on the value that will not come, it
/// builds on what was there before.
#[must_use]
pub fn without(entry: &JournalEntry, gone: &[Change]) -> Option<JournalEntry> {
    let mut next = entry.clone();
    for change in &mut next.changes.0 {
        let (table, id) = (change.table().clone(), change.id());
        let Change::Update { before, .. } = change else { continue };
        for earlier in gone {
            let Change::Update { before: older, columns: mine, .. } = earlier else { continue };
            if (earlier.table(), earlier.id()) != (&table, id) {
                continue;
            }
            for (column, value) in mine.iter() {
                let name = column.as_str();
                if before.has(name) && older.has(name) && is_same(before.get(name), value) {
                    before.set(column.clone(), older.get(name).clone());
                }
            }
        }
    }
    (next != *entry).then_some(next)
}

#[cfg(test)]
mod tests;
