//! Small pieces of JSON: written into a byte buffer, read without losing digits.

use crate::error::ODataError;
use model::{Decimal, Value};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt::{self, Write as _};
use std::io::Write as _;

/// Appends a JSON string.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    // Writing text to a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Appends what prints itself, in quotes: for texts that need no escapes.
pub fn write_quoted(shown: impl fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "\"{shown}\"");
}

/// Appends a number exactly as its digits are.
pub fn write_decimal(number: &Decimal, out: &mut Vec<u8>) {
    let _ = write!(out, "{number}");
}

/// Appends `"name":`, the name with a suffix.
pub fn write_key(name: &str, suffix: &str, out: &mut Vec<u8>) {
    write_string(&format!("{name}{suffix}"), out);
    out.push(b':');
}

/// Appends the JSON of a value that stands on its own; a reference as the guid alone, parties as nothing.
pub fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null | Value::Parties(_) => out.extend_from_slice(b"null"),
        Value::Text(text) => write_string(text, out),
        Value::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Decimal(number) => write_decimal(number, out),
        Value::Float(number) => {
            let _ = serde_json::to_writer(out, number);
        }
        Value::Boolean(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Value::Choice(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Choices(numbers) => write_quoted(join(numbers), out),
        Value::Date(date) => write_quoted(date, out),
        Value::DateTime(instant) => write_quoted(instant, out),
        Value::Id(id) => write_quoted(id, out),
        Value::Reference(reference) => write_quoted(reference.id, out),
    }
}

/// `1,2,3`
pub fn join(numbers: &[i32]) -> String {
    let mut text = String::new();
    for number in numbers {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma}{number}");
    }
    text
}

/// The members of an object in order, their values still as text.
pub struct Members<'a>(pub Vec<(String, &'a RawValue)>);

/// Reads an object.
pub fn read_members(json: &str) -> Result<Members<'_>, ODataError> {
    serde_json::from_str(json).map_err(|error| ODataError::Json { reason: error.to_string() })
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
