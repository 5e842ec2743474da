//! What holds for every table, and the numbers that must be those of Dataverse.

use super::*;
use model::{BooleanOptions, ColumnKind, Label, Language, LookupStyle, Ownership, Relationship, Writable};
use std::collections::{BTreeMap, BTreeSet};

fn all() -> Vec<Table> {
    tables().unwrap()
}

fn one(name: &str) -> Table {
    all().into_iter().find(|table| table.name == *name).unwrap()
}

/// Every label of a table with the place where it stands.
fn labels(table: &Table) -> Vec<(String, &Label)> {
    let mut labels = vec![
        ("label".to_owned(), &table.label),
        ("plural_label".to_owned(), &table.plural_label),
        ("description".to_owned(), &table.description),
    ];
    for state in &table.states {
        labels.push((format!("state {}", state.value), &state.label));
        labels
            .extend(state.statuses.iter().map(|status| (format!("status {}", status.value), &status.label)));
    }
    for column in &table.columns {
        labels.push((column.name.to_string(), &column.label));
        for option in column.options() {
            labels.push((format!("{} option {}", column.name, option.value), &option.label));
        }
        if let ColumnKind::Boolean(BooleanOptions { yes, no, .. }) = &column.kind {
            labels.push((format!("{} yes", column.name), yes));
            labels.push((format!("{} no", column.name), no));
        }
    }
    labels.into_iter().map(|(place, label)| (format!("{}: {place}", table.name), label)).collect()
}

#[test]
fn a_file_that_is_not_a_table_is_named_in_the_error() {
    let problem = read("tables/broken.json", "{\"name\": 1}").unwrap_err().to_string();
    assert!(problem.contains("tables/broken.json"), "{problem}");
}

#[test]
fn files_and_tables_have_the_same_names_and_none_comes_twice() {
    let tables = all();
    for (table, (file, _)) in tables.iter().zip(FILES) {
        assert_eq!(file, format!("tables/{}.json", table.name));
    }
    let names: BTreeSet<_> = tables.iter().map(|table| &table.name).collect();
    let sets: BTreeSet<_> = tables.iter().map(|table| &table.set_name).collect();
    let codes: BTreeSet<_> = tables.iter().map(|table| table.object_type_code).collect();
    assert_eq!([names.len(), sets.len(), codes.len()], [tables.len(); 3]);
}

#[test]
fn every_label_is_there_in_every_language() {
    for table in all() {
        for (place, label) in labels(&table) {
            for language in Language::ALL {
                let text = label.exact(language).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{place}: nothing in {}", language.tag());
                assert_eq!(text, text.trim(), "{place}: space around the text in {}", language.tag());
                assert!(!text.contains(['?', '\'']) || place.contains("decisionmaker"), "{place}: “{text}”");
            }
        }
    }
}

/// Words that are the same in English and in French or German, because that language says it so.
#[test]
fn labels_left_in_english_are_words_of_the_other_language() {
    const SAME_IN_FRENCH: &str = "Active Airborne Budget Consultant Contact Contacts DHL Description \
        Direction Document FOB FedEx Image Inactive Note Notes Pipeline Public \
        Standard UPS Web";
    const SAME_IN_GERMAN: &str = "Administrator Airborne Budget DHL FOB Fax FedEx Investor Lead Leads Name \
        Normal Partner Pipeline Seminar Standard Status Team Teams Text UPS Warm \
        Web Website";
    for table in all() {
        for (place, label) in labels(&table) {
            let english = label.text(Language::English);
            for (language, same) in [(Language::French, SAME_IN_FRENCH), (Language::German, SAME_IN_GERMAN)] {
                let text = label.text(language);
                let allowed = same.split(' ').any(|word| word == english);
                assert!(text != english || allowed, "{place}: “{text}” is not {}", language.tag());
            }
        }
    }
}

