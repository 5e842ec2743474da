//! What the user decides about an entry.

use crate::engine::{ATTEMPTS, Engine, SyncTables};
use crate::merge::is_same;
use crate::rebase::{resolve_conflict, without};
use crate::removed::without_removed;
use model::{
    Change, ChangeSet, ColumnName, Columns, EntryId, EntryState, JournalEntry, ParkReason, Row, RowVersion,
};
use std::collections::BTreeSet;
use store::StoreError;

/// What shall become of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// It is sent again as it is.
    Retry,
    /// Mine is written over theirs in these columns (all in conflict when empty); the other ones take theirs.
    KeepMine(Vec<ColumnName>),
    /// Theirs stays.
    KeepTheirs,
    /// These values are written over theirs: mine, or a third one. The other columns in conflict take theirs.
    Write(Columns),
    /// What the org has removed is dropped from the entry, the rest is sent.
    DropRemoved,
    /// The entry goes, and what needs the rows it creates.
    Discard,
}

/// What the user had before them when they chose: whatever came after it they have not agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The entry's state as it was shown.
    pub state: EntryState,
    /// The server's version, as it was shown, of a row whose deletion is in conflict; it is not looked at in any other case.
    pub version: Option<RowVersion>,
}

/// Why a choice cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecideError {
    /// The entry is gone: sent, or decided in another tab.
    #[error("this change is no longer waiting; nothing has to be decided")]
    Gone,
    /// It may be on the server already.
    #[error(
        "this change may have reached the server already and cannot be taken back; change the row again once it is synced"
    )]
    MayBeSent,
    /// What the user has decided about is not what there is now.
    #[error(
        "the row was changed again after this conflict was shown; nothing is overwritten, look at it once more"
    )]
    Overtaken,
    /// Something is in the way of another order.
    #[error("this change and the one next to it need this order; it stays as it is")]
    NeedsOrder,
    /// There is nothing to write mine over.
    #[error("the row was deleted on the server; discard the change, or make the row anew")]
    RowDeleted,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a choice does to the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChoicePlan {
    /// Entries to be rewritten.
    pub changed: Vec<JournalEntry>,
    /// Entries that go.
    pub removed: Vec<EntryId>,
}

impl Engine {
    /// Carries out the user's choice, which is about what they have `seen`.
    ///
    /// # Errors
    /// When the entry does not allow it, what was seen is no longer so, or the local database fails.
    pub async fn decide(
        &self,
        entry: EntryId,
        choice: &Choice,
        seen: Option<&Seen>,
        definitions: &SyncTables,
    ) -> Result<(), DecideError> {
        for _ in 1..ATTEMPTS {
            match self.try_decide(entry, choice, seen, definitions).await {
                Err(DecideError::Store(StoreError::ChangedElsewhere)) => {}
                other => return other,
            }
        }
        self.try_decide(entry, choice, seen, definitions).await
    }

    async fn try_decide(
        &self,
        entry: EntryId,
        choice: &Choice,
        seen: Option<&Seen>,
        definitions: &SyncTables,
    ) -> Result<(), DecideError> {
        let _lock = self.journal_lock.lock().await;
        // A pull may have brought more than the entry tells yet.
        self.rebase_locked(definitions).await?;
        let journal = self.store.journal();
        let conflicted = journal.iter().find(|it| it.id == entry).and_then(|it| match &it.state {
            EntryState::Parked(ParkReason::Conflict { table, id, .. }) => Some((table.clone(), *id)),
            _ => None,
        });
        let base = match conflicted.filter(|(table, _)| definitions.table(table.as_str()).is_some()) {
            Some((table, id)) => self.store.base_row(&table, id).await?,
            None => None,
        };
        let plan = plan_choice(&journal, entry, choice, base.as_ref())?;
        let waiting = journal.iter().find(|it| it.id == entry);
        if let (Some(seen), Some(waiting)) = (seen, waiting)
            && *choice != Choice::Discard
            && is_overtaken(seen, waiting, base.as_ref())
        {
            return Err(DecideError::Overtaken);
        }
        self.forget_troubles(entry);
        self.write_journal(plan.changed, plan.removed).await?;
        Ok(self.rebase_locked(definitions).await?)
    }
}

