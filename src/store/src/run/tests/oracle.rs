//! The slow and obvious executor: rows as maps, joins as nested loops, conditions as `query` evaluates them.

use crate::run::key::Key;
use model::{ColumnName, Columns, Decimal, RowId, TableName, Value};
use query::{
    Aggregate, Answer, AnswerRow, BoundLink, BoundOutput, BoundPlan, Cells, Function, LinkKind, Order,
    OutputColumn, Predicate, Test, compare_values,
};
use rust_decimal::RoundingStrategy;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Rows by table and id.
pub type Database = BTreeMap<TableName, BTreeMap<RowId, Columns>>;

/// A row with the rows joined to it, by alias; the root's alias is empty.
type Tuple = BTreeMap<String, Option<(TableName, RowId)>>;

struct RowCells<'a> {
    database: &'a Database,
    table: &'a TableName,
    id: RowId,
    tuple: &'a Tuple,
}

impl Cells for RowCells<'_> {
    fn value(&self, link: Option<&str>, column: &ColumnName) -> Cow<'_, Value> {
        Cow::Owned(match link {
            None => value(self.database, self.table, self.id, column),
            Some(alias) => value_of(self.database, self.tuple, alias, column),
        })
    }

    fn linked(&self, link: &BoundLink) -> bool {
        holds(self.database, link, self.table, self.id)
    }
}

fn value(database: &Database, table: &TableName, id: RowId, column: &ColumnName) -> Value {
    if *column == "thingid" {
        return Value::Id(id);
    }
    let mut value = database[table][&id].get(column.as_str()).clone();
    if let Value::Reference(reference) = &mut value
        && let Some(target) = database.get(&reference.table).and_then(|rows| rows.get(&reference.id))
        && let Some(name) = target.get("name").as_text()
    {
        reference.name = Some(name.to_owned());
    }
    value
}

fn value_of(database: &Database, tuple: &Tuple, alias: &str, column: &ColumnName) -> Value {
    match &tuple[alias] {
        Some((table, id)) => value(database, table, *id, column),
        None => Value::Null,
    }
}

fn equal_rows(database: &Database, link: &BoundLink, outer: &TableName, id: RowId) -> Vec<RowId> {
    let wanted = value(database, outer, id, &link.to);
    let Some(rows) = database.get(&link.table) else { return Vec::new() };
    let equal = Test::Compare(query::Comparison::Equal, wanted);
    rows.keys()
        .copied()
        .filter(|row| equal.holds(&value(database, &link.table, *row, &link.from)) == Some(true))
        .collect()
}

fn partners(database: &Database, link: &BoundLink, outer: &TableName, id: RowId) -> Vec<RowId> {
    let mut rows = equal_rows(database, link, outer, id);
    rows.retain(|row| {
        let tuple = Tuple::new();
        let cells = RowCells { database, table: &link.table, id: *row, tuple: &tuple };
        link.filter.as_ref().is_none_or(|filter| filter.selects(&cells))
            && link.links.iter().all(|inner| holds(database, inner, &link.table, *row))
    });
    rows
}

fn holds(database: &Database, link: &BoundLink, outer: &TableName, id: RowId) -> bool {
    let has = !partners(database, link, outer, id).is_empty();
    match link.kind {
        LinkKind::Outer => true,
        LinkKind::NotAny => !has,
        LinkKind::All => !has && !equal_rows(database, link, outer, id).is_empty(),
        _ => has,
    }
}

fn join(database: &Database, tuples: Vec<Tuple>, outer: &str, links: &[BoundLink]) -> Vec<Tuple> {
    let mut tuples = tuples;
    for link in links {
        let mut joined = Vec::new();
        for tuple in tuples {
            let Some((table, id)) = tuple[outer].clone() else {
                joined.push(with(&tuple, link, None));
                continue;
            };
            if !link.kind.has_rows() {
                if holds(database, link, &table, id) {
                    joined.push(tuple);
                }
                continue;
            }
            let mut rows = partners(database, link, &table, id);
            if link.kind == LinkKind::First {
                rows.truncate(1);
            }
            if rows.is_empty() && link.kind == LinkKind::Outer {
                joined.push(with(&tuple, link, None));
            }
            joined.extend(rows.into_iter().map(|row| with(&tuple, link, Some(row))));
        }
        tuples = if link.kind.has_rows() { join(database, joined, &link.alias, &link.links) } else { joined };
    }
    tuples
}

