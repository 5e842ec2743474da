//! Offline profiles: which rows and columns of which tables a user carries along, as Dataverse describes it, and what that
//! means for questions.

use crate::QueryError;
use crate::fetch::parse_fetch;
use crate::plan::{Condition, Filter, Link, LinkKind};
use model::{ColumnKind, ColumnName, Metadata, Ownership, Table, TableName, TableSource};
use std::collections::BTreeSet;

/// What rules and screens need on every device, whatever the profile says.
const ALWAYS: [&str; 6] =
    ["businessunit", "systemuser", "team", "teammembership", "transactioncurrency", "userquery"];

/// Columns without which a row cannot be worked with.
const NEEDED: [&str; 12] = [
    "createdon",
    "modifiedon",
    "versionnumber",
    "statecode",
    "statuscode",
    "ownerid",
    "owningbusinessunit",
    "owninguser",
    "owningteam",
    "transactioncurrencyid",
    "exchangerate",
    "regardingobjectid",
];

/// Columns of text that hold the content of a file.
const FILE_TEXTS: [&str; 2] = ["documentbody", "body"];

/// True for a table that every device needs, whatever the profile says.
#[must_use]
pub fn is_always_carried(table: &TableName) -> bool {
    ALWAYS.iter().any(|name| table == name)
}

/// A user's offline profile (`mobileofflineprofile`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfflineProfile {
    /// The name.
    pub name: String,
    /// The tables (`mobileofflineprofileitem`).
    pub items: Vec<ProfileItem>,
}

/// A table of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileItem {
    /// The table.
    pub table: TableName,
    /// Which rows come for their own sake.
    pub rows: ProfileRows,
    /// The relationships along which rows of child tables come with them (`mobileofflineprofileitemassociation`).
    pub related: Vec<String>,
    /// The columns; none for all.
    pub columns: Option<BTreeSet<ColumnName>>,
    /// Whether files and pictures come along.
    pub files: bool,
}

/// Which rows of a table are carried for their own sake (`recorddistributioncriteria`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileRows {
    /// None: only those that belong to rows of other tables.
    Related,
    /// All that the user may read.
    All,
    /// Those of these owners; on a table without owners all.
    Owned {
        /// The user's.
        user: bool,
        /// The user's teams'.
        teams: bool,
        /// The user's business unit's.
        business_unit: bool,
    },
    /// Those that meet the filter of a FetchXML query, or a `filter` element alone.
    Filter(String),
}

impl ProfileRows {
    /// As the columns of an item say it.
    #[must_use]
    pub fn of_criteria(criteria: i32, owners: [bool; 3], filter: &str) -> Self {
        let [user, teams, business_unit] = owners;
        match criteria {
            0 => Self::Related,
            2 => Self::Owned { user, teams, business_unit },
            3 => Self::Filter(filter.to_owned()),
            _ => Self::All,
        }
    }
}

/// What a profile means for one table.
#[derive(Clone, Debug, PartialEq)]
pub struct CarriedTable {
    /// The table.
    pub table: TableName,
    /// Which rows of those the user may read; none for all.
    pub filter: Option<Filter>,
    /// The columns; none for all.
    pub columns: Option<BTreeSet<ColumnName>>,
    /// Whether files and pictures come along.
    pub files: bool,
    /// The rows of other tables that decide about rows of this one.
    pub above: Vec<Above>,
}

/// A table whose rows decide about the rows that point to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Above {
    /// The lookup that points to it.
    pub column: ColumnName,
    /// The table.
    pub table: TableName,
    /// What decides about its own rows.
    pub above: Vec<Above>,
}

impl OfflineProfile {
    /// What is carried, table by table, in the order of the metadata.
    ///
    /// # Errors
    /// When a filter is no FetchXML.
    pub fn tables(&self, metadata: &Metadata) -> Result<Vec<CarriedTable>, QueryError> {
        let mut carried = Vec::new();
        for table in &metadata.tables {
            if !table.is_available_offline || table.is_derived() || !self.carries(table) {
                continue;
            }
            let item = self.item(&table.name);
            let (filter, above) = match item {
                Some(_) => self.condition(table, metadata, &mut Vec::new())?,
                None => (None, Vec::new()),
            };
            let columns = item.and_then(|item| columns_of(item, table, &above));
            let files = item.is_none_or(|item| item.files);
            carried.push(CarriedTable { table: table.name.clone(), filter, columns, files, above });
        }
        Ok(carried)
    }

    fn item(&self, table: &TableName) -> Option<&ProfileItem> {
        self.items.iter().find(|item| item.table == *table)
    }

    /// What joins two tables comes with both of them.
    fn carries(&self, table: &Table) -> bool {
        let is_named = |name: &TableName| self.item(name).is_some() || is_always_carried(name);
        let joins = || {
            let mut sides = table.columns.iter().flat_map(model::Column::targets).peekable();
            sides.peek().is_some() && sides.all(is_named)
        };
        is_named(&table.name) || table.source == TableSource::Intersect && joins()
    }

