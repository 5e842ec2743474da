//! Amounts in the org's base currency: kept by the server from the row's amounts and its currency's rate.

use super::Work;
use crate::error::Answered;
use model::{ColumnKind, Columns, Decimal, Reference, Table, Value};
use store_sql::Hold;

/// Digits behind the point of amounts in the base currency.
const BASE_DIGITS: u32 = 4;

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

/// Sets `exchangerate` and every `…_base` that follows from what changes; `before` is the row as it was.
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
    if changes_currency {
        let currency = now(columns, "transactioncurrencyid");
        let rate = match currency.as_reference() {
            Some(currency) => work
                .transaction
                .row("transactioncurrency", currency.id, Hold::Existence)
                .await?
                .map_or(Value::Null, |row| row.columns.get("exchangerate").clone()),
            None => Value::Null,
        };
        columns.set("exchangerate", rate);
    }
    let rate = now(columns, "exchangerate");
    for column in &table.columns {
        let ColumnKind::BaseMoney { of } = &column.kind else { continue };
        if !changes_currency && !columns.has(of.as_str()) {
            continue;
        }
        let base = match (now(columns, of.as_str()), &rate) {
            (Value::Decimal(amount), Value::Decimal(rate)) => {
                in_base(amount, *rate).map_or(Value::Null, Value::Decimal)
            }
            (Value::Decimal(amount), _) => Value::Decimal(amount),
            _ => Value::Null,
        };
        columns.set(column.name.clone(), base);
    }
    Ok(())
}

/// A rate says how many units of the row's currency one unit of the base currency is worth.
fn in_base(amount: Decimal, rate: Decimal) -> Option<Decimal> {
    if rate.is_zero() { None } else { Some(amount.checked_div(rate)?.round_dp(BASE_DIGITS)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_divided_by_the_rate() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        for (amount, rate, base) in
            [("100", "1.158", Some("86.3558")), ("0.1", "1", Some("0.1")), ("5", "0", None)]
        {
            assert_eq!(in_base(number(amount), number(rate)), base.map(number), "{amount} at {rate}");
        }
    }
}
