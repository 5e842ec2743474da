//! A plan bound to a caller, a moment and a schema.
//!
//! Everything that depends on who asks and when, and everything that can be wrong, is settled here once, so that
//! executors need know neither calendars nor teams nor FetchXML.

mod condition;
mod date_operator;
mod hierarchy;
mod operand;
mod output;
mod page;

use crate::QueryError;
use crate::bound::{BoundLink, BoundPlan, Caller, Predicate};
use crate::fetch::{MAX_CONDITIONS, MAX_LINKS};
use crate::plan::{Condition, Filter, Link, Plan};
use condition::Found;
use model::{Column, ColumnKind, ColumnName, Table, TableName};
use operand::{Family, Target};
#[cfg(any(test, feature = "cases"))]
pub(crate) use output::label_ranks;
pub(crate) use page::cookie_name;

/// Where tables are looked up.
pub trait Tables {
    /// The table of this logical name.
    fn table(&self, name: &str) -> Option<&Table>;

    /// The table of this object type code.
    fn table_of_code(&self, code: i32) -> Option<&Table>;
}

impl Tables for model::Metadata {
    fn table(&self, name: &str) -> Option<&Table> {
        Self::table(self, name)
    }

    fn table_of_code(&self, code: i32) -> Option<&Table> {
        self.tables.as_slice().table_of_code(code)
    }
}

impl Tables for [Table] {
    fn table(&self, name: &str) -> Option<&Table> {
        self.iter().find(|table| table.name == *name)
    }

    fn table_of_code(&self, code: i32) -> Option<&Table> {
        self.iter().find(|table| table.object_type_code == code)
    }
}

impl Tables for Vec<Table> {
    fn table(&self, name: &str) -> Option<&Table> {
        self.as_slice().table(name)
    }

    fn table_of_code(&self, code: i32) -> Option<&Table> {
        self.as_slice().table_of_code(code)
    }
}

/// Binds a plan to a caller, a moment and a schema.
///
/// # Errors
///
/// When a table, column or alias does not exist, an operator or operand does not fit its column, or a limit is
/// exceeded.
pub fn bind(plan: &Plan, tables: &dyn Tables, caller: &Caller) -> Result<BoundPlan, QueryError> {
    let root = table(tables, &plan.table)?;
    let mut binder =
        Binder { tables, caller, joined: Vec::new(), aliases: Vec::new(), made_up: 0, conditions: 0 };
    binder.collect(&plan.links, 1, true)?;
    let scope = Scope { table: root, alias: None, is_root: true };
    let links = plan.links.iter().map(|link| binder.link(link, root, 1)).collect::<Result<Vec<_>, _>>()?;
    let filter =
        plan.filter.as_ref().map(|filter| binder.filter(filter, &scope, &Mode::PLAIN, 1)).transpose()?;
    let output = output::bind_output(plan, root, &binder)?;
    let orders = output::bind_orders(plan, root, &binder)?;
    let (page, rest) = page::bind_page(plan, root, &orders, &binder);
    let filter = match (filter, rest) {
        (Some(filter), Some(rest)) => Some(and(vec![filter, rest])),
        (filter, rest) => filter.or(rest),
    };
    Ok(BoundPlan {
        table: plan.table.clone(),
        output,
        filter: filter.filter_not_true(),
        links,
        orders,
        distinct: plan.distinct,
        page,
        wants_total: plan.wants_total,
        time_zone: caller.time_zone.clone(),
        first_weekday: caller.first_weekday,
        fiscal: caller.fiscal,
    })
}

fn table<'t>(tables: &'t dyn Tables, name: &TableName) -> Result<&'t Table, QueryError> {
    tables.table(name.as_str()).ok_or_else(|| QueryError::UnknownTable { table: name.clone() })
}

fn column<'t>(table: &'t Table, name: &ColumnName) -> Result<&'t Column, QueryError> {
    table
        .column(name.as_str())
        .ok_or_else(|| QueryError::UnknownColumn { table: table.name.clone(), column: name.clone() })
}

/// What the columns of a condition are looked up in.
struct Scope<'t> {
    table: &'t Table,
    /// The alias of the table, when it is a linked one.
    alias: Option<&'t str>,
    /// True where columns of joined tables can be named too.
    is_root: bool,
}

/// How conditions are read: inside a quick find filter, against what the user typed.
struct Mode<'a> {
    search: Option<&'a str>,
}

impl Mode<'_> {
    const PLAIN: Self = Self { search: None };
}

struct Binder<'t> {
    tables: &'t dyn Tables,
    caller: &'t Caller,
    /// Linked tables whose rows stand beside the root's, by alias.
    joined: Vec<(&'t str, &'t Table)>,
    /// Every alias in the plan.
    aliases: Vec<String>,
    /// How many aliases were made up.
    made_up: usize,
    conditions: usize,
}

