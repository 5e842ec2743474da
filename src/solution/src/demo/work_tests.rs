//! What must hold for emails, connections, rivals, lists, queues and the company's own rows.

use super::*;
use model::{Columns, Value};
use std::collections::{BTreeMap, BTreeSet};

fn small() -> Demo {
    generate(42, Size::Small, "2026-11-24".parse().unwrap())
}

fn target(columns: &Columns, column: &str) -> RowId {
    columns.get(column).as_reference().unwrap_or_else(|| panic!("{column}")).id
}

#[test]
fn an_email_has_a_sender_a_recipient_and_a_body_of_html() {
    let demo = small();
    let users: BTreeSet<RowId> = demo.users.iter().map(|user| user.row.id).collect();
    let (mut sent, mut received) = (0, 0);
    for row in demo.rows("email") {
        let parties = |column: &str| match row.columns.get(column) {
            Value::Parties(parties) => parties.clone(),
            other => panic!("{column}: {other:?}"),
        };
        let is_user = |column: &str| {
            parties(column).iter().all(|party| users.contains(&party.party.as_ref().unwrap().id))
        };
        let is_ours = *row.columns.get("directioncode") == Value::Boolean(true);
        assert_eq!((is_user("from"), is_user("to")), (is_ours, !is_ours));
        for party in parties("from").iter().chain(&parties("to")) {
            assert!(party.address.as_ref().unwrap().ends_with(".example"), "{party:?}");
        }
        let body = row.columns.get("description").as_text().unwrap();
        assert!(body.starts_with("<p>") && body.ends_with("</p>") && body.len() > 40, "{body}");
        match row.columns.get("statuscode").as_choice().unwrap() {
            3 => {
                sent += 1;
                assert!(is_ours && row.columns.has("senton"));
            }
            4 => {
                received += 1;
                assert!(!is_ours);
            }
            _ => assert!(is_ours && !row.columns.has("senton")),
        }
    }
    assert!(sent > 150 && received > 60, "{sent} {received}");
}

#[test]
fn connections_come_in_pairs_that_name_each_other() {
    let demo = small();
    let rows: BTreeMap<RowId, Columns> = demo.rows("connection").map(|row| (row.id, row.columns)).collect();
    for (id, columns) in &rows {
        let twin = &rows[&target(columns, "relatedconnectionid")];
        assert_eq!(target(twin, "relatedconnectionid"), *id);
        assert_eq!(target(twin, "record1id"), target(columns, "record2id"));
        assert_ne!(twin.get("ismaster"), columns.get("ismaster"));
        let name = columns.get("record2id").as_reference().unwrap().name.as_deref();
        assert_eq!(columns.get("name").as_text(), name);
    }
    assert_eq!(rows.len(), 300);
}

#[test]
fn what_joins_two_rows_joins_them_once() {
    for size in [Size::Small, Size::Large] {
        let demo = generate(7, size, "2026-11-24".parse().unwrap());
        for (table, one, other) in [
            ("opportunitycompetitors", "opportunityid", "competitorid"),
            ("listmember", "listid", "entityid"),
            ("queuemembership", "queueid", "systemuserid"),
            ("teammembership", "teamid", "systemuserid"),
        ] {
            let mut pairs = BTreeSet::new();
            for row in demo.rows(table) {
                let pair = (target(&row.columns, one), target(&row.columns, other));
                assert!(pairs.insert(pair), "{table}: twice");
            }
            assert_eq!(pairs.len(), demo.count(table), "{table}");
            assert!(pairs.len() > 10, "{table}");
        }
        let mut objects = BTreeSet::new();
        for row in demo.rows("queueitem") {
            assert!(objects.insert(target(&row.columns, "objectid")), "a row stands in two queues");
        }
    }
}

#[test]
fn memberships_are_those_the_users_have() {
    let demo = small();
    let mut expected: BTreeSet<(RowId, RowId)> = BTreeSet::new();
    for user in &demo.users {
        expected.extend(user.teams.iter().map(|team| (*team, user.row.id)));
    }
    let rows = demo.rows("teammembership");
    let found: BTreeSet<_> =
        rows.map(|row| (target(&row.columns, "teamid"), target(&row.columns, "systemuserid"))).collect();
    assert_eq!(found, expected);
}

#[test]
fn lists_count_their_members() {
    let demo = small();
    let mut members: BTreeMap<RowId, i64> = BTreeMap::new();
    for row in demo.rows("listmember") {
        *members.entry(target(&row.columns, "listid")).or_default() += 1;
    }
    for row in demo.rows("list") {
        assert_eq!(*row.columns.get("membercount"), Value::Integer(members[&row.id]));
    }
}

#[test]
fn a_part_of_the_opportunities_fills_every_custom_column_that_holds_values() {
    let demo = small();
    let metadata = customize(crate::metadata().unwrap()).unwrap();
    let table = metadata.table("opportunity").unwrap();
    let mut filled: BTreeMap<&str, usize> = BTreeMap::new();
    for row in demo.rows("opportunity") {
        for column in table.columns.iter().filter(|column| column.custom) {
            *filled.entry(column.name.as_str()).or_default() +=
                usize::from(row.columns.has(column.name.as_str()));
        }
    }
    for (name, count) in filled {
        // Pictures and files are uploaded, not written with the row.
        let is_upload = ["new_siteimage", "new_floorplan"].contains(&name);
        let few = name == "new_investorticker";
        let expected = match (is_upload, few, name) {
            (true, ..) => 0..1,
            (_, true, _) => 5..60,
            (.., "new_isservice") => 600..601,
            _ => 40..330,
        };
        assert!(expected.contains(&count), "{name}: {count}");
    }
}
