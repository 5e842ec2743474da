//! A database that fails as it is told, for tests of this crate.

use crate::{Batch, BlockPage, Blocks, BlocksError, KeyRange, MemoryBlocks, ObjectStore};
use async_trait::async_trait;
use std::cell::{Cell, RefCell};

/// Memory blocks whose n-th batch fails.
#[derive(Default)]
pub struct Failing {
    pub memory: MemoryBlocks,
    /// Batches until one fails; 0 = none.
    pub countdown: Cell<u32>,
    /// What it fails with; without, there is no room.
    pub error: RefCell<Option<BlocksError>>,
    /// It is written all the same, only the answer is lost.
    pub is_written: Cell<bool>,
    /// Reads fail from the failed batch on.
    pub reads_fail: Cell<bool>,
    /// Reads fail with the error.
    pub is_broken: Cell<bool>,
    /// Batches never come to an end.
    pub hangs: Cell<bool>,
}

impl Failing {
    fn reads(&self) -> Result<(), BlocksError> {
        let error = self.error.borrow().clone().unwrap_or(BlocksError::Full);
        if self.is_broken.get() { Err(error) } else { Ok(()) }
    }
}

#[async_trait(?Send)]
impl Blocks for Failing {
    async fn get(&self, store: ObjectStore, key: &[u8]) -> Result<Option<Vec<u8>>, BlocksError> {
        self.reads()?;
        self.memory.get(store, key).await
    }

    async fn get_many(
        &self,
        store: ObjectStore,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, BlocksError> {
        self.reads()?;
        self.memory.get_many(store, keys).await
    }

    async fn scan(
        &self,
        store: ObjectStore,
        range: &KeyRange,
        limit: usize,
    ) -> Result<BlockPage, BlocksError> {
        self.reads()?;
        self.memory.scan(store, range, limit).await
    }

    async fn apply(&self, batch: Batch) -> Result<(), BlocksError> {
        if self.countdown.get() > 0 {
            self.countdown.set(self.countdown.get() - 1);
            if self.countdown.get() == 0 {
                if self.is_written.get() {
                    self.memory.apply(batch).await?;
                }
                self.is_broken.set(self.reads_fail.get());
                return Err(self.error.borrow().clone().unwrap_or(BlocksError::Full));
            }
        }
        if self.hangs.get() {
            futures::future::pending::<()>().await;
        }
        self.memory.apply(batch).await
    }

    async fn close(&self) {
        self.memory.close().await;
    }
}
