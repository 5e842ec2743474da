//! Groups and measures, computed the same way by every executor that has rows in hand.

use crate::bound::BoundPlan;
use crate::compare::{compare_present, decimal};
use crate::plan::{Function, GroupBy};
use model::{Decimal, TimeZone, Value};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;

/// Digits behind the point of an average.
const AVERAGE_DIGITS: u32 = 10;

impl BoundPlan {
    /// What a value is grouped by: the number of the date part asked for, else the value itself.
    #[must_use]
    pub fn group_value(&self, group: &GroupBy, value: &Value) -> Value {
        let Some(part) = group.date_part else { return value.clone() };
        let day = match value {
            Value::Date(day) => *day,
            Value::DateTime(instant) if group.in_utc => TimeZone::utc().date_of(*instant),
            Value::DateTime(instant) => self.time_zone.date_of(*instant),
            _ => return Value::Null,
        };
        Value::Integer(part.of(day, self.first_weekday, self.fiscal))
    }
}

/// Computes one measure over values added one at a time.
#[derive(Clone, Debug)]
pub struct Accumulator {
    function: Function,
    /// Values that are not null; for `Function::Count` all of them.
    count: u64,
    exact: Decimal,
    /// The sum of floats, and of what an exact number cannot hold.
    float: Option<f64>,
    has_decimal: bool,
    extreme: Option<Value>,
    /// Ascending.
    different: Vec<Value>,
}

impl Accumulator {
    /// An accumulator without values.
    #[must_use]
    pub const fn new(function: Function) -> Self {
        Self {
            function,
            count: 0,
            exact: Decimal::ZERO,
            float: None,
            has_decimal: false,
            extreme: None,
            different: Vec::new(),
        }
    }

    /// Adds the value of one row.
    pub fn add(&mut self, value: &Value) {
        if value.is_null() {
            self.count += u64::from(self.function == Function::Count);
            return;
        }
        self.count += 1;
        match self.function {
            Function::Count | Function::CountColumn => {}
            Function::CountDistinct => self.add_different(value),
            Function::Sum | Function::Average => self.add_number(value),
            Function::Min => self.add_extreme(value, std::cmp::Ordering::Less),
            Function::Max => self.add_extreme(value, std::cmp::Ordering::Greater),
        }
    }

    fn add_different(&mut self, value: &Value) {
        // Values of one column always compare, so the list stays sorted.
        let place = self
            .different
            .binary_search_by(|known| compare_present(known, value).unwrap_or(std::cmp::Ordering::Less));
        if let Err(index) = place {
            self.different.insert(index, value.clone());
        }
    }

    fn add_number(&mut self, value: &Value) {
        self.has_decimal |= matches!(value, Value::Decimal(_));
        let number = decimal(value);
        match number.and_then(|number| self.exact.checked_add(number)) {
            Some(sum) => self.exact = sum,
            None => {
                let number = match value {
                    Value::Float(number) => *number,
                    _ => number.and_then(|number| number.to_f64()).unwrap_or_default(), // float: a sum over a float column
                };
                self.float = Some(self.float.unwrap_or_default() + number);
            }
        }
    }

    fn add_extreme(&mut self, value: &Value, wanted: std::cmp::Ordering) {
        let is_better =
            self.extreme.as_ref().is_none_or(|known| compare_present(value, known) == Some(wanted));
        if is_better {
            self.extreme = Some(value.clone());
        }
    }

    /// The measure: a count is never null, the others are null without values.
    #[must_use]
    pub fn finish(self) -> Value {
        let count = |count: usize| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        match self.function {
            Function::Count | Function::CountColumn => {
                Value::Integer(i64::try_from(self.count).unwrap_or(i64::MAX))
            }
            Function::CountDistinct => count(self.different.len()),
            Function::Min | Function::Max => self.extreme.unwrap_or_default(),
            Function::Sum | Function::Average if self.count == 0 => Value::Null,
            Function::Sum => self.sum(),
            Function::Average => self.average(),
        }
    }

    fn sum(&self) -> Value {
        if let Some(float) = self.float {
            return Value::Float(float + self.exact.to_f64().unwrap_or_default()); // float: the column is one
        }
        match self.exact.to_i64() {
            Some(whole) if !self.has_decimal => Value::Integer(whole),
            _ => Value::Decimal(self.exact),
        }
    }

    fn average(&self) -> Value {
        if let Some(float) = self.float {
            #[expect(clippy::cast_precision_loss, reason = "a mean of floats is inexact anyway")]
            let count = self.count as f64;
            return Value::Float((float + self.exact.to_f64().unwrap_or_default()) / count); // float: the column is one
        }
        let mean = self.exact.checked_div(Decimal::from(self.count)).unwrap_or_default();
        Value::Decimal(
            mean.round_dp_with_strategy(AVERAGE_DIGITS, RoundingStrategy::MidpointNearestEven).normalize(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(function: Function, values: &[Value]) -> Value {
        let mut accumulator = Accumulator::new(function);
        values.iter().for_each(|value| accumulator.add(value));
        accumulator.finish()
    }

    #[test]
    fn measures_ignore_null_and_money_stays_exact() {
        let number = |text: &str| Value::Decimal(text.parse().unwrap());
        let values = [number("0.1"), Value::Null, number("0.2"), number("0.2")];
        for (function, expected) in [
            (Function::Count, Value::Integer(4)),
            (Function::CountColumn, Value::Integer(3)),
            (Function::CountDistinct, Value::Integer(2)),
            (Function::Sum, number("0.5")),
            (Function::Average, number("0.1666666667")),
            (Function::Min, number("0.1")),
            (Function::Max, number("0.2")),
        ] {
            assert_eq!(measure(function, &values), expected, "{function:?}");
        }
        assert_eq!(measure(Function::Sum, &[Value::Integer(2), Value::Integer(3)]), Value::Integer(5));
        assert_eq!(measure(Function::Average, &[Value::Integer(2), Value::Integer(3)]), number("2.5"));
        assert_eq!(measure(Function::Sum, &[Value::Float(0.5), Value::Float(0.25)]), Value::Float(0.75));
    }

    #[test]
    fn without_values_a_count_is_zero_and_the_rest_null() {
        for function in [Function::Count, Function::CountColumn, Function::CountDistinct] {
            assert_eq!(measure(function, &[]), Value::Integer(0));
        }
        for function in [Function::Sum, Function::Average, Function::Min, Function::Max] {
            assert_eq!(measure(function, &[Value::Null]), Value::Null);
        }
        let most = Value::Decimal(Decimal::MAX);
        assert!(matches!(measure(Function::Sum, &[most.clone(), most]), Value::Float(_)));
    }
}
