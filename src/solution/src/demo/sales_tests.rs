//! What must hold between the catalogue, the opportunities and the documents made from them.

use super::*;
use model::{Columns, Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn small() -> Demo {
    generate(42, Size::Small, today())
}

fn number(columns: &Columns, column: &str) -> Decimal {
    match columns.get(column) {
        Value::Decimal(number) => *number,
        other => panic!("{column}: {other:?}"),
    }
}

fn choice(columns: &Columns, column: &str) -> i32 {
    columns.get(column).as_choice().unwrap_or_else(|| panic!("{column}"))
}

fn target(columns: &Columns, column: &str) -> Option<RowId> {
    columns.get(column).as_reference().map(|reference| reference.id)
}

fn by_id(demo: &Demo, table: &str) -> BTreeMap<RowId, Columns> {
    demo.rows(table).map(|row| (row.id, row.columns)).collect()
}

/// Header table, line table, the line's lookup to the header.
const DOCUMENTS: [(&str, &str, &str); 4] = [
    ("opportunity", "opportunityproduct", "opportunityid"),
    ("quote", "quotedetail", "quoteid"),
    ("salesorder", "salesorderdetail", "salesorderid"),
    ("invoice", "invoicedetail", "invoiceid"),
];

#[test]
fn a_line_is_its_price_times_quantity_less_discounts_plus_tax() {
    let demo = small();
    for (_, table, _) in DOCUMENTS {
        for row in demo.rows(table) {
            let get = |column| number(&row.columns, column);
            let (quantity, price) = (get("quantity"), get("priceperunit"));
            assert_eq!(get("baseamount"), quantity * price, "{table}");
            let net = (price - get("volumediscountamount")) * quantity - get("manualdiscountamount");
            assert_eq!(get("extendedamount"), net + get("tax"), "{table}");
            assert!(net > Decimal::ZERO && quantity > Decimal::ZERO, "{table}: {net}");
        }
    }
}

#[test]
fn a_header_is_the_sum_of_its_lines() {
    let demo = small();
    for (table, line_table, lookup) in DOCUMENTS {
        let mut sums: BTreeMap<RowId, [Decimal; 3]> = BTreeMap::new();
        for row in demo.rows(line_table) {
            let get = |column| number(&row.columns, column);
            let sum = sums.entry(target(&row.columns, lookup).unwrap()).or_default();
            sum[0] += get("extendedamount") - get("tax");
            sum[1] += get("manualdiscountamount");
            sum[2] += get("tax");
        }
        assert!(!sums.is_empty(), "{table}");
        for row in demo.rows(table) {
            let Some([detail, discounts, tax]) = sums.remove(&row.id) else {
                assert_eq!(table, "opportunity", "{table} without lines");
                assert!(
                    row.columns.get("totalamount").is_null() && row.columns.get("pricelevelid").is_null()
                );
                continue;
            };
            let get = |column| number(&row.columns, column);
            assert_eq!(get("totallineitemamount"), detail, "{table}");
            assert_eq!(get("totallineitemdiscountamount"), discounts, "{table}");
            assert_eq!(get("totaltax"), tax, "{table}");
            let percent = model::money::round(detail * get("discountpercentage") / Decimal::ONE_HUNDRED, 2);
            assert_eq!(get("totaldiscountamount"), percent + get("discountamount"), "{table}");
            assert_eq!(get("totalamountlessfreight"), detail - get("totaldiscountamount"), "{table}");
            assert_eq!(get("totalamount"), get("totalamountlessfreight") + get("freightamount") + tax);
        }
        assert!(sums.is_empty(), "{table}: lines without a header");
    }
}

#[test]
fn a_line_sells_at_the_price_of_its_list() {
    let demo = small();
    let mut prices = BTreeMap::new();
    for row in demo.rows("productpricelevel") {
        let key = |column| target(&row.columns, column).unwrap();
        let item = (key("pricelevelid"), key("productid"), key("uomid"));
        assert!(prices.insert(item, number(&row.columns, "amount")).is_none(), "two prices for one item");
    }
    let products = by_id(&demo, "product");
    for (table, line_table, lookup) in DOCUMENTS {
        let headers = by_id(&demo, table);
        for row in demo.rows(line_table) {
            let header = &headers[&target(&row.columns, lookup).unwrap()];
            assert_eq!(row.columns.get("transactioncurrencyid"), header.get("transactioncurrencyid"));
            assert_eq!(row.columns.get("ownerid"), header.get("ownerid"), "{line_table}");
            let Some(product) = target(&row.columns, "productid") else {
                let is_true = |column: &str| *row.columns.get(column) == Value::Boolean(true);
                assert!(is_true("isproductoverridden") && is_true("ispriceoverridden"));
                assert!(row.columns.get("uomid").is_null() && row.columns.has("productdescription"));
                continue;
            };
            assert_eq!(
                (choice(&products[&product], "statecode"), products[&product].has("price")),
                (0, true)
            );
            let item =
                (target(header, "pricelevelid").unwrap(), product, target(&row.columns, "uomid").unwrap());
            assert_eq!(prices.get(&item), Some(&number(&row.columns, "priceperunit")), "{line_table}");
        }
    }
}

#[test]
fn documents_follow_each_other_in_state_and_time() {
    let demo = small();
    let (opportunities, quotes, orders) =
        (by_id(&demo, "opportunity"), by_id(&demo, "quote"), by_id(&demo, "salesorder"));
    for quote in quotes.values() {
        let opportunity = &opportunities[&target(quote, "opportunityid").unwrap()];
        let state = choice(quote, "statecode");
        let expected: &[i32] = match choice(opportunity, "statecode") {
            0 => &[0, 1],
            1 => &[2],
            _ => &[3],
        };
        let is_outdated = choice(quote, "statuscode") == 7;
        assert!(is_outdated || expected.contains(&state), "{state}");
        assert_eq!(state > 1, quote.has("closedon"));
        assert_eq!(quote.get("customerid"), opportunity.get("customerid"));
        assert!(instant(quote, "effectivefrom") < instant(quote, "effectiveto"));
        assert!(
            instant(quote, "createdon") >= instant(opportunity, "createdon").plus_milliseconds(-86_400_000)
        );
    }
    let mut ordered = BTreeSet::new();
    for order in orders.values() {
        let quote = target(order, "quoteid").unwrap();
        assert!(ordered.insert(quote), "two orders for one quote");
        assert_eq!(choice(&quotes[&quote], "statuscode"), 4);
        assert_eq!(order.get("totalamount"), quotes[&quote].get("totalamount"));
        assert_eq!(choice(order, "statecode") > 2, order.has("datefulfilled"));
        let opportunity = &opportunities[&target(order, "opportunityid").unwrap()];
        assert_eq!(opportunity.get("actualvalue"), order.get("totalamountlessfreight"));
    }
    let won = quotes.values().filter(|quote| choice(quote, "statecode") == 2);
    assert_eq!(won.count(), orders.len());
    let mut invoiced = BTreeSet::new();
    for invoice in demo.rows("invoice") {
        let order = target(&invoice.columns, "salesorderid").unwrap();
        assert!(invoiced.insert(order), "two invoices for one order");
        assert_eq!(choice(&orders[&order], "statecode"), 4);
        assert_eq!(invoice.columns.get("totalamount"), orders[&order].get("totalamount"));
    }
    assert_eq!(orders.values().filter(|order| choice(order, "statecode") == 4).count(), invoiced.len());
}

fn instant(columns: &Columns, column: &str) -> model::Timestamp {
    match columns.get(column) {
        Value::DateTime(at) => *at,
        other => panic!("{column}: {other:?}"),
    }
}

#[test]
fn numbers_are_the_document_s_own_but_for_revisions() {
    let demo = small();
    let tables = crate::tables().unwrap();
    for (name, column) in
        [("quote", "quotenumber"), ("salesorder", "ordernumber"), ("invoice", "invoicenumber")]
    {
        let table = tables.iter().find(|table| table.name == *name).unwrap();
        let prefix = table.column(column).unwrap().auto_number.split('-').next().unwrap().to_owned();
        let mut seen = BTreeSet::new();
        for row in demo.rows(name) {
            let text = row.columns.get(column).as_text().unwrap().to_owned();
            assert_eq!((text.len(), &text[..3]), (16, prefix.as_str()), "{text}");
            let revision = row.columns.get("revisionnumber").clone();
            assert!(seen.insert((text.clone(), format!("{revision:?}"))), "{text}");
        }
    }
    let outdated = |row: &Row| choice(&row.columns, "statuscode") == 7;
    assert_eq!(demo.rows("quote").filter(outdated).count(), 15);
}

#[test]
fn there_is_every_kind_of_document_and_not_too_many() {
    let demo = small();
    let states = |table: &str| -> BTreeSet<i32> {
        demo.rows(table).map(|row| choice(&row.columns, "statecode")).collect()
    };
    assert_eq!(states("product"), BTreeSet::from([0, 1, 2, 3]));
    assert_eq!(states("quote"), BTreeSet::from([0, 1, 2, 3]));
    assert!(states("salesorder").is_superset(&BTreeSet::from([1, 3, 4])), "{:?}", states("salesorder"));
    assert!(states("invoice").is_superset(&BTreeSet::from([0, 2])), "{:?}", states("invoice"));
    let large = generate(7, Size::Large, today());
    let sales: usize = TABLES
        .into_iter()
        .map(Stream::table)
        .filter(|table| {
            let is_catalogue = table.starts_with("product") || table.starts_with("uom");
            is_catalogue
                || DOCUMENTS
                    .iter()
                    .any(|(head, line, _)| (table == head && *head != "opportunity") || table == line)
        })
        .map(|table| large.count(table))
        .sum();
    assert!((30_000..60_000).contains(&sales), "{sales}");
    for table in ["quote", "salesorder", "invoice"] {
        assert!(large.count(table) > 500, "{table}: {}", large.count(table));
    }
}
