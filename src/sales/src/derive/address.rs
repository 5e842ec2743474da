//! `address1_composite` and its siblings: an address as it is written on an envelope.

use crate::derive::full_name::truncate;
use crate::derive::{set_computed, value};
use model::{ColumnKind, Columns, Table, Value};

const SUFFIX: &str = "_composite";
const PARTS: [&str; 7] = ["line1", "line2", "line3", "city", "stateorprovince", "postalcode", "country"];

/// Composes each address of which a part is written: the street's lines, then `City, State Postal code`, then the country.
pub fn compose(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    for column in &table.columns {
        let Some(prefix) = column.name.as_str().strip_suffix(SUFFIX) else { continue };
        if !PARTS.iter().any(|part| after.has(&format!("{prefix}_{part}"))) {
            continue;
        }
        let part = |name: &str| {
            let text = value(before, after, &format!("{prefix}_{name}")).as_text().unwrap_or_default();
            text.trim().to_owned()
        };
        let [street @ .., city, state, postal_code, country] = PARTS.map(part);
        let region = join(&[state, postal_code], " ");
        let place = join(&[city, region], ", ");
        let lines: Vec<String> = street.into_iter().chain([place, country]).collect();
        let mut composed = join(&lines, "\r\n");
        if let ColumnKind::Memo { max_length, .. } | ColumnKind::Text { max_length, .. } = column.kind {
            truncate(&mut composed, max_length);
        }
        let composed = if composed.is_empty() { Value::Null } else { Value::Text(composed) };
        set_computed(table, before, after, column.name.as_str(), composed);
    }
}

fn join(parts: &[String], separator: &str) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}