/// Decides what a choice does to the journal. `base` is the server's present row of a conflict.
///
/// # Errors
/// When the entry does not allow the choice.
pub fn plan_choice(
    journal: &[JournalEntry],
    id: EntryId,
    choice: &Choice,
    base: Option<&model::Row>,
) -> Result<ChoicePlan, DecideError> {
    let entry = journal.iter().find(|entry| entry.id == id).ok_or(DecideError::Gone)?;
    let is_deleted = matches!(entry.state, EntryState::Parked(ParkReason::Conflict { deleted: true, .. }));
    match choice {
        Choice::Retry => {
            if entry.state == EntryState::Accepted {
                return Err(DecideError::MayBeSent);
            }
            let again = |entry: &JournalEntry| JournalEntry { state: EntryState::Waiting, ..entry.clone() };
            let changed = journal.iter().filter(|it| it.id == id || is_company(entry, it)).map(again);
            Ok(ChoicePlan { changed: changed.collect(), removed: Vec::new() })
        }
        Choice::KeepMine(_) if is_deleted => Err(DecideError::RowDeleted),
        Choice::KeepMine(columns) => {
            let is_mine = |name: &str| columns.is_empty() || columns.iter().any(|column| column == name);
            Ok(replace(journal, entry, resolve_conflict(entry, is_mine, base)))
        }
        Choice::Write(_) if is_deleted => Err(DecideError::RowDeleted),
        Choice::Write(values) => {
            let left = resolve_conflict(&with_values(entry, values), |name| values.has(name), base);
            let left = left.map(|left| if values.is_empty() { without_deletes(entry)(left) } else { left });
            Ok(replace(journal, entry, left.filter(|left| !left.changes.is_empty())))
        }
        Choice::KeepTheirs if is_deleted => Ok(discard(journal, entry)),
        Choice::KeepTheirs => {
            let resolved = resolve_conflict(entry, |_| false, base).map(without_deletes(entry));
            Ok(replace(journal, entry, resolved.filter(|entry| !entry.changes.is_empty())))
        }
        Choice::DropRemoved => Ok(replace(journal, entry, without_removed(entry))),
        // It cannot be sent again as it was sent, so there is nothing else to do with it.
        Choice::Discard if matches!(entry.state, EntryState::Parked(ParkReason::Removed(_))) => {
            Ok(discard(journal, entry))
        }
        Choice::Discard => {
            let is_refused = matches!(entry.state, EntryState::Parked(ParkReason::Refused { .. }));
            // Refused after an attempt without an answer: should that have been done, it comes back as the server's.
            let is_alone = is_refused && !journal.iter().any(|it| is_company(entry, it));
            if (entry.was_sent && !is_alone) || entry.state == EntryState::Accepted {
                return Err(DecideError::MayBeSent);
            }
            Ok(discard(journal, entry))
        }
    }
}

/// True when the conflict is another one than the user saw: they would overwrite, or give up, what they know nothing of.
fn is_overtaken(seen: &Seen, entry: &JournalEntry, base: Option<&Row>) -> bool {
    use ParkReason::Conflict;
    match (&seen.state, &entry.state) {
        (
            EntryState::Parked(Conflict { table: one, id: it, theirs: then, deleted: was_deleted }),
            EntryState::Parked(Conflict { table, id, theirs: now, deleted }),
        ) => {
            let are_same = then.len() == now.len()
                && then
                    .iter()
                    .all(|(name, value)| now.has(name.as_str()) && is_same(value, now.get(name.as_str())));
            // A deletion concerns every column.
            let is_deletion = now.is_empty() && !deleted;
            let is_newer = is_deletion && seen.version != base.and_then(|row| row.version);
            (one, it, was_deleted) != (table, id, deleted) || !are_same || is_newer
        }
        (EntryState::Parked(Conflict { .. }), _) | (_, EntryState::Parked(Conflict { .. })) => true,
        _ => false,
    }
}

/// True for another entry that was refused in the same change set, and may be on the server with it.
fn is_company(entry: &JournalEntry, other: &JournalEntry) -> bool {
    let key = |entry: &JournalEntry| entry.sent_with.unwrap_or(entry.id);
    let is_refused = matches!(other.state, EntryState::Parked(ParkReason::Refused { .. }));
    other.id != entry.id && is_refused && other.was_sent && entry.was_sent && key(other) == key(entry)
}

