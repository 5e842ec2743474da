//! Groups and what is computed for each.

use super::context::{Column, Context};
use super::key::Key;
use super::order::compare_slots;
use super::output::Slice;
use super::tuples::Tuples;
use crate::StoreError;
use crate::column::ColumnData;
use hashbrown::{HashMap, HashSet};
use model::{Date, Decimal, TimeZone, Timestamp, Value};
use query::{
    Aggregate, Answer, AnswerRow, BoundOrder, BoundPlan, Function, GroupBy, Measure, compare_values,
};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;
use std::cmp::Ordering;

/// Digits behind the point of a mean.
const MEAN_DIGITS: u32 = 10;
/// Groups are looked up in a list as long as it has fewer places than this.
const DENSE: usize = 1 << 20;

/// The answer to a plan that asks for groups.
pub fn groups<'a>(
    context: &Context<'a>,
    plan: &BoundPlan,
    aggregate: &Aggregate,
    tuples: &Tuples<'a>,
) -> Result<Answer, StoreError> {
    let mut groups = Groups::whole(tuples.length(), aggregate.groups.is_empty());
    for group in &aggregate.groups {
        groups.divide(&codes(context, plan, tuples, group)?);
    }
    let mut columns = Vec::new();
    for group in &aggregate.groups {
        columns.push(shown(context, plan, tuples, group, &groups)?);
    }
    for measure in &aggregate.measures {
        columns.push(measured(context, tuples, measure, &groups)?);
    }
    let mut rows: Vec<Vec<Value>> = (0..groups.count)
        .map(|group| {
            columns
                .iter_mut()
                .map(|column| column.get_mut(group).map_or(Value::Null, std::mem::take))
                .collect()
        })
        .collect();
    let names: Vec<String> = aggregate
        .groups
        .iter()
        .map(|group| group.alias.clone())
        .chain(aggregate.measures.iter().map(|measure| measure.alias.clone()))
        .collect();
    sort(&mut rows, plan, &names, aggregate.groups.len());
    let (total, slice) = (rows.len(), Slice::of(&plan.page));
    let page = rows.into_iter().take(slice.until).skip(slice.from);
    Ok(Answer {
        names,
        rows: page.map(|values| AnswerRow { id: None, version: None, values }).collect(),
        total: plan.wants_total.then_some(total as u64),
        more: plan.page.more(total > slice.until),
    })
}

/// Which group each tuple is in.
struct Groups {
    of: Vec<u32>,
    count: usize,
    /// Some tuple of each group.
    example: Vec<usize>,
}

impl Groups {
    /// One group, which is there without rows too when nothing divides it.
    fn whole(tuples: usize, is_final: bool) -> Self {
        let count = usize::from(is_final || tuples > 0);
        Self { of: vec![0; tuples], count, example: vec![0; count] }
    }

    fn divide(&mut self, codes: &Codes) {
        let places = self.count.saturating_mul(codes.count);
        let mut dense = vec![u32::MAX; if places <= DENSE { places } else { 0 }];
        let mut sparse: HashMap<usize, u32> = HashMap::new();
        let mut example = Vec::new();
        for (tuple, (group, code)) in self.of.iter_mut().zip(&codes.of).enumerate() {
            let place = *group as usize * codes.count + *code as usize;
            let known = match dense.get_mut(place) {
                Some(known) => known,
                None => sparse.entry(place).or_insert(u32::MAX),
            };
            if *known == u32::MAX {
                *known = u32::try_from(example.len()).unwrap_or(u32::MAX - 1);
                example.push(tuple);
            }
            *group = *known;
        }
        self.count = example.len();
        self.example = example;
    }
}

/// Small numbers for what tuples hold in a grouping column.
struct Codes {
    of: Vec<u32>,
    count: usize,
}

fn codes<'a>(
    context: &Context<'a>,
    plan: &BoundPlan,
    tuples: &Tuples<'a>,
    group: &GroupBy,
) -> Result<Codes, StoreError> {
    let (source, column) = find(context, tuples, group.link.as_deref(), &group.column)?;
    let mut numbers: HashMap<Key, u32> = HashMap::from([(Key::Null, 0)]);
    let mut number = |key: Key| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(key).or_insert(next)
    };
    let mut by_pool = vec![u32::MAX; pool_length(column)];
    let mut by_day: HashMap<i32, u32> = HashMap::new();
    let mut of = Vec::with_capacity(tuples.length());
    for tuple in 0..tuples.length() {
        let Some(slot) = tuples.slot(source, tuple) else {
            of.push(0);
            continue;
        };
        if let Some(day) = day(plan, group, column, slot) {
            let value = || plan.group_value(group, &Value::Date(Date::from_days(day)));
            of.push(*by_day.entry(day).or_insert_with(|| number(Key::of(&value()))));
            continue;
        }
        let known = by_pool.get_mut(pool_code(column, slot));
        of.push(match known {
            Some(known) if *known != u32::MAX => *known,
            Some(known) => {
                *known = number(column.key(slot));
                *known
            }
            None => number(Key::of(&plan.group_value(group, &column.value(slot)))),
        });
    }
    let count = numbers.len();
    Ok(Codes { of, count })
}

