use crate::blocks::{Batch, Blocks, KeyRange, ObjectStore};
use crate::parts::StoredRow;
use crate::store::testing::{commit, open};
use crate::store::{Store, records};
use crate::table::PAGE_SLOTS;
use crate::testing::{self, now};
use crate::{MemoryBlocks, StoreError};
use model::testing::Choices;
use model::{Columns, Row, RowId, Value};

fn named(name: &str) -> Columns {
    Columns::new().with("name", Value::Text(name.to_owned()))
}

fn row(store: &Store, id: u128) -> Option<StoredRow> {
    now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap()
}

fn name(store: &Store, id: u128) -> Option<String> {
    row(store, id).map(|row| row.current.columns.get("name").as_text().unwrap_or("-").to_owned())
}

#[test]
fn rows_outlive_a_damaged_column() {
    let blocks = MemoryBlocks::new();
    let rows: Vec<_> = (1..=PAGE_SLOTS as u128 * 2).map(|id| (id, named("x"))).collect();
    commit(&open(&blocks), &rows);
    let found = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 9)).unwrap();
    let (key, mut value) = found.entries.into_iter().next_back().unwrap();
    value[20] ^= 1;
    let mut batch = Batch::default();
    batch.put(ObjectStore::Pages, key, value);
    now(blocks.apply(batch)).unwrap();
    let store = open(&blocks);
    assert_eq!(name(&store, 1).as_deref(), Some("x"), "the other page is whole");
    let last = PAGE_SLOTS as u128 * 2;
    let error = now(store.row(&"thing".into(), RowId::from_u128(last))).unwrap_err();
    assert_eq!(error, StoreError::DamagedPage { table: "thing".into() });
    assert_eq!((store.cursor(&"thing".into()), name(&store, last).as_deref()), (None, Some("-")));
    assert_eq!(store.counts()[1].1, last as u64);
    commit(&store, &rows);
    assert_eq!(name(&open(&blocks), last).as_deref(), Some("x"));
}

#[test]
fn pages_of_the_first_layout_are_read_and_written_anew() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    commit(&store, &[]);
    let old: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/schema/page-v1.json")).unwrap();
    let bytes = |name: &str| serde_json::from_value::<Vec<u8>>(old[name].clone()).unwrap();
    let rows: Vec<Row> = serde_json::from_value(old["rows"].clone()).unwrap();
    let mut batch = Batch::default();
    let record = br#"{"number":3,"rows":4,"cursor":{"link":"next","complete":true}}"#;
    batch.put(ObjectStore::Meta, records::table_key(&"thing".into()), record.as_slice());
    batch.put(ObjectStore::Pages, bytes("key"), bytes("value"));
    now(blocks.apply(batch)).unwrap();
    let read = |store: &Store| {
        let ids = rows.iter().map(|row| row.id.as_u128());
        ids.map(|id| row(store, id).unwrap().base.unwrap()).collect::<Vec<_>>()
    };
    let store = open(&blocks);
    assert_eq!(read(&store), rows);
    commit(&store, &[(99, named("new"))]);
    assert_eq!(read(&store), rows);
    let store = open(&blocks);
    assert_eq!(read(&store), rows);
    assert_eq!(name(&store, 99).as_deref(), Some("new"));
    let keys = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 1000)).unwrap().entries;
    assert!(keys.iter().all(|(key, _)| key.len() == 8), "nothing is left of the first layout");
}

#[test]
fn a_question_reads_the_columns_it_is_about() {
    let blocks = MemoryBlocks::new();
    let mut choices = Choices::new(4);
    let rows: Vec<_> = (1..=PAGE_SLOTS as u128 * 5).map(|id| (id, testing::columns(&mut choices))).collect();
    commit(&open(&blocks), &rows);
    let store = open(&blocks);
    row(&store, 1).unwrap();
    let read = || {
        let state = store.state.borrow();
        let data = state.data("thing").unwrap();
        (0..data.columns.len()).filter(|column| data.known[*column] && !data.is_incomplete(*column)).count()
    };
    assert_eq!(read(), 0, "a row is read by itself");
    commit(&store, &[(1, named("only in the first page"))]);
    assert_eq!(read(), 0, "a write leaves nothing in memory");
    assert_eq!(name(&store, 1).as_deref(), Some("only in the first page"));
}
