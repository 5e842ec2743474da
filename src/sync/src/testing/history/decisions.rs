//! What the user decides in the outbox, about what they have seen there, perhaps a while ago.

use super::History;
use super::device::Looked;
use crate::testing::stock::TEXTS;
use crate::testing::work::{Key, text, text_of, texts, texts_of};
use crate::{Choice, DecideError, Direction};
use futures::executor::block_on;
use model::{Change, Columns, EntryId, EntryState, ParkReason, Value};
use std::collections::BTreeSet;

impl History {
    /// The user does something about an entry that was on the screen when they last looked.
    pub(super) fn decide_later(&mut self, who: usize) {
        let count = self.devices[who].looked.len() as u64;
        if count == 0 {
            return self.devices[who].look();
        }
        let place = usize::try_from(self.below(count)).unwrap();
        let looked = self.devices[who].looked.remove(place);
        match &looked.entry.state {
            EntryState::Waiting if self.once_in(2) => {
                let direction = if self.once_in(2) { Direction::Earlier } else { Direction::Later };
                let moved = block_on(self.devices[who].lead.engine.reorder(looked.entry.id, direction));
                self.counts.reordered += usize::from(moved.is_ok());
                self.note(who, || format!("{direction:?} {:?}: {moved:?}", looked.entry.id));
            }
            EntryState::Parked(ParkReason::Refused { .. }) if self.once_in(3) => {
                let change = &looked.entry.changes.0[0];
                let key = (change.table().clone(), change.id());
                let number = self.number();
                let column = self.choices.borrow_mut().of(&TEXTS);
                self.perform(who, number, &super::deeds::Deed::Save(key, column, ""), false);
            }
            EntryState::Accepted => {}
            _ => {
                let Some(choice) = self.choose(&looked) else { return };
                match self.decide(who, &looked, &choice) {
                    Ok(()) | Err(DecideError::Gone | DecideError::MayBeSent | DecideError::RowDeleted) => {}
                    Err(DecideError::Overtaken) => self.counts.overtaken += 1,
                    // Another tab has written meanwhile: the user tries again.
                    Err(DecideError::Store(_)) => {}
                    Err(DecideError::NeedsOrder) => panic!("nothing was to be moved"),
                }
            }
        }
    }

    /// The user looks at each entry and decides at once.
    pub(super) fn decide_everything(&mut self, who: usize) -> Result<(), String> {
        self.devices[who].look();
        let ids: Vec<EntryId> = self.devices[who].looked.iter().map(|looked| looked.entry.id).collect();
        for id in ids {
            // As it stands after the decisions before.
            self.devices[who].look();
            let place = self.devices[who].looked.iter().position(|looked| looked.entry.id == id);
            let Some(looked) = place.map(|place| self.devices[who].looked.remove(place)) else { continue };
            let needs_user = matches!(
                looked.entry.state,
                EntryState::Parked(
                    ParkReason::Conflict { .. } | ParkReason::Refused { .. } | ParkReason::OutOfReach { .. }
                )
            );
            if let Some(choice) = needs_user.then(|| self.choose(&looked)).flatten() {
                self.decide(who, &looked, &choice)
                    .map_err(|error| format!("{choice:?} of {:#?}: {error}", looked.entry))?;
            }
        }
        Ok(())
    }

    fn choose(&self, looked: &Looked) -> Option<Choice> {
        Some(match &looked.entry.state {
            EntryState::Parked(ParkReason::Conflict { deleted: true, .. }) if self.once_in(2) => {
                Choice::KeepTheirs
            }
            EntryState::Parked(ParkReason::Conflict { deleted: true, .. }) => Choice::Discard,
            EntryState::Parked(ParkReason::Conflict { theirs, .. }) => match self.below(7) {
                0..=2 => Choice::KeepMine(Vec::new()),
                3 if theirs.len() > 1 => {
                    Choice::KeepMine(theirs.iter().take(1).map(|(name, _)| name.clone()).collect())
                }
                3 | 4 if !theirs.is_empty() => {
                    let texts = theirs.iter().filter(|(name, _)| TEXTS.contains(&name.as_str()));
                    let third = |(place, (name, _))| {
                        // Taken up by `decide`, which knows what it stands for.
                        (model::ColumnName::clone(name), Value::Text(format!("third {place}")))
                    };
                    Choice::Write(texts.enumerate().map(third).collect())
                }
                5 if self.once_in(2) => Choice::Discard,
                _ => Choice::KeepTheirs,
            },
            // One of several that may be on the server cannot be given up alone.
            EntryState::Parked(ParkReason::Refused { .. }) if looked.entry.was_sent || self.once_in(2) => {
                Choice::Retry
            }
            EntryState::Parked(ParkReason::OutOfReach { .. }) if self.once_in(2) => Choice::Retry,
            EntryState::Waiting | EntryState::Parked(_) => Choice::Discard,
            EntryState::Accepted => return None,
        })
    }

    fn decide(&mut self, who: usize, looked: &Looked, choice: &Choice) -> Result<(), DecideError> {
        let mut choice = choice.clone();
        let mut written = Columns::new();
        if let Choice::Write(values) = &choice {
            let number = self.number();
            let text = |name: &model::ColumnName| Value::Text(format!("{} {name}", text_of(number)));
            written = values.iter().map(|(name, _)| (name.clone(), text(name))).collect();
            choice = Choice::Write(written.clone());
        }
        let device = &self.devices[who];
        let before = device.lead.store.journal();
        let decision =
            device.lead.engine.decide(looked.entry.id, &choice, Some(&looked.seen), &device.definitions);
        let outcome = block_on(decision);
        let after = device.lead.store.journal();
        self.note(who, || format!("{choice:?} of {:?}: {outcome:?}", looked.entry.id));
        outcome?;
        self.given_up.extend(texts(&before).difference(&texts(&after)).cloned());
        let ids = |journal: &[model::JournalEntry]| -> BTreeSet<EntryId> {
            journal.iter().map(|entry| entry.id).collect()
        };
        self.undone.extend(ids(&before).difference(&ids(&after)));
        self.counts.discarded += usize::from(choice == Choice::Discard);
        let is_out_of_reach = matches!(looked.entry.state, EntryState::Parked(ParkReason::OutOfReach { .. }));
        self.counts.out_of_reach += usize::from(is_out_of_reach);
        let EntryState::Parked(ParkReason::Conflict { table, id, theirs, .. }) = &looked.entry.state else {
            return Ok(());
        };
        self.counts.conflicts += 1;
        let key: Key = (table.clone(), *id);
        for (column, theirs) in theirs.iter() {
            for mine in texts_of(&looked.entry, Some(column.as_str())) {
                let name = column.as_str();
                match &choice {
                    Choice::KeepMine(columns) if columns.is_empty() || columns.contains(column) => {
                        self.decided.insert((mine, text(theirs)));
                    }
                    Choice::Write(_) if written.has(name) => {
                        let third = text(written.get(name));
                        self.seen.insert(third.clone(), mine);
                        self.decided.insert((third, text(theirs)));
                    }
                    _ => {}
                }
            }
        }
        let deletes = |change: &Change| {
            matches!(change, Change::Delete { .. }) && (change.table(), change.id()) == (&key.0, key.1)
        };
        if matches!(choice, Choice::KeepMine(_)) && looked.entry.changes.iter().any(deletes) {
            self.condemned.extend(looked.row.clone());
        }
        Ok(())
    }
}
