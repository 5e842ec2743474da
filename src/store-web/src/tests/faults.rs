//! What browsers do to a database that is open, fault by fault: told as what it is, nothing half written, reads go on.

use super::patch::Patch;
use super::put;
use crate::WebBlocks;
use store::{Batch, Blocks, BlocksError, Durability, ObjectStore};
use wasm_bindgen_test::wasm_bindgen_test;

/// What a write answers.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Written,
    Full,
    Lost,
    Failed,
}

fn told(answer: &Result<(), BlocksError>) -> Told {
    match answer {
        Ok(()) => Told::Written,
        Err(BlocksError::Full) => Told::Full,
        Err(BlocksError::Lost(_)) => Told::Lost,
        Err(_) => Told::Failed,
    }
}

type Fault = fn(u32) -> Patch;

const FAULTS: [(&str, Fault, u32, Told); 14] = [
    (
        "connection lost before a write",
        |n| Patch::throws("IDBDatabase", "transaction", "InvalidStateError", n),
        1,
        Told::Written,
    ),
    (
        "connection lost three times in a row",
        |n| Patch::throws("IDBDatabase", "transaction", "InvalidStateError", n),
        3,
        Told::Written,
    ),
    (
        "connection lost four times in a row",
        |n| Patch::throws("IDBDatabase", "transaction", "InvalidStateError", n),
        4,
        Told::Lost,
    ),
    (
        "backing store error while writing",
        |n| Patch::throws("IDBObjectStore", "put", "UnknownError", n),
        1,
        Told::Lost,
    ),
    (
        "backing store error while deleting",
        |n| Patch::throws("IDBObjectStore", "delete", "UnknownError", n),
        1,
        Told::Lost,
    ),
    (
        "backing store error while reading what is expected",
        |n| Patch::throws("IDBObjectStore", "get", "UnknownError", n),
        1,
        Told::Lost,
    ),
    ("backing store error while committing", |n| Patch::aborts("UnknownError", n), 1, Told::Lost),
    ("aborted by the browser", |n| Patch::aborts("AbortError", n), 1, Told::Lost),
    ("aborted by the browser without a reason", |n| Patch::aborts("", n), 1, Told::Lost),
    (
        "quota exceeded while writing",
        |n| Patch::throws("IDBObjectStore", "put", "QuotaExceededError", n),
        1,
        Told::Full,
    ),
    ("quota exceeded while committing", |n| Patch::aborts("QuotaExceededError", n), 1, Told::Full),
    (
        "a value that cannot be stored",
        |n| Patch::throws("IDBObjectStore", "put", "DataCloneError", n),
        1,
        Told::Failed,
    ),
    ("read only", |n| Patch::throws("IDBObjectStore", "put", "ReadOnlyError", n), 1, Told::Failed),
    (
        "an object store is missing",
        |n| Patch::throws("IDBTransaction", "objectStore", "NotFoundError", n),
        1,
        Told::Failed,
    ),
];

fn batch(value: &[u8]) -> Batch {
    let mut batch = Batch::new(Durability::Strict);
    batch.expect(ObjectStore::Meta, b"head", None);
    batch.delete(ObjectStore::Snapshot, b"first");
    batch.put(ObjectStore::Journal, b"key", value);
    batch.put(ObjectStore::Pages, b"page", value);
    batch
}

async fn found(blocks: &WebBlocks) -> [Option<Vec<u8>>; 2] {
    let journal = blocks.get(ObjectStore::Journal, b"key").await.unwrap();
    [journal, blocks.get(ObjectStore::Pages, b"page").await.unwrap()]
}

