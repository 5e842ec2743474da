//! `valise_RetrieveOfflinePlan()`: what a device of the caller will fetch, with counts and sizes.
//!
//! A function of our own, unbound and without parameters. Its answer:
//!
//! ```json
//! { "@odata.context": "…", "profile": { "id": "…", "name": "Sales" } | null, "version": "…", "tables": [
//!   { "table": "account", "rows": 1200, "bytes": 840000, "columns": ["accountid", "name"] | null, "files": true } ] }
//! ```
//!
//! The tables stand in the order to fetch them in. `rows` are those the caller carries, `bytes` about what they take as
//! JSON, by a sample. Without `columns` all are carried. Rows are cut by the profile where the query has the option
//! `offlineprofile=own`; answers with that option name the profile's `version` in `Valise-Profile-Version`.

use super::request::{Context, json};
use crate::error::Answered;
use crate::offline_profile::Carried;
use model::{ColumnName, RowId, Table, TableName};
use odata::http::HttpResponse;
use odata::{PageFrame, Prefer, RowFormat, write_answer_rows};
use query::{CarriedTable, Output, OutputColumn, Page, Plan};
use serde::Serialize;
use std::collections::BTreeSet;
use store_sql::ReadTransaction;

/// Rows by which the size of a table is told.
const SAMPLED_ROWS: u32 = 20;

#[derive(Serialize)]
struct OfflinePlan {
    #[serde(rename = "@odata.context")]
    context: String,
    profile: Option<NamedProfile>,
    version: String,
    tables: Vec<PlannedTable>,
}

#[derive(Serialize)]
struct NamedProfile {
    id: RowId,
    name: String,
}

#[derive(Serialize)]
struct PlannedTable {
    table: TableName,
    rows: u64,
    bytes: u64,
    columns: Option<BTreeSet<ColumnName>>,
    files: bool,
}

/// `GET valise_RetrieveOfflinePlan()`
pub async fn retrieve(context: &Context<'_>) -> Answered<HttpResponse> {
    let carried = context.carried().await?;
    let mut read = context.app.database().read().await?;
    let mut tables = Vec::with_capacity(carried.tables.len());
    for planned in &carried.tables {
        let Some(table) = context.app.metadata().table(planned.table.as_str()) else { continue };
        tables.push(size(context, &mut read, carried, planned, table).await?);
    }
    let plan = OfflinePlan {
        context: format!("{}$metadata#Valise.OfflinePlan", context.service_root),
        profile: carried.profile.clone().map(|(id, name)| NamedProfile { id, name }),
        version: carried.version.clone(),
        tables,
    };
    Ok(json(200, serde_json::to_vec(&plan)?))
}

async fn size(
    context: &Context<'_>,
    read: &mut ReadTransaction,
    carried: &Carried,
    planned: &CarriedTable,
    table: &Table,
) -> Answered<PlannedTable> {
    let name = table.name.as_str();
    let access = &context.caller.access;
    let rows = read.count_within(name, carried.within(name), access).await?;
    let bytes = if rows == 0 { 0 } else { sample(context, read, planned, table).await?.saturating_mul(rows) };
    let (columns, files) = (planned.columns.clone(), planned.files);
    Ok(PlannedTable { table: table.name.clone(), rows, bytes, columns, files })
}

/// About how many bytes a row takes.
async fn sample(
    context: &Context<'_>,
    read: &mut ReadTransaction,
    planned: &CarriedTable,
    table: &Table,
) -> Answered<u64> {
    let is_carried =
        |name: &ColumnName| planned.columns.as_ref().is_none_or(|columns| columns.contains(name));
    let columns: Vec<ColumnName> =
        table.columns.iter().map(|column| column.name.clone()).filter(is_carried).collect();
    let plan = Plan {
        table: table.name.clone(),
        output: Output::Columns(columns.iter().cloned().map(OutputColumn::named).collect()),
        filter: None,
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::slice(0, SAMPLED_ROWS),
        wants_total: false,
        sorts_choices_by_number: false,
    };
    let bound = query::bind(&plan, context.app.metadata(), &context.caller.for_query(context.app))?;
    let answer = read.run(&bound, &context.caller.access).await?;
    let count = answer.rows.len() as u64;
    // As a device asks for rows: without what has no value.
    let prefer =
        Prefer { omit_nulls: true, annotations: odata::Annotations::of_references(), ..Prefer::default() };
    let options = context.write_options(&prefer, None);
    let format = RowFormat::of_answer(&bound, &answer.names, context.app.metadata(), &options);
    let mut body = Vec::new();
    write_answer_rows(&answer.rows, &format, &PageFrame::default(), &mut body);
    Ok((body.len() as u64).checked_div(count).unwrap_or(0))
}
