//! The order of rows: the few that are shown are picked before anything is sorted.

use super::context::{Column, Context};
use super::tuples::Tuples;
use crate::StoreError;
use crate::column::{Codes, ColumnData, references::References};
use hashbrown::HashMap;
use model::{RowId, ValueRef};
use query::{BoundOrder, compare_values, fold};
use std::borrow::Cow;
use std::cmp::Ordering;

/// One criterion, found in the tables.
struct Criterion<'a> {
    source: usize,
    column: Column<'a>,
    descending: bool,
    /// The places of options by their labels, where those decide.
    ranks: Option<Ranks>,
}

/// The first `keep` tuples in the order asked for; rows that are equal in it come by their ids.
pub fn sort<'a>(
    context: &Context<'a>,
    tuples: &Tuples<'a>,
    orders: &[BoundOrder],
    keep: usize,
) -> Result<Vec<usize>, StoreError> {
    let mut criteria = Vec::new();
    for order in orders {
        let source = tuples.source(order.link.as_deref())?;
        if let Some(found) = tuples.sources.get(source) {
            let column = context.column(found.table, &order.column)?;
            let ranks = order.ranks.as_ref().map(|ranks| Ranks::of(ranks));
            criteria.push(Criterion { source, column, descending: order.descending, ranks });
        }
    }
    let root: &[RowId] = tuples.sources.first().map_or(&[], |root| &root.table.ids);
    criteria.push(Criterion { source: 0, column: Column::Key(root), descending: false, ranks: None });
    let marks = marks(context, tuples, criteria.first());
    let mut sorted: Vec<(u128, usize)> = marks.into_iter().zip(0..).collect();
    let compare = |a: &(u128, usize), b: &(u128, usize)| {
        let by_mark = a.0.cmp(&b.0);
        by_mark.then_with(|| compare_tuples(context, tuples, &criteria, a.1, b.1)).then(a.1.cmp(&b.1))
    };
    if keep == 0 {
        return Ok(Vec::new());
    }
    if keep < sorted.len() {
        sorted.select_nth_unstable_by(keep - 1, compare);
        sorted.truncate(keep);
    }
    sorted.sort_unstable_by(compare);
    Ok(sorted.into_iter().map(|(_, tuple)| tuple).collect())
}

/// For each tuple a number that is never in the wrong order by the first criterion: most comparisons end with it.
fn marks<'a>(context: &Context<'a>, tuples: &Tuples<'a>, first: Option<&Criterion<'a>>) -> Vec<u128> {
    let Some(first) = first else { return vec![0; tuples.length()] };
    let mut marker = Marker::new(context, first);
    let mark = |tuple| {
        let mark = tuples.slot(first.source, tuple).map_or(0, |slot| marker.mark(slot));
        if first.descending { !mark } else { mark }
    };
    (0..tuples.length()).map(mark).collect()
}

struct Marker<'c, 'a> {
    context: &'c Context<'a>,
    column: Column<'a>,
    ranks: Option<&'c Ranks>,
    /// The marks of references already asked for; 0 for the others.
    known: Vec<u128>,
}

/// The options of a column by number, with the place of each among their labels.
struct Ranks {
    first: i32,
    /// From `first` on, `u32::MAX` for numbers that are not listed.
    near: Vec<u32>,
    /// Those too far away from `first`.
    far: HashMap<i32, u32>,
}

/// Numbers of options this close together are looked up in a list.
const NEAR: usize = 4096;

impl Ranks {
    fn of(ranks: &[(i32, u32)]) -> Self {
        let first = ranks.iter().map(|(number, _)| *number).min().unwrap_or(0);
        let mut all = Self { first, near: Vec::new(), far: HashMap::new() };
        for (number, place) in ranks {
            match all.index(*number) {
                Some(index) => {
                    if index >= all.near.len() {
                        all.near.resize(index + 1, u32::MAX);
                    }
                    if let Some(known) = all.near.get_mut(index).filter(|known| **known == u32::MAX) {
                        *known = *place;
                    }
                }
                None => {
                    all.far.entry(*number).or_insert(*place);
                }
            }
        }
        all
    }

    fn index(&self, number: i32) -> Option<usize> {
        let above = i64::from(number) - i64::from(self.first);
        usize::try_from(above).ok().filter(|above| *above < NEAR)
    }

    /// A number in the order of the labels; numbers that are not listed come last, by number.
    fn mark(&self, number: i32) -> u128 {
        let near = self.index(number).map(|index| self.near.get(index).copied().unwrap_or(u32::MAX));
        match near.or_else(|| self.far.get(&number).copied()).unwrap_or(u32::MAX) {
            u32::MAX => of_number(i64::from(number)) + (1 << 65),
            place => u128::from(place) + 1,
        }
    }

    /// The mark of what stands in a slot, 0 for nothing.
    fn place(&self, column: Column<'_>, slot: usize) -> u128 {
        let Column::Data(data) = column else { return 0 };
        number(data, slot).map_or(0, |number| self.mark(number))
    }
}

/// The number of a choice or yes/no.
fn number(data: &ColumnData, slot: usize) -> Option<i32> {
    match data {
        ColumnData::Choice(numbers) => numbers.get(slot),
        ColumnData::Boolean(numbers) => numbers.get(slot).map(i32::from),
        other => match other.get(slot) {
            ValueRef::Choice(number) => Some(number),
            ValueRef::Boolean(flag) => Some(i32::from(flag)),
            _ => None,
        },
    }
}

/// So many different references are ranked beforehand.
const FEW: usize = 4096;

