use super::*;
use crate::testing::{Numbers, metadata};

const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

fn read(table: &str, json: &str) -> Result<Body, ODataError> {
    let metadata = metadata();
    let references = References::from([("1".to_owned(), ("contact".into(), ID.parse().unwrap()))]);
    let table = metadata.table(table).unwrap();
    read_body_in(json.as_bytes(), &BodyContext { table, metadata: &metadata, references: &references })
}

fn reference(table: &str) -> Value {
    Value::Reference(Reference { table: table.into(), id: ID.parse().unwrap(), name: None })
}

#[test]
fn lookups_are_bound_in_every_way_clients_write_it() {
    for (table, property, address, column, expected) in [
        ("account", "primarycontactid", format!("/contacts({ID})"), "primarycontactid", "contact"),
        ("account", "primarycontactid", format!("contacts({ID})"), "primarycontactid", "contact"),
        (
            "account",
            "primarycontactid",
            format!("https://org.crm4.dynamics.com/api/data/v9.2/contacts({ID})"),
            "primarycontactid",
            "contact",
        ),
        ("account", "primarycontactid", "$1".to_owned(), "primarycontactid", "contact"),
        ("account", "ownerid", format!("/teams({ID})"), "ownerid", "team"),
        ("account", "ownerid", format!("/systemusers({ID})"), "ownerid", "systemuser"),
        ("task", "ownerid_task", format!("/systemusers({ID})"), "ownerid", "systemuser"),
        ("contact", "parentcustomerid_contact", format!("/contacts({ID})"), "parentcustomerid", "contact"),
        ("opportunity", "customerid_account", format!("/accounts({ID})"), "customerid", "account"),
        (
            "task",
            "regardingobjectid_opportunity_task",
            format!("/opportunities({ID})"),
            "regardingobjectid",
            "opportunity",
        ),
        (
            "task",
            "regardingobjectid_opportunity",
            format!("/opportunities({ID})"),
            "regardingobjectid",
            "opportunity",
        ),
        ("annotation", "objectid_lead", format!("/leads({ID})"), "objectid", "lead"),
    ] {
        let json = format!(r#"{{"{property}@odata.bind":"{address}"}}"#);
        let body = read(table, &json).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(body.columns, Columns::new().with(column, reference(expected)), "{json}");
    }
}

#[test]
fn lookups_are_cleared_and_moved_from_one_table_to_another() {
    let cleared = Columns::new().with("parentcustomerid", Value::Null);
    let json = r#"{"parentcustomerid_account@odata.bind":null}"#;
    assert_eq!(read("contact", json).unwrap().columns, cleared);
    let json = r#"{"primarycontactid":null}"#;
    assert!(read("account", json).unwrap().columns.has("primarycontactid"));
    let moved = Columns::new().with("parentcustomerid", reference("contact"));
    for json in [
        format!(
            r#"{{"parentcustomerid_account@odata.bind":null,"parentcustomerid_contact@odata.bind":"/contacts({ID})"}}"#
        ),
        format!(
            r#"{{"parentcustomerid_contact@odata.bind":"/contacts({ID})","parentcustomerid_account@odata.bind":null}}"#
        ),
    ] {
        assert_eq!(read("contact", &json).unwrap().columns, moved, "{json}");
    }
}

#[test]
fn values_ids_and_annotations() {
    let json = format!(
        r#"{{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"{ID}","name":"A","revenue":12.30,"statecode":1,
        "creditonhold":true,"name@OData.Community.Display.V1.FormattedValue":"A","description":null}}"#
    );
    let body = read("account", &json).unwrap();
    assert_eq!(body.id, Some(ID.parse().unwrap()));
    let expected = Columns::new()
        .with("name", Value::Text("A".to_owned()))
        .with("revenue", Value::Decimal("12.30".parse().unwrap()))
        .with("statecode", Value::Choice(1))
        .with("creditonhold", Value::Boolean(true))
        .with("description", Value::Null);
    assert_eq!(body.columns, expected);
}

#[test]
fn party_lists_are_whole_sets() {
    let json = format!(
        r#"{{"appointment_activity_parties":[
        {{"participationtypemask":5,"partyid_contact@odata.bind":"/contacts({ID})"}},
        {{"participationtypemask":6,"addressused":"a@example.com"}}]}}"#
    );
    let columns = read("appointment", &json).unwrap().columns;
    let Value::Parties(required) = columns.get("requiredattendees") else { panic!() };
    assert_eq!(required[0].party.as_ref().unwrap().table, "contact");
    let Value::Parties(optional) = columns.get("optionalattendees") else { panic!() };
    assert_eq!(optional[0].address.as_deref(), Some("a@example.com"));
    assert!(columns.has("organizer") && columns.get("organizer").is_null());
    let emptied = read("appointment", r#"{"appointment_activity_parties":[]}"#).unwrap().columns;
    assert!(emptied.iter().all(|(_, value)| value.is_null()) && emptied.len() == 3);
}

