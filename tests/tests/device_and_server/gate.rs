//! A database that commits one batch at a time, when the test says so.

use async_trait::async_trait;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use store::{Batch, BlockPage, Blocks, BlocksError, KeyRange, MemoryBlocks, ObjectStore};

/// A database with a gate that every batch goes through before it is committed.
pub struct Gate {
    memory: MemoryBlocks,
    is_shut: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
    /// Batches that may pass although it is shut.
    passes: Cell<u32>,
}

impl Gate {
    /// An open one.
    pub fn before(memory: MemoryBlocks) -> Self {
        Self { memory, is_shut: Cell::new(false), waiting: RefCell::default(), passes: Cell::new(0) }
    }

    /// From now on each batch waits.
    pub fn shut(&self) {
        self.is_shut.set(true);
    }

    /// True while a batch waits.
    pub fn is_busy(&self) -> bool {
        self.waiting.borrow().is_some()
    }

    /// The batch that waits is committed.
    pub fn let_one_pass(&self) {
        self.passes.set(1);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

#[async_trait(?Send)]
impl Blocks for Gate {
    async fn get(&self, store: ObjectStore, key: &[u8]) -> Result<Option<Vec<u8>>, BlocksError> {
        self.memory.get(store, key).await
    }

    async fn get_many(
        &self,
        store: ObjectStore,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, BlocksError> {
        self.memory.get_many(store, keys).await
    }

    async fn scan(
        &self,
        store: ObjectStore,
        range: &KeyRange,
        limit: usize,
    ) -> Result<BlockPage, BlocksError> {
        self.memory.scan(store, range, limit).await
    }

    async fn apply(&self, batch: Batch) -> Result<(), BlocksError> {
        poll_fn(|context| {
            if self.is_shut.get() && self.passes.replace(0) == 0 {
                self.waiting.replace(Some(context.waker().clone()));
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        self.memory.apply(batch).await
    }

    async fn close(&self) {
        self.memory.close().await;
    }
}
