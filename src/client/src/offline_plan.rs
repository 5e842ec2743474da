//! What the device will carry: asked of the server, and where that has no such function made from the profile's rows.

use crate::definitions::{NamedProfile, PlannedTable, SyncPlan};
use crate::device::Device;
use model::{Metadata, RowId, Table, TableName, UserProfile};
use odata::batch::{AnswerPart, Batch, RequestPart, read_response, write_request};
use odata::http::{HttpRequest, Method};
use odata::{SERVICE_PATH, set_path};
use query::{OfflineProfile, ProfileItem, ProfileRows};
use serde::Deserialize;
use std::collections::BTreeSet;
use sync::SyncError;

/// The function that our server has and Dataverse has not.
const FUNCTION: &str = "valise_RetrieveOfflinePlan()";
/// What a row takes where nobody tells, in bytes of JSON.
const BYTES_OF_A_ROW: u64 = 1_000;
/// Tables whose rows are counted by one request.
const COUNTED_AT_ONCE: usize = 50;

#[derive(Deserialize)]
struct Collection<T> {
    value: Vec<T>,
}

#[derive(Deserialize)]
struct UserRow {
    #[serde(rename = "_mobileofflineprofileid_value")]
    profile: Option<RowId>,
}

#[derive(Deserialize)]
struct ProfileRow {
    name: Option<String>,
}

#[derive(Deserialize)]
struct ItemRow {
    #[serde(rename = "selectedentitytypecode")]
    table: Option<TableName>,
}

impl Device {
    /// What the device will carry.
    pub(crate) async fn fetch_plan(
        &self,
        user: &UserProfile,
        tables: &[Table],
    ) -> Result<SyncPlan, SyncError> {
        let what = "the tables to sync";
        match self.get(&format!("{SERVICE_PATH}{FUNCTION}"), Vec::new()).await {
            Ok(response) => crate::driver::parse(what, &response),
            // An environment without the function.
            Err(SyncError::Refused { error, .. }) if matches!(error.status, 404 | 501) => {
                self.plan_of_rows(user, tables).await
            }
            Err(error) => Err(error),
        }
    }

    /// The plan from the rows of the profile, or every table without one. Change tracking takes no filter there: whole
    /// tables come, as far as the user's rights reach.
    async fn plan_of_rows(&self, user: &UserProfile, tables: &[Table]) -> Result<SyncPlan, SyncError> {
        let address = format!("systemusers({})?$select=_mobileofflineprofileid_value", user.user);
        let row: UserRow = self.ask(&address).await?;
        let profile = match row.profile {
            Some(id) => Some(self.profile_of_rows(id).await?),
            None => None,
        };
        let is_carried: BTreeSet<TableName> = match &profile {
            Some((_, profile)) => {
                let metadata = Metadata { tables: tables.to_vec(), ..Metadata::default() };
                let carried = profile.tables(&metadata).map_err(|error| SyncError::Unreadable {
                    what: profile.name.clone(),
                    reason: error.to_string(),
                })?;
                carried.into_iter().map(|carried| carried.table).collect()
            }
            None => tables.iter().map(|table| table.name.clone()).collect(),
        };
        let may_read = |table: &&Table| {
            let depth = user.privileges.depth(table.name.as_str(), model::Right::Read);
            table.is_available_offline && !table.is_derived() && depth > model::Depth::None
        };
        let tables: Vec<&Table> =
            tables.iter().filter(may_read).filter(|table| is_carried.contains(&table.name)).collect();
        let mut planned = Vec::with_capacity(tables.len());
        for tables in tables.chunks(COUNTED_AT_ONCE) {
            planned.extend(self.count(tables).await?);
        }
        let profile = profile.map(|(id, profile)| NamedProfile { id, name: profile.name });
        Ok(SyncPlan { tables: planned, profile, ..SyncPlan::default() })
    }

    async fn profile_of_rows(&self, id: RowId) -> Result<(RowId, OfflineProfile), SyncError> {
        let row: ProfileRow = self.ask(&format!("mobileofflineprofiles({id})?$select=name")).await?;
        let condition = odata::encode_query_value(&format!("_regardingobjectid_value eq {id}"));
        let address = format!("mobileofflineprofileitems?$select=selectedentitytypecode&$filter={condition}");
        let rows: Collection<ItemRow> = self.ask(&address).await?;
        let item = |row: ItemRow| {
            let (rows, related, columns, files) = (ProfileRows::All, Vec::new(), None, true);
            Some(ProfileItem { table: row.table?, rows, related, columns, files })
        };
        let items = rows.value.into_iter().filter_map(item).collect();
        Ok((id, OfflineProfile { name: row.name.unwrap_or_default(), items }))
    }

    /// How many rows some tables have; the Web API counts no further than 5,000. One that does not tell counts as empty.
    async fn count(&self, tables: &[&Table]) -> Result<Vec<PlannedTable>, SyncError> {
        let what = "the number of rows";
        let request = |table: &&Table| {
            let target = format!("{}/$count", set_path(table));
            RequestPart::Single(HttpRequest {
                method: Method::Get,
                target,
                headers: Vec::new(),
                body: Vec::new(),
            })
        };
        let batch = Batch { parts: tables.iter().map(request).collect(), continue_on_error: true };
        let response = self.connection.send(write_request(&batch)).await?;
        if response.status >= 400 {
            let error = odata::ServiceError::from_response(&response);
            return Err(SyncError::Refused { what: what.to_owned(), error });
        }
        let answer = read_response(&response).map_err(|error| SyncError::unreadable(what, &error))?;
        let rows = answer.parts.into_iter().map(|part| match part {
            AnswerPart::Single(response) if response.status == 200 => {
                let text = String::from_utf8_lossy(&response.body);
                text.trim_start_matches('\u{feff}').trim().parse().unwrap_or(0)
            }
            _ => 0u64,
        });
        let planned = |(table, rows): (&&Table, u64)| PlannedTable {
            table: table.name.clone(),
            rows,
            bytes: rows.saturating_mul(BYTES_OF_A_ROW),
            columns: None,
            files: true,
        };
        Ok(tables.iter().zip(rows.chain(std::iter::repeat(0))).map(planned).collect())
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, address: &str) -> Result<T, SyncError> {
        let response = self.get(&format!("{SERVICE_PATH}{address}"), Vec::new()).await?;
        crate::driver::parse("the offline profile", &response)
    }
}
