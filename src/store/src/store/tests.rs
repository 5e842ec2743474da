use super::*;
use crate::failing::Failing;
use crate::parts::PageCommit;
use crate::store::testing::try_commit as commit;
use crate::table::PAGE_SLOTS;
use crate::testing::{self, Choices, create, delete, entry, now, update};
use crate::{BlocksError, MemoryBlocks};
use model::{Change, Columns, RowSink, Value};

fn open(blocks: &MemoryBlocks) -> Store {
    with_tables(now(Store::open(Rc::new(blocks.handle()))).unwrap())
}

fn with_tables(store: Store) -> Store {
    store.set_tables(vec![testing::table("thing"), testing::table("person")]);
    store
}

fn cursor(link: &str) -> Cursor {
    Cursor { link: link.to_owned(), complete: true, synced_at: None }
}

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
fn rows_come_back_after_a_reopening() {
    let blocks = MemoryBlocks::new();
    let mut choices = Choices::new(1);
    let rows: Vec<_> = (1..=1500).map(|id| (id, testing::columns(&mut choices))).collect();
    let store = open(&blocks);
    for part in rows.chunks(400) {
        commit(&store, part, &[], &[]).unwrap();
    }
    commit(&store, &[], &[3, 700, 9999], &[]).unwrap();
    commit(&store, &[(2000, named("in a freed slot"))], &[], &[]).unwrap();
    let again = open(&blocks);
    assert_eq!(again.counts(), [("person".into(), 0), ("thing".into(), 1499)]);
    assert_eq!(again.cursor(&"thing".into()), Some(cursor("next")));
    for (id, columns) in rows.iter().filter(|(id, _)| ![3, 700].contains(id)) {
        assert_eq!(row(&again, *id).unwrap().base.unwrap().columns, *columns);
    }
    assert_eq!(row(&again, 700), None);
    assert_eq!(name(&again, 2000).as_deref(), Some("in a freed slot"));
    assert_eq!(again.counts()[1].1, 1499);
    commit(&again, &[(2001, named("in the other freed slot"))], &[], &[]).unwrap();
    let parts = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 10_000)).unwrap().entries;
    let pages = parts.iter().filter(|(key, _)| key[2..4] == [0, 0]).count();
    assert_eq!(pages, 1500_usize.div_ceil(PAGE_SLOTS), "freed slots are used before new ones");
}

#[test]
fn a_column_that_is_not_named_keeps_its_value() {
    let store = open(&MemoryBlocks::new());
    commit(&store, &[(1, named("Fabrikam").with("minutes", Value::Integer(5)))], &[], &[]).unwrap();
    commit(&store, &[(1, Columns::new().with("minutes", Value::Null))], &[], &[]).unwrap();
    let columns = row(&store, 1).unwrap().current.columns;
    assert_eq!(columns, named("Fabrikam").with("minutes", Value::Null));
}

#[test]
fn a_discarded_row_leaves_nothing() {
    let store = open(&MemoryBlocks::new());
    let table = testing::table("thing");
    let place = |name: &str| table.columns.iter().position(|column| column.name == *name).unwrap();
    let mut writer = store.begin_page(&table.name).unwrap();
    writer.value(place("name"), model::ValueRef::Text("half a row"));
    writer.discard();
    writer.value(place("minutes"), model::ValueRef::Integer(1));
    writer.finish(RowId::from_u128(1), None);
    let parts = (Some(writer), table.name.clone(), Vec::new(), cursor(""), Vec::new());
    let (writer, table, removed, cursor, confirmed) = parts;
    now(store.commit_page(PageCommit { writer, table, removed, cursor, confirmed })).unwrap();
    assert_eq!(name(&store, 1).as_deref(), Some("-"));
}

