//! Single rows: values, versions, transactions.

use crate::fixtures::{column, fill, id, line, metadata, named, reference, text};
use model::{ColumnKind, Columns, Date, Party, Reference, RowVersion, Timestamp, Value};
use store_sql::testing::Place;
use store_sql::{Access, BulkRow, Hold, StoreError, StoredAnswer};

const NOW: Timestamp = Timestamp::from_milliseconds(1_764_000_000_000);

pub async fn metadata_is_applied_once_and_grows(place: &Place) {
    let database = place.open().await;
    let mut metadata = metadata();
    database.apply_metadata(&metadata).await.unwrap();
    database.apply_metadata(&metadata).await.unwrap();
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("One")))]).await;

    metadata.version = 2;
    metadata.tables[0].columns.push(line("new_color"));
    metadata.tables[0].columns.push(column("new_count", ColumnKind::BigInteger));
    database.apply_metadata(&metadata).await.unwrap();
    assert_eq!(database.metadata().await.unwrap(), Some(metadata.clone()));
    let row = database.read().await.unwrap().row("thing", id(1), None, &Access::everything()).await.unwrap();
    let row = row.unwrap();
    assert_eq!(row.columns.get("name"), &text("One"));
    assert!(row.columns.has("new_color") && row.columns.get("new_color").is_null());

    metadata.tables[0].columns.push(line("No\"Name"));
    let refused = database.apply_metadata(&metadata).await.unwrap_err();
    assert!(matches!(refused, StoreError::UnfitName(_)), "{refused}");
}

/// A row with a value in every column; number 2 of its table is called “Two”.
pub fn of_every_kind() -> Columns {
    let party = Party { party: None, address: Some("a@b.example".to_owned()), participation: 5 };
    let guest = Reference { table: "thing".into(), id: id(2), name: Some("Two".to_owned()) };
    Columns::new()
        .with("name", text("Épicerie “Zoë” 🧺\n%_\\'"))
        .with("notes", text(""))
        .with("pieces", Value::Integer(-7))
        .with("rate", Value::Decimal("1.0000000001".parse().unwrap()))
        .with("price", Value::Decimal("-922337203685477.5808".parse().unwrap()))
        .with("latitude", Value::Float(0.1 + 0.2))
        .with("active", Value::Boolean(false))
        .with("color", Value::Choice(2))
        .with("tags", Value::Choices(vec![1, 12]))
        .with("birthday", Value::Date(Date::from_days(-1)))
        .with("seen", Value::DateTime(Timestamp::from_milliseconds(-1)))
        .with("process", Value::Id(id(99)))
        .with("kind", text("thing"))
        .with("parent", reference("thing", 2))
        .with("about", reference("place", 404))
        .with(
            "people",
            Value::Parties(vec![party, Party { party: Some(guest), address: None, participation: 5 }]),
        )
}

pub async fn every_kind_of_value_comes_back(place: &Place) {
    let database = place.open().await;
    let columns = of_every_kind();
    fill(&database, "thing", vec![(2, Columns::new().with("name", text("Two")))]).await;
    let mut write = database.write().await.unwrap();
    let version = write.create("thing", id(1), &columns).await.unwrap();
    write.commit().await.unwrap();
    let mut read = database.read().await.unwrap();
    let row = read.row("thing", id(1), None, &Access::everything()).await.unwrap().unwrap();
    assert_eq!(row.version, Some(version));
    for (column, value) in columns.iter() {
        let expected = match column.as_str() {
            "parent" => named("thing", 2, "Two"),
            _ => value.clone(),
        };
        assert_eq!(row.columns.get(column.as_str()), &expected, "{column}");
    }
    assert_eq!(row.columns.get("versionnumber"), &Value::Integer(version.0));
    assert!(!row.columns.has("thingid"));
    assert!(row.columns.get("ownerid").is_null());

    let mut write = database.write().await.unwrap();
    for (column, value) in
        [("name", Value::Integer(1)), ("pieces", text("1")), ("color", Value::Boolean(true))]
    {
        let wrong = Columns::new().with(column, value);
        let refused = write.update("thing", id(1), &wrong, None).await.unwrap_err();
        assert!(matches!(refused, StoreError::ValueMismatch { .. }), "{column}: {refused}");
    }
    let too_fine = Columns::new().with("price", Value::Decimal("0.00001".parse().unwrap()));
    let refused = write.update("thing", id(1), &too_fine, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::OutOfRange { .. }), "{refused}");
    let unknown = Columns::new().with("wheels", Value::Integer(4));
    let refused = write.update("thing", id(1), &unknown, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::UnknownColumn { .. }), "{refused}");
    let nulls: Columns = columns.iter().map(|(name, _)| (name.clone(), Value::Null)).collect();
    write.update("thing", id(1), &nulls, None).await.unwrap();
    let row = write.row("thing", id(1), Hold::Content).await.unwrap().unwrap();
    assert!(columns.iter().all(|(name, _)| row.columns.get(name.as_str()).is_null()));
}

