use crate::blocks::{Batch, Blocks, KeyRange, ObjectStore};
use crate::parts::StoredRow;
use crate::store::Store;
use crate::store::testing::{self as pages, try_commit};
use crate::table::PAGE_SLOTS;
use crate::testing::{self, Choices, create, delete, entry, now, update};
use crate::{MemoryBlocks, StoreError};
use model::{Columns, RowId, Value};

fn open(blocks: &MemoryBlocks, budget: usize) -> Store {
    let store = pages::open(blocks);
    store.set_memory_budget(budget);
    store
}

fn commit(store: &Store, rows: &[(u128, Columns)], removed: &[u128], confirmed: &[u128]) {
    try_commit(store, rows, removed, confirmed).unwrap();
}

fn row(store: &Store, id: u128) -> Option<StoredRow> {
    now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap()
}

fn rows(pages: usize) -> Vec<(u128, Columns)> {
    let mut choices = Choices::new(7);
    (1..=(PAGE_SLOTS * pages) as u128).map(|id| (id, testing::columns(&mut choices))).collect()
}

/// References carry the names that rows have on this device; everything else is as it was sent.
fn assert_holds(store: &Store, id: u128, sent: &Columns) {
    let mut found = row(store, id).unwrap().current.columns;
    let mut sent = sent.clone();
    for columns in [&mut found, &mut sent] {
        columns.0.retain(|name, _| *name != *"parentid");
    }
    assert_eq!(found, sent, "row {id}");
}

fn named(name: &str) -> Columns {
    Columns::new().with("name", Value::Text(name.to_owned()))
}

#[test]
fn a_change_reads_and_writes_its_own_chunks_and_leaves_memory_alone() {
    let blocks = MemoryBlocks::new();
    commit(&open(&blocks, usize::MAX), &rows(30), &[], &[]);
    let store = open(&blocks, usize::MAX);
    row(&store, 5).unwrap();
    let before = store.counters();
    commit(&store, &[(5, named("other")), (400, named("others"))], &[], &[]);
    let after = store.counters();
    assert_eq!(after.parts_read - before.parts_read, 2, "a chunk of the column for each of two pages");
    assert_eq!(after.parts_written - before.parts_written, 4, "those, and the rows with their versions");
    assert!(after.bytes <= before.bytes, "{before:?} {after:?}");
    for (id, name) in [(5, "other"), (400, "others")] {
        assert_eq!(row(&store, id).unwrap().current.columns.get("name"), &Value::Text(name.to_owned()));
    }
    let before = store.counters().parts_written;
    commit(&store, &[(5, named("other"))], &[], &[]);
    assert_eq!(store.counters().parts_written - before, 1, "nothing is written that is there already");
}

#[test]
fn histories_end_alike_whether_rows_are_in_memory_or_not() {
    for (seed, budget) in [(1, 0), (2, 4_000), (3, 12_000), (4, 30_000), (5, 0)] {
        let mut choices = Choices::new(seed);
        let (kept, cold) = (MemoryBlocks::new(), MemoryBlocks::new());
        let stores = [open(&kept, usize::MAX), open(&cold, budget)];
        let first = rows(4);
        stores.iter().for_each(|store| commit(store, &first, &[], &[]));
        let mut waiting = Vec::new();
        for step in 1..60_u128 {
            let id = |choices: &mut Choices| u128::from(choices.below(5 * PAGE_SLOTS as u64)) + 1;
            if choices.below(3) == 0 {
                let columns = testing::columns(&mut choices);
                let change = match choices.below(3) {
                    0 => create("thing", 1000 + step, columns),
                    1 => update("thing", id(&mut choices), columns),
                    _ => delete("thing", id(&mut choices)),
                };
                let entry = entry(step, vec![change]);
                stores.iter().for_each(|store| drop(now(store.append(vec![entry.clone()])).unwrap()));
                waiting.push(step);
            } else {
                let mut written = Vec::new();
                for _ in 0..choices.below(8) {
                    let mut columns = testing::columns(&mut choices);
                    columns.0.retain(|_, _| choices.below(3) > 0);
                    written.push((id(&mut choices), columns));
                }
                let mut removed: Vec<u128> = (0..choices.below(4)).map(|_| id(&mut choices)).collect();
                let confirmed = if choices.below(3) == 0 { std::mem::take(&mut waiting) } else { Vec::new() };
                if let Some(made) = confirmed.first().filter(|_| choices.below(2) == 0) {
                    written.push((1000 + made, testing::columns(&mut choices)));
                }
                removed.extend(confirmed.last().map(|last| 1000 + last));
                stores.iter().for_each(|store| commit(store, &written, &removed, &confirmed));
            }
            for id in (1..=5 * PAGE_SLOTS as u128).chain(1001..1001 + step) {
                let [kept, cold] = stores.each_ref().map(|store| row(store, id));
                assert_eq!(kept, cold, "row {id} after step {step} of {seed}");
            }
            assert!(stores[1].counters().bytes <= budget);
        }
        for (blocks, store) in [(&kept, &stores[0]), (&cold, &stores[1])] {
            let again = open(blocks, usize::MAX);
            for id in (1..=5 * PAGE_SLOTS as u128).chain(1001..1060) {
                assert_eq!(row(&again, id), row(store, id), "row {id} opened again, {seed}");
            }
        }
    }
}

