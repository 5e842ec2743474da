//! What is done about records that cannot be read: the store opens, whatever they hold.
//!
//! An entry of the journal is set aside: it stays where it is, byte for byte, until the user has seen it, and the others
//! go on without it. The store's own bookkeeping is made again: a table without a record is fetched anew, a head is
//! counted on from the journal.

use super::records::{HEAD_KEY, Head};
use super::{State, Store};
use crate::blocks::{Batch, BlocksError, Durability, KeyRange, ObjectStore};
use crate::{SetAside, StoreError};
use std::collections::BTreeSet;

/// Where the count of writes begins again after a head was lost: no store that is open has come as far.
const BEYOND: u64 = 1 << 40;

/// How often it is tried when another tab keeps writing.
const ATTEMPTS: usize = 3;

/// Parts of pages whose keys are looked up at once.
const PARTS_AT_ONCE: usize = 64;

impl Store {
    /// Entries of the journal that cannot be read, in order. They wait for the user; nothing waits for them.
    #[must_use]
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.state.borrow().set_aside.clone()
    }

    /// Lets an unreadable entry go, because the user says so. One that is not there is no error.
    pub async fn drop_set_aside(&self, key: &[u8]) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        if !self.state.borrow().set_aside.iter().any(|aside| aside.key == key) {
            return Ok(());
        }
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        batch.delete(ObjectStore::Journal, key);
        self.apply(batch, head).await?;
        self.state.borrow_mut().set_aside.retain(|aside| aside.key != key);
        Ok(())
    }

    /// The head; one that cannot be read is made again from the journal.
    pub(super) async fn read_head(&self) -> Result<Option<Head>, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(bytes) = self.blocks.get(ObjectStore::Meta, HEAD_KEY).await? else { return Ok(None) };
            if let Some(head) = Head::parse(&bytes) {
                return Ok(Some(head));
            }
            let journal = self.read_all(ObjectStore::Journal, KeyRange::all()).await?;
            let last = journal.iter().filter_map(|(key, _)| key.as_slice().try_into().ok());
            let next_sequence = last.map(u64::from_be_bytes).max().map_or(1, |last| last.saturating_add(1));
            let head = Head { generation: BEYOND + next_sequence, next_sequence };
            let mut batch = Batch::new(Durability::Strict);
            batch.expect(ObjectStore::Meta, HEAD_KEY, Some(bytes));
            batch.put(ObjectStore::Meta, HEAD_KEY, head.bytes());
            match self.blocks.apply(batch).await {
                Ok(()) => return Ok(Some(head)),
                Err(BlocksError::ExpectationFailed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::ChangedElsewhere)
    }

    /// Takes the records of tables that cannot be read out, and the pages that then belong to no table: what stands
    /// under a forgotten number would be taken for rows of the next table that gets it.
    pub(super) async fn give_up_tables(
        &self,
        known: &State,
        records: Vec<Vec<u8>>,
    ) -> Result<Head, StoreError> {
        let numbers: BTreeSet<u16> =
            known.tables.values().filter_map(|table| Some(table.record.as_ref()?.number)).collect();
        let mut batch = Batch::new(Durability::Strict);
        records.into_iter().for_each(|key| batch.delete(ObjectStore::Meta, key));
        let mut range = KeyRange::all();
        loop {
            let found = self.blocks.scan(ObjectStore::Pages, &range, PARTS_AT_ONCE).await?;
            let number = |key: &[u8]| key.first_chunk().map(|number| u16::from_be_bytes(*number));
            let first = found.entries.first().and_then(|(key, _)| number(key));
            if let Some(known) = first.filter(|first| numbers.contains(first)) {
                // The rest of this table need not be looked at.
                let Some(next) = known.checked_add(1) else { break };
                range.from = next.to_be_bytes().to_vec();
                continue;
            }
            for (key, _) in found.entries {
                if number(&key).is_none_or(|number| !numbers.contains(&number)) {
                    batch.delete(ObjectStore::Pages, key);
                }
            }
            let Some(next) = found.next else { break };
            range.from = next;
        }
        let old = known.head.unwrap_or(Head { generation: 0, next_sequence: 1 });
        let head = Head { generation: old.generation + 1, ..old };
        batch.expect(ObjectStore::Meta, HEAD_KEY, known.head.map(Head::bytes));
        batch.put(ObjectStore::Meta, HEAD_KEY, head.bytes());
        self.blocks.apply(batch).await?;
        Ok(head)
    }
}

#[cfg(test)]
mod tests;
