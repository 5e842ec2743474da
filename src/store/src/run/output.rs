//! From tuples to the rows of an answer: order, slice, values.

use super::context::{Context, column_at, place};
use super::key::Key;
use super::order;
use super::tuples::Tuples;
use crate::StoreError;
use crate::table::TableData;
use hashbrown::{HashMap, HashSet};
use model::{ColumnName, RowId, Value};
use query::{Answer, AnswerRow, BoundPlan, OutputColumn, Page};

/// A column of the answer.
struct Shown<'a> {
    name: String,
    source: usize,
    table: &'a TableData,
    place: usize,
    children: Option<Children<'a>>,
}

impl<'a> Shown<'a> {
    fn value(&self, context: &Context<'a>, slot: usize) -> Value {
        match &self.children {
            Some(children) => children.of(slot),
            None => context.cell(self.table, self.place, slot),
        }
    }

    fn key(&self, slot: usize) -> Key {
        match &self.children {
            Some(children) => Key::of(&children.of(slot)),
            None => column_at(self.table, self.place).key(slot),
        }
    }
}

/// How many rows of a table hold each of its rows as their parent.
struct Children<'a> {
    ids: &'a [RowId],
    counts: HashMap<RowId, i64>,
}

impl<'a> Children<'a> {
    fn new(context: &Context<'a>, table: &'a TableData, parent: &ColumnName) -> Result<Self, StoreError> {
        let parent = context.column(table, parent)?;
        let mut counts = HashMap::new();
        for slot in table.visible.iter() {
            if let Key::Id(id) = parent.key(slot) {
                *counts.entry(id).or_insert(0) += 1;
            }
        }
        Ok(Self { ids: &table.ids, counts })
    }

    fn of(&self, slot: usize) -> Value {
        let count = self.ids.get(slot).and_then(|id| self.counts.get(id));
        Value::Integer(count.copied().unwrap_or(0))
    }
}

/// The answer to a plan that asks for rows.
pub fn rows<'a>(
    context: &Context<'a>,
    plan: &BoundPlan,
    columns: &[OutputColumn],
    mut tuples: Tuples<'a>,
) -> Result<Answer, StoreError> {
    let mut shown = Vec::new();
    for (link, output, name) in plan.outputs(columns) {
        let source = tuples.source(link)?;
        if let Some(table) = tuples.sources.get(source).map(|source| source.table) {
            let children =
                output.children.as_ref().map(|parent| Children::new(context, table, parent)).transpose()?;
            let place = place(table, &output.column)?;
            if plan.distinct {
                context.column(table, &output.column)?;
            }
            shown.push(Shown { name, source, table, place, children });
        }
    }
    let slice = Slice::of(&plan.page);
    let keep = if plan.distinct { tuples.length() } else { slice.until };
    let mut sorted = order::sort(context, &tuples, &plan.orders, keep)?;
    let mut total = tuples.length();
    if plan.distinct {
        retain_distinct(&tuples, &shown, &mut sorted);
        total = sorted.len();
    }
    sorted.truncate(slice.until);
    tuples.take(sorted.get(slice.from.min(sorted.len())..).unwrap_or(&[]));
    let rows = (0..tuples.length()).map(|tuple| row(context, &tuples, &shown, tuple)).collect();
    Ok(Answer {
        names: shown.into_iter().map(|shown| shown.name).collect(),
        rows,
        total: plan.wants_total.then_some(total as u64),
        more: plan.page.more(total > slice.until),
    })
}

/// A page as a range.
pub struct Slice {
    /// The first row.
    pub from: usize,
    /// The row behind the last.
    pub until: usize,
}

impl Slice {
    /// The range of a page.
    pub fn of(page: &Page) -> Self {
        let from = usize::try_from(page.offset).unwrap_or(usize::MAX);
        Self { from, until: from.saturating_add(page.limit as usize) }
    }
}

fn retain_distinct(tuples: &Tuples<'_>, shown: &[Shown<'_>], sorted: &mut Vec<usize>) {
    let mut seen: HashSet<Vec<Key>> = HashSet::new();
    sorted.retain(|tuple| {
        let key =
            |shown: &Shown<'_>| tuples.slot(shown.source, *tuple).map_or(Key::Null, |slot| shown.key(slot));
        seen.insert(shown.iter().map(key).collect())
    });
}

fn row<'a>(context: &Context<'a>, tuples: &Tuples<'a>, shown: &[Shown<'a>], tuple: usize) -> AnswerRow {
    let root = tuples.sources.first().map(|source| source.table);
    let slot = tuples.slot(0, tuple);
    let value = |shown: &Shown<'a>| {
        tuples.slot(shown.source, tuple).map_or(Value::Null, |slot| shown.value(context, slot))
    };
    AnswerRow {
        id: root.zip(slot).and_then(|(root, slot)| root.ids.get(slot).copied()),
        version: root.zip(slot).and_then(|(root, slot)| root.version(slot)),
        values: shown.iter().map(value).collect(),
    }
}
