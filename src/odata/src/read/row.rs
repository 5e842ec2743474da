//! The visitor: walks the JSON once and hands each value to the sink.

use crate::headers::parse_etag;
use crate::read::packed::{InPlace, NextValue, Packed, PackedReference};
use crate::read::parties::read_parties;
use crate::read::shape::{Shape, Slot, WireKind};
use crate::read::text::TextSeed;
use crate::read::value::{found, id, read_value, string};
use crate::read::{PageEnvelope, Removed, RemovedReason, RowProblem};
use model::{ColumnKind, RowId, RowSink, RowVersion, Table, ValueRef};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// What is known of a lookup of the row at hand.
#[derive(Clone, Debug, Default)]
struct Lookup<'de> {
    /// `Some(None)` for a lookup without value.
    id: Option<Option<RowId>>,
    table: Option<Cow<'de, str>>,
    name: Option<Cow<'de, str>>,
}

/// What is known of the row at hand.
#[derive(Debug, Default)]
struct Current {
    id: Option<RowId>,
    version: Option<RowVersion>,
    is_removed: bool,
    removed_id: Option<RowId>,
    was_removed_from_sight: bool,
    has_properties: bool,
    problem: Option<RowProblem>,
}

/// Reads a page.
pub struct Reader<'de, 'a> {
    table: &'a Table,
    shape: Shape,
    sink: &'a mut dyn RowSink,
    lookups: Vec<Lookup<'de>>,
    current: Current,
    /// For each column the number of the row that last set it: a property named twice is a broken row.
    set_in: Vec<u32>,
    /// For each column the number of the row that last had an annotation of it.
    annotated_in: Vec<u32>,
    /// The columns that have no value when a row does not name them.
    null_when_absent: Vec<usize>,
    row_number: u32,
    saw_rows: bool,
    packed: Packed<'de>,
    /// What the page says beside its rows.
    pub envelope: PageEnvelope,
}

impl<'de, 'a> Reader<'de, 'a> {
    /// A reader of the table's rows.
    pub fn new(table: &'a Table, sink: &'a mut dyn RowSink) -> Self {
        let shape = Shape::of(table);
        Self {
            table,
            lookups: vec![Lookup::default(); shape.lookups.len()],
            shape,
            sink,
            current: Current::default(),
            set_in: vec![0; table.columns.len()],
            annotated_in: vec![0; table.columns.len()],
            null_when_absent: Vec::new(),
            row_number: 0,
            saw_rows: false,
            packed: Packed::default(),
            envelope: PageEnvelope::default(),
        }
    }

    /// Takes a property that is absent for one without value.
    pub fn with_nulls_for_absent(mut self) -> Self {
        let columns = self.table.columns.iter().enumerate().filter(|(_, column)| {
            column.name != self.table.primary_id && !matches!(column.kind, ColumnKind::PartyList { .. })
        });
        self.null_when_absent = columns.map(|(index, _)| index).collect();
        self
    }