impl<'t> Binder<'t> {
    /// Learns the joined tables before anything refers to them.
    fn collect(&mut self, links: &'t [Link], depth: usize, is_joined: bool) -> Result<(), QueryError> {
        deep(depth)?;
        for link in links {
            let is_joined = is_joined && link.kind.has_rows();
            if is_joined {
                self.joined.push((&link.alias, table(self.tables, &link.table)?));
            }
            self.collect(&link.links, depth + 1, is_joined)?;
        }
        Ok(())
    }

    /// A linked table whose columns can be used at the root.
    fn joined(&self, alias: &str) -> Result<&'t Table, QueryError> {
        let found = self.joined.iter().find(|(name, _)| *name == alias);
        found.map(|(_, table)| *table).ok_or_else(|| {
            let known: Vec<_> = self.joined.iter().map(|(name, _)| *name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            QueryError::UnknownAlias { alias: alias.to_owned(), known }
        })
    }

    /// An alias that nobody wrote: `name` holds a character that no alias may have.
    fn free_alias(&mut self, name: &str) -> String {
        self.made_up += 1;
        format!("{name} {}", self.made_up)
    }

    /// The table of an alias, or the root.
    fn table_of(&self, link: Option<&str>, root: &'t Table) -> Result<&'t Table, QueryError> {
        link.map_or(Ok(root), |alias| self.joined(alias))
    }

    fn link(&mut self, link: &Link, outer: &Table, depth: usize) -> Result<BoundLink, QueryError> {
        deep(depth)?;
        if self.aliases.contains(&link.alias) {
            return Err(QueryError::DuplicateAlias { alias: link.alias.clone() });
        }
        if link.alias.is_empty() || link.alias.contains(['.', ' ']) {
            return Err(QueryError::BadAlias { alias: link.alias.clone() });
        }
        self.aliases.push(link.alias.clone());
        if self.aliases.len() > MAX_LINKS {
            let found = self.aliases.len();
            return Err(QueryError::TooMany { what: "linked tables", found, limit: MAX_LINKS });
        }
        let linked = table(self.tables, &link.table)?;
        let (from, to) = join_columns(link, linked, outer)?;
        if !Family::of(&column(linked, &from)?.kind).compares_with(Family::of(&column(outer, &to)?.kind)) {
            return Err(QueryError::NotComparable {
                first: format!("{}.{from}", linked.name),
                second: format!("{}.{to}", outer.name),
            });
        }
        let scope = Scope { table: linked, alias: Some(&link.alias), is_root: false };
        let filter = match &link.filter {
            Some(filter) => Some(self.filter(filter, &scope, &Mode::PLAIN, depth + 1)?),
            None => None,
        };
        let links = link.links.iter().map(|inner| self.link(inner, linked, depth + 1));
        Ok(BoundLink {
            table: link.table.clone(),
            from,
            to,
            alias: link.alias.clone(),
            kind: link.kind,
            links: links.collect::<Result<_, _>>()?,
            columns: output::spell_out(&link.columns, linked)?,
            filter: filter.filter_not_true(),
        })
    }

    fn filter(
        &mut self,
        filter: &Filter,
        scope: &Scope<'_>,
        mode: &Mode<'_>,
        depth: usize,
    ) -> Result<Predicate, QueryError> {
        deep(depth)?;
        match filter {
            Filter::And(parts) => Ok(and(parts
                .iter()
                .map(|part| self.filter(part, scope, mode, depth + 1))
                .collect::<Result<_, _>>()?)),
            Filter::Or(parts) => Ok(or(parts
                .iter()
                .map(|part| self.filter(part, scope, mode, depth + 1))
                .collect::<Result<_, _>>()?)),
            Filter::Not(part) => Ok(match self.filter(part, scope, mode, depth + 1)? {
                Predicate::Constant(is_true) => Predicate::Constant(!is_true),
                part => Predicate::Not(Box::new(part)),
            }),
            Filter::Condition(condition) => self.condition(condition, scope, mode),
            Filter::Linked(link) => {
                Ok(Predicate::Linked(Box::new(self.link(link, scope.table, depth + 1)?)))
            }
            Filter::QuickFind { fields, search } => match search.as_deref() {
                None => Ok(Predicate::Constant(true)),
                Some(text) => self.filter(fields, scope, &Mode { search: Some(text) }, depth + 1),
            },
        }
    }

    fn condition(
        &mut self,
        condition: &Condition,
        scope: &Scope<'_>,
        mode: &Mode<'_>,
    ) -> Result<Predicate, QueryError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            let found = self.conditions;
            return Err(QueryError::TooMany { what: "conditions", found, limit: MAX_CONDITIONS });
        }
        let (link, of) = self.place(condition.link.as_deref(), scope)?;
        let target = find_target(of, &condition.column)?;
        let other = match &condition.value_of {
            None => None,
            Some(name) => Some(self.other_column(name, link, of, scope)?),
        };
        let found = Found { target, link: link.map(str::to_owned), other };
        match mode.search {
            Some(text) if condition.values.iter().any(|value| value.contains("{0}")) => {
                condition::search(condition, &found, text, self)
            }
            _ if found.target.column.kind == ColumnKind::EntityName => {
                condition::resolve(&self.with_table_names(condition), &found, self)
            }
            _ => condition::resolve(condition, &found, self),
        }
    }

    /// The condition with object type codes replaced by the names of their tables, which is what such columns hold.
    fn with_table_names(&self, condition: &Condition) -> Condition {
        let mut named = condition.clone();
        for value in &mut named.values {
            let table = value.trim().parse().ok().and_then(|code| self.tables.table_of_code(code));
            if let Some(table) = table {
                *value = table.name.to_string();
            }
        }
        named
    }

    /// The alias as executors are told it, and its table.
    fn place<'a>(
        &self,
        link: Option<&'a str>,
        scope: &Scope<'a>,
    ) -> Result<(Option<&'a str>, &'a Table), QueryError>
    where
        't: 'a,
    {
        match link {
            None => Ok((None, scope.table)),
            Some(alias) if scope.alias == Some(alias) => Ok((None, scope.table)),
            Some(alias) if scope.is_root => Ok((Some(alias), self.joined(alias)?)),
            Some(alias) => Err(QueryError::UnknownAlias {
                alias: alias.to_owned(),
                known: scope.alias.unwrap_or("none").to_owned(),
            }),
        }
    }

    /// The column of `valueof`: of the same row, or `alias.column`.
    fn other_column(
        &self,
        name: &ColumnName,
        link: Option<&str>,
        same: &Table,
        scope: &Scope<'_>,
    ) -> Result<(ColumnName, Family), QueryError> {
        let Some((alias, other)) = name.as_str().split_once('.') else {
            return Ok((name.clone(), Family::of(&column(same, name)?.kind)));
        };
        let (place, of) = self.place(Some(alias), scope)?;
        let other = ColumnName::new(other);
        let family = Family::of(&column(of, &other)?.kind);
        // The same row is named without its alias.
        let is_same = place == link;
        Ok((if is_same { other } else { name.clone() }, family))
    }
}

