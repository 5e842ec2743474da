//! The small language in which the cases write tables and rows.
//!
//! A column is its kind and what the kind needs: `lookup account contact`, `choice 1=Retail/Détail 2=Finance`,
//! `boolean No/Non Yes/Oui`, `parties 5 contact systemuser`. Labels are in English, French and German, parted by
//! slashes; `_` stands for a space. Ids are the hexadecimal digits they end in, references `account:a1`; a party is a
//! reference or an address.

use super::Mismatch;
use model::{
    BooleanOptions, Cascades, ChoiceOption, Column, ColumnKind, ColumnName, Columns, DateBehavior,
    DateFormat, Decimal, Label, Language, LookupStyle, Ownership, Party, Reference, Relationship,
    Requirement, Row, RowId, RowVersion, State, StatusReason, Table, TableName, TableSource, Value, Writable,
};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileTable {
    /// The primary key.
    id: String,
    /// The column with the name.
    name: String,
    columns: BTreeMap<String, String>,
    /// The lookup of the parent that hierarchy operators follow.
    hierarchy: Option<String>,
    /// Where rows come from: `Rows`, `Intersect`, `Activities`, `Parties`.
    #[serde(default)]
    source: TableSource,
    /// True for an activity table, whose rows are also rows of the table of all activities.
    #[serde(default)]
    activity: bool,
    /// The object type code; 1 if none is given.
    code: Option<i32>,
    /// `0=Open/Ouverte` with its status reasons; Active, Inactive and Lost with one reason each if none are given.
    states: Option<BTreeMap<String, Vec<String>>>,
}

pub(super) fn id(text: &str) -> Result<RowId, Mismatch> {
    let bits = u128::from_str_radix(text, 16).map_err(|_| Mismatch(format!("{text} is no id")))?;
    Ok(RowId::from_u128(bits))
}

fn reference(text: &str) -> Result<Reference, Mismatch> {
    let (table, id_text) = text.split_once(':').ok_or_else(|| Mismatch(format!("{text} is no reference")))?;
    Ok(Reference { table: TableName::new(table), id: id(id_text)?, name: None })
}

pub(super) fn read_table(name: &str, table: &FileTable) -> Result<Table, Mismatch> {
    let mut columns = Vec::new();
    for (column, kind) in &table.columns {
        columns.push(Column {
            name: ColumnName::new(column),
            kind: read_kind(kind)?,
            required: Requirement::None,
            writable: Writable::Always,
            custom: false,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        });
    }
    let hierarchy = table.hierarchy.iter().map(|column| Relationship {
        name: format!("{name}_{column}"),
        child: TableName::new(name),
        column: ColumnName::new(column),
        navigation: column.clone(),
        cascades: Cascades::default(),
        hierarchical: true,
        mappings: Vec::new(),
    });
    Ok(Table {
        name: TableName::new(name),
        set_name: format!("{name}s"),
        primary_id: ColumnName::new(&table.id),
        primary_name: ColumnName::new(&table.name),
        object_type_code: table.code.unwrap_or(1),
        ownership: Ownership::User,
        source: table.source,
        is_activity: table.activity,
        is_available_offline: true,
        columns,
        states: read_states(table)?,
        relationships: hierarchy.collect(),
        ..Table::default()
    })
}

fn read_states(table: &FileTable) -> Result<Vec<State>, Mismatch> {
    let usual = || {
        let state =
            |number: i32, label: &str| (format!("{number}={label}"), vec![format!("{}={label}", number + 1)]);
        BTreeMap::from([state(0, "Active"), state(1, "Inactive"), state(2, "Lost")])
    };
    let states = table.states.clone().unwrap_or_else(usual);
    let read = states.iter().map(|(state, reasons)| {
        let state = read_option(state)?;
        let statuses = reasons.iter().map(|reason| {
            let reason = read_option(reason)?;
            Ok(StatusReason { value: reason.value, label: reason.label, next: Vec::new() })
        });
        let statuses = statuses.collect::<Result<Vec<_>, Mismatch>>()?;
        let default_status = statuses.first().map_or(0, |status| status.value);
        Ok(State { value: state.value, label: state.label, default_status, statuses })
    });
    read.collect()
}

