use super::*;
use crate::body::read_body;
use crate::path::{Key, Resource, parse_path};
use crate::testing::{Numbers, metadata};

/// What a service is told of the columns: without names of references, without an empty list's emptiness.
fn as_told(columns: &Columns) -> Columns {
    columns
        .iter()
        .map(|(name, value)| {
            let value = match value.clone() {
                Value::Reference(reference) => Value::Reference(Reference { name: None, ..reference }),
                Value::Parties(parties) if parties.is_empty() => Value::Null,
                Value::Parties(parties) => Value::Parties(
                    parties
                        .into_iter()
                        .map(|party| Party {
                            party: party.party.map(|reference| Reference { name: None, ..reference }),
                            ..party
                        })
                        .collect(),
                ),
                value => value,
            };
            (name.clone(), value)
        })
        .collect()
}

#[test]
fn every_change_arrives_as_it_was_meant() {
    let metadata = metadata();
    let mut numbers = Numbers::new(2);
    for table in &metadata.tables {
        for _ in 0..30 {
            let row = numbers.row(table);
            let writable = |on_create: bool| -> Columns {
                let is_sent = |column: &Column| match column.writable {
                    Writable::Always => true,
                    Writable::OnCreate => on_create,
                    Writable::OnUpdate => !on_create,
                    Writable::Never => false,
                };
                let sent =
                    row.columns.iter().filter(|(name, _)| is_sent(table.column(name.as_str()).unwrap()));
                as_told(&sent.map(|(name, value)| (name.clone(), value.clone())).collect())
            };
            let (name, id) = (table.name.clone(), row.id);
            let create = Change::Create { table: name.clone(), id, columns: row.columns.clone() };
            let request = write_change(&create, &metadata).unwrap();
            let mut body = read_body(&request.body, table, &metadata).unwrap();
            assert_eq!(body.id, Some(id));
            for column in ["statecode", "statuscode"] {
                // The state every new row begins with is not sent.
                if table.column(column).is_some() && !body.columns.has(column) {
                    body.columns.set(column, row.columns.get(column).clone());
                }
            }
            assert_eq!(body.columns, writable(true), "{}", String::from_utf8_lossy(&request.body));

            let before = Columns::new();
            let update =
                Change::Update { table: name, id, version: None, before, columns: row.columns.clone() };
            let request = write_change(&update, &metadata).unwrap();
            let body = read_body(&request.body, table, &metadata).unwrap();
            assert_eq!((body.id, &body.columns), (None, &writable(false)));
        }
    }
}

#[test]
fn addresses_and_conditions_never_make_a_row_by_accident() {
    let metadata = metadata();
    let id = RowId::from_u128(1);
    let table = model::TableName::new("opportunity");
    let update = |version| Change::Update {
        table: table.clone(),
        id,
        version,
        before: Columns::new(),
        columns: Columns::new().with("name", Value::Text("x".to_owned())),
    };
    let delete = |version| Change::Delete { table: table.clone(), id, version };
    let create = Change::Create { table: table.clone(), id, columns: Columns::new() };
    for (change, method, condition) in [
        (create, Method::Post, None),
        (update(Some(RowVersion(5))), Method::Patch, Some("W/\"5\"")),
        (update(None), Method::Patch, Some("*")),
        (delete(Some(RowVersion(5))), Method::Delete, Some("W/\"5\"")),
        (delete(None), Method::Delete, Some("*")),
    ] {
        let request = write_change(&change, &metadata).unwrap();
        assert_eq!(request.method, method);
        let header = request.headers.iter().find(|(name, _)| name == "if-match");
        assert_eq!(header.map(|(_, value)| value.as_str()), condition, "{change:?}");
        let expected = match method {
            Method::Post => Resource::Set { table: table.clone() },
            _ => Resource::Row { table: table.clone(), key: Key::Id(id) },
        };
        assert_eq!(parse_path(&request.target, &metadata), Ok(expected), "{}", request.target);
    }
}

#[test]
fn a_cleared_lookup_is_cleared_by_the_property_it_had() {
    let metadata = metadata();
    let contact = Reference { table: "contact".into(), id: RowId::from_u128(2), name: None };
    let change = |before: Columns| Change::Update {
        table: "opportunity".into(),
        id: RowId::from_u128(1),
        version: None,
        before,
        columns: Columns::new().with("customerid", Value::Null),
    };
    let body = |before| String::from_utf8(write_change(&change(before), &metadata).unwrap().body).unwrap();
    let before = Columns::new().with("customerid", Value::Reference(contact));
    assert_eq!(body(before), r#"{"customerid_contact@odata.bind":null}"#);
    assert_eq!(body(Columns::new()), r#"{"customerid_account@odata.bind":null}"#);
}

#[test]
fn the_state_every_new_row_begins_with_is_not_sent() {
    let metadata = metadata();
    let body = |state, status| {
        let columns =
            Columns::new().with("statecode", Value::Choice(state)).with("statuscode", Value::Choice(status));
        let create = Change::Create { table: "appointment".into(), id: RowId::from_u128(1), columns };
        String::from_utf8(write_change(&create, &metadata).unwrap().body).unwrap()
    };
    assert!(!body(3, 5).contains("code"));
    assert!(body(3, 6).contains(r#""statuscode":6"#));
    assert!(body(0, 1).contains(r#""statecode":0,"statuscode":1"#));
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let metadata = metadata();
    let create = |table: &str, column: &str, value| {
        let columns = Columns::new().with(column, value);
        write_change(&Change::Create { table: table.into(), id: RowId::from_u128(1), columns }, &metadata)
    };
    assert!(matches!(create("shoe", "name", Value::Null), Err(ODataError::UnknownTable(_))));
    assert!(matches!(create("account", "shoe", Value::Null), Err(ODataError::UnknownProperty { .. })));
    assert!(matches!(create("account", "name", Value::Integer(1)), Err(ODataError::BadValue { .. })));
    let shoe = Reference { table: "shoe".into(), id: RowId::from_u128(1), name: None };
    assert!(matches!(create("account", "ownerid", Value::Reference(shoe)), Err(ODataError::UnknownTable(_))));
}
