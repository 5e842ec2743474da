//! Tables whose rows follow from the rows of the activity tables: made in memory when first asked for, kept up to date
//! row by row, never written.

use super::state::State;
use crate::column::{ColumnData, borrow};
use crate::needs::Needs;
use crate::table::{Dirty, TableData};
use hashbrown::HashMap;
use model::{
    ColumnKind, Columns, REPEATED_COLUMNS, Row, RowId, Table, TableName, TableSource, ValueRef, party_rows,
};
use std::collections::BTreeSet;
use std::mem::discriminant;

/// The column that holds the name of an activity's own table.
const TYPE_COLUMN: &str = "activitytypecode";

/// How far a derived table has followed its sources.
#[derive(Debug, Default)]
pub struct Followed {
    sources: Vec<Source>,
    /// The party rows of each activity.
    parties: HashMap<RowId, Vec<RowId>>,
}

#[derive(Debug)]
struct Source {
    table: TableName,
    /// Which loading of the table.
    loading: u64,
    /// How many of its changes are in.
    place: u64,
}

/// The columns that a table's derived rows are made of.
fn columns_of_parties(table: &Table) -> impl Iterator<Item = usize> + '_ {
    let takes_part = |column: &model::Column| {
        matches!(column.kind, ColumnKind::PartyList { .. })
            || REPEATED_COLUMNS.contains(&column.name.as_str())
    };
    table.columns.iter().enumerate().filter(move |(_, column)| takes_part(column)).map(|(place, _)| place)
}

impl State {
    /// The tables that derived tables are made from.
    pub fn activity_tables(&self) -> Vec<TableName> {
        let is_source = |definition: &Table| definition.is_activity && !definition.is_derived();
        let tables =
            self.tables.iter().filter(|(_, table)| table.definition.as_deref().is_some_and(is_source));
        tables.map(|(name, _)| name.clone()).collect()
    }

    /// The definition of a table whose rows follow from those of others; nothing for any other table.
    pub fn derived(&self, table: &TableName) -> Option<&Table> {
        self.tables.get(table)?.definition.as_deref().filter(|definition| definition.is_derived())
    }

    /// These tables, and those whose rows follow from theirs.
    pub fn with_derived(&self, mut tables: BTreeSet<TableName>) -> BTreeSet<TableName> {
        let is_source = |name: &TableName| {
            let definition = self.tables.get(name).and_then(|table| table.definition.as_deref());
            definition.is_some_and(|definition| definition.is_activity)
        };
        if tables.iter().any(is_source) {
            tables.extend(self.tables.keys().filter(|name| self.derived(name).is_some()).cloned());
        }
        tables
    }

    /// The columns of activities that these derived tables are made of, as far as they were not read yet.
    pub fn needs_of_derived(&self, derived: &[TableName]) -> Needs {
        let mut needs = Needs::default();
        for definition in derived.iter().filter_map(|table| self.derived(table)) {
            for source in self.activity_tables() {
                let Some(data) = self.data(source.as_str()) else { continue };
                let columns: Vec<usize> = if definition.source == TableSource::Parties {
                    columns_of_parties(&data.definition).collect()
                } else {
                    shared_columns(&data.definition, definition).into_iter().map(|(_, own)| own).collect()
                };
                let unread = columns.into_iter().filter(|column| data.is_incomplete(*column));
                needs.columns.extend(unread.map(|column| (source.clone(), column)));
            }
        }
        needs
    }

    /// Brings a derived table up to date with its sources, which are loaded.
    pub fn derive(&mut self, name: &TableName) {
        let sources = self.activity_tables();
        let Some(known) = self.tables.get_mut(name) else { return };
        let Some(definition) = known.definition.clone() else { return };
        let (data, followed) = (known.data.take(), known.followed.take());
        let fresh = data.zip(followed).and_then(|(mut data, mut followed)| {
            self.follow(&sources, &mut data, &mut followed).then_some((data, followed))
        });
        let (mut data, followed) = fresh.unwrap_or_else(|| {
            let mut data = TableData::new(definition);
            let followed = self.derive_all(&sources, &mut data);
            (data, followed)
        });
        data.dirty = Dirty::default();
        data.columns.iter_mut().for_each(ColumnData::compact);
        if let Some(known) = self.tables.get_mut(name) {
            known.data = Some(data);
            known.followed = Some(followed);
            known.is_behind = false;
        }
    }

    /// Takes over what changed since last time; false when that cannot be told any more.
    fn follow(&mut self, sources: &[TableName], data: &mut TableData, followed: &mut Followed) -> bool {
        if !followed.sources.iter().map(|source| &source.table).eq(sources) {
            return false;
        }
        let Followed { sources, parties } = followed;
        for source in sources {
            let Some(from) = self.data(source.table.as_str()) else { return false };
            if from.loading != source.loading {
                return false;
            }
            let Some(changed) = from.changes.since(source.place) else { return false };
            source.place = from.changes.place();
            if !changed.is_empty() {
                let taker = Taker::new(from, data);
                changed.into_iter().for_each(|id| taker.take(from, data, parties, id));
            }
        }
        true
    }

    fn derive_all(&mut self, sources: &[TableName], data: &mut TableData) -> Followed {
        let mut followed = Followed::default();
        for table in sources {
            let Some(from) = self.tables.get_mut(table).and_then(|known| known.data.as_mut()) else {
                continue;
            };
            let taker = Taker::new(from, data);
            for slot in from.visible.iter() {
                if let Some(id) = from.ids.get(slot) {
                    taker.add(from, data, &mut followed.parties, (*id, slot));
                }
            }
            let (loading, place) = (from.loading, from.changes.watch());
            followed.sources.push(Source { table: table.clone(), loading, place });
        }
        followed
    }

