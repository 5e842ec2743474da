use super::*;
use crate::testing::{World, text};
use model::{Reference, RowId};

fn complete(world: &World, table: &str) -> Columns {
    crate::new_row(&world.situation(table, None), &Columns::new())
}

#[test]
fn values_must_fit_their_columns() {
    let world = World::new();
    let reference = |table: &str| {
        Value::Reference(Reference { table: table.into(), id: RowId::from_u128(1), name: None })
    };
    let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
    for (table, column, value, misfit) in [
        ("account", "name", text(&"é".repeat(160)), None),
        ("account", "name", text(&"é".repeat(161)), Some(InvalidKind::TooLong)),
        ("account", "name", text(&"😀".repeat(80)), None),
        ("account", "name", text(&"😀".repeat(81)), Some(InvalidKind::TooLong)),
        ("account", "name", Value::Integer(1), Some(InvalidKind::WrongType)),
        ("account", "name", Value::Null, None),
        ("account", "numberofemployees", Value::Integer(-1), Some(InvalidKind::OutOfRange)),
        ("account", "numberofemployees", Value::Integer(1_000_000_000), None),
        ("account", "revenue", decimal("100000000000000.01"), Some(InvalidKind::OutOfRange)),
        ("account", "revenue", decimal("100000000000000"), None),
        ("account", "revenue", Value::Float(1.0), Some(InvalidKind::WrongType)),
        ("account", "address1_latitude", Value::Float(f64::NAN), Some(InvalidKind::OutOfRange)),
        ("account", "address1_latitude", Value::Float(90.1), Some(InvalidKind::OutOfRange)),
        ("account", "industrycode", Value::Choice(1), None),
        ("account", "industrycode", Value::Choice(999), Some(InvalidKind::NoSuchOption)),
        ("account", "statuscode", Value::Choice(2), Some(InvalidKind::StatusOfOtherState)),
        ("account", "statecode", Value::Choice(7), Some(InvalidKind::NoSuchOption)),
        ("account", "ownerid", Value::Null, Some(InvalidKind::Missing)),
        ("account", "ownerid", reference("team"), None),
        ("account", "ownerid", reference("contact"), Some(InvalidKind::WrongTarget)),
        ("contact", "parentcustomerid", reference("contact"), None),
        ("contact", "birthdate", Value::DateTime(world.now), Some(InvalidKind::WrongType)),
        ("task", "regardingobjectid", reference("systemuser"), Some(InvalidKind::WrongTarget)),
    ] {
        let definition = world.metadata.table(table).unwrap();
        let columns = complete(&world, table).with(column, value.clone());
        let outcome = validate(definition, &columns, WriteKind::Create);
        let found = outcome.as_ref().err().map(|invalid| (invalid.column.as_str(), invalid.kind));
        let expected = misfit
            .map(|kind| (if kind == InvalidKind::StatusOfOtherState { "statuscode" } else { column }, kind));
        assert_eq!(found, expected, "{table}.{column} = {value:?}: {outcome:?}");
    }
}

#[test]
fn what_is_required_must_come_with_a_create_and_must_not_be_emptied_later() {
    let world = World::new();
    let table = world.metadata.table("account").unwrap();
    let kind = |columns: &Columns, kind| validate(table, columns, kind).err().map(|invalid| invalid.kind);
    assert_eq!(kind(&Columns::new(), WriteKind::Create), Some(InvalidKind::Missing));
    assert_eq!(kind(&Columns::new(), WriteKind::Update), None);
    let emptied = Columns::new().with("ownerid", Value::Null);
    assert_eq!(kind(&emptied, WriteKind::Update), Some(InvalidKind::Missing));
}

#[test]
fn a_new_row_may_come_without_the_number_it_will_get_but_not_lose_it() {
    let world = World::new();
    let table = world.metadata.table("quote").unwrap();
    let number = table.column("quotenumber").unwrap();
    assert!(number.required == model::Requirement::System && !number.auto_number.is_empty());
    assert!(!is_missing(table, number, &Columns::new(), WriteKind::Create));
    let emptied = Columns::new().with("quotenumber", Value::Null);
    assert!(is_missing(table, number, &emptied, WriteKind::Update));
}

#[test]
fn a_refusal_names_the_column_by_its_label_and_says_what_fits() {
    let world = World::new();
    let table = world.metadata.table("account").unwrap();
    let columns = Columns::new().with("numberofemployees", Value::Integer(-5));
    let refusal = validate(table, &columns, WriteKind::Update).unwrap_err().to_string();
    assert_eq!(refusal, "“Number of Employees” is -5; enter a number from 0 to 1000000000");
}
