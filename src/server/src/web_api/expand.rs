//! `$expand`: related rows, one question per navigation property for all rows of the page.

use super::request::Context;
use crate::error::{Answered, Failure};
use model::{Columns, Row, RowId, Table, Value};
use odata::{
    Expand, Expanded, ExpandedRows, ODataError, PageFrame, Prefer, RowFormat, close_page, codes, open_page,
    write_row,
};
use query::{Answer, Condition, Filter, Output, OutputColumn};
use std::collections::HashMap;
use store_sql::ReadTransaction;

const IDS_PER_QUESTION: usize = 400;
/// Most related rows for one property of one page.
const MOST_ROWS: u32 = 5000;

/// The related rows of a page.
pub struct Related<'a> {
    properties: Vec<Property<'a>>,
}

struct Property<'a> {
    expand: &'a Expand,
    format: RowFormat,
    /// By the id that rows and related rows have in common.
    rows: HashMap<RowId, Vec<Row>>,
}

/// Fetches the related rows of every row.
pub async fn fetch<'a>(
    context: &Context<'_>,
    read: &mut ReadTransaction,
    expands: &'a [Expand],
    rows: &[Row],
    prefer: &Prefer,
) -> Answered<Related<'a>> {
    let mut properties = Vec::with_capacity(expands.len());
    for expand in expands {
        if !expand.options.expands.is_empty() {
            return Err(ODataError::Unsupported("$expand inside $expand".to_owned()).into());
        }
        let table = context.table(&expand.table)?;
        let mut ids: Vec<RowId> = rows.iter().filter_map(|row| common_id(row, expand)).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found: HashMap<RowId, Vec<Row>> = HashMap::new();
        for ids in ids.chunks(IDS_PER_QUESTION) {
            for row in related(context, read, expand, table, ids).await? {
                let common =
                    if expand.many { reference_id(&row, expand.from.as_str()) } else { Some(row.id) };
                found.entry(common.unwrap_or(row.id)).or_default().push(row);
            }
        }
        if let Some(top) = expand.options.top {
            found.values_mut().for_each(|rows| rows.truncate(top as usize));
        }
        let format = context.format(table, &context.write_options(prefer, expand.options.select.clone()));
        properties.push(Property { expand, format, rows: found });
    }
    Ok(Related { properties })
}

async fn related(
    context: &Context<'_>,
    read: &mut ReadTransaction,
    expand: &Expand,
    table: &Table,
    ids: &[RowId],
) -> Answered<Vec<Row>> {
    let mut plan = expand.options.plan.clone();
    let wanted = Filter::Condition(Condition {
        link: None,
        column: expand.from.clone(),
        operator: "in".to_owned(),
        values: ids.iter().map(ToString::to_string).collect(),
        value_of: None,
    });
    plan.filter = Some(match plan.filter.take() {
        Some(filter) => Filter::And(vec![wanted, filter]),
        None => wanted,
    });
    plan.page = query::Page::slice(0, MOST_ROWS);
    if let Output::Columns(outputs) = &mut plan.output
        && !outputs.iter().any(|output| output.column == expand.from)
    {
        outputs.push(OutputColumn::named(expand.from.clone()));
    }
    let bound = query::bind(&plan, context.app.metadata(), &context.caller.for_query(context.app))?;
    let answer = read.run(&bound, &context.caller.access).await?;
    if answer.more {
        return Err(Failure::refuse(
            400,
            codes::WEB_API_FAILURE,
            format!(
                "$expand of {} gives more than {MOST_ROWS} rows; ask for smaller pages or filter it",
                expand.property
            ),
        ));
    }
    rows_of(table, answer)
}

/// The rows of an answer over one table.
pub fn rows_of(table: &Table, answer: Answer) -> Answered<Vec<Row>> {
    let Answer { names, rows, .. } = answer;
    rows.into_iter()
        .map(|row| {
            let id = row
                .id
                .ok_or_else(|| Failure::from(ODataError::Unsupported("$expand of groups".to_owned())))?;
            let columns: Columns = names
                .iter()
                .zip(row.values)
                .filter(|(name, _)| *name != table.primary_id.as_str())
                .map(|(name, value)| (name.as_str().into(), value))
                .collect();
            Ok(Row { table: table.name.clone(), id, version: row.version, columns })
        })
        .collect()
}

impl Related<'_> {
    /// The related rows of one row.
    pub fn of(&self, row: &Row) -> Vec<Expanded<'_>> {
        self.properties
            .iter()
            .map(|property| {
                let found = common_id(row, property.expand).and_then(|id| property.rows.get(&id));
                let mut found = found.into_iter().flatten();
                let rows = if property.expand.many {
                    ExpandedRows::Many(found.collect())
                } else {
                    ExpandedRows::One(found.next())
                };
                Expanded { property: &property.expand.property, format: &property.format, rows }
            })
            .collect()
    }

    /// Writes a page of rows with their related rows inside.
    pub fn write(&self, rows: &[Row], format: &RowFormat, frame: &PageFrame, out: &mut Vec<u8>) {
        open_page(frame, out);
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_row(row, format, "", &self.of(row), out);
        }
        close_page(frame, rows.is_empty(), out);
    }
}

/// What the row and its related rows have in common: the row's own id, or the id it refers to.
fn common_id(row: &Row, expand: &Expand) -> Option<RowId> {
    if expand.many {
        return Some(row.id);
    }
    row.columns
        .get(expand.to.as_str())
        .as_reference()
        .filter(|reference| reference.table == expand.table)
        .map(|reference| reference.id)
}

fn reference_id(row: &Row, column: &str) -> Option<RowId> {
    match row.columns.get(column) {
        Value::Reference(reference) => Some(reference.id),
        _ => None,
    }
}
