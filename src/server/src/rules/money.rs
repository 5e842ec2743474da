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
