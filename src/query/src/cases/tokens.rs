//! Values as short texts, so that what was found and what was expected can be laid side by side.

use model::{Decimal, Party, RowId, Value};
use rust_decimal::prelude::FromPrimitive;
use serde_json::Value as Json;

pub(super) fn short(id: RowId) -> String {
    format!("{:x}", id.as_u128())
}

pub(super) fn token(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Choice(number) => number.to_string(),
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Float(number) => number_token(*number),
        Value::Boolean(flag) => flag.to_string(),
        Value::Choices(numbers) => format!("{numbers:?}"),
        Value::Date(date) => format!("{:?}", date.to_string()),
        Value::DateTime(instant) => format!("{:?}", instant.to_string()),
        Value::Id(id) => format!("{:?}", short(*id)),
        Value::Reference(reference) => {
            let name = reference.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            format!("{:?}", format!("{}:{}{name}", reference.table, short(reference.id)))
        }
        Value::Parties(parties) => {
            let parties: Vec<_> = parties.iter().map(|party| format!("{:?}", party_token(party))).collect();
            format!("[{}]", parties.join(", "))
        }
    }
}

/// A party is shown by its row, without the name that came along, or by its address.
fn party_token(party: &Party) -> String {
    match &party.party {
        Some(reference) => format!("{}:{}", reference.table, short(reference.id)),
        None => party.address.clone().unwrap_or_default(),
    }
}

fn number_token(number: f64) -> String {
    Decimal::from_f64(number).map_or_else(|| number.to_string(), |number| number.normalize().to_string()) // float: a JSON number of the cases
}

pub(super) fn json_token(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::String(text) => format!("{text:?}"),
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.to_string(),
            None => number.as_f64().map(number_token).unwrap_or_default(),
        },
        Json::Array(items) => format!("[{}]", items.iter().map(json_token).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
