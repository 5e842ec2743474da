//! What every part of a run needs: tables, columns, and the names of the rows that references point to.

use super::key::Key;
use crate::StoreError;
use crate::column::{Codes, ColumnData, references::References};
use crate::needs::Needs;
use crate::store::LoadedState as State;
use crate::table::TableData;
use model::{ColumnName, RowId, TableName, Value, ValueRef};
use std::cell::RefCell;

/// One run over the loaded tables.
pub struct Context<'a> {
    state: &'a State,
    needs: RefCell<Needs>,
}

/// How much is going to be asked of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every row's value.
    All,
    /// The values of the rows that are shown.
    Shown,
}

/// A column of a table; the primary key is one too.
#[derive(Clone, Copy)]
pub enum Column<'a> {
    /// The primary key.
    Key(&'a [RowId]),
    /// Any other.
    Data(&'a ColumnData),
}

impl<'a> Context<'a> {
    /// A run over these tables.
    pub fn new(state: &'a State) -> Self {
        Self { state, needs: RefCell::default() }
    }

    /// What has to be read before the answer is right.
    pub fn needs(self) -> Needs {
        self.needs.into_inner()
    }

    /// The rows of a table.
    pub fn table(&self, name: &TableName) -> Result<&'a TableData, StoreError> {
        self.state.data(name.as_str()).ok_or_else(|| StoreError::UnknownTable(name.clone()))
    }

    /// The column of this name, every value of which is looked at.
    pub fn column(&self, table: &'a TableData, name: &ColumnName) -> Result<Column<'a>, StoreError> {
        let place = place(table, name)?;
        table.note_column_use(place, self.state.clock.get());
        if table.is_incomplete(place) {
            self.needs.borrow_mut().columns.insert((table.definition.name.clone(), place));
        }
        Ok(column_at(table, place))
    }

    /// The value of a cell that is shown.
    pub fn cell(&self, table: &'a TableData, place: usize, slot: usize) -> Value {
        if table.key == Some(place) {
            return table.ids.get(slot).map_or(Value::Null, |id| Value::Id(*id));
        }
        table.note_column_use(place, self.state.clock.get());
        let Some(value) = table.cell(place, slot) else {
            self.needs.borrow_mut().cell(&table.definition.name, place, slot);
            return Value::Null;
        };
        let mut value = value.into_value();
        self.name_value(&mut value);
        value
    }

    /// The name of each row referred to, for orders and conditions.
    pub fn reference_name(&self, references: &'a Codes<References>, code: u32) -> Option<&'a str> {
        let (table, id) = references.pool.get(code)?;
        self.local_name(table, id, Extent::All).unwrap_or_else(|| references.pool.name(code))
    }

    /// Gives the references in a value the names to show.
    pub fn name_value(&self, value: &mut Value) {
        let name = |reference: &mut model::Reference| {
            if let Some(name) = self.local_name(&reference.table, reference.id, Extent::Shown)
                && reference.name.as_deref() != name
            {
                reference.name = name.map(str::to_owned);
            }
        };
        match value {
            Value::Reference(reference) => name(reference),
            Value::Parties(parties) => {
                parties.iter_mut().filter_map(|party| party.party.as_mut()).for_each(name);
            }
            _ => {}
        }
    }

    /// The name of a row that is on this device; the row may have none.
    fn local_name(&self, table: &TableName, id: RowId, extent: Extent) -> Option<Option<&'a str>> {
        let Some(data) = self.state.data(table.as_str()) else {
            if self.state.has_rows(table) {
                self.needs.borrow_mut().tables.insert(table.clone());
            }
            return None;
        };
        let (slot, place) = (data.find_visible(id)?, data.name?);
        data.note_column_use(place, self.state.clock.get());
        let Some(name) = data.cell(place, slot) else {
            let mut needs = self.needs.borrow_mut();
            match extent {
                Extent::All => drop(needs.columns.insert((table.clone(), place))),
                Extent::Shown => needs.cell(table, place, slot),
            }
            return None;
        };
        Some(if let ValueRef::Text(name) = name { Some(name) } else { None })
    }
}

/// The place of the column of this name.
pub fn place(table: &TableData, name: &ColumnName) -> Result<usize, StoreError> {
    let unknown = || StoreError::UnknownColumn { table: table.definition.name.clone(), column: name.clone() };
    table.column_index(name.as_str()).ok_or_else(unknown)
}

/// A column by its place.
pub fn column_at(table: &TableData, place: usize) -> Column<'_> {
    match table.columns.get(place) {
        Some(data) if table.key != Some(place) => Column::Data(data),
        _ => Column::Key(&table.ids),
    }
}

/// The column of this name, which a run has asked its context for before.
pub fn known_column<'a>(table: &'a TableData, name: &ColumnName) -> Result<Column<'a>, StoreError> {
    Ok(column_at(table, place(table, name)?))
}

impl Column<'_> {
    /// The value in a slot; a reference with the name that was sent.
    pub fn value(&self, slot: usize) -> Value {
        match self {
            Self::Key(ids) => ids.get(slot).map_or(Value::Null, |id| Value::Id(*id)),
            Self::Data(data) => data.get(slot).into_value(),
        }
    }

    /// True when there is a value in the slot.
    pub fn is_present(&self, slot: usize) -> bool {
        match self {
            Self::Key(ids) => slot < ids.len(),
            Self::Data(data) => !matches!(data.get(slot), model::ValueRef::Null),
        }
    }
    /// What makes the value in a slot equal to others.
    pub fn key(&self, slot: usize) -> Key {
        match self {
            Self::Key(ids) => ids.get(slot).map_or(Key::Null, |id| Key::Id(*id)),
            Self::Data(ColumnData::Reference(references)) => {
                references.pool.get(references.get(slot)).map_or(Key::Null, |(_, id)| Key::Id(id))
            }
            Self::Data(data) => Key::of(&data.get(slot).into_value()),
        }
    }
}
