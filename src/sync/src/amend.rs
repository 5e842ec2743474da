//! A refused entry and what the user saved on its row afterwards become one: that is how a refusal is put right.

use crate::decide::ChoicePlan;
use crate::engine::{Engine, SyncTables};
use model::{Change, Columns, EntryState, JournalEntry, ParkReason};
use odata::codes;
use store::StoreError;

impl Engine {
    /// Sends refused entries again with what the user has saved on their rows since.
    ///
    /// # Errors
    /// When the local database fails; the journal is then as it was.
    pub async fn amend(&self, definitions: &SyncTables) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        let plan = plan_amend(&self.store.journal());
        if plan == ChoicePlan::default() {
            return Ok(());
        }
        for entry in &plan.changed {
            self.forget_troubles(entry.id);
        }
        self.write_journal(plan.changed, plan.removed).await?;
        self.rebase_locked(definitions).await
    }
}

/// Decides which refused entries take up which later ones.
///
/// A later entry is taken up when it does nothing but save one row, was never sent, and nothing between the two touches
/// that row. Everything else stays in its place.
#[must_use]
pub fn plan_amend(journal: &[JournalEntry]) -> ChoicePlan {
    let mut plan = ChoicePlan::default();
    for (place, entry) in journal.iter().enumerate() {
        // What may have been done must be sent again as it was: under its key, or its row's id, the server would take anything
        // else for done.
        let EntryState::Parked(ParkReason::Refused { code, .. }) = &entry.state else { continue };
        if entry.was_sent || code == codes::DUPLICATE_RECORD {
            continue;
        }
        let mut amended = entry.clone();
        for (between, later) in journal.iter().enumerate().skip(place + 1) {
            let Some((change, before, columns)) = only_save(later) else { continue };
            let key = (change.table(), change.id());
            let touches = |other: &JournalEntry| other.changes.iter().any(|it| (it.table(), it.id()) == key);
            let is_taken = |other: &JournalEntry| plan.removed.contains(&other.id);
            if journal[place + 1..between].iter().any(|other| touches(other) && !is_taken(other)) {
                continue;
            }
            if take_up(&mut amended, change, before, columns) {
                if (&amended.command.table, amended.command.id) == (&later.command.table, later.command.id) {
                    amended.command.parameters.extend(&later.command.parameters);
                    amended.command.subject.clone_from(&later.command.subject);
                }
                plan.removed.push(later.id);
            }
        }
        if amended != *entry {
            amended.state = EntryState::Waiting;
            plan.changed.push(amended);
        }
    }
    plan
}

/// The one update of an entry that saves a row and was never sent.
fn only_save(entry: &JournalEntry) -> Option<(&Change, &Columns, &Columns)> {
    let is_free = matches!(entry.state, EntryState::Waiting | EntryState::Parked(ParkReason::DependsOn(_)));
    let is_save = matches!(entry.command.name.as_str(), "save" | "save-close");
    match entry.changes.0.as_slice() {
        [change @ Change::Update { before, columns, .. }] if is_free && is_save && !entry.was_sent => {
            Some((change, before, columns))
        }
        _ => None,
    }
}

/// Writes the columns into the change of the same row; false when there is none that can hold them.
fn take_up(entry: &mut JournalEntry, of: &Change, before: &Columns, columns: &Columns) -> bool {
    let mut same = entry.changes.0.iter_mut().filter(|it| (it.table(), it.id()) == (of.table(), of.id()));
    match (same.next(), same.next()) {
        (Some(Change::Create { columns: present, .. }), None) => present.extend(columns),
        (Some(Change::Update { columns: present, before: older, .. }), None) => {
            for (column, value) in before.iter() {
                if !present.has(column.as_str()) {
                    older.set(column.clone(), value.clone());
                }
            }
            present.extend(columns);
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{create, delete, entry, parked, rename, update};
    use model::{EntryId, Value};

    fn save(number: u128, change: Change) -> JournalEntry {
        entry(number, vec![change])
    }

    fn assign(number: u128) -> JournalEntry {
        let mut assign = entry(number, vec![rename(10, 1, "b", "c")]);
        assign.command.name = "assign".into();
        assign
    }

    fn id(number: u128) -> EntryId {
        EntryId::from_u128(number)
    }

    #[test]
    fn a_refused_new_row_is_sent_again_with_what_was_put_right() {
        let journal = [parked(entry(1, vec![create(10)])), save(2, rename(10, 0, "bad", "good"))];
        let plan = plan_amend(&journal);
        assert_eq!(plan.removed, [id(2)]);
        assert_eq!(plan.changed[0].state, EntryState::Waiting);
        let Change::Create { columns, .. } = &plan.changed[0].changes.0[0] else { panic!() };
        assert_eq!(columns.get("name"), &Value::Text("good".to_owned()));
    }

    #[test]
    fn a_refused_change_keeps_what_it_built_on() {
        let journal = [
            parked(save(1, rename(10, 1, "base", "bad"))),
            save(2, rename(10, 1, "bad", "better")),
            save(3, rename(10, 1, "better", "good")),
        ];
        let plan = plan_amend(&journal);
        assert_eq!(plan.removed, [id(2), id(3)]);
        assert_eq!(plan.changed[0].changes.0, [rename(10, 1, "base", "good")]);
    }

    #[test]
    fn what_is_not_a_mere_save_after_a_refusal_stays_where_it_is() {
        let mut doubtful = parked(save(1, rename(10, 1, "a", "b")));
        doubtful.was_sent = true;
        let mut there = entry(1, vec![create(10)]);
        there.state = EntryState::Parked(ParkReason::Refused {
            status: 412,
            code: codes::DUPLICATE_RECORD.to_owned(),
            message: "there is such a row".to_owned(),
        });
        let mut sent = save(2, rename(10, 1, "b", "c"));
        sent.was_sent = true;
        let refused = || parked(save(1, rename(10, 1, "a", "b")));
        for (why, journal) in [
            ("nothing was refused", vec![save(1, rename(10, 1, "a", "b")), save(2, rename(10, 1, "b", "c"))]),
            ("another row", vec![refused(), save(2, update(11))]),
            ("it may be on the server", vec![refused(), sent]),
            ("its row is on the server", vec![there, save(2, rename(10, 0, "b", "c"))]),
            ("the refused one may be on the server", vec![doubtful, save(2, rename(10, 1, "b", "c"))]),
            ("a deletion", vec![refused(), save(2, delete(10))]),
            ("another command", vec![refused(), assign(2)]),
            ("something between them", vec![refused(), assign(2), save(3, rename(10, 1, "c", "d"))]),
        ] {
            assert_eq!(plan_amend(&journal), ChoicePlan::default(), "{why}");
        }
    }
}
