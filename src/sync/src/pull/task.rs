//! What to fetch next of a table, and how it is asked for.

use model::{RowId, Table};
use odata::http::{HttpRequest, Method};
use odata::{Annotations, FormattedValues, Prefer, select_list, set_path};
use std::sync::Arc;
use store::Cursor;

/// Rows in one page; the most Dataverse gives.
const PAGE_ROWS: u32 = 5000;

/// Why a table is fetched along this link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For the first time, from the start or from where it was interrupted. Each page moves the cursor.
    First,
    /// From the start over rows that are there. The cursor stays until every page has come, so that an interrupted fetch
    /// begins again; rows that did not come leave.
    Again,
    /// What changed.
    Changes,
}

/// A page to fetch.
#[derive(Clone, Debug)]
pub struct Task {
    /// The table.
    pub table: Arc<Table>,
    /// Why.
    pub kind: Kind,
    /// Where the page is.
    pub link: String,
    /// The rows seen so far, of a fetch from the start.
    pub seen: Vec<RowId>,
}

impl Task {
    /// How a table goes on from where it stands. What was fetched with other columns is fetched again.
    pub fn first(
        table: &Arc<Table>,
        cursor: Option<Cursor>,
        has_rows: bool,
        is_same_selection: bool,
    ) -> Self {
        match cursor {
            Some(_) if !is_same_selection => Self::from_start(table, Kind::Again),
            // The definition changed: the link leads to columns that are gone, or lacks new ones.
            Some(cursor) if cursor.link.is_empty() => Self::from_start(table, Kind::Again),
            Some(cursor) if cursor.complete => {
                Self { link: cursor.link, ..Self::from_start(table, Kind::Changes) }
            }
            Some(cursor) => Self { link: cursor.link, ..Self::from_start(table, Kind::First) },
            None if has_rows => Self::from_start(table, Kind::Again),
            None => Self::from_start(table, Kind::First),
        }
    }

    /// Everything, from the first page.
    pub fn from_start(table: &Arc<Table>, kind: Kind) -> Self {
        Self { table: Arc::clone(table), kind, link: start_link(table), seen: Vec::new() }
    }

    /// The request for the page.
    ///
    /// Texts of options are in the definitions, and numbers and dates are formatted where they are shown. Of a whole table what has no value need not travel. Of a delta it must: there a property that is absent has not changed.
    pub fn request(&self) -> HttpRequest {
        let prefer = Prefer {
            track_changes: true,
            max_page_size: Some(PAGE_ROWS),
            annotations: Annotations::of_references(),
            formatted_values: FormattedValues::References,
            omit_nulls: self.kind != Kind::Changes,
            ..Prefer::default()
        };
        HttpRequest {
            method: Method::Get,
            target: self.link.clone(),
            headers: vec![
                ("accept".to_owned(), "application/json".to_owned()),
                ("prefer".to_owned(), prefer.to_string()),
            ],
            body: Vec::new(),
        }
    }
}

/// The first page of a table with every column.
pub fn start_link(table: &Table) -> String {
    format!("{}?$select={}", set_path(table), select_list(table))
}
