//! Amounts: how many digits they have, how they are rounded, and what they are worth in the base currency.

use crate::{Decimal, PrecisionSource};
use rust_decimal::RoundingStrategy;

/// Digits behind the point of amounts in the base currency, as they are kept.
pub const BASE_DIGITS: u8 = 4;

/// Digits behind the point of a money column. An amount without a currency has the column's own.
#[must_use]
pub fn digits(source: PrecisionSource, column: u8, organization: u8, currency: Option<u8>) -> u8 {
    match source {
        PrecisionSource::Column => column,
        PrecisionSource::Organization => organization,
        PrecisionSource::Currency => currency.unwrap_or(column),
    }
}

/// Rounds half away from zero, as Dataverse does. Digits that are not there are not added.
#[must_use]
pub fn round(number: Decimal, digits: u8) -> Decimal {
    number.round_dp_with_strategy(u32::from(digits), RoundingStrategy::MidpointAwayFromZero)
}

/// An amount in the base currency. A rate says how many units of the row's currency one unit of the base currency is worth;
/// a row without a rate is in the base currency. Nothing for a rate of zero, and where the result is too large.
#[must_use]
pub fn base_amount(amount: Decimal, exchange_rate: Option<Decimal>, precision: u8) -> Option<Decimal> {
    let Some(rate) = exchange_rate else { return Some(amount) };
    if rate.is_zero() { None } else { Some(round(amount.checked_div(rate)?, precision)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_is_divided_by_the_rate() {
        for (amount, rate, precision, base) in [
            ("100", Some("1.158"), 4, Some("86.3558")),
            ("0.1", Some("1"), 4, Some("0.1")),
            ("5", Some("0"), 4, None),
            ("5.12", None, 4, Some("5.12")),
            ("1", Some("8"), 2, Some("0.13")),
            ("-1", Some("8"), 2, Some("-0.13")),
            ("79228162514264337593543950335", Some("0.1"), 4, None),
        ] {
            let found = base_amount(number(amount), rate.map(number), precision);
            assert_eq!(found, base.map(number), "{amount} at {rate:?}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (exact, digits, rounded) in [
            ("0.125", 2, "0.13"),
            ("-0.125", 2, "-0.13"),
            ("0.135", 2, "0.14"),
            ("2.5", 0, "3"),
            ("1.2", 4, "1.2"),
        ] {
            assert_eq!(round(number(exact), digits), number(rounded), "{exact}");
        }
    }

    #[test]
    fn the_digits_come_from_where_the_column_says() {
        for (source, currency, expected) in [
            (PrecisionSource::Column, Some(0), 3),
            (PrecisionSource::Organization, Some(0), 4),
            (PrecisionSource::Currency, Some(0), 0),
            (PrecisionSource::Currency, None, 3),
        ] {
            assert_eq!(digits(source, 3, 4, currency), expected, "{source:?}");
        }
    }
}
