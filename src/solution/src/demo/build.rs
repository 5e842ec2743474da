//! Columns of a demo row, set one after the other with the right kind of value.

use model::money::{BASE_DIGITS, base_amount};
use model::{Columns, Date, Decimal, Party, Reference, RowId, Timestamp, Value};

/// Columns under construction.
#[derive(Default)]
pub struct Build(Columns);

impl Build {
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with columns.
    pub const fn of(columns: Columns) -> Self {
        Self(columns)
    }

    pub fn finish(self) -> Columns {
        self.0
    }

    fn set(mut self, column: &str, value: Value) -> Self {
        self.0.set(column, value);
        self
    }

    /// A text; an empty one is no value.
    pub fn text(self, column: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { self } else { self.set(column, Value::Text(text)) }
    }

    pub fn integer(self, column: &str, number: i64) -> Self {
        self.set(column, Value::Integer(number))
    }

    pub fn decimal(self, column: &str, number: Decimal) -> Self {
        self.set(column, Value::Decimal(number))
    }

    pub fn float(self, column: &str, number: f64) -> Self {
        self.set(column, Value::Float(number))
    }

    pub fn choice(self, column: &str, number: i32) -> Self {
        self.set(column, Value::Choice(number))
    }

    pub fn flag(self, column: &str, is_true: bool) -> Self {
        self.set(column, Value::Boolean(is_true))
    }

    /// The same answer to several yes/no columns.
    pub fn flags(self, columns: &[&str], are_true: bool) -> Self {
        columns.iter().fold(self, |build, column| build.flag(column, are_true))
    }

    pub fn date(self, column: &str, date: Date) -> Self {
        self.set(column, Value::Date(date))
    }

    pub fn instant(self, column: &str, at: Timestamp) -> Self {
        self.set(column, Value::DateTime(at))
    }

    pub fn reference(self, column: &str, reference: Reference) -> Self {
        self.set(column, Value::Reference(reference))
    }

    pub fn parties(self, column: &str, parties: Vec<Party>) -> Self {
        self.set(column, Value::Parties(parties))
    }

    /// An amount in whole units of a currency, with the same in the base currency. `rate`: units of the currency for
    /// one of the base currency, in ten-thousandths.
    pub fn money(self, column: &str, units: i64, rate: i64) -> Self {
        let base = Decimal::from(units).checked_div(Decimal::new(rate, 4)).unwrap_or_default().round_dp(4);
        let base = base.normalize();
        self.set(column, Value::Decimal(Decimal::from(units)))
            .set(&format!("{column}_base"), Value::Decimal(base))
    }

    /// An amount to the cent, with the same in the base currency. `rate` as for `money`.
    pub fn amount(self, column: &str, amount: Decimal, rate: i64) -> Self {
        let base = base_amount(amount, Some(Decimal::new(rate, 4)), BASE_DIGITS).unwrap_or_default();
        self.set(column, Value::Decimal(amount.normalize()))
            .set(&format!("{column}_base"), Value::Decimal(base.normalize()))
    }

    pub fn id(self, column: &str, id: RowId) -> Self {
        self.set(column, Value::Id(id))
    }

    /// Options of a choices column; none is no value.
    pub fn choices(self, column: &str, mut numbers: Vec<i32>) -> Self {
        numbers.sort_unstable();
        if numbers.is_empty() { self } else { self.set(column, Value::Choices(numbers)) }
    }

    /// Applies a change only where the condition holds.
    pub fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }
}

/// Somebody's part in an activity.
pub fn party(reference: Reference, participation: i32) -> Party {
    Party { party: Some(reference), address: None, participation }
}

/// Somebody's part in an activity, by the address used.
pub fn party_at(reference: Reference, address: String, participation: i32) -> Party {
    Party { party: Some(reference), address: Some(address), participation }
}
