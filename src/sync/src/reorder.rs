//! Another order of what waits to be sent, where that makes no difference to what comes out.

use crate::DecideError;
use crate::engine::Engine;
use crate::outbox::are_independent;
use model::{EntryId, EntryState, JournalEntry};

/// Which way an entry goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It is sent before the one before it.
    Earlier,
    /// It is sent after the one after it.
    Later,
}

impl Engine {
    /// Lets an entry and its neighbour take each other's places.
    ///
    /// # Errors
    /// When the two need their order, one of them may have been sent, there is no neighbour, or the local database fails.
    pub async fn reorder(&self, entry: EntryId, direction: Direction) -> Result<(), DecideError> {
        let _lock = self.journal_lock.lock().await;
        let neighbour = plan_reorder(&self.store.journal(), entry, direction)?;
        let order = match direction {
            Direction::Earlier => [entry, neighbour],
            Direction::Later => [neighbour, entry],
        };
        let touched = self.store.reorder(&order).await?;
        self.observer.touched(touched);
        self.observer.journal_changed();
        Ok(())
    }
}

/// The entry that changes places with this one: the next one in that direction that waits as well.
///
/// # Errors
/// When there is none, or the two need their order.
pub fn plan_reorder(
    journal: &[JournalEntry],
    id: EntryId,
    direction: Direction,
) -> Result<EntryId, DecideError> {
    let place = journal.iter().position(|entry| entry.id == id).ok_or(DecideError::Gone)?;
    let entry = &journal[place];
    if !is_movable(entry) {
        return Err(DecideError::MayBeSent);
    }
    let neighbour = match direction {
        Direction::Earlier => place.checked_sub(1),
        Direction::Later => place.checked_add(1),
    };
    let neighbour = neighbour.and_then(|place| journal.get(place)).ok_or(DecideError::NeedsOrder)?;
    if is_movable(neighbour) && are_independent(entry, neighbour) {
        Ok(neighbour.id)
    } else {
        Err(DecideError::NeedsOrder)
    }
}

/// What may have been sent keeps its place and its company.
fn is_movable(entry: &JournalEntry) -> bool {
    !entry.was_sent && entry.state != EntryState::Accepted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wire::synced;
    use crate::testing::{create, delete, entry, parked, refers_to, rename, update};
    use futures::executor::block_on;

    fn id(number: u128) -> EntryId {
        EntryId::from_u128(number)
    }

    #[test]
    fn neighbours_change_places_when_neither_needs_the_other() {
        let sent = |number, row| JournalEntry { was_sent: true, ..entry(number, vec![update(row)]) };
        let other = || entry(2, vec![update(11)]);
        let cases = [
            ("other rows", entry(1, vec![update(10)]), other(), Ok(id(1))),
            ("a parked one is passed", parked(entry(1, vec![update(10)])), other(), Ok(id(1))),
            ("the same row", entry(1, vec![update(11)]), other(), Err(DecideError::NeedsOrder)),
            (
                "one of several rows",
                entry(1, vec![create(10), update(11)]),
                other(),
                Err(DecideError::NeedsOrder),
            ),
            ("a deletion of the row", entry(1, vec![delete(11)]), other(), Err(DecideError::NeedsOrder)),
            ("it may be on its way", sent(1, 10), other(), Err(DecideError::NeedsOrder)),
            (
                "this one may be on its way",
                entry(1, vec![update(10)]),
                sent(2, 11),
                Err(DecideError::MayBeSent),
            ),
            (
                "it points to the new row before it",
                entry(1, vec![create(10)]),
                entry(2, vec![refers_to(12, 10)]),
                Err(DecideError::NeedsOrder),
            ),
        ];
        for (why, first, second, expected) in cases {
            let journal = [first, second];
            assert_eq!(plan_reorder(&journal, id(2), Direction::Earlier), expected, "{why}");
            if expected == Ok(id(1)) {
                assert_eq!(
                    plan_reorder(&journal, id(1), Direction::Later),
                    Ok(id(2)),
                    "{why}, the other way"
                );
            }
            assert!(plan_reorder(&journal, id(1), Direction::Earlier).is_err(), "{why}: it is the first");
            assert!(plan_reorder(&journal, id(2), Direction::Later).is_err(), "{why}: it is the last");
        }
        assert_eq!(plan_reorder(&[], id(1), Direction::Later), Err(DecideError::Gone));
    }

    #[test]
    fn another_order_is_on_disk_and_the_next_entry_comes_after_it() {
        let bench = synced();
        bench.append(vec![
            entry(7, vec![rename(1, 1, "one", "uno")]),
            entry(8, vec![rename(2, 2, "two", "due")]),
            entry(9, vec![rename(2, 2, "due", "dos")]),
        ]);
        block_on(bench.engine.reorder(id(7), Direction::Later)).unwrap();
        block_on(bench.engine.reorder(id(7), Direction::Later)).unwrap();
        assert_eq!(
            block_on(bench.engine.reorder(id(8), Direction::Later)),
            Err(DecideError::NeedsOrder),
            "saves of one row"
        );
        bench.append(vec![entry(10, vec![rename(1, 1, "uno", "un")])]);
        let order = |journal: Vec<JournalEntry>| -> Vec<u128> {
            journal.iter().map(|entry| entry.id.as_u128()).collect()
        };
        assert_eq!(order(bench.store.journal()), [8, 9, 7, 10]);
        let again = block_on(store::Store::open(std::rc::Rc::new(bench.blocks.handle()))).unwrap();
        assert_eq!(order(again.journal()), [8, 9, 7, 10], "on disk");
        assert_eq!(bench.name_of(1).as_deref(), Some("un"));
        assert_eq!(bench.name_of(2).as_deref(), Some("dos"));
    }
}
