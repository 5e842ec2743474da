use super::*;
use crate::read::read_row;
use crate::testing::{Numbers, metadata};
use crate::{read_rows, read_rows_without_nulls};
use model::{Columns, Metadata, Reference, RowSink, ValueRef};
use query::plan::{Aggregate, Function, GroupBy, LinkKind, Measure};
use query::{BoundLink, BoundOutput, BoundPlan, OutputColumn, Page};

fn format(metadata: &Metadata, table: &str, select: Option<&[&str]>, annotations: Annotations) -> RowFormat {
    let select = select.map(|names| names.iter().map(|name| ColumnName::new(*name)).collect());
    let options = WriteOptions {
        select,
        annotations,
        formatted_values: FormattedValues::All,
        language: Language::French,
        reader: None,
        omit_nulls: false,
    };
    RowFormat::new(metadata.table(table).unwrap(), metadata, &options)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_value_of_every_column_survives_the_wire() {
    let metadata = metadata();
    let mut numbers = Numbers::new(1);
    for table in &metadata.tables {
        let format = format(&metadata, table.name.as_str(), None, Annotations::all());
        for _ in 0..40 {
            let row = numbers.row(table);
            let mut json = Vec::new();
            write_row(&row, &format, "http://h/$metadata#x/$entity", &[], &mut json);
            assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok(), "{}", text(json));
            let mut read =
                read_row(&json, table).unwrap_or_else(|error| panic!("{error}\n{}", text(json.clone())));
            forget_unknown_parties(&row, &mut read);
            assert_eq!(read, row, "{}", text(json));
        }
    }
}

#[test]
fn every_row_survives_without_its_nulls() {
    let metadata = metadata();
    let mut numbers = Numbers::new(2);
    for table in &metadata.tables {
        let options = WriteOptions {
            select: None,
            annotations: Annotations::of_references(),
            formatted_values: FormattedValues::References,
            language: Language::English,
            reader: None,
            omit_nulls: true,
        };
        let format = RowFormat::new(table, &metadata, &options);
        for _ in 0..40 {
            let row = numbers.row(table);
            let mut json = Vec::new();
            write_row(&row, &format, "", &[], &mut json);
            assert!(!text(json.clone()).contains(":null,\""), "{}", text(json));
            let formatted = text(json.clone()).matches("FormattedValue").count();
            let ids = text(json.clone()).matches("_value\":").count();
            assert!(formatted <= ids, "only references have names: {}", text(json));
            let mut kept = Kept { table, row: Columns::new() };
            assert_eq!(read_rows_without_nulls(&json, table, &mut kept).unwrap().rows, 1);
            let mut read = Row { columns: kept.row, ..row.clone() };
            forget_unknown_parties(&row, &mut read);
            assert_eq!(read, row, "{}", text(json));
        }
    }
}

struct Kept<'a> {
    table: &'a Table,
    row: Columns,
}

impl RowSink for Kept<'_> {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        self.row.set(self.table.columns[column].name.clone(), value.into_value());
    }
    fn finish(&mut self, _: RowId, _: Option<RowVersion>) {}
    fn discard(&mut self) {}
}

/// A list of nobody and no list are the same on the wire.
fn forget_unknown_parties(row: &Row, read: &mut Row) {
    for (name, value) in row.columns.iter() {
        if *value == Value::Parties(Vec::new()) && read.columns.get(name.as_str()).is_null() {
            read.columns.set(name.clone(), Value::Parties(Vec::new()));
        }
    }
}

fn account() -> Row {
    let id = |number| RowId::from_u128(number);
    let reference = |table: &str, name: Option<&str>| {
        Value::Reference(Reference { table: table.into(), id: id(2), name: name.map(str::to_owned) })
    };
    let columns = Columns::new()
        .with("name", Value::Text("A & \"B\"".to_owned()))
        .with("statecode", Value::Choice(1))
        .with("creditonhold", Value::Boolean(false))
        .with("revenue", Value::Decimal("1234.50".parse().unwrap()))
        .with("primarycontactid", reference("contact", Some("Marie")))
        .with("ownerid", reference("team", None))
        .with("parentaccountid", Value::Null);
    Row { table: "account".into(), id: id(1), version: Some(RowVersion(9)), columns }
}

