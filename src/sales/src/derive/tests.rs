use super::*;
use crate::testing::{World, text};
use model::{Decimal, Reference, RowId};

fn reference(table: &str, number: u128) -> Value {
    Value::Reference(Reference { table: table.into(), id: RowId::from_u128(number), name: None })
}

fn run(table: &str, before: Option<Columns>, mut after: Columns) -> Columns {
    let world = World::new();
    derive(world.metadata.table(table).unwrap(), before.as_ref(), &mut after);
    after
}

#[test]
fn full_names_follow_their_parts() {
    for (first, middle, last, full) in [
        ("Marie", "", "Curie", "Marie Curie"),
        ("", "", "Curie", "Curie"),
        (" Marie ", "Salomea", "Curie", "Marie Salomea Curie"),
    ] {
        let given = Columns::new()
            .with("firstname", text(first))
            .with("middlename", text(middle))
            .with("lastname", text(last));
        for table in ["contact", "lead"] {
            assert_eq!(run(table, None, given.clone()).get("fullname"), &text(full));
        }
    }
    let before = Columns::new().with("firstname", text("Marie")).with("lastname", text("Curie"));
    let after = run("contact", Some(before.clone()), Columns::new().with("firstname", Value::Null));
    assert_eq!(after.get("fullname"), &text("Curie"));
    let after = run("contact", Some(before), Columns::new().with("jobtitle", text("Physicist")));
    assert!(!after.has("fullname"), "nothing it follows from was written");
    let long = run("contact", None, Columns::new().with("lastname", text(&"😀".repeat(120))));
    assert_eq!(long.get("fullname"), &text(&"😀".repeat(80)), "160 UTF-16 units, no half character");
}

#[test]
fn addresses_are_composed_as_on_an_envelope() {
    let given = Columns::new()
        .with("address1_line1", text("11 rue Pierre et Marie Curie"))
        .with("address1_city", text("Paris"))
        .with("address1_postalcode", text("75005"))
        .with("address1_country", text("France"));
    let after = run("account", None, given.clone());
    let composed = "11 rue Pierre et Marie Curie\r\nParis, 75005\r\nFrance";
    assert_eq!(after.get("address1_composite"), &text(composed));
    let moved = run("account", Some(after), Columns::new().with("address1_country", Value::Null));
    assert_eq!(moved.get("address1_composite"), &text("11 rue Pierre et Marie Curie\r\nParis, 75005"));
    let emptied = Columns::new().with("address1_city", Value::Null);
    let before =
        Columns::new().with("address1_city", text("Paris")).with("address1_composite", text("Paris"));
    assert_eq!(run("account", Some(before), emptied).get("address1_composite"), &Value::Null);
}

#[test]
fn the_customer_of_an_opportunity_follows_account_and_contact() {
    let (account, contact) = (reference("account", 1), reference("contact", 2));
    let both = Columns::new()
        .with("parentaccountid", account.clone())
        .with("parentcontactid", contact.clone())
        .with("customerid", account.clone());
    for (before, given, expected) in [
        (None, vec![("parentaccountid", account.clone())], account.clone()),
        (None, vec![("parentcontactid", contact.clone())], contact.clone()),
        (
            None,
            vec![("parentaccountid", account.clone()), ("parentcontactid", contact.clone())],
            account.clone(),
        ),
        (Some(both.clone()), vec![("parentaccountid", Value::Null)], contact.clone()),
        (
            Some(both.clone()),
            vec![("parentaccountid", Value::Null), ("parentcontactid", Value::Null)],
            Value::Null,
        ),
    ] {
        let given: Columns = given.into_iter().map(|(name, value)| (name.into(), value)).collect();
        assert_eq!(run("opportunity", before, given.clone()).get("customerid"), &expected, "{given:?}");
    }
    let after = run("opportunity", None, Columns::new().with("customerid", account.clone()));
    assert_eq!(after.get("parentaccountid"), &account);
    let after = run("opportunity", Some(both), Columns::new().with("customerid", contact.clone()));
    assert_eq!((after.get("parentcontactid"), after.has("parentaccountid")), (&Value::Null, true));
    let after = run("opportunity", None, Columns::new().with("name", text("x")));
    assert!(!after.has("customerid"));
}

#[test]
fn amounts_are_rounded_half_away_from_zero() {
    for (given, rounded) in
        [("12.345", "12.35"), ("-12.345", "-12.35"), ("12.344", "12.34"), ("12.3", "12.3"), ("1", "1")]
    {
        let given = Value::Decimal(Decimal::from_str_exact(given).unwrap());
        let after = run("account", None, Columns::new().with("revenue", given));
        assert_eq!(after.get("revenue"), &Value::Decimal(Decimal::from_str_exact(rounded).unwrap()));
    }
}

#[test]
fn notes_and_appointments_describe_themselves() {
    let after = run("annotation", None, Columns::new().with("objectid", reference("lead", 1)));
    assert_eq!(after.get("objecttypecode"), &text("lead"));
    let instant = |text: &str| Value::DateTime(text.parse().unwrap());
    let given = Columns::new()
        .with("scheduledstart", instant("2026-11-24T08:00:00Z"))
        .with("scheduledend", instant("2026-11-24T09:30:00Z"));
    let after = run("appointment", None, given);
    assert_eq!(after.get("scheduleddurationminutes"), &Value::Integer(90));
    let later = Columns::new().with("scheduledend", instant("2026-11-24T08:45:00Z"));
    assert_eq!(run("appointment", Some(after), later).get("scheduleddurationminutes"), &Value::Integer(45));
}

#[test]
fn deriving_twice_changes_nothing_more() {
    let given = Columns::new()
        .with("firstname", text("Marie"))
        .with("lastname", text("Curie"))
        .with("address1_city", text("Paris"))
        .with("revenue", Value::Decimal("1.005".parse().unwrap()))
        .with("statecode", Value::Choice(2));
    let once = run("lead", None, given);
    assert_eq!(run("lead", None, once.clone()), once);
}
