//! Bound plans as SQL: the joins, the order, the page.

use crate::access::{Access, push_condition};
use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::{Dialect, quoted};
use crate::error::{Result, StoreError};
use crate::layout::{Codec, ColumnLayout, Layouts, TableLayout};
use crate::statement::{Question, Statement};
use crate::{aggregate, names};
use model::{ColumnName, RowVersion, Value};
use query::{Answer, AnswerRow, BoundLink, BoundOrder, BoundOutput, BoundPlan, LinkKind, OutputColumn};
use std::sync::Arc;

/// The answer to a plan, of the rows that `access` reaches.
pub async fn run(
    session: &mut Session,
    layouts: &Layouts,
    plan: &BoundPlan,
    access: &Access,
) -> Result<Answer> {
    let mut answer = match &plan.output {
        BoundOutput::Aggregate(wanted) => aggregate::run(session, layouts, plan, wanted, access).await?,
        BoundOutput::Columns(_) => rows(session, layouts, plan, access).await?,
    };
    names::fill(session, layouts, answer.rows.iter_mut().flat_map(|row| &mut row.values)).await?;
    Ok(answer)
}

async fn rows(session: &mut Session, layouts: &Layouts, plan: &BoundPlan, access: &Access) -> Result<Answer> {
    let mut builder = Builder::new(session.dialect(), layouts, access, plan)?;
    let outputs = builder.outputs(plan)?;
    builder.push_rows(plan, &outputs)?;
    let limit = u64::from(plan.page.limit);
    builder.statement.push(&format!(" LIMIT {} OFFSET {}", limit + 1, plan.page.offset));
    let mut kinds = vec![Storage::Id, Storage::Integer];
    kinds.extend(outputs.iter().flat_map(OutputCell::kinds));
    let mut found = session.ask(Question { statement: builder.statement, kinds }).await?;
    let more = plan.page.more(found.len() as u64 > limit);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let rows = found.into_iter().map(|cells| decode(&outputs, cells)).collect::<Result<Vec<_>>>()?;
    let total =
        if plan.wants_total { Some(total(session, layouts, plan, access, &outputs).await?) } else { None };
    let names = outputs.into_iter().map(|output| output.name).collect();
    Ok(Answer { names, rows, total, more })
}

async fn total(
    session: &mut Session,
    layouts: &Layouts,
    plan: &BoundPlan,
    access: &Access,
    outputs: &[OutputCell],
) -> Result<u64> {
    let mut builder = Builder::new(session.dialect(), layouts, access, plan)?;
    builder.statement.push("SELECT COUNT(*) FROM (");
    if plan.distinct {
        builder.push_rows(plan, outputs)?;
    } else {
        builder.statement.push("SELECT 1 AS one");
        builder.push_from_where(plan)?;
    }
    builder.statement.push(") counted");
    Ok(u64::try_from(session.ask_integer(builder.statement).await?).unwrap_or(0))
}

fn decode(outputs: &[OutputCell], cells: Vec<Cell>) -> Result<AnswerRow> {
    let mut cells = cells.into_iter();
    let id = cells.next().and_then(|cell| cell.as_id());
    let version = cells.next().and_then(|cell| cell.as_integer()).map(RowVersion);
    let values = outputs.iter().map(|output| output.decode(&mut cells)).collect::<Result<Vec<_>>>()?;
    Ok(AnswerRow { id, version, values })
}

/// One value of the answer.
pub struct OutputCell {
    /// Its name in the answer.
    pub name: String,
    /// The name of its table in the statement.
    alias: String,
    /// Its column.
    pub column: ColumnLayout,
    /// Instead of the column, the number of the row's children.
    children: Option<String>,
}

impl OutputCell {
    /// The expressions the value is read from.
    fn expressions(&self) -> Vec<String> {
        match &self.children {
            Some(children) => vec![children.clone()],
            None => {
                let names = self.column.read_names().into_iter();
                names.map(|name| format!("{}.{}", self.alias, quoted(&name))).collect()
            }
        }
    }

