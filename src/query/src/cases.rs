//! The conformance cases of `tests/fixtures/query/cases.json`: rows, questions and the answers any executor must give.
//!
//! Ids are written as the few hexadecimal digits they end in (`a1`), references as `account:a1`; in expected values a
//! reference carries the name of its row (`account:a1 Acme`). Rows of an answer are compared in order, except that
//! rows of one root id, groups without an order and rows without an id may come in any order.

use crate::bound::{Answer, BoundPlan, Caller};
use crate::{QueryError, Tables, bind, parse_fetch, quick_find};
use model::{
    ChoiceOption, Column, ColumnKind, ColumnName, Columns, DateBehavior, DateFormat, Decimal, Label,
    Language, LookupStyle, Ownership, Reference, Requirement, Row, RowId, RowVersion, State, StatusReason,
    Table, TableName, TimeZone, Timestamp, Value, Writable,
};
use rust_decimal::prelude::FromPrimitive;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Why the cases cannot be used, or why an answer is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mismatch(pub String);

/// The tables, the rows in them and the questions.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Who asks.
    pub caller: Caller,
    /// Every table.
    pub tables: Vec<Table>,
    /// Every row of every table.
    pub rows: Vec<Row>,
    /// The questions.
    pub cases: Vec<Case>,
}

