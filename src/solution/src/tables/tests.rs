//! What holds for every table, and the numbers that must be those of Dataverse.

mod relationships;

use super::*;
use model::{BooleanOptions, ColumnKind, Label, Language, Ownership, TableSource, Writable};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Read once: in a build for tests the files take a while.
fn all() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| tables().unwrap());
    &TABLES
}

fn one(name: &str) -> &'static Table {
    all().iter().find(|table| table.name == *name).unwrap()
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
        if !column.description.is_empty() {
            labels.push((format!("{} description", column.name), &column.description));
        }
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
        assert_eq!(*file, format!("tables/{}.json", table.name));
    }
    let names: BTreeSet<_> = tables.iter().map(|table| &table.name).collect();
    let sets: BTreeSet<_> = tables.iter().map(|table| &table.set_name).collect();
    let codes: BTreeSet<_> = tables.iter().map(|table| table.object_type_code).collect();
    assert_eq!([names.len(), sets.len(), codes.len()], [tables.len(); 3]);
}

#[test]
fn every_label_is_there_in_every_language() {
    for table in all() {
        for (place, label) in labels(table) {
            for language in Language::ALL {
                let text = label.exact(language).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{place}: nothing in {}", language.tag());
                assert_eq!(text, text.trim(), "{place}: space around the text in {}", language.tag());
                assert!(!text.contains(['?', '\'']) || place.contains("decisionmaker"), "{place}: “{text}”");
            }
        }
    }
}

/// Texts that are the same in English and in French, because French says it so.
const SAME_IN_FRENCH: &str = "Action|Activation|Active|Airborne|Budget|Bulletins|Cc|Compression|Consultant|Contact|Contacts|\
    DHL|Description|Direction|Document|Effort|FOB|Facebook|FedEx|HTML|Image|Inactive|Latitude|\
    Longitude|Message|Microsoft Excel|Microsoft PowerPoint|Microsoft Word|Mode|Note|Notes|\
    Notifications|PDF|Parent|Pipeline|Public|Service|Services|Social|Source|Standard|Table|Twitter|\
    Type|UPS|URL|Version|Web|XAML";

/// Texts that are the same in English and in German, because German says it so.
const SAME_IN_GERMAN: &str = "Administrator|Airborne|Bcc|Budget|Cc|DHL|Dashboard|Definition|FOB|Facebook|Fax|FedEx|HTML|\
    Investor|Lead|Leads|Microsoft Excel|Microsoft PowerPoint|Microsoft Word|Name|Normal|Optional|\
    PDF|Partner|Pipeline|Revision|Seminar|Service|Standard|Status|Team|Teams|Text|Twitter|UPS|URL|\
    Version|Warm|Web|Website|Workflow|X-Header|XAML";

#[test]
fn labels_left_in_english_are_words_of_the_other_language() {
    let mut met = BTreeSet::new();
    for table in all() {
        for (place, label) in labels(table) {
            let english = label.text(Language::English);
            for (language, same) in [(Language::French, SAME_IN_FRENCH), (Language::German, SAME_IN_GERMAN)] {
                if label.text(language) == english {
                    assert!(
                        same.split('|').any(|word| word == english),
                        "{place}: “{english}” is not {}",
                        language.tag()
                    );
                    met.insert((language.tag(), english.to_owned()));
                }
            }
        }
    }
    for (language, same) in [(Language::French, SAME_IN_FRENCH), (Language::German, SAME_IN_GERMAN)] {
        for word in same.split('|') {
            assert!(met.contains(&(language.tag(), word.to_owned())), "“{word}” is used no more");
        }
    }
}

