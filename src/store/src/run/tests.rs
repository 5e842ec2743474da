//! Random rows and plans, answered by the executor and by the naive one of `query`; and that crate's
//! conformance cases.

use super::*;
use crate::testing::{self, now};
use crate::{MemoryBlocks, PageCommit, Store};
use model::testing::Choices;
use model::{Change, Columns, Row, RowId, RowSink, Table, TableName, TimeZone, Value};
use query::{BoundOrder, Comparison, OutputColumn, Page, Pattern, Test, fold, random};
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

/// Rows of which some came in pages, some are the user's own, and some were something else in their page.
fn filled(seed: u64) -> (MemoryBlocks, Vec<Row>) {
    let mut choices = Choices::new(seed);
    let blocks = MemoryBlocks::new();
    let tables = random::tables();
    let store = opened(&blocks, &tables);
    let mut rows = random::rows(seed);
    let (mut base, mut changes) = (Vec::new(), Vec::new());
    for row in &mut rows {
        let (table, id) = (row.table.clone(), row.id);
        match choices.below(4) {
            0 => {
                row.version = None;
                changes.push(Change::Create { table, id, columns: row.columns.clone() });
            }
            1 => {
                let other = random::columns(definition(&tables, &table), &mut choices);
                base.push(Row { columns: other, ..row.clone() });
                let (before, columns) = (Columns::new(), row.columns.clone());
                changes.push(Change::Update { table, id, version: None, before, columns });
            }
            _ => base.push(row.clone()),
        }
        if choices.once_in(6) {
            let gone = Row { id: RowId::from_u128(id.as_u128() | 1 << 100), ..row.clone() };
            changes.push(Change::Delete { table: gone.table.clone(), id: gone.id, version: None });
            base.push(gone);
        }
    }
    for table in tables.iter().filter(|table| !table.is_derived()) {
        commit(&store, table, &base.iter().filter(|row| row.table == table.name).collect::<Vec<_>>());
    }
    for (number, change) in (0..).zip(changes) {
        now(store.append(vec![testing::entry(number, vec![change])])).unwrap();
    }
    (blocks, rows)
}

fn opened(blocks: &MemoryBlocks, tables: &[Table]) -> Store {
    let store = now(Store::open(Rc::new(blocks.handle()))).unwrap();
    store.set_tables(tables.iter().cloned().map(Arc::new).collect());
    store
}

fn definition<'t>(tables: &'t [Table], name: &TableName) -> &'t Table {
    tables.iter().find(|table| table.name == *name).unwrap()
}

#[test]
fn random_plans_are_answered_as_the_naive_executor_answers_them() {
    let tables = random::tables();
    for rows_seed in 1..=6 {
        let (blocks, rows) = filled(rows_seed);
        let mut store = opened(&blocks, &tables);
        for number in 0..150 {
            // Often nothing but ids is in memory when a question comes.
            if number % 3 == 0 {
                store = opened(&blocks, &tables);
            }
            let seed = rows_seed * 1000 + number;
            let plan = random::plan(seed);
            let right = query::reference::run(&plan, &tables, &rows);
            let found = now(store.run(&plan)).unwrap();
            if let Some(difference) = random::differs(&plan, &found, &right) {
                panic!("plan {seed} over rows {rows_seed}: {difference}\n{plan:#?}");
            }
        }
    }
}

#[test]
fn random_plans_are_answered_alike_however_little_fits_into_memory() {
    let tables = random::tables();
    for (rows_seed, budget) in [(1, 0), (2, 6_000), (3, 20_000), (4, 45_000)] {
        let (blocks, rows) = filled(rows_seed);
        let store = opened(&blocks, &tables);
        store.set_memory_budget(budget);
        let mut most = 0;
        for number in 0..60 {
            let seed = rows_seed * 1000 + number;
            let plan = random::plan(seed);
            let right = query::reference::run(&plan, &tables, &rows);
            let found = now(store.run(&plan)).unwrap();
            if let Some(difference) = random::differs(&plan, &found, &right) {
                panic!("plan {seed} over rows {rows_seed} in {budget} bytes: {difference}\n{plan:#?}");
            }
            most = most.max(store.counters().bytes);
        }
        let counters = store.counters();
        assert!(most <= budget, "{most} bytes in {budget}");
        assert!(counters.columns_left > 20, "{counters:?}");
        assert!(counters.tables_left > 0 || budget > 6_000, "{counters:?}");
    }
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
