//! Rows as a server answers them: straight into a byte buffer.

mod format;
pub mod packed;
mod reader;
#[cfg(test)]
mod tests;

use crate::headers::{Annotations, FormattedValues, format_etag};
use crate::json::{write_key, write_quoted, write_string};
use crate::read::{Removed, RemovedReason};
use model::{ColumnName, Language, Party, Row, RowId, RowVersion, Table, Value};
use query::{Answer, AnswerRow};
use std::io::Write as _;
use std::sync::Arc;

pub use format::RowFormat;
pub use packed::write_packed_rows;
pub use reader::Reader;

/// What is written of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOptions {
    /// These columns; `None` for every one.
    pub select: Option<Vec<ColumnName>>,
    /// The annotations asked for.
    pub annotations: Annotations,
    /// The values that are formatted, if formatted values are asked for.
    pub formatted_values: FormattedValues,
    /// The language of formatted values.
    pub language: Language,
    /// Who reads them; without it numbers, amounts and dates are formatted as they are on the wire.
    pub reader: Option<Arc<Reader>>,
    /// Properties without a value are left out (`omit-values=nulls`).
    pub omit_nulls: bool,
}

/// Rows written inside another row, under a navigation property.
#[derive(Clone, Debug)]
pub struct Expanded<'a> {
    /// The navigation property.
    pub property: &'a str,
    /// How the rows are written.
    pub format: &'a RowFormat,
    /// The rows.
    pub rows: ExpandedRows<'a>,
}

/// One or many.
#[derive(Clone, Debug)]
pub enum ExpandedRows<'a> {
    /// A single-valued navigation property.
    One(Option<&'a Row>),
    /// A collection.
    Many(Vec<&'a Row>),
}

/// What stands around the rows of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFrame {
    /// The address of the service with a slash at its end (`https://host/api/data/v9.2/`).
    pub service_root: String,
    /// The entity set.
    pub set_name: String,
    /// True for the page of a delta link.
    pub is_delta: bool,
    /// The number of all rows, when it was asked for.
    pub count: Option<u64>,
    /// Where the next page is.
    pub next_link: Option<String>,
    /// Where later changes will be.
    pub delta_link: Option<String>,
    /// Rows that are gone.
    pub removed: Vec<Removed>,
    /// For FetchXML: the paging cookie of the next page, when there is one.
    pub paging_cookie: Option<String>,
}

/// The context of a row that stands alone (`…$metadata#accounts/$entity`).
#[must_use]
pub fn row_context(service_root: &str, table: &Table) -> String {
    format!("{service_root}$metadata#{}/$entity", table.set_name)
}

/// Writes one row as a JSON object, `context` first when it is not empty. Columns the row does not know are left out.
pub fn write_row(row: &Row, format: &RowFormat, context: &str, expanded: &[Expanded<'_>], out: &mut Vec<u8>) {
    let values = format.properties.iter().map(|property| row.columns.0.get(&property.column));
    let currency = format.currency_column.as_ref().and_then(|column| currency_of(row.columns.0.get(column)?));
    let head = Head { context, id: Some(row.id), version: row.version, currency };
    write_values(&head, format, values, expanded, out);
}

/// Writes one row of an answer as a JSON object.
pub fn write_answer_row(row: &AnswerRow, format: &RowFormat, expanded: &[Expanded<'_>], out: &mut Vec<u8>) {
    let at = format.properties.iter().position(|property| property.is_currency);
    let currency = at.and_then(|at| currency_of(row.values.get(at)?));
    let head = Head { context: "", id: row.id, version: row.version, currency };
    write_values(&head, format, row.values.iter().map(Some), expanded, out);
}

/// Writes a page of rows.
pub fn write_rows<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    format: &RowFormat,
    frame: &PageFrame,
    out: &mut Vec<u8>,
) {
    open_page(frame, out);
    let mut is_first = true;
    for row in rows {
        separate(&mut is_first, out);
        write_row(row, format, "", &[], out);
    }
    close_page(frame, is_first, out);
}

/// Writes a page of an answer.
pub fn write_answer(answer: &Answer, format: &RowFormat, frame: &PageFrame, out: &mut Vec<u8>) {
    write_answer_rows(&answer.rows, format, frame, out);
}

/// Writes a page of rows whose values come in the order of the format's columns.
pub fn write_answer_rows(rows: &[AnswerRow], format: &RowFormat, frame: &PageFrame, out: &mut Vec<u8>) {
    open_page(frame, out);
    let mut is_first = true;
    for row in rows {
        separate(&mut is_first, out);
        write_answer_row(row, format, &[], out);
    }
    close_page(frame, is_first, out);
}

/// Writes a page's beginning up to its rows; rows follow with commas between them, then `close_page`.
pub fn open_page(frame: &PageFrame, out: &mut Vec<u8>) {
    open_frame(frame, out);
    out.extend_from_slice(b",\"value\":[");
}

/// Writes a page's beginning up to what comes before its rows.
fn open_frame(frame: &PageFrame, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"@odata.context\":");
    let delta = if frame.is_delta { "/$delta" } else { "" };
    write_string(&format!("{}$metadata#{}{delta}", frame.service_root, frame.set_name), out);
    if let Some(count) = frame.count {
        let _ = write!(out, ",\"@odata.count\":{count}");
    }
    if let Some(cookie) = &frame.paging_cookie {
        out.extend_from_slice(b",\"@Microsoft.Dynamics.CRM.fetchxmlpagingcookie\":");
        write_string(cookie, out);
        out.extend_from_slice(b",\"@Microsoft.Dynamics.CRM.morerecords\":true");
    }
}

