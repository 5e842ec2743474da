//! Bodies of POST and PATCH: what a client wants a row to hold.

use crate::error::ODataError;
use crate::json::{Members, read_members};
use crate::names::{find_navigation, navigation_property, parties_property, property_name};
use crate::path::{Key, Resource, parse_path};
use crate::read::shape::WireKind;
use crate::read::value::{found, id, read_value, string};
use model::{
    Column, ColumnKind, ColumnName, Columns, Metadata, Party, Reference, RowId, Table, TableName, Value,
};
use std::collections::BTreeMap;

/// What a body holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The primary key, when the client chose it.
    pub id: Option<RowId>,
    /// The columns, without the primary key.
    pub columns: Columns,
}

/// Rows made earlier in the same change set, by Content-ID (`1` for `$1`).
pub type References = BTreeMap<String, (TableName, RowId)>;

/// What a body is read against.
#[derive(Clone, Copy, Debug)]
pub struct BodyContext<'a> {
    /// The table written to.
    pub table: &'a Table,
    /// Every table.
    pub metadata: &'a Metadata,
    /// What `$1` means.
    pub references: &'a References,
}

const BIND: &str = "@odata.bind";

/// Reads a body that refers to no other part of a change set.
///
/// # Errors
/// Names the property that is unknown or does not fit, and what would fit.
pub fn read_body(json: &[u8], table: &Table, metadata: &Metadata) -> Result<Body, ODataError> {
    read_body_in(json, &BodyContext { table, metadata, references: &References::new() })
}

/// Reads a body. What the service computes itself (annotations sent along) is passed over, as Dataverse does.
///
/// # Errors
/// Names the property that is unknown or does not fit, and what would fit.
pub fn read_body_in(json: &[u8], context: &BodyContext<'_>) -> Result<Body, ODataError> {
    let text = std::str::from_utf8(json).map_err(|error| ODataError::Json { reason: error.to_string() })?;
    let Members(members) = read_members(text)?;
    let mut body = Body::default();
    for (name, raw) in members {
        context.read_member(&name, raw.get(), &mut body)?;
    }
    Ok(body)
}