#[wasm_bindgen_test]
async fn each_fault_is_told_as_what_it_is_and_leaves_nothing_half_written() {
    WebBlocks::delete("faults").await.unwrap();
    for (name, fault, times, expected) in FAULTS {
        let (before, after) = (b"before".to_vec(), b"after".to_vec());
        let blocks = WebBlocks::open("faults").await.unwrap();
        blocks.apply(batch(&before)).await.unwrap();
        let patch = fault(times);
        let answer = blocks.apply(batch(&after)).await;
        assert_eq!(told(&answer), expected, "{name}: {answer:?}");
        drop(patch);
        let (there, handle) = if expected == Told::Written { (&after, &blocks) } else { (&before, &blocks) };
        let is_given_up = times > 3;
        if is_given_up {
            // It does not begin again by itself: the page says so and is loaded anew.
            assert!(
                matches!(handle.get(ObjectStore::Journal, b"key").await, Err(BlocksError::Lost(_))),
                "{name}"
            );
        } else {
            assert_eq!(
                found(handle).await,
                [Some(there.clone()), Some(there.clone())],
                "{name}: reads go on"
            );
            handle.apply(batch(&after)).await.unwrap();
        }
        blocks.close().await;
        let again = WebBlocks::open("faults").await.unwrap();
        let there = if is_given_up { before } else { after };
        assert_eq!(found(&again).await, [Some(there.clone()), Some(there)], "{name}: whole");
        again.close().await;
    }
    WebBlocks::delete("faults").await.unwrap();
}

#[wasm_bindgen_test]
async fn what_is_only_read_is_read_again_up_to_three_times() {
    WebBlocks::delete("reads").await.unwrap();
    for (times, is_read) in [(1, true), (2, true), (3, true), (4, false)] {
        for (owner, method) in
            [("IDBObjectStore", "get"), ("IDBObjectStore", "getAll"), ("IDBObjectStore", "getAllKeys")]
        {
            let blocks = WebBlocks::open("reads").await.unwrap();
            put(&blocks, b"value").await.unwrap();
            let patch = Patch::throws(owner, method, "UnknownError", times);
            let answer = match method {
                "get" => blocks.get(ObjectStore::Journal, b"key").await.map(|value| value.is_some()),
                _ => blocks
                    .scan(ObjectStore::Journal, &store::KeyRange::all(), 10)
                    .await
                    .map(|page| page.entries.len() == 1),
            };
            drop(patch);
            match answer {
                Ok(is_there) => assert!(is_read && is_there, "{method} {times}"),
                Err(error) => {
                    assert!(!is_read && matches!(&error, BlocksError::Lost(_)), "{method} {times}: {error}")
                }
            }
            blocks.close().await;
        }
    }
    WebBlocks::delete("reads").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_opened_again_however_often_it_is_lost_in_between() {
    WebBlocks::delete("lost").await.unwrap();
    let blocks = WebBlocks::open("lost").await.unwrap();
    for round in 0..6 {
        blocks.lose_connection();
        put(&blocks, &[round]).await.unwrap();
        assert_eq!(blocks.get(ObjectStore::Journal, b"key").await.unwrap(), Some(vec![round]));
    }
    // All who were at work open it once, together.
    blocks.lose_connection();
    let reads = (0..20).map(|_| blocks.get(ObjectStore::Journal, b"key"));
    for value in futures::future::join_all(reads).await {
        assert_eq!(value, Ok(Some(vec![5])));
    }
    blocks.close().await;
    WebBlocks::delete("lost").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_backing_store_that_does_not_open_is_tried_three_times_more() {
    WebBlocks::delete("backing").await.unwrap();
    for (times, opens) in [(1, true), (3, true), (4, false)] {
        let patch = Patch::refuses("UnknownError", times);
        let opened = WebBlocks::open("backing").await;
        drop(patch);
        match opened {
            Ok(blocks) => {
                assert!(opens, "{times}");
                put(&blocks, b"value").await.unwrap();
                blocks.close().await;
            }
            Err(BlocksError::Lost(reason)) => {
                assert!(
                    !opens && reason.contains("3 times") && reason.contains("backing store"),
                    "{times}: {reason}"
                );
            }
            Err(error) => panic!("{times}: {error}"),
        }
    }
    WebBlocks::delete("backing").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_strict_batch_is_acknowledged_after_a_strict_transaction_and_not_before() {
    WebBlocks::delete("strict").await.unwrap();
    let blocks = WebBlocks::open("strict").await.unwrap();
    let patch = Patch::listens();
    for (durability, word) in [(Durability::Strict, "strict"), (Durability::Relaxed, "relaxed")] {
        let before = patch.heard().len();
        let mut batch = Batch::new(durability);
        batch.put(ObjectStore::Journal, b"key", b"value");
        blocks.apply(batch).await.unwrap();
        assert_eq!(patch.heard()[before..], [word, "committed"]);
    }
    blocks.close().await;
    WebBlocks::delete("strict").await.unwrap();
}
