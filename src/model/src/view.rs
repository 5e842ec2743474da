//! A view as LayoutXML and FetchXML describe it.

use crate::{Label, TableName, ViewId};
use serde::{Deserialize, Serialize};

/// A view of a table: what is asked and which columns are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The view's id.
    pub id: ViewId,
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// Public, quick find, lookup, associated.
    pub kind: ViewKind,
    /// True for the view opened when none is named.
    pub is_default: bool,
    /// The query, as FetchXML.
    pub fetch_xml: String,
    /// The cell whose values the jump bar and typing look in.
    #[serde(default)]
    pub jump: Option<String>,
    /// The columns in order.
    pub cells: Vec<LayoutCell>,
}

/// What a view is for (`savedquery.querytype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ViewKind {
    /// 0
    Public,
    /// 1
    AdvancedFind,
    /// 2
    Associated,
    /// 4
    QuickFind,
    /// 64
    Lookup,
    /// Any other number.
    Other(i32),
}

/// A column of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutCell {
    /// The column's name in the answer: `name`, or `alias.name` of a linked row.
    pub name: String,
    /// Width in CSS pixels.
    pub width_pixels: u16,
    /// True when the column is fetched but not drawn.
    pub hidden: bool,
    /// False when a tap on the header does not sort.
    pub sortable: bool,
}
