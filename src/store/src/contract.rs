//! What every implementation of [`Blocks`] must do, as cases that each start on an empty database.
//!
//! The list of cases is written once, in [`for_each_blocks_case`]; an implementation's test file gives a macro that
//! makes a test of a name.

use crate::blocks::{Batch, Blocks, BlocksError, Durability, KeyRange, ObjectStore};
use async_trait::async_trait;
use std::rc::Rc;
use std::task::Poll;

/// One empty database, opened as often as a case likes.
#[async_trait(?Send)]
pub trait Database {
    /// Another handle.
    async fn open(&self) -> Result<Rc<dyn Blocks>, BlocksError>;
}

/// What a case found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Something that should work failed.
    #[error(transparent)]
    Failed(#[from] BlocksError),
    /// Something else came out.
    #[error("{0}")]
    Different(String),
}

type Outcome = Result<(), Broken>;

/// Calls a macro with the name of each case.
#[macro_export]
macro_rules! for_each_blocks_case {
    ($make:ident) => {
        $make!(a_batch_is_written_whole);
        $make!(deletes_come_before_puts);
        $make!(a_failed_expectation_writes_nothing);
        $make!(an_expectation_can_ask_for_a_free_key);
        $make!(ranges_come_in_pages);
        $make!(keys_are_ordered_as_bytes);
        $make!(object_stores_are_apart);
        $make!(many_values_come_in_the_order_of_their_keys);
        $make!(large_and_empty_values_come_back);
        $make!(many_puts_fit_one_batch);
        $make!(two_handles_see_one_database);
        $make!(racing_writers_are_told_apart);
        $make!(what_was_acknowledged_is_there_after_reopening);
        $make!(a_write_given_up_halfway_is_there_whole_or_not_at_all);
        $make!(clearing_empties_every_store);
        $make!(a_closed_handle_says_so);
    };
}

pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(Broken::Different(format!("{what}: found {found:?}, expected {expected:?}")))
}

async fn put(blocks: &dyn Blocks, store: ObjectStore, key: &[u8], value: &[u8]) -> Outcome {
    let mut batch = Batch::new(Durability::Relaxed);
    batch.put(store, key, value);
    Ok(blocks.apply(batch).await?)
}

/// Puts, deletes and expectations over several stores happen together.
pub async fn a_batch_is_written_whole(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    put(&*blocks, ObjectStore::Pages, b"old", b"1").await?;
    let mut batch = Batch::new(Durability::Relaxed);
    batch.expect(ObjectStore::Pages, b"old", Some(b"1".to_vec()));
    batch.delete(ObjectStore::Pages, b"old");
    batch.put(ObjectStore::Pages, b"new", b"2");
    batch.put(ObjectStore::Journal, b"entry", b"3");
    blocks.apply(batch).await?;
    same("deleted", &blocks.get(ObjectStore::Pages, b"old").await?, &None)?;
    same("put", &blocks.get(ObjectStore::Pages, b"new").await?, &Some(b"2".to_vec()))?;
    same("put elsewhere", &blocks.get(ObjectStore::Journal, b"entry").await?, &Some(b"3".to_vec()))
}

/// A key deleted and put in one batch is there afterwards; of two puts the last one stays.
pub async fn deletes_come_before_puts(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let mut batch = Batch::new(Durability::Relaxed);
    batch.put(ObjectStore::Meta, b"key", b"first");
    batch.put(ObjectStore::Meta, b"key", b"second");
    batch.delete(ObjectStore::Meta, b"key");
    blocks.apply(batch).await?;
    same("value", &blocks.get(ObjectStore::Meta, b"key").await?, &Some(b"second".to_vec()))
}

/// One expectation among several that fails keeps the whole batch away.
pub async fn a_failed_expectation_writes_nothing(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    put(&*blocks, ObjectStore::Meta, b"head", b"1").await?;
    for expected in [Some(b"2".to_vec()), None] {
        let mut batch = Batch::new(Durability::Strict);
        batch.put(ObjectStore::Pages, b"page", b"x");
        batch.delete(ObjectStore::Meta, b"head");
        batch.expect(ObjectStore::Pages, b"page", None);
        batch.expect(ObjectStore::Meta, b"head", expected);
        same("answer", &blocks.apply(batch).await, &Err(BlocksError::ExpectationFailed))?;
        same("page", &blocks.get(ObjectStore::Pages, b"page").await?, &None)?;
        same("head", &blocks.get(ObjectStore::Meta, b"head").await?, &Some(b"1".to_vec()))?;
    }
    put(&*blocks, ObjectStore::Pages, b"page", b"goes on").await
}

