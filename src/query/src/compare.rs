//! How values compare, in one place for every executor.

use crate::bound::{Comparison, Test};
use crate::fold::fold;
use model::{Decimal, RowId, Value};
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use std::cmp::Ordering;

/// The order of two values, as rows are sorted: null first, text by its folded form, references by name and then id.
///
/// `None` for values of different sorts; numbers of all kinds compare with each other.
#[must_use]
pub fn compare_values(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (Value::Reference(a), Value::Reference(b)) => {
            let name = |name: &Option<String>| name.as_deref().map(|name| fold(name).into_owned());
            Some(name(&a.name).cmp(&name(&b.name)).then(a.id.cmp(&b.id)))
        }
        _ => compare_present(a, b),
    }
}

/// Compares two values for a condition: `None` when one is null or they are of different sorts.
/// References and unique identifiers compare by id, a reference and a text by the reference's name.
pub(crate) fn compare_present(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (id_of(a), id_of(b)) {
        return Some(a.cmp(&b));
    }
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(compare_texts(a, b)),
        (Value::Reference(reference), Value::Text(text)) => {
            reference.name.as_deref().map(|name| compare_texts(name, text))
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        (Value::Choices(a), Value::Choices(b)) => Some(a.cmp(b)),
        _ => compare_numbers(a, b),
    }
}

/// The row a reference or unique identifier names.
#[must_use]
pub fn id_of(value: &Value) -> Option<RowId> {
    match value {
        Value::Id(id) => Some(*id),
        Value::Reference(reference) => Some(reference.id),
        _ => None,
    }
}

fn compare_texts(a: &str, b: &str) -> Ordering {
    fold(a).as_ref().cmp(fold(b).as_ref())
}

fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), b) => a.partial_cmp(&decimal(b)?.to_f64()?), // float: the other side is one
        (a, Value::Float(b)) => decimal(a)?.to_f64()?.partial_cmp(b),  // float: the other side is one
        _ => Some(decimal(a)?.cmp(&decimal(b)?)),
    }
}

/// The exact number of an integer, choice or decimal value.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Decimal::from_i64(*number),
        Value::Choice(number) => Decimal::from_i32(*number),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

impl Comparison {
    /// True when an order of two values fulfils the comparison.
    #[must_use]
    pub const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Test {
    /// Whether a value passes; `None` is SQL's unknown. A comparison with another column is unknown to a single value:
    /// `Predicate::evaluate` answers it.
    #[must_use]
    pub fn holds(&self, value: &Value) -> Option<bool> {
        match self {
            Self::Null => return Some(value.is_null()),
            Self::NotNull => return Some(!value.is_null()),
            _ if value.is_null() => return None,
            _ => {}
        }
        match self {
            Self::Compare(comparison, operand) => {
                compare_present(value, operand).map(|ordering| comparison.holds(ordering))
            }
            Self::In(operands) => {
                let mut is_unknown = false;
                for operand in operands {
                    match compare_present(value, operand) {
                        Some(Ordering::Equal) => return Some(true),
                        Some(_) => {}
                        None => is_unknown = true,
                    }
                }
                if is_unknown { None } else { Some(false) }
            }
            Self::Range { from, until, includes_until } => {
                in_range(value, from.as_ref(), until.as_ref(), *includes_until)
            }
            Self::Like(pattern) => match value {
                Value::Text(text) => Some(pattern.matches(&fold(text))),
                Value::Reference(reference) => {
                    reference.name.as_deref().map(|name| pattern.matches(&fold(name)))
                }
                _ => None,
            },
            Self::ContainsAny(wanted) => match value {
                Value::Choices(numbers) => Some(numbers.iter().any(|number| wanted.contains(number))),
                _ => None,
            },
            Self::CompareColumn(..) | Self::Null | Self::NotNull => None,
        }
    }
}

fn in_range(
    value: &Value,
    from: Option<&Value>,
    until: Option<&Value>,
    includes_until: bool,
) -> Option<bool> {
    if let Some(from) = from
        && compare_present(value, from)?.is_lt()
    {
        return Some(false);
    }
    let Some(until) = until else { return Some(true) };
    let ordering = compare_present(value, until)?;
    Some(ordering.is_lt() || (includes_until && ordering.is_eq()))
}