impl BodyContext<'_> {
    fn read_member(&self, name: &str, raw: &str, body: &mut Body) -> Result<(), ODataError> {
        if let Some(navigation) = name.strip_suffix(BIND) {
            return self.read_bind(navigation, raw, &mut body.columns);
        }
        if name.contains('@') {
            return Ok(());
        }
        if name == self.table.primary_id.as_str() {
            let chosen = id(raw).ok_or_else(|| bad(name, "a guid", raw))?;
            if body.id.replace(chosen).is_some() {
                return Err(twice(name));
            }
            return Ok(());
        }
        if name == parties_property(self.table) && self.party_columns().next().is_some() {
            return self.read_party_lists(name, raw, &mut body.columns);
        }
        if let Some(column) = self.table.column(name)
            && let Some(kind) = WireKind::of(&column.kind)
        {
            let value = read_value(raw, kind).map_err(|_| bad(name, kind.expected(), raw))?.into_value();
            return set(&mut body.columns, &column.name, value);
        }
        self.read_other(name, raw, body)
    }

    /// What is no plain column: a lookup set to null without a bind, or something to refuse.
    fn read_other(&self, name: &str, raw: &str, body: &mut Body) -> Result<(), ODataError> {
        if let Some((column, _)) = self.navigation(name) {
            if raw == "null" {
                return set_lookup(&mut body.columns, &column.name, Value::Null);
            }
            if raw.starts_with('{') {
                return Err(ODataError::Unsupported(format!("creating a row inside '{name}'")));
            }
            return Err(bad(name, &format!("a reference written as '{name}{BIND}'"), raw));
        }
        if let Some(column) = self.table.columns.iter().find(|it| property_name(self.table, it) == name) {
            let navigation = column.targets().first().map_or_else(String::new, |target| {
                navigation_property(self.metadata, self.table, column, target.as_str())
            });
            return Err(bad(name, &format!("nothing: it is read-only, write '{navigation}{BIND}'"), raw));
        }
        if self.table.relationships.iter().any(|relationship| relationship.name == name) {
            return Err(ODataError::Unsupported(format!("creating rows inside '{name}'")));
        }
        Err(self.unknown(name))
    }

    fn unknown(&self, name: &str) -> ODataError {
        ODataError::UnknownProperty { property: shorten(name), table: self.table.name.to_string() }
    }

    fn party_columns(&self) -> impl Iterator<Item = &Column> {
        self.table.columns.iter().filter(|column| matches!(column.kind, ColumnKind::PartyList { .. }))
    }

    fn navigation(&self, name: &str) -> Option<(&Column, Option<&TableName>)> {
        find_navigation(self.metadata, self.table, name)
    }

    fn read_bind(&self, navigation: &str, raw: &str, columns: &mut Columns) -> Result<(), ODataError> {
        let property = format!("{navigation}{BIND}");
        let Some((column, target)) = self.navigation(navigation) else {
            if self.table.relationships.iter().any(|it| it.name == navigation) {
                return Err(ODataError::Unsupported(format!("binding rows to '{}'", shorten(navigation))));
            }
            return Err(self.unknown(navigation));
        };
        if raw == "null" {
            return set_lookup(columns, &column.name, Value::Null);
        }
        let (table, id) = self.read_reference(&property, raw)?;
        let is_allowed = target.map_or_else(|| column.targets().contains(&table), |target| *target == table);
        if !is_allowed {
            let allowed: Vec<&str> = match target {
                Some(target) => vec![target.as_str()],
                None => column.targets().iter().map(TableName::as_str).collect(),
            };
            return Err(bad(&property, &format!("a row of {}", allowed.join(" or ")), raw));
        }
        set_lookup(columns, &column.name, Value::Reference(Reference { table, id, name: None }))
    }

    /// The row in `"/accounts(…)"`, `"accounts(…)"`, `"https://host/api/data/v9.2/accounts(…)"` or `"$1"`.
    fn read_reference(&self, property: &str, raw: &str) -> Result<(TableName, RowId), ODataError> {
        let expected = "an address such as \"/accounts(guid)\" or \"$1\", or null";
        let text = string(raw).ok_or_else(|| bad(property, expected, raw))?;
        match parse_path(&text, self.metadata) {
            Ok(Resource::Row { table, key: Key::Id(id) }) => Ok((table, id)),
            Ok(Resource::Row { .. }) => {
                Err(ODataError::Unsupported(format!("an alternate key in '{property}'")))
            }
            Ok(Resource::Reference { content_id, segments }) if segments.is_empty() => {
                self.references.get(&content_id).cloned().ok_or_else(|| {
                    bad(property, "the Content-ID of an earlier part of the change set that made a row", raw)
                })
            }
            _ => Err(bad(property, expected, raw)),
        }
    }

    /// The whole set: lists without a member are emptied.
    fn read_party_lists(&self, name: &str, raw: &str, columns: &mut Columns) -> Result<(), ODataError> {
        let expected = "a list of parties with \"participationtypemask\" and \"partyid_<table>@odata.bind\"";
        let parties: Vec<Members<'_>> = match raw {
            "null" => Vec::new(),
            _ => serde_json::from_str(raw).map_err(|_| bad(name, expected, raw))?,
        };
        let mut lists: BTreeMap<ColumnName, Vec<Party>> =
            self.party_columns().map(|column| (column.name.clone(), Vec::new())).collect();
        for Members(members) in parties {
            let (column, party) = self.read_party(name, members)?;
            lists.entry(column).or_default().push(party);
        }
        for (column, parties) in lists {
            let value = if parties.is_empty() { Value::Null } else { Value::Parties(parties) };
            set(columns, &column, value)?;
        }
        Ok(())
    }

    fn read_party(
        &self,
        list: &str,
        members: Vec<(String, &serde_json::value::RawValue)>,
    ) -> Result<(ColumnName, Party), ODataError> {
        let mut party = Party { party: None, address: None, participation: 0 };
        for (name, raw) in members {
            let raw = raw.get();
            match name.as_str() {
                "participationtypemask" => {
                    party.participation =
                        raw.parse().map_err(|_| bad(&name, "the number of a participation", raw))?;
                }
                "addressused" if raw == "null" => {}
                "addressused" => {
                    let text = string(raw).ok_or_else(|| bad(&name, "a string or null", raw))?;
                    party.address = Some(text.into_owned());
                }
                _ => {
                    let target = name.strip_suffix(BIND).and_then(|it| it.strip_prefix("partyid"));
                    if let Some(target) = target {
                        let (table, id) = self.read_reference(&name, raw)?;
                        if !target.is_empty() && target.strip_prefix('_') != Some(table.as_str()) {
                            return Err(bad(&name, "a row of the table the property names", raw));
                        }
                        party.party = Some(Reference { table, id, name: None });
                    } else if !name.contains('@') {
                        let table = "activityparty".to_owned();
                        return Err(ODataError::UnknownProperty { property: shorten(&name), table });
                    }
                }
            }
        }
        let number = party.participation.to_string();
        let column = self
            .party_columns()
            .find(|column| {
                matches!(column.kind, ColumnKind::PartyList { participation, .. } if participation == party.participation)
            })
            .ok_or_else(|| bad(list, "parties whose participationtypemask the table has a list for", &number))?;
        if let Some(reference) = &party.party
            && !column.targets().contains(&reference.table)
        {
            let targets: Vec<&str> = column.targets().iter().map(TableName::as_str).collect();
            return Err(bad(
                list,
                &format!("parties that are rows of {}", targets.join(", ")),
                reference.table.as_str(),
            ));
        }
        Ok((column.name.clone(), party))
    }
}

fn set(columns: &mut Columns, column: &ColumnName, value: Value) -> Result<(), ODataError> {
    if columns.has(column.as_str()) {
        return Err(twice(column.as_str()));
    }
    columns.set(column.clone(), value);
    Ok(())
}

/// Clients that move a customer from an account to a contact clear one property and bind the other: the bind counts.
fn set_lookup(columns: &mut Columns, column: &ColumnName, value: Value) -> Result<(), ODataError> {
    if !columns.get(column.as_str()).is_null() {
        return if value.is_null() { Ok(()) } else { Err(twice(column.as_str())) };
    }
    columns.set(column.clone(), value);
    Ok(())
}

fn bad(property: &str, expected: &str, raw: &str) -> ODataError {
    ODataError::BadValue { property: shorten(property), expected: expected.to_owned(), found: found(raw) }
}

fn twice(property: &str) -> ODataError {
    bad(property, "one value", "a second one")
}

fn shorten(name: &str) -> String {
    name.chars().take(100).collect()
}

#[cfg(test)]
mod tests;