    /// The expressions that are equal where values are.
    fn compared(&self) -> Vec<String> {
        match self.column.codec {
            Codec::FoldedText if self.children.is_none() => {
                vec![format!("{}.{}", self.alias, quoted(&self.column.compared_name()))]
            }
            _ => self.expressions(),
        }
    }

    fn kinds(&self) -> Vec<Storage> {
        if self.children.is_some() { vec![Storage::Integer] } else { self.column.codec.storage().to_vec() }
    }

    fn decode(&self, cells: &mut std::vec::IntoIter<Cell>) -> Result<Value> {
        if self.children.is_none() {
            return self.column.decode(cells);
        }
        Ok(cells.next().and_then(|cell| cell.as_integer()).map_or(Value::Null, Value::Integer))
    }
}

/// A table that takes part in a statement.
#[derive(Clone)]
pub struct Scope {
    /// What conditions and orders of the plan call it; nothing for the root.
    plan_alias: Option<String>,
    /// What the statement calls it.
    pub alias: String,
    /// Its columns.
    pub layout: Arc<TableLayout>,
}

/// A link that is joined, with the links joined to it.
struct Joined<'a> {
    scope: usize,
    link: &'a BoundLink,
    /// True when only the first partner is joined: of a link of that kind, and of all below one.
    only_first: bool,
    nested: Vec<Joined<'a>>,
}

/// A statement under construction.
pub struct Builder<'a> {
    /// The layouts of every table.
    pub layouts: &'a Layouts,
    access: &'a Access,
    /// The statement so far.
    pub statement: Statement,
    scopes: Vec<Scope>,
    joined: Vec<Joined<'a>>,
}

/// The root's place among the scopes.
pub const ROOT: usize = 0;

impl<'a> Builder<'a> {
    /// A builder that knows the tables of a plan.
    pub fn new(
        dialect: Dialect,
        layouts: &'a Layouts,
        access: &'a Access,
        plan: &'a BoundPlan,
    ) -> Result<Self> {
        let statement = Statement::new(dialect);
        let mut builder = Self { layouts, access, statement, scopes: Vec::new(), joined: Vec::new() };
        builder.enter(plan.table.as_str(), None)?;
        builder.joined = builder.join(&plan.links, false)?;
        Ok(builder)
    }

    /// A builder that goes on with a statement in which a table is known by a name already.
    pub fn inside(
        statement: Statement,
        layouts: &'a Layouts,
        access: &'a Access,
        layout: &Arc<TableLayout>,
        alias: &str,
    ) -> Self {
        let root = Scope { plan_alias: None, alias: alias.to_owned(), layout: Arc::clone(layout) };
        Self { layouts, access, statement, scopes: vec![root], joined: Vec::new() }
    }

