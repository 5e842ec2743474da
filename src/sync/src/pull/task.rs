//! What to fetch next of a table, and how it is asked for.

use crate::engine::SyncTables;
use model::{ColumnKind, RowId, RowVersion, Table};
use odata::http::{HttpRequest, Method};
use odata::{Annotations, FormattedValues, PROFILE_OPTION, Prefer, property_name, set_path};
use std::collections::BTreeMap;
use std::rc::Rc;
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

/// What is known of a table's rows before it is fetched again.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The rows on the device with their versions.
    pub versions: Rc<BTreeMap<RowId, Option<RowVersion>>>,
    /// What was never fetched of them, by the names of properties.
    pub lacking: Rc<[String]>,
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
    /// Where the first page is.
    pub start: Rc<str>,
    /// What is selected.
    pub select: Rc<str>,
    /// The rows seen so far, of a fetch from the start.
    pub seen: Vec<RowId>,
    /// What need not travel again, of a fetch over rows that are good but for what changed.
    pub known: Option<Known>,
}

/// How a table goes on from where it stands.
#[derive(Debug)]
pub struct Standing<'a> {
    /// Where it stands.
    pub cursor: Option<Cursor>,
    /// True when some of its rows are on the device.
    pub has_rows: bool,
    /// What was selected when it was fetched.
    pub selected: Option<&'a str>,
}

impl Task {
    /// How a table goes on from where it stands. What was fetched with other columns is compared with the server's rows.
    pub fn first(table: &Arc<Table>, definitions: &SyncTables, standing: Standing<'_>) -> Self {
        let task = |kind| Self::from_start(table, definitions, kind);
        let Standing { cursor, has_rows, selected } = standing;
        let start = task(Kind::First);
        match cursor {
            // The definition changed: the link leads to columns that are gone, or lacks new ones.
            Some(cursor) if cursor.link.is_empty() => task(Kind::Again),
            Some(cursor) if selected != Some(&*start.select) => match selected.filter(|_| cursor.complete) {
                Some(selected) => task(Kind::Again).lacking(selected),
                None => task(Kind::Again),
            },
            Some(cursor) if cursor.complete => Self { link: cursor.link, kind: Kind::Changes, ..start },
            Some(cursor) => Self { link: cursor.link, ..start },
            None if has_rows => task(Kind::Again),
            None => start,
        }
    }

    /// Everything, from the first page.
    pub fn from_start(table: &Arc<Table>, definitions: &SyncTables, kind: Kind) -> Self {
        let select = select_list(table, definitions);
        let cut = if definitions.carried.by_profile { format!("&{PROFILE_OPTION}") } else { String::new() };
        let start: Rc<str> = format!("{}?$select={select}{cut}", set_path(table)).into();
        let link = start.to_string();
        Self {
            table: Arc::clone(table),
            kind,
            link,
            start,
            select: select.into(),
            seen: Vec::new(),
            known: None,
        }
    }

    /// The same from its first page, over rows that are good but for what changed meanwhile.
    pub fn again(&self) -> Self {
        let link = self.start.to_string();
        Self { kind: Kind::Again, link, seen: Vec::new(), known: Some(Known::default()), ..self.clone() }
    }

    /// Of the rows that have not changed only what was not selected before.
    fn lacking(self, selected: &str) -> Self {
        let known: Vec<&str> = selected.split(',').collect();
        let lacking = self.select.split(',').filter(|name| !known.contains(name)).map(str::to_owned);
        let known = Known { lacking: lacking.collect(), ..Known::default() };
        Self { known: Some(known), ..self }
    }

    /// True when the server may send less than whole rows.
    pub const fn compares(&self) -> bool {
        self.known.is_some()
    }

    /// The request for the page.
    pub fn request(&self) -> HttpRequest {
        let prefer = Prefer {
            track_changes: true,
            packed_rows: self.kind != Kind::Changes,
            max_page_size: Some(PAGE_ROWS),
            only_columns: self.known.as_ref().map(|known| known.lacking.to_vec()),
            ..preferences(self.kind != Kind::Changes)
        };
        request(self.link.clone(), &prefer)
    }

    /// The request for these rows, whole.
    pub fn rows_request(&self, ids: &[RowId]) -> HttpRequest {
        let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
        let condition = format!(
            "Microsoft.Dynamics.CRM.In(PropertyName='{}',PropertyValues=[{}])",
            self.table.primary_id,
            ids.join(",")
        );
        let condition = odata::encode_query_value(&condition);
        let target = format!("{}?$select={}&$filter={condition}", set_path(&self.table), self.select);
        request(target, &preferences(true))
    }
}

/// Texts of options are in the definitions, and numbers and dates are formatted where they are shown. Of a whole row what
/// has no value need not travel. Of a delta it must: there a property that is absent has not changed.
fn preferences(are_whole: bool) -> Prefer {
    Prefer {
        annotations: Annotations::of_references(),
        formatted_values: FormattedValues::References,
        omit_nulls: are_whole,
        ..Prefer::default()
    }
}

fn request(target: String, prefer: &Prefer) -> HttpRequest {
    let headers =
        vec![("accept".to_owned(), "application/json".to_owned()), ("prefer".to_owned(), prefer.to_string())];
    HttpRequest { method: Method::Get, target, headers, body: Vec::new() }
}

/// What is selected of a table: what the profile carries of it, or every column.
fn select_list(table: &Table, definitions: &SyncTables) -> String {
    let Some(carried) = definitions.carried.columns.get(&table.name) else {
        return odata::select_list(table);
    };
    let mut names: Vec<String> = Vec::new();
    for column in table.columns.iter().filter(|column| carried.contains(&column.name)) {
        let name = property_name(table, column);
        if !matches!(column.kind, ColumnKind::PartyList { .. }) || !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(",")
}
