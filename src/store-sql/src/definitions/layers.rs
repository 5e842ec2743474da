//! What holds when the org's own definitions lie over those of the solution. A table is laid over column by column, so
//! that a column of the org's survives a newer table of the solution.

use super::rows::{Kind, Layer, PartRow, PartState};
use super::{Definitions, TableKey};
use crate::error::{Result, StoreError};
use model::component::{KindVisitor, Part, key_of, visit_kinds};
use model::{Column, ColumnKind, ComponentKey, ComponentKind, ManyToMany, Metadata, Relationship, Table};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What holds of these rows.
pub fn effective(rows: &[PartRow], version: i64) -> Result<Definitions> {
    let mut laying = Laying {
        rows,
        metadata: Metadata { version, ..Metadata::default() },
        versions: BTreeMap::new(),
        gone: BTreeMap::new(),
    };
    visit_kinds(&mut laying)?;
    let Laying { mut metadata, mut versions, gone, .. } = laying;
    keep_solutions_columns(rows, &mut metadata.tables)?;
    lay_over_tables(rows, &mut metadata.tables, &mut versions)?;
    let settings = rows.iter().filter(|row| row.kind == Kind::Settings);
    let settings_version = settings.clone().map(|row| row.version).max().unwrap_or_default();
    let settings = settings.filter(|row| row.state == PartState::Put);
    if let Some(row) = settings.max_by_key(|row| row.layer) {
        metadata.settings = parsed(row)?;
    }
    Ok(Definitions { metadata, versions, gone, settings_version })
}

struct Laying<'a> {
    rows: &'a [PartRow],
    metadata: Metadata,
    versions: BTreeMap<ComponentKey, i64>,
    gone: BTreeMap<ComponentKey, i64>,
}

impl KindVisitor for Laying<'_> {
    type Error = StoreError;

    fn visit<T: Part>(&mut self) -> Result<()> {
        let mut by_key: BTreeMap<&str, Vec<&PartRow>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.kind == Kind::Part(T::KIND)) {
            by_key.entry(&row.key).or_default().push(row);
        }
        let mut found: Vec<(i64, T)> = Vec::new();
        for (key, mut layers) in by_key {
            layers.sort_by_key(|row| row.layer);
            let version = layers.iter().map(|row| row.version).max().unwrap_or_default();
            let place = layers.first().map_or(0, |row| row.place);
            let on_top = layers.iter().rev().find(|row| row.state != PartState::FallsThrough);
            match on_top.filter(|row| row.state == PartState::Put) {
                Some(row) => {
                    let part: T = parsed(row)?;
                    self.versions.insert(key_of(&part), version);
                    found.push((place, part));
                }
                None => {
                    self.gone.insert(ComponentKey::new(T::KIND, key), version);
                }
            }
        }
        found.sort_by_key(|(place, _)| *place);
        *T::list_mut(&mut self.metadata) = found.into_iter().map(|(_, part)| part).collect();
        Ok(())
    }
}

/// What the org says of a table of the solution's is what it is called and how it is used; its columns, states and
/// relationships stay the solution's, so that newer ones come with a newer solution.
fn keep_solutions_columns(rows: &[PartRow], tables: &mut [Table]) -> Result<()> {
    let kind = Kind::Part(ComponentKind::Table);
    let put = |row: &&PartRow, layer| row.kind == kind && row.layer == layer && row.state == PartState::Put;
    for row in rows.iter().filter(|row| put(row, Layer::System)) {
        let is_changed = rows.iter().any(|other| put(&other, Layer::Customized) && other.key == row.key);
        let place = tables.iter_mut().find(|table| table.name == *row.key);
        if let Some(place) = place.filter(|_| is_changed) {
            let own = std::mem::replace(place, parsed(row)?);
            place.label = own.label;
            place.plural_label = own.plural_label;
            place.description = own.description;
            place.icon = own.icon;
            place.has_quick_create = own.has_quick_create;
            place.is_available_offline = own.is_available_offline;
        }
    }
    Ok(())
}

/// Columns and relationships of the org's own, each a row by itself.
fn lay_over_tables(
    rows: &[PartRow],
    tables: &mut [Table],
    versions: &mut BTreeMap<ComponentKey, i64>,
) -> Result<()> {
    let places: BTreeMap<String, usize> =
        tables.iter().enumerate().map(|(place, table)| (table.name.to_string(), place)).collect();
    let mut rows: Vec<&PartRow> = rows.iter().filter(|row| row.layer == Layer::Customized).collect();
    rows.sort_by_key(|row| row.place);
    for row in rows {
        if !matches!(row.kind, Kind::Column | Kind::Relationship | Kind::ManyToMany) {
            continue;
        }
        let TableKey { table, name } = TableKey::parse(&row.key)?;
        let Some(table) = places.get(table).and_then(|place| tables.get_mut(*place)) else { continue };
        let is_put = row.state == PartState::Put;
        match row.kind {
            Kind::Column if is_put => {
                let mut column: Column = parsed(row)?;
                if let Some(below) = table.column(name) {
                    keep_targets(&mut column, below);
                }
                put(&mut table.columns, column, |column| column.name.as_str() == name);
            }
            Kind::Column => table.columns.retain(|column| column.name != *name || !column.custom),
            Kind::Relationship if is_put => {
                let relationship: Relationship = parsed(row)?;
                put(&mut table.relationships, relationship, |it| it.name == name);
            }
            Kind::Relationship => table.relationships.retain(|it| it.name != name),
            Kind::ManyToMany if is_put => {
                let relationship: ManyToMany = parsed(row)?;
                put(&mut table.many_to_many, relationship, |it| it.name == name);
            }
            _ => table.many_to_many.retain(|it| it.name != name),
        }
        let key = ComponentKey::new(ComponentKind::Table, table.name.as_str());
        let version = versions.entry(key).or_default();
        *version = row.version.max(*version);
    }
    Ok(())
}

/// A changed lookup still points to what the solution's points to, newer targets included.
fn keep_targets(column: &mut Column, below: &Column) {
    if let (ColumnKind::Lookup { targets, .. }, ColumnKind::Lookup { targets: known, .. }) =
        (&mut column.kind, &below.kind)
    {
        let missing: Vec<_> = known.iter().filter(|target| !targets.contains(target)).cloned().collect();
        targets.extend(missing);
    }
}

fn put<T>(list: &mut Vec<T>, item: T, is_same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|known| is_same(known)) {
        Some(place) => *place = item,
        None => list.push(item),
    }
}

fn parsed<T: DeserializeOwned>(row: &PartRow) -> Result<T> {
    let document = row.document.as_deref().unwrap_or_default();
    serde_json::from_str(document).map_err(|error| {
        StoreError::Corrupt(format!("the definition {} {}: {error}", row.kind.name(), row.key))
    })
}