/// The columns a link joins by: those it names, or, where it names none, the only lookup between the two tables.
fn join_columns(link: &Link, linked: &Table, outer: &Table) -> Result<(ColumnName, ColumnName), QueryError> {
    if !link.from.as_str().is_empty() || !link.to.as_str().is_empty() {
        return Ok((link.from.clone(), link.to.clone()));
    }
    let lookups = |table: &Table, target: &Table| {
        let leads = |column: &&Column| matches!(&column.kind, ColumnKind::Lookup { targets, .. } if targets.contains(&target.name));
        table.columns.iter().filter(leads).map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    let up = lookups(outer, linked).into_iter().map(|column| (linked.primary_id.clone(), column));
    let down = lookups(linked, outer).into_iter().map(|column| (column, outer.primary_id.clone()));
    let mut pairs: Vec<_> = up.chain(down).collect();
    match (pairs.len(), pairs.pop()) {
        (1, Some(pair)) => Ok(pair),
        (found, _) => {
            Err(QueryError::NoSingleLookup { linked: linked.name.clone(), outer: outer.name.clone(), found })
        }
    }
}

/// The column of a condition: one of the table's, or the name that goes with a lookup (`primarycontactidname`).
fn find_target<'t>(table: &'t Table, name: &ColumnName) -> Result<Target<'t>, QueryError> {
    if let Some(column) = table.column(name.as_str()) {
        return Ok(Target { table, column, family: Family::of(&column.kind) });
    }
    let lookup = name.as_str().strip_suffix("name").and_then(|lookup| table.column(lookup));
    if let Some(column) = lookup
        && matches!(column.kind, ColumnKind::Lookup { .. })
    {
        return Ok(Target { table, column, family: Family::ReferenceName });
    }
    Err(QueryError::UnknownColumn { table: table.name.clone(), column: name.clone() })
}

/// Plans of any origin are walked this deep: `$filter` nests more than FetchXML, which has its own limit.
const MAX_NESTING: usize = 200;

const fn deep(depth: usize) -> Result<(), QueryError> {
    if depth > MAX_NESTING { Err(QueryError::TooDeep { limit: MAX_NESTING }) } else { Ok(()) }
}

fn and(parts: Vec<Predicate>) -> Predicate {
    join(parts, false, Predicate::And)
}

fn or(parts: Vec<Predicate>) -> Predicate {
    join(parts, true, Predicate::Or)
}

/// Joins parts; a constant that decides the whole is the whole, one that does not is left out.
fn join(mut parts: Vec<Predicate>, decides: bool, make: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    if parts.contains(&Predicate::Constant(decides)) {
        return Predicate::Constant(decides);
    }
    parts.retain(|part| *part != Predicate::Constant(!decides));
    match parts.len() {
        0 => Predicate::Constant(!decides),
        1 => parts.pop().unwrap_or(Predicate::Constant(!decides)),
        _ => make(parts),
    }
}

trait NotTrue {
    /// Leaves out a filter that lets every row through.
    fn filter_not_true(self) -> Self;
}

impl NotTrue for Option<Predicate> {
    fn filter_not_true(self) -> Self {
        self.filter(|predicate| *predicate != Predicate::Constant(true))
    }
}

#[cfg(test)]
mod tests;
