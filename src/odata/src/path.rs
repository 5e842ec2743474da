//! Resource paths: what an address points to.

use crate::error::ODataError;
use crate::names::SERVICE_PATH;
use crate::percent::decode_percent;
use model::{Metadata, RowId, TableName};

/// What a path below the service root points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The service document.
    Service,
    /// `$metadata`
    Metadata,
    /// `$batch`
    Batch,
    /// `accounts`
    Set {
        /// The table of the set.
        table: TableName,
    },
    /// `accounts/$count`
    Count {
        /// The table of the set.
        table: TableName,
    },
    /// `accounts(…)`
    Row {
        /// The table of the set.
        table: TableName,
        /// Which row.
        key: Key,
    },
    /// `accounts(…)/name`, `accounts(…)/primarycontactid/$ref`, `accounts/Microsoft.Dynamics.CRM.X`: what follows a row or set.
    Below {
        /// The table of the set.
        table: TableName,
        /// Which row; none behind a set.
        key: Option<Key>,
        /// The segments behind it, decoded.
        segments: Vec<String>,
    },
    /// `WhoAmI`, `WinOpportunity`, `RetrieveCurrentOrganization(AccessType='Default')`: an unbound operation or a definition set.
    Operation {
        /// The name, without namespace.
        name: String,
        /// What stands in its parentheses.
        arguments: Option<String>,
        /// The segments behind it, decoded.
        segments: Vec<String>,
    },
    /// `$1`: the row made by an earlier part of the change set, and what follows it.
    Reference {
        /// The Content-ID.
        content_id: String,
        /// The segments behind it, decoded.
        segments: Vec<String>,
    },
}

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// By primary key.
    Id(RowId),
    /// By alternate key: column and value.
    Alternate(Vec<(String, KeyValue)>),
}

/// A value of an alternate key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValue {
    /// `'A1'`
    Text(String),
    /// A number, guid or date as it was written.
    Bare(String),
}

/// Reads a path, with or without a query; everything up to and including `/api/data/v9.2/` is optional.
///
/// # Errors
/// When the path is broken. A first segment that is no set is an `Operation`.
pub fn parse_path(path: &str, metadata: &Metadata) -> Result<Resource, ODataError> {
    let unknown = || ODataError::UnknownTable(path.chars().take(200).collect());
    let path_only = path.split(['?', '#']).next().unwrap_or_default();
    let below = match path_only.find(SERVICE_PATH) {
        Some(start) => path_only.get(start + SERVICE_PATH.len()..).unwrap_or_default(),
        None => path_only,
    };
    let mut segments = split_segments(below)
        .into_iter()
        .map(|segment| decode_percent(segment).map(std::borrow::Cow::into_owned).ok_or_else(unknown));
    let Some(first) = segments.next().transpose()? else { return Ok(Resource::Service) };
    let segments: Vec<String> = segments.collect::<Result<_, _>>()?;
    match first.as_str() {
        "$metadata" => return Ok(Resource::Metadata),
        "$batch" => return Ok(Resource::Batch),
        _ => {}
    }
    if let Some(content_id) = first.strip_prefix('$') {
        return Ok(Resource::Reference { content_id: content_id.to_owned(), segments });
    }
    let (name, arguments) = match first.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(unknown)?)),
        None => (first.as_str(), None),
    };
    let Some(table) = metadata.table_of_set(name) else {
        let name = name.rsplit('.').next().unwrap_or(name).to_owned();
        return Ok(Resource::Operation { name, arguments: arguments.map(str::to_owned), segments });
    };
    let table = table.name.clone();
    let key = arguments.map(|arguments| parse_key(arguments).ok_or_else(unknown)).transpose()?;
    Ok(match (key, segments.as_slice()) {
        (None, []) => Resource::Set { table },
        (None, [count]) if count == "$count" => Resource::Count { table },
        (Some(key), []) => Resource::Row { table, key },
        (key, _) => Resource::Below { table, key, segments },
    })
}

