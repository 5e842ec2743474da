//! The org's metadata in the database: what the solution brings, what the org made of it, and what holds of both.

mod layers;
mod legacy;
mod rows;

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::error::{Result, StoreError};
use crate::statement::{Question, Statement};
use model::component::{KindVisitor, Part, visit_kinds};
use model::{Column, ColumnName, ComponentKey, ManyToMany, Metadata, MetadataDelta, Relationship, TableName};
use rows::{Kind, Layer, PartRow, PartState};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The setting that holds the version of the solution whose definitions are kept.
const SOLUTION_VERSION: &str = "solution-version";
/// The key of what holds for the whole org.
const ORGANIZATION: &str = "organization";

/// The org's metadata as it holds now, and when which part changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// What holds.
    pub metadata: Metadata,
    versions: BTreeMap<ComponentKey, i64>,
    gone: BTreeMap<ComponentKey, i64>,
    settings_version: i64,
}

impl Definitions {
    /// What changed since a version. A version that never was leads to everything.
    #[must_use]
    pub fn delta(&self, since: i64) -> MetadataDelta {
        let version = self.metadata.version;
        if since <= 0 || since > version {
            return MetadataDelta::whole(self.metadata.clone());
        }
        let newer = |parts: &BTreeMap<ComponentKey, i64>| -> BTreeSet<ComponentKey> {
            parts.iter().filter(|(_, at)| **at > since).map(|(key, _)| key.clone()).collect()
        };
        let keys = newer(&self.versions);
        let mut picking = Picking { from: &self.metadata, keys: &keys, picked: Metadata::default() };
        let Ok(()) = visit_kinds(&mut picking);
        MetadataDelta {
            from: Some(since),
            version,
            changed: Metadata { version, ..picking.picked },
            removed: newer(&self.gone).into_iter().collect(),
            settings: (self.settings_version > since).then(|| self.metadata.settings.clone()),
        }
    }

    /// The parts that changed after a version, those that are gone included.
    #[must_use]
    pub fn changed_since(&self, since: i64) -> Vec<ComponentKey> {
        let all = self.versions.iter().chain(&self.gone);
        all.filter(|(_, at)| **at > since).map(|(key, _)| key.clone()).collect()
    }
}

struct Picking<'a> {
    from: &'a Metadata,
    keys: &'a BTreeSet<ComponentKey>,
    picked: Metadata,
}

impl KindVisitor for Picking<'_> {
    type Error = std::convert::Infallible;

    fn visit<T: Part>(&mut self) -> std::result::Result<(), Self::Error> {
        let wanted =
            T::list(self.from).iter().filter(|part| self.keys.contains(&model::component::key_of(*part)));
        *T::list_mut(&mut self.picked) = wanted.cloned().collect();
        Ok(())
    }
}

/// One change of the org's own to its metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Customization {
    kind: Kind,
    key: String,
    act: Act,
}

#[derive(Clone, Debug, PartialEq)]
enum Act {
    Put(std::result::Result<String, String>),
    Remove,
    Restore,
}

impl Customization {
    /// A new part, or one that lies over the solution's.
    pub fn put<T: Part>(part: &T) -> Self {
        Self { kind: Kind::Part(T::KIND), key: part.key(), act: Act::put(part) }
    }

    /// A part goes; one of the solution's is hidden.
    #[must_use]
    pub fn remove(key: &ComponentKey) -> Self {
        Self { kind: Kind::Part(key.kind), key: key.key.clone(), act: Act::Remove }
    }

    /// A part that was removed comes back as it was.
    #[must_use]
    pub fn restore(key: &ComponentKey) -> Self {
        Self { kind: Kind::Part(key.kind), key: key.key.clone(), act: Act::Restore }
    }

    /// A new or changed column of a table, whosever the table is.
    #[must_use]
    pub fn put_column(table: &TableName, column: &Column) -> Self {
        let key = TableKey { table: table.as_str(), name: column.name.as_str() }.text();
        Self { kind: Kind::Column, key, act: Act::put(column) }
    }

    /// A column of the org's own goes, with its values.
    #[must_use]
    pub fn remove_column(table: &TableName, column: &ColumnName) -> Self {
        let key = TableKey { table: table.as_str(), name: column.as_str() }.text();
        Self { kind: Kind::Column, key, act: Act::Remove }
    }

