use super::*;
use crate::failing::Failing;
use crate::parts::PageCommit;
use crate::testing::{self, create, entry, now, update};
use crate::{Blocks, MemoryBlocks};
use model::{Column, ColumnKind, Columns, EntryState, RemovedPart, RowId, TextFormat, Value};

fn stored(blocks: Rc<dyn crate::Blocks>, tables: Vec<Arc<Table>>) -> Store {
    let store = now(Store::open(blocks)).unwrap();
    store.set_tables(tables);
    store
}

fn synced() -> Cursor {
    let synced_at = Some(model::Timestamp::from_milliseconds(7));
    Cursor { link: "things?$deltatoken=1".to_owned(), complete: true, synced_at }
}

fn fetch(store: &Store, table: &Table, rows: &[(u128, Columns)]) {
    let writer = crate::store::testing::page(store, table, rows);
    let (writer, table) = (Some(writer), table.name.clone());
    let commit = PageCommit { writer, table, removed: Vec::new(), cursor: synced(), confirmed: Vec::new() };
    now(store.commit_page(commit)).unwrap();
}

fn columns(store: &Store, id: u128) -> Columns {
    now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap().unwrap().current.columns
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// `thing` with a new column, without `stage`, and with minutes that are a text now.
fn changed() -> Arc<Table> {
    let mut table = Table::clone(&testing::table("thing"));
    table.columns.retain(|column| column.name != *"stage");
    let kind = ColumnKind::Text { format: TextFormat::Plain, max_length: 100 };
    for column in table.columns.iter_mut().filter(|column| column.name == *"minutes") {
        column.kind = kind.clone();
    }
    let name = table.columns.iter().find(|column| column.name == *"name").unwrap().clone();
    table.columns.insert(0, Column { name: "new_color".into(), kind, ..name });
    Arc::new(table)
}

fn filled(blocks: &MemoryBlocks) -> Store {
    let table = testing::table("thing");
    let store = stored(Rc::new(blocks.handle()), vec![Arc::clone(&table), testing::table("person")]);
    let row = Columns::new()
        .with("name", text("One"))
        .with("stage", text("1-Qualify"))
        .with("minutes", Value::Integer(5))
        .with("statecode", Value::Choice(1));
    fetch(&store, &table, &[(1, row)]);
    store
}

fn redefined(tables: Vec<Arc<Table>>) -> Redefinition {
    Redefinition { tables, outdated: vec!["thing".into()], ..Redefinition::default() }
}

#[test]
fn rows_written_under_older_definitions_are_read_under_newer_ones() {
    let blocks = MemoryBlocks::new();
    let store = filled(&blocks);
    columns(&store, 1);
    now(store.redefine(redefined(vec![changed()]))).unwrap();
    let again = stored(Rc::new(blocks.handle()), vec![changed()]);
    for store in [&store, &again] {
        let columns = columns(store, 1);
        assert_eq!(columns.get("name"), &text("One"));
        assert_eq!(columns.get("statecode"), &Value::Choice(1));
        assert!(!columns.has("stage"), "nobody shows a column that is gone");
        assert!(!columns.has("new_color"), "what was never fetched is unknown");
        assert!(!columns.has("minutes"), "a value of the older type is no value of the new one");
        let cursor = store.cursor(&"thing".into()).unwrap();
        assert_eq!((cursor.link.as_str(), cursor.complete), ("", false));
        assert_eq!(cursor.synced_at, synced().synced_at, "the list stays whole for whoever looks at it");
    }
    // Rows of the new definition come over the old ones, page by page.
    let row = Columns::new().with("new_color", text("red")).with("minutes", text("five"));
    fetch(&store, &changed(), &[(1, row)]);
    for store in [&store, &stored(Rc::new(blocks.handle()), vec![changed()])] {
        let columns = columns(store, 1);
        assert_eq!(columns.get("new_color"), &text("red"));
        assert_eq!(columns.get("minutes"), &text("five"));
        assert_eq!(columns.get("name"), &text("One"));
    }
}

#[test]
fn the_journal_lies_over_rows_of_newer_definitions() {
    let blocks = MemoryBlocks::new();
    let store = filled(&blocks);
    let mine = Columns::new().with("name", text("ONE")).with("stage", text("2-Develop"));
    let entries =
        vec![entry(11, vec![update("thing", 1, mine)]), entry(12, vec![create("person", 2, Columns::new())])];
    let mut parked = now(store.append(entries)).unwrap().swap_remove(0);
    assert_eq!(columns(&store, 1).get("stage"), &text("2-Develop"));
    let part = RemovedPart { table: "thing".into(), column: Some("stage".into()), label: "Stage".to_owned() };
    parked.state = EntryState::Parked(model::ParkReason::Removed(vec![part]));
    let redefinition = Redefinition {
        journal: vec![parked.clone()],
        ..redefined(vec![changed(), testing::table("person")])
    };
    let touched = now(store.redefine(redefinition)).unwrap();
    assert!(touched.tables.contains("thing"));
    for store in [&store, &stored(Rc::new(blocks.handle()), vec![changed(), testing::table("person")])] {
        assert_eq!(store.journal()[0], parked);
        assert_eq!(store.journal().len(), 2);
        let columns = columns(store, 1);
        assert_eq!(columns.get("name"), &text("ONE"));
        assert!(!columns.has("stage"));
    }
}

#[test]
fn a_table_that_is_gone_takes_its_rows_along() {
    let blocks = MemoryBlocks::new();
    let store = filled(&blocks);
    let person = testing::table("person");
    fetch(&store, &person, &[(5, Columns::new().with("name", text("Ada")))]);
    let tables = vec![Arc::clone(&person)];
    let redefinition = Redefinition {
        tables: tables.clone(),
        gone: vec!["thing".into()],
        records: vec![("kept".to_owned(), b"new".to_vec())],
        ..Redefinition::default()
    };
    now(store.redefine(redefinition)).unwrap();
    let parts = || now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 100)).unwrap().entries.len();
    assert_eq!(parts(), 2, "the pages of the other table stay");
    for store in [&store, &stored(Rc::new(blocks.handle()), tables)] {
        assert_eq!(store.counts(), [("person".into(), 1)]);
        assert_eq!(store.cursor(&"thing".into()), None);
        assert!(now(store.row(&"thing".into(), RowId::from_u128(1))).is_err());
        assert_eq!(now(store.get_meta("kept")).unwrap().as_deref(), Some(b"new".as_slice()));
    }
    // Should it come back, it is empty.
    store.set_tables(vec![person, testing::table("thing")]);
    assert_eq!(now(store.row(&"thing".into(), RowId::from_u128(1))).unwrap(), None);
}

#[test]
fn what_cannot_be_written_changes_nothing() {
    let failing = Rc::new(Failing::default());
    let table = testing::table("thing");
    let store = stored(Rc::clone(&failing) as _, vec![Arc::clone(&table)]);
    fetch(&store, &table, &[(1, Columns::new().with("stage", text("1-Qualify")))]);
    failing.countdown.set(1);
    let redefinition =
        Redefinition { records: vec![("kept".to_owned(), Vec::new())], ..redefined(vec![changed()]) };
    assert!(now(store.redefine(redefinition)).is_err());
    assert_eq!(store.cursor(&"thing".into()), Some(synced()));
    assert_eq!(columns(&store, 1).get("stage"), &text("1-Qualify"));
    assert_eq!(now(store.get_meta("kept")).unwrap(), None);
}
