//! Reading Dataverse's metadata JSON: members by name, and refusals that name what does not fit.

use crate::error::{Answered, Failure};
use model::{Label, TableName};
use odata::codes;
use serde_json::Value;

/// A JSON object of a request, with the words to refuse it by.
#[derive(Clone, Copy)]
pub struct Members<'a> {
    value: &'a Value,
    place: &'a str,
}

/// The refusal of a definition.
pub fn bad(message: impl Into<String>) -> Failure {
    Failure::refuse(400, codes::INVALID_ARGUMENT, message)
}

/// A body as JSON.
pub fn body(bytes: &[u8]) -> Answered<Value> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| bad(format!("the body is no JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(bad("the body must be a JSON object")) }
}

impl<'a> Members<'a> {
    /// The members of an object; what is no object has none.
    pub const fn of(value: &'a Value, place: &'a str) -> Self {
        Self { value, place }
    }

    /// A member; null counts as absent.
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// The last part of `@odata.type`: `StringAttributeMetadata`.
    pub fn odata_type(self) -> Option<&'a str> {
        let text = self.get("@odata.type")?.as_str()?;
        Some(text.rsplit('.').next().unwrap_or(text))
    }

    /// A text.
    pub fn text(self, name: &str) -> Answered<Option<&'a str>> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.wrong(name, "a text"))).transpose()
    }

    /// A text that must be there.
    pub fn needed(self, name: &str) -> Answered<&'a str> {
        self.text(name)?.ok_or_else(|| bad(format!("{}: {name} is missing", self.place)))
    }

    /// A whole number.
    pub fn integer(self, name: &str) -> Answered<Option<i64>> {
        self.get(name)
            .map(|value| value.as_i64().ok_or_else(|| self.wrong(name, "a whole number")))
            .transpose()
    }

    /// A number with a decimal point.
    pub fn float(self, name: &str) -> Answered<Option<f64>> {
        self.get(name).map(|value| value.as_f64().ok_or_else(|| self.wrong(name, "a number"))).transpose()
    }

    /// A number, exactly as its digits say.
    pub fn decimal(self, name: &str) -> Answered<Option<model::Decimal>> {
        let read = |value: &Value| {
            let text = value.to_string();
            text.parse().or_else(|_| model::Decimal::from_scientific(&text)).ok()
        };
        self.get(name)
            .map(|value| {
                read(value)
                    .filter(|_| value.is_number())
                    .ok_or_else(|| self.wrong(name, "a number of at most 28 digits"))
            })
            .transpose()
    }

    /// Yes or no.
    pub fn boolean(self, name: &str) -> Answered<Option<bool>> {
        self.get(name)
            .map(|value| value.as_bool().ok_or_else(|| self.wrong(name, "true or false")))
            .transpose()
    }

    /// `{"Value": "…"}`, or the text alone.
    pub fn wrapped(self, name: &str) -> Answered<Option<&'a str>> {
        let inner = |value: &'a Value| value.get("Value").unwrap_or(value).as_str();
        self.get(name).map(|value| inner(value).ok_or_else(|| self.wrong(name, "a named value"))).transpose()
    }

    /// A list.
    pub fn list(self, name: &str) -> Answered<&'a [Value]> {
        match self.get(name) {
            None => Ok(&[]),
            Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| self.wrong(name, "a list")),
        }
    }

    /// A label in every language that is given.
    pub fn label(self, name: &str) -> Answered<Option<Label>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let mut label = Label::default();
        for one in Members::of(value, name).list("LocalizedLabels")? {
            let one = Members::of(one, name);
            let lcid = one.integer("LanguageCode")?.and_then(|lcid| u32::try_from(lcid).ok());
            let lcid = lcid.ok_or_else(|| self.wrong(name, "labels with their LanguageCode"))?;
            label.set(lcid, one.needed("Label")?);
        }
        Ok((!label.is_empty()).then_some(label))
    }

    /// The refusal of a member.
    pub fn wrong(self, name: &str, expected: &str) -> Failure {
        bad(format!("{}: {name} must be {expected}", self.place))
    }
}

/// A name of the org's own: a publisher's prefix, `_`, and lower-case letters, digits and `_`.
pub fn custom_name(schema_name: &str) -> Answered<String> {
    let name = schema_name.to_ascii_lowercase();
    let fits = name.split_once('_').is_some_and(|(prefix, rest)| {
        (2..=8).contains(&prefix.len())
            && prefix.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
            && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    if fits && name.len() <= 50 {
        return Ok(name);
    }
    Err(bad(format!(
        "“{schema_name}” cannot name something of your own: begin with a prefix of 2 to 8 letters and digits and _, as \
         new_color, and use at most 50 letters, digits and _"
    )))
}

/// Table names in a list.
pub fn tables(members: Members<'_>, name: &str) -> Answered<Vec<TableName>> {
    let table = |value: &Value| {
        value.as_str().map(TableName::new).ok_or_else(|| members.wrong(name, "a list of logical names"))
    };
    members.list(name)?.iter().map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_the_orgs_own_have_a_prefix() {
        assert_eq!(custom_name("new_Color").unwrap(), "new_color");
        assert_eq!(custom_name("cr1a2_x_1").unwrap(), "cr1a2_x_1");
        let long = format!("new_{}", "x".repeat(60));
        for name in [
            "color",
            "n_color",
            "new_",
            "1ab_color",
            "new_größe",
            "new color",
            "new-_x",
            "toolongprefix_x",
            &long,
        ] {
            assert!(custom_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn decimals_are_read_by_their_digits() {
        let value = json!({ "a": 0.1, "b": -100_000_000_000_i64, "c": 1e10, "d": "1", "e": null });
        let members = Members::of(&value, "x");
        assert_eq!(members.decimal("a").unwrap(), Some("0.1".parse().unwrap()));
        assert_eq!(members.decimal("b").unwrap(), Some("-100000000000".parse().unwrap()));
        assert_eq!(members.decimal("c").unwrap(), Some("10000000000".parse().unwrap()));
        assert!(members.decimal("d").is_err());
        assert_eq!(members.decimal("e").unwrap(), None);
    }
}
