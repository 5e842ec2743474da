//! The org's metadata: the solution's layer, the org's over it, deltas, and tables that follow.

use crate::fixtures::{column, fill, id, line, lookup, metadata, text};
use model::component::key_of;
use model::{
    Column, ColumnKind, Columns, ComponentKey, ComponentKind, DateBehavior, DateFormat, Decimal, Label,
    Language, Metadata, Row, Value, ViewId, ViewRecord,
};
use store_sql::testing::Place;
use store_sql::{Access, Customization, Database, StoreError};

fn view(number: u128, name: &str) -> ViewRecord {
    ViewRecord {
        id: ViewId::from_u128(number),
        table: "thing".into(),
        name: Label::one(Language::English, name),
        kind: 0,
        is_default: number == 1,
        fetch_xml: String::new(),
        layout_xml: String::new(),
    }
}

fn solution(version: i64) -> Metadata {
    Metadata { version, views: vec![view(1, "One"), view(2, "Two")], ..metadata() }
}

fn custom(column: Column) -> Column {
    Column { custom: true, ..column }
}

async fn change(database: &Database, changes: &[Customization]) -> Result<(), StoreError> {
    let mut write = database.write().await?;
    write.customize(changes).await?;
    write.commit().await
}

/// A connection that prepared its statements for the tables of before says so once; the next try is a good one.
async fn row(database: &Database, number: u128) -> Row {
    for _ in 0..20 {
        let mut read = database.read().await.unwrap();
        match read.row("thing", id(number), None, &Access::everything()).await {
            Err(StoreError::Outdated) => {}
            found => return found.unwrap().unwrap(),
        }
    }
    panic!("the tables are never those that the statements are made for");
}

fn names(metadata: &Metadata) -> Vec<&str> {
    metadata.views.iter().map(|view| view.name.text(Language::English)).collect()
}

fn has_column(metadata: &Metadata, name: &str) -> bool {
    metadata.table("thing").unwrap().column(name).is_some()
}

pub async fn what_the_org_made_survives_a_newer_solution(place: &Place) {
    let database = place.open().await;
    database.apply_metadata(&solution(1)).await.unwrap();
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("One")))]).await;
    let color = custom(line("new_color"));
    let mut renamed =
        column("pieces", ColumnKind::Integer { format: model::IntegerFormat::Plain, min: 0, max: 9 });
    renamed.label = Label::one(Language::English, "Ours");
    let changes = [
        Customization::put_column(&"thing".into(), &color),
        Customization::put_column(&"thing".into(), &renamed),
        Customization::put(&view(1, "Ours")),
        Customization::put(&view(3, "Three")),
        Customization::remove(&key_of(&view(2, ""))),
    ];
    change(&database, &changes).await.unwrap();
    let mut write = database.write().await.unwrap();
    write.update("thing", id(1), &Columns::new().with("new_color", text("red")), None).await.unwrap();
    write.commit().await.unwrap();

    let mut newer = solution(2);
    newer.tables[0].columns.push(line("newer"));
    newer.tables[0].label = Label::one(Language::English, "Newer");
    newer.views = vec![view(1, "Newer one"), view(2, "Newer two"), view(4, "Four")];
    database.apply_metadata(&newer).await.unwrap();
    let found = database.metadata().await.unwrap().unwrap();
    assert_eq!(names(&found), ["Ours", "Four", "Three"], "the solution's places, then the org's own");
    assert!(has_column(&found, "new_color") && has_column(&found, "newer"));
    let thing = found.table("thing").unwrap();
    assert_eq!(thing.label.text(Language::English), "Newer");
    assert_eq!(thing.column("pieces").unwrap().label.text(Language::English), "Ours");
    assert_eq!(row(&database, 1).await.columns.get("new_color"), &text("red"));

    database.apply_metadata(&solution(1)).await.unwrap();
    assert_eq!(database.metadata().await.unwrap().unwrap(), found, "an older program changes nothing");
    change(&database, &[Customization::restore(&key_of(&view(2, "")))]).await.unwrap();
    assert_eq!(names(&database.metadata().await.unwrap().unwrap()), ["Ours", "Newer two", "Four", "Three"]);
    newer.version = 3;
    newer.views.retain(|view| view.id != ViewId::from_u128(4));
    database.apply_metadata(&newer).await.unwrap();
    assert_eq!(names(&database.metadata().await.unwrap().unwrap()), ["Ours", "Newer two", "Three"]);
}