#[test]
fn column_names_come_once_and_the_named_columns_exist() {
    for table in all() {
        let names: BTreeSet<_> = table.columns.iter().map(|column| &column.name).collect();
        assert_eq!(names.len(), table.columns.len(), "{}", table.name);
        for name in [&table.primary_id, &table.primary_name].into_iter().chain(table.keys.iter().flatten()) {
            assert!(names.contains(name), "{}.{name}", table.name);
        }
        assert!(matches!(table.column(table.primary_id.as_str()).unwrap().kind, ColumnKind::UniqueId));
        assert_eq!(table.is_activity, table.primary_id == *"activityid", "{}", table.name);
    }
}

#[test]
fn option_numbers_come_once_and_the_default_is_one_of_them() {
    for table in all() {
        for column in &table.columns {
            let place = format!("{}.{}", table.name, column.name);
            let values: BTreeSet<_> = column.options().iter().map(|option| option.value).collect();
            assert_eq!(values.len(), column.options().len(), "{place}");
            if let ColumnKind::Choice { default, options } = &column.kind {
                assert!(!options.is_empty(), "{place}");
                assert!(default.is_none_or(|value| values.contains(&value)), "{place}");
            }
        }
    }
}

#[test]
fn a_status_belongs_to_one_state_and_each_state_has_its_default() {
    for table in all() {
        let mut seen = BTreeSet::new();
        for state in &table.states {
            assert!(
                state.statuses.iter().any(|status| status.value == state.default_status),
                "{}",
                table.name
            );
            assert!(state.statuses.iter().all(|status| seen.insert(status.value)), "{}", table.name);
        }
        for name in ["statecode", "statuscode"] {
            assert_eq!(table.column(name).is_some(), !table.states.is_empty(), "{}.{name}", table.name);
        }
    }
}

#[test]
fn states_and_their_defaults_are_those_of_dataverse() {
    let expected: [(&str, &[(i32, i32)]); 12] = [
        ("businessunit", &[]),
        ("systemuser", &[]),
        ("team", &[]),
        ("annotation", &[]),
        ("transactioncurrency", &[(0, 1), (1, 2)]),
        ("account", &[(0, 1), (1, 2)]),
        ("contact", &[(0, 1), (1, 2)]),
        ("lead", &[(0, 1), (1, 3), (2, 4)]),
        ("opportunity", &[(0, 1), (1, 3), (2, 4)]),
        ("task", &[(0, 2), (1, 5), (2, 6)]),
        ("appointment", &[(0, 1), (1, 3), (2, 4), (3, 5)]),
        ("phonecall", &[(0, 1), (1, 2), (2, 3)]),
    ];
    for (name, states) in expected {
        let found: Vec<_> =
            one(name).states.iter().map(|state| (state.value, state.default_status)).collect();
        assert_eq!(found, states, "{name}");
    }
    assert_eq!(one("appointment").initial_state().unwrap().default_status, 5);
}

#[test]
fn a_reference_points_to_known_tables_each_by_a_relationship() {
    let tables = all();
    let known: BTreeSet<_> = tables.iter().map(|table| table.name.clone()).collect();
    for table in &tables {
        for column in &table.columns {
            let place = format!("{}.{}", table.name, column.name);
            assert!(column.targets().iter().all(|target| known.contains(target)), "{place}");
            if let ColumnKind::Lookup { targets, .. } = &column.kind {
                assert!(!targets.is_empty(), "{place}");
                for target in targets {
                    let parent = tables.iter().find(|parent| parent.name == *target).unwrap();
                    let ways = parent.relationships.iter();
                    let ways =
                        ways.filter(|way| way.child == table.name && way.column == column.name).count();
                    assert_eq!(ways, 1, "{place} to {target}");
                }
            }
        }
    }
}

/// What the Web API calls the single-valued property of a lookup.
fn navigation_of(parent: &Table, way: &Relationship, child: &Table) -> String {
    let ColumnKind::Lookup { targets, style } = &child.column(way.column.as_str()).unwrap().kind else {
        panic!("{}: {}.{} is no lookup", way.name, way.child, way.column);
    };
    match style {
        LookupStyle::Owner => way.column.to_string(),
        LookupStyle::Simple if targets.len() == 1 => way.column.to_string(),
        LookupStyle::Regarding if child.is_activity => {
            format!("{}_{}_{}", way.column, parent.name, child.name)
        }
        _ => format!("{}_{}", way.column, parent.name),
    }
}

