//! The parts of an org's metadata one by one, and what changed of them since a device last asked.

use crate::{
    AppRecord, ChartRecord, ColumnKind, ColumnName, CommandSetRecord, DashboardRecord, DateBehavior,
    FormRecord, Metadata, OrganizationSettings, ProcessRecord, Table, ViewRecord,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;

/// What kind of part it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// A table with its columns and relationships; its key is its logical name.
    Table,
    /// A form; its key is its id.
    Form,
    /// A view; its key is its id.
    View,
    /// An app with its site map; its key is its unique name.
    App,
    /// A business process flow; its key is its id.
    Process,
    /// A chart; its key is its id.
    Chart,
    /// A dashboard; its key is its id.
    Dashboard,
    /// The commands of a table; its key is the set's name.
    CommandSet,
}

impl ComponentKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Table,
        Self::Form,
        Self::View,
        Self::App,
        Self::Process,
        Self::Chart,
        Self::Dashboard,
        Self::CommandSet,
    ];

    /// The name it is kept under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Form => "form",
            Self::View => "view",
            Self::App => "app",
            Self::Process => "process",
            Self::Chart => "chart",
            Self::Dashboard => "dashboard",
            Self::CommandSet => "command-set",
        }
    }
}

/// Names one part of the metadata.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ComponentKey {
    /// Its kind.
    pub kind: ComponentKind,
    /// Its name or id.
    pub key: String,
}

impl ComponentKey {
    /// The key of a part.
    #[must_use]
    pub fn new(kind: ComponentKind, key: impl Into<String>) -> Self {
        Self { kind, key: key.into() }
    }
}

impl fmt::Display for ComponentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.key)
    }
}

/// A record that is a part of the metadata.
pub trait Part: Clone + PartialEq + Serialize + for<'de> Deserialize<'de> {
    /// Its kind.
    const KIND: ComponentKind;

    /// Its name or id.
    fn key(&self) -> String;

    /// Where parts of its kind stand in a metadata.
    fn list(metadata: &Metadata) -> &Vec<Self>;

    /// Where parts of its kind stand in a metadata.
    fn list_mut(metadata: &mut Metadata) -> &mut Vec<Self>;
}

macro_rules! parts {
    ($($record:ident, $kind:ident, $key:ident, $list:ident;)+) => {
        $(impl Part for $record {
            const KIND: ComponentKind = ComponentKind::$kind;

            fn key(&self) -> String {
                self.$key.to_string()
            }

            fn list(metadata: &Metadata) -> &Vec<Self> {
                &metadata.$list
            }

            fn list_mut(metadata: &mut Metadata) -> &mut Vec<Self> {
                &mut metadata.$list
            }
        })+

        /// Goes through the kinds of parts, one type after the other.
        ///
        /// # Errors
        /// The visitor's first one.
        pub fn visit_kinds<V: KindVisitor>(visitor: &mut V) -> Result<(), V::Error> {
            $(visitor.visit::<$record>()?;)+
            Ok(())
        }
    };
}

parts!(
    Table, Table, name, tables;
    FormRecord, Form, id, forms;
    ViewRecord, View, id, views;
    AppRecord, App, name, apps;
    ProcessRecord, Process, id, processes;
    ChartRecord, Chart, id, charts;
    DashboardRecord, Dashboard, id, dashboards;
    CommandSetRecord, CommandSet, name, command_sets;
);

/// Does the same with every kind of part.
pub trait KindVisitor {
    /// Why it may stop.
    type Error;

    /// Does it with one kind.
    ///
    /// # Errors
    /// Ends the walk.
    fn visit<T: Part>(&mut self) -> Result<(), Self::Error>;
}

/// What changed in an org's metadata since a device asked last. The whole metadata is a delta from nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MetadataDelta {
    /// The version it leads on from; none for one that replaces whatever is there.
    #[serde(default)]
    pub from: Option<i64>,
    /// The version it leads to.
    pub version: i64,
    /// The parts that are new or others than before, whole.
    pub changed: Metadata,
    /// The parts that are gone.
    #[serde(default)]
    pub removed: Vec<ComponentKey>,
    /// What holds for the whole org, where that changed.
    #[serde(default)]
    pub settings: Option<OrganizationSettings>,
}

