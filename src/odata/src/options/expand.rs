//! `$expand`: related rows inside each row.

use crate::error::{ODataError, limits};
use crate::names::{find_navigation, parties_property};
use crate::options::navigation::{find_columns, find_step, unknown};
use crate::options::{Expand, Request, bad, read_options};
use model::{ColumnName, Table};

/// The items of `$expand`, and the party lists it asks for, which are columns of the row itself.
pub fn read_expands(
    table: &Table,
    text: &str,
    request: &mut Request<'_>,
    depth: usize,
) -> Result<(Vec<Expand>, Vec<ColumnName>), ODataError> {
    if depth >= limits::EXPAND_DEPTH {
        return Err(ODataError::TooMuch { what: "the nesting of $expand", limit: limits::EXPAND_DEPTH });
    }
    let mut expands = Vec::new();
    let mut parties = Vec::new();
    for item in split_outside(text, ',')? {
        request.expands += 1;
        if request.expands > limits::EXPANDS {
            return Err(ODataError::TooMuch { what: "the number of $expand items", limit: limits::EXPANDS });
        }
        let (property, options) = match item.split_once('(') {
            None => (item, ""),
            Some((property, rest)) => {
                let options = rest.strip_suffix(')');
                (property.trim(), options.ok_or_else(|| bad("$expand", text.len(), "')' is expected"))?)
            }
        };
        if property == parties_property(table) {
            parties = find_columns(table, property)?;
        } else {
            expands.push(read_expand(table, property, options, request, depth)?);
        }
    }
    Ok((expands, parties))
}

fn read_expand(
    table: &Table,
    property: &str,
    options: &str,
    request: &mut Request<'_>,
    depth: usize,
) -> Result<Expand, ODataError> {
    let metadata = request.metadata;
    let (related, from, to, many) = if find_navigation(metadata, table, property).is_some() {
        let step = find_step(metadata, table, property)?;
        (step.table, step.table.primary_id.clone(), step.lookup.name.clone(), false)
    } else {
        let relationship = table.relationships.iter().find(|relationship| relationship.name == property);
        let relationship = relationship.ok_or_else(|| unknown(table, property))?;
        let child = metadata
            .table(relationship.child.as_str())
            .ok_or_else(|| ODataError::UnknownTable(relationship.child.to_string()))?;
        (child, relationship.column.clone(), table.primary_id.clone(), true)
    };
    let mut pairs = Vec::new();
    for option in split_outside(options, ';')? {
        let (name, value) = option.split_once('=').ok_or_else(|| {
            bad(
                "$expand",
                0,
                format!("options of {property} such as $select=name are expected in parentheses"),
            )
        })?;
        let allowed = ["$select", "$filter", "$orderby", "$top", "$expand", "$count"];
        if !allowed.contains(&name.trim()) {
            let shown: String = name.chars().take(60).collect();
            return Err(ODataError::Unsupported(format!("{shown} inside $expand")));
        }
        pairs.push((name.trim().to_owned(), value.to_owned()));
    }
    Ok(Expand {
        property: property.to_owned(),
        table: related.name.clone(),
        many,
        from,
        to,
        options: read_options(related, &pairs, request, depth + 1)?,
    })
}

/// Splits at a separator outside of quotes and parentheses; empty pieces are left out.
fn split_outside(text: &str, separator: char) -> Result<Vec<&str>, ODataError> {
    let mut pieces = Vec::new();
    let (mut start, mut open, mut is_quoted) = (0, 0_usize, false);
    for (position, character) in text.char_indices() {
        match character {
            '\'' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => open += 1,
            ')' => {
                open = open.checked_sub(1).ok_or_else(|| bad("$expand", position, "')' without '('"))?;
            }
            _ if character == separator && open == 0 => {
                pieces.push(text.get(start..position).unwrap_or_default());
                start = position + character.len_utf8();
            }
            _ => {}
        }
    }
    if open > 0 || is_quoted {
        return Err(bad("$expand", text.chars().count(), "')' or ' is expected before the end"));
    }
    pieces.push(text.get(start..).unwrap_or_default());
    Ok(pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect())
}