    /// The table of the rows.
    pub const fn table(&self) -> &'a Table {
        self.table
    }

    /// True when the page had a list of rows, or was a row.
    pub const fn has_rows(&self) -> bool {
        self.saw_rows || self.envelope.rows > 0 || !self.envelope.problems.is_empty()
    }

    /// Drops what the sink has of an unfinished row.
    pub fn abandon(&mut self) {
        self.sink.discard();
    }

    fn begin_row(&mut self) {
        self.current = Current::default();
        self.row_number = self.row_number.wrapping_add(1);
        for lookup in &mut self.lookups {
            *lookup = Lookup::default();
        }
    }

    pub(super) fn fail(&mut self, property: &str, reason: String) {
        if self.current.problem.is_none() {
            self.current.problem = Some(RowProblem { id: None, property: property.to_owned(), reason });
        }
    }

    pub(super) fn give(&mut self, column: usize, value: ValueRef<'_>) {
        let table = self.table;
        match self.set_in.get_mut(column) {
            Some(set_in) if *set_in == self.row_number => {
                let name = table.columns.get(column).map_or("", |column| column.name.as_str());
                self.fail(name, "it is named twice".to_owned());
            }
            Some(set_in) => {
                *set_in = self.row_number;
                if self.current.problem.is_none() {
                    self.sink.value(column, value);
                }
            }
            None => {}
        }
    }

    pub(super) fn column_name(&self, column: usize) -> &'a str {
        self.table.columns.get(column).map_or("", |column| column.name.as_str())
    }

    /// Takes a value, whether a name stands before it or it is known by its place.
    fn property<N: NextValue<'de>>(&mut self, slot: Slot, next: &mut N) -> Result<(), N::Error> {
        if let Slot::Column { index, kind: WireKind::Text } = slot {
            self.current.has_properties = true;
            return next.seed(TextSeed { reader: self, column: index });
        }
        if let Slot::Annotation(column) = slot {
            if let Some(annotated_in) = self.annotated_in.get_mut(column) {
                *annotated_in = self.row_number;
            }
            return next.seed(PhantomData::<IgnoredAny>).map(|_| ());
        }
        if matches!(
            slot,
            Slot::Ignore
                | Slot::Rows
                | Slot::NextLink
                | Slot::DeltaLink
                | Slot::Count
                | Slot::Columns
                | Slot::References
        ) {
            return next.seed(PhantomData::<IgnoredAny>).map(|_| ());
        }
        let raw = next.seed(PhantomData::<&'de RawValue>)?.get();
        match slot {
            Slot::Column { index, kind } => {
                self.current.has_properties = true;
                match read_value(raw, kind) {
                    Ok(value) => self.give(index, value),
                    Err(found) => {
                        let reason = format!("it expects {}, but got {found}", kind.expected());
                        self.fail(self.column_name(index), reason);
                    }
                }
            }
            Slot::Id => {
                self.current.has_properties = true;
                self.current.id = id(raw);
                if self.current.id.is_none() {
                    let property = self.table.primary_id.clone();
                    self.fail(property.as_str(), format!("it expects a guid, but got {}", found(raw)));
                }
            }
            Slot::Etag if self.packed.is_on() => self.current.version = raw.parse().ok().map(RowVersion),
            Slot::Etag => self.current.version = string(raw).and_then(|text| parse_etag(&text)),
            Slot::Context => {
                self.current.is_removed = string(raw).is_some_and(|text| text.ends_with("/$deletedEntity"));
            }
            Slot::RemovedId => self.current.removed_id = id(raw),
            Slot::RemovedReason => self.current.was_removed_from_sight = raw == "\"changed\"",
            Slot::LookupId(lookup) if self.packed.is_on() => self.packed_lookup(lookup, raw),
            Slot::LookupId(lookup) => self.lookup_id(lookup, raw),
            Slot::LookupTable(lookup) => {
                if let Some(lookup) = self.lookups.get_mut(lookup) {
                    lookup.table = string(raw);
                }
            }
            Slot::LookupName(lookup) => {
                if let Some(lookup) = self.lookups.get_mut(lookup) {
                    lookup.name = string(raw);
                }
            }
            Slot::Parties => match read_parties(raw, self.table) {
                Ok(lists) => lists.into_iter().for_each(|(column, value)| self.give(column, value)),
                Err(reason) => self.fail("activity parties", reason),
            },
            Slot::Annotation(_)
            | Slot::Ignore
            | Slot::Rows
            | Slot::NextLink
            | Slot::DeltaLink
            | Slot::Count
            | Slot::Columns
            | Slot::References => {}
        }
        Ok(())
    }

    fn lookup_id(&mut self, lookup: usize, raw: &str) {
        self.current.has_properties = true;
        let read = if raw == "null" { Some(None) } else { id(raw).map(Some) };
        let Some(state) = self.lookups.get_mut(lookup) else { return };
        let is_first = state.id.is_none();
        state.id = read;
        let column = self.shape.lookups.get(lookup).map_or(0, |shape| shape.column);
        if read.is_none() {
            self.fail(self.column_name(column), format!("it expects a guid, but got {}", found(raw)));
        } else if !is_first {
            self.fail(self.column_name(column), "it is named twice".to_owned());
        }
    }

    /// The lookup of a packed row: a place in the list of the page's references.
    fn packed_lookup(&mut self, lookup: usize, raw: &str) {
        self.current.has_properties = true;
        let column = self.shape.lookups.get(lookup).map_or(0, |shape| shape.column);
        if raw == "null" {
            self.give(column, ValueRef::Null);
            return;
        }
        let references = std::mem::take(&mut self.packed.references);
        match raw.parse().ok().and_then(|place: usize| references.get(place)) {
            Some(PackedReference { id, table, name }) => {
                self.give(column, ValueRef::Reference { table, id: *id, name: name.as_deref() });
            }
            None => {
                let reason = format!("it expects a place among the references, but got {}", found(raw));
                self.fail(self.column_name(column), reason);
            }
        }
        self.packed.references = references;
    }

    /// Lookups wait for the end of the row: their annotations may come before or after them.
    fn give_lookups(&mut self) {
        let lookups = std::mem::take(&mut self.lookups);
        for (index, lookup) in lookups.iter().enumerate() {
            let Some(shape) = self.shape.lookups.get(index) else { continue };
            let column = shape.column;
            match lookup.id {
                None if lookup.table.is_none() && lookup.name.is_none() => {}
                None => {
                    if let Some(annotated_in) = self.annotated_in.get_mut(column) {
                        *annotated_in = self.row_number;
                    }
                }
                Some(None) => self.give(column, ValueRef::Null),
                Some(Some(id)) => {
                    let only_target = shape.only_target.clone();
                    let only_target = only_target.as_ref().map(model::TableName::as_str);
                    if let Some(table) = lookup.table.as_deref().or(only_target) {
                        self.give(column, ValueRef::Reference { table, id, name: lookup.name.as_deref() });
                    } else {
                        let reason = "the annotation with the table it points to is missing".to_owned();
                        self.fail(self.column_name(column), reason);
                    }
                }
            }
        }
        self.lookups = lookups;
    }

    /// An annotation without its property says that the value is withheld, not that there is none.
    fn give_nulls(&mut self) {
        let columns = std::mem::take(&mut self.null_when_absent);
        for &column in &columns {
            let is_here = |rows: &[u32]| rows.get(column) == Some(&self.row_number);
            if !is_here(&self.set_in) && !is_here(&self.annotated_in) {
                self.give(column, ValueRef::Null);
            }
        }
        self.null_when_absent = columns;
    }

    fn end_row(&mut self) {
        if self.current.is_removed {
            self.end_removed();
            return;
        }
        self.give_lookups();
        self.give_nulls();
        let current = std::mem::take(&mut self.current);
        let problem = current.problem.or_else(|| {
            let reason = "the primary key is missing".to_owned();
            let property = self.table.primary_id.to_string();
            current.id.is_none().then_some(RowProblem { id: None, property, reason })
        });
        match (problem, current.id) {
            (None, Some(id)) => {
                self.sink.finish(id, current.version);
                self.envelope.rows += 1;
            }
            (problem, id) => {
                self.sink.discard();
                self.envelope.problems.extend(problem.map(|problem| RowProblem { id, ..problem }));
            }
        }
    }

    fn end_removed(&mut self) {
        let current = std::mem::take(&mut self.current);
        if current.has_properties {
            // A removed row should have no values; whatever it had is not to reach the next one.
            self.sink.discard();
        }
        let reason =
            if current.was_removed_from_sight { RemovedReason::Changed } else { RemovedReason::Deleted };
        match current.removed_id.or(current.id) {
            Some(id) => self.envelope.removed.push(Removed { id, reason }),
            None => self.envelope.problems.push(RowProblem {
                id: None,
                property: "id".to_owned(),
                reason: "a deleted row without a guid".to_owned(),
            }),
        }
    }
}

