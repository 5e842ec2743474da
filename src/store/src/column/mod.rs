//! One column of a table: typed values by row slot, with bits for the values that are present.
//!
//! A value that does not fit the type (a customer's column changed its type, a server sent something odd) turns the
//! column into one of plain values: slower, and nothing is lost.

pub mod bits;
pub mod references;
pub mod texts;
pub mod words;

use bits::Bits;
use model::{ColumnKind, Date, DateBehavior, Decimal, RowId, Timestamp, Value, ValueRef};
use references::References;
use texts::Texts;
use words::{Packed, Words};

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
    pub codes: Words,
    /// What they stand for.
    pub pool: P,
}

impl<P> Codes<P> {
    /// The number in a slot, 0 for none.
    pub fn get(&self, slot: usize) -> u32 {
        self.codes.get(slot).map_or(0, |code| code as u32)
    }

    /// Keeps the set bits whose number passes.
    pub fn retain(&self, within: &mut Bits, test: impl Fn(u32) -> bool) {
        self.codes.retain(within, |code| test(code as u32));
    }

    fn put(&mut self, slot: usize, code: u32) {
        if code != 0 || slot < self.codes.length() {
            self.codes.put(slot, i64::from(code));
        }
    }
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum ColumnData {
    /// Text and memo.
    Text(Codes<Texts>),
    /// Whole numbers.
    Integer(Packed<i64>),
    /// Decimals and money, all with the same number of digits behind the point.
    Decimal {
        /// Digits behind the point.
        scale: u32,
        /// The numbers without the point.
        numbers: Packed<i64>,
    },
    /// Decimals that do not fit 64 bits at one scale.
    WideDecimal(Numbers<Decimal>),
    /// Floating point numbers.
    Float(Numbers<f64>),
    /// Yes and no.
    Boolean(Packed<bool>),
    /// Options.
    Choice(Packed<i32>),
    /// Days since 1970.
    Date(Packed<i32>),
    /// Milliseconds since 1970.
    Instant(Packed<i64>),
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
            ColumnKind::Integer { .. } | ColumnKind::BigInteger => Self::Integer(Packed::default()),
            ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
                Self::Decimal { scale: 2, numbers: Packed::default() }
            }
            ColumnKind::Float { .. } => Self::Float(Numbers::default()),
            ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => {
                Self::Choice(Packed::default())
            }
            ColumnKind::Boolean(_) => Self::Boolean(Packed::default()),
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => Self::Date(Packed::default()),
            ColumnKind::DateTime { .. } => Self::Instant(Packed::default()),
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
                if texts.get(slot) != 0 && texts.pool.get(texts.get(slot)) == *text {
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
                codes.retain(&mut bits, |code| code != 0);
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

    /// Makes room for the values of so many rows, and for no more.
    pub fn reserve(&mut self, rows: usize) {
        match self {
            Self::Text(Codes { codes, .. }) | Self::Reference(Codes { codes, .. }) => codes.reserve(rows),
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                numbers.words.reserve(rows);
            }
            Self::Choice(numbers) | Self::Date(numbers) => numbers.words.reserve(rows),
            Self::Boolean(numbers) => numbers.words.reserve(rows),
            _ => {}
        }
    }

    /// After `done` of `all` pages were read: makes room for the texts of the others.
    pub fn expect(&mut self, done: usize, all: usize) {
        if let Self::Text(texts) = self {
            texts.pool.expect(done, all);
        }
    }

    /// Gives back the room of texts that were replaced, when it is worth the work.
    pub fn compact(&mut self) {
        if let Self::Text(texts) = self
            && texts.pool.is_wasteful(texts.codes.length())
        {
            let old = std::mem::take(texts);
            for slot in (0..old.codes.length()).filter(|slot| old.get(*slot) != 0) {
                let code = texts.pool.put(old.pool.get(old.get(slot))).unwrap_or(0);
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
            let number = |slot| Decimal::new(numbers.words.get(slot).unwrap_or(0), *scale);
            let values = (0..numbers.words.length()).map(number).collect();
            *self = Self::WideDecimal(Numbers { values, present: std::mem::take(&mut numbers.present) });
        }
        if let Self::WideDecimal(numbers) = self {
            numbers.put(slot, Some(value));
        }
    }

    fn make_plain(&mut self) {
        let length = match self {
            Self::Text(Codes { codes, .. }) | Self::Reference(Codes { codes, .. }) => codes.length(),
            Self::Integer(numbers) | Self::Decimal { numbers, .. } | Self::Instant(numbers) => {
                numbers.words.length()
            }
            Self::WideDecimal(numbers) => numbers.values.len(),
            Self::Float(numbers) => numbers.values.len(),
            Self::Boolean(numbers) => numbers.words.length(),
            Self::Choice(numbers) | Self::Date(numbers) => numbers.words.length(),
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

fn rescale(numbers: &mut Packed<i64>, scale: &mut u32, wanted: u32) -> bool {
    let Some(factor) = 10_i64.checked_pow(wanted - *scale) else { return false };
    let scaled = |slot: usize| numbers.get(slot).map(|number| number.checked_mul(factor));
    if numbers.present.iter().any(|slot| scaled(slot) == Some(None)) {
        return false;
    }
    for slot in 0..numbers.words.length() {
        if let Some(number) = numbers.get(slot) {
            numbers.put(slot, Some(number.wrapping_mul(factor)));
        }
    }
    *scale = wanted;
    true
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
