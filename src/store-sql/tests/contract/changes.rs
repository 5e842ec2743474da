//! Deltas.

use crate::fixtures::{fill, id, metadata, reference, text};
use crate::rows::of_every_kind;
use model::{Columns, TableName, Timestamp, Value};
use std::collections::BTreeMap;
use store_sql::testing::Place;
use store_sql::{
    Access, ChangePage, ChangeRequest, ChangeToken, Database, Gone, GoneReason, Reach, StoreError,
};

const NOW: Timestamp = Timestamp::from_milliseconds(1_764_000_000_000);

fn named(name: &str) -> Columns {
    Columns::new().with("name", text(name))
}

struct Reader<'a> {
    database: &'a Database,
    access: Access,
    stamp: &'a str,
    limit: u32,
    now: Timestamp,
}

impl<'a> Reader<'a> {
    fn new(database: &'a Database) -> Self {
        Self { database, access: Access::everything(), stamp: "s", limit: 100, now: NOW }
    }

    async fn page(&self, token: Option<&ChangeToken>) -> Result<ChangePage, StoreError> {
        // As a client does: only the text of the token travels.
        let token = token.map(|token| token.to_string().parse::<ChangeToken>().unwrap());
        let request = ChangeRequest {
            table: "thing",
            columns: Some(&["name".into()]),
            within: None,
            above: &[],
            access: &self.access,
            stamp: self.stamp,
            token: token.as_ref(),
            limit: self.limit,
            now: self.now,
        };
        self.database.read().await.unwrap().changes(&request).await
    }

    /// Every page until the delta token: ids with names, gone ids, number of pages.
    async fn run(&self, token: Option<&ChangeToken>) -> Run {
        let mut run = Run { rows: BTreeMap::new(), gone: Vec::new(), pages: 0, token: None };
        let mut at = token.cloned();
        loop {
            let page = self.page(at.as_ref()).await.unwrap();
            run.pages += 1;
            assert!(page.rows.len() + page.gone.len() <= self.limit as usize);
            for row in page.rows {
                let (Some(id), [Value::Text(name)]) = (row.id, row.values.as_slice()) else {
                    panic!("{row:?}")
                };
                run.rows.insert(id.as_u128(), name.clone());
            }
            run.gone.extend(page.gone);
            at = Some(page.token);
            if page.is_last {
                run.token = at;
                return run;
            }
        }
    }
}

struct Run {
    rows: BTreeMap<u128, String>,
    gone: Vec<Gone>,
    pages: usize,
    token: Option<ChangeToken>,
}

impl Run {
    fn ids(&self) -> Vec<u128> {
        self.rows.keys().copied().collect()
    }
}

pub async fn the_first_pull_comes_in_pages(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", (1..=25).map(|number| (number, named("x"))).collect()).await;
    let mut reader = Reader::new(&database);
    reader.limit = 10;
    let first = reader.page(None).await.unwrap();
    assert!(!first.is_last && first.token.is_inside_run());
    // A row changed and one deleted after their page was read come with the delta.
    let mut write = database.write().await.unwrap();
    write.update("thing", id(3), &named("changed"), None).await.unwrap();
    write.delete("thing", id(4), None, NOW).await.unwrap();
    write.create("thing", id(26), &named("new")).await.unwrap();
    write.commit().await.unwrap();
    let rest = reader.run(Some(&first.token)).await;
    assert_eq!(rest.pages, 2);
    assert_eq!(rest.ids(), (11..=26).collect::<Vec<_>>());
    let delta = reader.run(rest.token.as_ref()).await;
    assert_eq!(delta.ids(), [3, 26]);
    assert_eq!(delta.gone, [Gone { id: id(4), reason: GoneReason::Deleted }]);
    let nothing = reader.run(delta.token.as_ref()).await;
    assert!(nothing.rows.is_empty() && nothing.gone.is_empty());
}

/// Pages of rows are read another way than single rows.
pub async fn pages_bring_every_kind_of_value_as_single_rows_do(place: &Place) {
    let database = place.open().await;
    let rows = vec![(1, of_every_kind()), (2, named("Two")), (3, Columns::new())];
    fill(&database, "thing", rows).await;
    let access = Access::everything();
    let request = |token| ChangeRequest {
        table: "thing",
        columns: None,
        within: None,
        above: &[],
        access: &access,
        stamp: "s",
        token,
        limit: 100,
        now: NOW,
    };
    let first = database.read().await.unwrap().changes(&request(None)).await.unwrap();
    let mut write = database.write().await.unwrap();
    write.update("thing", id(1), &Columns::new().with("pieces", Value::Integer(8)), None).await.unwrap();
    write.update("thing", id(3), &named("Three"), None).await.unwrap();
    write.commit().await.unwrap();
    let delta = database.read().await.unwrap().changes(&request(Some(&first.token))).await.unwrap();
    assert_eq!((first.rows.len(), delta.rows.len()), (3, 2));
    let layout = metadata();
    for row in first.rows.iter().filter(|row| row.id == Some(id(2))).chain(&delta.rows) {
        let mut read = database.read().await.unwrap();
        let alone = read.row("thing", row.id.unwrap(), None, &access).await.unwrap().unwrap();
        assert_eq!(row.version, alone.version);
        for (column, value) in layout.tables[0].columns.iter().zip(&row.values) {
            let is_key = column.name == layout.tables[0].primary_id;
            let expected =
                if is_key { &Value::Id(alone.id) } else { alone.columns.get(column.name.as_str()) };
            assert_eq!(value, expected, "{} of {:?}", column.name, row.id);
        }
    }
    let whole = first.rows.iter().find(|row| row.id == Some(id(1))).unwrap();
    for (column, value) in layout.tables[0].columns.iter().zip(&whole.values) {
        let is_set = of_every_kind().has(column.name.as_str());
        assert!(!is_set || !value.is_null(), "{}", column.name);
    }
}

