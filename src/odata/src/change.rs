//! Changes as requests: what the device sends.

use crate::error::ODataError;
use crate::headers::IfMatch;
use crate::http::{HttpRequest, Method};
use crate::json::{write_key, write_quoted, write_string, write_value};
use crate::names::{navigation_property, parties_property, row_path, set_path};
use model::{
    Change, Column, ColumnKind, Columns, Metadata, Party, Reference, RowId, RowVersion, Table, Value,
    Writable,
};

/// The request that makes the change: POST with the device's id, PATCH or DELETE with `If-Match`.
///
/// Columns that only the server writes are left out: they are on the device to be shown at once. So are the state and
/// status reason every new row begins with, which Dataverse does not take on create.
///
/// # Errors
/// When the table or a column is unknown, or a value does not fit its column.
pub fn write_change(change: &Change, metadata: &Metadata) -> Result<HttpRequest, ODataError> {
    let name = change.table();
    let table = metadata.table(name.as_str()).ok_or_else(|| ODataError::UnknownTable(name.to_string()))?;
    let nothing = Columns::new();
    match change {
        Change::Create { id, columns, .. } => {
            let writer = Writer { metadata, table, before: &nothing, writable: is_writable_on_create };
            Ok(HttpRequest {
                method: Method::Post,
                target: set_path(table),
                headers: headers(None, true),
                body: writer.body(Some(*id), columns)?,
            })
        }
        Change::Update { id, version, before, columns, .. } => {
            let writer = Writer { metadata, table, before, writable: is_writable_on_update };
            Ok(HttpRequest {
                method: Method::Patch,
                target: row_path(table, *id),
                headers: headers(Some(condition(*version)), true),
                body: writer.body(None, columns)?,
            })
        }
        Change::Delete { id, version, .. } => Ok(HttpRequest {
            method: Method::Delete,
            target: row_path(table, *id),
            headers: headers(Some(condition(*version)), false),
            body: Vec::new(),
        }),
    }
}

/// Without a version the row must still exist: a PATCH without condition would make a new one.
fn condition(version: Option<RowVersion>) -> IfMatch {
    version.map_or(IfMatch::Any, IfMatch::Version)
}

fn headers(condition: Option<IfMatch>, has_body: bool) -> Vec<(String, String)> {
    let mut headers = vec![
        ("accept".to_owned(), "application/json".to_owned()),
        ("odata-version".to_owned(), "4.0".to_owned()),
        ("odata-maxversion".to_owned(), "4.0".to_owned()),
    ];
    if has_body {
        headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
    }
    headers.extend(condition.map(|condition| ("if-match".to_owned(), condition.to_string())));
    headers
}

fn is_writable_on_create(table: &Table, column: &Column, value: &Value) -> bool {
    let initial = table.initial_state();
    let is_initial = match column.kind {
        ColumnKind::State => value.as_choice() == initial.map(|state| state.value),
        ColumnKind::Status => value.as_choice() == initial.map(|state| state.default_status),
        _ => false,
    };
    matches!(column.writable, Writable::Always | Writable::OnCreate) && !is_initial
}

fn is_writable_on_update(_: &Table, column: &Column, _: &Value) -> bool {
    matches!(column.writable, Writable::Always | Writable::OnUpdate)
}

struct Writer<'a> {
    metadata: &'a Metadata,
    table: &'a Table,
    before: &'a Columns,
    writable: fn(&Table, &Column, &Value) -> bool,
}

impl Writer<'_> {
    fn body(&self, id: Option<RowId>, columns: &Columns) -> Result<Vec<u8>, ODataError> {
        let mut out = vec![b'{'];
        if let Some(id) = id {
            write_key(self.table.primary_id.as_str(), "", &mut out);
            write_quoted(id, &mut out);
        }
        let mut parties: Option<Vec<&Party>> = None;
        for (name, value) in columns.iter() {
            let column = self.table.column(name.as_str()).ok_or_else(|| ODataError::UnknownProperty {
                property: name.to_string(),
                table: self.table.name.to_string(),
            })?;
            if !column.kind.accepts(value) {
                return Err(ODataError::BadValue {
                    property: name.to_string(),
                    expected: format!("a value of its own type ({:?})", column.kind)
                        .chars()
                        .take(80)
                        .collect(),
                    found: format!("{value:?}").chars().take(60).collect(),
                });
            }
            if column.name == self.table.primary_id || !(self.writable)(self.table, column, value) {
                continue;
            }
            match (&column.kind, value) {
                (ColumnKind::PartyList { .. }, value) => {
                    let list = parties.get_or_insert_default();
                    if let Value::Parties(members) = value {
                        list.extend(members);
                    }
                }
                (ColumnKind::Lookup { .. }, value) => self.write_lookup(column, value, &mut out)?,
                (_, value) => {
                    separate(&mut out);
                    write_key(column.name.as_str(), "", &mut out);
                    write_value(value, &mut out);
                }
            }
        }
        if let Some(parties) = parties {
            self.write_parties(&parties, &mut out)?;
        }
        out.push(b'}');
        Ok(out)
    }

    fn write_lookup(&self, column: &Column, value: &Value, out: &mut Vec<u8>) -> Result<(), ODataError> {
        // Clearing needs the navigation property of what was there; without knowing, any of the lookup's will do.
        let before = self.before.get(column.name.as_str()).as_reference().map(|it| &it.table);
        let target = value.as_reference().map(|it| &it.table).or(before).or(column.targets().first());
        let target = target.map_or("", |target| target.as_str());
        separate(out);
        write_key(&navigation_property(self.metadata, self.table, column, target), "@odata.bind", out);
        match value {
            Value::Reference(reference) => write_string(&self.address(reference)?, out),
            _ => out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn address(&self, reference: &Reference) -> Result<String, ODataError> {
        let table = self
            .metadata
            .table(reference.table.as_str())
            .ok_or_else(|| ODataError::UnknownTable(reference.table.to_string()))?;
        Ok(format!("/{}({})", table.set_name, reference.id))
    }

    fn write_parties(&self, parties: &[&Party], out: &mut Vec<u8>) -> Result<(), ODataError> {
        separate(out);
        write_key(&parties_property(self.table), "", out);
        out.push(b'[');
        for (index, party) in parties.iter().enumerate() {
            out.extend_from_slice(if index == 0 { b"{" } else { b",{" });
            write_key("participationtypemask", "", out);
            write_value(&Value::Choice(party.participation), out);
            if let Some(address) = &party.address {
                out.push(b',');
                write_key("addressused", "", out);
                write_string(address, out);
            }
            if let Some(reference) = &party.party {
                out.push(b',');
                write_key(&format!("partyid_{}", reference.table), "@odata.bind", out);
                write_string(&self.address(reference)?, out);
            }
            out.push(b'}');
        }
        out.push(b']');
        Ok(())
    }
}

/// A comma, unless the object has just been opened.
fn separate(out: &mut Vec<u8>) {
    if out.as_slice() != b"{" {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests;