/// Nothing there can be what is expected.
pub async fn an_expectation_can_ask_for_a_free_key(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let take = || {
        let mut batch = Batch::new(Durability::Relaxed);
        batch.expect(ObjectStore::Journal, b"1", None);
        batch.put(ObjectStore::Journal, b"1", b"mine");
        batch
    };
    blocks.apply(take()).await?;
    same("second", &blocks.apply(take()).await, &Err(BlocksError::ExpectationFailed))
}

/// A scan gives at most what it may and says where to go on.
pub async fn ranges_come_in_pages(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let mut batch = Batch::new(Durability::Relaxed);
    for number in 0..25_u8 {
        batch.put(ObjectStore::Pages, [7, number], [number]);
    }
    batch.put(ObjectStore::Pages, [8], [0]);
    batch.put(ObjectStore::Pages, [6, 255], [0]);
    blocks.apply(batch).await?;
    let mut range = KeyRange::prefix(&[7]);
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = blocks.scan(ObjectStore::Pages, &range, 10).await?;
        same("page is no longer than asked", &(page.entries.len() <= 10), &true)?;
        found.extend(page.entries.into_iter().map(|(key, value)| (key[1], value[0])));
        pages += 1;
        match page.next {
            Some(next) => range.from = next,
            None => break,
        }
    }
    same("pages", &pages, &3)?;
    same("entries", &found, &(0..25).map(|number| (number, number)).collect())?;
    let exact = KeyRange { from: vec![7, 0], until: Some(vec![7, 10]) };
    same("no page after the last", &blocks.scan(ObjectStore::Pages, &exact, 10).await?.next, &None)?;
    for (from, until) in [(vec![7, 5], vec![7, 5]), (vec![7, 6], vec![7, 5])] {
        let nothing = blocks.scan(ObjectStore::Pages, &KeyRange { from, until: Some(until) }, 10).await?;
        same("an empty range", &nothing.entries, &Vec::new())?;
    }
    Ok(())
}

/// Shorter keys come first, bytes count as unsigned.
pub async fn keys_are_ordered_as_bytes(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let keys: [&[u8]; 7] = [b"", &[0], &[0, 0], &[0, 255], &[1], b"a", &[255, 255]];
    let mut batch = Batch::new(Durability::Relaxed);
    for key in keys.iter().rev() {
        batch.put(ObjectStore::Search, *key, *key);
    }
    blocks.apply(batch).await?;
    let found = blocks.scan(ObjectStore::Search, &KeyRange::all(), 100).await?;
    let found: Vec<_> = found.entries.iter().map(|(key, _)| key.as_slice()).collect();
    same("order", &found, &keys.to_vec())
}

/// The same key in two object stores is two keys.
pub async fn object_stores_are_apart(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    for store in ObjectStore::ALL {
        put(&*blocks, store, b"key", store.name().as_bytes()).await?;
    }
    for store in ObjectStore::ALL {
        let expected = Some(store.name().as_bytes().to_vec());
        same(store.name(), &blocks.get(store, b"key").await?, &expected)?;
        same(store.name(), &blocks.scan(store, &KeyRange::all(), 9).await?.entries.len(), &1)?;
    }
    Ok(())
}

/// Missing keys are gaps in the answer.
pub async fn many_values_come_in_the_order_of_their_keys(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    for key in [b"a", b"b", b"c"] {
        put(&*blocks, ObjectStore::Files, key, key).await?;
    }
    let keys = [b"c".to_vec(), b"x".to_vec(), b"a".to_vec(), b"a".to_vec()];
    let expected = vec![Some(b"c".to_vec()), None, Some(b"a".to_vec()), Some(b"a".to_vec())];
    same("values", &blocks.get_many(ObjectStore::Files, &keys).await?, &expected)?;
    same("no keys", &blocks.get_many(ObjectStore::Files, &[]).await?, &Vec::new())
}

/// Every byte of some megabytes, and of nothing.
pub async fn large_and_empty_values_come_back(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let large: Vec<u8> = (0..5_000_000_u32).map(|number| ((number * 31) >> 3) as u8).collect();
    put(&*blocks, ObjectStore::Files, b"large", &large).await?;
    put(&*blocks, ObjectStore::Files, b"empty", b"").await?;
    same("empty", &blocks.get(ObjectStore::Files, b"empty").await?, &Some(Vec::new()))?;
    let found = blocks.get(ObjectStore::Files, b"large").await?;
    same("large is the same", &(found == Some(large)), &true)
}

/// Thousands of values in one batch.
pub async fn many_puts_fit_one_batch(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let mut batch = Batch::new(Durability::Strict);
    for number in 0..5000_u32 {
        batch.put(ObjectStore::Pages, number.to_be_bytes(), number.to_le_bytes());
    }
    blocks.apply(batch).await?;
    let found = blocks.scan(ObjectStore::Pages, &KeyRange::all(), 10_000).await?;
    same("entries", &found.entries.len(), &5000)
}

