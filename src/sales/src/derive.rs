//! What follows from other columns, on the device and on the server alike.

mod address;
mod full_name;
mod rounding;

use crate::state::make_consistent;
use model::{Columns, Table, Value};

/// Fills in what follows from the columns of `after`, which may be a whole new row or only the changed columns of an
/// update; `before` is the whole row as it was.
///
/// A column is computed again only when one of those it follows from is in `after`.
pub fn derive(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    rounding::round(table, after);
    make_consistent(table, before, after);
    full_name::compose(table, before, after);
    address::compose(table, before, after);
    match table.name.as_str() {
        "opportunity" => follow_customer(table, before, after),
        "annotation" => describe_note(table, before, after),
        "appointment" => measure_appointment(table, before, after),
        _ => {}
    }
}

/// The value a column will have: the changed one, else the one before.
fn value<'a>(before: Option<&'a Columns>, after: &'a Columns, column: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    if after.has(column) { after.get(column) } else { before.map_or(NULL, |before| before.get(column)) }
}

/// Sets a computed column where the table has it and the value is another.
fn set_computed(table: &Table, before: Option<&Columns>, after: &mut Columns, column: &str, computed: Value) {
    let is_same = value(before, after, column).is_same(&computed);
    let is_known = after.has(column) || before.is_some_and(|before| before.has(column));
    if table.column(column).is_some() && !(is_same && is_known) {
        after.set(column, computed);
    }
}

/// The customer of an opportunity is its account, else its contact; a customer given alone fills the one it is.
fn follow_customer(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    if after.has("parentaccountid") || after.has("parentcontactid") {
        let account = value(before, after, "parentaccountid").clone();
        let contact = value(before, after, "parentcontactid").clone();
        let customer = if account.is_null() { contact } else { account };
        let is_given = after.has("customerid") && !after.get("customerid").is_null();
        if !customer.is_null() || !is_given {
            set_computed(table, before, after, "customerid", customer);
        }
        return;
    }
    let Some(customer) = after.get("customerid").as_reference().cloned() else { return };
    let (column, other) = match customer.table.as_str() {
        "account" => ("parentaccountid", None),
        "contact" => ("parentcontactid", Some("parentaccountid")),
        _ => return,
    };
    set_computed(table, before, after, column, Value::Reference(customer));
    if let Some(other) = other {
        set_computed(table, before, after, other, Value::Null);
    }
}

/// A note knows what kind of row it is about, and whether it carries a file.
fn describe_note(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    if after.has("objectid") {
        let kind = after.get("objectid").as_reference().map(|it| Value::Text(it.table.to_string()));
        set_computed(table, before, after, "objecttypecode", kind.unwrap_or_default());
    }
    if after.has("filename") {
        let is_document = Value::Boolean(!after.get("filename").is_null());
        set_computed(table, before, after, "isdocument", is_document);
    }
}

/// The length of an appointment is the time between its start and its end.
fn measure_appointment(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    if !after.has("scheduledstart") && !after.has("scheduledend") {
        return;
    }
    let (Value::DateTime(start), Value::DateTime(end)) =
        (value(before, after, "scheduledstart"), value(before, after, "scheduledend"))
    else {
        return;
    };
    let minutes = end.milliseconds().saturating_sub(start.milliseconds()).div_euclid(60_000);
    if minutes >= 0 {
        set_computed(table, before, after, "scheduleddurationminutes", Value::Integer(minutes));
    }
}

#[cfg(test)]
mod tests;
