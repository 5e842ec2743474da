//! FetchXML read into a plan.
//!
//! The shape is checked here: elements, attributes, limits, names in use twice. Whether tables and columns exist and
//! operators fit them is for `bind`, which `$filter` needs just as much.

mod attributes;
mod filter;
mod page;

use crate::QueryError;
use crate::plan::{
    Aggregate, DatePart, Filter, Function, GroupBy, Link, LinkKind, Measure, Order, Output, OutputColumn,
    Plan,
};
use attributes::{bad, check, given, required, yes_no};
use filter::read_filters;
use model::xml::{Element, Located};
use model::{ColumnName, TableName};
use page::read_page;
use std::collections::BTreeSet;

/// Most filters and links inside each other.
pub const MAX_DEPTH: usize = 64;
/// Most conditions in a query.
pub const MAX_CONDITIONS: usize = 500;
/// Most linked tables in a query.
pub const MAX_LINKS: usize = 15;
/// Most rows on a page.
pub const MAX_PAGE: u32 = 5000;

/// Reads FetchXML into a plan. What is unknown or bad is an error that names it and what would be right.
///
/// # Errors
///
/// When the text is not well-formed, has elements, attributes or values FetchXML does not know, or exceeds a limit.
pub fn parse_fetch(xml: &str) -> Result<Plan, QueryError> {
    let (element, troubles) = model::xml::read(xml);
    if let Some(Located { trouble, place }) = troubles.into_iter().next() {
        return Err(QueryError::Xml { place, reason: trouble.to_string() });
    }
    let fetch = element.unwrap_or_default();
    if fetch.name != "fetch" {
        return Err(QueryError::UnknownElement {
            element: fetch.name.into_owned(),
            inside: "FetchXML".to_owned(),
            allowed: "fetch",
        });
    }
    check(&fetch)?;
    only(&fetch, "entity")?;
    let [entity] = fetch.children.as_slice() else {
        return Err(QueryError::NotOne { element: "entity", inside: "fetch", found: fetch.children.len() });
    };
    Reader::new(entity)?.plan(&fetch, entity)
}

/// Refuses children that are not in the list.
fn only(element: &Element, allowed: &'static str) -> Result<(), QueryError> {
    for child in &element.children {
        if !allowed.split(", ").any(|name| name == child.name) {
            return Err(QueryError::UnknownElement {
                element: child.name.to_string(),
                inside: element.name.to_string(),
                allowed: if allowed.is_empty() { "none" } else { allowed },
            });
        }
    }
    Ok(())
}

const PARTS: &str = "attribute, all-attributes, no-attrs, filter, order, link-entity";

/// What is collected across the whole query.
struct Reader {
    /// Aliases written in the query and made for links without one.
    aliases: BTreeSet<String>,
    is_aggregate: bool,
    aggregate: Aggregate,
    orders: Vec<Order>,
    /// Links without an alias: their tables and the aliases made for them. Conditions and orders may name the table.
    unnamed: Vec<(String, String)>,
}

/// The columns an entity or link asks for.
enum Asked {
    All,
    Columns(Vec<OutputColumn>),
}

impl Reader {
    /// Counts, and takes the aliases that are written, before any is made up.
    fn new(entity: &Element) -> Result<Self, QueryError> {
        let mut counts = Counts::default();
        counts.walk(entity, 0)?;
        for (what, found, limit) in [
            ("conditions", counts.conditions, MAX_CONDITIONS),
            ("link-entity elements", counts.links, MAX_LINKS),
        ] {
            if found > limit {
                return Err(QueryError::TooMany { what, found, limit });
            }
        }
        Ok(Self {
            aliases: counts.aliases,
            is_aggregate: false,
            aggregate: Aggregate::default(),
            orders: Vec::new(),
            unnamed: Vec::new(),
        })
    }

    fn plan(mut self, fetch: &Element, entity: &Element) -> Result<Plan, QueryError> {
        check(entity)?;
        only(entity, PARTS)?;
        if let Some(mapping) = given(fetch, "mapping")
            && mapping != "logical"
            && mapping != "internal"
        {
            return Err(bad(fetch, "mapping", "logical"));
        }
        if let Some(source) = given(fetch, "datasource")
            && source != "default"
        {
            // The rows there are would be the wrong answer.
            return Err(QueryError::Unsupported {
                what: format!("datasource=\"{source}\" of <fetch> (no rows are retained here; leave it out)"),
            });
        }
        self.is_aggregate = yes_no(fetch, "aggregate", false)?;
        let table = TableName::new(required(entity, "name")?);
        let asked = self.columns(entity, None)?;
        self.read_orders(entity, None)?;
        let mut filter = read_filters(&mut self, entity)?;
        let links = self.links(entity, 0)?;
        filter.iter_mut().for_each(|filter| self.name_links(filter));
        let mut orders = std::mem::take(&mut self.orders);
        orders.iter_mut().for_each(|order| self.name_link(&mut order.link));
        let output = match asked {
            _ if self.is_aggregate => Output::Aggregate(self.aggregate),
            Asked::All => Output::All,
            Asked::Columns(columns) => Output::Columns(columns),
        };
        Ok(Plan {
            table,
            output,
            filter,
            links,
            orders,
            distinct: yes_no(fetch, "distinct", false)?,
            page: read_page(fetch)?,
            wants_total: yes_no(fetch, "returntotalrecordcount", false)?,
            sorts_choices_by_number: yes_no(fetch, "useraworderby", false)?,
        })
    }

