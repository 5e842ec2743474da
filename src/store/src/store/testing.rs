//! What the store's own tests share: a store with tables, and pages brought into it.

use crate::parts::PageCommit;
use crate::store::Store;
use crate::testing::{now, table};
use crate::writer::PageWriter;
use crate::{Cursor, MemoryBlocks, StoreError, Touched};
use model::{Columns, EntryId, RowId, RowSink, RowVersion, Table};
use std::rc::Rc;

/// A store on these blocks that knows `thing` and `person`.
pub fn open(blocks: &MemoryBlocks) -> Store {
    let store = now(Store::open(Rc::new(blocks.handle()))).unwrap();
    store.set_tables(vec![table("thing"), table("person")]);
    store
}

/// A page of these rows of a table, all of version 1.
pub fn page(store: &Store, table: &Table, rows: &[(u128, Columns)]) -> PageWriter {
    let mut writer = store.begin_page(&table.name).unwrap();
    for (id, columns) in rows {
        for (name, value) in columns.iter() {
            let index = table.columns.iter().position(|column| column.name == *name).unwrap();
            writer.value(index, crate::column::borrow(value));
        }
        writer.finish(RowId::from_u128(*id), Some(RowVersion(1)));
    }
    writer
}

/// Rows of `thing` come, others go, entries are confirmed.
pub fn try_commit(
    store: &Store,
    rows: &[(u128, Columns)],
    removed: &[u128],
    confirmed: &[u128],
) -> Result<Touched, StoreError> {
    now(store.commit_page(PageCommit {
        writer: Some(page(store, &table("thing"), rows)),
        table: "thing".into(),
        removed: removed.iter().copied().map(RowId::from_u128).collect(),
        cursor: Cursor { link: "next".to_owned(), complete: true, synced_at: None },
        confirmed: confirmed.iter().copied().map(EntryId::from_u128).collect(),
    }))
}

/// Rows of `thing` come.
pub fn commit(store: &Store, rows: &[(u128, Columns)]) {
    try_commit(store, rows, &[], &[]).unwrap();
}
