//! One column of a table: typed values by row slot, with bits for the values that are present.
//!
//! A value that does not fit the type (a customer's column changed its type, a server sent something odd) turns the
//! column into one of plain values: slower, and nothing is lost.

pub mod bits;
pub mod references;
pub mod texts;

use bits::Bits;
use model::{ColumnKind, Date, DateBehavior, Decimal, RowId, Timestamp, Value, ValueRef};
use references::References;
use texts::Texts;

/// Numbers of one type by slot. What stands in a slot without a value means nothing.
#[derive(Clone, Debug, Default)]
pub struct Numbers<T> {
    /// The values.
    pub values: Vec<T>,
    /// Which slots have one.
    pub present: Bits,
}

impl<T: Copy + Default> Numbers<T> {
    /// The value in a slot.
    pub fn get(&self, slot: usize) -> Option<T> {
        if self.present.has(slot) { self.values.get(slot).copied() } else { None }
    }

    /// Memory, in bytes.
    pub const fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<T>() + self.present.bytes()
    }

    fn put(&mut self, slot: usize, value: Option<T>) {
        self.present.put(slot, value.is_some());
        let Some(value) = value else { return };
        if slot >= self.values.len() {
            self.values.resize(slot + 1, T::default());
        }
        if let Some(place) = self.values.get_mut(slot) {
            *place = value;
        }
    }
}

/// Numbers of a pool by slot; 0 is no value.
#[derive(Clone, Debug, Default)]
pub struct Codes<P> {
    /// The numbers.
    pub codes: Vec<u32>,
    /// What they stand for.
    pub pool: P,
}

impl<P> Codes<P> {
    /// The number in a slot, 0 for none.
    pub fn get(&self, slot: usize) -> u32 {
        self.codes.get(slot).copied().unwrap_or(0)
    }

    fn put(&mut self, slot: usize, code: u32) {
        if slot >= self.codes.len() {
            if code == 0 {
                return;
            }
            self.codes.resize(slot + 1, 0);
        }
        if let Some(place) = self.codes.get_mut(slot) {
            *place = code;
        }
    }
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum ColumnData {
    /// Text and memo.
    Text(Codes<Texts>),
    /// Whole numbers.
    Integer(Numbers<i64>),
    /// Decimals and money, all with the same number of digits behind the point.
    Decimal {
        /// Digits behind the point.
        scale: u32,
        /// The numbers without the point.
        numbers: Numbers<i64>,
    },
    /// Decimals that do not fit 64 bits at one scale.
    WideDecimal(Numbers<Decimal>),
    /// Floating point numbers.
    Float(Numbers<f64>),
    /// Yes and no.
    Boolean(Numbers<bool>),
    /// Options.
    Choice(Numbers<i32>),
    /// Days since 1970.
    Date(Numbers<i32>),
    /// Milliseconds since 1970.
    Instant(Numbers<i64>),
    /// Unique identifiers.
    Id(Numbers<u128>),
    /// Lookups.
    Reference(Codes<References>),
    /// Everything else, and columns whose values do not agree with their type.
    Plain(Vec<Value>),
}

impl ColumnData {
    /// An empty column for values of a kind.
    pub fn for_kind(kind: &ColumnKind) -> Self {
        match kind {
            ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => {
                Self::Text(Codes::default())
            }
            ColumnKind::Integer { .. } | ColumnKind::BigInteger => Self::Integer(Numbers::default()),
            ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
                Self::Decimal { scale: 2, numbers: Numbers::default() }
            }
            ColumnKind::Float { .. } => Self::Float(Numbers::default()),
            ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => {
                Self::Choice(Numbers::default())
            }
            ColumnKind::Boolean(_) => Self::Boolean(Numbers::default()),
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => Self::Date(Numbers::default()),
            ColumnKind::DateTime { .. } => Self::Instant(Numbers::default()),
            ColumnKind::UniqueId => Self::Id(Numbers::default()),
            ColumnKind::Lookup { .. } => Self::Reference(Codes::default()),
            _ => Self::Plain(Vec::new()),
        }
    }

    /// Sets the value in a slot.
    pub fn put(&mut self, slot: usize, value: ValueRef<'_>) {
        if !self.try_put(slot, &value) {
            self.make_plain();
            if let Self::Plain(values) = self {
                put_plain(values, slot, value.into_value());
            }
        }
    }

