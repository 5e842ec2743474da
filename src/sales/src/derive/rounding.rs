//! Decimals and amounts are rounded to their column's digits, half away from zero, as Dataverse does.

use model::{ColumnKind, Columns, Table, Value, money};

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
            *number = money::round(*number, precision);
        }
    }
}