/// The day of a date that is grouped by a part of it: many rows share one, and the calendar is asked once.
fn day(plan: &BoundPlan, group: &GroupBy, column: Column<'_>, slot: usize) -> Option<i32> {
    group.date_part?;
    match column {
        Column::Data(ColumnData::Date(numbers)) => numbers.get(slot),
        Column::Data(ColumnData::Instant(numbers)) => {
            let at = Timestamp::from_milliseconds(numbers.get(slot)?);
            let day = if group.in_utc { TimeZone::utc().date_of(at) } else { plan.time_zone.date_of(at) };
            Some(day.days())
        }
        _ => None,
    }
}

/// The pool number of a text or reference; columns without a pool have none.
fn pool_code(column: Column<'_>, slot: usize) -> usize {
    match column {
        Column::Data(ColumnData::Text(texts)) => texts.get(slot) as usize,
        Column::Data(ColumnData::Reference(references)) => references.get(slot) as usize,
        _ => 0,
    }
}

fn pool_length(column: Column<'_>) -> usize {
    match column {
        Column::Data(ColumnData::Text(texts)) => texts.pool.length(),
        Column::Data(ColumnData::Reference(references)) => references.pool.length(),
        _ => 0,
    }
}

/// What a grouping column shows for each group; of texts that differ in case or accents the smallest.
fn shown<'a>(
    context: &Context<'a>,
    plan: &BoundPlan,
    tuples: &Tuples<'a>,
    group: &GroupBy,
    groups: &Groups,
) -> Result<Vec<Value>, StoreError> {
    let (source, column) = find(context, tuples, group.link.as_deref(), &group.column)?;
    if let Column::Data(ColumnData::Text(texts)) = column {
        let mut smallest = vec![0; groups.count];
        for (tuple, group) in groups.of.iter().enumerate() {
            let code = tuples.slot(source, tuple).map_or(0, |slot| texts.get(slot));
            if let Some(known) = smallest.get_mut(*group as usize)
                && *known != code
                && (*known == 0 || texts.pool.get(code) < texts.pool.get(*known))
            {
                *known = code;
            }
        }
        let text = |code| if code == 0 { Value::Null } else { Value::Text(texts.pool.get(code).to_owned()) };
        return Ok(smallest.into_iter().map(text).collect());
    }
    let value = |tuple: &usize| {
        let Some(slot) = tuples.slot(source, *tuple) else { return Value::Null };
        let mut value = plan.group_value(group, &column.value(slot));
        context.name_value(&mut value);
        value
    };
    Ok(groups.example.iter().map(value).collect())
}

fn measured<'a>(
    context: &Context<'a>,
    tuples: &Tuples<'a>,
    measure: &Measure,
    groups: &Groups,
) -> Result<Vec<Value>, StoreError> {
    if measure.function == Function::Count {
        return Ok(integers(&counts(groups, |_| true)));
    }
    let (source, column) = find(context, tuples, measure.link.as_deref(), &measure.column)?;
    let is_present = |tuple: usize| tuples.slot(source, tuple).is_some_and(|slot| column.is_present(slot));
    let key = |tuple: usize| tuples.slot(source, tuple).map_or(Key::Null, |slot| column.key(slot));
    match measure.function {
        Function::Count | Function::CountColumn => Ok(integers(&counts(groups, is_present))),
        Function::CountDistinct => {
            let mut seen: HashSet<(u32, Key)> = HashSet::new();
            let is_new = |tuple: usize| {
                let key = key(tuple);
                key != Key::Null && groups.of.get(tuple).is_some_and(|group| seen.insert((*group, key)))
            };
            Ok(integers(&counts(groups, is_new)))
        }
        Function::Min => Ok(extremes(context, tuples, (source, column), groups, Ordering::Less)),
        Function::Max => Ok(extremes(context, tuples, (source, column), groups, Ordering::Greater)),
        Function::Sum | Function::Average => {
            let sums = sums(tuples, (source, column), groups);
            Ok(sums.into_iter().map(|sum| sum.value(measure.function)).collect())
        }
    }
}

fn integers(counts: &[i64]) -> Vec<Value> {
    counts.iter().map(|count| Value::Integer(*count)).collect()
}

fn counts(groups: &Groups, mut counted: impl FnMut(usize) -> bool) -> Vec<i64> {
    let mut counts = vec![0; groups.count];
    for (tuple, group) in groups.of.iter().enumerate() {
        if let Some(count) = counts.get_mut(*group as usize) {
            *count += i64::from(counted(tuple));
        }
    }
    counts
}

