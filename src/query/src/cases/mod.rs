//! The conformance cases of `tests/fixtures/query/cases.json`: rows, questions and the answers any executor must give.
//!
//! Ids are written as the few hexadecimal digits they end in (`a1`), references as `account:a1`; in expected values a
//! reference carries the name of its row (`account:a1 Acme`). Rows of an answer are compared in order, except that
//! rows of one root id, groups without an order and rows without an id may come in any order.

mod tables;
mod tokens;

use crate::bound::{Answer, BoundPlan, Caller};
use crate::{QueryError, Tables, bind, parse_fetch, quick_find};
use model::{FiscalCalendar, Language, Row, RowVersion, Table, TimeZone, Timestamp};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tables::{FileTable, id, read_row, read_table};
use tokens::{json_token, short, token};

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
    /// Who asks it, if not the suite's user: another user without teams, of the same business unit.
    pub user: Option<String>,
    /// The language of the one who asks, if not the suite's.
    pub language: Option<Language>,
    /// The first day of the asker's week, if not the suite's.
    pub first_weekday: Option<u8>,
    /// The fiscal calendar, if not calendar years in quarters.
    pub fiscal: Option<FiscalCalendar>,
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
    language: Language,
    time_zone: TimeZone,
    now: Timestamp,
    first_weekday: u8,
}

/// Reads the cases.
///
/// # Errors
///
/// When the file does not say what it should.
pub fn suite() -> Result<Suite, Mismatch> {
    let file: File = serde_json::from_str(include_str!("../../../../tests/fixtures/query/cases.json"))
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
        language: file.caller.language,
        time_zone: file.caller.time_zone,
        now: file.caller.now,
        first_weekday: file.caller.first_weekday,
        fiscal: FiscalCalendar::default(),
    };
    Ok(Suite { caller, tables, rows, cases: file.cases })
}

impl Suite {
    /// Who asks the question of a case.
    ///
    /// # Errors
    ///
    /// When the case names no user.
    pub fn caller_of(&self, case: &Case) -> Result<Caller, Mismatch> {
        let mut caller = self.caller.clone();
        if let Some(user) = &case.user {
            caller.user = id(user)?;
            caller.teams.clear();
        }
        caller.now = case.now.unwrap_or(caller.now);
        caller.language = case.language.unwrap_or(caller.language);
        caller.first_weekday = case.first_weekday.unwrap_or(caller.first_weekday);
        caller.fiscal = case.fiscal.unwrap_or(caller.fiscal);
        Ok(caller)
    }

    /// The bound plan of a case, or nothing where the case expects a refusal and gets it.
    ///
    /// # Errors
    ///
    /// When the question is refused and should not be, or the other way round.
    pub fn bind(&self, case: &Case) -> Result<Option<BoundPlan>, Mismatch> {
        let caller = self.caller_of(case)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_executor_answers_every_case() {
        let suite = suite().unwrap();
        assert!(suite.cases.len() >= 400, "{} cases", suite.cases.len());
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
