//! How the rows of one table or answer are written: keys and labels made ready once for a page.

use crate::headers::FormattedValues;
use crate::json::{join, write_key, write_quoted, write_string, write_value};
use crate::names::{navigation_property, parties_property, property_name};
use crate::read::shape::{ASSOCIATED_NAVIGATION, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME};
use crate::write::WriteOptions;
use model::{Column, ColumnKind, ColumnName, Metadata, Party, Table, TableName, Value};
use query::bound::BoundOutput;
use query::{BoundLink, BoundPlan};

/// How the rows of one table or answer are written.
#[derive(Clone, Debug)]
pub struct RowFormat {
    /// The key of the primary key, with its colon; none in an aggregate.
    pub(super) id_key: Option<Vec<u8>>,
    /// The properties, in the order of the columns or of the answer's values.
    pub(super) properties: Vec<Property>,
    /// The key of the activity parties.
    pub(super) parties_key: Vec<u8>,
    /// Properties without a value are left out.
    pub(super) omits_nulls: bool,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    formatted: bool,
    /// Only references are formatted.
    only_references: bool,
    logical_name: bool,
    navigation: bool,
}

/// How one property is written.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// The column in a `Row`.
    pub column: ColumnName,
    /// Not written: the primary key has its own place.
    pub is_primary_key: bool,
    /// Written with the other party lists as one set.
    pub is_party_list: bool,
    key: Vec<u8>,
    formatted_key: Vec<u8>,
    logical_name_key: Vec<u8>,
    navigation_key: Vec<u8>,
    labels: Vec<(i32, Vec<u8>)>,
    navigations: Vec<(TableName, Vec<u8>)>,
}

impl RowFormat {
    /// The format of whole rows of a table.
    #[must_use]
    pub fn new(table: &Table, metadata: &Metadata, options: &WriteOptions) -> Self {
        let columns: Vec<&Column> = match &options.select {
            None => table.columns.iter().collect(),
            Some(names) => names.iter().filter_map(|name| table.column(name.as_str())).collect(),
        };
        let context = Context { metadata, options };
        let properties = columns
            .into_iter()
            .map(|column| context.property(table, column, &property_name(table, column), true))
            .collect();
        Self {
            id_key: Some(key(table.primary_id.as_str(), "")),
            properties,
            parties_key: key(&parties_property(table), ""),
            omits_nulls: options.omit_nulls,
            wanted: Wanted::of(options),
        }
    }

    /// The format of the rows of an answer, whose values come in the order of `names`.
    #[must_use]
    pub fn of_answer(
        plan: &BoundPlan,
        names: &[String],
        metadata: &Metadata,
        options: &WriteOptions,
    ) -> Self {
        let context = Context { metadata, options };
        let properties = names.iter().map(|name| context.answer_property(plan, name)).collect();
        let root = metadata.table(plan.table.as_str());
        let is_aggregate = matches!(plan.output, BoundOutput::Aggregate(_));
        Self {
            id_key: root.filter(|_| !is_aggregate).map(|table| key(table.primary_id.as_str(), "")),
            properties,
            parties_key: root.map(|table| key(&parties_property(table), "")).unwrap_or_default(),
            omits_nulls: options.omit_nulls,
            wanted: Wanted::of(options),
        }
    }

    /// Appends a property with its annotations, each with a comma before it.
    pub(super) fn write_property(&self, property: &Property, value: &Value, out: &mut Vec<u8>) {
        write_member(&property.key, out);
        write_value(value, out);
        if value.is_null() {
            return;
        }
        let is_reference = matches!(value, Value::Reference(_));
        if self.wanted.formatted && (is_reference || !self.wanted.only_references) {
            property.write_formatted(value, out);
        }
        let Value::Reference(reference) = value else { return };
        if self.wanted.logical_name {
            write_member(&property.logical_name_key, out);
            write_string(reference.table.as_str(), out);
        }
        if self.wanted.navigation
            && let Some((_, navigation)) =
                property.navigations.iter().find(|(table, _)| *table == reference.table)
        {
            write_member(&property.navigation_key, out);
            out.extend_from_slice(navigation);
        }
    }

