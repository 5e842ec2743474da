//! `Request::Rows`: a page of a view, with what the user adds to it.

use crate::definitions::Definitions;
use crate::elsewhere::coverage;
use crate::message::{CellFilter, Coverage, Failure, Reply, RowCells, Rows, RowsRequest};
use crate::related::restrict_to;
use crate::session::Session;
use model::{LayoutCell, Table, Value};
use query::{
    Answer, Condition, Filter, Link, LinkKind, Order, Output, OutputColumn, Page, Plan, bind, quick_find,
};
use store::Store;

/// Most rows of one page.
const MOST_ROWS: u32 = 5000;

impl Session {
    pub(crate) async fn rows(&self, request: RowsRequest) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let table = definitions.table(&request.table)?;
        let view = definitions.view(&request.table, request.view)?;
        let plan = plan_rows(Plan::clone(&*definitions.plan(&view)?), &request, table, &definitions)?;
        let caller = definitions.caller(self.parts.clock.now());
        let answer = device.store.run(&bind(&plan, definitions.metadata(), &caller)?).await?;
        let orders = plan.orders.iter().map(cell_order).collect();
        let coverage = coverage(&device, &definitions, &request.table);
        Ok(Reply::Rows(Rows { orders, coverage, ..layout(answer, &view.cells, table, &device.store) }))
    }
}

/// The view's plan with the search, the order, the slice and the parent row of the request.
fn plan_rows(
    mut plan: Plan,
    request: &RowsRequest,
    table: &Table,
    definitions: &Definitions,
) -> Result<Plan, Failure> {
    let has_find_columns = plan.filter.as_ref().is_some_and(|filter| find_columns(filter).is_some());
    let search = request.search.trim();
    if !search.is_empty() && !has_find_columns {
        let quick = definitions.quick_find_view(&request.table);
        let quick = quick.map(|view| definitions.plan(&view)).transpose()?;
        search_in(&mut plan, quick.as_deref(), table);
    }
    plan = quick_find(plan, search);
    for filter in &request.filters {
        restrict(&mut plan, cell_condition(filter));
    }
    if !request.orders.is_empty() {
        plan.orders = request.orders.iter().map(|(cell, descending)| order(cell, *descending)).collect();
    }
    if let Some((link, parent)) = &request.related_to {
        restrict_to(&mut plan, table, link, *parent);
    }
    plan.page = Page::slice(request.offset, request.limit.clamp(1, MOST_ROWS));
    plan.wants_total = true;
    if let Output::Columns(columns) = &mut plan.output {
        let known = request.columns.iter().filter(|name| table.column(name.as_str()).is_some());
        for name in known.chain([&table.primary_name]) {
            if !columns.iter().any(|output| output.column == *name && output.alias.is_none()) {
                columns.push(OutputColumn::named(name.clone()));
            }
        }
    }
    Ok(plan)
}

/// Searches a view by the find columns of the table's quick find view, some of which may be a linked row's.
fn search_in(plan: &mut Plan, quick: Option<&Plan>, table: &Table) {
    let found = quick.and_then(|quick| Some((quick, quick.filter.as_ref().and_then(find_columns)?.clone())));
    let Some((quick, mut filter)) = found else { return restrict(plan, by_name(table)) };
    rename_links(&mut filter);
    plan.links.extend(quick.links.iter().cloned().map(without_output));
    restrict(plan, filter);
}

/// The part of a quick find view's filter that takes the search text; its other conditions are the view's own.
fn find_columns(filter: &Filter) -> Option<&Filter> {
    match filter {
        Filter::QuickFind { .. } => Some(filter),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().find_map(find_columns),
        Filter::Not(_) | Filter::Condition(_) | Filter::Linked(_) => None,
    }
}

/// An alias that no view uses.
fn renamed(alias: &str) -> String {
    format!("find_{alias}")
}

fn rename_links(filter: &mut Filter) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter_mut().for_each(rename_links),
        Filter::Not(part) | Filter::QuickFind { fields: part, .. } => rename_links(part),
        Filter::Condition(condition) => condition.link = condition.link.as_deref().map(renamed),
        Filter::Linked(_) => {}
    }
}

/// The link under another alias, for conditions alone. A row without a partner may still be found by its own columns.
fn without_output(mut link: Link) -> Link {
    link.alias = renamed(&link.alias);
    link.columns.clear();
    if link.kind == LinkKind::Inner {
        link.kind = LinkKind::Outer;
    }
    if let Some(filter) = &mut link.filter {
        rename_links(filter);
    }
    link.links = link.links.into_iter().map(without_output).collect();
    link
}

/// A table without a quick find view is searched by its primary name.
pub(crate) fn by_name(table: &Table) -> Filter {
    let fields = Box::new(condition(table.primary_name.clone(), "like", "{0}"));
    Filter::QuickFind { fields, search: None }
}

pub(crate) fn condition(column: model::ColumnName, operator: &str, value: &str) -> Filter {
    Filter::Condition(Condition {
        link: None,
        column,
        operator: operator.to_owned(),
        values: vec![value.to_owned()],
        value_of: None,
    })
}

fn cell_condition(filter: &CellFilter) -> Filter {
    let (link, column) = split_cell(&filter.cell);
    Filter::Condition(Condition {
        link,
        column: column.into(),
        operator: filter.operator.clone(),
        values: filter.values.clone(),
        value_of: None,
    })
}

pub(crate) fn restrict(plan: &mut Plan, filter: Filter) {
    plan.filter = Some(match plan.filter.take() {
        Some(own) => Filter::And(vec![own, filter]),
        None => filter,
    });
}

fn order(cell: &str, descending: bool) -> Order {
    let (link, column) = split_cell(cell);
    Order { link, column: column.into(), descending }
}

/// The alias of the link, and the column.
fn split_cell(cell: &str) -> (Option<String>, &str) {
    match cell.split_once('.') {
        Some((alias, column)) => (Some(alias.to_owned()), column),
        None => (None, cell),
    }
}

fn cell_order(order: &Order) -> (String, bool) {
    let name = match &order.link {
        Some(alias) => format!("{alias}.{}", order.column),
        None => order.column.to_string(),
    };
    (name, order.descending)
}

/// The answer in the order of the view's cells; what else came follows.
fn layout(answer: Answer, cells: &[LayoutCell], table: &Table, store: &Store) -> Rows {
    let mut names: Vec<String> = cells.iter().map(|cell| cell.name.clone()).collect();
    for name in &answer.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let places: Vec<Option<usize>> =
        names.iter().map(|name| answer.names.iter().position(|other| other == name)).collect();
    let total = answer.total.unwrap_or(0);
    let row = |row: query::AnswerRow| {
        let id = row.id?;
        let mut values = row.values;
        let values = places.iter().map(|place| {
            let value = place.and_then(|place| values.get_mut(place));
            value.map_or(Value::Null, std::mem::take)
        });
        let values = values.collect();
        let pending = u32::try_from(store.pending(&table.name, id).len()).unwrap_or(u32::MAX);
        Some(RowCells { id, values, pending })
    };
    let rows = answer.rows.into_iter().filter_map(row).collect();
    Rows { names, rows, total, orders: Vec::new(), coverage: Coverage::Whole }
}
