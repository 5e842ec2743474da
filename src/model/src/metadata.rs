//! Everything a client must know of an org's solution and of its user before it can draw anything.

use crate::{
    AppName, ChartRecord, CommandSetRecord, DashboardRecord, FormId, Label, Language, ProcessRecord, RowId,
    Table, TableName, TimeZone, ViewId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The solution of an org, forms, views and site maps still as the XML they are kept in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Grows with every change of the metadata.
    pub version: i64,
    /// Every table.
    pub tables: Vec<Table>,
    /// Every form.
    pub forms: Vec<FormRecord>,
    /// Every view.
    pub views: Vec<ViewRecord>,
    /// Every app.
    pub apps: Vec<AppRecord>,
    /// Every business process flow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<ProcessRecord>,
    /// Every chart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charts: Vec<ChartRecord>,
    /// Every dashboard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dashboards: Vec<DashboardRecord>,
    /// The commands of each table, and those of every table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command_sets: Vec<CommandSetRecord>,
    /// What holds for the whole org.
    #[serde(default)]
    pub settings: OrganizationSettings,
}

/// What holds for the whole org (`organization`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganizationSettings {
    /// The fiscal calendar.
    pub fiscal: FiscalCalendar,
    /// Digits behind the point of prices (`pricingdecimalprecision`).
    pub pricing_precision: u8,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self { fiscal: FiscalCalendar::default(), pricing_precision: 2 }
    }
}

/// When fiscal years begin and how they are divided (`fiscalcalendarstart`, `fiscalperiodtype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FiscalCalendar {
    /// The month in which a fiscal year begins, 1 to 12.
    pub month: u8,
    /// The day of that month, 1 to 28.
    pub day: u8,
    /// How a year is divided.
    pub period: FiscalPeriod,
    /// True when a fiscal year is named after the calendar year it ends in (`fiscalyeardisplaycode`).
    pub named_after_end: bool,
}

impl Default for FiscalCalendar {
    /// Calendar years in quarters.
    fn default() -> Self {
        Self { month: 1, day: 1, period: FiscalPeriod::Quarterly, named_after_end: false }
    }
}

/// How a fiscal year is divided (`fiscalperiodtype`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FiscalPeriod {
    /// 2000: one period.
    Annually,
    /// 2001: two of six months.
    Semiannually,
    /// 2002: four of three months.
    #[default]
    Quarterly,
    /// 2003: twelve.
    Monthly,
    /// 2004: thirteen of four weeks; the last reaches until the year's end.
    FourWeekly,
}

/// A form as it is kept (`systemform`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormRecord {
    /// The form's id.
    pub id: FormId,
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// `systemform.type`: 2 main, 6 quick view, 7 quick create, 11 card.
    pub kind: i32,
    /// True for the form opened when none is named.
    #[serde(default)]
    pub is_default: bool,
    /// The FormXML.
    pub form_xml: String,
}

/// A view as it is kept (`savedquery`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewRecord {
    /// The view's id.
    pub id: ViewId,
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// `savedquery.querytype`: 0 public, 2 associated, 4 quick find, 64 lookup.
    pub kind: i32,
    /// True for the view opened when none is named.
    #[serde(default)]
    pub is_default: bool,
    /// The FetchXML.
    pub fetch_xml: String,
    /// The LayoutXML.
    pub layout_xml: String,
}

/// An app (`appmodule`) with its site map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppRecord {
    /// The unique name, as in addresses.
    pub name: AppName,
    /// What people call it.
    pub label: Label,
    /// One sentence for its tile.
    pub description: Label,
    /// The icon's name.
    #[serde(default)]
    pub icon: String,
    /// The site map.
    pub site_map_xml: String,
    /// Names of the security roles that open it.
    pub roles: Vec<String>,
}

/// How far a privilege reaches. Each depth includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Depth {
    /// Not at all.
    #[default]
    None,
    /// Rows owned by the user or the user's teams.
    User,
    /// Rows owned in the user's business unit.
    BusinessUnit,
    /// Rows owned in that business unit and those below it.
    ParentBusinessUnit,
    /// Every row.
    Organization,
}

/// One kind of privilege on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the name of a Dataverse privilege")]
pub enum Right {
    Create,
    Read,
    Write,
    Delete,
    Append,
    AppendTo,
    Assign,
    Share,
}

/// How far each privilege on one table reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the name of a Dataverse privilege")]
pub struct TableRights {
    #[serde(default)]
    pub create: Depth,
    #[serde(default)]
    pub read: Depth,
    #[serde(default)]
    pub write: Depth,
    #[serde(default)]
    pub delete: Depth,
    #[serde(default)]
    pub append: Depth,
    #[serde(default)]
    pub append_to: Depth,
    #[serde(default)]
    pub assign: Depth,
    #[serde(default)]
    pub share: Depth,
}

impl TableRights {
    /// How far one privilege reaches.
    #[must_use]
    pub const fn depth(&self, right: Right) -> Depth {
        match right {
            Right::Create => self.create,
            Right::Read => self.read,
            Right::Write => self.write,
            Right::Delete => self.delete,
            Right::Append => self.append,
            Right::AppendTo => self.append_to,
            Right::Assign => self.assign,
            Right::Share => self.share,
        }
    }
}

/// What a user may do, by table, from all the user's roles together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Privileges(pub BTreeMap<TableName, TableRights>);

impl Privileges {
    /// How far a privilege on a table reaches.
    #[must_use]
    pub fn depth(&self, table: &str, right: Right) -> Depth {
        self.0.get(table).map_or(Depth::None, |rights| rights.depth(right))
    }
}

/// The signed-in user, as the client needs to know them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserProfile {
    /// `systemuserid`
    pub user: RowId,
    /// The name shown.
    pub full_name: String,
    /// The user's business unit.
    pub business_unit: RowId,
    /// The org.
    pub organization: RowId,
    /// The user's teams.
    pub teams: Vec<RowId>,
    /// The language of screens and labels.
    pub language: Language,
    /// BCP 47 tag for numbers and dates (`fr-FR`).
    pub locale: String,
    /// Where the user's days begin and end.
    pub time_zone: TimeZone,
    /// The currency of new rows.
    pub currency: Option<RowId>,
    /// Names of the user's security roles.
    pub roles: Vec<String>,
    /// What the user may do.
    pub privileges: Privileges,
}

impl Metadata {
    /// The table of this name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The table of this entity set.
    #[must_use]
    pub fn table_of_set(&self, set_name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.set_name == set_name)
    }
}