const FIRST: &str = "00000000-0000-0000-0000-000000000001";
const SECOND: &str = "00000000-0000-0000-0000-000000000002";

#[test]
fn without_wishes_there_are_no_annotations() {
    let metadata = metadata();
    let select = ["name", "statecode", "primarycontactid", "parentaccountid", "accountid", "fax"];
    let format = format(&metadata, "account", Some(&select), Annotations::default());
    let mut json = Vec::new();
    write_row(&account(), &format, "", &[], &mut json);
    let expected = format!(
        r#"{{"@odata.etag":"W/\"9\"","accountid":"{FIRST}","name":"A & \"B\"","statecode":1,"_primarycontactid_value":"{SECOND}","_parentaccountid_value":null}}"#
    );
    assert_eq!(text(json), expected);
}

#[test]
fn annotations_come_as_they_are_asked_for() {
    let metadata = metadata();
    let select = ["statecode", "creditonhold", "revenue", "primarycontactid", "ownerid"];
    let format = format(&metadata, "account", Some(&select), Annotations::all());
    let mut json = Vec::new();
    write_row(&account(), &format, "", &[], &mut json);
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for (property, expected) in [
        ("statecode@OData.Community.Display.V1.FormattedValue", Some("Inactif")),
        ("creditonhold@OData.Community.Display.V1.FormattedValue", Some("Non")),
        ("revenue@OData.Community.Display.V1.FormattedValue", Some("1234.50")),
        ("_primarycontactid_value@OData.Community.Display.V1.FormattedValue", Some("Marie")),
        ("_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname", Some("contact")),
        (
            "_primarycontactid_value@Microsoft.Dynamics.CRM.associatednavigationproperty",
            Some("primarycontactid"),
        ),
        ("_ownerid_value@OData.Community.Display.V1.FormattedValue", None),
        ("_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname", Some("team")),
        ("_ownerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty", Some("ownerid")),
    ] {
        let found = json.get(property).and_then(|it| it.as_str());
        assert!(found == expected, "{property}: {found:?} in {json}");
    }
}

#[test]
fn formatted_values_are_written_for_their_reader() {
    use model::text::{Currency, Locale};
    let metadata = metadata();
    let table = metadata.table("opportunity").unwrap();
    let euro = Currency { code: "EUR".to_owned(), symbol: "€".to_owned(), digits: 2 };
    let currency = RowId::from_u128(7);
    let paris = model::ZoneChange { from: model::Timestamp::from_milliseconds(0), offset_minutes: 60 };
    let reader = Reader {
        locale: Locale::of("fr-FR"),
        zone: model::TimeZone { name: "Europe/Paris".to_owned(), changes: vec![paris] },
        pricing_precision: 2,
        currencies: std::iter::once((currency, euro.clone())).collect(),
        base_currency: Some(euro),
    };
    let options = WriteOptions {
        select: None,
        annotations: Annotations::all(),
        formatted_values: FormattedValues::All,
        language: Language::French,
        reader: Some(Arc::new(reader)),
        omit_nulls: false,
    };
    let reference = Reference { table: "transactioncurrency".into(), id: currency, name: None };
    let amount = || Value::Decimal("1234.5".parse().unwrap());
    let mut columns = Columns::new()
        .with("estimatedvalue", amount())
        .with("estimatedvalue_base", amount())
        .with("closeprobability", Value::Integer(1000))
        .with("createdon", Value::DateTime("2026-11-04T23:30:00Z".parse().unwrap()))
        .with("statecode", Value::Choice(0));
    for (name, with_currency) in [("1\u{202f}234,50\u{a0}€", true), ("1\u{202f}234,50", false)] {
        if with_currency {
            columns.set("transactioncurrencyid", Value::Reference(reference.clone()));
        } else {
            columns.0.remove("transactioncurrencyid");
        }
        let row = Row {
            table: "opportunity".into(),
            id: RowId::from_u128(1),
            version: None,
            columns: columns.clone(),
        };
        let mut json = Vec::new();
        write_row(&row, &RowFormat::new(table, &metadata, &options), "", &[], &mut json);
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let formatted =
            |name: &str| json[format!("{name}@OData.Community.Display.V1.FormattedValue")].as_str();
        assert_eq!(formatted("estimatedvalue"), Some(name));
        assert_eq!(formatted("estimatedvalue_base"), Some("1\u{202f}234,50\u{a0}€"));
        assert_eq!(formatted("closeprobability"), Some("1\u{202f}000"));
        assert_eq!(formatted("createdon"), Some("5 nov. 2026, 00:30"));
        assert_eq!(json["estimatedvalue"].to_string(), "1234.5");
        let output = BoundOutput::Columns(vec![
            output("transactioncurrencyid", None),
            output("estimatedvalue", Some("amount")),
            output("createdon", None),
        ]);
        let plan = BoundPlan { table: "opportunity".into(), ..plan(output, Vec::new()) };
        let names = ["transactioncurrencyid", "amount", "createdon"].map(str::to_owned);
        let values = names.each_ref().map(|name| match name.as_str() {
            "amount" => amount(),
            name => columns.0.get(name).cloned().unwrap_or_default(),
        });
        let answer = AnswerRow { id: None, version: None, values: values.to_vec() };
        let mut json = Vec::new();
        write_answer_row(&answer, &RowFormat::of_answer(&plan, &names, &metadata, &options), &[], &mut json);
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["amount@OData.Community.Display.V1.FormattedValue"], name);
    }
}