    fn try_put(&mut self, slot: usize, value: &ValueRef<'_>) -> bool {
        match (self, value) {
            (Self::Plain(values), value) => put_plain(values, slot, value.clone().into_value()),
            (column, ValueRef::Null) => column.clear(slot),
            (Self::Text(texts), ValueRef::Text(text)) => {
                if texts.codes.get(slot).is_some_and(|code| *code != 0 && texts.pool.get(*code) == *text) {
                    return true;
                }
                let Some(code) = texts.pool.put(text) else { return false };
                texts.put(slot, code);
            }
            (Self::Integer(numbers), ValueRef::Integer(value)) => numbers.put(slot, Some(*value)),
            (column @ Self::Decimal { .. }, ValueRef::Decimal(value)) => column.put_decimal(slot, *value),
            (Self::WideDecimal(numbers), ValueRef::Decimal(value)) => numbers.put(slot, Some(*value)),
            (Self::Float(numbers), ValueRef::Float(value)) => numbers.put(slot, Some(*value)),
            (Self::Boolean(numbers), ValueRef::Boolean(value)) => numbers.put(slot, Some(*value)),
            (Self::Choice(numbers), ValueRef::Choice(value)) => numbers.put(slot, Some(*value)),
            (Self::Date(numbers), ValueRef::Date(value)) => numbers.put(slot, Some(value.days())),
            (Self::Instant(numbers), ValueRef::DateTime(value)) => {
                numbers.put(slot, Some(value.milliseconds()));
            }
            (Self::Id(numbers), ValueRef::Id(value)) => numbers.put(slot, Some(value.as_u128())),
            (Self::Reference(references), ValueRef::Reference { table, id, name }) => {
                let Some(code) = references.pool.put(table, *id, *name) else { return false };
                references.put(slot, code);
            }
            (column, ValueRef::Other(value)) => {
                let inner = borrow(value);
                return !matches!(inner, ValueRef::Other(_)) && column.try_put(slot, &inner);
            }
            _ => return false,
        }
        true
    }

    fn clear(&mut self, slot: usize) {
        match self {
            Self::Text(codes) => codes.put(slot, 0),
            Self::Reference(codes) => codes.put(slot, 0),
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                numbers.put(slot, None);
            }
            Self::WideDecimal(numbers) => numbers.put(slot, None),
            Self::Float(numbers) => numbers.put(slot, None),
            Self::Boolean(numbers) => numbers.put(slot, None),
            Self::Choice(numbers) | Self::Date(numbers) => numbers.put(slot, None),
            Self::Id(numbers) => numbers.put(slot, None),
            Self::Plain(values) => put_plain(values, slot, Value::Null),
        }
    }

    /// The value in a slot, borrowed.
    pub fn get(&self, slot: usize) -> ValueRef<'_> {
        let found = match self {
            Self::Text(texts) => match texts.get(slot) {
                0 => None,
                code => Some(ValueRef::Text(texts.pool.get(code))),
            },
            Self::Integer(numbers) => numbers.get(slot).map(ValueRef::Integer),
            Self::Decimal { scale, numbers } => {
                numbers.get(slot).map(|number| ValueRef::Decimal(Decimal::new(number, *scale).normalize()))
            }
            Self::WideDecimal(numbers) => {
                numbers.get(slot).map(|number| ValueRef::Decimal(number.normalize()))
            }
            Self::Float(numbers) => numbers.get(slot).map(ValueRef::Float),
            Self::Boolean(numbers) => numbers.get(slot).map(ValueRef::Boolean),
            Self::Choice(numbers) => numbers.get(slot).map(ValueRef::Choice),
            Self::Date(numbers) => numbers.get(slot).map(|days| ValueRef::Date(Date::from_days(days))),
            Self::Instant(numbers) => {
                numbers.get(slot).map(|at| ValueRef::DateTime(Timestamp::from_milliseconds(at)))
            }
            Self::Id(numbers) => numbers.get(slot).map(|bits| ValueRef::Id(RowId::from_u128(bits))),
            Self::Reference(references) => {
                let code = references.get(slot);
                references.pool.get(code).map(|(table, id)| ValueRef::Reference {
                    table: table.as_str(),
                    id,
                    name: references.pool.name(code),
                })
            }
            Self::Plain(values) => values.get(slot).map(borrow),
        };
        found.unwrap_or(ValueRef::Null)
    }

    /// The slots that have a value, among the first `length`.
    pub fn present(&self, length: usize) -> Bits {
        let mut bits = Bits::all(length);
        match self {
            Self::Text(Codes { codes, .. }) | Self::Reference(Codes { codes, .. }) => {
                bits.retain_values(codes, |code| code != 0);
            }
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                bits.keep(&numbers.present);
            }
            Self::WideDecimal(numbers) => bits.keep(&numbers.present),
            Self::Float(numbers) => bits.keep(&numbers.present),
            Self::Boolean(numbers) => bits.keep(&numbers.present),
            Self::Choice(numbers) | Self::Date(numbers) => bits.keep(&numbers.present),
            Self::Id(numbers) => bits.keep(&numbers.present),
            Self::Plain(values) => bits.retain(|slot| values.get(slot).is_some_and(|value| !value.is_null())),
        }
        bits
    }

    /// Gives back the room of texts that were replaced, when it is worth the work.
    pub fn compact(&mut self) {
        if let Self::Text(texts) = self
            && texts.pool.is_wasteful(texts.codes.len())
        {
            let old = std::mem::take(texts);
            for (slot, code) in old.codes.iter().enumerate().filter(|(_, code)| **code != 0) {
                let code = texts.pool.put(old.pool.get(*code)).unwrap_or(0);
                texts.put(slot, code);
            }
        }
    }

    fn put_decimal(&mut self, slot: usize, value: Decimal) {
        let Self::Decimal { scale, numbers } = self else { return };
        let value = if value.scale() > *scale { value.normalize() } else { value };
        if value.scale() > *scale && !rescale(numbers, scale, value.scale()) {
            return self.put_wide(slot, value);
        }
        let Self::Decimal { scale, numbers } = self else { return };
        match unscaled(value, *scale) {
            Some(number) => numbers.put(slot, Some(number)),
            None => self.put_wide(slot, value),
        }
    }

    fn put_wide(&mut self, slot: usize, value: Decimal) {
        if let Self::Decimal { scale, numbers } = self {
            let values = numbers.values.iter().map(|number| Decimal::new(*number, *scale)).collect();
            *self = Self::WideDecimal(Numbers { values, present: std::mem::take(&mut numbers.present) });
        }
        if let Self::WideDecimal(numbers) = self {
            numbers.put(slot, Some(value));
        }
    }

    fn make_plain(&mut self) {
        let length = match self {
            Self::Text(Codes { codes, .. }) | Self::Reference(Codes { codes, .. }) => codes.len(),
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                numbers.values.len()
            }
            Self::WideDecimal(numbers) => numbers.values.len(),
            Self::Float(numbers) => numbers.values.len(),
            Self::Boolean(numbers) => numbers.values.len(),
            Self::Choice(numbers) | Self::Date(numbers) => numbers.values.len(),
            Self::Id(numbers) => numbers.values.len(),
            Self::Plain(_) => return,
        };
        *self = Self::Plain((0..length).map(|slot| self.get(slot).into_value()).collect());
    }
}