    /// A new or changed relationship in which `parent` is the parent.
    #[must_use]
    pub fn put_relationship(parent: &TableName, relationship: &Relationship) -> Self {
        let key = TableKey { table: parent.as_str(), name: &relationship.name }.text();
        Self { kind: Kind::Relationship, key, act: Act::put(relationship) }
    }

    /// A relationship of the org's own goes.
    #[must_use]
    pub fn remove_relationship(parent: &TableName, name: &str) -> Self {
        let key = TableKey { table: parent.as_str(), name }.text();
        Self { kind: Kind::Relationship, key, act: Act::Remove }
    }

    /// A many-to-many relationship of the org's own goes.
    #[must_use]
    pub fn remove_many_to_many(table: &TableName, name: &str) -> Self {
        let key = TableKey { table: table.as_str(), name }.text();
        Self { kind: Kind::ManyToMany, key, act: Act::Remove }
    }

    /// A new many-to-many relationship whose first table is `table`.
    #[must_use]
    pub fn put_many_to_many(table: &TableName, relationship: &ManyToMany) -> Self {
        let key = TableKey { table: table.as_str(), name: &relationship.name }.text();
        Self { kind: Kind::ManyToMany, key, act: Act::put(relationship) }
    }
}

impl Act {
    fn put<T: Serialize>(part: &T) -> Self {
        Self::Put(serde_json::to_string(part).map_err(|error| error.to_string()))
    }
}

/// `account.new_color`: a part of a table.
pub(crate) struct TableKey<'a> {
    table: &'a str,
    name: &'a str,
}

impl<'a> TableKey<'a> {
    fn text(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    fn parse(text: &'a str) -> Result<Self> {
        let parts = text.split_once('.').map(|(table, name)| TableKey { table, name });
        parts.ok_or_else(|| StoreError::Corrupt(format!("“{text}” names no part of a table")))
    }
}

/// The version of the metadata that is kept.
pub async fn version(session: &mut Session) -> Result<i64> {
    rows::version(session).await
}

/// What is kept; nothing in a database to which no metadata was ever applied.
pub async fn load(session: &mut Session) -> Result<Option<Definitions>> {
    let version = rows::version(session).await?;
    if version == 0 {
        return Ok(None);
    }
    layers::effective(&rows::load(session).await?, version).map(Some)
}

/// What an older version of the program kept: the tables that the database has.
pub async fn load_legacy(session: &mut Session) -> Result<Option<Metadata>> {
    legacy::load(session).await
}

/// The kept rows with changes that are not written yet.
#[derive(Debug)]
pub struct Draft {
    rows: Vec<PartRow>,
    changed: BTreeSet<usize>,
    version: i64,
}

impl Draft {
    /// Starts from what is kept. Whoever makes one holds the lock of the tables.
    pub async fn start(session: &mut Session) -> Result<Self> {
        let version = rows::version(session).await? + 1;
        Ok(Self { rows: rows::load(session).await?, changed: BTreeSet::new(), version })
    }

    /// True when nothing changes.
    pub fn is_unchanged(&self) -> bool {
        self.changed.is_empty()
    }

    /// What holds with the changes.
    pub fn effective(&self) -> Result<Definitions> {
        let version = if self.is_unchanged() { self.version - 1 } else { self.version };
        layers::effective(&self.rows, version)
    }

    /// Writes the changes.
    pub async fn keep(&self, session: &mut Session) -> Result<()> {
        if self.is_unchanged() {
            return Ok(());
        }
        let changed: Vec<PartRow> =
            self.changed.iter().filter_map(|place| self.rows.get(*place)).cloned().collect();
        rows::keep(session, &changed).await?;
        rows::keep_version(session, self.version).await
    }

    /// Brings the solution's layer up to `metadata`, unless the layer is of a newer solution. What the solution has no
    /// longer goes.
    pub async fn take_solution(&mut self, session: &mut Session, metadata: &Metadata) -> Result<()> {
        let kept = solution_version(session).await?;
        if kept.is_some_and(|kept| kept > metadata.version) {
            tracing::warn!(
                kept,
                built_in = metadata.version,
                "the database has a newer solution, which stays"
            );
            return Ok(());
        }
        let mut seeding = Seeding { draft: self, metadata, wanted: BTreeSet::new() };
        visit_kinds(&mut seeding)?;
        let wanted = seeding.wanted;
        self.set(
            Kind::Settings,
            ORGANIZATION,
            Layer::System,
            PartState::Put,
            0,
            Some(text_of(&metadata.settings)?),
        );
        let gone: Vec<(Kind, String)> = self
            .rows
            .iter()
            .filter(|row| row.layer == Layer::System && row.state == PartState::Put)
            .filter(|row| row.kind != Kind::Settings && !wanted.contains(&(row.kind, row.key.clone())))
            .map(|row| (row.kind, row.key.clone()))
            .collect();
        for (kind, key) in gone {
            self.set(kind, &key, Layer::System, PartState::Removed, 0, None);
        }
        keep_solution_version(session, metadata.version).await
    }