pub async fn a_delta_leads_from_any_version_to_the_newest(place: &Place) {
    let database = place.open().await;
    database.apply_metadata(&solution(1)).await.unwrap();
    let mut stages = vec![database.metadata().await.unwrap().unwrap()];
    let gone = ComponentKey::new(ComponentKind::View, ViewId::from_u128(2).to_string());
    let steps = [
        vec![Customization::put_column(&"thing".into(), &custom(line("new_color")))],
        vec![Customization::put(&view(3, "Three")), Customization::remove(&gone)],
        vec![Customization::remove_column(&"thing".into(), &"new_color".into())],
        vec![Customization::restore(&gone), Customization::put(&view(1, "Ours"))],
    ];
    for step in &steps {
        change(&database, step).await.unwrap();
        stages.push(database.metadata().await.unwrap().unwrap());
    }
    let definitions = database.definitions();
    let sorted = |mut metadata: Metadata| {
        metadata.views.sort_by_key(|view| view.id);
        metadata
    };
    for stage in &stages {
        let mut found = stage.clone();
        definitions.delta(stage.version).apply(&mut found).unwrap();
        assert_eq!(sorted(found), sorted(definitions.metadata.clone()), "from {}", stage.version);
    }
    let newest = stages.last().unwrap().version;
    assert_eq!(newest, stages[0].version + 4, "one version for each transaction");
    assert!(definitions.delta(newest).is_empty());
    let last = definitions.delta(newest - 1);
    assert_eq!((last.changed.views.len(), last.changed.tables.len()), (2, 0), "nothing but what changed");
    for unknown in [0, -1, newest + 1] {
        assert_eq!(definitions.delta(unknown).from, None);
    }
}

pub async fn columns_come_and_go_with_their_values(place: &Place) {
    let database = place.open().await;
    database.apply_metadata(&solution(1)).await.unwrap();
    let columns = [custom(line("new_text")), custom(lookup("new_other", &["thing"]))];
    let put: Vec<_> =
        columns.iter().map(|column| Customization::put_column(&"thing".into(), column)).collect();
    change(&database, &put).await.unwrap();
    let other = crate::fixtures::reference("thing", 1);
    let values = Columns::new().with("new_text", text("Été")).with("new_other", other.clone());
    fill(&database, "thing", vec![(1, values)]).await;
    assert!(row(&database, 1).await.columns.get("new_other").is_same(&other));
    let remove: Vec<_> =
        columns.iter().map(|column| Customization::remove_column(&"thing".into(), &column.name)).collect();
    change(&database, &remove).await.unwrap();
    assert!(!row(&database, 1).await.columns.has("new_text"));
    // Under the same name, another type: nothing is left of the old one.
    let number = custom(column("new_text", ColumnKind::BigInteger));
    change(&database, &[Customization::put_column(&"thing".into(), &number), put[1].clone()]).await.unwrap();
    let found = row(&database, 1).await;
    assert!(found.columns.get("new_text").is_null() && found.columns.get("new_other").is_null());
    fill(&database, "thing", vec![(2, Columns::new().with("new_text", Value::Integer(7)))]).await;
    let system = Customization::remove_column(&"thing".into(), &"name".into());
    change(&database, &[system]).await.unwrap();
    assert!(has_column(&database.metadata().await.unwrap().unwrap(), "name"), "the solution's columns stay");
    let bad = custom(line("new_name__fold"));
    let refused = change(&database, &[Customization::put_column(&"thing".into(), &bad)]).await.unwrap_err();
    assert!(matches!(refused, StoreError::UnfitName(_)), "{refused}");
}

pub async fn what_is_not_committed_changed_no_table(place: &Place) {
    let database = place.open().await;
    database.apply_metadata(&solution(1)).await.unwrap();
    let before = database.metadata().await.unwrap();
    let add = Customization::put_column(&"thing".into(), &custom(line("new_color")));
    let mut write = database.write().await.unwrap();
    let inside = write.customize(std::slice::from_ref(&add)).await.unwrap();
    assert!(has_column(&inside.metadata, "new_color"));
    write.create("thing", id(9), &Columns::new().with("new_color", text("red"))).await.unwrap();
    drop(write);
    assert_eq!(database.metadata().await.unwrap(), before);
    assert!(!has_column(&database.definitions().metadata, "new_color"));
    change(&database, &[add]).await.unwrap();
    fill(&database, "thing", vec![(9, Columns::new().with("new_color", text("red")))]).await;
}