pub async fn a_delta_holds_what_changed_left_and_went(place: &Place) {
    let database = place.open().await;
    let owned = |owner: u128| named("x").with("ownerid", reference("systemuser", owner));
    fill(&database, "thing", (1..=4).map(|number| (number, owned(1))).collect()).await;
    let mut reader = Reader::new(&database);
    let mine = Reach::Rows { owners: vec![id(1)], business_units: Vec::new() };
    reader.access = Access::to(BTreeMap::from([(TableName::new("thing"), mine)]));
    let token = reader.run(None).await.token;

    let mut write = database.write().await.unwrap();
    write.update("thing", id(1), &named("once"), None).await.unwrap();
    write.update("thing", id(1), &named("twice"), None).await.unwrap();
    write.update("thing", id(2), &owned(2), None).await.unwrap();
    write.delete("thing", id(3), None, NOW).await.unwrap();
    write.create("thing", id(5), &owned(2)).await.unwrap();
    write.create("thing", id(6), &owned(1)).await.unwrap();
    write.delete("thing", id(4), None, NOW).await.unwrap();
    write.create("thing", id(4), &owned(1)).await.unwrap();
    write.commit().await.unwrap();

    let delta = reader.run(token.as_ref()).await;
    assert_eq!(delta.ids(), [1, 4, 6]);
    assert_eq!(delta.rows.get(&1).map(String::as_str), Some("twice"));
    let mut gone = delta.gone.clone();
    gone.sort_by_key(|gone| gone.id);
    let left = |number| Gone { id: id(number), reason: GoneReason::Changed };
    assert_eq!(gone, [left(2), Gone { id: id(3), reason: GoneReason::Deleted }, left(5)]);
}

pub async fn a_delta_of_many_pages_loses_nothing(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", (1..=60).map(|number| (number, named("x"))).collect()).await;
    let mut reader = Reader::new(&database);
    let token = reader.run(None).await.token;
    let mut write = database.write().await.unwrap();
    for number in 1..=40 {
        write.update("thing", id(number), &named("y"), None).await.unwrap();
    }
    for number in 41..=60 {
        write.delete("thing", id(number), None, NOW).await.unwrap();
    }
    write.commit().await.unwrap();
    reader.limit = 7;
    let first = reader.page(token.as_ref()).await.unwrap();
    let mut write = database.write().await.unwrap();
    write.update("thing", id(30), &named("late"), None).await.unwrap();
    write.commit().await.unwrap();
    let rest = reader.run(Some(&first.token)).await;
    let mut seen: Vec<u128> =
        first.rows.iter().filter_map(|row| Some(row.id?.as_u128())).chain(rest.ids()).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (1..=40).collect::<Vec<_>>());
    assert_eq!(rest.gone.len(), 20);
    let delta = reader.run(rest.token.as_ref()).await;
    assert_eq!(delta.rows.get(&30).map(String::as_str), Some("late"));
}

pub async fn a_token_expires_with_rights_time_and_restored_databases(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", vec![(1, named("x"))]).await;
    let reader = Reader::new(&database);
    let token = reader.run(None).await.token.unwrap();
    let day = 86_400_000;
    let cases = [
        ("another stamp", Reader { stamp: "t", ..Reader::new(&database) }),
        ("91 days", Reader { now: NOW.plus_milliseconds(91 * day), ..Reader::new(&database) }),
    ];
    for (name, reader) in cases {
        assert!(matches!(reader.page(Some(&token)).await, Err(StoreError::Expired)), "{name}");
    }
    let later = Reader { now: NOW.plus_milliseconds(89 * day), ..Reader::new(&database) };
    assert!(later.page(Some(&token)).await.is_ok());
    let ahead: ChangeToken = format!("1.{}.{}.s", i64::MAX, NOW.milliseconds()).parse().unwrap();
    assert!(matches!(reader.page(Some(&ahead)).await, Err(StoreError::Expired)));
}

pub async fn an_open_transaction_loses_nothing(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", Vec::new()).await;
    database.apply_metadata(&metadata()).await.unwrap();
    let reader = Reader::new(&database);
    let token = reader.run(None).await.token;

    let mut slow = database.write().await.unwrap();
    slow.create("thing", id(1), &named("slow")).await.unwrap();
    // On SQLite nobody else can write meanwhile.
    if matches!(database.dialect(), store_sql::Dialect::Postgres) {
        let mut quick = database.write().await.unwrap();
        quick.create("thing", id(2), &named("quick")).await.unwrap();
        quick.commit().await.unwrap();
    }
    let during = reader.run(token.as_ref()).await;
    assert!(!during.rows.contains_key(&1));
    slow.commit().await.unwrap();
    let after = reader.run(during.token.as_ref()).await;
    assert_eq!(
        after.rows.get(&1).map(String::as_str),
        Some("slow"),
        "the later commit of the earlier version"
    );
    let at_last = reader.run(after.token.as_ref()).await;
    assert!(at_last.rows.is_empty(), "nothing is repeated for ever");
}