    /// Appends the parties of all lists as one set.
    pub(super) fn write_parties<'a>(&self, parties: impl Iterator<Item = &'a Party>, out: &mut Vec<u8>) {
        write_member(&self.parties_key, out);
        out.push(b'[');
        for (index, party) in parties.enumerate() {
            out.extend_from_slice(if index == 0 { b"{" } else { b",{" });
            out.extend_from_slice(b"\"participationtypemask\":");
            write_value(&Value::Choice(party.participation), out);
            match &party.address {
                Some(address) => {
                    out.extend_from_slice(b",\"addressused\":");
                    write_string(address, out);
                }
                None if self.omits_nulls => {}
                None => out.extend_from_slice(b",\"addressused\":null"),
            }
            if let Some(reference) = &party.party {
                out.push(b',');
                write_key("_partyid_value", "", out);
                write_quoted(reference.id, out);
                if self.wanted.logical_name {
                    out.push(b',');
                    write_key("_partyid_value@", LOOKUP_LOGICAL_NAME, out);
                    write_string(reference.table.as_str(), out);
                }
                if let Some(name) = reference.name.as_ref().filter(|_| self.wanted.formatted) {
                    out.push(b',');
                    write_key("_partyid_value@", FORMATTED_VALUE, out);
                    write_string(name, out);
                }
            }
            out.push(b'}');
        }
        out.push(b']');
    }
}

impl Wanted {
    fn of(options: &WriteOptions) -> Self {
        let annotations = &options.annotations;
        Self {
            formatted: annotations.wants(FORMATTED_VALUE),
            only_references: options.formatted_values == FormattedValues::References,
            logical_name: annotations.wants(LOOKUP_LOGICAL_NAME),
            navigation: annotations.wants(ASSOCIATED_NAVIGATION),
        }
    }
}

impl Property {
    fn write_formatted(&self, value: &Value, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        match value {
            Value::Choice(number) => text.extend_from_slice(self.label(*number)),
            Value::Boolean(flag) => text.extend_from_slice(self.label(i32::from(*flag))),
            Value::Choices(numbers) => text = self.joined_labels(numbers),
            Value::Reference(reference) => match &reference.name {
                Some(name) => write_string(name, &mut text),
                None => return,
            },
            Value::Integer(_) | Value::Decimal(_) | Value::Float(_) => {
                text.push(b'"');
                write_value(value, &mut text);
                text.push(b'"');
            }
            Value::Date(date) => write_quoted(date, &mut text),
            Value::DateTime(instant) => write_quoted(instant, &mut text),
            Value::Null | Value::Text(_) | Value::Id(_) | Value::Parties(_) => return,
        }
        if !text.is_empty() {
            write_member(&self.formatted_key, out);
            out.append(&mut text);
        }
    }

    /// The label of an option as a JSON string; nothing for an option that is not known.
    fn label(&self, number: i32) -> &[u8] {
        self.labels.iter().find(|(value, _)| *value == number).map_or(&[], |(_, label)| label)
    }

    /// The labels of several options as one JSON string.
    fn joined_labels(&self, numbers: &[i32]) -> Vec<u8> {
        let mut text = vec![b'"'];
        for (index, number) in numbers.iter().enumerate() {
            if index > 0 {
                text.extend_from_slice(b"; ");
            }
            match self.label(*number) {
                [b'"', inner @ .., b'"'] => text.extend_from_slice(inner),
                _ => text.extend_from_slice(join(&[*number]).as_bytes()),
            }
        }
        text.push(b'"');
        text
    }
}

/// Appends a comma and a ready key.
pub(super) fn write_member(key: &[u8], out: &mut Vec<u8>) {
    out.push(b',');
    out.extend_from_slice(key);
}

fn key(name: &str, suffix: &str) -> Vec<u8> {
    let mut key = Vec::new();
    write_key(name, suffix, &mut key);
    key
}

struct Context<'a> {
    metadata: &'a Metadata,
    options: &'a WriteOptions,
}

