//! What comes back and in which order, checked against the tables.

use super::operand::Family;
use super::{Binder, column};
use crate::QueryError;
use crate::bound::{BoundOrder, BoundOutput};
use crate::fold::fold;
use crate::plan::{Aggregate, Function, GroupBy, Link, Measure, Order, Output, OutputColumn, Plan};
use model::{Column, ColumnKind, ColumnName, DateBehavior, Language, Table};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Checks the columns or measures of the answer.
pub(super) fn bind_output<'t>(
    plan: &'t Plan,
    root: &'t Table,
    binder: &Binder<'t>,
) -> Result<BoundOutput, QueryError> {
    match &plan.output {
        Output::Columns(columns) => finish_columns(spell_out(columns, root)?, &plan.links),
        Output::All => finish_columns(spell_out(&[OutputColumn::every()], root)?, &plan.links),
        Output::Aggregate(aggregate) => bind_aggregate(aggregate, root, binder).map(BoundOutput::Aggregate),
    }
}

/// The columns with the stand-in for every column replaced; a column listed twice under one name is given once.
pub(super) fn spell_out(columns: &[OutputColumn], table: &Table) -> Result<Vec<OutputColumn>, QueryError> {
    let mut spelled: Vec<OutputColumn> = Vec::with_capacity(columns.len());
    let every: Vec<_>;
    let columns = if columns.iter().any(OutputColumn::is_every) {
        every = table.columns.iter().map(|column| OutputColumn::named(column.name.clone())).collect();
        &every
    } else {
        columns
    };
    for output in columns {
        let mut output = output.clone();
        let found = column(table, &output.column)?;
        if output.children.is_some() {
            output.children = Some(parent_of(table, found)?);
        }
        if !spelled.contains(&output) {
            spelled.push(output);
        }
    }
    Ok(spelled)
}

/// The lookup that the children of a row hold it in. The column named is the key or that lookup.
fn parent_of(table: &Table, named: &Column) -> Result<ColumnName, QueryError> {
    let parent = table.hierarchy().map(|relationship| &relationship.column);
    let fits = |parent: &&ColumnName| named.name == table.primary_id || named.name == **parent;
    parent.filter(fits).cloned().ok_or_else(|| QueryError::NoHierarchy {
        operator: "CountChildren".to_owned(),
        table: table.name.clone(),
        column: named.name.clone(),
    })
}

/// Refuses two columns of one name.
fn finish_columns(columns: Vec<OutputColumn>, links: &[Link]) -> Result<BoundOutput, QueryError> {
    fn take(names: &mut BTreeSet<String>, name: String) -> Result<(), QueryError> {
        if names.insert(name.clone()) { Ok(()) } else { Err(QueryError::DuplicateAlias { alias: name }) }
    }
    fn take_links(names: &mut BTreeSet<String>, links: &[Link]) -> Result<(), QueryError> {
        for link in links {
            let unique: BTreeSet<_> =
                link.columns.iter().map(|output| linked_name(&link.alias, output)).collect();
            unique.into_iter().try_for_each(|name| take(names, name))?;
            take_links(names, &link.links)?;
        }
        Ok(())
    }
    let mut names = BTreeSet::new();
    for output in &columns {
        let name = output.alias.clone().unwrap_or_else(|| output.column.to_string());
        take(&mut names, name)?;
    }
    take_links(&mut names, links)?;
    Ok(BoundOutput::Columns(columns))
}

/// The name of a linked row's column in the answer.
#[must_use]
pub(crate) fn linked_name(alias: &str, output: &OutputColumn) -> String {
    output.alias.clone().unwrap_or_else(|| format!("{alias}.{}", output.column))
}

fn bind_aggregate<'t>(
    aggregate: &'t Aggregate,
    root: &'t Table,
    binder: &Binder<'t>,
) -> Result<Aggregate, QueryError> {
    let mut names = BTreeSet::new();
    let groups = aggregate.groups.iter().map(|group| &group.alias);
    for alias in groups.chain(aggregate.measures.iter().map(|measure| &measure.alias)) {
        if !names.insert(alias) {
            return Err(QueryError::DuplicateAlias { alias: alias.clone() });
        }
    }
    let groups = aggregate.groups.iter().map(|group| bind_group(group, root, binder));
    for measure in &aggregate.measures {
        check_measure(measure, root, binder)?;
    }
    Ok(Aggregate { groups: groups.collect::<Result<_, _>>()?, measures: aggregate.measures.clone() })
}

fn bind_group<'t>(group: &'t GroupBy, root: &'t Table, binder: &Binder<'t>) -> Result<GroupBy, QueryError> {
    let table = binder.table_of(group.link.as_deref(), root)?;
    let family = Family::of(&column(table, &group.column)?.kind);
    let (function, needs, fits) = if group.date_part.is_some() {
        ("a date group", "a date column", matches!(family, Family::Date(_)))
    } else {
        (
            "a group",
            "a column with one value",
            !matches!(family, Family::Choices | Family::Parties | Family::Opaque),
        )
    };
    if !fits {
        return Err(does_not_fit(function, table, &group.column, needs, family));
    }
    let is_zoneless = family == Family::Date(DateBehavior::TimeZoneIndependent);
    Ok(GroupBy { in_utc: group.in_utc || is_zoneless, ..group.clone() })
}

