//! Amounts in the org's base currency: kept by the server from the row's amounts and its currency's rate.

use super::Work;
use crate::error::Answered;
use model::{ColumnKind, Columns, Reference, Table, Value, money};
use store_sql::Hold;

/// Gives a new row with amounts the caller's currency when it has none.
pub fn default_currency(work: &Work<'_>, table: &Table, columns: &mut Columns) {
    let has_amounts = table.columns.iter().any(|column| matches!(column.kind, ColumnKind::BaseMoney { .. }));
    if has_amounts
        && table.column("transactioncurrencyid").is_some()
        && columns.get("transactioncurrencyid").is_null()
        && let Some(currency) = work.caller.profile.currency
    {
        let reference = Reference { table: "transactioncurrency".into(), id: currency, name: None };
        columns.set("transactioncurrencyid", Value::Reference(reference));
    }
}

/// Rounds the amounts to the digits of their currency, and sets `exchangerate` and every `…_base` that follows from what changes; `before` is the row as it was.
pub async fn follow_rate(
    work: &mut Work<'_>,
    table: &Table,
    before: Option<&Columns>,
    columns: &mut Columns,
) -> Answered<()> {
    // A currency carries its own rate, it does not follow one.
    if table.column("exchangerate").is_none() || table.column("transactioncurrencyid").is_none() {
        return Ok(());
    }
    let now = |columns: &Columns, name: &str| {
        if columns.has(name) {
            columns.get(name).clone()
        } else {
            before.map_or(Value::Null, |row| row.get(name).clone())
        }
    };
    let changes_currency = before.is_none()
        || (columns.has("transactioncurrencyid")
            && !before.is_some_and(|row| {
                row.get("transactioncurrencyid").is_same(columns.get("transactioncurrencyid"))
            }));
    if changes_currency || has_fractions(table, columns) {
        let currency = now(columns, "transactioncurrencyid");
        let row = match currency.as_reference() {
            Some(currency) => {
                work.transaction.row("transactioncurrency", currency.id, Hold::Existence).await?
            }
            None => None,
        };
        let of_currency = |name: &str| row.as_ref().map_or(Value::Null, |row| row.columns.get(name).clone());
        if changes_currency {
            columns.set("exchangerate", of_currency("exchangerate"));
        }
        let digits = match of_currency("currencyprecision") {
            Value::Integer(digits) => u8::try_from(digits).ok(),
            _ => None,
        };
        round(table, columns, work.metadata().settings.pricing_precision, digits);
    }
    let rate = now(columns, "exchangerate");
    for column in &table.columns {
        let ColumnKind::BaseMoney { of } = &column.kind else { continue };
        if !changes_currency && !columns.has(of.as_str()) {
            continue;
        }
        let rate = if let Value::Decimal(rate) = &rate { Some(*rate) } else { None };
        let base = match now(columns, of.as_str()) {
            Value::Decimal(amount) => {
                money::base_amount(amount, rate, money::BASE_DIGITS).map_or(Value::Null, Value::Decimal)
            }
            _ => Value::Null,
        };
        columns.set(column.name.clone(), base);
    }
    Ok(())
}

/// True when an amount is given that the currency may have fewer digits for.
fn has_fractions(table: &Table, columns: &Columns) -> bool {
    table.columns.iter().any(|column| {
        let value = columns.get(column.name.as_str());
        let is_fraction = matches!(value, Value::Decimal(amount) if !amount.fract().is_zero());
        matches!(column.kind, ColumnKind::Money { .. }) && is_fraction
    })
}

fn round(table: &Table, columns: &mut Columns, organization: u8, currency: Option<u8>) {
    for column in &table.columns {
        if let ColumnKind::Money { precision, source, .. } = &column.kind
            && let Value::Decimal(amount) = columns.get(column.name.as_str())
        {
            let digits = money::digits(*source, *precision, organization, currency);
            let rounded = money::round(*amount, digits);
            columns.set(column.name.clone(), Value::Decimal(rounded));
        }
    }
}
