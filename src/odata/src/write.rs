//! Rows as a server answers them: straight into a byte buffer.

use crate::headers::Annotations;
use crate::read::Removed;
use model::{ColumnName, Language, Metadata, Row, Table};
use query::{Answer, AnswerRow, BoundPlan};

/// What is written of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOptions {
    /// These columns; `None` for every one.
    pub select: Option<Vec<ColumnName>>,
    /// The annotations asked for.
    pub annotations: Annotations,
    /// The language of formatted values.
    pub language: Language,
}

/// How the rows of one table are written: made once for a page.
#[derive(Clone, Debug)]
pub struct RowFormat {
    properties: Vec<String>,
}

impl RowFormat {
    /// The format of whole rows of a table.
    #[must_use]
    pub fn new(table: &Table, metadata: &Metadata, options: &WriteOptions) -> Self {
        let _ = (metadata, options);
        Self { properties: vec![table.name.to_string()] }
    }

    /// The format of the rows of an answer, whose values come in the order of `names`.
    #[must_use]
    pub fn of_answer(
        plan: &BoundPlan,
        names: &[String],
        metadata: &Metadata,
        options: &WriteOptions,
    ) -> Self {
        let _ = (plan, metadata, options);
        Self { properties: names.to_vec() }
    }
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
}

/// Writes one row as a JSON object, `context` (`…$metadata#accounts/$entity`) first when it is not empty.
pub fn write_row(row: &Row, format: &RowFormat, context: &str, expanded: &[Expanded<'_>], out: &mut Vec<u8>) {
    let _ = (row, &format.properties, context, expanded, out);
}

/// Writes one row of an answer as a JSON object.
pub fn write_answer_row(row: &AnswerRow, format: &RowFormat, expanded: &[Expanded<'_>], out: &mut Vec<u8>) {
    let _ = (row, format, expanded, out);
}

/// Writes a page of rows.
pub fn write_rows<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    format: &RowFormat,
    frame: &PageFrame,
    out: &mut Vec<u8>,
) {
    let _ = (rows.into_iter().count(), format, frame, out);
}

/// Writes a page of an answer.
pub fn write_answer(answer: &Answer, format: &RowFormat, frame: &PageFrame, out: &mut Vec<u8>) {
    let _ = (answer, format, frame, out);
}
