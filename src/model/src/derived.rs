//! Rows that follow from others: the members of an activity's party lists, as rows of `activityparty`.
//!
//! The device and the server derive them by this one rule, so that both give a party the same id.

use crate::{ColumnKind, Columns, Party, Reference, RowId, Table, Value};

/// The base table of all activities.
pub const ACTIVITY_TABLE: &str = "activitypointer";

/// Columns of the activity that its party rows repeat.
pub const REPEATED_COLUMNS: [&str; 3] = ["scheduledstart", "scheduledend", "ownerid"];

/// The rows of `activityparty` that an activity's party lists come to, each with its `activitypartyid`.
#[must_use]
pub fn party_rows(table: &Table, activity: RowId, columns: &Columns) -> Vec<(RowId, Columns)> {
    let mut rows = Vec::new();
    for column in &table.columns {
        let ColumnKind::PartyList { .. } = column.kind else { continue };
        let Value::Parties(parties) = columns.get(column.name.as_str()) else { continue };
        for (place, party) in parties.iter().enumerate() {
            let id = party_row_id(activity, column.name.as_str(), place);
            rows.push((id, party_columns(activity, party, columns)));
        }
    }
    rows
}

fn party_columns(activity: RowId, party: &Party, columns: &Columns) -> Columns {
    let activity = Reference { table: ACTIVITY_TABLE.into(), id: activity, name: None };
    let address = party.address.as_ref().map_or(Value::Null, |address| Value::Text(address.clone()));
    let mut row = Columns::new()
        .with("activityid", Value::Reference(activity))
        .with("partyid", party.party.as_ref().map_or(Value::Null, |party| Value::Reference(party.clone())))
        .with("participationtypemask", Value::Choice(party.participation))
        .with("addressused", address);
    for name in REPEATED_COLUMNS {
        row.set(name, columns.get(name).clone());
    }
    row
}

/// The id of the party at a place of a party list: FNV-1a over all three, so that it is the same wherever it is made.
#[must_use]
pub fn party_row_id(activity: RowId, column: &str, place: usize) -> RowId {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let place = u64::try_from(place).unwrap_or(u64::MAX).to_be_bytes();
    let activity = activity.as_u128().to_be_bytes();
    let bytes = activity.iter().chain(column.as_bytes()).chain(&place);
    RowId::from_u128(bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Label, Requirement, Writable};
    use std::collections::BTreeSet;

    fn parties(name: &str, participation: i32) -> Column {
        Column {
            name: name.into(),
            kind: ColumnKind::PartyList { targets: vec!["contact".into()], participation },
            required: Requirement::None,
            writable: Writable::Always,
            custom: false,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        }
    }

    #[test]
    fn every_member_of_every_list_is_a_row_with_an_id_of_its_own() {
        let table = Table {
            columns: vec![parties("requiredattendees", 5), parties("optionalattendees", 6)],
            ..Table::default()
        };
        let member = |id: Option<u128>, participation| Party {
            party: id.map(|id| Reference { table: "contact".into(), id: RowId::from_u128(id), name: None }),
            address: id.is_none().then(|| "a@b.example".to_owned()),
            participation,
        };
        let activity = RowId::from_u128(7);
        let columns = Columns::new()
            .with("requiredattendees", Value::Parties(vec![member(Some(1), 5), member(Some(1), 5)]))
            .with("optionalattendees", Value::Parties(vec![member(None, 6)]))
            .with("scheduledend", Value::Integer(1));
        let rows = party_rows(&table, activity, &columns);
        let ids: BTreeSet<_> = rows.iter().map(|(id, _)| *id).collect();
        assert_eq!((rows.len(), ids.len()), (3, 3));
        assert_eq!(rows[2].1.get("partyid"), &Value::Null);
        assert_eq!(rows[2].1.get("addressused"), &Value::Text("a@b.example".to_owned()));
        assert_eq!(rows[0].1.get("scheduledend"), &Value::Integer(1));
        assert_eq!(rows[0].1.get("activityid").as_reference().map(|activity| activity.id), Some(activity));
        assert_eq!(rows[0].0, party_row_id(activity, "requiredattendees", 0));
    }
}
