//! Tables into memory, the first time they are asked for: ids and versions, without columns.

use super::records::{self, HEAD_KEY, Head, StoredColumn, TableRecord};
use super::{State, Store, state};
use crate::StoreError;
use crate::blocks::{Durability, KeyRange, ObjectStore};
use crate::page::{self, Chunk, PageKey};
use crate::table::TableData;
use model::{Table, TableName};
use std::cell::Ref;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Parts of pages read at once.
const PARTS_AT_ONCE: usize = 256;

impl Store {
    /// The state with these tables loaded, all at one moment.
    pub(super) async fn loaded(&self, tables: &BTreeSet<TableName>) -> Result<Ref<'_, State>, StoreError> {
        loop {
            let (kept, derived) = self.kept(tables)?;
            for table in &kept {
                if !self.is_loaded(table)? {
                    let _turn = self.turn.lock().await;
                    self.load(table).await?;
                }
            }
            if !kept.iter().all(|table| self.state.borrow().data(table.as_str()).is_some()) {
                continue;
            }
            let behind: Vec<TableName> = derived
                .iter()
                .filter(|table| self.state.borrow().data(table.as_str()).is_none())
                .cloned()
                .collect();
            if !behind.is_empty() {
                let needs = self.state.borrow().needs_of_derived(&behind);
                if !needs.is_empty() {
                    self.fetch(&needs).await?;
                    continue;
                }
                let mut state = self.state.borrow_mut();
                behind.iter().for_each(|table| state.derive(table));
            }
            return Ok(self.state.borrow());
        }
    }

    /// The tables to read from the database for these, and those among these to be derived from them.
    fn kept(
        &self,
        tables: &BTreeSet<TableName>,
    ) -> Result<(BTreeSet<TableName>, Vec<TableName>), StoreError> {
        let (mut kept, mut derived) = (BTreeSet::new(), Vec::new());
        for table in tables {
            self.definition(table)?;
            let state = self.state.borrow();
            if state.derived(table).is_some() {
                derived.push(table.clone());
                kept.extend(state.activity_tables());
            } else {
                kept.insert(table.clone());
            }
        }
        Ok((kept, derived))
    }

    /// Loads one table; the caller has the turn.
    pub(super) async fn load(&self, table: &TableName) -> Result<(), StoreError> {
        while !self.is_loaded(table)? {
            let definition = self.definition(table)?;
            let record = self.state.borrow().tables.get(table).and_then(|known| known.record.clone());
            let mut data = TableData::new(Arc::clone(&definition));
            let mut damaged = Vec::new();
            if let Some(record) = &record {
                damaged = self.read_rows(record, &mut data).await?;
            }
            if self.was_overtaken().await? {
                self.refresh().await?;
                continue;
            }
            data.collect_free();
            if !damaged.is_empty() {
                self.take_out(table, damaged, Some(data.visible.count() as u64)).await?;
                return Err(StoreError::DamagedPage { table: table.clone() });
            }
            self.enter(table, &definition, data);
        }
        Ok(())
    }

    fn is_loaded(&self, table: &TableName) -> Result<bool, StoreError> {
        self.definition(table)?;
        Ok(self.state.borrow().data(table.as_str()).is_some())
    }

    /// Puts a loaded table in its place, unless its definition changed while it was read.
    fn enter(&self, table: &TableName, definition: &Arc<Table>, mut data: TableData) {
        let mut state = self.state.borrow_mut();
        state::cover_all(&mut data, state.journal());
        if let Some(known) = state.tables.get(table)
            && known.definition.as_ref().is_some_and(|present| Arc::ptr_eq(present, definition))
        {
            state.enter(table, data);
        }
    }

    /// Reads which rows there are; gives the keys of damaged pages. Pages of the first layout come with all their
    /// columns.
    async fn read_rows(
        &self,
        record: &TableRecord,
        data: &mut TableData,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut damaged = Vec::new();
        let mut range = KeyRange::prefix(&PageKey::prefix(record.number, page::ROWS));
        loop {
            let found = self.blocks.scan(ObjectStore::Pages, &range, PARTS_AT_ONCE).await?;
            self.count_read(found.entries.iter().map(|(_, value)| value));
            for (key, value) in found.entries {
                let Ok(place) = PageKey::parse(&key) else {
                    match page::decode_legacy(&key, &value, data) {
                        Ok(()) => data.legacy.push(key),
                        Err(_) => damaged.push(key),
                    }
                    continue;
                };
                let plain = page::open(place, &value);
                if plain.and_then(|plain| page::decode_rows(&plain, place.page, data)).is_err() {
                    data.drop_page(place.page);
                    let chunks = |column: &StoredColumn| {
                        let part = column.number;
                        let chunks = Chunk::of_page(place.page, column.chunks);
                        chunks.map(move |chunk| PageKey { part, page: chunk.number, ..place })
                    };
                    let parts = record.columns.iter().flat_map(chunks).chain([place]);
                    damaged.extend(parts.map(PageKey::bytes));
                }
            }
            match found.next {
                Some(next) => range.from = next,
                None => break,
            }
        }
        if data.legacy.is_empty() {
            let definition = Arc::clone(&data.definition);
            for (place, _) in
                definition.columns.iter().enumerate().filter(|(_, column)| record.column(column).is_some())
            {
                data.expect(place);
            }
        } else {
            data.write_all();
        }
        Ok(damaged)
    }

    pub(super) async fn was_overtaken(&self) -> Result<bool, StoreError> {
        let found = self.blocks.get(ObjectStore::Meta, HEAD_KEY).await?;
        Ok(found != self.state.borrow().head.map(Head::bytes))
    }

    /// Deletes damaged parts of pages and the table's cursor, so that the table is fetched again over the rows that
    /// are left.
    pub(super) async fn take_out(
        &self,
        table: &TableName,
        damaged: Vec<Vec<u8>>,
        rows: Option<u64>,
    ) -> Result<(), StoreError> {
        let record = self.state.borrow().tables.get(table).and_then(|known| known.record.clone());
        let Some(record) = record else { return Ok(()) };
        let record = TableRecord { rows: rows.unwrap_or(record.rows), cursor: None, ..record };
        let (mut batch, head) = self.fenced(Durability::Strict, None);
        for key in damaged {
            batch.delete(ObjectStore::Pages, key);
        }
        batch.put(ObjectStore::Meta, records::table_key(table), records::to_json(&record)?);
        self.apply(batch, head).await?;
        if let Some(known) = self.state.borrow_mut().tables.get_mut(table) {
            known.record = Some(record);
        }
        Ok(())
    }
}
