//! `<filter>` and `<condition>`.

use super::attributes::{bad, check, given, required, yes_no};
use super::{Reader, only};
use crate::QueryError;
use crate::plan::{Condition, Filter};
use model::ColumnName;
use model::xml::Element;

/// The filters directly inside an entity or link; several of them all hold.
pub(super) fn read_filters(reader: &mut Reader, element: &Element) -> Result<Option<Filter>, QueryError> {
    let mut filters = Vec::new();
    for filter in element.all("filter") {
        filters.extend(read_filter(reader, filter)?);
    }
    Ok(match filters.len() {
        0 | 1 => filters.pop(),
        _ => Some(Filter::And(filters)),
    })
}

/// A filter, or nothing where it is empty.
fn read_filter(reader: &mut Reader, element: &Element) -> Result<Option<Filter>, QueryError> {
    check(element)?;
    only(element, "condition, filter, link-entity")?;
    let is_or = match given(element, "type") {
        None | Some("and") => false,
        Some("or") => true,
        Some(_) => return Err(bad(element, "type", "and or or")),
    };
    let mut parts = Vec::new();
    for child in &element.children {
        match child.name.as_ref() {
            "condition" => parts.push(Filter::Condition(read_condition(child)?)),
            "filter" => parts.extend(read_filter(reader, child)?),
            _ => {
                let link = reader.link(child, 0)?;
                if link.kind.has_rows() {
                    return Err(bad(
                        child,
                        "link-type",
                        "any, not any, all, not all, exists or in inside <filter>",
                    ));
                }
                parts.push(Filter::Linked(Box::new(link)));
            }
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let filter = if is_or { Filter::Or(parts) } else { Filter::And(parts) };
    Ok(Some(if yes_no(element, "isquickfindfields", false)? {
        Filter::QuickFind { fields: Box::new(filter), search: None }
    } else {
        filter
    }))
}

fn read_condition(element: &Element) -> Result<Condition, QueryError> {
    check(element)?;
    only(element, "value")?;
    let mut values: Vec<_> = element.attribute("value").map(str::to_owned).into_iter().collect();
    values.extend(element.children.iter().map(|value| value.text.to_string()));
    let value_of = given(element, "valueof").map(ColumnName::new);
    if value_of.is_some() && !values.is_empty() {
        return Err(QueryError::Excluded {
            first: "valueof of <condition>".to_owned(),
            second: "a value".to_owned(),
        });
    }
    Ok(Condition {
        link: given(element, "entityname").map(str::to_owned),
        column: ColumnName::new(required(element, "attribute")?),
        operator: required(element, "operator")?.to_owned(),
        values,
        value_of,
    })
}
