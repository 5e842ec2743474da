//! Random rows and plans, answered by the executor and by the naive one of `query`; and that crate's
//! conformance cases.

use super::*;
use crate::testing::{self, Choices, kinds, now};
use crate::{MemoryBlocks, PageCommit, Store};
use model::{ColumnName, Row, RowId, RowSink, RowVersion, Table, TimeZone, Value};
use query::{
    Aggregate, BoundOrder, Comparison, DatePart, Function, GroupBy, LinkKind, Measure, OutputColumn, Page,
    Pattern, Test, fold,
};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Puts rows into a store as the server's.
fn commit(store: &Store, table: &Table, rows: &[&Row]) {
    let mut writer = store.begin_page(&table.name).unwrap();
    for row in rows {
        for (index, column) in table.columns.iter().enumerate() {
            if row.columns.has(column.name.as_str()) {
                writer.value(index, crate::column::borrow(row.columns.get(column.name.as_str())));
            }
        }
        writer.finish(row.id, row.version);
    }
    let cursor = crate::Cursor { link: String::new(), complete: true, synced_at: None };
    let (writer, table) = (Some(writer), table.name.clone());
    let commit = PageCommit { writer, table, removed: vec![], cursor, confirmed: vec![] };
    now(store.commit_page(commit)).unwrap();
}

/// Some rows as pages, some as journal entries; in the store, and as the user sees them.
fn filled(seed: u64) -> (Store, Vec<Row>) {
    let mut choices = Choices::new(seed);
    let store = now(Store::open(Rc::new(MemoryBlocks::new()))).unwrap();
    store.set_tables(vec![testing::table("thing"), testing::table("person")]);
    let mut all: BTreeMap<RowId, Row> = BTreeMap::new();
    for (name, first, count) in [("thing", 1, 45), ("person", 1000, 4)] {
        let table = testing::table(name);
        for id in first..first + count {
            let (id, version) = (RowId::from_u128(id), Some(RowVersion(1)));
            let columns = testing::columns(&mut choices);
            all.insert(id, Row { table: table.name.clone(), id, version, columns });
        }
        commit(&store, &table, &all.values().filter(|row| row.table == *name).collect::<Vec<_>>());
    }
    let mut gone = Vec::new();
    for step in 0..20_u128 {
        let number = u128::from(choices.below(60)) + 1;
        let (id, columns) = (RowId::from_u128(number), testing::columns(&mut choices));
        let change = match (choices.below(4), all.get_mut(&id)) {
            (0, Some(_)) => {
                all.remove(&id);
                gone.push(id);
                testing::delete("thing", number)
            }
            (_, Some(row)) => {
                row.columns.extend(&columns);
                testing::update("thing", number, columns)
            }
            (_, None) if gone.contains(&id) => continue,
            (_, None) => {
                let columns_too = columns.clone();
                all.insert(id, Row { table: "thing".into(), id, version: None, columns: columns_too });
                testing::create("thing", number, columns)
            }
        };
        now(store.append(vec![testing::entry(step, vec![change])])).unwrap();
    }
    (store, all.into_values().collect())
}

fn operand(column: &str, choices: &mut Choices) -> Value {
    loop {
        match testing::value(column, choices) {
            Value::Null => {}
            Value::Text(text) => return Value::Text(fold(&text).into_owned()),
            Value::Reference(reference) => return Value::Id(reference.id),
            other => return other,
        }
    }
}

fn pattern(choices: &mut Choices) -> Pattern {
    let text = choices.of(&["al", "lpha", "é", "a", "a%b", "corp", "zz", "lta c", "", "Number 1"]);
    match choices.below(4) {
        0 => Pattern::begins_with(text),
        1 => Pattern::ends_with(text),
        2 => Pattern::like(&format!("%{text}%")),
        _ => Pattern::like(&format!("{text}%a_")),
    }
}