#[test]
fn the_journal_lies_over_the_rows_and_survives_a_reopening() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    commit(&store, &[(1, named("one")), (2, named("two")), (3, named("three"))], &[], &[]).unwrap();
    let first = entry(11, vec![update("thing", 1, named("ONE")), create("thing", 9, named("nine"))]);
    let second = entry(12, vec![delete("thing", 2), update("thing", 9, named("NINE"))]);
    let given = now(store.append(vec![first, second])).unwrap();
    assert_eq!(given.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2]);
    for store in [&store, &open(&blocks)] {
        assert_eq!(store.journal(), given);
        let names = [1, 2, 3, 9].map(|id| name(store, id));
        assert_eq!(names, [Some("ONE".into()), None, Some("three".into()), Some("NINE".into())]);
        assert_eq!(row(store, 1).unwrap().base.unwrap().columns, named("one"));
        assert_eq!(row(store, 9).unwrap().base, None);
        assert_eq!(row(store, 9).unwrap().current.version, None);
        let hidden = now(store.base_row(&"thing".into(), RowId::from_u128(2))).unwrap();
        assert_eq!(hidden.unwrap().columns, named("two"));
        assert_eq!(store.pending(&"thing".into(), RowId::from_u128(9)), [11, 12].map(EntryId::from_u128));
        assert_eq!(store.counts()[1].1, 3);
    }
    assert_eq!(open(&blocks).counts()[1].1, 3, "also before the rows are loaded");
}

#[test]
fn new_base_rows_come_under_the_journal() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    commit(&store, &[(1, named("one").with("minutes", Value::Integer(1)))], &[], &[]).unwrap();
    now(store.append(vec![entry(11, vec![update("thing", 1, named("mine"))])])).unwrap();
    commit(&store, &[(1, named("theirs").with("minutes", Value::Integer(2)))], &[], &[]).unwrap();
    for store in [&store, &open(&blocks)] {
        let found = row(store, 1).unwrap();
        assert_eq!(found.current.columns, named("mine").with("minutes", Value::Integer(2)));
        assert_eq!(found.base.unwrap().columns, named("theirs").with("minutes", Value::Integer(2)));
    }
    commit(&store, &[], &[1], &[]).unwrap();
    assert_eq!(row(&store, 1), None, "a change of a row that left shows nothing");
    assert_eq!(store.journal().len(), 1, "and is not lost");
}

#[test]
fn a_confirmed_entry_leaves_together_with_its_rows() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    let changes = vec![create("thing", 9, named("mine")), update("person", 1, named("x"))];
    now(store.append(vec![entry(11, changes), entry(12, vec![update("thing", 9, named("later"))])])).unwrap();
    let touched = commit(&store, &[(9, named("as the server has it"))], &[], &[11]).unwrap();
    assert_eq!(touched.tables.len(), 2);
    for store in [&store, &open(&blocks)] {
        assert_eq!(store.journal().len(), 1);
        assert_eq!(name(store, 9).as_deref(), Some("later"));
        assert_eq!(row(store, 9).unwrap().base.unwrap().columns, named("as the server has it"));
    }
    commit(&store, &[], &[], &[12]).unwrap();
    assert_eq!(name(&store, 9).as_deref(), Some("as the server has it"));
    let next = now(store.append(vec![entry(13, vec![])])).unwrap();
    assert_eq!(next[0].sequence, 3, "sequences are never used twice");
    assert_eq!(now(open(&blocks).append(vec![entry(14, vec![])])).unwrap()[0].sequence, 4);
}

#[test]
fn entries_are_rewritten_and_removed_in_place() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
    let entries = (11..14).map(|id| entry(id, vec![update("thing", 1, named(&id.to_string()))]));
    let entries = now(store.append(entries.collect())).unwrap();
    assert_eq!(name(&store, 1).as_deref(), Some("13"));
    let mut changed = entries[1].clone();
    changed.changes = entry(12, vec![update("thing", 1, named("rebased"))]).changes;
    changed.was_sent = true;
    let gone = vec![entries[2].id, EntryId::from_u128(99)];
    now(store.update_journal(vec![changed.clone()], gone)).unwrap();
    for store in [&store, &open(&blocks)] {
        assert_eq!(store.journal(), [entries[0].clone(), changed.clone()]);
        assert_eq!(name(store, 1).as_deref(), Some("rebased"));
    }
    let unknown = now(store.update_journal(vec![entries[2].clone()], vec![]));
    assert_eq!(unknown, Err(StoreError::UnknownEntry(entries[2].id)));
}

#[test]
fn the_same_entry_is_kept_once() {
    let store = open(&MemoryBlocks::new());
    let first = now(store.append(vec![entry(1, vec![])])).unwrap();
    let again =
        now(store.append(vec![entry(1, vec![create("thing", 1, named("x"))]), entry(2, vec![])])).unwrap();
    assert_eq!(again[0], first[0]);
    assert_eq!(store.journal().len(), 2);
}

