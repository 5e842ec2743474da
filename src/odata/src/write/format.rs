//! How the rows of one table or answer are written: keys and labels made ready once for a page.

use crate::headers::FormattedValues;
use crate::json::{join, write_key, write_quoted, write_string, write_value};
use crate::names::{navigation_property, parties_property, property_name};
use crate::read::shape::{ASSOCIATED_NAVIGATION, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME};
use crate::write::{Reader, WriteOptions};
use model::text::show;
use model::{Column, ColumnKind, ColumnName, Language, Metadata, Party, RowId, Table, TableName, Value};
use query::bound::BoundOutput;
use query::plan::Function;
use query::{BoundLink, BoundPlan};
use std::sync::Arc;

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
    /// The column with the currency of the amounts.
    pub(super) currency_column: Option<ColumnName>,
    wanted: Wanted,
    language: Language,
    reader: Option<Arc<Reader>>,
}

/// The lookup of a row's currency.
const CURRENCY: &str = "transactioncurrencyid";

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
    /// Holds the currency of the row's amounts.
    pub is_currency: bool,
    /// What the values are, for their texts; none for what is no column's.
    kind: Option<ColumnKind>,
    /// Amounts are in the row's currency: those of a linked row are in its own, sums in none.
    has_row_currency: bool,
    /// The labels of tables, for a column that holds their names.
    tables: Vec<(String, String)>,
    /// Its name with a colon.
    pub key: Vec<u8>,
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
            .map(|column| context.property(table, column, &property_name(table, column), Place::Own))
            .collect();
        Self {
            id_key: Some(key(table.primary_id.as_str(), "")),
            properties,
            parties_key: key(&parties_property(table), ""),
            omits_nulls: options.omit_nulls,
            currency_column: table.column(CURRENCY).map(|column| column.name.clone()),
            wanted: Wanted::of(options),
            language: options.language,
            reader: options.reader.clone(),
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
            currency_column: None,
            wanted: Wanted::of(options),
            language: options.language,
            reader: options.reader.clone(),
        }
    }

    /// Appends a property with its annotations, each with a comma before it.
    pub(super) fn write_property(
        &self,
        property: &Property,
        value: &Value,
        currency: Option<RowId>,
        out: &mut Vec<u8>,
    ) {
        write_member(&property.key, out);
        write_value(value, out);
        if value.is_null() {
            return;
        }
        let is_reference = matches!(value, Value::Reference(_));
        if self.wanted.formatted && (is_reference || !self.wanted.only_references) {
            let currency = currency.filter(|_| property.has_row_currency);
            self.write_formatted(property, value, currency, out);
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
        self.write_party_list(parties, out);
    }

    /// Appends parties as a list.
    pub(super) fn write_party_list<'a>(&self, parties: impl Iterator<Item = &'a Party>, out: &mut Vec<u8>) {
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

    fn write_formatted(
        &self,
        property: &Property,
        value: &Value,
        currency: Option<RowId>,
        out: &mut Vec<u8>,
    ) {
        let mut text = Vec::new();
        match value {
            Value::Choice(number) => text.extend_from_slice(property.label(*number)),
            Value::Boolean(flag) => text.extend_from_slice(property.label(i32::from(*flag))),
            Value::Choices(numbers) => text = property.joined_labels(numbers),
            Value::Reference(reference) => match &reference.name {
                Some(name) => write_string(name, &mut text),
                None => return,
            },
            Value::Integer(_) | Value::Decimal(_) | Value::Float(_) | Value::Date(_) | Value::DateTime(_) => {
                self.write_shown(property, value, currency, &mut text);
            }
            Value::Text(name) => match property.tables.iter().find(|(table, _)| table == name) {
                Some((_, label)) => write_string(label, &mut text),
                None => return,
            },
            Value::Null | Value::Id(_) | Value::Parties(_) => return,
        }
        if !text.is_empty() {
            write_member(&property.formatted_key, out);
            out.append(&mut text);
        }
    }

    /// A number or a date as the reader reads it; as it is on the wire for nobody in particular, and where it is no
    /// column's value (a year that rows are grouped by is no number with thousands marks).
    fn write_shown(&self, property: &Property, value: &Value, currency: Option<RowId>, text: &mut Vec<u8>) {
        match (&self.reader, &property.kind) {
            (Some(reader), Some(kind)) => {
                let context = reader.context(self.language, currency);
                write_string(&show(kind, value, reader.locale, &context), text);
            }
            _ => match value {
                Value::Date(date) => write_quoted(date, text),
                Value::DateTime(instant) => write_quoted(instant, text),
                _ => {
                    text.push(b'"');
                    write_value(value, text);
                    text.push(b'"');
                }
            },
        }
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

/// Where the value of a property comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A column of the row under its own name.
    Own,
    /// A column of the row under another name.
    Aliased,
    /// A column of another row, or of several rows.
    Linked,
}

struct Context<'a> {
    metadata: &'a Metadata,
    options: &'a WriteOptions,
}