fn test(column: &str, choices: &mut Choices) -> Test {
    let comparisons = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];
    match (column, choices.below(8)) {
        (_, 0) => Test::Null,
        (_, 1) => Test::NotNull,
        ("tags", _) => Test::ContainsAny(vec![choices.number(4), 9]),
        ("attendees", _) => Test::NotNull,
        ("name" | "stage" | "description" | "parentid" | "ownerid", 2 | 3) => Test::Like(pattern(choices)),
        (_, 4) => Test::In((0..choices.below(4)).map(|_| operand(column, choices)).collect()),
        ("amount", 7) => Test::CompareColumn(choices.of(&comparisons), "rate".into()),
        (_, 5) if !matches!(column, "parentid" | "ownerid" | "processid" | "thingid") => Test::Range {
            from: (choices.below(3) > 0).then(|| operand(column, choices)),
            until: (choices.below(3) > 0).then(|| operand(column, choices)),
            includes_until: choices.below(2) == 0,
        },
        ("ownerid", 6) => Test::Compare(choices.of(&comparisons), Value::Text("person number 1001".into())),
        _ => Test::Compare(choices.of(&comparisons), operand(column, choices)),
    }
}

fn any_column(choices: &mut Choices) -> &'static str {
    choices.of(&kinds()).0
}

fn predicate(choices: &mut Choices, aliases: &[String], depth: u32) -> Predicate {
    let parts = |choices: &mut Choices| {
        (0..1 + choices.below(3)).map(|_| predicate(choices, aliases, depth + 1)).collect::<Vec<_>>()
    };
    match choices.below(if depth > 2 { 5 } else { 9 }) {
        5 => Predicate::And(parts(choices)),
        6 => Predicate::Or(parts(choices)),
        7 => Predicate::Not(Box::new(predicate(choices, aliases, depth + 1))),
        8 => {
            let kind = choices.of(&[LinkKind::Any, LinkKind::NotAny, LinkKind::All, LinkKind::NotAll]);
            Predicate::Linked(Box::new(link(choices, "filter", kind, depth + 1)))
        }
        _ => {
            let column = loop {
                match any_column(choices) {
                    "thingid" => {}
                    column => break column,
                }
            };
            let link = (!aliases.is_empty() && choices.below(2) == 0).then(|| choices.of(aliases));
            let mut test = test(column, choices);
            if column == "amount" && !aliases.is_empty() && choices.below(4) == 0 {
                let other = ColumnName::new(format!("{}.amount", choices.of(aliases)));
                test = Test::CompareColumn(Comparison::LessOrEqual, other);
            }
            Predicate::Test { link, column: column.into(), test }
        }
    }
}

fn link(choices: &mut Choices, alias: &str, kind: LinkKind, depth: u32) -> BoundLink {
    let (table, from, to) = choices.of(&[
        ("thing", "thingid", "parentid"),
        ("person", "thingid", "ownerid"),
        ("thing", "parentid", "thingid"),
        ("thing", "stage", "stage"),
        ("thing", "parentid", "parentid"),
        ("person", "donotphone", "donotphone"),
    ]);
    let kinds = [LinkKind::Inner, LinkKind::Outer, LinkKind::First, LinkKind::Any, LinkKind::NotAny];
    let links = (0..if depth < 2 { choices.below(2) } else { 0 })
        .map(|number| {
            let kind = choices.of(&kinds);
            link(choices, &format!("{alias}{number}"), kind, depth + 1)
        })
        .collect();
    BoundLink {
        table: table.into(),
        from: from.into(),
        to: to.into(),
        alias: alias.to_owned(),
        kind,
        columns: vec![OutputColumn::named("name"), OutputColumn::named("amount")],
        filter: (choices.below(2) == 0).then(|| predicate(choices, &[], 2)),
        links,
    }
}

fn joined(links: &[BoundLink], aliases: &mut Vec<String>) {
    for link in links.iter().filter(|link| link.kind.has_rows()) {
        aliases.push(link.alias.clone());
        joined(&link.links, aliases);
    }
}

fn orders(choices: &mut Choices, aliases: &[String]) -> Vec<BoundOrder> {
    let sortable =
        ["name", "stage", "amount", "rate", "minutes", "latitude", "statecode", "donotphone", "due"];
    let also = ["createdon", "processid", "parentid", "ownerid", "thingid"];
    let all: Vec<&str> = sortable.into_iter().chain(also).collect();
    (0..choices.below(3))
        .map(|_| BoundOrder {
            link: (!aliases.is_empty() && choices.below(3) == 0).then(|| choices.of(aliases)),
            column: choices.of(&all).into(),
            descending: choices.below(2) == 0,
            ranks: None,
        })
        .collect()
}