fn check_measure<'t>(measure: &'t Measure, root: &'t Table, binder: &Binder<'t>) -> Result<(), QueryError> {
    let table = binder.table_of(measure.link.as_deref(), root)?;
    if measure.function == Function::Count {
        return Ok(());
    }
    let family = Family::of(&column(table, &measure.column)?.kind);
    let (function, needs, fits) = match measure.function {
        Function::Count | Function::CountColumn => return Ok(()),
        Function::CountDistinct => (
            "a count of different values",
            "a column with one value",
            !matches!(family, Family::Choices | Family::Parties | Family::Opaque),
        ),
        Function::Sum => ("a sum", "a number column", family.is_number()),
        Function::Average => ("an average", "a number column", family.is_number()),
        Function::Min => ("a minimum", "a number or date column", has_extremes(family)),
        Function::Max => ("a maximum", "a number or date column", has_extremes(family)),
    };
    if fits { Ok(()) } else { Err(does_not_fit(function, table, &measure.column, needs, family)) }
}

const fn has_extremes(family: Family) -> bool {
    family.is_number() || matches!(family, Family::Date(_))
}

fn does_not_fit(
    function: &'static str,
    table: &Table,
    column: &ColumnName,
    needs: &'static str,
    family: Family,
) -> QueryError {
    QueryError::FunctionDoesNotFit {
        function,
        table: table.name.clone(),
        column: column.clone(),
        kind: family.name(),
        needs,
    }
}

/// Checks the order; in an aggregate it names groups and measures.
pub(super) fn bind_orders<'t>(
    plan: &'t Plan,
    root: &'t Table,
    binder: &Binder<'t>,
) -> Result<Vec<BoundOrder>, QueryError> {
    let by_number = plan.sorts_choices_by_number;
    plan.orders
        .iter()
        .map(|order| {
            let sorted = match &plan.output {
                Output::Aggregate(aggregate) => grouped_column(aggregate, order, root, binder)?,
                Output::Columns(_) | Output::All => {
                    let table = binder.table_of(order.link.as_deref(), root)?;
                    let sorted = column(table, &order.column)?;
                    let family = Family::of(&sorted.kind);
                    if matches!(family, Family::Choices | Family::Parties | Family::Opaque) {
                        let needs = "a column with one value";
                        return Err(does_not_fit("an order", table, &order.column, needs, family));
                    }
                    Some((table, sorted))
                }
            };
            let ranks = sorted
                .filter(|_| !by_number)
                .and_then(|(table, sorted)| label_ranks(table, sorted, binder.caller.language).map(Arc::new));
            Ok(BoundOrder {
                link: order.link.clone(),
                column: order.column.clone(),
                descending: order.descending,
                ranks,
            })
        })
        .collect()
}

/// The column a group of an aggregate stands for; nothing for a measure.
fn grouped_column<'t>(
    aggregate: &Aggregate,
    order: &Order,
    root: &'t Table,
    binder: &Binder<'t>,
) -> Result<Option<(&'t Table, &'t Column)>, QueryError> {
    if let Some(group) = aggregate.groups.iter().find(|group| *group.alias == *order.column.as_str()) {
        let table = binder.table_of(group.link.as_deref(), root)?;
        return Ok(Some((table, column(table, &group.column)?)));
    }
    if aggregate.measures.iter().any(|measure| *measure.alias == *order.column.as_str()) {
        return Ok(None);
    }
    let groups = aggregate.groups.iter().map(|group| group.alias.as_str());
    let known: Vec<_> =
        groups.chain(aggregate.measures.iter().map(|measure| measure.alias.as_str())).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(QueryError::UnknownOrder { alias: order.column.to_string(), known })
}

/// The numbers of a choice-like column with the places their labels have among each other.
pub(crate) fn label_ranks(table: &Table, column: &Column, language: Language) -> Option<Vec<(i32, u32)>> {
    let numbers: Vec<i32> = match &column.kind {
        ColumnKind::Choice { options, .. } => options.iter().map(|option| option.value).collect(),
        ColumnKind::Boolean(_) => vec![0, 1],
        ColumnKind::State => table.states.iter().map(|state| state.value).collect(),
        ColumnKind::Status => {
            table.states.iter().flat_map(|state| &state.statuses).map(|status| status.value).collect()
        }
        _ => return None,
    };
    let label = |number: i32| {
        let label = table.option_label(column.name.as_str(), number);
        fold(label.map_or("", |label| label.text(language))).into_owned()
    };
    let labels: Vec<(i32, String)> = numbers.iter().map(|number| (*number, label(*number))).collect();
    // Without labels there is nothing to sort by but the numbers.
    if labels.iter().all(|(_, label)| label.is_empty()) {
        return None;
    }
    let different: BTreeSet<&str> = labels.iter().map(|(_, label)| label.as_str()).collect();
    let place = |label: &str| different.iter().position(|other| *other == label).unwrap_or_default();
    Some(
        labels
            .iter()
            .map(|(number, label)| (*number, u32::try_from(place(label)).unwrap_or(u32::MAX)))
            .collect(),
    )
}
