//! Answers bound plans over the tables in memory.
//!
//! Conditions narrow sets of row slots column by column; joined rows are tuples of slots; only the rows of the page
//! asked for become values. What conditions mean is said by `query`, row by row; this is the same by column.

mod aggregate;
mod condition;
mod context;
mod filter;
mod hierarchy;
mod join;
mod key;
mod order;
mod output;
mod tuples;

use crate::StoreError;
use crate::needs::Needs;
use crate::store::LoadedState as State;
use context::Context;
use model::{Row, TableName};
use query::{Answer, BoundLink, BoundOutput, BoundPlan, Predicate};
use std::collections::BTreeSet;
use tuples::{Partners, Tuples};

/// What came of a run.
pub enum Outcome {
    /// The answer.
    Answer(Answer),
    /// This has to be read first.
    Needs(Needs),
}

/// The tables a plan reads.
pub fn tables(plan: &BoundPlan) -> BTreeSet<TableName> {
    let mut tables = BTreeSet::from([plan.table.clone()]);
    if let Some(filter) = &plan.filter {
        add_linked(filter, &mut tables);
    }
    plan.links.iter().for_each(|link| add_link(link, &mut tables));
    tables
}

fn add_link(link: &BoundLink, tables: &mut BTreeSet<TableName>) {
    tables.insert(link.table.clone());
    if let Some(filter) = &link.filter {
        add_linked(filter, tables);
    }
    link.links.iter().for_each(|link| add_link(link, tables));
}

fn add_linked(predicate: &Predicate, tables: &mut BTreeSet<TableName>) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => {
            parts.iter().for_each(|part| add_linked(part, tables));
        }
        Predicate::Not(part) => add_linked(part, tables),
        Predicate::Linked(link) => add_link(link, tables),
        Predicate::Hierarchy(test) => {
            tables.insert(test.table.clone());
        }
        Predicate::Test { .. } | Predicate::Constant(_) => {}
    }
}

/// Answers a plan whose tables are loaded.
pub fn run(state: &State, plan: &BoundPlan) -> Result<Outcome, StoreError> {
    let context = Context::new(state);
    let root = context.table(&plan.table)?;
    let (own, joined) = tuples::split(plan.filter.as_ref());
    let mut rows = root.visible.clone();
    for part in own {
        rows = filter::select(&context, root, part, true, rows)?;
    }
    let conditions = plan.links.iter().filter(|link| !link.kind.has_rows());
    rows = join::restrict(&context, root, conditions, rows)?;
    let mut tuples = Tuples::new(root, &rows);
    tuples.join_all(&context, 0, &plan.links, Partners::All)?;
    tuples.filter(&context, &joined)?;
    let answer = match &plan.output {
        BoundOutput::Columns(columns) => output::rows(&context, plan, columns, tuples)?,
        BoundOutput::Aggregate(aggregate) => aggregate::groups(&context, plan, aggregate, &tuples)?,
    };
    let needs = context.needs();
    Ok(if needs.is_empty() { Outcome::Answer(answer) } else { Outcome::Needs(needs) })
}

/// Gives the references of a row the names of the rows on this device; answers with what to read first.
pub fn name_references(state: &State, row: &mut Row) -> Needs {
    let context = Context::new(state);
    row.columns.0.values_mut().for_each(|value| context.name_value(value));
    context.needs()
}

#[cfg(test)]
mod tests;
