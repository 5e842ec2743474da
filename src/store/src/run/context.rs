//! What every part of a run needs: tables, columns, and the names of the rows that references point to.

use super::key::Key;
use crate::StoreError;
use crate::column::{Codes, ColumnData, references::References};
use crate::store::LoadedState as State;
use crate::table::TableData;
use model::{ColumnName, RowId, TableName, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// One run over the loaded tables.
pub struct Context<'a> {
    state: &'a State,
    needs: RefCell<BTreeSet<TableName>>,
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

    /// The tables that have to be loaded before names are right.
    pub fn needs(self) -> BTreeSet<TableName> {
        self.needs.into_inner()
    }

    /// The rows of a table.
    pub fn table(&self, name: &TableName) -> Result<&'a TableData, StoreError> {
        self.state.data(name.as_str()).ok_or_else(|| StoreError::UnknownTable(name.clone()))
    }

    /// The name to show for a reference of a column.
    pub fn reference_name(&self, references: &'a Codes<References>, code: u32) -> Option<&'a str> {
        let (table, id) = references.pool.get(code)?;
        self.local_name(table, id).unwrap_or_else(|| references.pool.name(code))
    }

    /// Gives the references in a value the names to show.
    pub fn name_value(&self, value: &mut Value) {
        let name = |reference: &mut model::Reference| {
            if let Some(name) = self.local_name(&reference.table, reference.id)
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
    fn local_name(&self, table: &TableName, id: RowId) -> Option<Option<&'a str>> {
        let Some(data) = self.state.data(table.as_str()) else {
            if self.state.has_rows(table) {
                self.needs.borrow_mut().insert(table.clone());
            }
            return None;
        };
        let slot = data.find_visible(id)?;
        Some(match data.name_column()? {
            ColumnData::Text(texts) => match texts.get(slot) {
                0 => None,
                code => Some(texts.pool.get(code)),
            },
            ColumnData::Plain(values) => values.get(slot)?.as_text(),
            _ => None,
        })
    }
}

/// The column of this name.
pub fn column<'a>(table: &'a TableData, name: &ColumnName) -> Result<Column<'a>, StoreError> {
    let unknown = || StoreError::UnknownColumn { table: table.definition.name.clone(), column: name.clone() };
    let index = table.column_index(name.as_str()).ok_or_else(unknown)?;
    if table.key == Some(index) {
        return Ok(Column::Key(&table.ids));
    }
    table.columns.get(index).map(Column::Data).ok_or_else(unknown)
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

    /// What makes the value in a slot the same as others: like `key`, but letters differ by case and accents.
    pub fn exact_key(&self, slot: usize) -> Key {
        match self {
            Self::Data(ColumnData::Text(texts)) if texts.get(slot) != 0 => {
                Key::Text(texts.pool.get(texts.get(slot)).to_owned())
            }
            _ => self.key(slot),
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
