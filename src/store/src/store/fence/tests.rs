//! Each fault of the storage below against each write: nothing is lost, nothing doubled, reads go on, the write can be
//! repeated.

use super::*;
use crate::failing::Failing;
use crate::testing::{self, create, entry, now, update};
use crate::{Cursor, MemoryBlocks, PageCommit, Redefinition};
use model::{Columns, EntryId, RowId, RowSink, RowVersion, Value};

struct Fault {
    name: &'static str,
    error: BlocksError,
    /// The batch is written, only the answer is lost.
    is_written: bool,
    /// The database cannot be read either until the fault is over.
    reads_fail: bool,
}

fn faults() -> Vec<Fault> {
    let lost = || BlocksError::Lost("Connection to Indexed Database server lost".to_owned());
    let fault = |name, error| Fault { name, error, is_written: false, reads_fail: false };
    vec![
        fault("quota exceeded", BlocksError::Full),
        fault("backing store error", BlocksError::Backend("DataError: internal".to_owned())),
        fault("connection lost before the write", lost()),
        Fault { is_written: true, ..fault("connection lost after the write", lost()) },
        Fault { reads_fail: true, ..fault("connection lost for good before the write", lost()) },
        Fault {
            is_written: true,
            reads_fail: true,
            ..fault("connection lost for good after the write", lost())
        },
        Fault { reads_fail: true, ..fault("closed by a newer build", BlocksError::Closed) },
    ]
}

type Write = fn(&Store) -> Result<(), StoreError>;

/// Each write a store can be asked for; all may be asked twice.
const WRITES: [(&str, Write); 8] = [
    ("append", |store| {
        let changes = vec![create("thing", 3, named("three")), update("thing", 1, named("mine again"))];
        now(store.append(vec![entry(2, changes)])).map(drop)
    }),
    ("update_journal", |store| now(store.update_journal(vec![], vec![EntryId::from_u128(1)])).map(drop)),
    ("commit_page", |store| fetch(store, &[(1, "uno"), (2, "due")], &[1])),
    ("retain_rows", |store| now(store.retain_rows(&"thing".into(), &[])).map(drop)),
    ("forget_cursor", |store| now(store.forget_cursor(&"thing".into()))),
    ("redefine", |store| {
        let records = vec![("plan".to_owned(), b"new".to_vec())];
        let tables = vec![testing::table("thing"), testing::table("person")];
        now(store.redefine(Redefinition { tables, records, ..Redefinition::default() })).map(drop)
    }),
    ("put_meta", |store| now(store.put_meta("plan", b"new"))),
    ("clear", |store| now(store.clear())),
];

fn named(name: &str) -> Columns {
    Columns::new().with("name", Value::Text(name.to_owned()))
}

fn fetch(store: &Store, rows: &[(u128, &str)], confirmed: &[u128]) -> Result<(), StoreError> {
    let table = testing::table("thing");
    let mut writer = store.begin_page(&table.name)?;
    let place = table.columns.iter().position(|column| column.name == "name").unwrap();
    for (id, name) in rows {
        writer.value(place, model::ValueRef::Text(name));
        writer.finish(RowId::from_u128(*id), Some(RowVersion(1)));
    }
    let cursor = Cursor { link: "next".to_owned(), complete: true, synced_at: None };
    let confirmed = confirmed.iter().copied().map(EntryId::from_u128).collect();
    let (writer, table, removed) = (Some(writer), table.name.clone(), Vec::new());
    now(store.commit_page(PageCommit { writer, table, removed, cursor, confirmed })).map(drop)
}

fn on(blocks: Rc<dyn crate::Blocks>) -> Store {
    let store = now(Store::open(blocks)).unwrap();
    store.set_tables(vec![testing::table("thing"), testing::table("person")]);
    store
}

/// A device with a row, and a change of it that waits.
fn device() -> (Rc<Failing>, Store) {
    let blocks = Rc::new(Failing::default());
    let store = on(blocks.clone());
    fetch(&store, &[(1, "one")], &[]).unwrap();
    now(store.append(vec![entry(1, vec![update("thing", 1, named("mine"))])])).unwrap();
    (blocks, store)
}

/// Everything a user could see of it.
fn seen(store: &Store) -> String {
    let name = |id: u128| {
        let row = now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap();
        row.map(|row| {
            (row.current.columns.get("name").clone(), row.base.map(|base| base.columns.get("name").clone()))
        })
    };
    let entries: Vec<_> = store.journal().iter().map(|entry| (entry.id, entry.sequence)).collect();
    let plan = now(store.get_meta("plan")).unwrap();
    let cursor = store.cursor(&"thing".into());
    format!("{:?} {entries:?} {plan:?} {cursor:?} {:?}", [1, 2, 3].map(name), store.counts())
}

