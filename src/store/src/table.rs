//! One table in memory: typed columns by slot, the id index, and what the journal covers.
//!
//! Columns hold what the user sees. For rows the journal touches, `covered` keeps what the server confirmed, so
//! taking the journal off ([`TableData::uncover`]) and laying it on again are exact opposites. Pages are written
//! only while it is off.
//!
//! Ids come first; columns come page by page when somebody asks for them ([`lazy`]). Of base rows that change, memory
//! changes what is there; whoever writes changes the rest in the database.

mod cover;
mod evict;
pub mod lazy;
mod places;

use crate::changes::Changes;
use crate::column::{ColumnData, bits::Bits, borrow};
use cover::Covered;
use evict::Uses;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use lazy::Lazy;
use model::{Columns, Row, RowId, RowVersion, Table, Value, ValueRef};
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Slots packed into one page: half of what an answer of the server brings, so that a first fetch writes whole pages.
/// Tests want many pages of few rows.
pub const PAGE_SLOTS: usize = if cfg!(test) { 16 } else { 2500 };

/// Stands for no version: the server's are never so small.
const UNVERSIONED: i64 = i64::MIN;

/// The rows of a table.
#[derive(Debug)]
pub struct TableData {
    /// Its definition.
    pub definition: Arc<Table>,
    /// One column for each of the definition's.
    pub columns: Vec<ColumnData>,
    /// Which columns were ever sent; the others are unknown.
    pub known: Vec<bool>,
    /// The primary keys by slot.
    pub ids: Vec<RowId>,
    /// The slots whose rows are there.
    pub visible: Bits,
    /// The primary key's place in the definition; its values stand in `ids` alone.
    pub key: Option<usize>,
    /// The place of the column that names rows to people.
    pub name: Option<usize>,
    /// What the database has otherwise.
    pub dirty: Dirty,
    /// Which rows changed, for derived tables.
    pub changes: Changes,
    /// Keys of pages in an older layout, which the next write replaces.
    pub legacy: Vec<Vec<u8>>,
    /// Tells this loading of the table from others.
    pub loading: u64,
    /// The server's versions by slot, `UNVERSIONED` for none.
    versions: Vec<i64>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    free: Vec<u32>,
    covered: HashMap<u32, Covered>,
    lazy: Lazy,
    uses: Uses,
}

/// Pages with other base rows, and columns of pages with other base values, than the database has.
#[derive(Debug, Default)]
pub struct Dirty {
    /// The pages.
    pub rows: BTreeSet<u32>,
    /// Columns, by their place in the definition, of pages.
    pub columns: BTreeSet<(usize, u32)>,
}

impl TableData {
    /// An empty table.
    pub fn new(definition: Arc<Table>) -> Self {
        let columns = definition.columns.iter().map(|column| ColumnData::for_kind(&column.kind)).collect();
        let definition_length = definition.columns.len();
        let known = vec![false; definition_length];
        let key = definition.columns.iter().position(|column| column.name == definition.primary_id);
        let name = definition.columns.iter().position(|column| column.name == definition.primary_name);
        Self {
            definition,
            key,
            name,
            columns,
            known,
            ids: Vec::new(),
            visible: Bits::default(),
            dirty: Dirty::default(),
            lazy: Lazy::new(definition_length),
            uses: Uses::new(definition_length),
            changes: Changes::default(),
            legacy: Vec::new(),
            loading: 0,
            versions: Vec::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            free: Vec::new(),
            covered: HashMap::new(),
        }
    }

    /// The slot of a row, also when the journal hides it.
    pub fn find(&self, id: RowId) -> Option<usize> {
        let found =
            self.index.find(self.hasher.hash_one(id), |slot| self.ids.get(*slot as usize) == Some(&id));
        found.map(|slot| *slot as usize)
    }

    /// The slot of a row that the user sees.
    pub fn find_visible(&self, id: RowId) -> Option<usize> {
        self.find(id).filter(|slot| self.visible.has(*slot))
    }

    /// The server's version of the row in a slot.
    pub fn version(&self, slot: usize) -> Option<RowVersion> {
        self.versions.get(slot).filter(|version| **version != UNVERSIONED).map(|version| RowVersion(*version))
    }

    /// The slot of a base row, made if need be, in a table that lacks nothing. Base rows may be touched only while the
    /// journal is off.
    pub fn put_base(&mut self, id: RowId, version: Option<RowVersion>) -> Option<usize> {
        let slot = match self.find(id) {
            Some(slot) => slot,
            None => self.allocate(id)?,
        };
        self.put_base_at(slot, id, version);
        Some(slot)
    }

    /// Sets a cell of a base row, which `put_base` gave the slot of. True when it held something else.
    pub fn put_base_cell(&mut self, slot: usize, column: usize, value: ValueRef<'_>) -> bool {
        let Some(data) = self.columns.get_mut(column) else { return false };
        if self.key == Some(column) || data.get(slot) == value {
            return false;
        }
        data.put(slot, value);
        true
    }

    /// Places a base row read from a page into its slot.
    pub fn place(&mut self, slot: usize, id: RowId, version: Option<RowVersion>) {
        self.extend_to(slot + 1);
        if let Some(place) = self.ids.get_mut(slot) {
            *place = id;
        }
        if let Some(place) = self.versions.get_mut(slot) {
            *place = version.map_or(UNVERSIONED, |version| version.0);
        }
        self.visible.put(slot, true);
        self.enter(slot, id);
    }

