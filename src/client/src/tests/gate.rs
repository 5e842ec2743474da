//! A database whose transactions wait at a gate, or fail.

use async_trait::async_trait;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use store::{Batch, BlockPage, Blocks, BlocksError, KeyRange, MemoryBlocks, ObjectStore};

/// A database with a gate that every batch goes through before it is committed.
pub struct Gate {
    memory: MemoryBlocks,
    is_shut: Cell<bool>,
    /// Batches until the database has no room for one; 0 = there is room.
    pub room: Cell<u32>,
    /// What batches fail with instead.
    pub error: RefCell<Option<BlocksError>>,
    waiting: RefCell<Vec<Waker>>,
}

impl Gate {
    /// An open one.
    pub fn before(memory: MemoryBlocks) -> Self {
        Self {
            memory,
            is_shut: Cell::new(false),
            room: Cell::new(0),
            error: RefCell::default(),
            waiting: RefCell::default(),
        }
    }

    /// From now on nothing is committed.
    pub fn shut(&self) {
        self.is_shut.set(true);
    }

    /// What waits is committed.
    pub fn open(&self) {
        self.is_shut.set(false);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// True while a batch waits.
    pub fn is_busy(&self) -> bool {
        !self.waiting.borrow().is_empty()
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
            if self.is_shut.get() {
                self.waiting.borrow_mut().push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        let left = self.room.get();
        self.room.set(left.saturating_sub(1));
        if left == 1 {
            return Err(BlocksError::Full);
        }
        let error = self.error.borrow().clone();
        match error {
            Some(error) => Err(error),
            None => self.memory.apply(batch).await,
        }
    }

    async fn close(&self) {
        self.memory.close().await;
    }
}
