//! What the user decides about an entry.

use crate::engine::{Engine, SyncTables};
use crate::rebase::{resolve_conflict, without};
use crate::removed::without_removed;
use model::{Change, ChangeSet, ColumnName, Columns, EntryId, EntryState, JournalEntry, ParkReason};
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
    /// Carries out the user's choice.
    ///
    /// # Errors
    /// When the entry does not allow it, or the local database fails.
    pub async fn decide(
        &self,
        entry: EntryId,
        choice: &Choice,
        definitions: &SyncTables,
    ) -> Result<(), DecideError> {
        let _lock = self.journal_lock.lock().await;
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
            let state = EntryState::Waiting;
            Ok(ChoicePlan { changed: vec![JournalEntry { state, ..entry.clone() }], removed: Vec::new() })
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
            if entry.was_sent || entry.state == EntryState::Accepted {
                return Err(DecideError::MayBeSent);
            }
            Ok(discard(journal, entry))
        }
    }
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
mod tests {
    use super::*;
    use crate::testing::{base, create, delete, entry, key, parked, refers_to, rename};
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
        let plan =
            plan_choice(&update, id(1), &Choice::Write(Columns::new()), Some(&base(10, 5, "c"))).unwrap();
        assert_eq!(plan.removed, [id(1)]);
        let delete = [in_conflict(entry(1, vec![delete(10)]), Columns::new(), false)];
        let plan =
            plan_choice(&delete, id(1), &Choice::Write(Columns::new()), Some(&base(10, 5, "c"))).unwrap();
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
        let journal =
            [parked(entry(1, vec![rename(10, 1, "a", "b")])), entry(2, vec![rename(10, 1, "b", "c")])];
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
}
