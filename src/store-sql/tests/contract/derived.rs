//! Activities seen as one table, the members of their party lists, and rows that are seen with their parent.

use crate::fixtures::{column, id, line, link, lookup, plan, reference, test, text};
use model::{
    Cascade, Cascades, ColumnKind, ColumnName, Columns, DateBehavior, DateFormat, Metadata, Ownership, Party,
    Reference, Relationship, Table, TableName, TableSource, Timestamp, Value, party_row_id,
};
use query::{Answer, BoundOrder, BoundPlan, Comparison, LinkKind, Predicate, Test};
use std::collections::BTreeMap;
use store_sql::testing::Place;
use store_sql::{Access, BulkRow, ChangeRequest, Database, Reach, StoreError};

fn table(name: &str, key: &str, ownership: Ownership, columns: Vec<model::Column>) -> Table {
    let mut all = vec![column(key, ColumnKind::UniqueId)];
    all.extend(columns);
    if ownership == Ownership::User {
        all.push(lookup("ownerid", &["systemuser"]));
        all.push(lookup("owningbusinessunit", &["businessunit"]));
    }
    Table {
        name: name.into(),
        set_name: format!("{name}s"),
        primary_id: key.into(),
        primary_name: "subject".into(),
        ownership,
        columns: all,
        ..Table::default()
    }
}

fn activity(name: &str, own: Vec<model::Column>) -> Table {
    let instant = ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format: DateFormat::DateAndTime };
    let mut columns = vec![line("subject"), column("scheduledend", instant)];
    columns.extend(own);
    table(name, "activityid", Ownership::User, columns)
}

fn people(name: &str, participation: i32) -> model::Column {
    column(name, ColumnKind::PartyList { targets: vec!["systemuser".into()], participation })
}

fn org() -> Metadata {
    let files = Relationship {
        name: "meeting_files".to_owned(),
        child: "file".into(),
        column: "meeting".into(),
        navigation: "meeting".to_owned(),
        cascades: Cascades { delete: Cascade::Cascade, ..Cascades::default() },
        hierarchical: false,
        mappings: Vec::new(),
    };
    let meeting = activity("meeting", vec![people("required", 5), people("optional", 6), line("location")]);
    let party = vec![
        lookup("activityid", &["activitypointer"]),
        lookup("partyid", &["systemuser"]),
        column("participationtypemask", ColumnKind::Choice { options: Vec::new(), default: None }),
        line("addressused"),
    ];
    Metadata {
        version: 1,
        tables: vec![
            Table { is_activity: true, relationships: vec![files], ..meeting },
            Table { is_activity: true, ..activity("call", vec![people("required", 5)]) },
            Table {
                source: TableSource::Activities,
                ..activity(
                    "activitypointer",
                    vec![column("activitytypecode", ColumnKind::EntityName), line("location")],
                )
            },
            Table {
                source: TableSource::Parties,
                ..table("activityparty", "activitypartyid", Ownership::Parent, party)
            },
            table(
                "file",
                "fileid",
                Ownership::Parent,
                vec![line("subject"), lookup("meeting", &["meeting"])],
            ),
        ],
        ..Metadata::default()
    }
}

fn party(user: u128, participation: i32) -> Party {
    let party = Reference { table: "systemuser".into(), id: id(user), name: None };
    Party { party: Some(party), address: None, participation }
}

fn owned(subject: &str, owner: u128, ends_at: i64) -> Columns {
    Columns::new()
        .with("subject", text(subject))
        .with("ownerid", reference("systemuser", owner))
        .with("owningbusinessunit", reference("businessunit", 100))
        .with("scheduledend", Value::DateTime(Timestamp::from_milliseconds(ends_at)))
}

/// A meeting of user 1 with 1 and 2, a call of user 2 with 1, and a file on the meeting.
async fn filled(place: &Place) -> Database {
    let database = place.open().await;
    database.apply_metadata(&org()).await.unwrap();
    let mut write = database.write().await.unwrap();
    let parties = Value::Parties(vec![party(1, 5), party(2, 5)]);
    let meeting = owned("Meeting", 1, 20).with("required", parties).with("location", text("Lyon"));
    write.create("meeting", id(11), &meeting).await.unwrap();
    let call = owned("call", 2, 10).with("required", Value::Parties(vec![party(1, 5)]));
    write.create_many("call", &[BulkRow { id: id(12), columns: call }]).await.unwrap();
    let file = Columns::new().with("subject", text("Plan")).with("meeting", reference("meeting", 11));
    write.create("file", id(13), &file).await.unwrap();
    write.commit().await.unwrap();
    database
}

fn ids(answer: &Answer) -> Vec<u128> {
    answer.rows.iter().map(|row| row.id.unwrap().as_u128()).collect()
}

async fn ask(database: &Database, plan: &BoundPlan, access: &Access) -> Answer {
    database.read().await.unwrap().run(plan, access).await.unwrap()
}

/// “Whose party is user n?”
fn with_party(user: u128) -> BoundPlan {
    let mut wanted = plan("activitypointer", &["subject", "activitytypecode", "location"], None);
    let mut party = link("activityparty", "activityid", "activityid", "p", LinkKind::Any);
    party.filter = Some(test("partyid", Test::Compare(Comparison::Equal, Value::Id(id(user)))));
    wanted.links.push(party);
    wanted.orders =
        vec![BoundOrder { link: None, column: "scheduledend".into(), descending: false, ranks: None }];
    wanted
}