#[test]
fn what_does_not_fit_is_refused_by_name_and_with_what_would() {
    for (table, json, parts) in [
        ("account", r#"{"revenue":"much"}"#, vec!["'revenue'", "a number", "much"]),
        ("account", r#"{"name":5}"#, vec!["'name'", "a string"]),
        ("account", r#"{"statecode":"Active"}"#, vec!["'statecode'", "the number of an option"]),
        ("account", r#"{"creditonhold":1}"#, vec!["'creditonhold'", "true or false"]),
        ("contact", r#"{"birthdate":"1867"}"#, vec!["'birthdate'", "2026-01-31"]),
        ("account", r#"{"accountid":"1"}"#, vec!["'accountid'", "a guid"]),
        ("account", r#"{"shoesize":44}"#, vec!["'shoesize'", "account"]),
        ("account", r#"{"Name":"A"}"#, vec!["'Name'", "account"]),
        ("account", r#"{"name":"A","name":"B"}"#, vec!["'name'", "one value"]),
        ("account", r#"{"_primarycontactid_value":null}"#, vec!["read-only", "primarycontactid@odata.bind"]),
        (
            "account",
            r#"{"primarycontactid@odata.bind":"Marie"}"#,
            vec!["primarycontactid@odata.bind", "/accounts(guid)"],
        ),
        ("account", r#"{"primarycontactid@odata.bind":"$2"}"#, vec!["Content-ID"]),
        ("account", r#"{"primarycontactid@odata.bind":17}"#, vec!["primarycontactid@odata.bind"]),
        ("account", r#"{"PrimaryContactId@odata.bind":null}"#, vec!["PrimaryContactId"]),
        (
            "account",
            r#"{"primarycontactid":{"lastname":"Curie"}}"#,
            vec!["not supported", "primarycontactid"],
        ),
        (
            "account",
            r#"{"contact_customer_accounts":[{}]}"#,
            vec!["not supported", "contact_customer_accounts"],
        ),
        ("contact", r#"{"parentcustomerid@odata.bind":null}"#, vec!["parentcustomerid"]),
        ("appointment", r#"{"appointment_activity_parties":{}}"#, vec!["participationtypemask"]),
        ("appointment", r#"{"appointment_activity_parties":[{"participationtypemask":77}]}"#, vec!["77"]),
        (
            "appointment",
            r#"{"appointment_activity_parties":[{"participationtypemask":"5"}]}"#,
            vec!["participationtypemask"],
        ),
        ("appointment", r#"{"appointment_activity_parties":[{"shoe":"5"}]}"#, vec!["shoe"]),
        ("account", "[]", vec!["JSON"]),
        ("account", "", vec!["JSON"]),
    ] {
        let error = read(table, json).unwrap_err();
        for part in parts {
            assert!(error.to_string().contains(part), "{json}: {error}");
        }
        let status = crate::ServiceError::from(error).status;
        assert!(matches!(status, 400 | 501), "{json}: {status}");
    }
    let json = format!(r#"{{"primarycontactid@odata.bind":"/accounts({ID})"}}"#);
    assert!(read("account", &json).unwrap_err().to_string().contains("a row of contact"));
    let json = format!(r#"{{"ownerid@odata.bind":"/accounts({ID})"}}"#);
    assert!(read("account", &json).unwrap_err().to_string().contains("systemuser or team"));
}

#[test]
fn no_body_makes_the_reader_panic() {
    let metadata = metadata();
    let table = metadata.table("appointment").unwrap();
    let good = format!(
        r#"{{"activityid":"{ID}","subject":"A","scheduledstart":"2026-01-31T08:30:00Z","isalldayevent":false,"statuscode":5,
        "regardingobjectid_account_appointment@odata.bind":"/accounts({ID})",
        "appointment_activity_parties":[{{"participationtypemask":5,"partyid_contact@odata.bind":"/contacts({ID})"}}]}}"#
    );
    assert!(read_body(good.as_bytes(), table, &metadata).is_ok());
    let mut numbers = Numbers::new(3);
    let refused =
        (0..5000).filter(|_| read_body(&numbers.mutate(good.as_bytes()), table, &metadata).is_err()).count();
    assert!(refused > 2500, "{refused}");
}
