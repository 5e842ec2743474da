//! The JSON that some definitions are kept in, read with the same limits as the XML.
//!
//! What stands where something else is expected reads as nothing: the callers name what they miss.

use super::problems::told;
use super::tree::{MAX_BYTES, Trouble};
use super::{Place, Problems};
use crate::said;
use serde_json::Value;

/// What a value holds under a name.
pub(super) trait Json {
    /// The object or array under this name.
    fn inside(&self, name: &str) -> &Value;
    /// The items of the array under this name; none for anything else.
    fn items(&self, name: &str) -> &[Value];
    /// The text under this name.
    fn text(&self, name: &str) -> Option<&str>;
    /// The whole number under this name, also one written as text.
    fn number(&self, name: &str) -> Option<i64>;
    /// True for `true`, `1`, and their texts.
    fn flag(&self, name: &str) -> bool;
}

impl Json for Value {
    fn inside(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }

    fn items(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Self::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::as_str).filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> Option<i64> {
        match self.inside(name) {
            Self::Number(number) => number.as_i64(),
            Self::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn flag(&self, name: &str) -> bool {
        match self.inside(name) {
            Self::Bool(flag) => *flag,
            Self::Number(number) => number.as_i64() == Some(1),
            Self::String(text) => super::flag(text).unwrap_or_default(),
            _ => false,
        }
    }
}

/// Reads a document and notes why it cannot be read. Nesting is bounded by the reader.
pub(super) fn read(text: &str, root: &str, problems: &mut Problems) -> Option<Value> {
    let place = Place::root(root);
    if text.len() > MAX_BYTES {
        problems.add(told(Trouble::TooLarge { bytes: text.len() }), &place, "it is left out");
        return None;
    }
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.add(said!("the JSON is broken: {error}", error), &place, "it is left out");
            None
        }
    }
}
