//! A row: some of the columns of one record.

use crate::{ColumnName, RowId, RowVersion, TableName, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Values by column. A column that is absent is unknown; a column without a value is present as `Value::Null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(pub BTreeMap<ColumnName, Value>);

impl Columns {
    /// No columns.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The value of a column; null when absent.
    #[must_use]
    pub fn get(&self, column: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.0.get(column).unwrap_or(NULL)
    }

    /// True when the column is present, even with no value.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.0.contains_key(column)
    }

    /// Sets a column.
    pub fn set(&mut self, column: impl Into<ColumnName>, value: Value) {
        self.0.insert(column.into(), value);
    }

    /// Sets a column and hands the columns back, for building rows in one expression.
    #[must_use]
    pub fn with(mut self, column: impl Into<ColumnName>, value: Value) -> Self {
        self.set(column, value);
        self
    }

    /// Overwrites with every column of `other`.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(column, value)| (column.clone(), value.clone())));
    }

    /// Columns and values in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ColumnName, &Value)> {
        self.0.iter()
    }

    /// True without any column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many columns are present.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<(ColumnName, Value)> for Columns {
    fn from_iter<T: IntoIterator<Item = (ColumnName, Value)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// A row as one side knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The table.
    pub table: TableName,
    /// The primary key.
    pub id: RowId,
    /// The server's version; none for a row the server has not confirmed.
    #[serde(default)]
    pub version: Option<RowVersion>,
    /// The known columns, without the primary key.
    pub columns: Columns,
}
