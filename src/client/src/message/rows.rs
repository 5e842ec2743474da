//! What is said about the rows of views.

use crate::related::RelatedLink;
use model::{RowId, TableName, Value, ViewId};
use serde::{Deserialize, Serialize};

/// A view's rows: which view, and what the user adds to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowsRequest {
    /// The table.
    pub table: TableName,
    /// The view.
    pub view: ViewId,
    /// Text of the quick find box; empty for none.
    pub search: String,
    /// What the user filters by beside the view's own filter; all of them hold.
    #[serde(default)]
    pub filters: Vec<CellFilter>,
    /// The user's order instead of the view's: (cell name, descending).
    pub orders: Vec<(String, bool)>,
    /// Only rows that belong to this row (subgrids, related).
    pub related_to: Option<(RelatedLink, RowId)>,
    /// Columns of the table wanted beside the view's own (the facts of a card).
    #[serde(default)]
    pub columns: Vec<model::ColumnName>,
    /// The first row wanted.
    pub offset: u64,
    /// Most rows wanted.
    pub limit: u32,
}

/// A condition on a cell of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFilter {
    /// The cell's name; of a linked row's column with the alias of its link before a point.
    pub cell: String,
    /// An operator of FetchXML.
    pub operator: String,
    /// Its values as FetchXML writes them.
    pub values: Vec<String>,
}

/// Rows of a view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// The names of the values, the view's cells first.
    pub names: Vec<String>,
    /// The rows.
    pub rows: Vec<RowCells>,
    /// All rows of the view.
    pub total: u64,
    /// The order they came in, by the names of cells: (cell name, descending).
    #[serde(default)]
    pub orders: Vec<(String, bool)>,
    /// Whether all rows of the table are on the device.
    #[serde(default)]
    pub coverage: Coverage,
}

/// Whether all rows of a table are on the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coverage {
    /// All that the user carries.
    #[default]
    Whole,
    /// Some are on their way.
    Arriving,
    /// The user has left the table on the server.
    LeftOut,
    /// The offline profile does not name the table: it stays on the server.
    NotCarried,
}

/// One row of a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowCells {
    /// The row.
    pub id: RowId,
    /// Its values, as many as names. References carry the name to show.
    pub values: Vec<Value>,
    /// Journal entries that touch it.
    pub pending: u32,
}