    /// Reads the columns of an entity or link; in an aggregate they become groups and measures.
    fn columns(&mut self, element: &Element, link: Option<&str>) -> Result<Asked, QueryError> {
        let mut columns = Vec::new();
        let mut is_all = false;
        for child in &element.children {
            match child.name.as_ref() {
                "all-attributes" if self.is_aggregate => {
                    return Err(QueryError::Excluded {
                        first: "<all-attributes>".to_owned(),
                        second: "aggregate=\"true\"".to_owned(),
                    });
                }
                "all-attributes" => is_all = true,
                "attribute" => {
                    check(child)?;
                    only(child, "")?;
                    if self.is_aggregate {
                        self.group_or_measure(child, link)?;
                    } else {
                        columns.push(plain_column(child)?);
                    }
                }
                _ => {}
            }
        }
        Ok(if is_all { Asked::All } else { Asked::Columns(columns) })
    }

    fn group_or_measure(&mut self, element: &Element, link: Option<&str>) -> Result<(), QueryError> {
        if given(element, "rowaggregate").is_some() {
            return Err(QueryError::Excluded {
                first: "rowaggregate of <attribute>".to_owned(),
                second: "aggregate=\"true\"".to_owned(),
            });
        }
        let column = ColumnName::new(required(element, "name")?);
        let alias = valid_alias(required(element, "alias")?)?.to_owned();
        let link = link.map(str::to_owned);
        if yes_no(element, "groupby", false)? {
            let date_part = match given(element, "dategrouping") {
                None => None,
                Some(text) => Some(DatePart::from_name(text).ok_or_else(|| {
                    bad(
                        element,
                        "dategrouping",
                        "day, week, month, quarter, year, fiscal-period or fiscal-year",
                    )
                })?),
            };
            let in_utc = !yes_no(element, "usertimezone", true)?;
            self.aggregate.groups.push(GroupBy { link, column, alias, date_part, in_utc });
            return Ok(());
        }
        let is_distinct = yes_no(element, "distinct", false)?;
        let function = match required(element, "aggregate")? {
            "count" => Function::Count,
            "countcolumn" if is_distinct => Function::CountDistinct,
            "countcolumn" => Function::CountColumn,
            "sum" => Function::Sum,
            "avg" => Function::Average,
            "min" => Function::Min,
            "max" => Function::Max,
            _ => return Err(bad(element, "aggregate", "count, countcolumn, sum, avg, min or max")),
        };
        self.aggregate.measures.push(Measure { link, column, alias, function });
        Ok(())
    }

    fn read_orders(&mut self, element: &Element, link: Option<&str>) -> Result<(), QueryError> {
        for order in element.all("order") {
            check(order)?;
            only(order, "")?;
            let descending = yes_no(order, "descending", false)?;
            let (link, column) = if self.is_aggregate {
                // Aggregates are sorted by alias; a grouped column's own name stands for its alias.
                let name = match given(order, "alias") {
                    Some(alias) => alias,
                    None => self.alias_of(link, required(order, "attribute")?),
                };
                (None, ColumnName::new(name))
            } else {
                let named = given(order, "entityname").or(link).map(str::to_owned);
                (named, ColumnName::new(required(order, "attribute")?))
            };
            self.orders.push(Order { link, column, descending });
        }
        Ok(())
    }

    fn alias_of<'a>(&'a self, link: Option<&str>, column: &'a str) -> &'a str {
        let mut groups = self.aggregate.groups.iter();
        let found = groups.find(|group| group.link.as_deref() == link && group.column == *column);
        found.map_or(column, |group| group.alias.as_str())
    }

    fn links(&mut self, element: &Element, depth: usize) -> Result<Vec<Link>, QueryError> {
        element.all("link-entity").map(|link| self.link(link, depth + 1)).collect()
    }