    /// Which rows of a table of the profile, and what decides about them. `inside` are the tables whose rows this is asked for.
    fn condition(
        &self,
        table: &Table,
        metadata: &Metadata,
        inside: &mut Vec<TableName>,
    ) -> Result<(Option<Filter>, Vec<Above>), QueryError> {
        let Some(item) = self.item(&table.name) else {
            return Ok((Some(Filter::Or(Vec::new())), Vec::new()));
        };
        let Some(own) = own_rows(item, table)? else { return Ok((None, Vec::new())) };
        let (mut parts, mut above) = (vec![own], Vec::new());
        inside.push(table.name.clone());
        for (parent, column) in self.parents(table, metadata) {
            // Rows that decide about each other in a circle decide nothing.
            if inside.contains(&parent.name) {
                continue;
            }
            let (filter, higher) = self.condition(parent, metadata, inside)?;
            parts.push(Filter::Linked(Box::new(Link {
                table: parent.name.clone(),
                from: parent.primary_id.clone(),
                to: column.clone(),
                alias: format!("profile_{}_{}_{}", inside.len(), parent.name, column),
                kind: LinkKind::Any,
                columns: Vec::new(),
                filter,
                links: Vec::new(),
            })));
            above.push(Above { column: column.clone(), table: parent.name.clone(), above: higher });
        }
        inside.pop();
        Ok((Some(Filter::Or(parts)), above))
    }

    /// The tables of the profile whose rows bring rows of this one, each with the lookup that points to it.
    fn parents<'m>(
        &'m self,
        table: &'m Table,
        metadata: &'m Metadata,
    ) -> impl Iterator<Item = (&'m Table, &'m ColumnName)> {
        self.items.iter().flat_map(move |item| {
            let parent = metadata.table(item.table.as_str());
            let relationships =
                parent.map(|parent| parent.relationships.as_slice()).unwrap_or_default().iter();
            relationships
                .filter(move |it| {
                    it.child == table.name
                        && item.related.iter().any(|name| name.eq_ignore_ascii_case(&it.name))
                })
                .filter_map(move |it| Some((parent?, &it.column)))
        })
    }
}

/// The rows that come for their own sake; none for all.
fn own_rows(item: &ProfileItem, table: &Table) -> Result<Option<Filter>, QueryError> {
    Ok(match &item.rows {
        ProfileRows::All => None,
        ProfileRows::Related => Some(Filter::Or(Vec::new())),
        ProfileRows::Owned { .. } if table.ownership != Ownership::User => None,
        ProfileRows::Owned { user, teams, business_unit } => {
            let tests = [
                (*user, "ownerid", "eq-userid"),
                (*teams, "ownerid", "eq-userteams"),
                (*business_unit, "owningbusinessunit", "eq-businessid"),
            ];
            let wanted = tests
                .into_iter()
                .filter(|(is_wanted, column, _)| *is_wanted && table.column(column).is_some());
            Some(Filter::Or(wanted.map(|(_, column, operator)| test(column, operator)).collect()))
        }
        ProfileRows::Filter(text) => Some(parse_filter(text, table)?),
    })
}

fn test(column: &str, operator: &str) -> Filter {
    Filter::Condition(Condition {
        link: None,
        column: column.into(),
        operator: operator.to_owned(),
        values: Vec::new(),
        value_of: None,
    })
}

/// The filter of a query with what it asks of linked rows; an empty text means every row.
fn parse_filter(text: &str, table: &Table) -> Result<Filter, QueryError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Filter::And(Vec::new()));
    }
    let whole = if text.starts_with("<fetch") {
        text.to_owned()
    } else {
        format!("<fetch><entity name=\"{}\">{text}</entity></fetch>", table.name)
    };
    let plan = parse_fetch(&whole)?;
    let mut parts: Vec<Filter> = plan.filter.into_iter().collect();
    let asked = plan.links.into_iter().filter(|link| link.kind != LinkKind::Outer);
    parts.extend(asked.map(|link| Filter::Linked(Box::new(link))));
    Ok(Filter::And(parts))
}

/// The columns of an item with those that cannot be done without; none for all.
fn columns_of(item: &ProfileItem, table: &Table, above: &[Above]) -> Option<BTreeSet<ColumnName>> {
    let is_file = |column: &model::Column| {
        matches!(column.kind, ColumnKind::File { .. } | ColumnKind::Image)
            || FILE_TEXTS.iter().any(|name| column.name == *name) && table.column("filename").is_some()
    };
    let is_needed = |name: &ColumnName| {
        *name == table.primary_id
            || *name == table.primary_name
            || NEEDED.iter().any(|needed| name == needed)
            || above.iter().any(|above| above.column == *name)
    };
    let is_listed = |name: &ColumnName| item.columns.as_ref().is_none_or(|columns| columns.contains(name));
    let kept = table.columns.iter().filter(|column| {
        is_needed(&column.name) || is_listed(&column.name) && (item.files || !is_file(column))
    });
    let kept: BTreeSet<ColumnName> = kept.map(|column| column.name.clone()).collect();
    (kept.len() < table.columns.len()).then_some(kept)
}

#[cfg(test)]
mod tests;
