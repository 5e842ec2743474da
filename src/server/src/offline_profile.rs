//! The caller's offline profile: what of the rows that they may read their devices carry.
//!
//! A caller without a profile carries every table that can be taken offline and that they may read.

use crate::app::App;
use crate::caller::Caller;
use crate::error::{Answered, Failure};
use model::{ColumnName, Ownership, RowId, Table, TableName, Timestamp, Value};
use odata::codes;
use query::{
    Above, BoundPlan, CarriedTable, Filter, OfflineProfile, Output, Page, Plan, ProfileItem, ProfileRows,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use store_sql::{Access, Reach, ReadTransaction};

/// The most items and associations of a profile.
const MOST_ROWS: u32 = 5000;

const DAY_MILLISECONDS: i64 = 86_400_000;

/// What a caller carries.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The profile's id and name; none for a caller without one.
    pub profile: Option<(RowId, String)>,
    /// Another value means another plan.
    pub version: String,
    /// The tables, what others point to first.
    pub tables: Vec<CarriedTable>,
    /// The filters of the tables of which not all rows are carried.
    filters: BTreeMap<TableName, BoundPlan>,
    /// Fingerprints of the filters as of this morning.
    stamps: BTreeMap<TableName, String>,
    /// The filter on the tables that are not carried.
    nothing: Option<BoundPlan>,
}

impl Carried {
    /// What a caller carries.
    pub async fn load(app: &App, caller: &Caller) -> Answered<Self> {
        let mut read = app.database().read().await?;
        let columns = ["mobileofflineprofileid".into()];
        let user = read.row("systemuser", caller.profile.user, Some(&columns), &Access::everything()).await?;
        let id = user.and_then(|user| Some(user.columns.get("mobileofflineprofileid").as_reference()?.id));
        let profile = match id {
            Some(id) => read_profile(&mut read, app, caller, id).await?,
            None => None,
        };
        let metadata = app.metadata();
        let (profile, mut tables) = match profile {
            Some((id, profile)) => {
                let tables = profile.tables(metadata).map_err(|error| unusable(&profile.name, &error))?;
                (Some((id, profile.name)), tables)
            }
            None => (None, everything(app)),
        };
        tables.retain(|carried| *caller.access.reach(carried.table.as_str()) != Reach::Nothing);
        // What other rows refer to comes first: currencies, units, users, teams; then as the solution lists them.
        tables.sort_by_key(|carried| {
            match metadata.table(carried.table.as_str()).map(|table| table.ownership) {
                Some(Ownership::Organization) => 0,
                Some(Ownership::Business) => 1,
                Some(Ownership::User | Ownership::Parent) | None => 2,
            }
        });
        let version = version_of(profile.as_ref(), &tables);
        let mut carried = Self { profile, version, tables, ..Self::default() };
        carried.bind(app, caller)?;
        Ok(carried)
    }

    /// What is carried of a table.
    pub fn table(&self, table: &str) -> Option<&CarriedTable> {
        self.tables.iter().find(|carried| carried.table == *table)
    }

    /// The filter on a table's rows; none where all are carried.
    pub fn within(&self, table: &str) -> Option<&BoundPlan> {
        match self.table(table) {
            Some(_) => self.filters.get(table),
            None => self.nothing.as_ref(),
        }
    }

    /// The rows that decide about those of a table.
    pub fn above(&self, table: &str) -> &[Above] {
        self.table(table).map(|carried| carried.above.as_slice()).unwrap_or_default()
    }

    /// A fingerprint of which rows are carried, as of today: relative dates are in it, so that rows that grow too old leave
    /// with the first changes of a day.
    pub fn stamp(&self, table: &str) -> String {
        fingerprint(&format!("{}{:?}", self.table(table).is_some(), self.stamps.get(table)))
    }

    fn bind(&mut self, app: &App, caller: &Caller) -> Answered<()> {
        let asks = caller.for_query(app);
        let now = asks.now.milliseconds();
        let morning = Timestamp::from_milliseconds(now - now.rem_euclid(DAY_MILLISECONDS));
        let today = query::Caller { now: morning, ..asks.clone() };
        for carried in &self.tables {
            let Some(filter) = &carried.filter else { continue };
            let name = self.profile.as_ref().map_or("", |(_, name)| name.as_str());
            let plan = plan(&carried.table, filter.clone());
            let bind =
                |asks| query::bind(&plan, app.metadata(), asks).map_err(|error| unusable(name, &error));
            self.stamps.insert(carried.table.clone(), fingerprint(&format!("{:?}", bind(&today)?.filter)));
            self.filters.insert(carried.table.clone(), bind(&asks)?);
        }
        let nothing = plan(&"systemuser".into(), Filter::Or(Vec::new()));
        self.nothing = Some(query::bind(&nothing, app.metadata(), &asks)?);
        Ok(())
    }
}