pub async fn activities_are_seen_as_one_table(place: &Place) {
    let database = filled(place).await;
    let everything = Access::everything();
    let answer = ask(&database, &with_party(1), &everything).await;
    assert_eq!(ids(&answer), [12, 11]);
    assert_eq!(answer.rows[0].values, [text("call"), text("call"), Value::Null]);
    assert_eq!(answer.rows[1].values, [text("Meeting"), text("meeting"), text("Lyon")]);
    let by_type = Predicate::Test {
        link: None,
        column: ColumnName::new("activitytypecode"),
        test: Test::Compare(Comparison::Equal, text("meeting")),
    };
    assert_eq!(
        ids(&ask(&database, &plan("activitypointer", &["subject"], Some(by_type)), &everything).await),
        [11]
    );
    let mut read = database.read().await.unwrap();
    let row = read.row("activitypointer", id(11), None, &everything).await.unwrap().unwrap();
    assert_eq!(row.columns.get("activitytypecode"), &text("meeting"));
    assert_eq!(read.count("activitypointer", &everything).await.unwrap(), 2);
    drop(read);
    // The same metadata again, and one more column, leave the view whole.
    database.apply_metadata(&org()).await.unwrap();
    let mut wider = org();
    wider.version = 2;
    wider.tables[1].columns.push(line("location"));
    database.apply_metadata(&wider).await.unwrap();
    let mut write = database.write().await.unwrap();
    write.update("call", id(12), &Columns::new().with("location", text("Nice")), None).await.unwrap();
    write.commit().await.unwrap();
    let answer = ask(&database, &with_party(1), &everything).await;
    assert_eq!(answer.rows[0].values[2], text("Nice"));
}

pub async fn parties_follow_their_activity(place: &Place) {
    let database = filled(place).await;
    let everything = Access::everything();
    let parties = plan("activityparty", &["partyid", "participationtypemask"], None);
    let listed = async || {
        let mut found: Vec<(u128, Value)> = ask(&database, &parties, &everything)
            .await
            .rows
            .iter()
            .map(|row| (row.id.unwrap().as_u128(), row.values[1].clone()))
            .collect();
        found.sort_by_key(|(id, _)| *id);
        found
    };
    let expected = |wanted: &[(u128, &str, usize, i32)]| {
        let mut wanted: Vec<(u128, Value)> = wanted
            .iter()
            .map(|(activity, column, place, mask)| {
                (party_row_id(id(*activity), column, *place).as_u128(), Value::Choice(*mask))
            })
            .collect();
        wanted.sort_by_key(|(id, _)| *id);
        wanted
    };
    assert_eq!(
        listed().await,
        expected(&[(11, "required", 0, 5), (11, "required", 1, 5), (12, "required", 0, 5)])
    );
    let mut write = database.write().await.unwrap();
    let optional = Columns::new().with("optional", Value::Parties(vec![party(3, 6)]));
    write.update("meeting", id(11), &optional, None).await.unwrap();
    let required = Columns::new().with("required", Value::Parties(vec![party(2, 5)]));
    write.update("meeting", id(11), &required, None).await.unwrap();
    write.delete("call", id(12), None, Timestamp::from_milliseconds(0)).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(listed().await, expected(&[(11, "required", 0, 5), (11, "optional", 0, 6)]));
    assert_eq!(ids(&ask(&database, &with_party(1), &everything).await), Vec::<u128>::new());
    assert_eq!(ids(&ask(&database, &with_party(3), &everything).await), [11]);
}

pub async fn what_is_derived_is_neither_written_nor_followed(place: &Place) {
    let database = filled(place).await;
    let mut write = database.write().await.unwrap();
    let columns = Columns::new().with("subject", text("no"));
    for table in ["activitypointer", "activityparty"] {
        let refused = [
            write.create(table, id(99), &columns).await.err(),
            write.update(table, id(11), &columns, None).await.err(),
            write.delete(table, id(11), None, Timestamp::from_milliseconds(0)).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(StoreError::Derived(_))), "{table}: {error:?}");
        }
        let access = Access::everything();
        let request = ChangeRequest {
            table,
            columns: None,
            within: None,
            above: &[],
            access: &access,
            stamp: "",
            token: None,
            limit: 10,
            now: Timestamp::from_milliseconds(0),
        };
        let changes = database.read().await.unwrap().changes(&request).await;
        assert!(matches!(changes, Err(StoreError::Derived(_))), "{table}");
    }
}

pub async fn rows_of_a_parent_are_seen_with_it(place: &Place) {
    let database = filled(place).await;
    let mine = |owner: u128| Reach::Rows { owners: vec![id(owner)], business_units: Vec::new() };
    let access = |owner: u128| {
        let tables = ["meeting", "call", "activitypointer", "activityparty", "file"];
        Access::to(tables.iter().map(|name| (TableName::new(name), mine(owner))).collect::<BTreeMap<_, _>>())
    };
    let files = plan("file", &["subject"], None);
    assert_eq!(ids(&ask(&database, &files, &access(1)).await), [13]);
    assert_eq!(ids(&ask(&database, &files, &access(2)).await), Vec::<u128>::new());
    let parties = plan("activityparty", &[], None);
    for (owner, seen) in [(1, 2), (2, 1), (3, 0)] {
        assert_eq!(ask(&database, &parties, &access(owner)).await.rows.len(), seen, "{owner}");
    }
    // Whoever sees the party's list but not the activity sees no party.
    let blind = Access::to(BTreeMap::from([(TableName::new("activityparty"), mine(1))]));
    assert!(ask(&database, &parties, &blind).await.rows.is_empty());
}