fn read_kind(text: &str) -> Result<ColumnKind, Mismatch> {
    let bad = || Mismatch(format!("{text} is no column type"));
    let mut words = text.split_whitespace();
    let date = |behavior, format| ColumnKind::DateTime { behavior, format };
    Ok(match words.next().unwrap_or_default() {
        "id" => ColumnKind::UniqueId,
        "text" => ColumnKind::Text { format: model::TextFormat::Plain, max_length: 200 },
        "memo" => ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 2000 },
        "integer" => {
            ColumnKind::Integer { format: model::IntegerFormat::Plain, min: i64::MIN, max: i64::MAX }
        }
        "big-integer" => ColumnKind::BigInteger,
        "decimal" => ColumnKind::Decimal { precision: 10, min: Decimal::MIN, max: Decimal::MAX },
        "float" => ColumnKind::Float { precision: 5, min: -180.0, max: 180.0 },
        "money" => ColumnKind::Money {
            precision: 2,
            source: model::PrecisionSource::Column,
            min: Decimal::MIN,
            max: Decimal::MAX,
        },
        "boolean" => {
            let (no, yes) = (words.next().map(read_label), words.next().map(read_label));
            ColumnKind::Boolean(BooleanOptions {
                no: no.unwrap_or_default(),
                yes: yes.unwrap_or_default(),
                ..BooleanOptions::default()
            })
        }
        "state" => ColumnKind::State,
        "status" => ColumnKind::Status,
        "date" => date(DateBehavior::DateOnly, DateFormat::Date),
        "instant" => date(DateBehavior::UserLocal, DateFormat::DateAndTime),
        "wall-clock" => date(DateBehavior::TimeZoneIndependent, DateFormat::DateAndTime),
        "lookup" => {
            ColumnKind::Lookup { targets: words.map(TableName::new).collect(), style: LookupStyle::Simple }
        }
        "parties" => {
            let participation = words.next().and_then(|word| word.parse().ok()).ok_or_else(bad)?;
            ColumnKind::PartyList { targets: words.map(TableName::new).collect(), participation }
        }
        "entity-name" => ColumnKind::EntityName,
        "choice" => {
            ColumnKind::Choice { options: words.map(read_option).collect::<Result<_, _>>()?, default: None }
        }
        "choices" => ColumnKind::Choices { options: words.map(read_option).collect::<Result<_, _>>()? },
        _ => return Err(bad()),
    })
}

fn read_option(word: &str) -> Result<ChoiceOption, Mismatch> {
    let found = word.split_once('=').and_then(|(number, label)| Some((number.parse().ok()?, label)));
    let (value, label) = found.ok_or_else(|| Mismatch(format!("{word} is no option")))?;
    Ok(ChoiceOption { value, label: read_label(label) })
}

fn read_label(text: &str) -> Label {
    let mut label = Label::default();
    for (language, word) in Language::ALL.into_iter().zip(text.split('/')) {
        label.set(language.lcid(), word.replace('_', " "));
    }
    label
}

pub(super) fn read_row(
    table: &Table,
    row: &BTreeMap<String, Json>,
    version: RowVersion,
) -> Result<Row, Mismatch> {
    let mut columns = Columns::new();
    let mut row_id = None;
    for (name, value) in row {
        if name == "id" {
            row_id = Some(id(value.as_str().unwrap_or_default())?);
            continue;
        }
        let column = table.column(name).ok_or_else(|| Mismatch(format!("{} has no {name}", table.name)))?;
        let read = read_value(&column.kind, value)?;
        columns.set(ColumnName::new(name), read);
    }
    // Every column is known, as in a row that has been synchronised.
    for column in &table.columns {
        if !columns.has(column.name.as_str()) && column.name != table.primary_id {
            columns.set(column.name.clone(), Value::Null);
        }
    }
    let id = row_id.ok_or_else(|| Mismatch(format!("a row of {} has no id", table.name)))?;
    Ok(Row { table: table.name.clone(), id, version: Some(version), columns })
}

fn read_value(kind: &ColumnKind, value: &Json) -> Result<Value, Mismatch> {
    let bad = || Mismatch(format!("{value} is no value of {kind:?}"));
    if value.is_null() {
        return Ok(Value::Null);
    }
    let text = value.as_str();
    let number = value.as_i64();
    let read = match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => {
            text.map(|text| Value::Text(text.to_owned()))
        }
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => number.map(Value::Integer),
        ColumnKind::Decimal { .. } | ColumnKind::Money { .. } => {
            text.and_then(|text| text.parse().ok()).map(Value::Decimal)
        }
        ColumnKind::Float { .. } => value.as_f64().map(Value::Float),
        ColumnKind::Boolean(_) => value.as_bool().map(Value::Boolean),
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => {
            number.and_then(|number| i32::try_from(number).ok()).map(Value::Choice)
        }
        ColumnKind::Choices { .. } => value.as_array().map(|numbers| {
            let numbers = numbers.iter().filter_map(Json::as_i64);
            Value::Choices(numbers.filter_map(|number| i32::try_from(number).ok()).collect())
        }),
        ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => {
            text.and_then(|text| text.parse().ok()).map(Value::Date)
        }
        ColumnKind::DateTime { .. } => text.and_then(|text| text.parse().ok()).map(Value::DateTime),
        ColumnKind::Lookup { .. } => text.map(reference).transpose()?.map(Value::Reference),
        ColumnKind::UniqueId => text.map(id).transpose()?.map(Value::Id),
        ColumnKind::PartyList { participation, .. } => {
            let parties = value.as_array().ok_or_else(bad)?.iter();
            let parties = parties.map(|party| read_party(party.as_str().unwrap_or_default(), *participation));
            Some(Value::Parties(parties.collect::<Result<_, _>>()?))
        }
        _ => None,
    };
    read.ok_or_else(bad)
}

fn read_party(text: &str, participation: i32) -> Result<Party, Mismatch> {
    if text.contains('@') {
        return Ok(Party { party: None, address: Some(text.to_owned()), participation });
    }
    Ok(Party { party: Some(reference(text)?), address: None, participation })
}
