//! Query options: the question in an address.

mod aliases;
mod apply;
mod calls;
mod expand;
mod filter;
mod functions;
mod lambda;
mod lexer;
mod lists;
mod navigation;

use crate::error::{ODataError, limits};
use crate::percent::parse_pairs;
use apply::read_apply;
use expand::read_expands;
use filter::read_filter;
use lists::{read_order, read_select};
use model::{ColumnName, Metadata, Table, TableName, ViewId};
use navigation::Links;
use query::{Output, OutputColumn, Page, Plan};

/// What the query string of a read asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// The question over the table.
    pub plan: Plan,
    /// The columns selected, in the order they were named; `None` for every one.
    pub select: Option<Vec<ColumnName>>,
    /// Related rows wanted inside each row.
    pub expands: Vec<Expand>,
    /// Where the question comes from.
    pub source: Source,
    /// `$top`
    pub top: Option<u32>,
    /// `$skiptoken`: as this server gave it.
    pub skip_token: Option<String>,
    /// `$deltatoken`: as this server gave it.
    pub delta_token: Option<String>,
}

/// Where the question comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the options themselves.
    Options,
    /// From FetchXML: already the plan.
    FetchXml,
    /// From a system view: the plan holds only what the options add to it.
    SavedQuery(ViewId),
    /// From a user's own view: the plan holds only what the options add to it.
    UserQuery(ViewId),
}

/// Related rows wanted inside each row: those whose `from` equals the row's `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expand {
    /// The navigation property, which names the value in the answer.
    pub property: String,
    /// The related table.
    pub table: TableName,
    /// True for a collection.
    pub many: bool,
    /// The column of the related table.
    pub from: ColumnName,
    /// The column of the table the expand stands in.
    pub to: ColumnName,
    /// What is asked of the related rows.
    pub options: ReadOptions,
}

/// Reads a query string (without the question mark, still percent-encoded).
///
/// # Errors
/// Names the option, the position in it and what was expected there.
pub fn parse_query(set: &Table, query_string: &str, metadata: &Metadata) -> Result<ReadOptions, ODataError> {
    if query_string.len() > limits::QUERY_BYTES {
        return Err(ODataError::TooMuch {
            what: "the length of the query string in bytes",
            limit: limits::QUERY_BYTES,
        });
    }
    let pairs = parse_pairs(query_string)
        .ok_or_else(|| bad("the query string", 0, "valid percent-encoded UTF-8 is expected"))?;
    let mut request = Request::new(metadata, &pairs);
    read_options(set, &pairs, &mut request, 0)
}

impl ReadOptions {
    /// Whether changes can be tracked with these options: `$select` alone.
    ///
    /// # Errors
    /// Names what cannot be tracked.
    pub fn check_trackable(&self) -> Result<(), ODataError> {
        let plan = &self.plan;
        let hindrance = if self.source != Source::Options {
            "a stored query"
        } else if plan.filter.is_some() || !plan.links.is_empty() {
            "$filter"
        } else if !plan.orders.is_empty() {
            "$orderby"
        } else if !self.expands.is_empty() {
            "$expand"
        } else if self.top.is_some() {
            "$top"
        } else if matches!(plan.output, Output::Aggregate(_)) {
            "$apply"
        } else {
            return Ok(());
        };
        Err(ODataError::Unsupported(format!("{hindrance} together with change tracking")))
    }
}

/// What all parts of one query string share.
struct Request<'a> {
    metadata: &'a Metadata,
    /// Parameter aliases: `@p` and its text.
    aliases: Vec<(&'a str, &'a str)>,
    conditions: usize,
    expands: usize,
    /// Numbers the aliases of lambdas.
    lambdas: usize,
}

impl<'a> Request<'a> {
    fn new(metadata: &'a Metadata, pairs: &'a [(String, String)]) -> Self {
        let aliases = pairs.iter().filter(|(name, _)| name.starts_with('@'));
        Self {
            metadata,
            aliases: aliases.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            conditions: 0,
            expands: 0,
            lambdas: 0,
        }
    }
}

