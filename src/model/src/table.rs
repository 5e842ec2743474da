//! What a table is: columns, states, relationships.

use crate::{Column, ColumnKind, ColumnName, Label, TableName};
use serde::{Deserialize, Serialize};

/// A table of the solution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The logical name.
    pub name: TableName,
    /// The entity set of the Web API (`opportunities`).
    pub set_name: String,
    /// The primary key column.
    pub primary_id: ColumnName,
    /// The column that names a row to people.
    pub primary_name: ColumnName,
    /// The number LayoutXML and some actions use.
    pub object_type_code: i32,
    /// Who rows belong to.
    pub ownership: Ownership,
    /// Where its rows come from.
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: TableSource,
    /// True for a table of the customer's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: bool,
    /// True for appointment, task, phone call, …
    #[serde(default)]
    pub is_activity: bool,
    /// True when rows can be taken offline and changes are tracked.
    #[serde(default)]
    pub is_available_offline: bool,
    /// True when a quick create form may be offered.
    #[serde(default)]
    pub has_quick_create: bool,
    /// The name of the icon in the icon set (`building`).
    #[serde(default)]
    pub icon: String,
    /// "Account"
    pub label: Label,
    /// "Accounts"
    pub plural_label: Label,
    /// What it is for.
    #[serde(default)]
    pub description: Label,
    /// Every column, the primary key among them.
    pub columns: Vec<Column>,
    /// States with their reasons; empty for a table without state.
    #[serde(default)]
    pub states: Vec<State>,
    /// The state of a new row; none means the first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default_state: Option<i32>,
    /// True when only the `next` reasons of a status reason may follow it (`EnforceStateTransitions`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub enforces_transitions: bool,
    /// Relationships in which this table is the parent.
    #[serde(default)]
    pub relationships: Vec<Relationship>,
    /// Many-to-many relationships in which this table stands first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub many_to_many: Vec<ManyToMany>,
    /// Columns that, together, name a row: alternate keys.
    #[serde(default)]
    pub keys: Vec<Vec<ColumnName>>,
    /// The picture shown beside the name of a row.
    #[serde(default, skip_serializing_if = "is_default")]
    pub primary_image: Option<ColumnName>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where the rows of a table come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableSource {
    /// They are kept.
    #[default]
    Rows,
    /// They join the rows of two tables many-to-many, and are made and removed with the association.
    Intersect,
    /// They are the rows of every activity table, seen through the columns all of them have (`activitypointer`):
    /// never written, always derived. `activitytypecode` holds the name of the row's own table.
    Activities,
    /// They are the members of the party lists of every activity (`activityparty`): never written by themselves.
    Parties,
}

/// A many-to-many relationship, described on the first of its two tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyToMany {
    /// The schema name, which is also the collection navigation property at both ends.
    pub name: String,
    /// The table that joins the two.
    pub intersect: TableName,
    /// The intersect table's column that holds this table's key.
    pub column: ColumnName,
    /// The other table.
    pub other: TableName,
    /// The intersect table's column that holds the other table's key.
    pub other_column: ColumnName,
}

/// What a new child takes over from the parent it is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The parent's column.
    pub from: ColumnName,
    /// The child's column.
    pub to: ColumnName,
}

/// Who rows belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ownership {
    /// A user or team (`ownerid`).
    User,
    /// A business unit (`businessunitid`).
    Business,
    /// Everybody.
    #[default]
    Organization,
    /// The parent row (lines, parties).
    Parent,
}

/// One state of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The number in `statecode`.
    pub value: i32,
    /// What people read.
    pub label: Label,
    /// The reason taken when only the state is given.
    pub default_status: i32,
    /// The reasons that belong to it.
    pub statuses: Vec<StatusReason>,
}

/// One status reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReason {
    /// The number in `statuscode`.
    pub value: i32,
    /// What people read.
    pub label: Label,
    /// The reasons that may follow, of any state, where the table enforces transitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<i32>,
}

/// A one-to-many relationship, described on its parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The schema name, which is also the parent's collection navigation property.
    pub name: String,
    /// The child table.
    pub child: TableName,
    /// The child's lookup column.
    pub column: ColumnName,
    /// The child's single-valued navigation property (`parentcustomerid_account`).
    pub navigation: String,
    /// What happens to children.
    #[serde(default)]
    pub cascades: Cascades,
    /// True for the relationship of a table with itself that hierarchy operators follow.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hierarchical: bool,
    /// What a child made from the parent takes over (`EntityMap`, `AttributeMap`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
}

/// What happens to the children of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cascades {
    /// When the parent is deleted.
    pub delete: Cascade,
    /// When it is assigned.
    #[serde(default)]
    pub assign: Cascade,
    /// When it is shared.
    #[serde(default)]
    pub share: Cascade,
    /// When it is merged into another.
    #[serde(default)]
    pub merge: Cascade,
    /// When a child comes to another parent: whether its owner gets that parent's rights.
    #[serde(default)]
    pub reparent: Cascade,
}

/// One cascading behaviour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cascade {
    /// Nothing happens.
    #[default]
    None,
    /// The children follow.
    Cascade,
    /// The children's lookup is cleared.
    RemoveLink,
    /// The parent cannot go while it has children.
    Restrict,
}

impl Table {
    /// True when its rows follow from the rows of other tables: never written, never synchronised.
    #[must_use]
    pub const fn is_derived(&self) -> bool {
        matches!(self.source, TableSource::Activities | TableSource::Parties)
    }

    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// The state of this number.
    #[must_use]
    pub fn state(&self, value: i32) -> Option<&State> {
        self.states.iter().find(|state| state.value == value)
    }

    /// The state a status reason belongs to, with the reason.
    #[must_use]
    pub fn status(&self, value: i32) -> Option<(&State, &StatusReason)> {
        self.states.iter().find_map(|state| {
            state.statuses.iter().find(|status| status.value == value).map(|status| (state, status))
        })
    }

    /// The state of a new row.
    #[must_use]
    pub fn initial_state(&self) -> Option<&State> {
        self.default_state.map_or_else(|| self.states.first(), |value| self.state(value))
    }

    /// The relationship with itself that hierarchy operators follow (`account.parentaccountid`).
    #[must_use]
    pub fn hierarchy(&self) -> Option<&Relationship> {
        self.relationships
            .iter()
            .find(|relationship| relationship.hierarchical && relationship.child == self.name)
    }

    /// The label of an option of a choice, state, status or yes/no column.
    #[must_use]
    pub fn option_label(&self, column: &str, value: i32) -> Option<&Label> {
        match &self.column(column)?.kind {
            ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
                options.iter().find(|option| option.value == value).map(|option| &option.label)
            }
            ColumnKind::State => self.state(value).map(|state| &state.label),
            ColumnKind::Status => self.status(value).map(|(_, status)| &status.label),
            ColumnKind::Boolean(options) => Some(if value == 0 { &options.no } else { &options.yes }),
            _ => None,
        }
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: crate::Language) {
        for label in [&mut self.label, &mut self.plural_label, &mut self.description] {
            label.keep(language);
        }
        for state in &mut self.states {
            state.label.keep(language);
            state.statuses.iter_mut().for_each(|status| status.label.keep(language));
        }
        for column in &mut self.columns {
            column.label.keep(language);
            column.description.keep(language);
            match &mut column.kind {
                ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
                    options.iter_mut().for_each(|option| option.label.keep(language));
                }
                ColumnKind::Boolean(options) => {
                    options.yes.keep(language);
                    options.no.keep(language);
                }
                _ => {}
            }
        }
    }
}