#[test]
fn a_fetch_from_the_start_removes_what_is_not_listed() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    commit(&store, &[(1, named("one")), (2, named("two"))], &[], &[]).unwrap();
    now(store.append(vec![entry(1, vec![create("thing", 3, named("mine"))])])).unwrap();
    let touched = now(store.retain_rows(&"thing".into(), &[RowId::from_u128(2)])).unwrap();
    assert_eq!(touched.rows, 1);
    for store in [&store, &open(&blocks)] {
        assert_eq!([1, 2, 3].map(|id| row(store, id).is_some()), [false, true, true]);
        assert_eq!(store.cursor(&"thing".into()), Some(cursor("next")));
    }
    now(store.forget_cursor(&"thing".into())).unwrap();
    assert_eq!(open(&blocks).cursor(&"thing".into()), None);
}

#[test]
fn a_damaged_page_is_told_and_taken_out_and_the_journal_stays() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    let slots = PAGE_SLOTS as u128;
    let rows: Vec<_> = (1..=slots + 9).map(|id| (id, named("x"))).collect();
    commit(&store, &rows, &[], &[]).unwrap();
    now(store.append(vec![entry(1, vec![update("thing", 2, named("mine"))])])).unwrap();
    let found = now(blocks.scan(ObjectStore::Pages, &KeyRange::all(), 1)).unwrap();
    let (key, mut value) = found.entries[0].clone();
    value[40] ^= 1;
    let mut batch = Batch::default();
    batch.put(ObjectStore::Pages, key, value);
    now(blocks.apply(batch)).unwrap();
    let store = open(&blocks);
    let error = now(store.row(&"thing".into(), RowId::from_u128(2))).unwrap_err();
    assert_eq!(error, StoreError::DamagedPage { table: "thing".into() });
    assert_eq!(store.cursor(&"thing".into()), None);
    assert!(row(&store, slots + 9).is_some() && row(&store, 2).is_none());
    assert_eq!(store.counts()[1].1, 9);
    commit(&store, &rows, &[], &[]).unwrap();
    assert_eq!(name(&open(&blocks), 2).as_deref(), Some("mine"));
}

#[test]
fn when_the_database_fails_nothing_is_half_written() {
    let blocks = Rc::new(Failing::default());
    let store = with_tables(now(Store::open(blocks.clone())).unwrap());
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
    now(store.append(vec![entry(1, vec![update("thing", 1, named("mine"))])])).unwrap();
    let full = Err(StoreError::Blocks(BlocksError::Full));
    let unchanged = |store: &Store| {
        assert_eq!(name(store, 1).as_deref(), Some("mine"));
        assert_eq!(row(store, 1).unwrap().base.unwrap().columns, named("one"));
        assert_eq!(store.journal().len(), 1);
        assert_eq!(store.counts()[1].1, 1);
    };
    blocks.countdown.set(1);
    assert_eq!(commit(&store, &[(1, named("1")), (2, named("2"))], &[], &[1]), full);
    unchanged(&store);
    blocks.countdown.set(1);
    let changes = vec![entry(2, vec![create("thing", 3, named("three"))])];
    assert_eq!(now(store.append(changes.clone())).map(drop), full.clone().map(drop));
    unchanged(&store);
    blocks.countdown.set(1);
    assert_eq!(now(store.update_journal(vec![], vec![EntryId::from_u128(1)])), full);
    unchanged(&store);
    blocks.countdown.set(1);
    assert_eq!(now(store.retain_rows(&"thing".into(), &[])), full);
    unchanged(&store);
    unchanged(&open(&blocks.memory));
    now(store.append(changes)).unwrap();
    assert!(commit(&store, &[(2, named("2"))], &[], &[1]).is_ok());
    assert_eq!(open(&blocks.memory).counts()[1].1, 3);
}

#[test]
fn two_stores_on_one_database_notice_each_other() {
    let blocks = MemoryBlocks::new();
    let (first, second) = (open(&blocks), open(&blocks));
    commit(&first, &[(1, named("one"))], &[], &[]).unwrap();
    now(first.append(vec![entry(1, vec![])])).unwrap();
    let added = now(second.append(vec![entry(2, vec![])])).unwrap();
    assert_eq!(added[0].sequence, 2, "an append is repeated by itself");
    assert_eq!(commit(&first, &[(2, named("two"))], &[], &[]), Err(StoreError::ChangedElsewhere));
    assert_eq!(first.journal().len(), 2, "and what is held has been read anew");
    commit(&first, &[(2, named("two"))], &[], &[]).unwrap();
    assert_eq!([1, 2].map(|id| name(&first, id).is_some()), [true, true]);
    assert_eq!(name(&second, 2).as_deref(), Some("two"), "loading notices too");
}

