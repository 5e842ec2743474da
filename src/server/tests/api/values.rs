//! Values as the server makes and writes them: numbers of new rows, formatted values, amounts.

use crate::world::{REP, World, guid, id, text};
use model::{Columns, Value};
use store_sql::testing::Place;

const YEN: u128 = 0x0c03;

async fn with_yen(place: &Place) -> World {
    let world = World::new(place).await;
    let yen = Columns::new()
        .with("currencyname", text("Yen"))
        .with("isocurrencycode", text("JPY"))
        .with("currencysymbol", text("¥"))
        .with("currencyprecision", Value::Integer(0))
        .with("exchangerate", Value::Decimal("160".parse().unwrap()));
    world.insert("transactioncurrency", vec![(YEN, yen)]).await;
    world
}

pub async fn new_rows_get_their_numbers(place: &Place) {
    let world = World::new(place).await;
    let invoice = |number: u128, more: &str| {
        format!("{{\"invoiceid\":\"{}\",\"name\":\"Chairs\"{more}}}", guid(number))
    };
    let number = async |row: u128| {
        let answer = world.ask(REP, &format!("GET invoices({})?$select=invoicenumber", guid(row))).await;
        answer.json()["invoicenumber"]
            .as_str()
            .map(str::to_owned)
            .unwrap_or_else(|| panic!("{}", answer.text()))
    };
    world.done(REP, "POST invoices", &invoice(1, "")).await;
    world.done(REP, "POST invoices", &invoice(2, ",\"invoicenumber\":null")).await;
    world.done(REP, "POST invoices", &invoice(3, ",\"invoicenumber\":\"MINE-1\"")).await;
    let first = number(1).await;
    let parts: Vec<&str> = first.split('-').collect();
    assert!(matches!(parts.as_slice(), ["INV", "01000", random] if random.len() == 6), "{first}");
    assert!(number(2).await.starts_with("INV-01001-"));
    assert_eq!(number(3).await, "MINE-1");
    // A row that is refused takes no number.
    world.refused(REP, "POST invoices", &[], &invoice(1, ""), (412, "0x80040237")).await;
    world.done(REP, "POST invoices", &invoice(4, "")).await;
    assert!(number(4).await.starts_with("INV-01002-"));
}

pub async fn formatted_values_are_written_for_the_reader(place: &Place) {
    let world = with_yen(place).await;
    let body = format!(
        "{{\"accountid\":\"{}\",\"name\":\"Acme\",\"revenue\":1234567,\"transactioncurrencyid@odata.bind\":\"/transactioncurrencies({})\"}}",
        guid(7),
        guid(YEN)
    );
    world.done(REP, "POST accounts", &body).await;
    let select = "$select=revenue,createdon,_transactioncurrencyid_value";
    for line in [format!("GET accounts({})?{select}", guid(7)), format!("GET accounts?{select}")] {
        let wish = ("prefer", "odata.include-annotations=\"OData.Community.Display.V1.FormattedValue\"");
        let answer = world.send(REP, &line, &[wish], "").await;
        let json = answer.json();
        let row = json["value"].get(0).unwrap_or(&json);
        let formatted =
            |name: &str| row[format!("{name}@OData.Community.Display.V1.FormattedValue")].as_str();
        assert_eq!(formatted("revenue"), Some("1\u{202f}234\u{202f}567\u{a0}¥"), "{line}: {}", answer.text());
        assert_eq!(formatted("createdon"), Some("24 nov. 2025, 17:00"), "{line}");
        let plain = world.ask(REP, &line).await;
        assert!(!plain.text().contains("FormattedValue"), "{line}");
    }
}

pub async fn amounts_have_the_digits_of_their_currency(place: &Place) {
    let world = with_yen(place).await;
    let body = format!(
        "{{\"accountid\":\"{}\",\"name\":\"Acme\",\"revenue\":100.5,\"transactioncurrencyid@odata.bind\":\"/transactioncurrencies({})\"}}",
        guid(7),
        guid(YEN)
    );
    world.done(REP, "POST accounts", &body).await;
    let read = async || world.app.database().read().await.unwrap();
    let amounts = async || {
        let row = read().await.row("account", id(7), None, &store_sql::Access::everything()).await.unwrap();
        let columns = row.unwrap().columns;
        let amount = |name: &str| match columns.get(name) {
            Value::Decimal(amount) => amount.normalize().to_string(),
            other => panic!("{name}: {other:?}"),
        };
        (amount("revenue"), amount("revenue_base"))
    };
    assert_eq!(amounts().await, ("101".to_owned(), "0.6313".to_owned()));
    world.done(REP, &format!("PATCH accounts({})", guid(7)), "{\"revenue\":80.5}").await;
    assert_eq!(amounts().await, ("81".to_owned(), "0.5063".to_owned()));
}
