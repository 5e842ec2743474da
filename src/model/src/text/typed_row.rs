//! Rows by their names: lookups and party lists as text, in the notation of mail (`Name <address>; "A; B"; c@example.com`).

use super::fold::fold;
use super::problem::TypedError;
use crate::{Party, Reference, RowId, Value};

/// The name of a row; its id where it has none.
pub(super) fn write_reference(reference: &Reference) -> String {
    match reference.name.as_deref().filter(|name| !name.trim().is_empty()) {
        Some(name) => name.to_owned(),
        None => reference.id.to_string(),
    }
}

/// A party; its name in quotes where it has letters of the notation.
pub(super) fn write_party(party: &Party) -> String {
    let address = party.address.as_deref().unwrap_or_default();
    let Some(reference) = &party.party else { return quoted(address) };
    let name = quoted(&write_reference(reference));
    if address.is_empty() { name } else { format!("{name} <{address}>") }
}

fn quoted(name: &str) -> String {
    let is_plain = !name.contains([';', '"', '<', '>', '\\']) && name.trim() == name;
    if is_plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// The row a name or id means.
pub(super) fn parse_reference(text: &str, rows: &[Reference]) -> Result<Reference, TypedError> {
    let exact = |reference: &&Reference| write_reference(reference) == text;
    let wanted = fold(text);
    let alike = |reference: &&Reference| fold(&write_reference(reference)) == wanted;
    let by_id = text.trim().parse::<RowId>().ok();
    let is_id = |reference: &&Reference| by_id == Some(reference.id);
    one(rows.iter().filter(exact), text)
        .or_else(|| one(rows.iter().filter(alike), text))
        .or_else(|| one(rows.iter().filter(is_id), text))
        .unwrap_or_else(|| Err(TypedError::NoSuchRow { typed: text.trim().to_owned() }))
}

/// The only one; an error where there are several, nothing where there is none.
fn one<'a>(
    mut found: impl Iterator<Item = &'a Reference>,
    text: &str,
) -> Option<Result<Reference, TypedError>> {
    let first = found.next()?;
    let is_other = |other: &Reference| other.id != first.id || other.table != first.table;
    Some(if found.any(is_other) {
        Err(TypedError::SeveralRows { typed: text.trim().to_owned() })
    } else {
        Ok(first.clone())
    })
}

/// Several parties. What is no row's name but has an `@` is an address of nobody's.
pub(super) fn parse_parties(text: &str, participation: i32, rows: &[Reference]) -> Result<Value, TypedError> {
    let mut parties = Vec::new();
    for Member { name, address } in members(text) {
        let party = match (parse_reference(&name, rows), &address) {
            (Ok(reference), _) => Party { party: Some(reference), address, participation },
            (Err(TypedError::NoSuchRow { .. }), None) if name.contains('@') => {
                Party { party: None, address: Some(name), participation }
            }
            (Err(problem), _) => return Err(problem),
        };
        parties.push(party);
    }
    Ok(if parties.is_empty() { Value::Null } else { Value::Parties(parties) })
}

struct Member {
    name: String,
    address: Option<String>,
}

fn members(text: &str) -> Vec<Member> {
    let mut members = Vec::new();
    let (mut name, mut address) = (String::new(), None::<String>);
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut letters = text.chars();
    let mut finish = |name: &mut String, address: &mut Option<String>, was_quoted: &mut bool| {
        let text = std::mem::take(name);
        let text = if std::mem::take(was_quoted) { text } else { text.trim().to_owned() };
        let address = address.take().map(|address| address.trim().to_owned());
        if !text.is_empty() {
            members.push(Member { name: text, address });
        } else if let Some(address) = address {
            members.push(Member { name: address, address: None });
        }
    };
    while let Some(letter) = letters.next() {
        match (letter, &mut address) {
            ('\\', _) if is_quoted => name.extend(letters.next()),
            ('"', None) => {
                // Spaces around the quotes are not part of the name.
                if !is_quoted && !was_quoted {
                    name.clear();
                }
                is_quoted = !is_quoted;
                was_quoted = true;
            }
            (_, None) if is_quoted => name.push(letter),
            ('<', None) => address = Some(String::new()),
            ('>', Some(_)) => {}
            (';', _) => finish(&mut name, &mut address, &mut was_quoted),
            (_, Some(address)) => address.push(letter),
            (_, None) if was_quoted => {}
            (_, None) => name.push(letter),
        }
    }
    finish(&mut name, &mut address, &mut was_quoted);
    members
}