/// A question with its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Why the answer is what it is.
    pub why: String,
    /// The question.
    pub fetch: String,
    /// What is typed into the search box.
    pub search: Option<String>,
    /// When it is asked, if not at the suite's moment.
    pub now: Option<Timestamp>,
    /// The root ids of the rows.
    pub ids: Option<Vec<String>>,
    /// The values of the rows.
    pub rows: Option<Vec<Vec<Json>>>,
    /// The names of the values.
    pub names: Option<Vec<String>>,
    /// The number of all rows.
    pub total: Option<u64>,
    /// Whether rows follow.
    pub more: Option<bool>,
    /// Part of the message with which the question is refused.
    pub error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    caller: FileCaller,
    tables: BTreeMap<String, FileTable>,
    rows: BTreeMap<String, Vec<BTreeMap<String, Json>>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCaller {
    user: String,
    business_unit: String,
    teams: Vec<String>,
    time_zone: TimeZone,
    now: Timestamp,
    first_weekday: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTable {
    id: String,
    name: String,
    columns: BTreeMap<String, String>,
}

/// Reads the cases.
///
/// # Errors
///
/// When the file does not say what it should.
pub fn suite() -> Result<Suite, Mismatch> {
    let file: File = serde_json::from_str(include_str!("../../../tests/fixtures/query/cases.json"))
        .map_err(|error| Mismatch(format!("cases.json: {error}")))?;
    let tables =
        file.tables.iter().map(|(name, table)| read_table(name, table)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for (name, listed) in &file.rows {
        let table = tables.table(name).ok_or_else(|| Mismatch(format!("no table {name}")))?;
        for row in listed {
            let version = RowVersion(i64::try_from(rows.len()).unwrap_or_default() + 1);
            rows.push(read_row(table, row, version)?);
        }
    }
    let caller = Caller {
        user: id(&file.caller.user)?,
        business_unit: id(&file.caller.business_unit)?,
        teams: file.caller.teams.iter().map(|team| id(team)).collect::<Result<_, _>>()?,
        language: Language::French,
        time_zone: file.caller.time_zone,
        now: file.caller.now,
        first_weekday: file.caller.first_weekday,
        fiscal: model::FiscalCalendar::default(),
    };
    Ok(Suite { caller, tables, rows, cases: file.cases })
}

impl Suite {
    /// The bound plan of a case, or nothing where the case expects a refusal and gets it.
    ///
    /// # Errors
    ///
    /// When the question is refused and should not be, or the other way round.
    pub fn bind(&self, case: &Case) -> Result<Option<BoundPlan>, Mismatch> {
        let mut caller = self.caller.clone();
        caller.now = case.now.unwrap_or(caller.now);
        match (read(case, &self.tables, &caller), &case.error) {
            (Ok(plan), None) => Ok(Some(plan)),
            (Err(error), Some(expected)) if error.to_string().contains(expected.as_str()) => Ok(None),
            (Err(error), _) => Err(case.mismatch(&format!("it is refused: {error}"))),
            (Ok(_), Some(expected)) => Err(case.mismatch(&format!("it should be refused: {expected}"))),
        }
    }

    /// Asks every question of one executor and tells what is wrong, one text for each wrong answer.
    pub fn check(&self, mut run: impl FnMut(&BoundPlan) -> Answer) -> Vec<Mismatch> {
        let mut wrong = Vec::new();
        for case in &self.cases {
            let checked = match self.bind(case) {
                Ok(Some(plan)) => case.check(&plan, &run(&plan)),
                Ok(None) => Ok(()),
                Err(mismatch) => Err(mismatch),
            };
            wrong.extend(checked.err());
        }
        wrong
    }
}

fn read(case: &Case, tables: &dyn Tables, caller: &Caller) -> Result<BoundPlan, QueryError> {
    let mut plan = parse_fetch(&case.fetch)?;
    if let Some(search) = &case.search {
        plan = quick_find(plan, search);
    }
    bind(&plan, tables, caller)
}

impl Case {
    fn mismatch(&self, what: &str) -> Mismatch {
        Mismatch(format!("{}\n  {}\n  {what}", self.why, self.fetch))
    }

    /// Compares an answer with the expected one.
    ///
    /// # Errors
    ///
    /// When they differ; the text tells both.
    pub fn check(&self, plan: &BoundPlan, answer: &Answer) -> Result<(), Mismatch> {
        let differs = |what: &str, found: String, expected: String| {
            if found == expected {
                return Ok(());
            }
            Err(self.mismatch(&format!("{what} are   {found}\n  expected {expected}")))
        };
        if let Some(names) = &self.names {
            differs("names", format!("{:?}", answer.names), format!("{names:?}"))?;
        }
        let found_ids: Vec<_> = answer.rows.iter().map(|row| row.id.map(short).unwrap_or_default()).collect();
        if let Some(ids) = &self.ids {
            differs("ids", found_ids.join(" "), ids.join(" "))?;
        }
        if let Some(rows) = &self.rows {
            let is_sorted = !plan.orders.is_empty();
            let found = answer.rows.iter().map(|row| row.values.iter().map(token).collect());
            let expected = rows.iter().map(|row| row.iter().map(json_token).collect());
            let found = lines(found.collect(), &found_ids, is_sorted);
            let expected = lines(expected.collect(), &found_ids, is_sorted);
            differs("rows", found, expected)?;
        }
        if let Some(total) = self.total {
            differs("totals", format!("{:?}", answer.total), format!("{:?}", Some(total)))?;
        }
        if let Some(more) = self.more {
            differs("marks of more", answer.more.to_string(), more.to_string())?;
        }
        if self.ids.is_none() && self.rows.is_none() {
            return Err(self.mismatch("the case expects nothing"));
        }
        Ok(())
    }
}

/// One line per row, rows that may come in any order sorted.
fn lines(rows: Vec<Vec<String>>, ids: &[String], is_sorted: bool) -> String {
    let mut lines: Vec<_> = rows.into_iter().map(|row| row.join(" | ")).collect();
    if ids.iter().all(String::is_empty) {
        if !is_sorted {
            lines.sort();
        }
    } else if lines.len() == ids.len() {
        let mut start = 0;
        for same in ids.chunk_by(|a, b| a == b) {
            let end = start + same.len();
            if let Some(run) = lines.get_mut(start..end) {
                run.sort();
            }
            start = end;
        }
    }
    format!("\n    {}", lines.join("\n    "))
}

fn short(id: RowId) -> String {
    format!("{:x}", id.as_u128())
}

fn token(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Choice(number) => number.to_string(),
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Float(number) => number_token(*number),
        Value::Boolean(flag) => flag.to_string(),
        Value::Choices(numbers) => format!("{numbers:?}"),
        Value::Date(date) => format!("{:?}", date.to_string()),
        Value::DateTime(instant) => format!("{:?}", instant.to_string()),
        Value::Id(id) => format!("{:?}", short(*id)),
        Value::Reference(reference) => {
            let name = reference.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            format!("{:?}", format!("{}:{}{name}", reference.table, short(reference.id)))
        }
        Value::Parties(_) => "parties".to_owned(),
    }
}

fn number_token(number: f64) -> String {
    Decimal::from_f64(number).map_or_else(|| number.to_string(), |number| number.normalize().to_string()) // float: a JSON number of the cases
}

fn json_token(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::String(text) => format!("{text:?}"),
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.to_string(),
            None => number.as_f64().map(number_token).unwrap_or_default(),
        },
        Json::Array(numbers) => {
            format!("{:?}", numbers.iter().filter_map(Json::as_i64).collect::<Vec<_>>())
        }
        other => other.to_string(),
    }
}

