//! What views must hold against the tables: they parse, bind, fetch what they show, and are there in every kind.

use super::*;
use model::{RowId, TableSource, TimeZone, ViewKind, ViewRecord};
use query::{BoundLink, BoundPlan, Caller, Predicate, bind, parse_fetch, quick_find};

fn caller() -> Caller {
    Caller {
        user: RowId::from_u128(1),
        business_unit: RowId::from_u128(2),
        teams: vec![RowId::from_u128(3)],
        language: Language::English,
        time_zone: TimeZone::utc(),
        now: "2026-11-24T09:00:00Z".parse().unwrap(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

fn bound(solution: &Metadata, view: &ViewRecord) -> BoundPlan {
    let place = format!("{} {:?}", view.table, view.name);
    let mut plan = parse_fetch(&view.fetch_xml).unwrap_or_else(|error| panic!("{place}: {error}"));
    if view.kind == 4 {
        plan = quick_find(plan, "Test");
    }
    assert_eq!(plan.table, view.table, "{place}");
    bind(&plan, solution, &caller()).unwrap_or_else(|error| panic!("{place}: {error}"))
}

#[test]
fn every_view_parses_and_binds() {
    let solution = solution();
    for view in &solution.views {
        bound(solution, view);
    }
}

#[test]
fn every_view_of_the_wrong_table_is_refused() {
    let mut solution = solution().clone();
    solution.tables.retain(|table| table.name != *"connectionrole");
    let stakeholders = solution.views.iter().find(|view| view.fetch_xml.contains("connectionrole")).unwrap();
    let plan = parse_fetch(&stakeholders.fetch_xml).unwrap();
    assert!(bind(&plan, &solution, &caller()).is_err());
}

#[test]
fn views_fetch_what_they_show() {
    let solution = solution();
    for record in &solution.views {
        let table = solution.table(record.table.as_str()).unwrap();
        let (view, _) = model::parse_view(record);
        let mut fetched = BTreeSet::new();
        let mut alias = String::new();
        for (name, attributes) in elements(&record.fetch_xml) {
            match name.as_str() {
                "link-entity" => alias = format!("{}.", attributes["alias"]),
                "attribute" => drop(fetched.insert(format!("{alias}{}", attributes["name"]))),
                _ => {}
            }
        }
        for cell in &view.cells {
            assert!(fetched.contains(&cell.name), "{} {:?}: {}", record.table, record.name, cell.name);
        }
        assert!(fetched.contains(table.primary_id.as_str()), "{} {:?}", record.table, record.name);
        let layout = elements(&record.layout_xml);
        let (_, grid) = &layout[0];
        assert_eq!(grid["object"], table.object_type_code.to_string(), "{} {:?}", record.table, record.name);
        assert!(table.column(&grid["jump"]).is_some(), "{} {:?}", record.table, record.name);
    }
}

#[test]
fn every_table_has_one_default_view_of_each_kind() {
    let solution = solution();
    for table in &solution.tables {
        for kind in [0, 2, 4, 64] {
            let views = solution.views.iter().filter(|view| view.table == table.name && view.kind == kind);
            let defaults = views.clone().filter(|view| view.is_default).count();
            let has_rows = matches!(table.source, TableSource::Rows | TableSource::Activities);
            let is_needed = has_rows && !DEFINITIONS.contains(&table.name.as_str());
            assert_eq!(defaults, usize::from(is_needed || views.count() > 0), "{} view {kind}", table.name);
        }
    }
    for view in &solution.views {
        let is_known = matches!(
            ViewKind::from_number(view.kind),
            ViewKind::Public | ViewKind::Associated | ViewKind::QuickFind | ViewKind::Lookup
        );
        assert!(is_known, "{} {:?}: {}", view.table, view.name, view.kind);
    }
}

/// A quick find asks each of its columns, and says so with the block that a search text is put into.
#[test]
fn quick_finds_ask_several_columns() {
    let solution = solution();
    for view in solution.views.iter().filter(|view| view.kind == 4) {
        let asked = elements(&view.fetch_xml);
        let asked =
            asked.iter().filter(|(_, attributes)| attributes.get("value").is_some_and(|text| text == "{0}"));
        assert!(asked.count() > 0, "{} {:?}", view.table, view.name);
        assert!(view.fetch_xml.contains("isquickfindfields"), "{} {:?}", view.table, view.name);
    }
    let finds = |name: &str| {
        let view = solution.views.iter().find(|view| view.kind == 4 && view.table == *name).unwrap();
        let asked = elements(&view.fetch_xml).into_iter();
        let asked = asked.filter(|(_, attributes)| attributes.get("value").is_some_and(|text| text == "{0}"));
        asked.map(|(_, mut attributes)| attributes.remove("attribute").unwrap()).collect::<Vec<_>>()
    };
    for (table, columns) in [
        ("account", vec!["name", "accountnumber", "emailaddress1", "telephone1"]),
        ("contact", vec!["fullname", "emailaddress1", "telephone1", "name"]),
        ("lead", vec!["fullname", "companyname", "emailaddress1", "subject"]),
        ("opportunity", vec!["name", "fullname"]),
        ("quote", vec!["quotenumber", "name"]),
        ("salesorder", vec!["ordernumber", "name"]),
        ("invoice", vec!["invoicenumber", "name"]),
    ] {
        let asked = finds(table);
        assert!(columns.iter().all(|column| asked.iter().any(|known| known == column)), "{table}: {asked:?}");
    }
}

#[test]
fn the_views_of_the_sales_hub_are_there_under_their_names() {
    let solution = solution();
    for (table, default, names) in [
        ("lead", "My Open Leads", "Open Leads|Closed Leads|All Leads|My Open Leads Scored"),
        (
            "opportunity",
            "My Open Opportunities",
            "Open Opportunities|Closed Opportunities|All Opportunities|Opportunities Closing Next Month|\
             Lost Opportunities|Won Opportunities|New Opportunities This Week",
        ),
        (
            "account",
            "My Active Accounts",
            "Active Accounts|All Accounts|Inactive Accounts|My Connections|\
             Accounts: Influenced Deals That We Won|Accounts: No Campaign Activities in Last 3 Months|\
             Accounts: No Orders in Last 6 Months",
        ),
        ("contact", "My Active Contacts", "Active Contacts|Inactive Contacts|All Contacts"),
    ] {
        let named = |name: &str| {
            let views = solution.views.iter().filter(|view| view.table == *table && view.kind == 0);
            views.clone().find(|view| view.name.text(Language::English) == name).unwrap_or_else(|| {
                panic!("{table}: no {name} in {:?}", views.map(|view| &view.name).collect::<Vec<_>>())
            })
        };
        assert!(named(default).is_default, "{table}: {default}");
        for name in names.split('|') {
            assert!(!named(name).is_default, "{table}: {name}");
        }
    }
}

/// “No orders” asks for accounts whose link finds nothing.
#[test]
fn views_of_what_is_missing_join_outside_and_ask_for_nothing_found() {
    let solution = solution();
    let named = |name: &str| {
        let view = solution.views.iter().find(|view| view.name.text(Language::English) == name).unwrap();
        bound(solution, view)
    };
    let plan = named("Accounts: No Orders in Last 6 Months");
    let [BoundLink { table, filter: Some(_), .. }] = plan.links.as_slice() else {
        panic!("{:?}", plan.links)
    };
    assert_eq!(*table, *"salesorder");
    fn asks_for_null(predicate: &Predicate) -> bool {
        match predicate {
            Predicate::And(all) | Predicate::Or(all) => all.iter().any(asks_for_null),
            Predicate::Test { link: Some(_), test, .. } => *test == query::bound::Test::Null,
            _ => false,
        }
    }
    assert!(plan.filter.as_ref().is_some_and(asks_for_null), "{:?}", plan.filter);
    assert!(named("My Connections").distinct, "an account connected twice is listed once");
}
