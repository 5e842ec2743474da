//! Writing only on what was read: every batch expects the head it was made on, and leaves the next one.

use super::records::{self, HEAD_KEY, Head, TABLE_PREFIX};
use super::{State, Store};
use crate::blocks::{Batch, BlocksError, Durability, KeyRange, ObjectStore};
use crate::{SetAside, StoreError};
use std::rc::Rc;

/// How often emptying the device is tried when another tab keeps writing.
const ATTEMPTS: usize = 3;

impl Store {
    /// Empties the device: rows, cursors, journal, records. Definitions stay.
    pub async fn clear(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        for _ in 1..ATTEMPTS {
            match self.try_clear().await {
                Err(StoreError::ChangedElsewhere) => {}
                other => return other,
            }
        }
        self.try_clear().await
    }

    /// Empties the device, but only while no change waits on it: one that is made at the same moment, in this tab or in
    /// another one, is either seen or comes too late to be lost. Refuses with `Unsent`.
    pub async fn clear_sent(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        if self.has_unsent() {
            return Err(StoreError::Unsent);
        }
        match self.try_clear().await {
            // What another tab wrote may be a change.
            Err(StoreError::ChangedElsewhere) if self.has_unsent() => Err(StoreError::Unsent),
            Err(StoreError::ChangedElsewhere) => self.try_clear().await,
            other => other,
        }
    }

    /// True while the server lacks something that was made here.
    #[must_use]
    pub fn has_unsent(&self) -> bool {
        let state = self.state.borrow();
        !state.journal().is_empty() || !state.set_aside.is_empty()
    }

    /// The head goes on counting, so that whoever still holds an old one is noticed.
    async fn try_clear(&self) -> Result<(), StoreError> {
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        batch.clears = true;
        self.apply(batch, head).await?;
        self.refresh().await
    }

    /// Reads everything but the rows anew. Definitions stay.
    pub(super) async fn refresh(&self) -> Result<(), StoreError> {
        let mut fresh = State::at(self.read_head().await?);
        let mut lost = Vec::new();
        for (key, value) in
            self.read_all(ObjectStore::Meta, KeyRange::prefix(TABLE_PREFIX.as_bytes())).await?
        {
            match records::parse_table(&key, &value) {
                Ok((name, record)) => fresh.tables.entry(name).or_default().record = Some(record),
                Err(_) => lost.push(key),
            }
        }
        if !lost.is_empty() {
            fresh.head = Some(self.give_up_tables(&fresh, lost).await?);
        }
        let mut journal = Vec::new();
        for (key, value) in self.read_all(ObjectStore::Journal, KeyRange::all()).await? {
            match records::parse_entry(&key, &value) {
                Ok(entry) => journal.push(Rc::new(entry)),
                Err(reason) => fresh.set_aside.push(SetAside { key, content: value, reason }),
            }
        }
        fresh.set_journal(journal);
        let mut state = self.state.borrow_mut();
        for (name, known) in &state.tables {
            fresh.tables.entry(name.clone()).or_default().definition.clone_from(&known.definition);
        }
        fresh.clock.set(state.clock.get());
        *state = fresh;
        Ok(())
    }

    /// Starts a batch that is written only if nobody else has written since this store last looked.
    pub(super) fn fenced(&self, durability: Durability, next_sequence: Option<u64>) -> (Batch, Head) {
        let head = self.state.borrow().head;
        let old = head.unwrap_or(Head { generation: 0, next_sequence: 1 });
        let new = Head {
            generation: old.generation + 1,
            next_sequence: next_sequence.unwrap_or(old.next_sequence),
        };
        let mut batch = Batch::new(durability);
        batch.expect(ObjectStore::Meta, HEAD_KEY, head.map(Head::bytes));
        batch.put(ObjectStore::Meta, HEAD_KEY, new.bytes());
        (batch, new)
    }

    /// Writes a fenced batch. When somebody else wrote, or when the connection was lost and nobody knows whether this
    /// batch was written, the store re-reads what it holds before it says so.
    pub(super) async fn apply(&self, batch: Batch, head: Head) -> Result<(), StoreError> {
        let pages = batch.puts.iter().filter(|(store, ..)| *store == ObjectStore::Pages);
        let (parts, bytes) =
            pages.fold((0, 0), |(parts, bytes), put| (parts + 1, bytes + put.2.len() as u64));
        match self.blocks.apply(batch).await {
            Ok(()) => {
                self.count(|counters| {
                    counters.parts_written += parts;
                    counters.bytes_written += bytes;
                });
                self.state.borrow_mut().head = Some(head);
                Ok(())
            }
            Err(BlocksError::ExpectationFailed) => {
                self.refresh().await?;
                Err(StoreError::ChangedElsewhere)
            }
            Err(error @ BlocksError::Lost(_)) => match self.refresh().await {
                Ok(()) => Err(StoreError::ChangedElsewhere),
                Err(_) => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
