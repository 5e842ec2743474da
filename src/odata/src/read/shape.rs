//! Which property goes where: a table's properties by name, made once for a page.

use crate::names::parties_property;
use crate::write::packed::{COLUMNS, REFERENCES};
use model::{ColumnKind, DateBehavior, Table, TableName};
use std::collections::HashMap;

/// The annotation with the text to show.
pub const FORMATTED_VALUE: &str = "OData.Community.Display.V1.FormattedValue";
/// The annotation with the table a lookup points to.
pub const LOOKUP_LOGICAL_NAME: &str = "Microsoft.Dynamics.CRM.lookuplogicalname";
/// The annotation with the navigation property of a lookup.
pub const ASSOCIATED_NAVIGATION: &str = "Microsoft.Dynamics.CRM.associatednavigationproperty";

/// What a property is to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Nothing.
    Ignore,
    /// The primary key.
    Id,
    /// `@odata.etag`
    Etag,
    /// `@odata.context`, which marks deleted rows.
    Context,
    /// `id` of a deleted row.
    RemovedId,
    /// `reason` of a deleted row.
    RemovedReason,
    /// A column's value.
    Column { index: usize, kind: WireKind },
    /// An annotation of a column's value that says nothing to the reader.
    Annotation(usize),
    /// A lookup's id.
    LookupId(usize),
    /// A lookup's table.
    LookupTable(usize),
    /// A lookup's name.
    LookupName(usize),
    /// The activity parties.
    Parties,
    /// `@valise.columns`: what the values of packed rows are.
    Columns,
    /// `@valise.references`: the rows that lookups of packed rows point to.
    References,
    /// `value`: the rows of a page.
    Rows,
    /// `@odata.nextLink`
    NextLink,
    /// `@odata.deltaLink`
    DeltaLink,
    /// `@odata.count`
    Count,
}

/// How a value is written on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireKind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A number read digit by digit.
    Decimal,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// The number of an option.
    Choice,
    /// `"1,2,3"`
    Choices,
    /// `YYYY-MM-DD`
    Date,
    /// ISO 8601.
    DateTime,
    /// A guid.
    Id,
}

impl WireKind {
    /// How the values of a column are written; none for lookups and party lists, which have their own properties.
    #[must_use]
    pub const fn of(kind: &ColumnKind) -> Option<Self> {
        Some(match kind {
            ColumnKind::Text { .. }
            | ColumnKind::Memo { .. }
            | ColumnKind::EntityName
            | ColumnKind::Image => Self::Text,
            ColumnKind::Integer { .. } | ColumnKind::BigInteger => Self::Integer,
            ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
                Self::Decimal
            }
            ColumnKind::Float { .. } => Self::Float,
            ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => Self::Choice,
            ColumnKind::Choices { .. } => Self::Choices,
            ColumnKind::Boolean(_) => Self::Boolean,
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => Self::Date,
            ColumnKind::DateTime { .. } => Self::DateTime,
            ColumnKind::UniqueId | ColumnKind::File { .. } => Self::Id,
            ColumnKind::Lookup { .. } | ColumnKind::PartyList { .. } => return None,
        })
    }

    /// What a value must look like, for messages.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Integer => "a whole number",
            Self::Decimal | Self::Float => "a number",
            Self::Boolean => "true or false",
            Self::Choice => "the number of an option",
            Self::Choices => "a string of option numbers such as \"1,2\"",
            Self::Date => "a date such as \"2026-01-31\"",
            Self::DateTime => "an instant such as \"2026-01-31T08:30:00Z\"",
            Self::Id => "a guid",
        }
    }
}

/// A lookup column.
#[derive(Debug)]
pub struct LookupShape {
    /// Its place in `Table::columns`.
    pub column: usize,
    /// The table, when it can only be one.
    pub only_target: Option<TableName>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    slot: Slot,
    /// The entry that followed this one last time: rows of a page name their properties in the same order.
    next: usize,
}

/// A table's properties by name.
#[derive(Debug)]
pub struct Shape {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    previous: usize,
    /// The lookups that `Slot::LookupId` and its siblings number.
    pub lookups: Vec<LookupShape>,
}

impl Shape {
    /// The properties of a table.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let mut shape =
            Self { entries: Vec::new(), by_name: HashMap::new(), previous: 0, lookups: Vec::new() };
        for (index, column) in table.columns.iter().enumerate() {
            let name = column.name.as_str();
            match &column.kind {
                ColumnKind::Lookup { targets, .. } => {
                    let lookup = shape.lookups.len();
                    let only_target =
                        if let [target] = targets.as_slice() { Some(target.clone()) } else { None };
                    shape.lookups.push(LookupShape { column: index, only_target });
                    shape.add(format!("_{name}_value"), Slot::LookupId(lookup));
                    shape.add(format!("_{name}_value@{LOOKUP_LOGICAL_NAME}"), Slot::LookupTable(lookup));
                    shape.add(format!("_{name}_value@{FORMATTED_VALUE}"), Slot::LookupName(lookup));
                    let navigation = format!("_{name}_value@{ASSOCIATED_NAVIGATION}");
                    shape.add(navigation, Slot::Annotation(index));
                }
                ColumnKind::PartyList { .. } => shape.add(parties_property(table), Slot::Parties),
                kind => {
                    let slot = WireKind::of(kind).map_or(Slot::Ignore, |kind| Slot::Column { index, kind });
                    let slot = if column.name == table.primary_id { Slot::Id } else { slot };
                    shape.add(name.to_owned(), slot);
                    shape.add(format!("{name}@{FORMATTED_VALUE}"), Slot::Annotation(index));
                }
            }
        }
        for (name, slot) in [
            ("@odata.etag", Slot::Etag),
            ("@odata.context", Slot::Context),
            ("@odata.nextLink", Slot::NextLink),
            ("@odata.deltaLink", Slot::DeltaLink),
            ("@odata.count", Slot::Count),
            ("id", Slot::RemovedId),
            ("reason", Slot::RemovedReason),
            (COLUMNS, Slot::Columns),
            (REFERENCES, Slot::References),
            ("value", Slot::Rows),
        ] {
            shape.add(name.to_owned(), slot);
        }
        shape
    }

    /// The first entry of a name stands: a column called `id` is a column.
    fn add(&mut self, name: String, slot: Slot) {
        if !self.by_name.contains_key(&name) {
            self.by_name.insert(name.clone(), self.entries.len());
            self.entries.push(Entry { name, slot, next: 0 });
        }
    }

    /// What the property is.
    pub fn find(&mut self, name: &str) -> Slot {
        if let Some(entry) = self.entries.get(self.previous)
            && let Some(likely) = self.entries.get(entry.next)
            && likely.name == name
        {
            self.previous = entry.next;
            return likely.slot;
        }
        let Some(&found) = self.by_name.get(name) else { return self.find_annotated(name) };
        if let Some(entry) = self.entries.get_mut(self.previous) {
            entry.next = found;
        }
        self.previous = found;
        self.entries.get(found).map_or(Slot::Ignore, |entry| entry.slot)
    }

    /// What an annotation nobody knows is about.
    fn find_annotated(&self, name: &str) -> Slot {
        let found = name.split_once('@').and_then(|(property, _)| self.by_name.get(property));
        match found.and_then(|found| self.entries.get(*found)).map(|entry| entry.slot) {
            Some(Slot::Column { index, .. }) => Slot::Annotation(index),
            Some(Slot::LookupId(lookup)) => {
                self.lookups.get(lookup).map_or(Slot::Ignore, |shape| Slot::Annotation(shape.column))
            }
            _ => Slot::Ignore,
        }
    }
}
