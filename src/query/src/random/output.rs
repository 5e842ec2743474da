//! What comes back: columns with their order, or groups and measures.

use super::predicate::Place;
use crate::bind::label_ranks;
use crate::bound::{BoundOrder, BoundOutput};
use crate::plan::{Aggregate, DatePart, Function, GroupBy, Measure, OutputColumn};
use model::testing::Choices;
use model::{Column, ColumnKind, DateBehavior, Language, Table};
use std::sync::Arc;

/// Some columns of a table, each once, children among them where there is a hierarchy.
pub fn columns(table: &Table, choices: &mut Choices, most: u64) -> Vec<OutputColumn> {
    let mut columns: Vec<OutputColumn> = Vec::new();
    for _ in 0..choices.below(most + 1) {
        let column = OutputColumn::named(choices.of(&table.columns).name);
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    if let Some(hierarchy) = table.hierarchy()
        && choices.once_in(4)
    {
        columns.push(OutputColumn {
            children: Some(hierarchy.column.clone()),
            ..OutputColumn::renamed(table.primary_id.clone(), format!("children{}", choices.below(1 << 30)))
        });
    }
    columns
}

/// Columns of the root, in some order.
pub fn rows(place: Place<'_>, choices: &mut Choices) -> (BoundOutput, Vec<BoundOrder>) {
    let columns = columns(place.table, choices, 5);
    let orders = (0..choices.below(4)).filter_map(|_| order(place, choices)).collect();
    (BoundOutput::Columns(columns), orders)
}

/// A row's table: the root's, or that of a row beside it.
fn subject(place: Place<'_>, choices: &mut Choices) -> (Option<String>, Table) {
    if !place.joined.is_empty() && choices.once_in(3) {
        let joined = choices.of(place.joined);
        if let Some(table) = place.tables.iter().find(|table| table.name == joined.table) {
            return (Some(joined.alias), table.clone());
        }
    }
    (None, place.table.clone())
}

/// One criterion; choices by label or by number.
fn order(place: Place<'_>, choices: &mut Choices) -> Option<BoundOrder> {
    let (link, table) = subject(place, choices);
    let column = choices.of(&table.columns);
    if matches!(column.kind, ColumnKind::Choices { .. } | ColumnKind::PartyList { .. }) {
        return None;
    }
    Some(BoundOrder {
        link,
        ranks: ranks(&table, &column, choices),
        column: column.name,
        descending: choices.once_in(2),
    })
}

fn ranks(table: &Table, column: &Column, choices: &mut Choices) -> Option<Arc<Vec<(i32, u32)>>> {
    if choices.once_in(4) { None } else { label_ranks(table, column, Language::English).map(Arc::new) }
}

/// Groups and measures, ordered by none, some or all of them.
pub fn aggregate(place: Place<'_>, choices: &mut Choices) -> (BoundOutput, Vec<BoundOrder>) {
    let mut aggregate = Aggregate::default();
    let mut orders = Vec::new();
    for number in 0..choices.below(3) {
        let (link, table) = subject(place, choices);
        let column = choices.of(&table.columns);
        if matches!(column.kind, ColumnKind::Choices { .. } | ColumnKind::PartyList { .. }) {
            continue;
        }
        let alias = format!("g{number}");
        let group = GroupBy {
            link,
            column: column.name.clone(),
            alias: alias.clone(),
            date_part: date_part(&column, choices),
            in_utc: in_utc(&column.kind, choices),
        };
        if !choices.once_in(3) {
            let ranks = ranks(&table, &column, choices);
            orders.push(BoundOrder {
                link: None,
                column: alias.as_str().into(),
                descending: choices.once_in(2),
                ranks,
            });
        }
        aggregate.groups.push(group);
    }
    for number in 0..1 + choices.below(3) {
        let measure = measure(place, format!("m{number}"), choices);
        if choices.once_in(5) {
            let (column, descending) = (measure.alias.as_str().into(), choices.once_in(2));
            orders.insert(0, BoundOrder { link: None, column, descending, ranks: None });
        }
        aggregate.measures.push(measure);
    }
    (BoundOutput::Aggregate(aggregate), orders)
}

fn date_part(column: &Column, choices: &mut Choices) -> Option<DatePart> {
    let ColumnKind::DateTime { .. } = column.kind else { return None };
    choices.of(&[
        None,
        Some(DatePart::Day),
        Some(DatePart::Week),
        Some(DatePart::Month),
        Some(DatePart::Quarter),
        Some(DatePart::Year),
        Some(DatePart::FiscalPeriod),
        Some(DatePart::FiscalYear),
    ])
}

/// As `bind` says it: wall-clock times are never moved, instants when the query says so.
fn in_utc(kind: &ColumnKind, choices: &mut Choices) -> bool {
    match kind {
        ColumnKind::DateTime { behavior: DateBehavior::TimeZoneIndependent, .. } => true,
        ColumnKind::DateTime { .. } => choices.once_in(3),
        _ => false,
    }
}

fn measure(place: Place<'_>, alias: String, choices: &mut Choices) -> Measure {
    let function = choices.of(&[
        Function::Count,
        Function::CountColumn,
        Function::CountDistinct,
        Function::Sum,
        Function::Average,
        Function::Min,
        Function::Max,
    ]);
    let (link, table) = subject(place, choices);
    let fits = |column: &&Column| match function {
        Function::Count | Function::CountColumn => true,
        Function::CountDistinct => {
            !matches!(column.kind, ColumnKind::Choices { .. } | ColumnKind::PartyList { .. })
        }
        // The extremes of big integers have no exact sum.
        Function::Sum | Function::Average => matches!(
            column.kind,
            ColumnKind::Integer { .. }
                | ColumnKind::Decimal { .. }
                | ColumnKind::Money { .. }
                | ColumnKind::Float { .. }
        ),
        Function::Min | Function::Max => matches!(
            column.kind,
            ColumnKind::Integer { .. }
                | ColumnKind::BigInteger
                | ColumnKind::Decimal { .. }
                | ColumnKind::Money { .. }
                | ColumnKind::Float { .. }
                | ColumnKind::DateTime { .. }
        ),
    };
    let columns: Vec<Column> = table.columns.iter().filter(fits).cloned().collect();
    if columns.is_empty() {
        return Measure { link, column: table.primary_id, alias, function: Function::Count };
    }
    Measure { link, column: choices.of(&columns).name, alias, function }
}
