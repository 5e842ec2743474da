//! Conditions over the rows of one table.
//!
//! Conditions know true, false and unknown. Asking which rows make a condition true, or which make it false, needs no
//! third set: `not` turns the question round, and a test of a value that is not there answers neither.

use super::condition;
use super::context::Context;
use super::{hierarchy, join};
use crate::StoreError;
use crate::column::bits::Bits;
use crate::table::TableData;
use query::{Pattern, Predicate, Test};

/// The rows among `within` for which the predicate is `wanted`.
pub fn select(
    context: &Context<'_>,
    table: &TableData,
    predicate: &Predicate,
    wanted: bool,
    within: Bits,
) -> Result<Bits, StoreError> {
    match predicate {
        Predicate::Constant(is_true) if *is_true == wanted => Ok(within),
        Predicate::Constant(_) => Ok(Bits::none(within.length())),
        Predicate::Not(part) => select(context, table, part, !wanted, within),
        Predicate::And(parts) if wanted => every(context, table, parts, wanted, within),
        Predicate::Or(parts) if !wanted => every(context, table, parts, wanted, within),
        Predicate::And(parts) | Predicate::Or(parts) => some(context, table, parts, wanted, within),
        Predicate::Linked(link) => {
            let mut rest = within.clone();
            let holding = join::holding(context, table, link, within)?;
            if wanted {
                return Ok(holding);
            }
            rest.remove(&holding);
            Ok(rest)
        }
        Predicate::Hierarchy(test) => match &test.link {
            Some(alias) => Err(StoreError::UnknownAlias(alias.clone())),
            None => hierarchy::select(context, table, test, wanted, within),
        },
        Predicate::Test { link: Some(alias), .. } => Err(StoreError::UnknownAlias(alias.clone())),
        Predicate::Test { link: None, column: name, test: Test::CompareColumn(comparison, other) } => {
            let (first, second) = (context.column(table, name)?, context.column(table, other)?);
            let mut rows = within;
            rows.retain(|slot| {
                let test = Test::Compare(*comparison, second.value(slot));
                test.holds(&first.value(slot)) == Some(wanted)
            });
            Ok(rows)
        }
        Predicate::Test { link: None, column: name, test } => {
            Ok(condition::select(context, context.column(table, name)?, test, wanted, within))
        }
    }
}

fn every(
    context: &Context<'_>,
    table: &TableData,
    parts: &[Predicate],
    wanted: bool,
    mut within: Bits,
) -> Result<Bits, StoreError> {
    for part in by_cost(parts) {
        within = select(context, table, part, wanted, within)?;
    }
    Ok(within)
}

fn some(
    context: &Context<'_>,
    table: &TableData,
    parts: &[Predicate],
    wanted: bool,
    mut within: Bits,
) -> Result<Bits, StoreError> {
    let mut found = Bits::none(within.length());
    for part in by_cost(parts) {
        let more = select(context, table, part, wanted, within.clone())?;
        within.remove(&more);
        found.add(&more);
    }
    Ok(found)
}

/// Cheap parts first: they leave fewer rows to the dear ones.
fn by_cost(parts: &[Predicate]) -> Vec<&Predicate> {
    let mut parts: Vec<_> = parts.iter().collect();
    parts.sort_by_key(|part| cost(part));
    parts
}

fn cost(predicate: &Predicate) -> u32 {
    match predicate {
        Predicate::Constant(_) => 0,
        Predicate::Test { test: Test::Like(Pattern::Prefix(_)), .. } => 3,
        Predicate::Test { test: Test::Like(_), .. } => 4,
        Predicate::Test { test: Test::CompareColumn(..), .. } => 5,
        Predicate::Test { .. } => 1,
        Predicate::Not(part) => cost(part),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().map(cost).max().unwrap_or(0),
        Predicate::Hierarchy(_) => 6,
        Predicate::Linked(_) => 9,
    }
}