/// The entry with other values in its columns in conflict; columns that are not in conflict stay as they are.
fn with_values(entry: &JournalEntry, values: &Columns) -> JournalEntry {
    let mut next = entry.clone();
    let EntryState::Parked(ParkReason::Conflict { table, id, theirs, .. }) = &entry.state else {
        return next;
    };
    let in_conflict = || values.iter().filter(|(column, _)| theirs.has(column.as_str()));
    for change in &mut next.changes.0 {
        if (change.table(), change.id()) != (table, *id) {
            continue;
        }
        let Change::Update { columns, .. } = change else { continue };
        for (column, value) in
            in_conflict().filter(|(column, _)| columns.has(column.as_str())).collect::<Vec<_>>()
        {
            columns.set(column.clone(), value.clone());
        }
    }
    if (&next.command.table, next.command.id) == (table, *id) {
        let parameters = &mut next.command.parameters;
        for (column, value) in
            in_conflict().filter(|(column, _)| parameters.has(column.as_str())).collect::<Vec<_>>()
        {
            parameters.set(column.clone(), value.clone());
        }
    }
    next
}

/// Keeping theirs takes back a deletion that was in conflict.
fn without_deletes(original: &JournalEntry) -> impl Fn(JournalEntry) -> JournalEntry {
    let conflicted = match &original.state {
        EntryState::Parked(ParkReason::Conflict { table, id, .. }) => Some((table.clone(), *id)),
        _ => None,
    };
    move |mut entry| {
        entry.changes.0.retain(|change| {
            let is_conflicted = conflicted.as_ref() == Some(&(change.table().clone(), change.id()));
            !(is_conflicted && matches!(change, Change::Delete { .. }))
        });
        entry
    }
}

/// The entry is replaced by what is left of it; later ones no longer build on what is not.
fn replace(journal: &[JournalEntry], entry: &JournalEntry, left: Option<JournalEntry>) -> ChoicePlan {
    let mut plan = ChoicePlan::default();
    let gone = dropped(&entry.changes, left.as_ref().map(|left| &left.changes));
    match left {
        Some(left) => plan.changed.push(left),
        None => plan.removed.push(entry.id),
    }
    let later = journal.iter().skip_while(|other| other.id != entry.id).skip(1);
    plan.changed.extend(later.filter(|later| !later.was_sent).filter_map(|later| without(later, &gone)));
    plan
}

/// The updates of which a column is no longer written, reduced to such columns.
fn dropped(before: &ChangeSet, after: Option<&ChangeSet>) -> Vec<Change> {
    let kept = |change: &Change, name: &str| {
        after.into_iter().flat_map(ChangeSet::iter).any(|other| {
            matches!(other, Change::Update { columns, .. } if columns.has(name))
                && (other.table(), other.id()) == (change.table(), change.id())
        })
    };
    let mut gone = before.0.clone();
    for change in &mut gone {
        let original = change.clone();
        if let Change::Update { columns, .. } = change {
            columns.0.retain(|name, _| !kept(&original, name.as_str()));
        }
    }
    gone
}

/// The entry goes with everything that needs a row it creates; changes of the same rows stay, on what was there before.
fn discard(journal: &[JournalEntry], entry: &JournalEntry) -> ChoicePlan {
    let created: BTreeSet<_> = entry
        .changes
        .iter()
        .filter(|change| matches!(change, Change::Create { .. }))
        .map(Change::id)
        .collect();
    let dependants = if created.is_empty() {
        Vec::new()
    } else {
        let only_creates = JournalEntry {
            changes: ChangeSet(
                entry.changes.iter().filter(|change| created.contains(&change.id())).cloned().collect(),
            ),
            ..entry.clone()
        };
        let mut reduced = journal.to_vec();
        if let Some(place) = reduced.iter_mut().find(|other| other.id == entry.id) {
            *place = only_creates;
        }
        crate::outbox::dependants(&reduced, entry.id)
    };
    let mut plan = ChoicePlan { changed: Vec::new(), removed: vec![entry.id] };
    plan.removed.extend(dependants);
    let gone: Vec<Change> = journal
        .iter()
        .filter(|other| plan.removed.contains(&other.id))
        .flat_map(|other| other.changes.0.clone())
        .collect();
    for later in journal.iter().skip_while(|other| other.id != entry.id) {
        if !plan.removed.contains(&later.id) && !later.was_sent {
            plan.changed.extend(without(later, &gone));
        }
    }
    plan
}

#[cfg(test)]
mod tests;