/// What one handle wrote the other reads.
pub async fn two_handles_see_one_database(database: &dyn Database) -> Outcome {
    let (first, second) = (database.open().await?, database.open().await?);
    put(&*first, ObjectStore::Meta, b"key", b"value").await?;
    same("second", &second.get(ObjectStore::Meta, b"key").await?, &Some(b"value".to_vec()))?;
    first.close().await;
    put(&*second, ObjectStore::Meta, b"key", b"still open").await
}

/// Of writers that expect the same state one wins.
pub async fn racing_writers_are_told_apart(database: &dyn Database) -> Outcome {
    let (first, second) = (database.open().await?, database.open().await?);
    let mut written = 0_u8;
    for round in 0..10_u8 {
        let old = (round > 0).then(|| vec![round - 1]);
        let attempt = |who: u8| {
            let mut batch = Batch::new(Durability::Relaxed);
            batch.expect(ObjectStore::Meta, b"head", old.clone());
            batch.put(ObjectStore::Meta, b"head", [round]);
            batch.put(ObjectStore::Journal, [round], [who]);
            batch
        };
        let (a, b) = futures::join!(first.apply(attempt(1)), second.apply(attempt(2)));
        same("one is refused", &(a.is_ok() != b.is_ok()), &true)?;
        written += 1;
        let winner = if a.is_ok() { 1 } else { 2 };
        same("winner", &first.get(ObjectStore::Journal, &[round]).await?, &Some(vec![winner]))?;
    }
    same("rounds", &written, &10)
}

/// A strict batch that returned is there for the next handle.
pub async fn what_was_acknowledged_is_there_after_reopening(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    let mut batch = Batch::new(Durability::Strict);
    batch.put(ObjectStore::Journal, b"1", b"kept");
    blocks.apply(batch).await?;
    blocks.close().await;
    let again = database.open().await?;
    same("entry", &again.get(ObjectStore::Journal, b"1").await?, &Some(b"kept".to_vec()))
}

/// Whoever waits for a write goes away at any moment, as a page does that is closed.
pub async fn a_write_given_up_halfway_is_there_whole_or_not_at_all(database: &dyn Database) -> Outcome {
    let keys = [b"1".to_vec(), b"2".to_vec()];
    for polls in 1..8_u8 {
        let blocks = database.open().await?;
        let mut batch = Batch::new(Durability::Strict);
        batch.expect(ObjectStore::Meta, [polls], None);
        batch.put(ObjectStore::Meta, [polls], [polls]);
        keys.iter().for_each(|key| batch.put(ObjectStore::Journal, key.clone(), [polls]));
        let mut write = blocks.apply(batch);
        let mut left = polls;
        futures::future::poll_fn(|context| {
            left -= 1;
            let is_through = write.as_mut().poll(context).is_ready();
            if is_through || left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        drop(write);
        drop(blocks);
        let again = database.open().await?;
        // It comes after the one that was given up.
        put(&*again, ObjectStore::Journal, b"3", &[polls]).await?;
        let is_there = again.get(ObjectStore::Meta, &[polls]).await? == Some(vec![polls]);
        for value in again.get_many(ObjectStore::Journal, &keys).await? {
            same("whole or not at all", &(value == Some(vec![polls])), &is_there)?;
        }
    }
    Ok(())
}

/// Nothing is left but what is put with it; what is expected keeps it away; the database goes on working.
pub async fn clearing_empties_every_store(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    for store in ObjectStore::ALL {
        put(&*blocks, store, b"key", b"value").await?;
    }
    let mut batch = Batch::new(Durability::Strict);
    batch.clears = true;
    batch.expect(ObjectStore::Files, b"key", None);
    same("refused", &blocks.apply(batch.clone()).await, &Err(BlocksError::ExpectationFailed))?;
    for store in ObjectStore::ALL {
        same(store.name(), &blocks.get(store, b"key").await?, &Some(b"value".to_vec()))?;
    }
    batch.expectations.clear();
    batch.expect(ObjectStore::Meta, b"key", Some(b"value".to_vec()));
    batch.put(ObjectStore::Meta, b"head", b"put after clearing");
    blocks.apply(batch).await?;
    same("head", &blocks.get(ObjectStore::Meta, b"head").await?, &Some(b"put after clearing".to_vec()))?;
    for store in ObjectStore::ALL {
        same(store.name(), &blocks.get(store, b"key").await?, &None)?;
    }
    put(&*blocks, ObjectStore::Meta, b"key", b"value").await
}

/// A closed handle refuses instead of hanging.
pub async fn a_closed_handle_says_so(database: &dyn Database) -> Outcome {
    let blocks = database.open().await?;
    blocks.close().await;
    same("get", &blocks.get(ObjectStore::Meta, b"key").await, &Err(BlocksError::Closed))?;
    same("apply", &blocks.apply(Batch::default()).await, &Err(BlocksError::Closed))
}
