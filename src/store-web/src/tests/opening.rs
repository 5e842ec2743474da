//! How opening can go wrong, by the name of what stands in the way.

use super::{VERSION, put, raw};
use crate::WebBlocks;
use crate::connection::Opening;
use crate::schema::{LADDER, Ladder};
use crate::task;
use gloo::timers::future::TimeoutFuture;
use idb::{Database, Factory, ObjectStoreParams};
use std::cell::Cell;
use std::rc::Rc;
use store::{Blocks, BlocksError, ObjectStore};
use wasm_bindgen_test::wasm_bindgen_test;

fn add_a_store(database: &Database) -> Result<(), idb::Error> {
    database.create_object_store("something-new", ObjectStoreParams::new()).map(drop)
}

fn fail(database: &Database) -> Result<(), idb::Error> {
    add_a_store(database)?;
    // It is there already.
    database.create_object_store("meta", ObjectStoreParams::new()).map(drop)
}

/// The ladder of the next build, and of one that does not work.
const NEXT: Ladder = &[LADDER[0], add_a_store];
const BROKEN: Ladder = &[LADDER[0], fail];

fn with(ladder: Ladder) -> Opening {
    Opening { ladder, ..Opening::default() }
}

async fn stores(name: &str) -> (u32, Vec<String>) {
    let database = Factory::new().unwrap().open(name, None).unwrap().await.unwrap();
    let found = (database.version().unwrap(), database.store_names());
    database.close();
    found
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_build_is_refused_and_left_alone() {
    WebBlocks::delete("newer").await.unwrap();
    raw("newer", VERSION + 7, &["meta", "something-new"]).await.close();
    let refused = WebBlocks::open("newer").await.map(drop);
    assert_eq!(refused, Err(BlocksError::Newer { found: VERSION + 7, known: VERSION }));
    let database = raw("newer", VERSION + 7, &[]).await;
    assert_eq!(database.store_names(), ["meta", "something-new"]);
    database.close();
    WebBlocks::delete("newer").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_newer_build_in_another_tab_closes_this_handle() {
    WebBlocks::delete("superseded").await.unwrap();
    let blocks = WebBlocks::open("superseded").await.unwrap();
    put(&blocks, b"before").await.unwrap();
    let told = Rc::new(Cell::new(false));
    let telling = Rc::clone(&told);
    blocks.on_superseded(move || telling.set(true));
    let newer = raw("superseded", VERSION + 1, &["something-new"]).await;
    assert!(told.get());
    assert_eq!(put(&blocks, b"after").await, Err(BlocksError::Closed));
    newer.close();
    WebBlocks::delete("superseded").await.unwrap();
}

/// A connection that does not give way, as a tab of a build before this one that sleeps.
async fn stubborn(name: &str) -> idb::Database {
    Factory::new().unwrap().open(name, None).unwrap().await.unwrap()
}

#[wasm_bindgen_test]
async fn an_upgrade_blocked_by_another_tab_says_so_and_happens_when_that_is_closed() {
    WebBlocks::delete("blocked").await.unwrap();
    let old = WebBlocks::open("blocked").await.unwrap();
    put(&old, b"unsent").await.unwrap();
    old.close().await;
    let other = stubborn("blocked").await;
    let refused = WebBlocks::open_as("blocked", with(NEXT)).await.map(drop);
    assert_eq!(refused, Err(BlocksError::Blocked));
    assert!(other.store_names().contains(&"journal".to_owned()), "the other tab goes on");
    other.close();
    let blocks = WebBlocks::open_as("blocked", with(NEXT)).await.unwrap();
    assert_eq!(blocks.get(ObjectStore::Journal, b"key").await.unwrap(), Some(b"unsent".to_vec()));
    blocks.close().await;
    let (version, names) = stores("blocked").await;
    assert!(version == 2 && names.contains(&"something-new".to_owned()), "every step was taken: {names:?}");
    WebBlocks::delete("blocked").await.unwrap();
}

#[wasm_bindgen_test]
async fn an_upgrade_that_fails_leaves_the_database_as_it_was() {
    WebBlocks::delete("half").await.unwrap();
    let old = WebBlocks::open("half").await.unwrap();
    put(&old, b"unsent").await.unwrap();
    old.close().await;
    let before = stores("half").await;
    assert!(WebBlocks::open_as("half", with(BROKEN)).await.is_err());
    assert_eq!(stores("half").await, before);
    let again = WebBlocks::open("half").await.unwrap();
    assert_eq!(again.get(ObjectStore::Journal, b"key").await.unwrap(), Some(b"unsent".to_vec()));
    again.close().await;
    WebBlocks::delete("half").await.unwrap();
}

#[wasm_bindgen_test]
async fn an_opening_that_is_never_answered_ends_with_a_message_and_stands_in_nobodys_way() {
    WebBlocks::delete("silent").await.unwrap();
    WebBlocks::open("silent").await.unwrap().close().await;
    // Whatever is asked for waits until this one is gone: the deletion for it, the opening for the deletion.
    let other = stubborn("silent").await;
    let is_deleted = Rc::new(Cell::new(false));
    let deleted = Rc::clone(&is_deleted);
    task::spawn(async move {
        WebBlocks::delete("silent").await.unwrap();
        deleted.set(true);
    });
    TimeoutFuture::new(50).await;
    let opening = Opening { patience_seconds: 1, ..Opening::default() };
    let unanswered = WebBlocks::open_as("silent", opening).await.map(drop);
    assert_eq!(unanswered, Err(BlocksError::Unanswered { seconds: 1 }));
    assert!(!is_deleted.get());
    other.close();
    // The request that nobody waits for any more is answered now; a deletion needs its connection to be closed.
    TimeoutFuture::new(200).await;
    assert!(is_deleted.get());
    let (version, names) = stores("silent").await;
    assert_eq!((version, names.len()), (VERSION, ObjectStore::ALL.len()), "it came with its schema");
    let last = Factory::new().unwrap().delete("silent").unwrap();
    let closed = futures::future::select(Box::pin(async { last.await }), TimeoutFuture::new(2000)).await;
    assert!(matches!(closed, futures::future::Either::Left((Ok(()), _))), "it was closed");
}
