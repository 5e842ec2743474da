//! Bound plans: rights here; what plans mean is held against the naive executor in `conformance`.

use crate::fixtures::{fill, id, link, metadata, outputs, plan, reference, test, text};
use model::{Columns, Metadata, RowId, TableName, Value};
use query::{Answer, BoundOrder, BoundPlan, LinkKind, Test};
use std::collections::BTreeMap;
use store_sql::testing::Place;
use store_sql::{Access, BulkRow, Database, Reach};

fn ids(answer: &Answer) -> Vec<u128> {
    answer.rows.iter().map(|row| row.id.unwrap().as_u128()).collect()
}

async fn ask(database: &Database, plan: &BoundPlan, access: &Access) -> Answer {
    database.read().await.unwrap().run(plan, access).await.unwrap()
}

/// The answers that every executor must give.
pub async fn plans_mean_what_the_cases_say(place: &Place) {
    let database = place.open().await;
    let suite = query::cases::suite().unwrap();
    let org = Metadata { version: 1, tables: suite.tables.clone(), ..Metadata::default() };
    database.apply_metadata(&org).await.unwrap();
    let mut write = database.write().await.unwrap();
    for table in suite.tables.iter().filter(|table| !table.is_derived()) {
        let rows: Vec<BulkRow> = suite
            .rows
            .iter()
            .filter(|row| row.table == table.name)
            .map(|row| BulkRow { id: row.id, columns: row.columns.clone() })
            .collect();
        write.create_many(table.name.as_str(), &rows).await.unwrap();
    }
    write.commit().await.unwrap();
    let mut wrong = Vec::new();
    for case in &suite.cases {
        let checked = match suite.bind(case) {
            Ok(None) => Ok(()),
            Ok(Some(plan)) => match database.read().await.unwrap().run(&plan, &Access::everything()).await {
                Ok(answer) => case.check(&plan, &answer),
                Err(error) => {
                    Err(query::cases::Mismatch(format!("{}\n  {}\n  {error}", case.why, case.fetch)))
                }
            },
            Err(mismatch) => Err(mismatch),
        };
        wrong.extend(checked.err().map(|mismatch| mismatch.to_string()));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), suite.cases.len(), wrong.join("\n\n"));
}

fn owned(name: &str, owner: u128, unit: u128) -> Columns {
    Columns::new()
        .with("name", text(name))
        .with("ownerid", reference("systemuser", owner))
        .with("owningbusinessunit", reference("businessunit", unit))
}

pub async fn nobody_sees_beyond_their_rights(place: &Place) {
    let database = place.open().await;
    let (mine, team, unit, foreign) = (11_u128, 12, 13, 14);
    let rows = vec![
        (mine, owned("Mine", 1, 100).with("parent", reference("thing", foreign))),
        (team, owned("My team's", 2, 200).with("parent", reference("thing", mine))),
        (unit, owned("My unit's", 3, 100)),
        (foreign, owned("Foreign", 3, 200)),
    ];
    fill(&database, "thing", rows).await;
    let rows = |owners: &[u128], units: &[u128]| Reach::Rows {
        owners: owners.iter().map(|number| id(*number)).collect::<Vec<RowId>>(),
        business_units: units.iter().map(|number| id(*number)).collect(),
    };
    let cases = [
        ("nothing", Reach::Nothing, vec![]),
        ("user", rows(&[1, 2], &[]), vec![mine, team]),
        ("unit", rows(&[1, 2], &[100]), vec![mine, team, unit]),
        ("units below", rows(&[1], &[100, 200]), vec![mine, team, unit, foreign]),
        ("everything", Reach::Everything, vec![mine, team, unit, foreign]),
        ("nobody's", rows(&[], &[]), vec![]),
    ];
    for (name, reach, seen) in cases {
        let access = Access::to(BTreeMap::from([(TableName::new("thing"), reach)]));
        let answer = ask(&database, &plan("thing", &["name"], None), &access).await;
        assert_eq!(ids(&answer), seen, "{name}");
        let mut read = database.read().await.unwrap();
        assert_eq!(read.count("thing", &access).await.unwrap(), seen.len() as u64, "{name}");
        for row in [mine, team, unit, foreign] {
            let found = read.row("thing", id(row), None, &access).await.unwrap();
            assert_eq!(found.is_some(), seen.contains(&row), "{name}: {row}");
            let whole = read.row("thing", id(row), None, &Access::everything()).await.unwrap().unwrap();
            let things = metadata();
            let things = things.table("thing").unwrap();
            assert_eq!(
                access.reach("thing").holds(things, whole.id, &whole.columns),
                seen.contains(&row),
                "{name}: {row}"
            );
        }
        // A row out of reach is no partner either, in a join and in a condition.
        for (kind, with_parent) in [(LinkKind::Inner, true), (LinkKind::Any, true), (LinkKind::NotAny, false)]
        {
            let mut linked = plan("thing", &["name"], None);
            let mut parent = link("thing", "thingid", "parent", "p", kind);
            if kind == LinkKind::Inner {
                parent.columns = outputs(&["name"]);
            }
            linked.links.push(parent);
            let parents = [(mine, foreign), (team, mine)];
            let expected: Vec<u128> = seen
                .iter()
                .copied()
                .filter(|row| {
                    let has = parents.iter().any(|(child, parent)| child == row && seen.contains(parent));
                    has == with_parent
                })
                .collect();
            assert_eq!(ids(&ask(&database, &linked, &access).await), expected, "{name}: {kind:?}");
        }
    }
    let other = Access::to(BTreeMap::from([(TableName::new("place"), Reach::Everything)]));
    assert!(ask(&database, &plan("thing", &["name"], None), &other).await.rows.is_empty());
}

pub async fn names_of_references_are_those_of_now(place: &Place) {
    let database = place.open().await;
    fill(
        &database,
        "thing",
        vec![
            (1, Columns::new().with("name", text("Zebra"))),
            (2, Columns::new().with("name", text("child")).with("about", reference("thing", 1))),
            (3, Columns::new().with("name", text("orphan")).with("about", reference("place", 404))),
        ],
    )
    .await;
    let mut write = database.write().await.unwrap();
    write.update("thing", id(1), &Columns::new().with("name", text("Ébène")), None).await.unwrap();
    write.commit().await.unwrap();
    let mut wanted = plan("thing", &["about"], Some(test("about", Test::NotNull)));
    wanted.orders = vec![BoundOrder { link: None, column: "about".into(), descending: true, ranks: None }];
    let answer = ask(&database, &wanted, &Access::everything()).await;
    assert_eq!(ids(&answer), [2, 3], "by name, the unnamed last when the largest come first");
    let Value::Reference(named) = &answer.rows[0].values[0] else { panic!("{answer:?}") };
    assert_eq!(named.name.as_deref(), Some("Ébène"));
}
