//! Activity parties as they stand in a row.

use crate::read::value::found;
use model::{ColumnKind, Party, Reference, RowId, Table, Value, ValueRef};
use serde::Deserialize;

#[derive(Deserialize)]
struct WireParty {
    #[serde(default)]
    participationtypemask: i32,
    #[serde(default)]
    addressused: Option<String>,
    #[serde(default, rename = "_partyid_value")]
    party: Option<RowId>,
    #[serde(default, rename = "_partyid_value@Microsoft.Dynamics.CRM.lookuplogicalname")]
    table: Option<String>,
    #[serde(default, rename = "_partyid_value@OData.Community.Display.V1.FormattedValue")]
    name: Option<String>,
}

/// The party lists of a row: every party list column of the table with its members, or with no value.
///
/// Parties of a kind that no column holds (the owner, what the activity is about) are not ours to keep.
pub fn read_parties(raw: &str, table: &Table) -> Result<Vec<(usize, ValueRef<'static>)>, String> {
    let wire: Option<Vec<WireParty>> = serde_json::from_str(raw)
        .map_err(|_| format!("it expects a list of parties, but got {}", found(raw)))?;
    let mut lists = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let ColumnKind::PartyList { participation, .. } = column.kind else { continue };
        let mut members = Vec::new();
        for party in wire.iter().flatten().filter(|party| party.participationtypemask == participation) {
            let reference = match (party.party, &party.table) {
                (None, _) => None,
                (Some(id), Some(table)) => {
                    Some(Reference { table: table.as_str().into(), id, name: party.name.clone() })
                }
                (Some(id), None) => {
                    return Err(format!("the annotation with the table of the party {id} is missing"));
                }
            };
            members.push(Party { party: reference, address: party.addressused.clone(), participation });
        }
        let value = if members.is_empty() { Value::Null } else { Value::Parties(members) };
        lists.push((index, ValueRef::Other(value)));
    }
    Ok(lists)
}