    /// Gives a table its name in the statement.
    fn enter(&mut self, table: &str, plan_alias: Option<String>) -> Result<usize> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let scope = self.scopes.len();
        self.scopes.push(Scope { plan_alias, alias: format!("t{scope}"), layout });
        Ok(scope)
    }

    fn join(&mut self, links: &'a [BoundLink], only_first: bool) -> Result<Vec<Joined<'a>>> {
        let mut joined = Vec::new();
        for link in links.iter().filter(|link| is_joined(link.kind)) {
            let scope = self.enter(link.table.as_str(), Some(link.alias.clone()))?;
            let only_first = only_first || link.kind == LinkKind::First;
            let nested = self.join(&link.links, only_first)?;
            joined.push(Joined { scope, link, only_first, nested });
        }
        Ok(joined)
    }

    /// The table at this place.
    pub fn scope(&self, index: usize) -> Result<&Scope> {
        self.scopes.get(index).ok_or_else(|| StoreError::UnknownAlias(format!("t{index}")))
    }

    /// The table that an alias names, seen from `current`.
    pub fn resolve(&self, link: Option<&str>, current: usize) -> Result<&Scope> {
        match link {
            None => self.scope(current),
            Some(alias) => self
                .scopes
                .iter()
                .rev()
                .find(|scope| scope.plan_alias.as_deref() == Some(alias))
                .ok_or_else(|| StoreError::UnknownAlias(alias.to_owned())),
        }
    }

    /// The values of the answer: the root's, then those of the links in order.
    pub fn outputs(&self, plan: &BoundPlan) -> Result<Vec<OutputCell>> {
        let mut outputs = Vec::new();
        let BoundOutput::Columns(columns) = &plan.output else { return Ok(outputs) };
        let root = self.scope(ROOT)?;
        for output in columns {
            let name = output.alias.clone().unwrap_or_else(|| output.column.as_str().to_owned());
            outputs.push(self.output(root, output, name)?);
        }
        self.link_outputs(&self.joined, &mut outputs)?;
        Ok(outputs)
    }

    fn link_outputs(&self, joined: &[Joined<'_>], outputs: &mut Vec<OutputCell>) -> Result<()> {
        for join in joined {
            let scope = self.scope(join.scope)?;
            for output in &join.link.columns {
                let own = || format!("{}.{}", join.link.alias, output.column);
                outputs.push(self.output(scope, output, output.alias.clone().unwrap_or_else(own))?);
            }
            self.link_outputs(&join.nested, outputs)?;
        }
        Ok(())
    }

    fn output(&self, scope: &Scope, output: &OutputColumn, name: String) -> Result<OutputCell> {
        let children = output.children.as_ref().map(|parent| self.children_of(scope, parent)).transpose()?;
        let column = scope.layout.column(output.column.as_str())?.clone();
        Ok(OutputCell { name, alias: scope.alias.clone(), column, children })
    }

    /// How many rows of the same table, as far as they may be seen, have the row as their parent.
    fn children_of(&self, scope: &Scope, parent: &ColumnName) -> Result<String> {
        let (layout, key) = (&scope.layout, format!("{}.{}", scope.alias, quoted(scope.layout.key())));
        let parent = quoted(&layout.column(parent.as_str())?.compared_name());
        let child = format!("{}c", scope.alias);
        let mut visible = Statement::new(self.statement.dialect());
        push_condition(&mut visible, self.access, self.layouts, layout, &child);
        Ok(format!(
            "CASE WHEN {key} IS NULL THEN NULL ELSE (SELECT COUNT(*) FROM {} {child} WHERE {child}.{parent} = {key} \
             AND {}) END",
            layout.sql_name(),
            visible.with_literals(),
        ))
    }

    /// The whole `SELECT` of rows, without its page.
    fn push_rows(&mut self, plan: &'a BoundPlan, outputs: &[OutputCell]) -> Result<()> {
        let root = self.scope(ROOT)?;
        let key = format!("{}.{}", root.alias, quoted(root.layout.key()));
        let version = format!("{}.\"__version\"", root.alias);
        let mut orders = self.order_terms(&plan.orders)?;
        // Then by the keys of the rows that stand side by side, so that pages are stable.
        let keys = self.scopes.iter().map(|scope| format!("{}.{}", scope.alias, quoted(scope.layout.key())));
        orders.extend(keys.map(|key| order_term(&key, false)));
        let listed = outputs.iter().flat_map(OutputCell::expressions);
        let cells: Vec<String> = [key, version].into_iter().chain(listed).collect();
        if plan.distinct {
            return self.push_distinct_rows(plan, outputs, &cells, &orders);
        }
        self.statement.push(&format!("SELECT {}", cells.join(", ")));
        self.push_from_where(plan)?;
        self.statement.push(&format!(" ORDER BY {}", orders.join(", ")));
        Ok(())
    }

    /// Of rows with equal outputs only the first in order.
    fn push_distinct_rows(
        &mut self,
        plan: &'a BoundPlan,
        outputs: &[OutputCell],
        cells: &[String],
        orders: &[String],
    ) -> Result<()> {
        let equal: Vec<String> = outputs.iter().flat_map(OutputCell::compared).collect();
        let partition =
            if equal.is_empty() { String::new() } else { format!("PARTITION BY {} ", equal.join(", ")) };
        let order = orders.join(", ");
        let named: Vec<String> =
            cells.iter().enumerate().map(|(index, cell)| format!("{cell} AS c{index}")).collect();
        let picked: Vec<String> = (0..cells.len()).map(|index| format!("c{index}")).collect();
        self.statement.push(&format!(
            "SELECT {} FROM (SELECT {}, ROW_NUMBER() OVER ({partition}ORDER BY {order}) AS nth, \
             ROW_NUMBER() OVER (ORDER BY {order}) AS place",
            picked.join(", "),
            named.join(", "),
        ));
        self.push_from_where(plan)?;
        self.statement.push(") numbered WHERE nth = 1 ORDER BY place");
        Ok(())
    }

    fn order_terms(&self, orders: &[BoundOrder]) -> Result<Vec<String>> {
        let mut terms = Vec::new();
        for order in orders {
            let scope = self.resolve(order.link.as_deref(), ROOT)?;
            let column = scope.layout.column(order.column.as_str())?;
            let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
            if column.codec == Codec::Reference {
                terms.push(order_term(&self.name_of(scope, column), order.descending));
            }
            terms.extend(ranked_terms(order, &own));
        }
        Ok(terms)
    }

    /// `FROM … JOIN … WHERE …`
    pub fn push_from_where(&mut self, plan: &'a BoundPlan) -> Result<()> {
        let root = self.scope(ROOT)?.clone();
        self.statement.push(&format!(" FROM {} {}", root.layout.sql_name(), root.alias));
        let joined = std::mem::take(&mut self.joined);
        self.push_joins(&joined, ROOT)?;
        self.joined = joined;
        self.statement.push(" WHERE ");
        push_condition(&mut self.statement, self.access, self.layouts, &root.layout, &root.alias);
        if let Some(filter) = &plan.filter {
            self.statement.push(" AND ");
            self.push_predicate(filter, ROOT)?;
        }
        self.push_existences(&plan.links, ROOT)
    }

    fn push_joins(&mut self, joined: &[Joined<'a>], outer: usize) -> Result<()> {
        for join in joined {
            let scope = self.scope(join.scope)?.clone();
            let words = if join.link.kind == LinkKind::Outer { " LEFT JOIN " } else { " JOIN " };
            let table = format!("{} {}", scope.layout.sql_name(), scope.alias);
            if join.nested.is_empty() {
                self.statement.push(words).push(&table);
            } else {
                self.statement.push(words).push("(").push(&table);
                self.push_joins(&join.nested, join.scope)?;
                self.statement.push(")");
            }
            self.statement.push(" ON ");
            if join.only_first {
                let key = quoted(scope.layout.key());
                self.statement.push(&format!("{}.{key} = (", scope.alias));
                let partners = self.scopes.len();
                self.push_partners(join.link, outer, true, &key)?;
                let partners = &self.scope(partners)?.alias;
                self.statement.push(&format!(" ORDER BY {partners}.{key} LIMIT 1)"));
            } else {
                self.push_partner_condition(join.link, join.scope, outer)?;
            }
        }
        Ok(())
    }

    /// Whether a row of `scope` is a partner of the row of `outer`.
    fn push_partner_condition(&mut self, link: &'a BoundLink, scope: usize, outer: usize) -> Result<()> {
        self.push_join_columns(link, scope, outer)?;
        if let Some(filter) = &link.filter {
            self.statement.push(" AND ");
            self.push_predicate(filter, scope)?;
        }
        self.push_existences(&link.links, scope)
    }

    fn push_join_columns(&mut self, link: &BoundLink, scope: usize, outer: usize) -> Result<()> {
        let (inner, outer) = (self.scope(scope)?.clone(), self.scope(outer)?);
        let from = quoted(&inner.layout.column(link.from.as_str())?.compared_name());
        let to = quoted(&outer.layout.column(link.to.as_str())?.compared_name());
        let equal = format!("{}.{from} = {}.{to} AND ", inner.alias, outer.alias);
        self.statement.push(&equal);
        push_condition(&mut self.statement, self.access, self.layouts, &inner.layout, &inner.alias);
        Ok(())
    }

    /// `AND EXISTS …` for the links that are not joined.
    fn push_existences(&mut self, links: &'a [BoundLink], outer: usize) -> Result<()> {
        for link in links.iter().filter(|link| !is_joined(link.kind)) {
            self.statement.push(" AND ");
            self.push_existence(link, outer)?;
        }
        Ok(())
    }

    /// `EXISTS (…)` as the link's kind wants it.
    pub fn push_existence(&mut self, link: &'a BoundLink, outer: usize) -> Result<()> {
        match link.kind {
            LinkKind::NotAny => {
                self.statement.push("NOT EXISTS (");
                self.push_partners(link, outer, true, "1")?;
            }
            LinkKind::All => {
                self.statement.push("(EXISTS (");
                self.push_partners(link, outer, false, "1")?;
                self.statement.push(") AND NOT EXISTS (");
                self.push_partners(link, outer, true, "1")?;
                self.statement.push(")");
            }
            // Inside a filter the joined kinds ask for a partner as well.
            LinkKind::Any | LinkKind::NotAll | LinkKind::Inner | LinkKind::Outer | LinkKind::First => {
                self.statement.push("(EXISTS (");
                self.push_partners(link, outer, true, "1")?;
                // SQLite 3.51 makes a join of a plain EXISTS and then counts a row once per partner towards OFFSET.
                let plain = self.statement.dialect() == Dialect::Postgres;
                self.statement.push(if plain { ")" } else { ") IS NOT FALSE" });
            }
        }
        self.statement.push(")");
        Ok(())
    }

    /// `SELECT what FROM …` over the partners of the row of `outer`; by the join columns alone when not `filtered`.
    fn push_partners(&mut self, link: &'a BoundLink, outer: usize, filtered: bool, what: &str) -> Result<()> {
        let scope = self.enter(link.table.as_str(), Some(link.alias.clone()))?;
        let inner = self.scope(scope)?.clone();
        let what = if what == "1" { what.to_owned() } else { format!("{}.{what}", inner.alias) };
        self.statement.push(&format!("SELECT {what} FROM {} {}", inner.layout.sql_name(), inner.alias));
        if filtered {
            let nested = self.join(&link.links, false)?;
            self.push_joins(&nested, scope)?;
            self.statement.push(" WHERE ");
            self.push_partner_condition(link, scope, outer)?;
        } else {
            self.statement.push(" WHERE ");
            self.push_join_columns(link, scope, outer)?;
        }
        // The names of this subquery mean nothing outside it.
        for scope in self.scopes.iter_mut().skip(scope) {
            scope.plan_alias = None;
        }
        Ok(())
    }
}

const fn is_joined(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::Inner | LinkKind::Outer | LinkKind::First)
}

/// What an order by one expression goes by: the places of its options, then, of those that are not listed, their numbers.
pub fn ranked_terms(order: &BoundOrder, own: &str) -> Vec<String> {
    let Some(ranks) = &order.ranks else { return vec![order_term(own, order.descending)] };
    let mut place = String::from("CASE");
    let mut unlisted = String::from("CASE");
    for (number, rank) in ranks.iter() {
        place.push_str(&format!(" WHEN {own} = {number} THEN {rank}"));
        unlisted.push_str(&format!(" WHEN {own} = {number} THEN 0"));
    }
    place.push_str(&format!(" WHEN {own} IS NOT NULL THEN {} END", u32::MAX));
    unlisted.push_str(&format!(" ELSE {own} END"));
    [place, unlisted].iter().map(|term| order_term(term, order.descending)).collect()
}

/// Null is smaller than everything, on both databases.
pub fn order_term(expression: &str, descending: bool) -> String {
    let direction = if descending { "DESC NULLS LAST" } else { "ASC NULLS FIRST" };
    format!("{expression} {direction}")
}