/// Splits at slashes outside of quotes; empty segments are left out.
fn split_segments(path: &str) -> Vec<&str> {
    let mut quoted = false;
    path.split(|character| {
        quoted ^= character == '\'';
        character == '/' && !quoted
    })
    .filter(|segment| !segment.is_empty())
    .collect()
}

fn parse_key(text: &str) -> Option<Key> {
    if let Ok(id) = text.parse() {
        return Some(Key::Id(id));
    }
    let mut parts = Vec::new();
    let mut quoted = false;
    let pieces = text.split(|character| {
        quoted ^= character == '\'';
        character == ',' && !quoted
    });
    for piece in pieces {
        let (name, value) = piece.split_once('=')?;
        let value = match value.trim().strip_prefix('\'') {
            Some(quoted) => KeyValue::Text(quoted.strip_suffix('\'')?.replace("''", "'")),
            None => KeyValue::Bare(value.trim().to_owned()),
        };
        if name.trim().is_empty() {
            return None;
        }
        parts.push((name.trim().to_owned(), value));
    }
    match parts.as_slice() {
        // `accounts(accountid=…)` is the primary key in full.
        [(name, KeyValue::Bare(value))] if name.ends_with("id") => {
            Some(value.parse().map(Key::Id).unwrap_or(Key::Alternate(parts)))
        }
        _ => Some(Key::Alternate(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

    #[test]
    fn paths_say_what_they_point_to() {
        let metadata = solution::metadata().unwrap();
        let id = Key::Id(ID.parse().unwrap());
        let table = || TableName::new("account");
        let row = Resource::Row { table: table(), key: id.clone() };
        let below = |segments: &[&str]| Resource::Below {
            table: table(),
            key: Some(id.clone()),
            segments: segments.iter().map(|segment| (*segment).to_owned()).collect(),
        };
        let alternate = |value| Resource::Row {
            table: table(),
            key: Key::Alternate(vec![("accountnumber".to_owned(), value)]),
        };
        for (path, resource) in [
            (String::new(), Resource::Service),
            ("/api/data/v9.2/".to_owned(), Resource::Service),
            ("$metadata".to_owned(), Resource::Metadata),
            ("/api/data/v9.2/$batch".to_owned(), Resource::Batch),
            ("/accounts?$select=name".to_owned(), Resource::Set { table: table() }),
            ("/api/data/v9.2/accounts/$count".to_owned(), Resource::Count { table: table() }),
            (format!("accounts({ID})"), row.clone()),
            (format!("/accounts({ID})"), row.clone()),
            (format!("https://org.crm4.dynamics.com/api/data/v9.2/accounts({ID})"), row.clone()),
            (format!("accounts(accountid={ID})"), row),
            (format!("accounts({ID})/name"), below(&["name"])),
            (format!("accounts({ID})/primarycontactid/$ref"), below(&["primarycontactid", "$ref"])),
            (
                "accounts(accountnumber='A/1,%27%27b''')".to_owned(),
                alternate(KeyValue::Text("A/1,'b'".to_owned())),
            ),
            ("accounts(accountnumber=12)".to_owned(), alternate(KeyValue::Bare("12".to_owned()))),
            (
                "WhoAmI()".to_owned(),
                Resource::Operation {
                    name: "WhoAmI".to_owned(),
                    arguments: Some(String::new()),
                    segments: Vec::new(),
                },
            ),
            (
                "$1/name".to_owned(),
                Resource::Reference { content_id: "1".to_owned(), segments: vec!["name".to_owned()] },
            ),
        ] {
            assert_eq!(parse_path(&path, &metadata), Ok(resource), "{path}");
        }
        for path in
            ["accounts(", "accounts()", "accounts(17)", "accounts(%zz)", "accounts(a='x)", "accounts(=1)"]
        {
            assert!(parse_path(path, &metadata).is_err(), "{path}");
        }
    }
}