fn bad(option: &str, position: usize, reason: impl Into<String>) -> ODataError {
    ODataError::BadQuery { option: option.to_owned(), position, reason: reason.into() }
}

/// The options of a query string or of an `$expand` item.
fn read_options(
    table: &Table,
    pairs: &[(String, String)],
    request: &mut Request<'_>,
    depth: usize,
) -> Result<ReadOptions, ODataError> {
    let mut options = ReadOptions::of(table);
    let mut links = Links::default();
    let mut parties = Vec::new();
    let value_of = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    for (index, (name, value)) in pairs.iter().enumerate() {
        if pairs.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(bad(name, 0, "it is given twice"));
        }
        match name.as_str() {
            "$select" => options.select = Some(read_select(table, value)?),
            "$top" => options.top = Some(read_number(name, value)?),
            "$count" => options.plan.wants_total = read_flag(name, value)?,
            "$expand" => {
                (options.expands, parties) = read_expands(table, value, request, depth)?;
            }
            "$skiptoken" => options.skip_token = Some(value.clone()),
            "$deltatoken" => options.delta_token = Some(value.clone()),
            "fetchXml" => options.source = Source::FetchXml,
            "savedQuery" => options.source = Source::SavedQuery(read_view(name, value)?),
            "userQuery" => options.source = Source::UserQuery(read_view(name, value)?),
            "$filter" | "$orderby" | "$apply" => {}
            other if other.starts_with('$') => {
                return Err(ODataError::Unsupported(format!("the query option {}", shorten(other))));
            }
            _ => {}
        }
    }
    if let Some(filter) = value_of("$filter") {
        options.plan.filter = Some(read_filter("$filter", filter, table, request, &mut links)?);
    }
    if let Some(apply) = value_of("$apply") {
        read_apply(apply, table, request, &mut links, &mut options.plan)?;
    }
    if let Some(order) = value_of("$orderby") {
        options.plan.orders = read_order(order, table, request, &mut links, &options.plan.output)?;
    }
    if let Some(top) = options.top {
        options.plan.page = Page::top(top.min(limits::PAGE_ROWS));
    }
    options.plan.links = links.into_links();
    if let Some(select) = &mut options.select {
        select.extend(parties.into_iter().filter(|party| !select.contains(party)).collect::<Vec<_>>());
        if !matches!(options.plan.output, Output::Aggregate(_)) {
            let columns = select.iter().map(|column| OutputColumn::named(column.clone()));
            options.plan.output = Output::Columns(columns.collect());
        }
    }
    if let Some(xml) = value_of("fetchXml") {
        options.plan = query::parse_fetch(xml).map_err(|error| ODataError::Fetch(error.to_string()))?;
        if options.plan.table != table.name {
            let reason = format!("it asks for “{}”, the address for “{}”", options.plan.table, table.name);
            return Err(ODataError::Fetch(reason));
        }
    }
    Ok(options)
}

impl ReadOptions {
    /// Every row, every column.
    fn of(table: &Table) -> Self {
        Self {
            plan: Plan {
                table: table.name.clone(),
                output: Output::All,
                filter: None,
                links: Vec::new(),
                orders: Vec::new(),
                distinct: false,
                page: Page::default(),
                wants_total: false,
                sorts_choices_by_number: false,
            },
            select: None,
            expands: Vec::new(),
            source: Source::Options,
            top: None,
            skip_token: None,
            delta_token: None,
        }
    }
}

fn read_number(option: &str, value: &str) -> Result<u32, ODataError> {
    let number = value.trim().parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| bad(option, 0, "a whole number above 0 is expected"))
}

fn read_flag(option: &str, value: &str) -> Result<bool, ODataError> {
    value.trim().parse().map_err(|_| bad(option, 0, "true or false is expected"))
}

fn read_view(option: &str, value: &str) -> Result<ViewId, ODataError> {
    value.trim().parse().map_err(|_| bad(option, 0, "the guid of a view is expected"))
}

fn shorten(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests;
