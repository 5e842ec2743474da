use super::*;
use crate::testing::{create, entry, now, update};
use crate::{Blocks as _, MemoryBlocks, PageCommit};
use model::{Change, Columns, EntryId, JournalEntry, RowId, RowSink, RowVersion, Value};
use std::rc::Rc;

fn open(blocks: &MemoryBlocks) -> Store {
    let store = now(Store::open(Rc::new(blocks.handle()))).unwrap();
    store.set_tables(vec![crate::testing::table("thing"), crate::testing::table("person")]);
    store
}

fn named(name: &str) -> Columns {
    Columns::new().with("name", Value::Text(name.to_owned()))
}

/// One row of each table as the server confirmed it.
fn fetched(store: &Store, table: &str, id: u128, name: &str) {
    let mut writer = store.begin_page(&table.into()).unwrap();
    let definition = crate::testing::table(table);
    let place = definition.columns.iter().position(|column| column.name == "name").unwrap();
    writer.value(place, model::ValueRef::Text(name));
    writer.finish(RowId::from_u128(id), Some(RowVersion(1)));
    now(store.commit_page(PageCommit {
        writer: Some(writer),
        table: table.into(),
        removed: Vec::new(),
        cursor: crate::Cursor { link: "next".to_owned(), complete: true, synced_at: None },
        confirmed: Vec::new(),
    }))
    .unwrap();
}

fn name(store: &Store, table: &str, id: u128) -> Option<String> {
    let row = now(store.row(&table.into(), RowId::from_u128(id))).unwrap();
    row.map(|row| row.current.columns.get("name").as_text().unwrap_or("-").to_owned())
}

fn overwrite(blocks: &MemoryBlocks, store: ObjectStore, key: &[u8], value: &[u8]) {
    let mut batch = Batch::default();
    batch.put(store, key, value);
    now(blocks.apply(batch)).unwrap();
}

fn append(store: &Store, id: u128, changes: Vec<Change>) -> JournalEntry {
    now(store.append(vec![entry(id, changes)])).unwrap().remove(0)
}

/// What the journal's second of three entries looks like after each mishap.
fn mishaps(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8(good.to_vec()).unwrap();
    vec![
        ("nothing is left of it", Vec::new()),
        ("it was cut off", good[..good.len() / 2].to_vec()),
        ("it is no text", vec![0xff, 0xfe, 0, 1, 2]),
        ("it is of another build", text.replacen("\"Waiting\"", "{\"Delegated\":7}", 1).into_bytes()),
        ("it lacks what it must have", text.replacen("\"changes\"", "\"alterations\"", 1).into_bytes()),
    ]
}

#[test]
fn an_unreadable_journal_entry_is_set_aside_and_blocks_nothing() {
    let model = MemoryBlocks::new();
    append(&open(&model), 2, vec![update("thing", 1, named("two"))]);
    let good = now(model.get(ObjectStore::Journal, &1_u64.to_be_bytes())).unwrap().unwrap();
    for (mishap, content) in mishaps(&good) {
        let blocks = MemoryBlocks::new();
        let store = open(&blocks);
        fetched(&store, "thing", 1, "one");
        append(&store, 1, vec![create("thing", 9, named("nine"))]);
        let second = append(&store, 2, vec![update("thing", 1, named("two"))]);
        append(&store, 3, vec![create("thing", 8, named("eight"))]);
        let key = second.sequence.to_be_bytes();
        overwrite(&blocks, ObjectStore::Journal, &key, &content);

        let store = open(&blocks);
        let ids: Vec<u128> = store.journal().iter().map(|entry| entry.id.as_u128()).collect();
        assert_eq!(ids, [1, 3], "{mishap}: the others go on");
        assert_eq!(name(&store, "thing", 1).as_deref(), Some("one"), "{mishap}");
        let aside = store.set_aside();
        assert_eq!((aside.len(), &aside[0].key, &aside[0].content), (1, &key.to_vec(), &content), "{mishap}");
        assert!(!aside[0].reason.is_empty(), "{mishap}: it says why");

        // Everything that is written to a journal is written, and the entry stays as it was.
        assert_eq!(append(&store, 4, vec![create("thing", 7, named("seven"))]).sequence, 4, "{mishap}");
        let gone = [1, 3].map(EntryId::from_u128).to_vec();
        now(store.update_journal(Vec::new(), gone)).unwrap();
        fetched(&store, "thing", 1, "uno");
        now(store.redefine(crate::Redefinition {
            tables: vec![crate::testing::table("thing")],
            ..Default::default()
        }))
        .unwrap();
        let again = open(&blocks);
        assert_eq!(again.set_aside(), aside, "{mishap}: it is still there");
        assert!(again.has_unsent());
        assert_eq!(now(again.clear_sent()), Err(StoreError::Unsent), "{mishap}");

        now(again.drop_set_aside(&key)).unwrap();
        now(again.drop_set_aside(b"nothing of this kind")).unwrap();
        assert_eq!((again.set_aside(), open(&blocks).set_aside()), (Vec::new(), Vec::new()), "{mishap}");
        assert_eq!(open(&blocks).journal().len(), 1, "{mishap}");
    }
}

