//! What must hold for the demo org: the same every time, valid by the tables, believable.

use super::*;
use model::{Column, ColumnKind, Columns, Requirement, Table, Value};
use std::collections::{BTreeMap, BTreeSet};

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn small() -> Demo {
    generate(42, Size::Small, today())
}

fn fits(column: &Column, table: &Table, value: &Value) -> bool {
    let options = |number: &i32| column.options().iter().any(|option| option.value == *number);
    match (&column.kind, value) {
        (ColumnKind::Text { max_length, .. } | ColumnKind::Memo { max_length, .. }, Value::Text(text)) => {
            !text.is_empty() && text.encode_utf16().count() <= *max_length as usize
        }
        (ColumnKind::Integer { min, max, .. }, Value::Integer(number)) => (min..=max).contains(&number),
        (ColumnKind::Decimal { min, max, precision }, Value::Decimal(number)) => {
            (min..=max).contains(&number) && number.scale() <= u32::from(*precision)
        }
        (ColumnKind::Money { min, max, precision, .. }, Value::Decimal(number)) => {
            (min..=max).contains(&number) && number.scale() <= u32::from(*precision)
        }
        (ColumnKind::BaseMoney { .. }, Value::Decimal(number)) => number.scale() <= 4,
        (ColumnKind::Float { min, max, .. }, Value::Float(number)) => (min..=max).contains(&number),
        (ColumnKind::Choice { .. }, Value::Choice(number)) => options(number),
        (ColumnKind::Choices { .. }, Value::Choices(numbers)) => {
            numbers.iter().all(options) && numbers.is_sorted_by(|a, b| a < b)
        }
        (ColumnKind::BigInteger, Value::Integer(_)) | (ColumnKind::UniqueId, Value::Id(_)) => true,
        (ColumnKind::Boolean(_), Value::Boolean(_)) | (ColumnKind::EntityName, Value::Text(_)) => true,
        (ColumnKind::State, Value::Choice(number)) => table.state(*number).is_some(),
        (ColumnKind::Status, Value::Choice(number)) => table.status(*number).is_some(),
        (ColumnKind::DateTime { behavior, .. }, Value::Date(_)) => *behavior == model::DateBehavior::DateOnly,
        (ColumnKind::DateTime { behavior, .. }, Value::DateTime(_)) => {
            *behavior != model::DateBehavior::DateOnly
        }
        (ColumnKind::Lookup { targets, .. }, Value::Reference(reference)) => {
            targets.contains(&reference.table)
        }
        (ColumnKind::PartyList { targets, participation }, Value::Parties(parties)) => {
            let fits = |party: &model::Party| {
                party.participation == *participation
                    && party.party.as_ref().is_some_and(|row| targets.contains(&row.table))
            };
            !parties.is_empty() && parties.iter().all(fits)
        }
        _ => false,
    }
}

fn references(columns: &Columns) -> Vec<(String, &model::Reference)> {
    let of = |(column, value): (&model::ColumnName, &'_ Value)| match value {
        Value::Reference(_) => vec![column.to_string()],
        Value::Parties(parties) => vec![column.to_string(); parties.len()],
        _ => Vec::new(),
    };
    let names: Vec<String> = columns.iter().flat_map(of).collect();
    let rows = columns.iter().flat_map(|(_, value)| match value {
        Value::Reference(reference) => vec![reference],
        Value::Parties(parties) => parties.iter().filter_map(|party| party.party.as_ref()).collect(),
        _ => Vec::new(),
    });
    names.into_iter().zip(rows).collect()
}