impl<'c, 'a> Marker<'c, 'a> {
    fn new(context: &'c Context<'a>, criterion: &'c Criterion<'a>) -> Self {
        let column = criterion.column;
        let known = match column {
            Column::Data(ColumnData::Reference(references)) if references.pool.length() <= FEW => {
                ranks(context, references)
            }
            Column::Data(ColumnData::Reference(references)) => vec![0; references.pool.length()],
            _ => Vec::new(),
        };
        Self { context, column, ranks: criterion.ranks.as_ref(), known }
    }

    fn mark(&mut self, slot: usize) -> u128 {
        let data = match self.column {
            Column::Key(ids) => return ids.get(slot).map_or(0, |id| of_id(id.as_u128())),
            Column::Data(data) => data,
        };
        if let Some(ranks) = self.ranks {
            return number(data, slot).map_or(0, |number| ranks.mark(number));
        }
        let found = match data {
            ColumnData::Text(texts) => match texts.get(slot) {
                0 => None,
                code => Some(of_text(texts.pool.folded().get(code))),
            },
            ColumnData::Integer(numbers) | ColumnData::Instant(numbers) => numbers.get(slot).map(of_number),
            ColumnData::Decimal { numbers, .. } => numbers.get(slot).map(of_number),
            ColumnData::Choice(numbers) | ColumnData::Date(numbers) => {
                numbers.get(slot).map(|number| of_number(i64::from(number)))
            }
            ColumnData::Boolean(numbers) => numbers.get(slot).map(|flag| 1 + u128::from(flag)),
            ColumnData::Id(numbers) => numbers.get(slot).map(of_id),
            ColumnData::Reference(references) => {
                let code = references.get(slot);
                let known = self.known.get(code as usize).copied().unwrap_or(0);
                if code == 0 || known != 0 {
                    return known;
                }
                let name = self.context.reference_name(references, code);
                let mark = name.map_or(1, |name| of_text(&fold(name)));
                if let Some(place) = self.known.get_mut(code as usize) {
                    *place = mark;
                }
                Some(mark)
            }
            other => (!matches!(other.get(slot), ValueRef::Null)).then_some(1),
        };
        found.unwrap_or(0)
    }
}

/// The place of each reference in the order of all.
fn ranks<'a>(context: &Context<'a>, references: &'a Codes<References>) -> Vec<u128> {
    let mut sorted: Vec<_> = (1..references.pool.length())
        .map(|code| (reference_key(context, references, u32::try_from(code).unwrap_or(0)), code))
        .collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; references.pool.length()];
    for ((_, code), rank) in sorted.into_iter().zip(1..) {
        if let Some(place) = ranks.get_mut(code) {
            *place = rank;
        }
    }
    ranks
}

/// What references are ordered by: the name, then the row.
fn reference_key<'a>(
    context: &Context<'a>,
    references: &'a Codes<References>,
    code: u32,
) -> Option<(Option<Cow<'a, str>>, RowId)> {
    let name = context.reference_name(references, code).map(fold);
    references.pool.get(code).map(|(_, id)| (name, id))
}

fn of_number(number: i64) -> u128 {
    u128::from(number as u64 ^ (1 << 63)) + 2
}

fn of_id(id: u128) -> u128 {
    (id >> 1) + 2
}

fn of_text(folded: &str) -> u128 {
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().skip(1).zip(folded.bytes()) {
        *place = byte;
    }
    u128::from_be_bytes(bytes) + 2
}

fn compare_tuples(
    context: &Context<'_>,
    tuples: &Tuples<'_>,
    criteria: &[Criterion<'_>],
    a: usize,
    b: usize,
) -> Ordering {
    for criterion in criteria {
        let slots = (tuples.slot(criterion.source, a), tuples.slot(criterion.source, b));
        let ordering = match slots {
            (Some(a), Some(b)) => match &criterion.ranks {
                None => compare_slots(context, criterion.column, a, b),
                Some(ranks) => ranks.place(criterion.column, a).cmp(&ranks.place(criterion.column, b)),
            },
            (a, b) => {
                let is_null =
                    |slot: Option<usize>| slot.is_none_or(|slot| criterion.column.value(slot).is_null());
                is_null(b).cmp(&is_null(a))
            }
        };
        if ordering.is_ne() {
            return if criterion.descending { ordering.reverse() } else { ordering };
        }
    }
    Ordering::Equal
}

/// The order of two values of a column, as `compare_values` has it.
pub fn compare_slots<'a>(context: &Context<'a>, column: Column<'a>, a: usize, b: usize) -> Ordering {
    match column {
        Column::Key(ids) => ids.get(a).cmp(&ids.get(b)),
        Column::Data(ColumnData::Text(texts)) => {
            let (a, b) = (texts.get(a), texts.get(b));
            if a == b {
                return Ordering::Equal;
            }
            let folded = texts.pool.folded();
            (a != 0).cmp(&(b != 0)).then_with(|| folded.get(a).cmp(folded.get(b)))
        }
        Column::Data(ColumnData::Reference(references)) => {
            let (a, b) = (references.get(a), references.get(b));
            if a == b {
                return Ordering::Equal;
            }
            reference_key(context, references, a).cmp(&reference_key(context, references, b))
        }
        Column::Data(ColumnData::Integer(numbers) | ColumnData::Instant(numbers)) => {
            numbers.get(a).cmp(&numbers.get(b))
        }
        Column::Data(ColumnData::Decimal { numbers, .. }) => numbers.get(a).cmp(&numbers.get(b)),
        Column::Data(ColumnData::Choice(numbers) | ColumnData::Date(numbers)) => {
            numbers.get(a).cmp(&numbers.get(b))
        }
        Column::Data(_) => {
            let (mut a, mut b) = (column.value(a), column.value(b));
            context.name_value(&mut a);
            context.name_value(&mut b);
            compare_values(&a, &b).unwrap_or(Ordering::Equal)
        }
    }
}