pub async fn versions_grow_and_protect(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("One")))]).await;
    let change = Columns::new().with("name", text("Eins"));
    let mut write = database.write().await.unwrap();
    let first = write.row("thing", id(1), Hold::Content).await.unwrap().unwrap().version.unwrap();
    let second = write.update("thing", id(1), &change, Some(first)).await.unwrap();
    assert!(second > first);
    let refused = write.update("thing", id(1), &change, Some(first)).await.unwrap_err();
    assert!(matches!(refused, StoreError::VersionMismatch { current, .. } if current == second), "{refused}");
    let refused = write.delete("thing", id(1), Some(first), NOW).await.unwrap_err();
    assert!(matches!(refused, StoreError::VersionMismatch { .. }), "{refused}");
    let refused = write.update("thing", id(2), &change, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { .. }), "{refused}");
    let refused = write.delete("thing", id(2), Some(RowVersion(1)), NOW).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { .. }), "{refused}");
    let third = write.delete("thing", id(1), Some(second), NOW).await.unwrap();
    assert!(third > second);
    let fourth = write.create("thing", id(1), &change).await.unwrap();
    assert!(fourth > third);
    write.commit().await.unwrap();
    let mut write = database.write().await.unwrap();
    assert!(write.update("thing", id(1), &change, None).await.unwrap() > fourth);
    let refused = write.create("thing", id(1), &change).await.unwrap_err();
    assert!(matches!(refused, StoreError::Duplicate { .. }), "{refused}");
}

pub async fn what_is_not_committed_never_happened(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("One")))]).await;
    let mut write = database.write().await.unwrap();
    write.create("thing", id(2), &Columns::new().with("name", text("Two"))).await.unwrap();
    write.delete("thing", id(1), None, NOW).await.unwrap();
    let mut other = database.read().await.unwrap();
    assert_eq!(other.count("thing", &Access::everything()).await.unwrap(), 1);
    drop(write);
    let mut read = database.read().await.unwrap();
    assert!(read.row("thing", id(1), None, &Access::everything()).await.unwrap().is_some());
    assert!(read.row("thing", id(2), None, &Access::everything()).await.unwrap().is_none());
}

pub async fn a_repeated_request_finds_its_answer(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", Vec::new()).await;
    let (me, you) = (id(7), id(8));
    let mut write = database.write().await.unwrap();
    assert_eq!(write.claim_request("k", me, NOW).await.unwrap(), StoredAnswer::New);
    drop(write);
    let mut write = database.write().await.unwrap();
    assert_eq!(
        write.claim_request("k", me, NOW).await.unwrap(),
        StoredAnswer::New,
        "the first never happened"
    );
    write.keep_answer("k", me, b"done".to_vec()).await.unwrap();
    write.commit().await.unwrap();
    let mut write = database.write().await.unwrap();
    assert_eq!(write.claim_request("k", me, NOW).await.unwrap(), StoredAnswer::Done(b"done".to_vec()));
    assert_eq!(write.claim_request("k", you, NOW).await.unwrap(), StoredAnswer::New, "another user's key");
    write.keep_answer("k", you, Vec::new()).await.unwrap();
    write.forget(NOW.plus_milliseconds(1)).await.unwrap();
    assert_eq!(write.claim_request("k", me, NOW).await.unwrap(), StoredAnswer::New, "forgotten");
}

pub async fn many_rows_at_once(place: &Place) {
    let database = place.open().await;
    let rows = (1..=1500_u128)
        .map(|number| {
            let mut columns = Columns::new().with("name", text(&format!("Thing {number}")));
            if number % 2 == 0 {
                columns.set("pieces", Value::Integer(i64::try_from(number).unwrap()));
            }
            (number, columns)
        })
        .collect();
    fill(&database, "thing", rows).await;
    let mut read = database.read().await.unwrap();
    assert_eq!(read.count("thing", &Access::everything()).await.unwrap(), 1500);
    let row = read.row("thing", id(1500), None, &Access::everything()).await.unwrap().unwrap();
    assert_eq!(row.columns.get("pieces"), &Value::Integer(1500));
    let mut write = database.write().await.unwrap();
    let again = [BulkRow { id: id(1), columns: Columns::new() }];
    assert!(write.create_many("thing", &again).await.is_err());
}

pub async fn who_refers_to_a_row_holds_it(place: &Place) {
    let database = place.open().await;
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("Parent")))]).await;
    if database.dialect() == store_sql::Dialect::Sqlite {
        // Whoever writes is alone.
        return;
    }
    let mut child = database.write().await.unwrap();
    assert!(child.row("thing", id(1), Hold::Existence).await.unwrap().is_some());
    let mut sibling = database.write().await.unwrap();
    assert!(
        sibling.row("thing", id(1), Hold::Existence).await.unwrap().is_some(),
        "others may refer to it, too"
    );
    sibling.update("thing", id(1), &Columns::new().with("name", text("Renamed")), None).await.unwrap();
    sibling.commit().await.unwrap();
    let mut removal = database.write().await.unwrap();
    let waiting = removal.row("thing", id(1), Hold::Removal);
    let outcome = tokio::time::timeout(std::time::Duration::from_millis(300), waiting).await;
    assert!(outcome.is_err(), "it cannot go while a child is being made");
    drop(removal);
    child.create("thing", id(2), &Columns::new().with("parent", reference("thing", 1))).await.unwrap();
    child.commit().await.unwrap();
    let mut removal = database.write().await.unwrap();
    removal.row("thing", id(1), Hold::Removal).await.unwrap();
    assert_eq!(removal.referring("thing", "parent", id(1), 10).await.unwrap(), [id(2)]);
}