fn with(tuple: &Tuple, link: &BoundLink, row: Option<RowId>) -> Tuple {
    let mut tuple = tuple.clone();
    tuple.insert(link.alias.clone(), row.map(|row| (link.table.clone(), row)));
    tuple
}

/// The answer.
pub fn run(database: &Database, plan: &BoundPlan) -> Answer {
    let rows = database.get(&plan.table).into_iter().flat_map(BTreeMap::keys);
    let roots = rows.map(|id| Tuple::from([(String::new(), Some((plan.table.clone(), *id)))])).collect();
    let mut tuples = join(database, roots, "", &plan.links);
    if let Some(filter) = &plan.filter {
        tuples.retain(|tuple| {
            let Some((table, id)) = &tuple[""] else { return false };
            Predicate::selects(filter, &RowCells { database, table, id: *id, tuple })
        });
    }
    match &plan.output {
        BoundOutput::Columns(columns) => list(database, plan, columns, tuples),
        BoundOutput::Aggregate(aggregate) => group(database, plan, aggregate, &tuples),
    }
}

fn list(database: &Database, plan: &BoundPlan, columns: &[OutputColumn], mut tuples: Vec<Tuple>) -> Answer {
    let at = |tuple: &Tuple, order: &Order| {
        value_of(database, tuple, order.link.as_deref().unwrap_or_default(), &order.column)
    };
    tuples.sort_by(|a, b| {
        for order in &plan.orders {
            let ordering = compare_values(&at(a, order), &at(b, order)).unwrap();
            if ordering.is_ne() {
                return if order.descending { ordering.reverse() } else { ordering };
            }
        }
        a[""].cmp(&b[""])
    });
    let mut shown: Vec<(String, String, ColumnName)> =
        columns.iter().map(|output| (String::new(), name(None, output), output.column.clone())).collect();
    show(&plan.links, &mut shown);
    let mut rows: Vec<AnswerRow> = tuples
        .iter()
        .map(|tuple| AnswerRow {
            id: tuple[""].as_ref().map(|row| row.1),
            version: None,
            values: shown.iter().map(|(alias, _, column)| value_of(database, tuple, alias, column)).collect(),
        })
        .collect();
    if plan.distinct {
        let mut seen: Vec<Vec<Key>> = Vec::new();
        rows.retain(|row| {
            let key: Vec<Key> = row.values.iter().map(Key::of).collect();
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
    }
    slice(plan, shown.into_iter().map(|(_, name, _)| name).collect(), rows)
}

fn show(links: &[BoundLink], shown: &mut Vec<(String, String, ColumnName)>) {
    for link in links.iter().filter(|link| link.kind.has_rows()) {
        let own = link.columns.iter();
        shown.extend(
            own.map(|output| (link.alias.clone(), name(Some(&link.alias), output), output.column.clone())),
        );
        show(&link.links, shown);
    }
}

fn name(alias: Option<&str>, output: &OutputColumn) -> String {
    let own = alias.map_or(output.column.to_string(), |alias| format!("{alias}.{}", output.column));
    output.alias.clone().unwrap_or(own)
}

fn slice(plan: &BoundPlan, names: Vec<String>, rows: Vec<AnswerRow>) -> Answer {
    let total = rows.len();
    let (from, limit) = (plan.page.offset as usize, plan.page.limit as usize);
    Answer {
        names,
        rows: rows.into_iter().skip(from).take(limit).collect(),
        total: plan.wants_total.then_some(total as u64),
        more: total > from + limit,
    }
}

fn group(database: &Database, plan: &BoundPlan, aggregate: &Aggregate, tuples: &[Tuple]) -> Answer {
    let mut groups: Vec<(Vec<Key>, Vec<&Tuple>)> = Vec::new();
    if aggregate.groups.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    let at = |tuple: &Tuple, link: &Option<String>, column: &ColumnName| {
        value_of(database, tuple, link.as_deref().unwrap_or_default(), column)
    };
    let grouped = |tuple: &Tuple, group: &query::GroupBy| {
        let value = at(tuple, &group.link, &group.column);
        let Some(part) = group.date_part else { return value };
        let day = match value {
            Value::Date(day) => day,
            Value::DateTime(at) => plan.time_zone.date_of(at),
            _ => return Value::Null,
        };
        Value::Integer(part.of(day, plan.first_weekday))
    };
    for tuple in tuples {
        let key: Vec<Key> = aggregate.groups.iter().map(|group| Key::of(&grouped(tuple, group))).collect();
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(tuple),
            None => groups.push((key, vec![tuple])),
        }
    }
    let mut rows: Vec<AnswerRow> = groups
        .iter()
        .map(|(_, members)| {
            let smallest = |group| {
                let values = members.iter().map(|tuple| grouped(tuple, group));
                values.min_by(|a, b| a.as_text().cmp(&b.as_text())).unwrap()
            };
            let mut values: Vec<Value> = aggregate.groups.iter().map(smallest).collect();
            for measure in &aggregate.measures {
                let all: Vec<_> =
                    members.iter().map(|tuple| at(tuple, &measure.link, &measure.column)).collect();
                values.push(compute(measure.function, all));
            }
            AnswerRow { id: None, version: None, values }
        })
        .collect();
    let names: Vec<String> = aggregate
        .groups
        .iter()
        .map(|group| group.alias.clone())
        .chain(aggregate.measures.iter().map(|measure| measure.alias.clone()))
        .collect();
    rows.sort_by(|a, b| {
        let asked = plan.orders.iter().map(|order| {
            (names.iter().position(|name| *name == order.column.as_str()).unwrap(), order.descending)
        });
        asked
            .chain((0..aggregate.groups.len()).map(|place| (place, false)))
            .map(|(place, descending)| {
                let ordering = compare_values(&a.values[place], &b.values[place]).unwrap();
                if descending { ordering.reverse() } else { ordering }
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    slice(plan, names, rows)
}

fn compute(function: Function, all: Vec<Value>) -> Value {
    let count = |count: usize| Value::Integer(count as i64);
    if function == Function::Count {
        return count(all.len());
    }
    let some: Vec<Value> = all.into_iter().filter(|value| !value.is_null()).collect();
    let smallest_last = |a: &&Value, b: &&Value| compare_values(a, b).unwrap();
    let decimals = || {
        some.iter().map(|value| match value {
            Value::Integer(number) => Decimal::from(*number),
            Value::Decimal(number) => *number,
            other => panic!("{other:?} is no number"),
        })
    };
    match function {
        Function::Count => count(0),
        Function::CountColumn => count(some.len()),
        Function::CountDistinct => {
            let mut keys: Vec<Key> = Vec::new();
            some.iter().map(Key::of).for_each(|key| {
                if !keys.contains(&key) {
                    keys.push(key)
                }
            });
            count(keys.len())
        }
        Function::Min => some.iter().min_by(smallest_last).cloned().unwrap_or_default(),
        Function::Max => some.iter().max_by(smallest_last).cloned().unwrap_or_default(),
        Function::Sum if some.is_empty() => Value::Null,
        Function::Sum if matches!(some[0], Value::Integer(_)) => {
            let sum: i128 = decimals().map(|number| number.mantissa()).sum();
            i64::try_from(sum)
                .map_or_else(|_| Value::Decimal(Decimal::from_i128_with_scale(sum, 0)), Value::Integer)
        }
        Function::Sum => Value::Decimal(decimals().sum::<Decimal>().normalize()),
        Function::Average if some.is_empty() => Value::Null,
        Function::Average => {
            let mean = decimals().sum::<Decimal>() / Decimal::from(some.len());
            let rounded = mean.round_dp_with_strategy(10, RoundingStrategy::MidpointNearestEven);
            Value::Decimal(rounded.normalize())
        }
    }
}