fn aggregate(choices: &mut Choices, aliases: &[String]) -> Aggregate {
    let link =
        |choices: &mut Choices| (!aliases.is_empty() && choices.below(3) == 0).then(|| choices.of(aliases));
    let groupable = ["stage", "statecode", "donotphone", "ownerid", "due", "createdon", "name", "minutes"];
    let groups = (0..choices.below(3)).map(|number| {
        let column = choices.of(&groupable);
        let part = choices.of(&[DatePart::Month, DatePart::Year, DatePart::Week, DatePart::Quarter]);
        GroupBy {
            link: link(choices),
            column: column.into(),
            alias: format!("g{number}"),
            date_part: matches!(column, "due" | "createdon").then_some(part),
            in_utc: false,
        }
    });
    let groups = groups.collect();
    let measures = (0..1 + choices.below(3)).map(|number| {
        let function = choices.of(&[
            Function::Count,
            Function::CountColumn,
            Function::CountDistinct,
            Function::Sum,
            Function::Average,
            Function::Min,
            Function::Max,
        ]);
        let column = match function {
            Function::Sum | Function::Average => choices.of(&["amount", "amount", "statecount"]),
            Function::Min | Function::Max => choices.of(&["amount", "due", "createdon", "minutes", "rate"]),
            _ => choices.of(&["name", "ownerid", "tags", "rate", "stage"]),
        };
        let column = if column == "statecount" { "minutes" } else { column };
        Measure { link: link(choices), column: column.into(), alias: format!("m{number}"), function }
    });
    Aggregate { groups, measures: measures.collect() }
}

fn plan(choices: &mut Choices) -> BoundPlan {
    let kinds = [LinkKind::Inner, LinkKind::Outer, LinkKind::First, LinkKind::Any, LinkKind::All];
    let links: Vec<_> = (0..choices.below(3))
        .map(|number| {
            let kind = choices.of(&kinds);
            link(choices, &format!("l{number}"), kind, 0)
        })
        .collect();
    let mut aliases = Vec::new();
    joined(&links, &mut aliases);
    let filter = (choices.below(5) > 0).then(|| predicate(choices, &aliases, 0));
    let is_aggregate = choices.below(3) == 0;
    let (output, orders) = if is_aggregate {
        (BoundOutput::Aggregate(aggregate(choices, &aliases)), Vec::new())
    } else {
        let columns = ["name", "parentid", "amount", "thingid", "tags", "stage"];
        let count = 1 + usize::try_from(choices.below(5)).unwrap();
        let columns = columns[..count].iter().map(|column| OutputColumn::named(*column)).collect();
        (BoundOutput::Columns(columns), orders(choices, &aliases))
    };
    BoundPlan {
        table: "thing".into(),
        output,
        filter,
        links,
        orders,
        distinct: !is_aggregate && choices.below(4) == 0,
        page: Page::slice(choices.below(3) * 3, 1 + choices.number(30) as u32),
        wants_total: true,
        time_zone: TimeZone::utc(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

/// Rows of one root row, and groups without an order, may come in any order.
fn comparable(mut answer: Answer, plan: &BoundPlan) -> Answer {
    let has_order = plan.links.is_empty() && matches!(plan.output, BoundOutput::Columns(_));
    if !has_order {
        answer.rows.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| format!("{a:?}").cmp(&format!("{b:?}"))));
    }
    answer
}

#[test]
fn answers_are_those_of_the_naive_executor() {
    let tables = vec![(*testing::table("thing")).clone(), (*testing::table("person")).clone()];
    let mut answered = 0;
    for seed in 1..=8 {
        let (store, rows) = filled(seed);
        let mut choices = Choices::new(seed + 100);
        for number in 0..45 {
            let mut plan = plan(&mut choices);
            if !plan.links.is_empty() || matches!(plan.output, BoundOutput::Aggregate(_)) {
                plan.page = Page::slice(0, 100_000);
            }
            let expected = query::reference::run(&plan, &tables, &rows);
            let found = now(store.run(&plan)).unwrap();
            answered += found.rows.len();
            let (found, expected) = (comparable(found, &plan), comparable(expected, &plan));
            for (found, expected) in found.rows.iter().zip(&expected.rows) {
                assert_eq!(found, expected, "seed {seed} plan {number}: {plan:#?}");
            }
            assert_eq!(found, expected, "seed {seed} plan {number}: {plan:#?}");
        }
    }
    assert!(answered > 2000, "the plans are no test when nothing comes back: {answered}");
}

#[test]
fn the_conformance_cases_of_query() {
    let suite = query::cases::suite().unwrap();
    let store = now(Store::open(Rc::new(MemoryBlocks::new()))).unwrap();
    store.set_tables(suite.tables.iter().cloned().map(Arc::new).collect());
    for table in suite.tables.iter().filter(|table| !table.is_derived()) {
        commit(&store, table, &suite.rows.iter().filter(|row| row.table == table.name).collect::<Vec<_>>());
    }
    let wrong = suite.check(|plan| now(store.run(plan)).unwrap());
    let told: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} wrong:\n{}", told.len(), told.join("\n"));
}