#[test]
fn what_was_planned_on_something_else_is_not_appended() {
    let blocks = MemoryBlocks::new();
    let (first, second) = (open(&blocks), open(&blocks));
    now(first.append(vec![entry(1, vec![])])).unwrap();
    let planned = || now(second.append_planned(vec![entry(2, vec![])])).map(drop);
    assert_eq!(planned(), Err(StoreError::ChangedElsewhere));
    assert_eq!(second.journal().len(), 1, "what the other one wrote has been read");
    assert_eq!(planned(), Ok(()));
}

#[test]
fn unknown_tables_and_the_wrong_table_are_refused() {
    let store = open(&MemoryBlocks::new());
    let unknown = StoreError::UnknownTable("nothing".into());
    assert_eq!(store.begin_page(&"nothing".into()).err(), Some(unknown.clone()));
    assert_eq!(now(store.row(&"nothing".into(), RowId::from_u128(1))), Err(unknown));
    let commit = PageCommit {
        writer: Some(store.begin_page(&"thing".into()).unwrap()),
        table: "person".into(),
        removed: vec![],
        cursor: cursor(""),
        confirmed: vec![],
    };
    assert!(matches!(now(store.commit_page(commit)), Err(StoreError::WrongTable { .. })));
}

#[test]
fn a_page_whose_storing_was_stopped_is_in_memory_no_more_than_on_disk() {
    use futures::FutureExt;
    let failing = Rc::new(Failing::default());
    let store = with_tables(now(Store::open(Rc::clone(&failing) as _)).unwrap());
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
    now(store.append(vec![entry(1, vec![create("thing", 2, named("mine"))])])).unwrap();
    failing.hangs.set(true);
    let stopped = store.commit_page(PageCommit {
        writer: Some(crate::store::testing::page(&store, &testing::table("thing"), &[(1, named("theirs"))])),
        table: "thing".into(),
        removed: Vec::new(),
        cursor: cursor("later"),
        confirmed: vec![EntryId::from_u128(1)],
    });
    assert!(stopped.now_or_never().is_none());
    failing.hangs.set(false);
    assert_eq!(name(&store, 1).as_deref(), Some("one"));
    assert_eq!(name(&store, 2).as_deref(), Some("mine"));
    assert_eq!(store.journal().len(), 1);
    assert_eq!(store.cursor(&"thing".into()), Some(cursor("next")));
}

#[test]
fn a_change_of_definitions_loads_rows_anew() {
    let store = open(&MemoryBlocks::new());
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
    let mut table = (*testing::table("thing")).clone();
    table.columns.retain(|column| column.name != *"name");
    store.set_tables(vec![Arc::new(table)]);
    assert!(row(&store, 1).unwrap().current.columns.is_empty());
    let store = with_tables(store);
    assert_eq!(name(&store, 1).as_deref(), Some("one"));
}

#[test]
fn records_of_the_caller_and_clearing() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    now(store.put_meta("user", b"u")).unwrap();
    assert_eq!(now(store.get_meta("user")).unwrap().as_deref(), Some(b"u".as_slice()));
    now(store.put_meta("gone", b"g")).unwrap();
    now(store.delete_meta("gone")).unwrap();
    assert_eq!(now(store.get_meta("gone")).unwrap(), None);
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
    now(store.append(vec![entry(1, vec![])])).unwrap();
    now(store.clear()).unwrap();
    assert_eq!((store.counts()[1].1, store.journal().len(), row(&store, 1)), (0, 0, None));
    assert_eq!(now(store.get_meta("user")).unwrap(), None);
    commit(&store, &[(1, named("one"))], &[], &[]).unwrap();
}

#[test]
fn what_was_acknowledged_is_not_added_again_after_it_has_left_the_journal() {
    let blocks = MemoryBlocks::new();
    let store = open(&blocks);
    let known = |store: &Store, id| now(store.was_appended(EntryId::from_u128(id))).unwrap();
    now(store.append(vec![entry(1, vec![update("thing", 1, named("mine"))])])).unwrap();
    assert!(known(&store, 1) && !known(&store, 2));
    let overtaken = open(&blocks);
    commit(&store, &[(1, named("mine"))], &[], &[1]).unwrap();
    assert!(store.journal().is_empty() && known(&store, 1));
    let again = now(open(&blocks).append(vec![entry(1, vec![update("thing", 1, named("mine"))])]));
    assert!(matches!(again, Err(StoreError::ChangedElsewhere)), "{again:?}");
    // A tab that has been overtaken still holds the entry in memory; it learns that it is gone.
    assert_eq!(now(overtaken.append(vec![entry(2, vec![])])).unwrap()[0].sequence, 2);
    assert_eq!(overtaken.journal().len(), 1);
    let made_at = entry(1, vec![]).made_at;
    now(store.forget_appended(made_at)).unwrap();
    assert!(known(&store, 1));
    now(store.forget_appended(made_at.plus_milliseconds(1))).unwrap();
    assert!(!known(&store, 1));
}