fn extremes<'a>(
    context: &Context<'a>,
    tuples: &Tuples<'a>,
    (source, column): (usize, Column<'a>),
    groups: &Groups,
    wanted: Ordering,
) -> Vec<Value> {
    let mut best: Vec<Option<usize>> = vec![None; groups.count];
    for (tuple, group) in groups.of.iter().enumerate() {
        let slot = tuples.slot(source, tuple).filter(|slot| column.is_present(*slot));
        if let (Some(slot), Some(best)) = (slot, best.get_mut(*group as usize))
            && best.is_none_or(|best| compare_slots(context, column, slot, best) == wanted)
        {
            *best = Some(slot);
        }
    }
    best.into_iter().map(|slot| slot.map_or(Value::Null, |slot| column.value(slot))).collect()
}

/// A sum under way, exact as long as nothing in it is a float.
#[derive(Clone, Debug)]
struct Sum {
    count: u64,
    /// Whole numbers, or decimals without their point.
    whole: i128,
    scale: u32,
    is_integer: bool,
    /// Decimals of several scales; nothing once they have grown beyond 28 digits.
    decimal: Option<Decimal>,
    /// The same sum, for when it has grown beyond them.
    beyond: f64,
    float: Option<f64>,
}

fn sums(tuples: &Tuples<'_>, (source, column): (usize, Column<'_>), groups: &Groups) -> Vec<Sum> {
    let scale = if let Column::Data(ColumnData::Decimal { scale, .. }) = column { *scale } else { 0 };
    let is_integer = matches!(column, Column::Data(ColumnData::Integer(_)));
    let empty =
        Sum { count: 0, whole: 0, scale, is_integer, decimal: Some(Decimal::ZERO), beyond: 0.0, float: None };
    let mut sums = vec![empty; groups.count];
    for (tuple, group) in groups.of.iter().enumerate() {
        let (Some(slot), Some(sum)) = (tuples.slot(source, tuple), sums.get_mut(*group as usize)) else {
            continue;
        };
        if let Column::Data(ColumnData::Integer(numbers) | ColumnData::Decimal { numbers, .. }) = column {
            if let Some(number) = numbers.get(slot) {
                sum.whole += i128::from(number);
                sum.count += 1;
            }
        } else {
            sum.add(&column.value(slot));
        }
    }
    sums
}

impl Sum {
    fn add(&mut self, value: &Value) {
        let number = match value {
            Value::Float(number) => {
                self.float = Some(self.float.unwrap_or(0.0) + number);
                self.count += 1;
                return;
            }
            Value::Integer(number) => Decimal::from(*number),
            Value::Decimal(number) => *number,
            _ => return,
        };
        self.beyond += number.to_f64().unwrap_or_default(); // float: for sums beyond 28 digits alone
        self.decimal = self.decimal.and_then(|sum| sum.checked_add(number));
        self.count += 1;
    }

    fn value(self, function: Function) -> Value {
        if self.count == 0 {
            return Value::Null;
        }
        let is_mean = function == Function::Average;
        if let Some(sum) = self.float {
            return Value::Float(if is_mean { sum / self.count as f64 } else { sum });
        }
        if self.is_integer
            && !is_mean
            && let Ok(sum) = i64::try_from(self.whole)
        {
            return Value::Integer(sum);
        }
        let whole = Decimal::try_from_i128_with_scale(self.whole, self.scale).ok();
        let sum = whole.zip(self.decimal).and_then(|(whole, decimal)| whole.checked_add(decimal));
        let Some(sum) = sum else {
            // More than 28 digits: no exact number holds it.
            let sum = self.whole as f64 / 10_f64.powi(self.scale as i32) + self.beyond;
            return Value::Float(if is_mean { sum / self.count as f64 } else { sum });
        };
        if !is_mean {
            return Value::Decimal(sum.normalize());
        }
        let mean = sum / Decimal::from(self.count);
        let rounded = mean.round_dp_with_strategy(MEAN_DIGITS, RoundingStrategy::MidpointNearestEven);
        Value::Decimal(rounded.normalize())
    }
}

/// By the orders of the plan, then by the groups themselves.
fn sort(rows: &mut [Vec<Value>], plan: &BoundPlan, names: &[String], groups: usize) {
    let asked = plan.orders.iter().filter_map(|order| {
        let place = names.iter().position(|name| *name == order.column.as_str())?;
        Some((place, Some(order)))
    });
    let criteria: Vec<(usize, Option<&BoundOrder>)> =
        asked.chain((0..groups).map(|place| (place, None))).collect();
    rows.sort_by(|a, b| {
        for (place, order) in &criteria {
            let (Some(a), Some(b)) = (a.get(*place), b.get(*place)) else { continue };
            let ordering = match order {
                Some(order) => order.compare(a, b),
                None => compare_values(a, b).unwrap_or(Ordering::Equal),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    });
}

fn find<'a>(
    context: &Context<'a>,
    tuples: &Tuples<'a>,
    link: Option<&str>,
    name: &model::ColumnName,
) -> Result<(usize, Column<'a>), StoreError> {
    let source = tuples.source(link)?;
    let unknown = || StoreError::UnknownAlias(link.unwrap_or_default().to_owned());
    let table = tuples.sources.get(source).ok_or_else(unknown)?.table;
    Ok((source, context.column(table, name)?))
}