#[derive(Default)]
struct Count(usize);

impl RowSink for Count {
    fn value(&mut self, _: usize, _: ValueRef<'_>) {}
    fn finish(&mut self, _: RowId, _: Option<RowVersion>) {
        self.0 += 1;
    }
    fn discard(&mut self) {}
}

#[test]
fn a_page_is_framed_by_its_links_and_what_is_gone() {
    let metadata = metadata();
    let table = metadata.table("account").unwrap();
    let format = format(&metadata, "account", Some(&["name"]), Annotations::all());
    let gone = RowId::from_u128(5);
    for rows in [Vec::new(), vec![account()], vec![account(), account()]] {
        let frame = PageFrame {
            service_root: "http://h/api/data/v9.2/".to_owned(),
            set_name: "accounts".to_owned(),
            is_delta: true,
            count: Some(2),
            next_link: Some("http://h/next?a=\"b\"".to_owned()),
            delta_link: None,
            removed: vec![
                Removed { id: gone, reason: RemovedReason::Deleted },
                Removed { id: gone, reason: RemovedReason::Changed },
            ],
            paging_cookie: None,
        };
        let mut json = Vec::new();
        write_rows(&rows, &format, &frame, &mut json);
        let mut sink = Count::default();
        let envelope = read_rows(&json, table, &mut sink).unwrap();
        assert_eq!((sink.0, envelope.rows, envelope.count), (rows.len(), rows.len(), Some(2)));
        assert_eq!(envelope.removed, frame.removed);
        assert_eq!((envelope.next_link, envelope.delta_link), (frame.next_link, None));
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["@odata.context"], "http://h/api/data/v9.2/$metadata#accounts/$delta");
    }
}

#[test]
fn expanded_rows_stand_inside_their_row() {
    let metadata = metadata();
    let outer = format(&metadata, "account", Some(&["name"]), Annotations::default());
    let inner = format(&metadata, "account", Some(&["statecode"]), Annotations::default());
    let row = account();
    let expanded = [
        Expanded { property: "parentaccountid", format: &inner, rows: ExpandedRows::One(Some(&row)) },
        Expanded { property: "primarycontactid", format: &inner, rows: ExpandedRows::One(None) },
        Expanded {
            property: "account_parent_account",
            format: &inner,
            rows: ExpandedRows::Many(vec![&row, &row]),
        },
    ];
    let mut json = Vec::new();
    write_row(&row, &outer, "", &expanded, &mut json);
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["parentaccountid"]["statecode"], 1);
    assert!(json["primarycontactid"].is_null());
    assert_eq!(json["account_parent_account"][1]["accountid"], FIRST);
}