#[test]
fn columns_of_many_different_texts_are_searched_and_ordered_alike() {
    let table = testing::table("thing");
    let store = now(Store::open(Rc::new(MemoryBlocks::new()))).unwrap();
    store.set_tables(vec![table.clone()]);
    let mut choices = Choices::new(5);
    let words = ["Harbour", "lantern", "Éclair", "willow", "ember", "STRASSE", "straße"];
    let mut rows = Vec::new();
    for number in 0..12_000_u128 {
        let name = format!("{} {} {number}", choices.of(&words), choices.of(&words));
        let columns = model::Columns::new().with("name", Value::Text(name));
        rows.push(Row {
            table: table.name.clone(),
            id: RowId::from_u128(number + 1),
            version: None,
            columns,
        });
    }
    commit(&store, &table, &rows.iter().collect::<Vec<_>>());
    let name = |row: &Row| row.columns.get("name").as_text().unwrap().to_owned();
    let patterns = ["%strasse%", "harb%", "%em%", "% 77", "%a_t%r%9", "%", "lantern ember 1%", "zz%"];
    for (number, text) in patterns.into_iter().enumerate() {
        let pattern = Pattern::like(text);
        let mut expected: Vec<&Row> = rows.iter().filter(|row| pattern.matches(&fold(&name(row)))).collect();
        expected.sort_by_key(|row| (fold(&name(row)).into_owned(), row.id));
        let test = Predicate::Test { link: None, column: "name".into(), test: Test::Like(pattern) };
        let is_sparse = number % 2 == 1;
        let few = Test::Compare(Comparison::LessOrEqual, Value::Id(RowId::from_u128(900)));
        let few = Predicate::Test { link: None, column: "thingid".into(), test: few };
        if is_sparse {
            expected.retain(|row| row.id <= RowId::from_u128(900));
        }
        let plan = BoundPlan {
            table: table.name.clone(),
            output: BoundOutput::Columns(vec![OutputColumn::named("name")]),
            filter: Some(if is_sparse { Predicate::And(vec![test, few]) } else { test }),
            links: vec![],
            orders: vec![BoundOrder { link: None, column: "name".into(), descending: false, ranks: None }],
            distinct: false,
            page: Page::slice(3, 20),
            wants_total: true,
            time_zone: TimeZone::utc(),
            first_weekday: 1,
            fiscal: model::FiscalCalendar::default(),
        };
        let answer = now(store.run(&plan)).unwrap();
        let found: Vec<_> = answer.rows.iter().map(|row| row.id.unwrap()).collect();
        assert_eq!(answer.total, Some(expected.len() as u64), "{text}");
        assert_eq!(found, expected.iter().skip(3).take(20).map(|row| row.id).collect::<Vec<_>>(), "{text}");
    }
}