fn assert_valid(demo: &Demo, limit: usize) {
    let tables = customize(crate::metadata().unwrap()).unwrap().tables;
    let by_name: BTreeMap<&str, &Table> = tables.iter().map(|table| (table.name.as_str(), table)).collect();
    let mut ids = BTreeSet::new();
    let mut names: BTreeMap<(String, RowId), String> = BTreeMap::new();
    for stream in TABLES {
        let name = stream.table();
        for index in 0..demo.count(name) {
            assert!(
                ids.insert((name.to_owned(), demo.world.id(stream, index))),
                "{name}: two rows of one id"
            );
        }
        let primary = by_name[name].primary_name.as_str();
        for row in demo.rows(name).take(limit) {
            let text = row.columns.get(primary).as_text().unwrap_or_default().to_owned();
            names.insert((name.to_owned(), row.id), text);
        }
    }
    for name in demo.tables() {
        let table = by_name[name];
        for row in demo.rows(name).take(limit) {
            for (column, value) in row.columns.iter() {
                let column = table.column(column.as_str()).unwrap_or_else(|| panic!("{name}.{column}"));
                assert!(fits(column, table, value), "{name}.{}: {value:?}", column.name);
            }
            for column in &table.columns {
                let is_needed = matches!(column.required, Requirement::System | Requirement::Application)
                    || matches!(
                        column.kind,
                        ColumnKind::Boolean(_) | ColumnKind::Choice { default: Some(_), .. }
                    );
                let is_root = ["parentbusinessunitid", "baseuom"].contains(&column.name.as_str())
                    || column.name == table.primary_id;
                let is_second_address = column.name.as_str().starts_with("address2")
                    || column.name.as_str().starts_with("address3");
                if is_needed && !is_root && !is_second_address {
                    assert!(
                        !row.columns.get(column.name.as_str()).is_null(),
                        "{name}.{} is empty",
                        column.name
                    );
                }
            }
            if let (Some(state), Some(status)) =
                (row.columns.get("statecode").as_choice(), row.columns.get("statuscode").as_choice())
            {
                assert_eq!(
                    table.status(status).map(|(state, _)| state.value),
                    Some(state),
                    "{name} {status}"
                );
            }
            for (column, reference) in references(&row.columns) {
                let key = (reference.table.to_string(), reference.id);
                assert!(ids.contains(&key), "{name}.{column}: {reference:?}");
                if let Some(known) = names.get(&key) {
                    assert_eq!(Some(known), reference.name.as_ref(), "{name}.{column}");
                }
            }
        }
    }
}

#[test]
fn small_rows_are_valid_and_refer_to_each_other() {
    assert_valid(&small(), usize::MAX);
}

#[test]
fn large_rows_are_valid_and_refer_to_each_other() {
    let demo = generate(7, Size::Large, today());
    assert_eq!((demo.count("opportunity"), demo.count("account")), (100_000, 40_000));
    assert_valid(&demo, 400);
}

#[test]
fn the_same_seed_gives_the_same_org_and_another_seed_another() {
    let (one, two, other) = (small(), small(), generate(43, Size::Small, today()));
    assert_eq!(one.users, two.users);
    for table in one.tables() {
        assert!(one.rows(table).eq(two.rows(table)), "{table}");
        assert_eq!(one.rows(table).count(), one.count(table), "{table}");
    }
    assert!(one.rows("account").ne(other.rows("account")));
    assert_eq!(one.rows("systemform").count(), 0);
}

#[test]
fn names_are_names() {
    let demo = small();
    let ends_in_digit = |text: &str| text.ends_with(|letter: char| letter.is_ascii_digit());
    for (table, column) in [
        ("account", "name"),
        ("contact", "fullname"),
        ("lead", "fullname"),
        ("lead", "subject"),
        ("lead", "companyname"),
        ("opportunity", "name"),
        ("task", "subject"),
        ("appointment", "subject"),
        ("phonecall", "subject"),
        ("annotation", "subject"),
        ("email", "subject"),
        ("competitor", "name"),
        ("new_visitreport", "new_name"),
        ("systemuser", "fullname"),
    ] {
        for row in demo.rows(table) {
            let text = row.columns.get(column).as_text().unwrap_or_default().to_owned();
            assert!(text.len() > 2 && !ends_in_digit(&text), "{table}.{column}: {text}");
            assert!(!text.contains(['{', '}']) && !text.contains("  "), "{table}.{column}: {text}");
        }
    }
    for (table, column, most) in [("account", "name", 3), ("contact", "fullname", 5)] {
        let names: Vec<_> = demo.rows(table).map(|row| row.columns.get(column).clone()).collect();
        let texts: BTreeSet<_> = names.iter().filter_map(Value::as_text).collect();
        assert!(names.len() - texts.len() <= most, "{table}: {} names twice", names.len() - texts.len());
    }
}

#[test]
fn addresses_lead_nowhere() {
    let demo = small();
    for (table, column) in
        [("account", "emailaddress1"), ("contact", "emailaddress1"), ("lead", "emailaddress1")]
    {
        for row in demo.rows(table) {
            let text = row.columns.get(column).as_text().unwrap_or_default().to_owned();
            let is_plain =
                text.chars().all(|letter| letter.is_ascii_alphanumeric() || "@.-".contains(letter));
            assert!(text.ends_with(".example") && is_plain && text.matches('@').count() == 1, "{text}");
        }
    }
}

fn of_owner<'a>(
    demo: &'a Demo,
    table: &str,
    user: usize,
    state: &'a [i32],
) -> impl Iterator<Item = Row> + 'a {
    let owner = demo.users[user].row.id;
    demo.rows(table).filter(move |row| {
        let owned = row.columns.get("ownerid").as_reference().is_some_and(|reference| reference.id == owner);
        owned && row.columns.get("statecode").as_choice().is_some_and(|number| state.contains(&number))
    })
}