fn id(text: &str) -> Result<RowId, Mismatch> {
    let bits = u128::from_str_radix(text, 16).map_err(|_| Mismatch(format!("{text} is no id")))?;
    Ok(RowId::from_u128(bits))
}

fn reference(text: &str) -> Result<Reference, Mismatch> {
    let (table, id_text) = text.split_once(':').ok_or_else(|| Mismatch(format!("{text} is no reference")))?;
    Ok(Reference { table: TableName::new(table), id: id(id_text)?, name: None })
}

fn read_table(name: &str, table: &FileTable) -> Result<Table, Mismatch> {
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
    let state = |value, label, status| State {
        value,
        label: Label::one(Language::English, label),
        default_status: status,
        statuses: vec![StatusReason {
            value: status,
            label: Label::one(Language::English, label),
            next: Vec::new(),
        }],
    };
    Ok(Table {
        name: TableName::new(name),
        set_name: format!("{name}s"),
        primary_id: ColumnName::new(&table.id),
        primary_name: ColumnName::new(&table.name),
        object_type_code: 1,
        ownership: Ownership::User,
        is_available_offline: true,
        columns,
        states: vec![state(0, "Active", 1), state(1, "Inactive", 2), state(2, "Lost", 3)],
        ..Table::default()
    })
}

fn read_kind(text: &str) -> Result<ColumnKind, Mismatch> {
    let mut words = text.split_whitespace();
    let date = |behavior, format| ColumnKind::DateTime { behavior, format };
    Ok(match words.next().unwrap_or_default() {
        "id" => ColumnKind::UniqueId,
        "text" => ColumnKind::Text { format: model::TextFormat::Plain, max_length: 200 },
        "memo" => ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 2000 },
        "integer" => {
            ColumnKind::Integer { format: model::IntegerFormat::Plain, min: i64::MIN, max: i64::MAX }
        }
        "decimal" => ColumnKind::Decimal { precision: 10, min: Decimal::MIN, max: Decimal::MAX },
        "float" => ColumnKind::Float { precision: 5, min: -180.0, max: 180.0 },
        "money" => ColumnKind::Money {
            precision: 2,
            source: model::PrecisionSource::Column,
            min: Decimal::MIN,
            max: Decimal::MAX,
        },
        "boolean" => ColumnKind::Boolean(model::BooleanOptions::default()),
        "state" => ColumnKind::State,
        "status" => ColumnKind::Status,
        "date" => date(DateBehavior::DateOnly, DateFormat::Date),
        "instant" => date(DateBehavior::UserLocal, DateFormat::DateAndTime),
        "wall-clock" => date(DateBehavior::TimeZoneIndependent, DateFormat::DateAndTime),
        "lookup" => {
            ColumnKind::Lookup { targets: words.map(TableName::new).collect(), style: LookupStyle::Simple }
        }
        "choice" => ColumnKind::Choice { options: read_options(words)?, default: None },
        "choices" => ColumnKind::Choices { options: read_options(words)? },
        _ => return Err(Mismatch(format!("{text} is no column type"))),
    })
}

fn read_options<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<ChoiceOption>, Mismatch> {
    words
        .map(|word| {
            let found = word.split_once('=').and_then(|(number, label)| Some((number.parse().ok()?, label)));
            let (value, label) = found.ok_or_else(|| Mismatch(format!("{word} is no option")))?;
            Ok(ChoiceOption { value, label: Label::one(Language::English, label) })
        })
        .collect()
}

fn read_row(table: &Table, row: &BTreeMap<String, Json>, version: RowVersion) -> Result<Row, Mismatch> {
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
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } => text.map(|text| Value::Text(text.to_owned())),
        ColumnKind::Integer { .. } => number.map(Value::Integer),
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
        _ => None,
    };
    read.ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_executor_answers_every_case() {
        let suite = suite().unwrap();
        assert!(suite.cases.len() >= 80, "{} cases", suite.cases.len());
        let wrong = suite.check(|plan| crate::reference::run(plan, &suite.tables, &suite.rows));
        let told: Vec<_> = wrong.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{} wrong:\n{}", told.len(), told.join("\n"));
    }

    #[test]
    fn a_wrong_answer_is_noticed() {
        let suite = suite().unwrap();
        let empty = Answer::default();
        let expects_rows =
            |case: &&Case| case.error.is_none() && case.ids.as_ref().is_some_and(|ids| !ids.is_empty());
        for case in suite.cases.iter().filter(expects_rows) {
            let plan = suite.bind(case).unwrap().unwrap();
            assert!(case.check(&plan, &empty).is_err(), "{}", case.why);
        }
    }
}