fn everything(app: &App) -> Vec<CarriedTable> {
    let tables = app.metadata().tables.iter();
    let tables = tables.filter(|table| table.is_available_offline && !table.is_derived());
    let whole = |table: &Table| CarriedTable {
        table: table.name.clone(),
        filter: None,
        columns: None,
        files: true,
        above: Vec::new(),
    };
    tables.map(whole).collect()
}

fn unusable(profile: &str, error: &query::QueryError) -> Failure {
    let message = format!("the offline profile “{profile}” has a filter that cannot be used: {error}");
    Failure::refuse(400, codes::INVALID_ARGUMENT, message)
}

fn version_of(profile: Option<&(RowId, String)>, tables: &[CarriedTable]) -> String {
    // Not what the rights leave of it: those have a fingerprint of their own in every link.
    fingerprint(&format!("{:?}{tables:?}", profile.map(|(id, _)| id)))
}

fn fingerprint(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn plan(table: &TableName, filter: Filter) -> Plan {
    Plan {
        table: table.clone(),
        output: Output::All,
        filter: Some(filter),
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::slice(0, MOST_ROWS),
        wants_total: false,
        sorts_choices_by_number: false,
    }
}

/// Rows of a table of profiles with a certain parent, as columns.
async fn children(
    read: &mut ReadTransaction,
    app: &App,
    caller: &Caller,
    (table, column): (&str, &str),
    parents: &[RowId],
) -> Answered<Vec<(RowId, model::Columns)>> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let ids = parents.iter().map(ToString::to_string).collect();
    let condition = query::Condition {
        link: None,
        column: column.into(),
        operator: "in".to_owned(),
        values: ids,
        value_of: None,
    };
    let plan = plan(&table.into(), Filter::Condition(condition));
    let answer =
        read.run(&query::bind(&plan, app.metadata(), &caller.for_query(app))?, &Access::everything()).await?;
    let names: Vec<ColumnName> = answer.names.iter().map(|name| name.as_str().into()).collect();
    let rows = answer.rows.into_iter();
    Ok(rows.filter_map(|row| Some((row.id?, names.iter().cloned().zip(row.values).collect()))).collect())
}

async fn read_profile(
    read: &mut ReadTransaction,
    app: &App,
    caller: &Caller,
    id: RowId,
) -> Answered<Option<(RowId, OfflineProfile)>> {
    let columns = ["name".into()];
    let row = read.row("mobileofflineprofile", id, Some(&columns), &Access::everything()).await?;
    let Some(row) = row else { return Ok(None) };
    let name = row.columns.get("name").as_text().unwrap_or_default().to_owned();
    let rows = children(read, app, caller, ("mobileofflineprofileitem", "regardingobjectid"), &[id]).await?;
    let ids: Vec<RowId> = rows.iter().map(|(id, _)| *id).collect();
    let of_items = ("mobileofflineprofileitemassociation", "mobileofflineprofileitemid");
    let mut related: BTreeMap<RowId, Vec<String>> = BTreeMap::new();
    for (_, columns) in children(read, app, caller, of_items, &ids).await? {
        let item = columns.get("mobileofflineprofileitemid").as_reference().map(|item| item.id);
        let names = ["relationshipname", "relationshipdisplayname", "name"];
        let name = names.iter().find_map(|name| columns.get(name).as_text().filter(|name| !name.is_empty()));
        if let (Some(item), Some(name)) = (item, name) {
            related.entry(item).or_default().push(name.to_owned());
        }
    }
    let mut items: Vec<ProfileItem> = Vec::with_capacity(rows.len());
    for (id, columns) in rows {
        items.extend(item_of(app, &columns, related.remove(&id).unwrap_or_default()));
    }
    Ok(Some((id, OfflineProfile { name, items })))
}

fn item_of(app: &App, columns: &model::Columns, related: Vec<String>) -> Option<ProfileItem> {
    let table = columns.get("selectedentitytypecode").as_text()?;
    let flag = |column: &str| *columns.get(column) == Value::Boolean(true);
    let criteria = match columns.get("recorddistributioncriteria") {
        Value::Choice(number) => *number,
        _ => 1,
    };
    let owners = ["recordsownedbyme", "recordsownedbymyteam", "recordsownedbymybusinessunit"].map(flag);
    let own = columns.get("profileitementityfilter").as_text().unwrap_or_default();
    let rule = columns.get("profileitemrule").as_reference();
    // A view says which rows where the item itself has no filter.
    let view = rule
        .and_then(|rule| app.metadata().views.iter().find(|view| view.id.to_string() == rule.id.to_string()));
    let filter = if own.is_empty() { view.map_or("", |view| view.fetch_xml.as_str()) } else { own };
    let listed = columns.get("selectedcolumns").as_text().unwrap_or_default();
    let listed: BTreeSet<ColumnName> =
        listed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(ColumnName::from).collect();
    Some(ProfileItem {
        table: table.into(),
        rows: ProfileRows::of_criteria(criteria, owners, filter),
        related: if flag("getrelatedentityrecords") { related } else { Vec::new() },
        columns: (!listed.is_empty()).then_some(listed),
        files: *columns.get("downloadfiles") != Value::Boolean(false),
    })
}