#[test]
fn the_two_reps_have_their_hands_full() {
    let demo = small();
    for user in [0, 1] {
        let open = of_owner(&demo, "opportunity", user, &[0]).count();
        assert!((30..70).contains(&open), "{} open opportunities", open);
        assert!(of_owner(&demo, "account", user, &[0]).count() > 25);
        assert!(of_owner(&demo, "contact", user, &[0]).count() > 40);
        assert!(of_owner(&demo, "lead", user, &[0]).count() > 12);
        assert!(of_owner(&demo, "task", user, &[0]).count() > 15);
        let start = calendar::instant(calendar::Zone { name: "", winter_minutes: 60 }, today(), 0);
        let until = start.plus_milliseconds(24 * 3_600_000);
        let today = of_owner(&demo, "appointment", user, &[3]).filter(|row| {
            matches!(row.columns.get("scheduledstart"), Value::DateTime(at) if (start..until).contains(at))
        });
        assert!(today.count() >= 4);
    }
    let user = |name: &str| demo.users.iter().find(|user| user.user_name == name).unwrap().clone();
    assert_eq!((user("rep-fr").language, user("rep-fr").time_zone), (Language::French, "Europe/Paris"));
    assert_eq!((user("rep-de").language, user("rep-de").time_zone), (Language::German, "Europe/Berlin"));
    assert_ne!(user("rep-fr").business_unit, user("rep-de").business_unit);
    assert_eq!(user("manager").roles, ["Sales Manager"]);
    assert_eq!(user("admin").roles, ["System Administrator"]);
    let roles = crate::roles().unwrap();
    for user in &demo.users {
        assert!(user.roles.iter().all(|role| roles.iter().any(|known| known.name == *role)));
    }
}

#[test]
fn a_large_org_has_half_its_pipeline_with_the_first_rep_s_unit() {
    let demo = generate(7, Size::Large, today());
    let unit = demo.users[0].business_unit;
    let rows = demo.rows("opportunity").take(10_000);
    let own = rows.filter(|row| {
        row.columns.get("owningbusinessunit").as_reference().is_some_and(|reference| reference.id == unit)
    });
    let own = own.count();
    assert!((4_500..5_500).contains(&own), "{own}");
}

#[test]
fn closed_opportunities_are_closed_and_open_ones_are_not() {
    let demo = small();
    let mut by_state = BTreeMap::<i32, usize>::new();
    for row in demo.rows("opportunity") {
        let columns = &row.columns;
        let state = columns.get("statecode").as_choice().unwrap();
        *by_state.entry(state).or_default() += 1;
        assert_eq!(state == 0, columns.get("actualclosedate").is_null());
        assert_eq!(state == 0, columns.get("actualvalue").is_null());
        let Value::Integer(probability) = columns.get("closeprobability") else { panic!() };
        match state {
            0 => assert!((5..=95).contains(probability)),
            1 => assert_eq!(*probability, 100),
            _ => assert_eq!(*probability, 0),
        }
        if let Value::Date(closed) = columns.get("actualclosedate") {
            assert!(*closed < today() && *closed > today().plus_days(-430), "{closed}");
        }
        let Value::Date(estimated) = columns.get("estimatedclosedate") else { panic!() };
        assert!(*estimated < today().plus_days(280) && *estimated > today().plus_days(-480), "{estimated}");
    }
    assert!(by_state[&0] > 220 && by_state[&1] > 140 && by_state[&2] > 100, "{by_state:?}");
}

#[test]
fn rows_were_made_before_today_and_changed_no_earlier() {
    for (seed, date) in [(1, "2026-11-24"), (2, "2028-02-29"), (3, "2027-07-17"), (4, "2026-03-29")] {
        let today = date.parse().unwrap();
        let demo = generate(seed, Size::Small, today);
        let midnight = calendar::instant(calendar::Zone { name: "", winter_minutes: 60 }, today, 0);
        for table in demo.tables() {
            for row in demo.rows(table) {
                let instant = |column: &str| match row.columns.get(column) {
                    Value::DateTime(at) => *at,
                    other => panic!("{table}.{column}: {other:?}"),
                };
                // What joins two rows says nothing of itself.
                if !row.columns.has("createdon") {
                    continue;
                }
                assert!(instant("createdon") <= instant("modifiedon"), "{table}");
                assert!(instant("modifiedon") < midnight, "{table} {}", instant("modifiedon"));
                for (start, end) in [("scheduledstart", "scheduledend"), ("actualstart", "actualend")] {
                    if row.columns.has(start) {
                        assert!(instant(start) <= instant(end), "{table}: {start}");
                    }
                }
            }
        }
    }
}