    /// Makes changes of the org's own.
    pub fn customize(&mut self, changes: &[Customization]) -> Result<()> {
        for change in changes {
            let Customization { kind, key, act } = change;
            let place = i64::from(u32::MAX) + self.version;
            match act {
                Act::Put(document) => {
                    let document = document.clone().map_err(|error| unwritable(key, &error))?;
                    self.set(*kind, key, Layer::Customized, PartState::Put, place, Some(document));
                }
                Act::Remove => {
                    let kept = self.find(*kind, key, Layer::Customized).and_then(|row| row.document.clone());
                    self.set(*kind, key, Layer::Customized, PartState::Removed, place, kept);
                }
                Act::Restore => {
                    let kept = self.find(*kind, key, Layer::Customized).and_then(|row| row.document.clone());
                    let state = if kept.is_some() { PartState::Put } else { PartState::FallsThrough };
                    self.set(*kind, key, Layer::Customized, state, place, kept);
                }
            }
        }
        Ok(())
    }

    fn find(&self, kind: Kind, key: &str, layer: Layer) -> Option<&PartRow> {
        self.rows.iter().find(|row| row.kind == kind && row.key == key && row.layer == layer)
    }

    fn set(
        &mut self,
        kind: Kind,
        key: &str,
        layer: Layer,
        state: PartState,
        place: i64,
        document: Option<String>,
    ) {
        let found = self.rows.iter().position(|row| row.kind == kind && row.key == key && row.layer == layer);
        let fresh =
            PartRow { kind, key: key.to_owned(), layer, state, version: self.version, place, document };
        match found.and_then(|at| Some((at, self.rows.get_mut(at)?))) {
            Some((at, row)) => {
                // The org's own keep the place they were first given.
                let place = if layer == Layer::Customized { row.place } else { place };
                let is_same = row.state == state && row.document == fresh.document && row.place == place;
                if !is_same {
                    *row = PartRow { place, ..fresh };
                    self.changed.insert(at);
                }
            }
            None => {
                self.changed.insert(self.rows.len());
                self.rows.push(fresh);
            }
        }
    }
}

struct Seeding<'a> {
    draft: &'a mut Draft,
    metadata: &'a Metadata,
    wanted: BTreeSet<(Kind, String)>,
}

impl KindVisitor for Seeding<'_> {
    type Error = StoreError;

    fn visit<T: Part>(&mut self) -> Result<()> {
        let kind = Kind::Part(T::KIND);
        for (place, part) in (0_i64..).zip(T::list(self.metadata)) {
            let document = text_of(part)?;
            self.draft.set(kind, &part.key(), Layer::System, PartState::Put, place, Some(document));
            self.wanted.insert((kind, part.key()));
        }
        Ok(())
    }
}

fn text_of<T: Serialize>(part: &T) -> Result<String> {
    serde_json::to_string(part).map_err(|error| unwritable("a part", &error.to_string()))
}

fn unwritable(key: &str, error: &str) -> StoreError {
    StoreError::Corrupt(format!("the definition {key} to be kept: {error}"))
}

async fn solution_version(session: &mut Session) -> Result<Option<i64>> {
    let sql = "SELECT value FROM valise_setting WHERE name = ?";
    let statement = Statement::with(session.dialect(), sql, vec![Cell::text(SOLUTION_VERSION)]);
    let row = session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
    let text = row.and_then(|cells| cells.into_iter().next()).and_then(Cell::into_text);
    Ok(text.and_then(|text| text.parse().ok()))
}

async fn keep_solution_version(session: &mut Session, version: i64) -> Result<()> {
    let sql = "INSERT INTO valise_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET \
               value = excluded.value";
    let binds = vec![Cell::text(SOLUTION_VERSION), Cell::text(version.to_string())];
    session.run_with(sql, binds).await?;
    Ok(())
}
