//! The user's own changes: on disk first, then over the rows.

use super::state::tables_of;
use super::{Store, records};
use crate::StoreError;
use crate::blocks::{Batch, Durability, KeyRange, ObjectStore};
use crate::parts::Touched;
use model::{EntryId, JournalEntry, Timestamp};
use std::rc::Rc;

/// How often an append is tried when another tab keeps writing.
const ATTEMPTS: usize = 3;

impl Store {
    /// Acknowledges the user's changes: on disk before it returns. Gives the entries their sequence; an entry whose id
    /// is in the journal already keeps its place and is not added again. One that has left the journal since is refused
    /// with `ChangedElsewhere`; `was_appended` tells.
    pub async fn append(&self, entries: Vec<JournalEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        self.are_kept(&entries)?;
        let _turn = self.turn.lock().await;
        for _ in 1..ATTEMPTS {
            match self.try_append(&entries).await {
                Err(StoreError::ChangedElsewhere) => {}
                other => return other,
            }
        }
        self.try_append(&entries).await
    }

    /// The same for entries that were planned on what this store holds: when another tab has written since, they are not appended,
    /// what is held is read anew, and `ChangedElsewhere` says that they have to be planned again.
    pub async fn append_planned(&self, entries: Vec<JournalEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        self.are_kept(&entries)?;
        let _turn = self.turn.lock().await;
        self.try_append(&entries).await
    }

    /// True when an entry of this id was acknowledged, also when it has left the journal since.
    pub async fn was_appended(&self, id: EntryId) -> Result<bool, StoreError> {
        if self.state.borrow().journal().iter().any(|entry| entry.id == id) {
            return Ok(true);
        }
        Ok(self.blocks.get(ObjectStore::Meta, &records::appended_key(id)).await?.is_some())
    }

    /// Forgets that entries made before this time were acknowledged; those in the journal are known by it.
    pub async fn forget_appended(&self, before: Timestamp) -> Result<(), StoreError> {
        let range = KeyRange::prefix(records::APPENDED_PREFIX.as_bytes());
        let mut batch = Batch::new(Durability::Relaxed);
        for (key, value) in self.read_all(ObjectStore::Meta, range).await? {
            if records::parse_appended(&value).is_none_or(|made_at| made_at < before) {
                batch.delete(ObjectStore::Meta, key);
            }
        }
        if batch.deletes.is_empty() {
            return Ok(());
        }
        Ok(self.blocks.apply(batch).await?)
    }

    /// Rewrites and removes entries in one transaction; a removed id that is not there is no error.
    pub async fn update_journal(
        &self,
        changed: Vec<JournalEntry>,
        removed: Vec<EntryId>,
    ) -> Result<Touched, StoreError> {
        self.are_kept(&changed)?;
        let _turn = self.turn.lock().await;
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        let mut journal = self.state.borrow().journal().to_vec();
        let mut concerned = Vec::new();
        for id in removed {
            if let Some(place) = journal.iter().position(|entry| entry.id == id) {
                let entry = journal.remove(place);
                batch.delete(ObjectStore::Journal, entry.sequence.to_be_bytes());
                concerned.push(entry);
            }
        }
        for mut entry in changed {
            let place = journal.iter_mut().find(|known| known.id == entry.id);
            let place = place.ok_or(StoreError::UnknownEntry(entry.id))?;
            entry.sequence = place.sequence;
            batch.put(ObjectStore::Journal, entry.sequence.to_be_bytes(), records::to_json(&entry)?);
            concerned.push(std::mem::replace(place, Rc::new(entry)));
            concerned.push(Rc::clone(place));
        }
        if concerned.is_empty() {
            return Ok(Touched::default());
        }
        self.apply(batch, head).await?;
        let tables = tables_of(&concerned);
        let mut state = self.state.borrow_mut();
        state.uncover(&tables);
        state.set_journal(journal);
        state.cover(&tables);
        Ok(Touched { tables: state.with_derived(tables), rows: concerned.len() })
    }

    /// Lets these entries take each other's places, so that they stand in this order, in one transaction. What all of them
    /// make of the rows must not depend on it.
    pub async fn reorder(&self, order: &[EntryId]) -> Result<Touched, StoreError> {
        let _turn = self.turn.lock().await;
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        let mut journal = self.state.borrow().journal().to_vec();
        let place = |id: &EntryId| {
            let place = journal.iter().position(|entry| entry.id == *id);
            place.ok_or(StoreError::UnknownEntry(*id))
        };
        let from = order.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
        let mut to = from.clone();
        to.sort_unstable();
        to.dedup();
        let moved: Vec<JournalEntry> = from
            .iter()
            .zip(&to)
            .map(|(from, to)| JournalEntry {
                sequence: journal[*to].sequence,
                ..JournalEntry::clone(&journal[*from])
            })
            .collect();
        for (place, entry) in to.into_iter().zip(moved) {
            batch.put(ObjectStore::Journal, entry.sequence.to_be_bytes(), records::to_json(&entry)?);
            journal[place] = Rc::new(entry);
        }
        self.apply(batch, head).await?;
        let concerned: Vec<_> = journal.iter().filter(|entry| order.contains(&entry.id)).cloned().collect();
        let tables = tables_of(&concerned);
        let mut state = self.state.borrow_mut();
        state.uncover(&tables);
        state.set_journal(journal);
        state.cover(&tables);
        Ok(Touched { tables: state.with_derived(tables), rows: concerned.len() })
    }

    /// Refuses changes of rows that follow from others: they would show nowhere.
    fn are_kept(&self, entries: &[JournalEntry]) -> Result<(), StoreError> {
        let state = self.state.borrow();
        let mut changes = entries.iter().flat_map(|entry| entry.changes.iter());
        let derived = changes.find(|change| state.derived(change.table()).is_some());
        derived.map_or(Ok(()), |change| Err(StoreError::Derived(change.table().clone())))
    }

    async fn try_append(&self, entries: &[JournalEntry]) -> Result<Vec<JournalEntry>, StoreError> {
        let mut journal = self.state.borrow().journal().to_vec();
        let mut next = self.state.borrow().head.map_or(1, |head| head.next_sequence);
        let (mut answer, mut fresh) = (Vec::new(), Vec::new());
        for entry in entries {
            let known = journal.iter().chain(&fresh).find(|known| known.id == entry.id);
            if let Some(known) = known {
                answer.push(JournalEntry::clone(known));
                continue;
            }
            let entry = JournalEntry { sequence: next, ..entry.clone() };
            next += 1;
            fresh.push(Rc::new(entry.clone()));
            answer.push(entry);
        }
        if fresh.is_empty() {
            return Ok(answer);
        }
        let (mut batch, head) = self.fenced(Durability::Strict, Some(next));
        for entry in &fresh {
            batch.put(ObjectStore::Journal, entry.sequence.to_be_bytes(), records::to_json(entry.as_ref())?);
            let key = records::appended_key(entry.id);
            batch.expect(ObjectStore::Meta, key.clone(), None);
            batch.put(ObjectStore::Meta, key, records::appended(entry.made_at));
        }
        self.apply(batch, head).await?;
        journal.extend(fresh.iter().cloned());
        let mut state = self.state.borrow_mut();
        state.set_journal(journal);
        state.cover_more(&fresh);
        Ok(answer)
    }
}