#[test]
fn records_of_the_caller_are_listed_by_their_beginning() {
    let store = open(&MemoryBlocks::new());
    for key in ["draft a", "draft b", "drafts", "other"] {
        now(store.put_meta(key, key.as_bytes())).unwrap();
    }
    let found = now(store.list_meta("draft ")).unwrap();
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["draft a", "draft b"]);
    assert_eq!(found[1].1, b"draft b");
}

#[test]
fn random_histories_end_alike_in_memory_and_on_disk() {
    for seed in 1..30 {
        let blocks = MemoryBlocks::new();
        // Every third device holds next to nothing in memory, every third a part.
        let open = |blocks: &MemoryBlocks| {
            let store = open(blocks);
            match seed % 3 {
                0 => store.set_memory_budget(0),
                1 => store.set_memory_budget(20_000),
                _ => {}
            }
            store
        };
        let mut store = open(&blocks);
        let mut choices = Choices::new(seed);
        let mut base: BTreeMap<u128, Columns> = BTreeMap::new();
        for step in 0..60_u128 {
            let id = u128::from(choices.below(60)) + 1;
            let columns = testing::columns(&mut choices);
            match choices.below(7) {
                0 | 1 => {
                    let rows: Vec<_> = (id..id + 20).map(|id| (id, testing::columns(&mut choices))).collect();
                    let waiting = store.journal();
                    let confirmed = waiting.iter().take(waiting.len() / 2).map(|entry| entry.id.as_u128());
                    commit(&store, &rows, &[id + 25], &confirmed.collect::<Vec<_>>()).unwrap();
                    base.extend(rows);
                    base.remove(&(id + 25));
                }
                2 => drop(now(store.append(vec![entry(step, vec![create("thing", 100 + step, columns)])]))),
                3 => drop(now(store.append(vec![entry(step, vec![delete("thing", id)])]))),
                4 => store = open(&blocks),
                _ => drop(now(store.append(vec![entry(step, vec![update("thing", id, columns)])]))),
            }
            if choices.once_in(8) {
                let id = u128::from(choices.below(90)) + 1;
                assert_eq!(
                    shown(&store, id),
                    expected(&store, &base, id),
                    "seed {seed} step {step} row {id}"
                );
            }
        }
        let again = open(&blocks);
        assert_eq!(store.journal(), again.journal());
        for id in 1..200 {
            for store in [&store, &again] {
                assert_eq!(shown(store, id), expected(store, &base, id), "seed {seed} row {id}");
            }
        }
        assert_eq!(store.counts(), again.counts());
    }
}

/// A row as the user sees it, and as it was confirmed.
fn shown(store: &Store, id: u128) -> Option<(Columns, Option<Columns>)> {
    row(store, id).map(|row| (nameless(row.current.columns), row.base.map(|base| nameless(base.columns))))
}

/// References without names: those on the device are named after their rows.
fn nameless(mut columns: Columns) -> Columns {
    for value in columns.0.values_mut() {
        if let Value::Reference(reference) = value {
            reference.name = None;
        }
    }
    columns
}

/// The same, from the rows that were committed and the journal.
fn expected(store: &Store, base: &BTreeMap<u128, Columns>, id: u128) -> Option<(Columns, Option<Columns>)> {
    let mut current = base.get(&id).cloned();
    let journal = store.journal();
    let changes = journal.iter().flat_map(|entry| entry.changes.iter());
    for change in changes.filter(|change| change.id() == RowId::from_u128(id)) {
        match change {
            Change::Create { columns, .. } => current.get_or_insert_default().extend(columns),
            Change::Update { columns, .. } => {
                if let Some(current) = &mut current {
                    current.extend(columns);
                }
            }
            Change::Delete { .. } => current = None,
        }
    }
    Some((nameless(current?), base.get(&id).cloned().map(nameless)))
}