#[test]
fn relationships_name_what_exists_by_the_rules_of_the_web_api() {
    let tables = all();
    let mut columns_of = BTreeMap::new();
    for parent in &tables {
        let names: BTreeSet<_> = parent.relationships.iter().map(|way| &way.name).collect();
        assert_eq!(names.len(), parent.relationships.len(), "{}", parent.name);
        for way in &parent.relationships {
            let child = tables.iter().find(|table| table.name == way.child).unwrap();
            assert_eq!(way.navigation, navigation_of(parent, way, child), "{}", way.name);
            let column = columns_of.entry((&way.child, &way.navigation)).or_insert(&way.column);
            assert_eq!(*column, &way.column, "{} is the name of two lookups", way.navigation);
        }
    }
    let expected = [
        ("contact", "parentcustomerid_account"),
        ("contact", "parentcustomerid_contact"),
        ("opportunity", "customerid_account"),
        ("account", "ownerid"),
        ("account", "primarycontactid"),
        ("task", "regardingobjectid_account_task"),
        ("appointment", "regardingobjectid_opportunity_appointment"),
        ("phonecall", "regardingobjectid_lead_phonecall"),
        ("annotation", "objectid_opportunity"),
        ("annotation", "objectid_task"),
    ];
    for (child, navigation) in expected {
        assert!(
            columns_of.keys().any(|(name, way)| **name == *child && *way == navigation),
            "{child}.{navigation}"
        );
    }
}

#[test]
fn an_amount_has_its_base_amount_and_the_row_a_currency_with_rate() {
    for table in all() {
        for column in &table.columns {
            if !matches!(column.kind, ColumnKind::Money { .. }) {
                continue;
            }
            let base = table.column(&format!("{}_base", column.name)).unwrap();
            assert!(
                matches!(&base.kind, ColumnKind::BaseMoney { of } if *of == column.name),
                "{}",
                base.name
            );
            assert_eq!(base.writable, Writable::Never);
            assert!(
                table.column("transactioncurrencyid").is_some() && table.column("exchangerate").is_some()
            );
        }
    }
}

#[test]
fn rows_carry_who_made_them_and_whose_they_are() {
    let everywhere =
        ["createdon", "createdby", "modifiedon", "modifiedby", "overriddencreatedon", "versionnumber"];
    for table in all() {
        assert!(everywhere.iter().all(|name| table.column(name).is_some()), "{}", table.name);
        let owned: &[&str] = match table.ownership {
            Ownership::User => &["ownerid", "owninguser", "owningteam", "owningbusinessunit"],
            _ => &[],
        };
        assert!(owned.iter().all(|name| table.column(name).is_some()), "{}", table.name);
    }
}

/// The smallest number of columns, counted from the public entity reference for the tables kept here.
#[test]
fn no_column_got_lost() {
    let expected = [
        ("businessunit", 23),
        ("systemuser", 40),
        ("team", 23),
        ("transactioncurrency", 21),
        ("account", 95),
        ("contact", 106),
        ("lead", 108),
        ("opportunity", 96),
        ("task", 33),
        ("appointment", 40),
        ("phonecall", 35),
        ("annotation", 27),
    ];
    for (name, count) in expected {
        assert!(one(name).columns.len() >= count, "{name} has {}", one(name).columns.len());
    }
}

#[test]
fn parties_have_the_participation_of_their_column() {
    let expected = [
        ("phonecall", "from", 1),
        ("phonecall", "to", 2),
        ("appointment", "requiredattendees", 5),
        ("appointment", "optionalattendees", 6),
        ("appointment", "organizer", 7),
    ];
    for (table, name, number) in expected {
        let table = one(table);
        let kind = &table.column(name).unwrap().kind;
        assert!(
            matches!(kind, ColumnKind::PartyList { participation, .. } if *participation == number),
            "{name}"
        );
    }
}