fn plan(output: BoundOutput, links: Vec<BoundLink>) -> BoundPlan {
    BoundPlan {
        table: "account".into(),
        output,
        filter: None,
        links,
        orders: Vec::new(),
        distinct: false,
        page: Page::default(),
        wants_total: false,
        time_zone: model::TimeZone::utc(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

fn output(column: &str, alias: Option<&str>) -> OutputColumn {
    OutputColumn { alias: alias.map(str::to_owned), ..OutputColumn::named(column) }
}

fn write_plan(plan: &BoundPlan, names: &[&str], row: AnswerRow) -> serde_json::Value {
    let metadata = metadata();
    let options = WriteOptions {
        select: None,
        annotations: Annotations::all(),
        formatted_values: FormattedValues::All,
        language: Language::English,
        reader: None,
        omit_nulls: false,
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let format = RowFormat::of_answer(plan, &names, &metadata, &options);
    let answer = Answer { names, rows: vec![row], total: None, more: false };
    let mut json = Vec::new();
    write_answer(&answer, &format, &PageFrame::default(), &mut json);
    let page: serde_json::Value = serde_json::from_slice(&json).unwrap();
    page["value"][0].clone()
}

#[test]
fn answers_with_links_carry_their_aliases() {
    let link = BoundLink {
        table: "contact".into(),
        from: "contactid".into(),
        to: "primarycontactid".into(),
        alias: "c".to_owned(),
        kind: LinkKind::Outer,
        columns: vec![output("fullname", None), output("statecode", Some("contactstate"))],
        filter: None,
        links: Vec::new(),
    };
    let columns =
        vec![output("accountid", None), output("ownerid", None), output("statecode", Some("state"))];
    let plan = plan(BoundOutput::Columns(columns), vec![link]);
    let owner =
        Reference { table: "systemuser".into(), id: RowId::from_u128(2), name: Some("Me".to_owned()) };
    let row = AnswerRow {
        id: Some(RowId::from_u128(1)),
        version: Some(RowVersion(3)),
        values: vec![
            Value::Id(RowId::from_u128(1)),
            Value::Reference(owner),
            Value::Choice(0),
            Value::Text("Marie".to_owned()),
            Value::Choice(1),
        ],
    };
    let json = write_plan(&plan, &["accountid", "ownerid", "state", "c.fullname", "contactstate"], row);
    assert_eq!(json["accountid"], FIRST);
    assert_eq!(json["_ownerid_value"], SECOND);
    assert_eq!(json["state@OData.Community.Display.V1.FormattedValue"], "Active");
    assert_eq!(json["c.fullname"], "Marie");
    assert_eq!(json["contactstate@OData.Community.Display.V1.FormattedValue"], "Inactive");
    assert_eq!(json["@odata.etag"], "W/\"3\"");
}

#[test]
fn aggregates_carry_groups_with_labels_and_measures() {
    let aggregate = Aggregate {
        groups: vec![GroupBy {
            link: None,
            column: "statecode".into(),
            alias: "state".to_owned(),
            date_part: None,
            in_utc: false,
        }],
        measures: vec![Measure {
            link: None,
            column: "revenue".into(),
            alias: "total".to_owned(),
            function: Function::Sum,
        }],
    };
    let row = AnswerRow {
        id: None,
        version: None,
        values: vec![Value::Choice(1), Value::Decimal("99.90".parse().unwrap())],
    };
    let json = write_plan(&plan(BoundOutput::Aggregate(aggregate), Vec::new()), &["state", "total"], row);
    assert_eq!(json["state@OData.Community.Display.V1.FormattedValue"], "Inactive");
    assert_eq!(json["total"].to_string(), "99.9");
    assert!(json.get("accountid").is_none());
}
