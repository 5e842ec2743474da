//! A small metadata with every kind of column, and short words for rows and plans.

use model::{
    BooleanOptions, ChoiceOption, Column, ColumnKind, Columns, DateBehavior, DateFormat, Label, Language,
    LookupStyle, Metadata, Ownership, Reference, RowId, Table, TimeZone, Value,
};
use query::{BoundLink, BoundOutput, BoundPlan, LinkKind, OutputColumn, Page, Predicate, Test};
use store_sql::{BulkRow, Database};

pub fn id(number: u128) -> RowId {
    RowId::from_u128(number)
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn reference(table: &str, number: u128) -> Value {
    Value::Reference(Reference { table: table.into(), id: id(number), name: None })
}

pub fn named(table: &str, number: u128, name: &str) -> Value {
    Value::Reference(Reference { table: table.into(), id: id(number), name: Some(name.to_owned()) })
}

pub fn column(name: &str, kind: ColumnKind) -> Column {
    Column {
        name: name.into(),
        kind,
        required: model::Requirement::None,
        writable: model::Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::one(Language::English, name),
        description: Label::default(),
    }
}

pub fn lookup(name: &str, targets: &[&str]) -> Column {
    let targets = targets.iter().map(|target| (*target).into()).collect();
    column(name, ColumnKind::Lookup { targets, style: LookupStyle::Simple })
}

pub fn line(name: &str) -> Column {
    column(name, ColumnKind::Text { format: model::TextFormat::Plain, max_length: 200 })
}

fn table(name: &str, ownership: Ownership, mut columns: Vec<Column>) -> Table {
    columns.insert(0, column(&format!("{name}id"), ColumnKind::UniqueId));
    columns.push(column("versionnumber", ColumnKind::BigInteger));
    if ownership == Ownership::User {
        columns.push(lookup("ownerid", &["systemuser", "team"]));
        columns.push(lookup("owningbusinessunit", &["businessunit"]));
    }
    Table {
        name: name.into(),
        set_name: format!("{name}s"),
        primary_id: format!("{name}id").as_str().into(),
        primary_name: "name".into(),
        object_type_code: 1,
        ownership,
        is_activity: false,
        is_available_offline: true,
        has_quick_create: false,
        icon: String::new(),
        label: Label::one(Language::English, name),
        plural_label: Label::one(Language::English, name),
        description: Label::default(),
        columns,
        states: Vec::new(),
        relationships: Vec::new(),
        keys: Vec::new(),
        ..Table::default()
    }
}

fn options(values: &[i32]) -> Vec<ChoiceOption> {
    values
        .iter()
        .map(|value| ChoiceOption { value: *value, label: Label::one(Language::English, "option") })
        .collect()
}

pub fn metadata() -> Metadata {
    let decimal = |text: &str| text.parse().unwrap();
    let thing = vec![
        line("name"),
        column("notes", ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 2000 }),
        column(
            "pieces",
            ColumnKind::Integer { format: model::IntegerFormat::Plain, min: -1_000_000, max: 1_000_000 },
        ),
        column(
            "rate",
            ColumnKind::Decimal { precision: 10, min: decimal("0.0000000001"), max: decimal("100000000000") },
        ),
        column(
            "price",
            ColumnKind::Money {
                precision: 2,
                source: model::PrecisionSource::Currency,
                min: decimal("-922337203685477"),
                max: decimal("922337203685477"),
            },
        ),
        column("latitude", ColumnKind::Float { precision: 5, min: -90.0, max: 90.0 }),
        column("active", ColumnKind::Boolean(BooleanOptions::default())),
        column("color", ColumnKind::Choice { options: options(&[1, 2, 3]), default: None }),
        column("tags", ColumnKind::Choices { options: options(&[1, 2, 12]) }),
        column(
            "birthday",
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, format: DateFormat::Date },
        ),
        column(
            "seen",
            ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format: DateFormat::DateAndTime },
        ),
        column("process", ColumnKind::UniqueId),
        column("kind", ColumnKind::EntityName),
        lookup("parent", &["thing"]),
        lookup("about", &["thing", "place"]),
        column("people", ColumnKind::PartyList { targets: vec!["thing".into()], participation: 5 }),
    ];
    Metadata {
        version: 1,
        tables: vec![
            table("thing", Ownership::User, thing),
            table("place", Ownership::Organization, vec![line("name"), lookup("near", &["place"])]),
            table(
                "businessunit",
                Ownership::Business,
                vec![line("name"), lookup("parentbusinessunitid", &["businessunit"])],
            ),
            table(
                "systemuser",
                Ownership::Business,
                vec![line("name"), lookup("businessunitid", &["businessunit"])],
            ),
        ],
        ..Metadata::default()
    }
}

/// Applies the metadata and writes these rows.
pub async fn fill(database: &Database, table: &str, rows: Vec<(u128, Columns)>) {
    database.apply_metadata(&metadata()).await.unwrap();
    let rows: Vec<BulkRow> =
        rows.into_iter().map(|(number, columns)| BulkRow { id: id(number), columns }).collect();
    let mut write = database.write().await.unwrap();
    write.create_many(table, &rows).await.unwrap();
    write.commit().await.unwrap();
}

pub fn test(column: &str, test: Test) -> Predicate {
    Predicate::Test { link: None, column: column.into(), test }
}

pub fn outputs(columns: &[&str]) -> Vec<OutputColumn> {
    columns.iter().map(|column| OutputColumn::named(*column)).collect()
}

pub fn plan(table: &str, columns: &[&str], filter: Option<Predicate>) -> BoundPlan {
    BoundPlan {
        table: table.into(),
        output: BoundOutput::Columns(outputs(columns)),
        filter,
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::default(),
        wants_total: false,
        time_zone: TimeZone::utc(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

pub fn link(table: &str, from: &str, to: &str, alias: &str, kind: LinkKind) -> BoundLink {
    BoundLink {
        table: table.into(),
        from: from.into(),
        to: to.into(),
        alias: alias.to_owned(),
        kind,
        columns: Vec::new(),
        filter: None,
        links: Vec::new(),
    }
}