impl Context<'_> {
    fn property(&self, table: &Table, column: &Column, name: &str, place: Place) -> Property {
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
            is_primary_key: place == Place::Own && column.name == table.primary_id,
            is_party_list: matches!(column.kind, ColumnKind::PartyList { .. }),
            is_currency: place != Place::Linked && column.name == *CURRENCY,
            kind: Some(column.kind.clone()),
            has_row_currency: place != Place::Linked,
            tables: self.tables(column),
            labels: self.labels(table, column),
            navigations: navigations.collect(),
            ..bare(name)
        }
    }

    fn labels(&self, table: &Table, column: &Column) -> Vec<(i32, Vec<u8>)> {
        let label = |(number, label): (i32, &model::Label)| {
            let mut text = Vec::new();
            write_string(label.text(self.options.language), &mut text);
            (number, text)
        };
        model::limits::options(&column.kind, Some(table)).into_iter().map(label).collect()
    }

    fn tables(&self, column: &Column) -> Vec<(String, String)> {
        if column.kind != ColumnKind::EntityName {
            return Vec::new();
        }
        let label =
            |table: &Table| (table.name.to_string(), table.label.text(self.options.language).to_owned());
        self.metadata.tables.iter().map(label).collect()
    }

    fn answer_property(&self, plan: &BoundPlan, name: &str) -> Property {
        let found = match &plan.output {
            BoundOutput::Columns(columns) => columns
                .iter()
                .find(|output| output.alias.as_deref().unwrap_or(output.column.as_str()) == name)
                .map(|output| {
                    let place = if output.alias.is_none() { Place::Own } else { Place::Aliased };
                    (&plan.table, &output.column, place)
                })
                .or_else(|| linked(&plan.links, name).map(|(table, column)| (table, column, Place::Linked))),
            BoundOutput::Aggregate(aggregate) => {
                let groups = aggregate.groups.iter().filter(|group| group.date_part.is_none());
                let mut groups = groups.map(|group| (&group.alias, &group.link, &group.column));
                let measures = aggregate.measures.iter().filter(|measure| !counts(measure.function));
                let mut measures = measures.map(|measure| (&measure.alias, &measure.link, &measure.column));
                let found = groups.find(|(alias, ..)| *alias == name);
                found.or_else(|| measures.find(|(alias, ..)| *alias == name)).and_then(|(_, link, column)| {
                    let table = match link {
                        None => &plan.table,
                        Some(alias) => &find_link(&plan.links, alias)?.table,
                    };
                    Some((table, column, Place::Linked))
                })
            }
        };
        let column = found.and_then(|(table, column, place)| {
            let table = self.metadata.table(table.as_str())?;
            Some((table, table.column(column.as_str())?, place))
        });
        match column {
            Some((table, column, Place::Own)) => {
                self.property(table, column, &property_name(table, column), Place::Own)
            }
            Some((table, column, place)) => self.property(table, column, name, place),
            None => bare(name),
        }
    }
}

const fn counts(function: Function) -> bool {
    matches!(function, Function::Count | Function::CountColumn | Function::CountDistinct)
}

fn bare(name: &str) -> Property {
    let annotation = |annotation: &str| key(name, &format!("@{annotation}"));
    Property {
        column: name.into(),
        is_primary_key: false,
        is_party_list: false,
        is_currency: false,
        kind: None,
        has_row_currency: false,
        tables: Vec::new(),
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