    /// The table that keeps an activity, whether or not the user deleted it.
    pub fn table_of_activity(&self, id: RowId) -> Option<TableName> {
        let holds = |table: &TableName| self.data(table.as_str()).is_some_and(|data| data.find(id).is_some());
        self.activity_tables().into_iter().find(holds)
    }
}

/// A party row as the server last confirmed its activity.
pub fn base_party(state: &State, parties: &Table, current: &Row) -> Option<Row> {
    let id = current.columns.get("activityid").as_reference()?.id;
    let data = state.data(state.table_of_activity(id)?.as_str())?;
    let activity = data.base_row(data.find(id)?)?;
    let rows = party_rows(&data.definition, id, &activity.columns);
    let (_, columns) = rows.into_iter().find(|(party, _)| *party == current.id)?;
    let known = columns.0.into_iter().filter(|(name, _)| parties.column(name.as_str()).is_some());
    Some(Row { columns: known.collect(), ..current.clone() })
}

/// The columns of the table of all activities that an activity table has too: places there and here.
fn shared_columns(from: &Table, pointers: &Table) -> Vec<(usize, usize)> {
    let mut shared = Vec::new();
    for (place, column) in pointers.columns.iter().enumerate() {
        let own = from.columns.iter().position(|own| own.name == column.name);
        let Some((own, kind)) = own.and_then(|own| Some((own, &from.columns.get(own)?.kind))) else {
            continue;
        };
        if is_alike(kind, &column.kind) && column.name != pointers.primary_id && column.name != *TYPE_COLUMN {
            shared.push((place, own));
        }
    }
    shared
}

/// True when values of the one kind are kept like values of the other.
fn is_alike(one: &ColumnKind, other: &ColumnKind) -> bool {
    match (ColumnData::for_kind(one), ColumnData::for_kind(other)) {
        (ColumnData::Plain(_), ColumnData::Plain(_)) => discriminant(one) == discriminant(other),
        (one, other) => discriminant(&one) == discriminant(&other),
    }
}

/// How rows of one table go into a derived one.
enum Taker {
    /// Each column of the derived table that the source has too.
    Activity { columns: Vec<(usize, usize)>, type_column: Option<usize> },
    /// The columns of the source that party rows are made of.
    Parties { columns: Vec<usize> },
}

impl Taker {
    fn new(from: &TableData, data: &mut TableData) -> Self {
        if data.definition.source == TableSource::Parties {
            data.known.fill(true);
            return Self::Parties { columns: columns_of_parties(&from.definition).collect() };
        }
        let mut columns = shared_columns(&from.definition, &data.definition);
        columns.retain(|(_, own)| from.known.get(*own) == Some(&true));
        let type_column = data.column_index(TYPE_COLUMN);
        for place in columns.iter().map(|(place, _)| *place).chain(type_column) {
            if let Some(known) = data.known.get_mut(place) {
                *known = true;
            }
        }
        Self::Activity { columns, type_column }
    }

    /// Takes over what has become of a row of the source.
    fn take(
        &self,
        from: &TableData,
        data: &mut TableData,
        parties: &mut HashMap<RowId, Vec<RowId>>,
        id: RowId,
    ) {
        for party in parties.remove(&id).into_iter().flatten() {
            data.remove_base(party);
        }
        match from.find_visible(id) {
            Some(slot) => self.add(from, data, parties, (id, slot)),
            None if self.owns(from, data, id) => {
                data.remove_base(id);
            }
            None => {}
        }
    }

    fn add(
        &self,
        from: &TableData,
        data: &mut TableData,
        parties: &mut HashMap<RowId, Vec<RowId>>,
        (id, slot): (RowId, usize),
    ) {
        match self {
            Self::Activity { columns, type_column } => {
                let Some(target) = data.put_base(id, from.version(slot)) else { return };
                for (place, source) in columns {
                    if let (Some(column), Some(source)) =
                        (data.columns.get_mut(*place), from.columns.get(*source))
                    {
                        column.put(target, source.get(slot));
                    }
                }
                if let Some(column) = type_column.and_then(|place| data.columns.get_mut(place)) {
                    column.put(target, ValueRef::Text(from.definition.name.as_str()));
                }
            }
            Self::Parties { columns } => {
                let columns = columns.iter().filter_map(|place| {
                    let column = from.definition.columns.get(*place)?;
                    Some((column.name.clone(), from.columns.get(*place)?.get(slot).into_value()))
                });
                let rows = party_rows(&from.definition, id, &columns.collect::<Columns>());
                if rows.is_empty() {
                    return;
                }
                for (party, columns) in &rows {
                    let Some(target) = data.put_base(*party, from.version(slot)) else { continue };
                    for (name, value) in columns.iter() {
                        let place = data.column_index(name.as_str());
                        if let Some(column) = place.and_then(|place| data.columns.get_mut(place)) {
                            column.put(target, borrow(value));
                        }
                    }
                }
                parties.insert(id, rows.into_iter().map(|(party, _)| party).collect());
            }
        }
    }

    /// Whether an activity of the derived table came from this source.
    fn owns(&self, from: &TableData, data: &TableData, id: RowId) -> bool {
        let Self::Activity { type_column, .. } = self else { return false };
        let Some(slot) = data.find(id) else { return false };
        let column = type_column.and_then(|place| data.columns.get(place));
        column.is_none_or(
            |column| matches!(column.get(slot), ValueRef::Text(name) if *name == *from.definition.name.as_str()),
        )
    }
}

#[cfg(test)]
mod tests;
