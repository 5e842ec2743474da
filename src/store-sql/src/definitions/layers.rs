//! What holds when the org's own definitions lie over those of the solution. A table is laid over column by column, so
//! that a column of the org's survives a newer table of the solution.

use super::rows::{Kind, Layer, PartRow, PartState};
use super::{Definitions, TableKey};
use crate::error::{Result, StoreError};
use model::component::{KindVisitor, Part, key_of, visit_kinds};
use model::{Column, ComponentKey, ComponentKind, ManyToMany, Metadata, Relationship, Table};
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
                let column: Column = parsed(row)?;
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
