//! Decimals and amounts are rounded to their column's digits, half away from zero, as Dataverse does.

use model::{ColumnKind, Columns, Decimal, Table, Value};

/// Rounds every decimal and amount that has more digits than its column.
///
/// For amounts whose digits come from the currency the column's own digits are taken: the currency's are shown.
pub fn round(table: &Table, after: &mut Columns) {
    for (name, value) in &mut after.0 {
        let Value::Decimal(number) = value else { continue };
        let precision = match table.column(name.as_str()).map(|column| &column.kind) {
            Some(ColumnKind::Decimal { precision, .. } | ColumnKind::Money { precision, .. }) => *precision,
            _ => continue,
        };
        if number.scale() > u32::from(precision) {
            *number = round_half_away(*number, u32::from(precision));
        }
    }
}

fn round_half_away(number: Decimal, digits: u32) -> Decimal {
    // The crate's midpoint strategy by this name rounds half away from zero.
    number.round_dp_with_strategy(digits, ROUNDING)
}

const ROUNDING: rust_decimal::RoundingStrategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
