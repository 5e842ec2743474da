//! Attributes of FetchXML elements: which there are, and how their values are read.

use crate::QueryError;
use model::xml::{Element, flag};

/// What each element may have. Behind `;` those that only tools and hints use; they are read over.
const ATTRIBUTES: [(&str, &str); 9] = [
    (
        "fetch",
        "version mapping top count page paging-cookie distinct aggregate returntotalrecordcount datasource; \
         no-lock utc-offset output-format min-active-row-version latematerialize aggregatelimit options \
         useraworderby savedqueryid",
    ),
    ("entity", "name; enableprefiltering prefilterparametername"),
    ("all-attributes", ""),
    ("no-attrs", ""),
    (
        "attribute",
        "name alias aggregate groupby dategrouping usertimezone distinct rowaggregate; build addedby descending",
    ),
    (
        "link-entity",
        "name from to alias link-type; intersect visible enableprefiltering prefilterparametername",
    ),
    (
        "filter",
        "type isquickfindfields; overridequickfindrecordlimitenabled overridequickfindrecordlimitdisabled hint \
         addedby",
    ),
    ("condition", "attribute operator value entityname valueof; uiname uitype uihidden"),
    ("order", "attribute alias descending entityname"),
];

/// Refuses attributes that the element does not have.
pub(super) fn check(element: &Element) -> Result<(), QueryError> {
    let found = ATTRIBUTES.iter().find(|(name, _)| *name == element.name);
    let Some((_, allowed)) = found else { return Ok(()) };
    for (attribute, _) in &element.attributes {
        let is_known = allowed.split([' ', ';']).any(|name| name == attribute);
        if !is_known && !attribute.starts_with("xmlns") {
            let shown = allowed.split(';').next().unwrap_or_default().trim();
            let shown = if shown.is_empty() { "none".to_owned() } else { shown.replace(' ', ", ") };
            return Err(QueryError::UnknownAttribute {
                element: element.name.to_string(),
                attribute: attribute.to_string(),
                allowed: shown,
            });
        }
    }
    Ok(())
}

/// An attribute that must be there and not empty.
pub(super) fn required<'a>(element: &'a Element, name: &'static str) -> Result<&'a str, QueryError> {
    given(element, name)
        .ok_or_else(|| QueryError::MissingAttribute { element: element.name.to_string(), attribute: name })
}

/// An attribute that is there and not empty.
pub(super) fn given<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attribute(name).map(str::trim).filter(|text| !text.is_empty())
}

/// A yes/no attribute.
pub(super) fn yes_no(element: &Element, name: &str, default: bool) -> Result<bool, QueryError> {
    match given(element, name) {
        None => Ok(default),
        Some(text) => flag(text).ok_or_else(|| bad(element, name, "true or false")),
    }
}

/// A whole number within bounds.
pub(super) fn number(element: &Element, name: &str, range: (u32, u32)) -> Result<Option<u32>, QueryError> {
    let Some(text) = given(element, name) else { return Ok(None) };
    match text.parse() {
        Ok(number) if number >= range.0 && number <= range.1 => Ok(Some(number)),
        _ => Err(bad(element, name, &format!("a whole number from {} to {}", range.0, range.1))),
    }
}

/// The error of an attribute whose value means nothing.
pub(super) fn bad(element: &Element, name: &str, expected: &str) -> QueryError {
    QueryError::BadAttribute {
        element: element.name.to_string(),
        attribute: name.to_owned(),
        value: element.attribute(name).unwrap_or_default().to_owned(),
        expected: expected.to_owned(),
    }
}
