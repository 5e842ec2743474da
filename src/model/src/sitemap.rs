//! The navigation of an app as SiteMap XML describes it.

use crate::{Label, Right, TableName};
use serde::{Deserialize, Serialize};

/// The navigation of one app.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteMap {
    /// Areas, switched at the bottom.
    pub areas: Vec<Area>,
}

/// An area ("Sales", "App Settings").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The unique id.
    pub id: String,
    /// What people read.
    pub title: Label,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Label,
    /// The icon's name; empty for none.
    #[serde(default)]
    pub icon: String,
    /// True when the titles of its groups are drawn.
    #[serde(default)]
    pub shows_groups: bool,
    /// The groups in order.
    pub groups: Vec<Group>,
}

/// A group ("Customers").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The unique id.
    pub id: String,
    /// What people read.
    pub title: Label,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Label,
    /// The entries in order.
    pub sub_areas: Vec<SubArea>,
}

/// An entry of the navigation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubArea {
    /// The unique id.
    pub id: String,
    /// What people read; empty means the table's plural label, or the dashboard's name.
    pub title: Label,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Label,
    /// The icon's name; empty means the table's own.
    pub icon: String,
    /// Where it leads.
    pub target: SubAreaTarget,
    /// Tables the user must be able to read to see it.
    pub privileges: Vec<TableName>,
    /// Other rights the user must have to see it.
    #[serde(default)]
    pub rights: Vec<(TableName, Right)>,
    /// True when user, org and language are added to the address (`PassParams`).
    #[serde(default)]
    pub passes_parameters: bool,
}

/// Where an entry of the navigation leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubAreaTarget {
    /// The default view of a table.
    Table(TableName),
    /// The default dashboard, or the one of this id.
    Dashboard(Option<String>),
    /// An address inside or outside the app.
    Url(String),
    /// A web resource.
    WebResource(String),
}
