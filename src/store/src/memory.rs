//! Blocks in memory, for tests and for devices without a database.

use crate::blocks::{Batch, BlockPage, Blocks, BlocksError, KeyRange, ObjectStore};
use async_trait::async_trait;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

type Entries = BTreeMap<(ObjectStore, Vec<u8>), Vec<u8>>;

/// A database that lives as long as its last handle. Clones are handles on the same database.
#[derive(Clone, Debug, Default)]
pub struct MemoryBlocks {
    entries: Rc<RefCell<Entries>>,
    is_closed: Cell<bool>,
}

impl MemoryBlocks {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another handle, open whether or not this one is closed.
    #[must_use]
    pub fn handle(&self) -> Self {
        Self { entries: Rc::clone(&self.entries), is_closed: Cell::new(false) }
    }

    fn open(&self) -> Result<&RefCell<Entries>, BlocksError> {
        if self.is_closed.get() { Err(BlocksError::Closed) } else { Ok(&self.entries) }
    }
}

#[async_trait(?Send)]
impl Blocks for MemoryBlocks {
    async fn get(&self, store: ObjectStore, key: &[u8]) -> Result<Option<Vec<u8>>, BlocksError> {
        Ok(self.open()?.borrow().get(&(store, key.to_vec())).cloned())
    }

    async fn get_many(
        &self,
        store: ObjectStore,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, BlocksError> {
        let entries = self.open()?.borrow();
        Ok(keys.iter().map(|key| entries.get(&(store, key.clone())).cloned()).collect())
    }

    async fn scan(
        &self,
        store: ObjectStore,
        range: &KeyRange,
        limit: usize,
    ) -> Result<BlockPage, BlocksError> {
        let all = self.open()?.borrow();
        let from = Bound::Included((store, range.from.clone()));
        let mut inside = all
            .range((from, Bound::Unbounded))
            .take_while(|((of, key), _)| *of == store && range.contains(key))
            .map(|((_, key), value)| (key, value));
        let entries =
            inside.by_ref().take(limit.max(1)).map(|(key, value)| (key.clone(), value.clone())).collect();
        Ok(BlockPage { entries, next: inside.next().map(|(key, _)| key.clone()) })
    }

    async fn apply(&self, batch: Batch) -> Result<(), BlocksError> {
        let mut entries = self.open()?.borrow_mut();
        let holds = |expectation: &crate::Expectation| {
            entries.get(&(expectation.store, expectation.key.clone())) == expectation.value.as_ref()
        };
        if !batch.expectations.iter().all(holds) {
            return Err(BlocksError::ExpectationFailed);
        }
        if batch.clears {
            entries.clear();
        }
        for key in batch.deletes {
            entries.remove(&key);
        }
        for (store, key, value) in batch.puts {
            entries.insert((store, key), value);
        }
        Ok(())
    }

    async fn close(&self) {
        self.is_closed.set(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{self, Database};
    use crate::testing::now;

    #[async_trait(?Send)]
    impl Database for MemoryBlocks {
        async fn open(&self) -> Result<Rc<dyn Blocks>, BlocksError> {
            Ok(Rc::new(self.handle()))
        }
    }

    macro_rules! native {
        ($case:ident) => {
            #[test]
            fn $case() {
                assert_eq!(now(contract::$case(&MemoryBlocks::new())), Ok(()));
            }
        };
    }
    crate::for_each_blocks_case!(native);
}