/// Texts told apart by nothing but their punctuation or their letters' size count as equal: they were copied.
#[test]
fn a_description_says_more_than_the_label() {
    for table in all() {
        for column in table.columns.iter().filter(|column| !column.description.is_empty()) {
            for language in Language::ALL {
                let (label, text) = (column.label.text(language), column.description.text(language));
                let bare = text.trim_end_matches('.');
                assert!(!bare.eq_ignore_ascii_case(label), "{}.{}: “{text}”", table.name, column.name);
                assert!(text.ends_with('.'), "{}.{}: “{text}” is no sentence", table.name, column.name);
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
    // Per state its number and its default reason.
    let expected: [(&str, &[(i32, i32)]); 34] = [
        ("businessunit", &[]),
        ("systemuser", &[]),
        ("team", &[]),
        ("annotation", &[]),
        ("competitor", &[]),
        ("opportunityproduct", &[]),
        ("quotedetail", &[]),
        ("uom", &[]),
        ("transactioncurrency", &[(0, 1), (1, 2)]),
        ("account", &[(0, 1), (1, 2)]),
        ("contact", &[(0, 1), (1, 2)]),
        ("lead", &[(0, 1), (1, 3), (2, 4)]),
        ("opportunity", &[(0, 1), (1, 3), (2, 4)]),
        ("opportunityclose", &[(0, 1), (1, 2), (2, 3)]),
        ("quoteclose", &[(0, 1), (1, 2), (2, 3)]),
        ("orderclose", &[(0, 1), (1, 2), (2, 3)]),
        ("product", &[(0, 1), (1, 2), (2, 0), (3, 3)]),
        ("pricelevel", &[(0, 100_001), (1, 100_002)]),
        ("discounttype", &[(0, 100_001), (1, 100_002)]),
        ("uomschedule", &[(0, 1), (1, 2)]),
        ("quote", &[(0, 1), (1, 2), (2, 4), (3, 7)]),
        ("salesorder", &[(0, 1), (1, 3), (2, 4), (3, 100_001), (4, 100_003)]),
        ("invoice", &[(0, 1), (1, 3), (2, 100_001), (3, 100_003)]),
        ("list", &[(0, 0), (1, 1)]),
        ("campaign", &[(0, 0), (1, 6)]),
        ("connection", &[(0, 1), (1, 2)]),
        ("connectionrole", &[(0, 1), (1, 2)]),
        ("task", &[(0, 2), (1, 5), (2, 6)]),
        ("appointment", &[(0, 1), (1, 3), (2, 4), (3, 5)]),
        ("phonecall", &[(0, 1), (1, 2), (2, 3)]),
        ("email", &[(0, 1), (1, 2), (2, 5)]),
        ("activitypointer", &[(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("queue", &[(0, 1), (1, 2)]),
        ("syncerror", &[(0, 0), (1, 1)]),
    ];
    for (name, states) in expected {
        let found: Vec<_> =
            one(name).states.iter().map(|state| (state.value, state.default_status)).collect();
        assert_eq!(found, states, "{name}");
    }
    for (name, status) in [("appointment", 5), ("product", 0), ("task", 2), ("quote", 1), ("list", 0)] {
        assert_eq!(one(name).initial_state().unwrap().default_status, status, "{name}");
    }
}

#[test]
fn where_transitions_are_enforced_each_leads_to_a_reason_of_the_table() {
    for table in all() {
        let reasons: Vec<_> = table.states.iter().flat_map(|state| &state.statuses).collect();
        let leads_on = reasons.iter().any(|reason| !reason.next.is_empty());
        assert_eq!(table.enforces_transitions, leads_on, "{}", table.name);
        for reason in &reasons {
            let place = format!("{} {}", table.name, reason.value);
            assert!(table.enforces_transitions || reason.next.is_empty(), "{place}");
            let unique: BTreeSet<_> = reason.next.iter().collect();
            assert_eq!(unique.len(), reason.next.len(), "{place}");
            for next in &reason.next {
                assert!(*next != reason.value && table.status(*next).is_some(), "{place} to {next}");
            }
        }
    }
    let next = |name: &str, status: i32| one(name).status(status).unwrap().1.next.clone();
    assert_eq!(next("opportunity", 1), [2, 3, 4, 5]);
    assert_eq!(next("opportunity", 3), [1]);
    assert_eq!(next("lead", 2), [1, 3, 4, 5, 6, 7]);
    assert_eq!(next("lead", 7), [1]);
    assert_eq!(next("quote", 1), [2], "a draft cannot be closed");
    assert!(one("salesorder").enforces_transitions && !one("account").enforces_transitions);
}

#[test]
fn a_picture_is_shown_where_there_is_one() {
    for table in all() {
        let image = table.columns.iter().find(|column| matches!(column.kind, ColumnKind::Image));
        assert_eq!(table.primary_image.as_ref(), image.map(|column| &column.name), "{}", table.name);
        if image.is_some() {
            for part in ["entityimageid", "entityimage_timestamp", "entityimage_url"] {
                assert_eq!(table.column(part).unwrap().writable, Writable::Never, "{}.{part}", table.name);
            }
        }
    }
}

/// A pattern must hold a sequence: two rows made at once would get one number else.
#[test]
fn numbers_given_by_the_server_come_in_sequence() {
    for (name, column) in
        [("quote", "quotenumber"), ("salesorder", "ordernumber"), ("invoice", "invoicenumber")]
    {
        assert!(!one(name).column(column).unwrap().auto_number.is_empty(), "{name}.{column}");
    }
    for table in all() {
        for column in table.columns.iter().filter(|column| !column.auto_number.is_empty()) {
            assert!(matches!(column.kind, ColumnKind::Text { .. }), "{}.{}", table.name, column.name);
            assert!(column.auto_number.contains("{SEQNUM:"), "{}.{}", table.name, column.name);
        }
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
        if table.source != TableSource::Rows {
            continue;
        }
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
        ("systemuser", 43),
        ("team", 24),
        ("transactioncurrency", 21),
        ("queue", 31),
        ("role", 18),
        ("uomschedule", 15),
        ("uom", 17),
        ("discounttype", 17),
        ("discount", 22),
        ("pricelevel", 21),
        ("product", 51),
        ("productpricelevel", 30),
        ("productsubstitute", 17),
        ("productassociation", 19),
        ("dynamicproperty", 35),
        ("dynamicpropertyoptionsetitem", 15),
        ("salesliterature", 27),
        ("salesliteratureitem", 24),
        ("territory", 20),
        ("campaign", 48),
        ("account", 97),
        ("contact", 107),
        ("competitor", 43),
        ("lead", 109),
        ("opportunity", 99),
        ("opportunityproduct", 49),
        ("opportunityclose", 37),
        ("quote", 87),
        ("quotedetail", 66),
        ("quoteclose", 34),
        ("salesorder", 89),
        ("salesorderdetail", 72),
        ("orderclose", 34),
        ("invoice", 83),
        ("invoicedetail", 73),
        ("dynamicpropertyinstance", 24),
        ("customeraddress", 37),
        ("leadaddress", 35),
        ("list", 35),
        ("connectionrole", 15),
        ("connection", 36),
        ("activitypointer", 42),
        ("task", 33),
        ("appointment", 44),
        ("phonecall", 35),
        ("email", 75),
        ("template", 35),
        ("activityparty", 19),
        ("activitymimeattachment", 28),
        ("queueitem", 25),
        ("annotation", 28),
        ("leadtoopportunitysalesprocess", 23),
        ("opportunitysalesprocess", 26),
        ("workflow", 38),
        ("processstage", 16),
        ("savedquery", 31),
        ("userquery", 30),
        ("savedqueryvisualization", 17),
        ("systemform", 27),
        ("appmodule", 24),
        ("sitemap", 14),
        ("mobileofflineprofile", 15),
        ("mobileofflineprofileitem", 31),
        ("mobileofflineprofileitemassociation", 19),
        ("syncerror", 28),
    ];
    for (name, count) in expected {
        assert!(one(name).columns.len() >= count, "{name} has {}", one(name).columns.len());
    }
    let counted: BTreeSet<_> = expected.iter().map(|(name, _)| *name).collect();
    let tables = all();
    let rows = tables.iter().filter(|table| table.source != TableSource::Intersect);
    for table in rows {
        assert!(counted.contains(table.name.as_str()), "{} has {} columns", table.name, table.columns.len());
    }
}

#[test]
fn parties_have_the_participation_of_their_column() {
    let expected = [
        ("phonecall", "from", 1),
        ("phonecall", "to", 2),
        ("email", "from", 1),
        ("email", "to", 2),
        ("email", "cc", 3),
        ("email", "bcc", 4),
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
