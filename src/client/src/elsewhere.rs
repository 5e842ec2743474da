//! What is not on the device: how much of a table is here, and looking on the server for what is not.

use crate::definitions::Definitions;
use crate::device::Device;
use crate::message::{Coverage, Failure, Found, Reply};
use crate::session::Session;
use futures::future::{Either, select};
use model::{Reference, Table, TableName};
use odata::{encode_query_value, set_path};
use serde_json::Value as Json;
use std::pin::pin;

/// A lookup waits so long, in milliseconds, for what the server finds; what is on the device is shown then.
const PATIENCE_MILLISECONDS: u64 = 4_000;

impl Session {
    pub(crate) fn coverage(&self, tables: &[TableName]) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        Ok(Reply::Coverage(tables.iter().map(|table| coverage(&device, &definitions, table)).collect()))
    }

    /// Rows of a table that stays on the server, found there by name; none without a network.
    pub(crate) async fn find_on_server(
        &self,
        device: &Device,
        table: &Table,
        search: &str,
        limit: u32,
    ) -> Vec<Found> {
        if !device.schedule.is_online.get() || !device.connection.is_signed_in() {
            return Vec::new();
        }
        let headers = vec![("prefer".to_owned(), format!("odata.maxpagesize={limit}"))];
        let target = target(table, search);
        let asking = device.get(&target, headers);
        let patience = self.parts.clock.sleep(PATIENCE_MILLISECONDS);
        match select(pin!(asking), patience).await {
            // The device's own rows are an answer, too; that others are missing is told by `Coverage`.
            Either::Left((Ok(response), _)) => read_found(&response.body, table),
            Either::Left((Err(_), _)) | Either::Right(_) => Vec::new(),
        }
    }
}

/// How much of a table is here; of all activities, how much of those of every kind.
pub(crate) fn coverage(device: &Device, definitions: &Definitions, table: &TableName) -> Coverage {
    let is_here = |table: &TableName| {
        let cursor = device.store.cursor(table);
        cursor.is_some_and(|cursor| cursor.complete || cursor.synced_at.is_some())
    };
    let is_derived = definitions.table(table).is_ok_and(|definition| definition.is_derived());
    let is_activity =
        |name: &TableName| definitions.table(name).is_ok_and(|definition| definition.is_activity);
    let is_meant = |name: &TableName| if is_derived { is_activity(name) } else { name == table };
    if definitions.plan.left_out.iter().any(is_meant) {
        return Coverage::LeftOut;
    }
    let mut carried = definitions.sync.tables.iter().filter(|synced| is_meant(&synced.name)).peekable();
    if carried.peek().is_none() {
        return Coverage::NotCarried;
    }
    if carried.all(|synced| is_here(&synced.name)) { Coverage::Whole } else { Coverage::Arriving }
}

fn target(table: &Table, search: &str) -> String {
    let (id, name) = (&table.primary_id, &table.primary_name);
    let target = format!("{}?$select={id},{name}&$orderby={name}", set_path(table));
    match search.trim() {
        "" => target,
        search => {
            let condition = format!("contains({name},'{}')", search.replace('\'', "''"));
            format!("{target}&$filter={}", encode_query_value(&condition))
        }
    }
}

/// The rows of an answer; one that is no such answer finds nothing.
fn read_found(body: &[u8], table: &Table) -> Vec<Found> {
    let answer: Json = serde_json::from_slice(body).unwrap_or_default();
    let rows = answer.get("value").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |row: &Json, column: &str| row.get(column).and_then(Json::as_str).map(str::to_owned);
    let found = |row: &Json| {
        let id = text(row, table.primary_id.as_str())?.parse().ok()?;
        let name = Some(text(row, table.primary_name.as_str()).unwrap_or_default());
        Some(Found { reference: Reference { table: table.name.clone(), id, name }, detail: String::new() })
    };
    rows.iter().filter_map(found).collect()
}
