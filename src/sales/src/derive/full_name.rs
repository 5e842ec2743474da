//! `fullname` of people: first name, middle name, last name.

use crate::derive::{set_computed, value};
use model::{ColumnKind, Columns, Table, Value};

const PARTS: [&str; 3] = ["firstname", "middlename", "lastname"];

/// Composes the full name when one of its parts is written.
pub fn compose(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    let Some(column) = table.column("fullname") else { return };
    if !PARTS.iter().any(|part| after.has(part)) {
        return;
    }
    let parts: Vec<&str> = PARTS
        .iter()
        .filter_map(|part| value(before, after, part).as_text())
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut name = parts.join(" ");
    if let ColumnKind::Text { max_length, .. } = column.kind {
        truncate(&mut name, max_length);
    }
    let name = if name.is_empty() { Value::Null } else { Value::Text(name) };
    set_computed(table, before, after, "fullname", name);
}

/// Shortens to at most so many UTF-16 units, between characters.
pub fn truncate(text: &mut String, max_units: u32) {
    let mut units = 0;
    let end = text.char_indices().find_map(|(position, character)| {
        units += character.len_utf16();
        (units > max_units as usize).then_some(position)
    });
    if let Some(end) = end {
        text.truncate(end);
    }
}