impl Context<'_> {
    fn property(&self, table: &Table, column: &Column, name: &str, is_own: bool) -> Property {
        let navigations = column.targets().iter().map(|target| {
            let mut navigation = Vec::new();
            write_string(
                &navigation_property(self.metadata, table, column, target.as_str()),
                &mut navigation,
            );
            (target.clone(), navigation)
        });
        Property {
            column: column.name.clone(),
            is_primary_key: is_own && column.name == table.primary_id,
            is_party_list: matches!(column.kind, ColumnKind::PartyList { .. }),
            labels: self.labels(table, column),
            navigations: navigations.collect(),
            ..bare(name)
        }
    }

    fn labels(&self, table: &Table, column: &Column) -> Vec<(i32, Vec<u8>)> {
        let numbers: Vec<i32> = match &column.kind {
            ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
                options.iter().map(|option| option.value).collect()
            }
            ColumnKind::State => table.states.iter().map(|state| state.value).collect(),
            ColumnKind::Status => {
                table.states.iter().flat_map(|state| &state.statuses).map(|status| status.value).collect()
            }
            ColumnKind::Boolean(_) => vec![0, 1],
            _ => Vec::new(),
        };
        let label = |number| {
            let label = table.option_label(column.name.as_str(), number)?;
            let mut text = Vec::new();
            write_string(label.text(self.options.language), &mut text);
            Some((number, text))
        };
        numbers.into_iter().filter_map(label).collect()
    }

    fn answer_property(&self, plan: &BoundPlan, name: &str) -> Property {
        let found = match &plan.output {
            BoundOutput::Columns(columns) => columns
                .iter()
                .find(|output| output.alias.as_deref().unwrap_or(output.column.as_str()) == name)
                .map(|output| (&plan.table, &output.column, output.alias.is_none()))
                .or_else(|| linked(&plan.links, name).map(|(table, column)| (table, column, false))),
            BoundOutput::Aggregate(aggregate) => {
                let group = aggregate.groups.iter().find(|group| group.alias == name);
                group.filter(|group| group.date_part.is_none()).and_then(|group| {
                    let table = match &group.link {
                        None => &plan.table,
                        Some(alias) => &find_link(&plan.links, alias)?.table,
                    };
                    Some((table, &group.column, false))
                })
            }
        };
        let column = found.and_then(|(table, column, is_own)| {
            let table = self.metadata.table(table.as_str())?;
            Some((table, table.column(column.as_str())?, is_own))
        });
        match column {
            Some((table, column, true)) => self.property(table, column, &property_name(table, column), true),
            Some((table, column, false)) => self.property(table, column, name, false),
            None => bare(name),
        }
    }
}

fn bare(name: &str) -> Property {
    let annotation = |annotation: &str| key(name, &format!("@{annotation}"));
    Property {
        column: name.into(),
        is_primary_key: false,
        is_party_list: false,
        key: key(name, ""),
        formatted_key: annotation(FORMATTED_VALUE),
        logical_name_key: annotation(LOOKUP_LOGICAL_NAME),
        navigation_key: annotation(ASSOCIATED_NAVIGATION),
        labels: Vec::new(),
        navigations: Vec::new(),
    }
}

/// The table and column of an answer's name that belongs to a link.
fn linked<'a>(links: &'a [BoundLink], name: &str) -> Option<(&'a TableName, &'a ColumnName)> {
    links.iter().find_map(|link| {
        let own = link.columns.iter().find(|output| match &output.alias {
            Some(alias) => alias == name,
            None => {
                name.strip_prefix(link.alias.as_str()).and_then(|rest| rest.strip_prefix('.'))
                    == Some(output.column.as_str())
            }
        });
        own.map(|output| (&link.table, &output.column)).or_else(|| linked(&link.links, name))
    })
}

fn find_link<'a>(links: &'a [BoundLink], alias: &str) -> Option<&'a BoundLink> {
    links.iter().find_map(|link| if link.alias == alias { Some(link) } else { find_link(&link.links, alias) })
}
