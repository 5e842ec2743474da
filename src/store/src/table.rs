//! One table in memory: typed columns by slot, the id index, and what the journal covers.
//!
//! Columns hold what the user sees. For rows the journal touches, `covered` keeps what the server confirmed, so
//! taking the journal off ([`TableData::uncover`]) and laying it on again are exact opposites. Pages are written
//! only while it is off.

use crate::changes::Changes;
use crate::column::{ColumnData, bits::Bits, borrow};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use model::{Change, Columns, Row, RowId, RowVersion, Table, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::sync::Arc;

/// Slots packed into one page.
pub const PAGE_SLOTS: usize = 512;

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
    /// Pages with other base rows than the database has.
    pub dirty: BTreeSet<u32>,
    /// Which rows changed, for derived tables.
    pub changes: Changes,
    /// Tells this loading of the table from others.
    pub loading: u64,
    versions: Vec<Option<RowVersion>>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    free: Vec<u32>,
    covered: HashMap<u32, Covered>,
}

/// What the server confirmed of a row that the journal touches.
#[derive(Debug, Default)]
struct Covered {
    is_confirmed: bool,
    cells: BTreeMap<usize, Value>,
}

impl TableData {
    /// An empty table.
    pub fn new(definition: Arc<Table>) -> Self {
        let columns = definition.columns.iter().map(|column| ColumnData::for_kind(&column.kind)).collect();
        let known = vec![false; definition.columns.len()];
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
            dirty: BTreeSet::new(),
            changes: Changes::default(),
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
        self.versions.get(slot).copied().flatten()
    }

    /// The slot of a base row, made if need be. Base rows may be touched only while the journal is off.
    pub fn put_base(&mut self, id: RowId, version: Option<RowVersion>) -> Option<usize> {
        let slot = match self.find(id) {
            Some(slot) => slot,
            None => self.allocate(id)?,
        };
        if let Some(place) = self.versions.get_mut(slot) {
            *place = version.or(*place);
        }
        self.visible.put(slot, true);
        self.touch(slot);
        self.changes.note(id);
        Some(slot)
    }

    /// Places a base row read from a page into its slot.
    pub fn place(&mut self, slot: usize, id: RowId, version: Option<RowVersion>) {
        self.extend_to(slot + 1);
        if let Some(place) = self.ids.get_mut(slot) {
            *place = id;
        }
        if let Some(place) = self.versions.get_mut(slot) {
            *place = version;
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

    /// Removes a base row.
    pub fn remove_base(&mut self, id: RowId) -> bool {
        let Some(slot) = self.find(id) else { return false };
        self.touch(slot);
        self.release(slot, id);
        self.changes.note(id);
        true
    }

    /// Lays one change over the rows. Changes of rows that are not on the device show nothing.
    pub fn cover(&mut self, change: &Change) {
        self.changes.note(change.id());
        match change {
            Change::Create { id, columns, .. } => {
                let slot = match self.find(*id) {
                    Some(slot) => slot,
                    None => {
                        let Some(slot) = self.allocate(*id) else { return };
                        self.cover_slot(slot, false);
                        slot
                    }
                };
                self.cover_slot(slot, true);
                self.visible.put(slot, true);
                self.cover_cells(slot, columns);
            }
            Change::Update { id, columns, .. } => {
                if let Some(slot) = self.find_visible(*id) {
                    self.cover_slot(slot, true);
                    self.cover_cells(slot, columns);
                }
            }
            Change::Delete { id, .. } => {
                if let Some(slot) = self.find_visible(*id) {
                    self.cover_slot(slot, true);
                    self.visible.put(slot, false);
                }
            }
        }
    }

    /// Takes the journal off: columns hold base rows afterwards.
    pub fn uncover(&mut self) {
        let covered: Vec<_> = self.covered.drain().collect();
        for (slot, base) in covered {
            let slot = slot as usize;
            if let Some(id) = self.ids.get(slot) {
                self.changes.note(*id);
            }
            if base.is_confirmed {
                self.visible.put(slot, true);
                for (column, value) in base.cells {
                    self.put(slot, column, &value);
                }
            } else if let Some(id) = self.ids.get(slot).copied() {
                self.release(slot, id);
            }
        }
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

    /// The row in a slot as the user sees it.
    pub fn row(&self, slot: usize) -> Option<Row> {
        let id = *self.ids.get(slot)?;
        let version = self.version(slot);
        Some(Row { table: self.definition.name.clone(), id, version, columns: self.cells(slot) })
    }

    /// The row in a slot as the server last confirmed it.
    pub fn base_row(&self, slot: usize) -> Option<Row> {
        let covered = narrow(slot).and_then(|slot| self.covered.get(&slot));
        let is_there = covered.map_or_else(|| self.visible.has(slot), |covered| covered.is_confirmed);
        let mut row = self.row(slot).filter(|_| is_there)?;
        for (column, value) in covered.iter().flat_map(|covered| &covered.cells) {
            if let Some(column) = self.definition.columns.get(*column) {
                row.columns.set(column.name.clone(), value.clone());
            }
        }
        Some(row)
    }

    /// The column that names rows to people.
    pub fn name_column(&self) -> Option<&ColumnData> {
        self.columns.get(self.name?)
    }

    /// The place of a column in the definition.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.definition.columns.iter().position(|column| column.name == *name)
    }

    fn cells(&self, slot: usize) -> Columns {
        let described = self.definition.columns.iter().zip(&self.columns).zip(&self.known);
        described
            .filter(|(_, known)| **known)
            .map(|((column, data), _)| (column.name.clone(), data.get(slot).into_value()))
            .collect()
    }

    fn cover_slot(&mut self, slot: usize, is_confirmed: bool) {
        if let Some(slot) = narrow(slot) {
            self.covered.entry(slot).or_insert_with(|| Covered { is_confirmed, ..Covered::default() });
        }
    }

    fn cover_cells(&mut self, slot: usize, columns: &Columns) {
        for (name, value) in columns.iter() {
            let Some(column) = self.column_index(name.as_str()) else { continue };
            if let (Some(data), Some(slot)) = (self.columns.get(column), narrow(slot))
                && let Some(covered) = self.covered.get_mut(&slot)
                && covered.is_confirmed
            {
                let before = || data.get(slot as usize).into_value();
                covered.cells.entry(column).or_insert_with(before);
            }
            self.put(slot, column, value);
        }
    }

    fn allocate(&mut self, id: RowId) -> Option<usize> {
        let slot = match self.free.pop() {
            Some(slot) => slot as usize,
            None => self.ids.len(),
        };
        narrow(slot)?;
        self.extend_to(slot + 1);
        if let Some(place) = self.ids.get_mut(slot) {
            *place = id;
        }
        self.enter(slot, id);
        Some(slot)
    }

    fn extend_to(&mut self, length: usize) {
        if length > self.ids.len() {
            self.ids.resize(length, RowId::from_u128(0));
            self.versions.resize(length, None);
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
            *place = None;
        }
        self.columns.iter_mut().for_each(|column| column.put(slot, model::ValueRef::Null));
        self.free.push(narrow);
    }

    fn touch(&mut self, slot: usize) {
        self.dirty.extend(u32::try_from(slot / PAGE_SLOTS));
    }
}

fn narrow(slot: usize) -> Option<u32> {
    u32::try_from(slot).ok()
}