#[test]
fn an_entry_that_this_build_could_not_read_is_one_again_for_the_build_that_can() {
    let blocks = MemoryBlocks::new();
    append(&open(&blocks), 1, vec![create("thing", 9, named("nine"))]);
    let key = 1_u64.to_be_bytes();
    let good = now(blocks.get(ObjectStore::Journal, &key)).unwrap().unwrap();
    overwrite(&blocks, ObjectStore::Journal, &key, b"{\"of\":\"tomorrow\"}");
    assert_eq!(open(&blocks).set_aside().len(), 1);
    overwrite(&blocks, ObjectStore::Journal, &key, &good);
    let store = open(&blocks);
    assert_eq!((store.set_aside().len(), name(&store, "thing", 9).as_deref()), (0, Some("nine")));
}

#[test]
fn an_entry_under_a_key_that_is_no_place_is_set_aside() {
    let blocks = MemoryBlocks::new();
    let good = serde_json::to_vec(&entry(5, vec![])).unwrap();
    overwrite(&blocks, ObjectStore::Journal, b"key", &good);
    let store = open(&blocks);
    assert_eq!((store.journal().len(), store.set_aside().len()), (0, 1));
    assert_eq!(append(&store, 6, vec![]).sequence, 1);
    assert_eq!(open(&blocks).set_aside().len(), 1);
}

#[test]
fn a_head_that_cannot_be_read_is_counted_on_from_the_journal() {
    for damaged in [b"".as_slice(), b"short", &[0; 17]] {
        let blocks = MemoryBlocks::new();
        let overtaken = open(&blocks);
        append(&overtaken, 1, vec![create("thing", 9, named("nine"))]);
        append(&overtaken, 2, vec![create("thing", 8, named("eight"))]);
        overwrite(&blocks, ObjectStore::Meta, HEAD_KEY, damaged);
        let store = open(&blocks);
        assert_eq!(store.journal().len(), 2);
        assert_eq!(append(&store, 3, vec![]).sequence, 3, "no place is given twice");
        assert_eq!(append(&overtaken, 4, vec![]).sequence, 4, "who held the old head has noticed");
        assert_eq!(open(&blocks).journal().len(), 4);
    }
}

#[test]
fn a_table_whose_record_cannot_be_read_is_fetched_again_and_the_others_and_the_journal_stay() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    fetched(&store, "person", 1, "Ada");
    fetched(&store, "thing", 1, "one");
    append(&store, 1, vec![update("person", 1, named("Augusta")), create("thing", 9, named("nine"))]);
    overwrite(&blocks, ObjectStore::Meta, b"table/thing", b"{\"number\":");

    let store = open(&blocks);
    assert_eq!(store.cursor(&"thing".into()), None, "it is fetched from the start");
    assert!(store.cursor(&"person".into()).is_some());
    assert_eq!(name(&store, "person", 1).as_deref(), Some("Augusta"));
    assert_eq!(name(&store, "thing", 9).as_deref(), Some("nine"));
    assert_eq!(store.journal().len(), 1);
    let pages = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 1000)).unwrap().entries;
    assert!(pages.iter().all(|(key, _)| key[..2] == [0, 1]), "nothing is left under the forgotten number");

    fetched(&store, "thing", 2, "two");
    let again = open(&blocks);
    let rows = [1, 2].map(|id| name(&again, "thing", id));
    assert_eq!(rows, [None, Some("two".to_owned())], "old pages are no rows of the table");
}