fn on_disk(blocks: &MemoryBlocks) -> String {
    seen(&on(Rc::new(blocks.handle())))
}

#[test]
fn no_fault_loses_or_doubles_a_write() {
    for (name, write) in WRITES {
        let (blocks, store) = device();
        write(&store).unwrap();
        let (before, after) = (seen(&device().1), on_disk(&blocks.memory));
        assert_ne!((name, &before), (name, &after), "it does something");
        for fault in faults() {
            let case = format!("{name}, {}", fault.name);
            let (blocks, store) = device();
            blocks.error.replace(Some(fault.error.clone()));
            blocks.is_written.set(fault.is_written);
            blocks.reads_fail.set(fault.reads_fail);
            blocks.countdown.set(1);
            let answer = write(&store);
            blocks.is_broken.set(false);

            // What is said is true.
            let there = on_disk(&blocks.memory);
            match &answer {
                Ok(()) => assert_eq!(there, after, "{case}: told as written"),
                Err(error) if fault.is_written => {
                    let is_unsure = matches!(
                        error,
                        StoreError::ChangedElsewhere | StoreError::Blocks(BlocksError::Lost(_))
                    );
                    assert!(is_unsure, "{case}: {error:?}");
                }
                Err(_) => assert_eq!(there, before, "{case}: told as not written"),
            }
            let is_gone = matches!(fault.error, BlocksError::Lost(_)) && !fault.reads_fail;
            let is_settled = answer.is_ok() || matches!(answer, Err(StoreError::ChangedElsewhere));
            // A record of the caller's own has no head to look at.
            assert!(!is_gone || is_settled || name == "put_meta", "{case}: it was looked up: {answer:?}");

            // It may be repeated, as often as it says that somebody else was there.
            let mut repeated = write(&store);
            if repeated == Err(StoreError::ChangedElsewhere) {
                repeated = write(&store);
            }
            assert_eq!(repeated, Ok(()), "{case}");
            assert_eq!(
                (seen(&store), on_disk(&blocks.memory)),
                (after.clone(), after.clone()),
                "{case}: once, whole"
            );
        }
    }
}

#[test]
fn reads_go_on_while_there_is_no_room() {
    let (blocks, store) = device();
    let before = seen(&store);
    for (name, write) in WRITES {
        blocks.countdown.set(1);
        assert_eq!(write(&store), Err(StoreError::Blocks(BlocksError::Full)), "{name}");
        assert_eq!(seen(&store), before, "{name}");
    }
}

#[test]
fn an_append_whose_answer_was_lost_is_looked_up_and_not_made_twice() {
    for is_written in [true, false] {
        let (blocks, store) = device();
        blocks.error.replace(Some(BlocksError::Lost("gone".to_owned())));
        blocks.is_written.set(is_written);
        blocks.countdown.set(1);
        let given = now(store.append(vec![entry(2, vec![create("thing", 3, named("three"))])])).unwrap();
        assert_eq!(given[0].sequence, 2, "written: {is_written}");
        assert_eq!(on(Rc::new(blocks.memory.handle())).journal().len(), 2, "written: {is_written}");
    }
}

#[test]
fn the_device_is_not_emptied_while_a_change_waits_wherever_it_was_made() {
    let (blocks, store) = device();
    assert_eq!(now(store.clear_sent()), Err(StoreError::Unsent));
    now(store.update_journal(vec![], vec![EntryId::from_u128(1)])).unwrap();
    // Another tab that knows nothing of this one saves something.
    let other = on(Rc::new(blocks.memory.handle()));
    now(other.append(vec![entry(2, vec![create("thing", 3, named("three"))])])).unwrap();
    assert_eq!(now(store.clear_sent()), Err(StoreError::Unsent));
    assert_eq!(store.journal().len(), 1, "and it is known now");
    now(store.update_journal(vec![], vec![EntryId::from_u128(2)])).unwrap();
    if fetch(&other, &[(1, "uno")], &[]) == Err(StoreError::ChangedElsewhere) {
        fetch(&other, &[(1, "uno")], &[]).unwrap();
    }
    assert_eq!(now(store.clear_sent()), Ok(()), "what another tab fetched is no change");
    assert_eq!((store.counts()[1].1, on(Rc::new(blocks.memory.handle())).counts().len()), (0, 2));
    // Who comes too late writes into an empty database.
    let late = now(other.append(vec![entry(3, vec![create("thing", 4, named("four"))])])).unwrap();
    assert_eq!((late[0].sequence, on(Rc::new(blocks.memory.handle())).journal().len()), (3, 1));
}
