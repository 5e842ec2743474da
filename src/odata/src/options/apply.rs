//! `$apply`: groups and measures.

use crate::error::ODataError;
use crate::options::Request;
use crate::options::filter::read_expression;
use crate::options::lexer::Tokens;
use crate::options::navigation::{Links, find_place};
use model::{ColumnName, Table};
use query::plan::{Aggregate, DatePart, Function, GroupBy, Measure};
use query::{Filter, Output, Plan};

/// Reads `filter(…)/groupby((…),aggregate(…))` or `aggregate(…)` into the plan.
pub fn read_apply(
    text: &str,
    table: &Table,
    request: &mut Request<'_>,
    links: &mut Links,
    plan: &mut Plan,
) -> Result<(), ODataError> {
    let mut tokens = Tokens::new("$apply", text)?;
    let mut aggregate: Option<Aggregate> = None;
    loop {
        if aggregate.is_some() {
            return Err(ODataError::Unsupported("a step of $apply behind groupby or aggregate".to_owned()));
        }
        if tokens.take_word("filter") {
            tokens.expect_symbol('(')?;
            let filter = read_expression(&mut tokens, table, request, links)?;
            tokens.expect_symbol(')')?;
            plan.filter = Some(match plan.filter.take() {
                Some(before) => Filter::And(vec![before, filter]),
                None => filter,
            });
        } else if tokens.take_word("groupby") {
            aggregate = Some(read_group_by(&mut tokens, table, request, links)?);
        } else if tokens.take_word("aggregate") {
            let measures = read_measures(&mut tokens, table, request, links)?;
            aggregate = Some(Aggregate { groups: Vec::new(), measures });
        } else {
            return Err(tokens.expected("filter, groupby or aggregate"));
        }
        if !tokens.take_symbol('/') {
            break;
        }
    }
    tokens.expect_end()?;
    if let Some(aggregate) = aggregate {
        plan.output = Output::Aggregate(aggregate);
    }
    Ok(())
}

fn read_group_by(
    tokens: &mut Tokens<'_>,
    table: &Table,
    request: &Request<'_>,
    links: &mut Links,
) -> Result<Aggregate, ODataError> {
    let mut aggregate = Aggregate::default();
    tokens.expect_symbol('(')?;
    tokens.expect_symbol('(')?;
    loop {
        aggregate.groups.push(read_group(tokens, table, request, links)?);
        if !tokens.take_symbol(',') {
            break;
        }
    }
    tokens.expect_symbol(')')?;
    if tokens.take_symbol(',') {
        tokens.expect_word("aggregate")?;
        aggregate.measures = read_measures(tokens, table, request, links)?;
    }
    tokens.expect_symbol(')')?;
    Ok(aggregate)
}

/// `statuscode`, `primarycontactid/lastname` or a part of a date, `year(createdon)`; `as` gives it another name.
fn read_group(
    tokens: &mut Tokens<'_>,
    table: &Table,
    request: &Request<'_>,
    links: &mut Links,
) -> Result<GroupBy, ODataError> {
    let mut path = tokens.expect_path()?;
    let mut alias = path.join("/");
    let mut date_part = None;
    if tokens.take_symbol('(') {
        date_part = Some(part_of_date(&alias).ok_or_else(|| {
            tokens.bad("year, quarter, month, week, day, fiscalyear or fiscalperiod is expected")
        })?);
        path = tokens.expect_path()?;
        tokens.expect_symbol(')')?;
        alias = format!("{alias}({})", path.join("/"));
    }
    if tokens.take_word("as") {
        alias = tokens.expect_name("the name of the group")?;
    }
    let place = find_place(request.metadata, table, &path, "$apply")?;
    let (link, column) = (links.alias(&place.steps)?, place.column.name.clone());
    Ok(GroupBy { link, column, alias, date_part, in_utc: false })
}

fn part_of_date(function: &str) -> Option<DatePart> {
    match function {
        "fiscalyear" => Some(DatePart::FiscalYear),
        "fiscalperiod" => Some(DatePart::FiscalPeriod),
        _ => DatePart::from_name(function),
    }
}

/// `(revenue with sum as total,$count as rows)`
fn read_measures(
    tokens: &mut Tokens<'_>,
    table: &Table,
    request: &Request<'_>,
    links: &mut Links,
) -> Result<Vec<Measure>, ODataError> {
    let mut measures = Vec::new();
    tokens.expect_symbol('(')?;
    loop {
        let (link, column, function) = if tokens.take_word("$count") {
            (None, table.primary_id.clone(), Function::Count)
        } else {
            read_measure(tokens, table, request, links)?
        };
        tokens.expect_word("as")?;
        let alias = tokens.expect_name("the name of the measure")?;
        measures.push(Measure { link, column, alias, function });
        if !tokens.take_symbol(',') {
            break;
        }
    }
    tokens.expect_symbol(')')?;
    Ok(measures)
}

fn read_measure(
    tokens: &mut Tokens<'_>,
    table: &Table,
    request: &Request<'_>,
    links: &mut Links,
) -> Result<(Option<String>, ColumnName, Function), ODataError> {
    let path = tokens.expect_path()?;
    let place = find_place(request.metadata, table, &path, "$apply")?;
    let link = links.alias(&place.steps)?;
    tokens.expect_word("with")?;
    let function = match tokens.expect_name("sum, average, min, max or countdistinct")?.as_str() {
        "sum" => Function::Sum,
        "average" => Function::Average,
        "min" => Function::Min,
        "max" => Function::Max,
        "countdistinct" => Function::CountDistinct,
        other => return Err(ODataError::Unsupported(format!("the measure '{other}' of $apply"))),
    };
    Ok((link, place.column.name.clone(), function))
}
