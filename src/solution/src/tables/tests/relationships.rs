//! What holds between tables: lookups and relationships, cascades, intersect tables, what is taken over from a parent.

use super::*;
use model::{Cascade, Column, ColumnKind, LookupStyle, ManyToMany, Relationship, TableSource};
use std::collections::{BTreeMap, BTreeSet};

fn find<'a>(tables: &'a [Table], name: &str) -> &'a Table {
    tables.iter().find(|table| table.name == *name).unwrap_or_else(|| panic!("no table {name}"))
}

fn relationship<'a>(tables: &'a [Table], name: &str) -> (&'a Table, &'a Relationship) {
    let mut all = tables.iter().flat_map(|table| table.relationships.iter().map(move |way| (table, way)));
    all.find(|(_, way)| way.name == name).unwrap_or_else(|| panic!("no relationship {name}"))
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    table.column(name).unwrap_or_else(|| panic!("no column {}.{name}", table.name))
}

#[test]
fn a_reference_points_to_known_tables_each_by_a_relationship() {
    let tables = all();
    let known: BTreeSet<_> = tables.iter().map(|table| table.name.clone()).collect();
    for table in tables {
        for column in &table.columns {
            let place = format!("{}.{}", table.name, column.name);
            assert!(column.targets().iter().all(|target| known.contains(target)), "{place}");
            if let ColumnKind::Lookup { targets, .. } = &column.kind {
                assert!(!targets.is_empty(), "{place}");
                for target in targets {
                    let ways = find(tables, target.as_str()).relationships.iter();
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
    let ColumnKind::Lookup { targets, style } = &column(child, way.column.as_str()).kind else {
        panic!("{}: {}.{} is no lookup", way.name, way.child, way.column);
    };
    assert!(targets.contains(&parent.name), "{}: {} is no target", way.name, parent.name);
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
    for parent in tables {
        for way in &parent.relationships {
            let child = find(tables, way.child.as_str());
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
        ("email", "regardingobjectid_quote_email"),
        ("annotation", "objectid_opportunity"),
        ("annotation", "objectid_task"),
        ("connection", "record1id_contact"),
        ("connection", "record2id_competitor"),
        ("customeraddress", "parentid_account"),
        ("opportunityclose", "opportunityid"),
    ];
    for (child, navigation) in expected {
        assert!(
            columns_of.keys().any(|(name, way)| **name == *child && *way == navigation),
            "{child}.{navigation}"
        );
    }
}

/// Collection-valued properties of one table share their names with neither each other nor a column.
#[test]
fn collections_of_a_table_have_names_of_their_own() {
    let tables = all();
    for table in tables {
        let own = table.relationships.iter().map(|way| way.name.as_str());
        let joined = tables.iter().flat_map(|first| first.many_to_many.iter().map(move |way| (first, way)));
        let joined = joined.filter(|(first, way)| first.name == table.name || way.other == table.name);
        let mut names = BTreeSet::new();
        for name in own.chain(joined.map(|(_, way)| way.name.as_str())) {
            assert!(names.insert(name), "{}: {name} comes twice", table.name);
            assert!(table.column(name).is_none(), "{}: {name} is a column", table.name);
        }
    }
    let mut names = BTreeSet::new();
    for way in tables.iter().flat_map(|table| &table.relationships) {
        assert!(names.insert(&way.name) || is_shared(tables, &way.name), "{} comes twice", way.name);
    }
}

/// An owner is a user or a team: Dataverse keeps one relationship for both (`owner_accounts`).
fn is_shared(tables: &[Table], name: &str) -> bool {
    let ways = tables.iter().flat_map(|table| &table.relationships).filter(|way| way.name == name);
    ways.map(|way| (way.child.as_str(), way.column.as_str())).all(|(_, column)| column == "ownerid")
}

#[test]
fn cascades_are_those_of_dataverse() {
    use Cascade::{Cascade as C, None as N, RemoveLink as L, Restrict as R};
    let tables = all();
    // Name, parent, child and column; what delete, assign, share and merge do.
    let expected = [
        ("account_master_account", "account", "account.masterid", [L, N, N, N]),
        ("account_parent_account", "account", "account.parentaccountid", [L, C, C, C]),
        ("contact_customer_accounts", "account", "contact.parentcustomerid", [C, C, C, C]),
        ("contact_customer_contacts", "contact", "contact.parentcustomerid", [L, C, C, C]),
        ("Account_CustomerAddress", "account", "customeraddress.parentid", [C, N, N, C]),
        ("opportunity_customer_accounts", "account", "opportunity.customerid", [C, C, C, C]),
        ("opportunity_parent_account", "account", "opportunity.parentaccountid", [L, N, N, C]),
        ("invoice_customer_accounts", "account", "invoice.customerid", [R, C, C, C]),
        ("account_primary_contact", "contact", "account.primarycontactid", [L, N, N, C]),
        ("opportunity_originating_lead", "lead", "opportunity.originatingleadid", [L, N, N, C]),
        ("lead_qualifying_opportunity", "opportunity", "lead.qualifyingopportunityid", [L, N, N, C]),
        ("Opportunity_OpportunityClose", "opportunity", "opportunityclose.opportunityid", [C, C, C, N]),
        ("product_opportunities", "opportunity", "opportunityproduct.opportunityid", [C, C, N, N]),
        ("opportunity_quotes", "opportunity", "quote.opportunityid", [C, C, N, N]),
        ("opportunity_invoices", "opportunity", "invoice.opportunityid", [R, N, N, N]),
        ("quote_details", "quote", "quotedetail.quoteid", [C, N, N, N]),
        ("order_invoices", "salesorder", "invoice.salesorderid", [R, N, N, N]),
        ("product_quote_details", "product", "quotedetail.productid", [R, N, N, N]),
        ("price_level_accounts", "pricelevel", "account.defaultpricelevelid", [R, N, N, N]),
        ("price_level_opportunties", "pricelevel", "opportunity.pricelevelid", [L, N, N, N]),
        ("unit_of_measurement_base_unit", "uom", "uom.baseuom", [C, N, N, N]),
        ("competitor_opportunity_activities", "competitor", "opportunityclose.competitorid", [L, N, N, N]),
        ("queue_entries", "queue", "queueitem.queueid", [C, N, N, N]),
        ("Account_Tasks", "account", "task.regardingobjectid", [C, C, C, C]),
        ("Quote_Appointments", "quote", "appointment.regardingobjectid", [C, C, C, N]),
        ("Opportunity_Annotation", "opportunity", "annotation.objectid", [C, C, C, N]),
        ("Product_Annotation", "product", "annotation.objectid", [C, N, N, N]),
        ("account_connections1", "account", "connection.record1id", [C, N, N, C]),
        ("opportunity_connections2", "opportunity", "connection.record2id", [C, N, N, N]),
    ];
    for (name, parent, child, [delete, assign, share, merge]) in expected {
        let (table, way) = relationship(tables, name);
        assert_eq!(
            (table.name.as_str(), format!("{}.{}", way.child, way.column)),
            (parent, child.to_owned())
        );
        let found = &way.cascades;
        assert_eq!(
            [found.delete, found.assign, found.share, found.merge],
            [delete, assign, share, merge],
            "{name}"
        );
    }
}

/// A table has at most one parent that hands on owners and rights (`Parental`); its rows come to a new parent with rights.
#[test]
fn rights_follow_a_parent_that_shares_them() {
    for table in all() {
        for way in &table.relationships {
            let shares = way.cascades.share == Cascade::Cascade;
            assert!(!shares || way.cascades.assign == Cascade::Cascade, "{}", way.name);
            assert_eq!(way.cascades.reparent == Cascade::Cascade, shares, "{}", way.name);
            for cascade in
                [way.cascades.assign, way.cascades.share, way.cascades.merge, way.cascades.reparent]
            {
                assert!(matches!(cascade, Cascade::None | Cascade::Cascade), "{}", way.name);
            }
        }
    }
}

/// What the server requires of a child cannot be taken away when the parent goes.
#[test]
fn a_required_link_is_not_removed() {
    let tables = all();
    for way in tables.iter().flat_map(|table| &table.relationships) {
        let column = column(find(tables, way.child.as_str()), way.column.as_str());
        let is_required = column.required == model::Requirement::System;
        assert!(!is_required || way.cascades.delete != Cascade::RemoveLink, "{}", way.name);
    }
}

#[test]
fn intersect_tables_join_the_two_tables_of_their_relationship() {
    let tables = all();
    let ways: Vec<(&Table, &ManyToMany)> =
        tables.iter().flat_map(|table| table.many_to_many.iter().map(move |way| (table, way))).collect();
    for (first, way) in &ways {
        let between = find(tables, way.intersect.as_str());
        assert_eq!(between.source, TableSource::Intersect, "{}", way.name);
        for (name, target) in [(&way.column, &first.name), (&way.other_column, &way.other)] {
            let column = column(between, name.as_str());
            assert!(column.targets().contains(target), "{}: {name}", way.name);
            assert_eq!(column.required, model::Requirement::System, "{}: {name}", way.name);
        }
        let key = [way.column.clone(), way.other_column.clone()];
        assert!(between.keys.iter().any(|known| known.iter().all(|name| key.contains(name))), "{}", way.name);
    }
    for table in tables.iter().filter(|table| table.source == TableSource::Intersect) {
        assert!(ways.iter().any(|(_, way)| way.intersect == table.name), "{} joins nothing", table.name);
        for way in tables.iter().flat_map(|parent| &parent.relationships) {
            assert!(way.child != table.name || way.cascades.delete == Cascade::Cascade, "{}", way.name);
        }
    }
    for name in [
        "opportunitycompetitors_association",
        "leadcompetitors_association",
        "leadproduct_association",
        "listaccount_association",
        "listcontact_association",
        "listlead_association",
        "accountleads_association",
        "contactleads_association",
        "contactquotes_association",
        "contactorders_association",
        "contactinvoices_association",
        "competitorproduct_association",
        "productsalesliterature_association",
        "teammembership_association",
        "systemuserroles_association",
        "queuemembership_association",
    ] {
        assert_eq!(ways.iter().filter(|(_, way)| way.name == name).count(), 1, "{name}");
    }
}

#[test]
fn hierarchies_lead_from_a_table_to_itself() {
    let tables = all();
    for (name, expected) in [
        ("account", Some("account_parent_account")),
        ("systemuser", Some("user_parent_user")),
        ("product", Some("product_parent_product")),
        ("territory", Some("territory_parent_territory")),
        ("contact", None),
    ] {
        assert_eq!(find(tables, name).hierarchy().map(|way| way.name.as_str()), expected, "{name}");
    }
    for table in tables {
        let marked: Vec<_> = table.relationships.iter().filter(|way| way.hierarchical).collect();
        assert!(marked.len() < 2 && marked.iter().all(|way| way.child == table.name), "{}", table.name);
    }
}

/// What is said of a value that may be longer or larger than the other column allows.
const TOO_MUCH: &str = "too long or too large";

/// Whether a value of one column can stand in another, whatever it is.
fn fits(parent: &Table, from: &Column, to: &Column) -> Result<(), String> {
    use ColumnKind::{
        Boolean, Choice, DateTime, Decimal, Float, Integer, Lookup, Memo, Money, Text, UniqueId,
    };
    let told = |is_fine: bool, what: &str| if is_fine { Ok(()) } else { Err(what.to_owned()) };
    match (&from.kind, &to.kind) {
        (
            Text { max_length, .. } | Memo { max_length, .. },
            Text { max_length: most, .. } | Memo { max_length: most, .. },
        ) => told(max_length <= most, TOO_MUCH),
        (Choice { options, .. }, Choice { options: known, .. }) => told(
            options.iter().all(|option| known.iter().any(|other| other.value == option.value)),
            "other options",
        ),
        (Lookup { targets, .. }, Lookup { targets: known, .. }) => {
            told(targets.iter().all(|target| known.contains(target)), "other targets")
        }
        (UniqueId, Lookup { targets, .. }) => {
            told(from.name == parent.primary_id && targets.contains(&parent.name), "no id of a target")
        }
        (Money { max, min, .. }, Money { max: most, min: least, .. }) => {
            told(min >= least && max <= most, TOO_MUCH)
        }
        (Integer { min, max, .. }, Integer { min: least, max: most, .. }) => {
            told(min >= least && max <= most, TOO_MUCH)
        }
        (UniqueId, UniqueId)
        | (Decimal { .. }, Decimal { .. })
        | (Float { .. }, Float { .. })
        | (Boolean(_), Boolean(_)) => Ok(()),
        (DateTime { behavior, .. }, DateTime { behavior: other, .. }) => {
            told(behavior == other, "other behavior")
        }
        _ => Err("another type".to_owned()),
    }
}

/// Lengths and limits that differ in Dataverse itself: the child is told of a value it cannot hold as of any other.
const NARROWER: [&str; 2] = ["name>companyname", "revisionnumber>revision"];

#[test]
fn what_a_child_takes_over_stands_on_both_sides_and_fits() {
    let tables = all();
    let mut met = BTreeSet::new();
    for parent in tables {
        for way in &parent.relationships {
            let child = find(tables, way.child.as_str());
            let mut taken = BTreeSet::new();
            for mapping in &way.mappings {
                let place = format!("{}: {}>{}", way.name, mapping.from, mapping.to);
                let (from, to) = (column(parent, mapping.from.as_str()), column(child, mapping.to.as_str()));
                assert!(taken.insert(&mapping.to), "{place}: comes twice");
                assert!(to.name != way.column, "{place}: is the link itself");
                assert!(
                    matches!(to.writable, Writable::Always | Writable::OnCreate),
                    "{place}: not writable"
                );
                if let Err(what) = fits(parent, from, to) {
                    let pair = format!("{}>{}", from.name, to.name);
                    assert!(NARROWER.contains(&pair.as_str()) && what == TOO_MUCH, "{place}: {what}");
                    met.insert(pair);
                }
            }
        }
    }
    assert_eq!(met.len(), NARROWER.len(), "{met:?}");
    for (name, pairs) in [
        ("contact_customer_accounts", "address1_city>address1_city telephone1>telephone1"),
        ("opportunity_parent_account", "accountid>customerid defaultpricelevelid>pricelevelid"),
        ("opportunity_originating_lead", "subject>name estimatedamount>estimatedvalue need>need"),
        ("account_originating_lead", "companyname>name websiteurl>websiteurl"),
        ("contact_originating_lead", "lastname>lastname parentaccountid>parentcustomerid"),
        ("opportunity_quotes", "customerid>customerid pricelevelid>pricelevelid freightamount>freightamount"),
        ("quote_orders", "customerid>customerid billto_city>billto_city"),
        ("order_invoices", "customerid>customerid shipto_city>shipto_city"),
    ] {
        let (_, way) = relationship(tables, name);
        let found: Vec<_> = way.mappings.iter().map(|pair| format!("{}>{}", pair.from, pair.to)).collect();
        for pair in pairs.split(' ') {
            assert!(found.iter().any(|known| known == pair), "{name}: {pair} is not taken over");
        }
    }
}
