//! In a browser, inside a dedicated worker: the contract of `Blocks`, and what is particular to IndexedDB.

#![cfg(target_family = "wasm")]

mod faults;
mod opening;
mod patch;

use crate::WebBlocks;
use crate::schema::{self, LADDER};
use async_trait::async_trait;
use idb::{Factory, ObjectStoreParams};
use std::rc::Rc;
use store::contract::{self, Broken, Database};
use store::fixtures::{self, FIXTURES, Fixture};
use store::{Batch, Blocks, BlocksError, Durability, ObjectStore};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const VERSION: u32 = schema::version(LADDER);

/// A database of its own for one case.
struct Fresh(&'static str);

#[async_trait(?Send)]
impl Database for Fresh {
    async fn open(&self) -> Result<Rc<dyn Blocks>, BlocksError> {
        Ok(Rc::new(WebBlocks::open(self.0).await?))
    }
}

macro_rules! browser {
    ($case:ident) => {
        #[wasm_bindgen_test]
        async fn $case() {
            let name = concat!("contract-", stringify!($case));
            WebBlocks::delete(name).await.unwrap();
            let outcome: Result<(), Broken> = contract::$case(&Fresh(name)).await;
            assert_eq!(outcome, Ok(()));
            WebBlocks::delete(name).await.unwrap();
        }
    };
}
store::for_each_blocks_case!(browser);

/// A database as an earlier build left it.
async fn filled(name: &'static str, text: &str) -> Fresh {
    WebBlocks::delete(name).await.unwrap();
    let blocks = WebBlocks::open(name).await.unwrap();
    blocks.apply(Fixture::parse(text).unwrap().batch().unwrap()).await.unwrap();
    blocks.close().await;
    Fresh(name)
}

#[wasm_bindgen_test]
async fn a_database_of_every_layout_opens_with_its_journal() {
    for (layout, text) in FIXTURES {
        let database = filled("fixture", text).await;
        assert_eq!(fixtures::opens_with_its_journal(&database, text).await, Ok(()), "{layout}");
    }
    WebBlocks::delete("fixture").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_damaged_page_of_every_layout_is_taken_out_and_the_journal_stays() {
    for (layout, text) in FIXTURES {
        let database = filled("damaged", text).await;
        assert_eq!(
            fixtures::survives_a_page_that_fails_its_checksum(&database, text).await,
            Ok(()),
            "{layout}"
        );
    }
    WebBlocks::delete("damaged").await.unwrap();
}

async fn put(blocks: &WebBlocks, value: &[u8]) -> Result<(), BlocksError> {
    let mut batch = Batch::new(Durability::Strict);
    batch.put(ObjectStore::Journal, b"key", value);
    blocks.apply(batch).await
}

async fn raw(name: &str, version: u32, stores: &'static [&'static str]) -> idb::Database {
    use idb::DatabaseEvent;
    let mut request = Factory::new().unwrap().open(name, Some(version)).unwrap();
    request.on_upgrade_needed(move |event| {
        for store in stores {
            event.database().unwrap().create_object_store(store, ObjectStoreParams::new()).unwrap();
        }
    });
    request.await.unwrap()
}

#[wasm_bindgen_test]
async fn the_schema_is_the_one_on_record() {
    WebBlocks::delete("schema").await.unwrap();
    WebBlocks::open("schema").await.unwrap().close().await;
    let database = raw("schema", VERSION, &[]).await;
    let record: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/schema/v1.json")).unwrap();
    assert_eq!(record["version"], database.version().unwrap());
    assert_eq!(record["stores"], serde_json::json!(database.store_names()));
    let ours: std::collections::BTreeSet<_> = ObjectStore::ALL.iter().map(|store| store.name()).collect();
    assert_eq!(database.store_names(), ours.into_iter().collect::<Vec<_>>());
    database.close();
    WebBlocks::delete("schema").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_value_that_cannot_be_written_takes_the_whole_batch_along() {
    WebBlocks::delete("aborted").await.unwrap();
    // A store of bytes that somebody made without room for our keys: the second put fails inside the transaction.
    raw("aborted", VERSION, &["meta", "journal", "pages", "files", "search"]).await.close();
    let blocks = WebBlocks::open("aborted").await.unwrap();
    let mut batch = Batch::new(Durability::Strict);
    batch.put(ObjectStore::Journal, b"key", b"half");
    batch.put(ObjectStore::Snapshot, b"key", b"half");
    assert!(blocks.apply(batch).await.is_err());
    assert_eq!(blocks.get(ObjectStore::Journal, b"key").await.unwrap(), None);
    blocks.close().await;
    WebBlocks::delete("aborted").await.unwrap();
}