/// Writes a page's end: the removed rows, then the links. `is_first` is true when no row was written.
pub fn close_page(frame: &PageFrame, mut is_first: bool, out: &mut Vec<u8>) {
    for removed in &frame.removed {
        separate(&mut is_first, out);
        out.extend_from_slice(b"{\"@odata.context\":");
        write_string(&format!("{}$metadata#{}/$deletedEntity", frame.service_root, frame.set_name), out);
        out.extend_from_slice(b",\"id\":");
        write_quoted(removed.id, out);
        out.extend_from_slice(match removed.reason {
            RemovedReason::Deleted => b",\"reason\":\"deleted\"}",
            RemovedReason::Changed => b",\"reason\":\"changed\"}",
        });
    }
    out.push(b']');
    for (name, link) in [("@odata.nextLink", &frame.next_link), ("@odata.deltaLink", &frame.delta_link)] {
        if let Some(link) = link {
            out.push(b',');
            write_key(name, "", out);
            write_string(link, out);
        }
    }
    out.push(b'}');
}

struct Head<'a> {
    context: &'a str,
    id: Option<RowId>,
    version: Option<RowVersion>,
    /// The row's currency, where it is known.
    currency: Option<RowId>,
}

fn currency_of(value: &Value) -> Option<RowId> {
    value.as_reference().map(|reference| reference.id)
}

fn write_values<'v>(
    head: &Head<'_>,
    format: &RowFormat,
    values: impl Iterator<Item = Option<&'v Value>>,
    expanded: &[Expanded<'_>],
    out: &mut Vec<u8>,
) {
    let start = out.len();
    if !head.context.is_empty() {
        out.extend_from_slice(b",\"@odata.context\":");
        write_string(head.context, out);
    }
    if let Some(version) = head.version {
        out.extend_from_slice(b",\"@odata.etag\":");
        write_string(&format_etag(version), out);
    }
    if let (Some(key), Some(id)) = (&format.id_key, head.id) {
        format::write_member(key, out);
        write_quoted(id, out);
    }
    let mut parties: Option<Vec<&Party>> = None;
    for (property, value) in format.properties.iter().zip(values) {
        match value {
            _ if property.is_primary_key && head.id.is_some() => {}
            None => {}
            Some(Value::Parties(list)) => parties.get_or_insert_default().extend(list),
            Some(Value::Null) if property.is_party_list => {
                parties.get_or_insert_default();
            }
            Some(Value::Null) if format.omits_nulls => {}
            Some(value) => format.write_property(property, value, head.currency, out),
        }
    }
    if let Some(parties) = parties {
        format.write_parties(parties.into_iter(), out);
    }
    for expand in expanded {
        write_expanded(expand, out);
    }
    // Every member was written with a comma before it; the first one's becomes the brace.
    if out.len() == start {
        out.push(b'{');
    } else if let Some(first) = out.get_mut(start) {
        *first = b'{';
    }
    out.push(b'}');
}

fn write_expanded(expand: &Expanded<'_>, out: &mut Vec<u8>) {
    out.push(b',');
    write_key(expand.property, "", out);
    match &expand.rows {
        ExpandedRows::One(None) => out.extend_from_slice(b"null"),
        ExpandedRows::One(Some(row)) => write_row(row, expand.format, "", &[], out),
        ExpandedRows::Many(rows) => {
            out.push(b'[');
            let mut is_first = true;
            for row in rows {
                separate(&mut is_first, out);
                write_row(row, expand.format, "", &[], out);
            }
            out.push(b']');
        }
    }
}

fn separate(is_first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::replace(is_first, false) {
        out.push(b',');
    }
}
