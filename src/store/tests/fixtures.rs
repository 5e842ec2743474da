//! The fixture databases on memory, as the store is built for users (pages of the crate's own tests are small). Makes that
//! of the present layout: `tests/fixtures/store/README.md` tells when and how.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../src/testing.rs"]
mod testing;

use model::{Columns, EntryState, JournalEntry, ParkReason, RowId, RowSink as _, RowVersion, Value};
use serde_json::json;
use std::rc::Rc;
use store::fixtures::{FIXTURES, Fixture, opens_with_its_journal, survives_a_page_that_fails_its_checksum};
use store::{Blocks, BlocksError, Cursor, KeyRange, MemoryBlocks, ObjectStore, PageCommit, Store};
use testing::{Choices, create, delete, entry, now, update};

const ROWS: u128 = 24;

/// Everything a database of this build holds, and what it shows.
fn make() -> serde_json::Value {
    let blocks = MemoryBlocks::new();
    let store = now(Store::open(Rc::new(blocks.handle()))).unwrap();
    let tables = [testing::table("thing"), testing::table("person")];
    store.set_tables(tables.to_vec());
    now(store.put_meta("profile", b"{\"user\":\"Ada\"}")).unwrap();
    let mut choices = Choices::new(4);
    fetch(&store, "person", &[(1000, Columns::new().with("name", Value::Text("Ada".to_owned())))]);
    let rows: Vec<_> = (1..=ROWS).map(|id| (id, testing::columns(&mut choices))).collect();
    fetch(&store, "thing", &rows);
    now(store.append(journal())).unwrap();
    let shown: Vec<_> = (1..=ROWS)
        .map(|id| ("thing", id))
        .chain([("thing", 900), ("person", 901), ("person", 1000)])
        .map(|(table, id)| {
            let id = RowId::from_u128(id);
            let current = now(store.row(&table.into(), id)).unwrap().map(|row| row.current.columns);
            let base = now(store.base_row(&table.into(), id)).unwrap().map(|row| row.columns);
            json!({"table": table, "id": id, "base": base, "current": current})
        })
        .collect();
    let kept: Vec<_> = ObjectStore::ALL
        .into_iter()
        .flat_map(|store| {
            let entries = now(blocks.scan(store, &KeyRange::all(), 10_000)).unwrap().entries;
            entries.into_iter().map(move |(key, value)| json!([store.name(), hex(&key), hex(&value)]))
        })
        .collect();
    json!({
        "tables": tables.map(|table| serde_json::to_value(&*table).unwrap()),
        "journal": store.journal(),
        "cursor": store.cursor(&"thing".into()),
        "rows": shown,
        "blocks": kept,
    })
}

/// Work in every state that a device may be switched off in.
fn journal() -> Vec<JournalEntry> {
    let named = |name: &str| Columns::new().with("name", Value::Text(name.to_owned()));
    let refused = ParkReason::Refused {
        status: 400,
        code: "0x80040265".to_owned(),
        message: "Name is too long.".to_owned(),
    };
    let mut made = vec![
        entry(1, vec![create("thing", 900, named("made offline"))]),
        entry(2, vec![update("thing", 1, named("refused"))]),
        entry(3, vec![delete("thing", 2)]),
        entry(4, vec![update("thing", 3, named("on its way"))]),
        entry(
            5,
            vec![
                create("person", 901, named("Grace")),
                update("thing", 4, named("Grace's")),
                delete("thing", 5),
            ],
        ),
    ];
    made[1].state = EntryState::Parked(refused);
    made[3].was_sent = true;
    made
}

fn fetch(store: &Store, table: &str, rows: &[(u128, Columns)]) {
    let definition = testing::table(table);
    let mut writer = store.begin_page(&table.into()).unwrap();
    for (id, columns) in rows {
        for (name, value) in columns.iter() {
            let place = definition.columns.iter().position(|column| column.name == *name).unwrap();
            writer.value(place, value.into());
        }
        writer.finish(RowId::from_u128(*id), Some(RowVersion(7)));
    }
    let cursor = Cursor { link: "delta".to_owned(), complete: true, synced_at: None };
    let (writer, table) = (Some(writer), table.into());
    now(store.commit_page(PageCommit { writer, table, removed: Vec::new(), cursor, confirmed: Vec::new() }))
        .unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn filled(text: &str) -> contract::Memory {
    let blocks = MemoryBlocks::new();
    now(blocks.apply(Fixture::parse(text).unwrap().batch().unwrap())).unwrap();
    contract::Memory(blocks)
}

mod contract {
    use super::{Blocks, BlocksError, MemoryBlocks, Rc};

    /// A database in memory.
    pub struct Memory(pub MemoryBlocks);

    #[async_trait::async_trait(?Send)]
    impl store::contract::Database for Memory {
        async fn open(&self) -> Result<Rc<dyn Blocks>, BlocksError> {
            Ok(Rc::new(self.0.handle()))
        }
    }
}

#[test]
fn a_database_of_every_layout_opens_with_its_journal() {
    for (name, text) in FIXTURES {
        assert_eq!(now(opens_with_its_journal(&filled(text), text)), Ok(()), "{name}");
    }
}

#[test]
fn a_damaged_page_of_every_layout_is_taken_out_and_the_journal_stays() {
    for (name, text) in FIXTURES {
        assert_eq!(now(survives_a_page_that_fails_its_checksum(&filled(text), text)), Ok(()), "{name}");
    }
}

/// The last fixture is of the present layout. `VALISE_FIXTURE` names a file to write the next one to.
#[test]
fn the_last_fixture_is_what_this_build_writes() {
    let made = make();
    if let Some(path) = std::env::var_os("VALISE_FIXTURE") {
        std::fs::write(path, serde_json::to_string(&made).unwrap()).unwrap();
    }
    let (name, text) = FIXTURES[FIXTURES.len() - 1];
    let known: serde_json::Value = serde_json::from_str(text).unwrap();
    assert!(
        known["blocks"] == made["blocks"],
        "{name} is not the present layout: see tests/fixtures/store/README.md"
    );
}