/// A delta that leads on from another version than the one at hand: everything has to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these changes lead on from version {expected} of the metadata, not from {found}")]
pub struct OtherBase {
    /// The version the delta leads on from.
    pub expected: i64,
    /// The version at hand.
    pub found: i64,
}

impl MetadataDelta {
    /// A delta that replaces whatever is there.
    #[must_use]
    pub fn whole(metadata: Metadata) -> Self {
        Self {
            from: None,
            version: metadata.version,
            settings: Some(metadata.settings.clone()),
            changed: metadata,
            removed: Vec::new(),
        }
    }

    /// True when it changes nothing but perhaps the version.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from.is_some()
            && self.removed.is_empty()
            && self.settings.is_none()
            && self.changed_keys().is_empty()
    }

    /// The parts that are new or others than before.
    #[must_use]
    pub fn changed_keys(&self) -> Vec<ComponentKey> {
        keys_of(&self.changed)
    }

    /// Makes the changes. Parts keep their places, new ones come last.
    ///
    /// # Errors
    /// When it leads on from another version; then nothing is changed.
    pub fn apply(self, metadata: &mut Metadata) -> Result<(), OtherBase> {
        let Self { from, version, changed, removed, settings } = self;
        match from {
            None => *metadata = changed,
            Some(expected) if expected != metadata.version => {
                return Err(OtherBase { expected, found: metadata.version });
            }
            Some(_) => {
                let removed: BTreeSet<ComponentKey> = removed.into_iter().collect();
                let Ok(()) = visit_kinds(&mut Laying { metadata, changed, removed: &removed });
            }
        }
        if let Some(settings) = settings {
            metadata.settings = settings;
        }
        metadata.version = version;
        Ok(())
    }
}

/// The keys of every part.
#[must_use]
pub fn keys_of(metadata: &Metadata) -> Vec<ComponentKey> {
    let mut keys = Keys { metadata, keys: Vec::new() };
    let Ok(()) = visit_kinds(&mut keys);
    keys.keys
}

/// The key of a part.
pub fn key_of<T: Part>(part: &T) -> ComponentKey {
    ComponentKey::new(T::KIND, part.key())
}

struct Keys<'a> {
    metadata: &'a Metadata,
    keys: Vec<ComponentKey>,
}

impl KindVisitor for Keys<'_> {
    type Error = Infallible;

    fn visit<T: Part>(&mut self) -> Result<(), Infallible> {
        self.keys.extend(T::list(self.metadata).iter().map(key_of));
        Ok(())
    }
}

struct Laying<'a> {
    metadata: &'a mut Metadata,
    changed: Metadata,
    removed: &'a BTreeSet<ComponentKey>,
}

impl KindVisitor for Laying<'_> {
    type Error = Infallible;

    fn visit<T: Part>(&mut self) -> Result<(), Infallible> {
        lay(T::list_mut(self.metadata), std::mem::take(T::list_mut(&mut self.changed)), self.removed);
        Ok(())
    }
}

/// True when rows of both definitions are asked for and written down in the same way: the columns have the same names
/// and types. Labels, limits and options do not matter.
#[must_use]
pub fn is_same_shape(one: &Table, other: &Table) -> bool {
    let shape = |table: &Table| -> BTreeMap<ColumnName, &'static str> {
        table.columns.iter().map(|column| (column.name.clone(), wire_type(&column.kind))).collect()
    };
    one.set_name == other.set_name && one.source == other.source && shape(one) == shape(other)
}

/// Names how the values of a column travel and are kept.
#[must_use]
pub const fn wire_type(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => "text",
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => "integer",
        ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => "decimal",
        ColumnKind::Float { .. } => "float",
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => "choice",
        ColumnKind::Choices { .. } => "choices",
        ColumnKind::Boolean(_) => "boolean",
        ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => "date",
        ColumnKind::DateTime { .. } => "instant",
        ColumnKind::UniqueId => "id",
        ColumnKind::Lookup { .. } => "reference",
        ColumnKind::PartyList { .. } => "parties",
        ColumnKind::Image => "image",
        ColumnKind::File { .. } => "file",
    }
}

