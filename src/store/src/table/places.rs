//! Where base rows go: the slots are chosen while the journal still covers the table, so that what has to be read for
//! them can be read before anything changes.

use super::{TableData, narrow};
use hashbrown::{HashMap, HashSet};
use model::{RowId, RowVersion};

impl TableData {
    /// The slot of a row that the server confirmed.
    pub fn find_base(&self, id: RowId) -> Option<usize> {
        self.find(id).filter(|slot| !self.is_own(*slot))
    }

    /// The slots that these rows will have once the journal is off: their own, free ones, those that rows of the
    /// journal give back, new ones.
    pub fn places(&self, ids: &[RowId]) -> Vec<usize> {
        let own = self.covered.iter().filter(|(_, covered)| !covered.is_confirmed);
        let mut own: Vec<u32> = own.map(|(slot, _)| *slot).collect();
        own.sort_unstable();
        let given = own.into_iter().chain(self.free.iter().rev().copied()).map(|slot| slot as usize);
        let mut free = given.chain(self.ids.len()..);
        let mut placed: HashMap<RowId, usize> = HashMap::new();
        let mut place = |id: RowId| {
            let known = self.find_base(id).or_else(|| placed.get(&id).copied());
            known.unwrap_or_else(|| {
                let slot = free.next().unwrap_or(usize::MAX);
                placed.insert(id, slot);
                slot
            })
        };
        ids.iter().map(|id| place(*id)).collect()
    }

    /// These slots are not free any more.
    pub fn claim(&mut self, slots: &[usize]) {
        if !self.free.is_empty() {
            let claimed: HashSet<u32> = slots.iter().filter_map(|slot| narrow(*slot)).collect();
            self.free.retain(|slot| !claimed.contains(slot));
        }
    }

    /// Puts a base row into its slot: the one it has, or one that was claimed for it.
    pub fn put_base_at(&mut self, slot: usize, id: RowId, version: Option<RowVersion>) {
        if narrow(slot).is_none() {
            return;
        }
        if self.find(id) != Some(slot) {
            self.settle(slot, id);
        }
        if let (Some(place), Some(version)) = (self.versions.get_mut(slot), version) {
            *place = version.0;
        }
        self.visible.put(slot, true);
        self.touch(slot);
        self.changes.note(id);
    }

    /// Gives a slot to a row.
    pub(super) fn settle(&mut self, slot: usize, id: RowId) {
        self.extend_to(slot + 1);
        if let Some(place) = self.ids.get_mut(slot) {
            *place = id;
        }
        self.enter(slot, id);
    }
}