    /// After the last page was read: the slots no row was placed into are free.
    pub fn collect_free(&mut self) {
        let visible = &self.visible;
        self.free = (0..self.ids.len()).rev().filter(|slot| !visible.has(*slot)).filter_map(narrow).collect();
    }

    /// Takes out the rows of a page that turned out to be damaged.
    pub fn drop_page(&mut self, page: u32) {
        let first = page as usize * PAGE_SLOTS;
        for slot in first..(first + PAGE_SLOTS).min(self.ids.len()) {
            if let Some(id) = self.ids.get(slot).copied().filter(|_| self.visible.has(slot)) {
                self.release(slot, id);
            }
        }
    }

    /// Removes a base row. What is not in memory of it stays in the database.
    pub fn remove_base(&mut self, id: RowId) -> bool {
        let Some(slot) = self.find(id) else { return false };
        self.touch(slot);
        for (column, data) in self.columns.iter().enumerate() {
            if !matches!(data.get(slot), ValueRef::Null) {
                self.dirty.columns.insert((column, page_of(slot)));
            }
        }
        self.release(slot, id);
        self.changes.note(id);
        true
    }

    /// Sets a cell.
    pub fn put(&mut self, slot: usize, column: usize, value: &Value) {
        if self.key == Some(column) {
            return;
        }
        if let Some(data) = self.columns.get_mut(column) {
            data.put(slot, borrow(value));
        }
        if let Some(known) = self.known.get_mut(column) {
            *known = true;
        }
    }

    /// The row in a slot as the user sees it, as far as its cells are there.
    pub fn row(&self, slot: usize) -> Option<Row> {
        let id = *self.ids.get(slot)?;
        let version = self.version(slot);
        Some(Row { table: self.definition.name.clone(), id, version, columns: self.cells(slot, Self::cell) })
    }

    /// The row in a slot as the server last confirmed it.
    pub fn base_row(&self, slot: usize) -> Option<Row> {
        let covered = narrow(slot).and_then(|slot| self.covered.get(&slot));
        let is_there = covered.map_or_else(|| self.visible.has(slot), |covered| covered.is_confirmed);
        let row = self.row(slot).filter(|_| is_there)?;
        Some(Row { columns: self.cells(slot, Self::base_cell), ..row })
    }

    /// The base rows with their versions, whatever the journal makes of them.
    pub fn base_versions(&self) -> Vec<(RowId, Option<RowVersion>)> {
        let ids = self.base_slots().filter_map(|slot| Some((slot, *self.ids.get(slot)?)));
        ids.map(|(slot, id)| (id, self.version(slot))).collect()
    }

    /// The place of a column in the definition.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.definition.columns.iter().position(|column| column.name == *name)
    }

    fn cells(
        &self,
        slot: usize,
        cell: impl for<'a> Fn(&'a Self, usize, usize) -> Option<ValueRef<'a>>,
    ) -> Columns {
        let known = self.definition.columns.iter().enumerate().zip(&self.known).filter(|(_, known)| **known);
        let value = |place| cell(self, place, slot).map_or(Value::Null, ValueRef::into_value);
        known.map(|((place, column), _)| (column.name.clone(), value(place))).collect()
    }

    /// A slot for a row: a free one or a new one.
    fn allocate(&mut self, id: RowId) -> Option<usize> {
        let slot = match self.free.pop() {
            Some(slot) => slot as usize,
            None => self.ids.len(),
        };
        narrow(slot)?;
        self.settle(slot, id);
        Some(slot)
    }

    fn extend_to(&mut self, length: usize) {
        if length > self.ids.len() {
            self.ids.resize(length, RowId::from_u128(0));
            self.versions.resize(length, UNVERSIONED);
            self.visible.grow(length);
        }
    }

    fn enter(&mut self, slot: usize, id: RowId) {
        let Some(slot) = narrow(slot) else { return };
        let (ids, hasher) = (&self.ids, &self.hasher);
        let hash_of = |slot: &u32| ids.get(*slot as usize).map_or(0, |id| hasher.hash_one(id));
        self.index.insert_unique(hasher.hash_one(id), slot, hash_of);
    }

    fn release(&mut self, slot: usize, id: RowId) {
        let Some(narrow) = narrow(slot) else { return };
        if let Ok(entry) = self.index.find_entry(self.hasher.hash_one(id), |other| *other == narrow) {
            entry.remove();
        }
        self.visible.put(slot, false);
        if let Some(place) = self.versions.get_mut(slot) {
            *place = UNVERSIONED;
        }
        self.columns.iter_mut().for_each(|column| column.put(slot, model::ValueRef::Null));
        self.free.push(narrow);
    }

    fn touch(&mut self, slot: usize) {
        self.dirty.rows.insert(page_of(slot));
    }
}

/// The page of a slot.
pub fn page_of(slot: usize) -> u32 {
    u32::try_from(slot / PAGE_SLOTS).unwrap_or(u32::MAX)
}

fn narrow(slot: usize) -> Option<u32> {
    u32::try_from(slot).ok()
}