/// The whole body: an envelope around rows, or one row.
pub struct BodySeed<'r, 'de, 'a>(pub &'r mut Reader<'de, 'a>);
struct RowsSeed<'r, 'de, 'a>(&'r mut Reader<'de, 'a>);
struct RowSeed<'r, 'de, 'a>(&'r mut Reader<'de, 'a>);
struct KeySeed<'r>(&'r mut Shape);

impl<'de> DeserializeSeed<'de> for BodySeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for BodySeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of rows or a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.begin_row();
        while let Some(slot) = map.next_key_seed(KeySeed(&mut reader.shape))? {
            match slot {
                Slot::Columns => {
                    let names: Vec<Cow<'_, str>> =
                        Vec::deserialize(next(&mut map)?).map_err(A::Error::custom)?;
                    reader.packed.positions = names.iter().map(|name| reader.shape.find(name)).collect();
                }
                Slot::References => reader.packed.references = map.next_value()?,
                Slot::Rows => {
                    reader.saw_rows = true;
                    map.next_value_seed(RowsSeed(reader))?;
                }
                Slot::NextLink => {
                    reader.envelope.next_link =
                        Option::deserialize(next(&mut map)?).map_err(A::Error::custom)?
                }
                Slot::DeltaLink => {
                    reader.envelope.delta_link =
                        Option::deserialize(next(&mut map)?).map_err(A::Error::custom)?
                }
                Slot::Count => {
                    let count = Option::<i64>::deserialize(next(&mut map)?).map_err(A::Error::custom)?;
                    reader.envelope.count = count.and_then(|count| u64::try_from(count).ok());
                }
                slot => reader.property(slot, &mut map)?,
            }
        }
        if !reader.saw_rows && (reader.current.has_properties || reader.current.is_removed) {
            reader.end_row();
        }
        Ok(())
    }
}

/// A small value of the envelope, on its own.
fn next<'de, A: MapAccess<'de>>(map: &mut A) -> Result<serde_json::Value, A::Error> {
    map.next_value()
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(RowSeed(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.0.packed.is_on() {
            deserializer.deserialize_any(self)
        } else {
            deserializer.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.begin_row();
        while let Some(slot) = map.next_key_seed(KeySeed(&mut self.0.shape))? {
            self.0.property(slot, &mut map)?;
        }
        self.0.end_row();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.begin_row();
        for place in 0..reader.packed.positions.len() {
            let slot = reader.packed.positions.get(place).copied().unwrap_or(Slot::Ignore);
            reader.property(slot, &mut InPlace(&mut values))?;
        }
        if values.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("a packed row has more values than there are columns"));
        }
        reader.end_row();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Slot;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Slot, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Slot;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Slot, E> {
        Ok(self.0.find(name))
    }
}
