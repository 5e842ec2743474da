//! Rows from their pages into memory, the first time they are asked for.

use super::records::{self, HEAD_KEY, Head, TableRecord};
use super::{State, Store, state};
use crate::StoreError;
use crate::blocks::{Durability, KeyRange, ObjectStore};
use crate::page::{self, PageKey};
use crate::table::TableData;
use model::{Table, TableName};
use std::cell::Ref;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Pages read at once: some 5 MB before unpacking.
const PAGES_AT_ONCE: usize = 64;

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
            if !derived.is_empty() {
                let mut state = self.state.borrow_mut();
                derived.iter().for_each(|table| state.derive(table));
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
                damaged = self.read_pages(record.number, &mut data).await?;
            }
            if self.was_overtaken().await? {
                self.refresh().await?;
                continue;
            }
            data.collect_free();
            if !damaged.is_empty() {
                self.take_out(table, &data, damaged).await?;
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

    /// Reads every page of a table; gives the keys of damaged ones.
    async fn read_pages(&self, number: u16, data: &mut TableData) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut damaged = Vec::new();
        let mut range = KeyRange::prefix(&number.to_be_bytes());
        loop {
            let found = self.blocks.scan(ObjectStore::Pages, &range, PAGES_AT_ONCE).await?;
            for (key, value) in found.entries {
                let parsed = PageKey::parse(&key);
                if parsed.and_then(|key| page::decode(&value, key, data)).is_err() {
                    if let Ok(key) = parsed {
                        data.drop_page(key.page);
                    }
                    damaged.push(key);
                }
            }
            match found.next {
                Some(next) => range.from = next,
                None => return Ok(damaged),
            }
        }
    }

    async fn was_overtaken(&self) -> Result<bool, StoreError> {
        let found = self.blocks.get(ObjectStore::Meta, HEAD_KEY).await?;
        Ok(found != self.state.borrow().head.map(Head::bytes))
    }

    /// Deletes damaged pages and the table's cursor, so that the table is fetched again over the rows that are left.
    async fn take_out(
        &self,
        table: &TableName,
        data: &TableData,
        damaged: Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let number =
            self.state.borrow().tables.get(table).and_then(|known| known.record.as_ref()?.number.into());
        let Some(number) = number else { return Ok(()) };
        let record = TableRecord { number, rows: data.visible.count() as u64, cursor: None };
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