/// Lays changed parts over a list: in the places of those they replace, new ones at the end.
fn lay<T: Part>(list: &mut Vec<T>, changed: Vec<T>, removed: &BTreeSet<ComponentKey>) {
    if !removed.is_empty() {
        list.retain(|part| !removed.contains(&key_of(part)));
    }
    if changed.is_empty() {
        return;
    }
    let places: BTreeMap<String, usize> =
        list.iter().enumerate().map(|(place, part)| (part.key(), place)).collect();
    for part in changed {
        match places.get(&part.key()).and_then(|place| list.get_mut(*place)) {
            Some(place) => *place = part,
            None => list.push(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FormId, Label, Language, ViewId};

    fn table(name: &str, label: &str) -> Table {
        Table { name: name.into(), label: Label::one(Language::English, label), ..Table::default() }
    }

    fn form(id: u128) -> FormRecord {
        FormRecord {
            id: FormId::from_u128(id),
            table: "a".into(),
            name: Label::default(),
            kind: 2,
            is_default: true,
            form_xml: "<form/>".to_owned(),
        }
    }

    fn view(id: u128) -> ViewRecord {
        ViewRecord {
            id: ViewId::from_u128(id),
            table: "a".into(),
            name: Label::default(),
            kind: 0,
            is_default: true,
            fetch_xml: String::new(),
            layout_xml: String::new(),
        }
    }

    fn metadata() -> Metadata {
        Metadata {
            version: 7,
            tables: vec![table("a", "A"), table("b", "B")],
            forms: vec![form(1)],
            views: vec![view(1), view(2)],
            ..Metadata::default()
        }
    }

    #[test]
    fn a_delta_replaces_adds_and_removes() {
        let mut metadata = metadata();
        let settings = OrganizationSettings { pricing_precision: 4, ..OrganizationSettings::default() };
        let delta = MetadataDelta {
            from: Some(7),
            version: 9,
            changed: Metadata {
                tables: vec![table("c", "C"), table("a", "A2")],
                forms: vec![form(2)],
                ..Metadata::default()
            },
            removed: vec![
                ComponentKey::new(ComponentKind::View, ViewId::from_u128(1).to_string()),
                ComponentKey::new(ComponentKind::Table, "never there"),
            ],
            settings: Some(settings.clone()),
        };
        let written = serde_json::to_string(&delta).unwrap();
        assert_eq!(serde_json::from_str::<MetadataDelta>(&written).unwrap(), delta);
        delta.apply(&mut metadata).unwrap();
        assert_eq!(metadata.version, 9);
        assert_eq!(metadata.tables, [table("a", "A2"), table("b", "B"), table("c", "C")]);
        assert_eq!(metadata.forms, [form(1), form(2)]);
        assert_eq!(metadata.views, [view(2)]);
        assert_eq!(metadata.settings, settings);
    }

    #[test]
    fn a_delta_of_another_base_changes_nothing() {
        let mut found = metadata();
        let delta = MetadataDelta { from: Some(6), version: 9, ..MetadataDelta::default() };
        assert!(delta.is_empty());
        assert_eq!(delta.apply(&mut found), Err(OtherBase { expected: 6, found: 7 }));
        assert_eq!(found, metadata());
    }

    #[test]
    fn the_whole_replaces_whatever_is_there() {
        let mut found = Metadata { version: 99, tables: vec![table("old", "Old")], ..Metadata::default() };
        let whole = MetadataDelta::whole(metadata());
        assert!(!whole.is_empty());
        assert_eq!(whole.changed_keys().len(), 5);
        whole.apply(&mut found).unwrap();
        assert_eq!(found, metadata());
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ComponentKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), ComponentKind::ALL.len());
        for kind in ComponentKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
    }
}
