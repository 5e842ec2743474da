//! Makes the fixture database of the present layout: `tests/fixtures/store/README.md` tells when and how.

use super::Store;
use crate::testing::{self, Choices, create, delete, entry, now, update};
use crate::{Blocks as _, Cursor, KeyRange, MemoryBlocks, ObjectStore, PageCommit};
use model::{Columns, EntryState, JournalEntry, ParkReason, RowId, RowSink as _, RowVersion, Value};
use serde_json::json;
use std::rc::Rc;

const ROWS: u128 = 24;

/// Everything a database of this build holds, and what it shows.
pub fn make() -> serde_json::Value {
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
            writer.value(place, crate::column::borrow(value));
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