#[test]
fn a_damaged_chunk_is_told_when_a_change_meets_it_and_taken_out() {
    let blocks = MemoryBlocks::new();
    commit(&open(&blocks, usize::MAX), &rows(2), &[], &[]);
    let found = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 10_000)).unwrap().entries;
    let mut batch = Batch::default();
    for (key, mut value) in found.into_iter().filter(|(key, _)| key[2..4] != [0, 0]) {
        value[16] ^= 1;
        batch.put(ObjectStore::Pages, key, value);
    }
    now(blocks.apply(batch)).unwrap();
    let store = open(&blocks, usize::MAX);
    let mut change = rows(1);
    change.truncate(1);
    let told = try_commit(&store, &change, &[], &[]).unwrap_err();
    assert_eq!(told, StoreError::DamagedPage { table: "thing".into() });
    assert_eq!(store.cursor(&"thing".into()), None, "the table is fetched again");
    // What was found damaged is gone, chunk by chunk, until the change meets none.
    let mut tries = 0;
    while try_commit(&store, &change, &[], &[]).is_err() {
        tries += 1;
        assert!(tries < 20);
    }
    assert_holds(&store, 1, &change[0].1);
}

#[test]
fn columns_whose_cells_are_read_again_and_again_are_read_as_a_whole() {
    let blocks = MemoryBlocks::new();
    let all = rows(30);
    commit(&open(&blocks, usize::MAX), &all, &[], &[]);
    let store = open(&blocks, usize::MAX);
    let read_all = || {
        for (id, columns) in &all {
            assert_holds(&store, *id, columns);
        }
        store.counters().parts_read
    };
    read_all();
    let state = store.state.borrow();
    let data = state.data("thing").unwrap();
    for (place, column) in
        data.definition.columns.iter().enumerate().filter(|(place, _)| data.key != Some(*place))
    {
        assert_eq!(data.is_incomplete(place), data.is_long(place), "{}", column.name);
    }
    drop(state);
    // Where there is no room everything is read by itself, and stays right.
    let store = open(&blocks, 9_000);
    for (id, columns) in &all {
        assert_holds(&store, *id, columns);
    }
    assert!(store.counters().bytes <= 9_000);
}

#[test]
fn long_texts_go_past_memory_before_anything_else() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks, usize::MAX);
    let all = rows(20);
    let (first, rest) = all.split_at(PAGE_SLOTS * 4);
    commit(&store, first, &[], &[]);
    let place =
        |name: &str| testing::table("thing").columns.iter().position(|column| column.name == *name).unwrap();
    let is_whole = |name: &str| !store.state.borrow().data("thing").unwrap().is_incomplete(place(name));
    assert!(is_whole("description") && is_whole("name"));
    // Enough for the short columns of all, and not for the long ones.
    store.set_memory_budget(store.counters().bytes * 4);
    for page in rest.chunks(PAGE_SLOTS * 2) {
        commit(&store, page, &[], &[]);
    }
    assert!(!is_whole("description") && is_whole("name") && is_whole("amount"), "{:?}", store.counters());
    assert_eq!(store.counters().parts_read, 0);
    for (id, columns) in &all {
        assert_holds(&store, *id, columns);
    }
}