    /// Reads a link with everything in it.
    fn link(&mut self, element: &Element, depth: usize) -> Result<Link, QueryError> {
        check(element)?;
        only(element, PARTS)?;
        let kind = match given(element, "link-type") {
            None => LinkKind::Inner,
            Some(text) => LinkKind::from_name(text).ok_or_else(|| {
                bad(
                    element,
                    "link-type",
                    "inner, outer, any, not any, all, not all, exists, in or matchfirstrowusingcrossapply",
                )
            })?,
        };
        let table = TableName::new(required(element, "name")?);
        let alias = match given(element, "alias") {
            Some(alias) => valid_alias(alias)?.to_owned(),
            None => {
                let alias = self.free_alias(table.as_str());
                self.unnamed.push((table.to_string(), alias.clone()));
                alias
            }
        };
        let asked = self.columns(element, Some(&alias))?;
        let columns = match asked {
            Asked::All => vec![OutputColumn::every()],
            Asked::Columns(columns) => columns,
        };
        let has_output = !columns.is_empty() || (self.is_aggregate && element.child("attribute").is_some());
        if !kind.has_rows() && (has_output || element.child("order").is_some()) {
            return Err(QueryError::Excluded {
                first: "<attribute> or <order>".to_owned(),
                second: format!("link-type=\"{}\"", given(element, "link-type").unwrap_or_default()),
            });
        }
        self.read_orders(element, Some(&alias))?;
        let mut filter = read_filters(self, element)?;
        filter.iter_mut().for_each(|filter| self.name_links(filter));
        Ok(Link {
            from: join_column(element, "from", "to")?,
            to: join_column(element, "to", "from")?,
            filter,
            links: self.links(element, depth)?,
            table,
            alias,
            kind,
            columns,
        })
    }

    /// Puts the alias in the place of a table's name that stands for its link.
    fn name_link(&self, link: &mut Option<String>) {
        let Some(name) = link else { return };
        if let Some((_, alias)) = self.unnamed.iter().find(|(table, _)| table == name)
            && !self.aliases.contains(name)
        {
            name.clone_from(alias);
        }
    }

    fn name_links(&self, filter: &mut Filter) {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => {
                parts.iter_mut().for_each(|part| self.name_links(part));
            }
            Filter::Not(part) => self.name_links(part),
            Filter::QuickFind { fields, .. } => self.name_links(fields),
            Filter::Condition(condition) => self.name_link(&mut condition.link),
            Filter::Linked(_) => {}
        }
    }

    fn free_alias(&mut self, table: &str) -> String {
        let mut names = (1..).map(|number| format!("{table}{number}"));
        let free = names.find(|name| !self.aliases.contains(name)).unwrap_or_default();
        self.aliases.insert(free.clone());
        free
    }
}

/// A column of a join. Without both of them, `bind` takes those of the only relationship there is.
fn join_column(element: &Element<'_>, name: &'static str, other: &str) -> Result<ColumnName, QueryError> {
    match given(element, name) {
        None if given(element, other).is_none() => Ok(ColumnName::new("")),
        _ => required(element, name).map(ColumnName::new),
    }
}

fn plain_column(element: &Element) -> Result<OutputColumn, QueryError> {
    for attribute in ["aggregate", "groupby", "dategrouping"] {
        if given(element, attribute).is_some_and(|text| model::xml::flag(text) != Some(false)) {
            return Err(QueryError::Excluded {
                first: format!("{attribute} of <attribute>"),
                second: "a <fetch> without aggregate=\"true\"".to_owned(),
            });
        }
    }
    let alias = given(element, "alias").map(valid_alias).transpose()?.map(str::to_owned);
    let children = match given(element, "rowaggregate") {
        None => None,
        Some("CountChildren") if alias.is_none() => required(element, "alias").map(|_| None)?,
        Some("CountChildren") => Some(ColumnName::new("*")),
        Some(_) => return Err(bad(element, "rowaggregate", "CountChildren")),
    };
    Ok(OutputColumn { column: ColumnName::new(required(element, "name")?), alias, children })
}

fn valid_alias(alias: &str) -> Result<&str, QueryError> {
    let is_good = alias.len() <= 100 && alias.chars().all(|one| one.is_alphanumeric() || one == '_');
    if is_good { Ok(alias) } else { Err(QueryError::BadAlias { alias: alias.to_owned() }) }
}

#[derive(Default)]
struct Counts {
    conditions: usize,
    links: usize,
    aliases: BTreeSet<String>,
}

impl Counts {
    fn walk(&mut self, element: &Element, depth: usize) -> Result<(), QueryError> {
        if depth > MAX_DEPTH {
            return Err(QueryError::TooDeep { limit: MAX_DEPTH });
        }
        for child in &element.children {
            match child.name.as_ref() {
                "condition" => self.conditions += 1,
                "filter" => self.walk(child, depth + 1)?,
                "link-entity" => {
                    self.links += 1;
                    if let Some(alias) = given(child, "alias")
                        && !self.aliases.insert(alias.to_owned())
                    {
                        return Err(QueryError::DuplicateAlias { alias: alias.to_owned() });
                    }
                    self.walk(child, depth + 1)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl LinkKind {
    /// The kind of a FetchXML `link-type`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "inner" => Self::Inner,
            "outer" => Self::Outer,
            "any" | "exists" | "in" => Self::Any,
            "not any" => Self::NotAny,
            "all" => Self::All,
            "not all" => Self::NotAll,
            "matchfirstrowusingcrossapply" => Self::First,
            _ => return None,
        })
    }

    /// True when the linked row stands beside the outer one, so that its columns can be used.
    #[must_use]
    pub const fn has_rows(self) -> bool {
        matches!(self, Self::Inner | Self::Outer | Self::First)
    }
}

impl DatePart {
    /// The part of a FetchXML `dategrouping`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            "fiscal-period" => Self::FiscalPeriod,
            "fiscal-year" => Self::FiscalYear,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