pub async fn values_follow_their_columns_to_another_form(place: &Place) {
    let database = place.open().await;
    let decimal = |precision| ColumnKind::Decimal { precision, min: Decimal::MIN, max: Decimal::MAX };
    let date = |behavior| ColumnKind::DateTime { behavior, format: DateFormat::Date };
    let mut old = solution(2);
    old.tables[0].columns.extend([
        column("amount", decimal(2)),
        column("narrow", decimal(4)),
        column("day", date(DateBehavior::DateOnly)),
        column("friend", ColumnKind::UniqueId),
        column("word", ColumnKind::EntityName),
    ]);
    database.apply_metadata(&old).await.unwrap();
    let number = |text: &str| Value::Decimal(text.parse().unwrap());
    let values = Columns::new()
        .with("name", text("A"))
        .with("amount", number("1.25"))
        .with("narrow", number("-1.2350"))
        .with("day", Value::Date(model::Date::from_days(-1)))
        .with("friend", Value::Id(id(1)))
        .with("word", text("Été"));
    fill(&database, "thing", vec![(1, values)]).await;
    let mut newer = old.clone();
    newer.version = 3;
    let mut become_of = |name: &str, kind: ColumnKind| {
        let column = newer.tables[0].columns.iter_mut().find(|column| column.name == *name).unwrap();
        column.kind = kind;
    };
    become_of("amount", decimal(5));
    become_of("narrow", decimal(2));
    become_of("day", date(DateBehavior::UserLocal));
    become_of("friend", lookup("friend", &["thing"]).kind);
    become_of("word", line("word").kind);
    database.apply_metadata(&newer).await.unwrap();
    let found = row(&database, 1).await.columns;
    assert_eq!(found.get("amount"), &number("1.25"));
    assert_eq!(found.get("narrow"), &number("-1.24"), "half of the last digit goes away from zero");
    assert_eq!(found.get("day"), &Value::DateTime(model::Timestamp::from_milliseconds(-86_400_000)));
    assert_eq!(found.get("friend"), &crate::fixtures::named("thing", 1, "A"));
    assert_eq!(found.get("word"), &text("Été"));
    let mut odd = newer.clone();
    odd.version = 4;
    let column = odd.tables[0].columns.iter_mut().find(|column| column.name == *"word").unwrap();
    column.kind = ColumnKind::BigInteger;
    let refused = database.apply_metadata(&odd).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unconvertible { .. }), "{refused}");
    assert_eq!(row(&database, 1).await.columns.get("word"), &text("Été"), "nothing was changed");
}

pub async fn processes_notice_each_other(place: &Place) {
    let address = place.make().await;
    let one = Database::open(&address).await.unwrap();
    one.apply_metadata(&solution(1)).await.unwrap();
    let two = Database::open(&address).await.unwrap();
    assert_eq!(two.definitions().metadata, one.definitions().metadata);
    let add = |name: &str| Customization::put_column(&"thing".into(), &custom(line(name)));
    change(&one, &[add("new_color")]).await.unwrap();
    let pinned = two.pinned();
    let late = change(&two, &[add("new_size")]).await.unwrap_err();
    assert!(matches!(late, StoreError::Outdated), "{late}: it was decided on other definitions");
    two.refresh().await.unwrap();
    assert!(has_column(&two.definitions().metadata, "new_color"));
    assert!(!has_column(&pinned.definitions().metadata, "new_color"), "a request under way keeps to its own");
    change(&two, &[add("new_size")]).await.unwrap();
    change(&two, &[Customization::remove_column(&"thing".into(), &"new_color".into())]).await.unwrap();
    // One that has not looked yet asks for what is gone, and is told so.
    let read = one.read().await.unwrap().row("thing", id(1), None, &Access::everything()).await;
    assert!(matches!(read, Err(StoreError::Outdated)), "{read:?}");
    one.refresh().await.unwrap();
    assert!(
        one.read().await.unwrap().row("thing", id(1), None, &Access::everything()).await.unwrap().is_none()
    );
    one.close().await;
    two.close().await;
}

/// Runs SQL past the store.
async fn by_hand(address: &str, statements: &[String]) {
    use sqlx::Connection as _;
    for sql in statements {
        let sql = sqlx::AssertSqlSafe(sql.clone());
        if let Some(path) = address.strip_prefix("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{path}")).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

pub async fn a_database_of_the_first_layout_opens_with_its_rows(place: &Place) {
    let address = place.make().await;
    let database = Database::open(&address).await.unwrap();
    let old = solution(1);
    database.apply_metadata(&old).await.unwrap();
    fill(&database, "thing", vec![(1, Columns::new().with("name", text("One")))]).await;
    database.close().await;
    let document = serde_json::to_string(&old).unwrap().replace('\'', "''");
    let back = [
        "DROP TABLE valise_component".to_owned(),
        "DROP TABLE valise_component_version".to_owned(),
        "DELETE FROM valise_setting WHERE name = 'solution-version'".to_owned(),
        "DROP TABLE valise_auto_number".to_owned(),
        "DELETE FROM valise_schema WHERE version > 1".to_owned(),
        format!("INSERT INTO valise_metadata (version, document) VALUES (1, '{document}')"),
    ];
    by_hand(&address, &back).await;

    let database = Database::open(&address).await.unwrap();
    assert_eq!(row(&database, 1).await.columns.get("name"), &text("One"), "before anything is applied");
    let mut newer = solution(2);
    newer.tables[0].columns.push(line("newer"));
    database.apply_metadata(&newer).await.unwrap();
    assert_eq!(row(&database, 1).await.columns.get("name"), &text("One"));
    assert!(has_column(&database.metadata().await.unwrap().unwrap(), "newer"));
    fill(&database, "thing", vec![(2, Columns::new().with("newer", text("x")))]).await;
    database.close().await;
}