/// The number without its point at a scale, if it fits 64 bits.
pub fn unscaled(value: Decimal, scale: u32) -> Option<i64> {
    let missing = scale.checked_sub(value.scale())?;
    let factor = 10_i128.checked_pow(missing)?;
    i64::try_from(value.mantissa().checked_mul(factor)?).ok()
}

fn rescale(numbers: &mut Numbers<i64>, scale: &mut u32, wanted: u32) -> bool {
    let Some(factor) = 10_i64.checked_pow(wanted - *scale) else { return false };
    let fits = numbers
        .present
        .iter()
        .all(|slot| numbers.values.get(slot).is_none_or(|number| number.checked_mul(factor).is_some()));
    if fits {
        numbers.values.iter_mut().for_each(|number| *number = number.wrapping_mul(factor));
        *scale = wanted;
    }
    fits
}

fn put_plain(values: &mut Vec<Value>, slot: usize, value: Value) {
    if slot >= values.len() {
        if value.is_null() {
            return;
        }
        values.resize(slot + 1, Value::Null);
    }
    if let Some(place) = values.get_mut(slot) {
        *place = value;
    }
}

/// A value as it goes into a column.
pub fn borrow(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Null => ValueRef::Null,
        Value::Text(text) => ValueRef::Text(text),
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Decimal(number) => ValueRef::Decimal(*number),
        Value::Float(number) => ValueRef::Float(*number),
        Value::Boolean(flag) => ValueRef::Boolean(*flag),
        Value::Choice(number) => ValueRef::Choice(*number),
        Value::Date(date) => ValueRef::Date(*date),
        Value::DateTime(instant) => ValueRef::DateTime(*instant),
        Value::Id(id) => ValueRef::Id(*id),
        Value::Reference(reference) => ValueRef::Reference {
            table: reference.table.as_str(),
            id: reference.id,
            name: reference.name.as_deref(),
        },
        Value::Choices(_) | Value::Parties(_) => ValueRef::Other(value.clone()),
    }
}

#[cfg(test)]
mod tests;
