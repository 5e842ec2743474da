//! Random questions over random rows: the columnar executor, SQLite and PostgreSQL give the answers of the naive one.
//!
//! A failing world and question print their seeds; `VALISE_SEED=world[:plan]` asks just them again, and
//! `VALISE_WORLDS=n` makes more worlds than a usual run does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by failing")]

use model::{Decimal, Metadata, Row, RowSink as _, Table, Value};
use query::{BoundPlan, random};
use std::rc::Rc;
use std::sync::Arc;
use store::{Cursor, MemoryBlocks, PageCommit, Store};
use store_sql::testing::Place;
use store_sql::{Access, BulkRow, Database};

/// Worlds of rows, and questions to each.
const WORLDS: u64 = 8;
const PLANS: u64 = 60;

/// The rows of one seed, and who answers questions about them.
struct World {
    seed: u64,
    tables: Vec<Table>,
    rows: Vec<Row>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rows = random::rows(seed);
        for value in rows.iter_mut().flat_map(|row| row.columns.0.values_mut()) {
            // Databases keep ten digits behind the point only below this.
            if matches!(value, Value::Decimal(number) if number.abs() > Decimal::new(900_000_000, 0)) {
                *value = Value::Null;
            }
        }
        Self { seed, tables: random::tables(), rows }
    }

    fn kept(&self) -> impl Iterator<Item = (&Table, Vec<&Row>)> {
        self.tables
            .iter()
            .filter(|table| !table.is_derived())
            .map(|table| (table, self.rows.iter().filter(|row| row.table == table.name).collect()))
    }

    fn plans(&self) -> Vec<(u64, BoundPlan)> {
        let seeds: Vec<u64> = match asked() {
            Some((_, Some(plan))) => vec![plan],
            _ => (0..PLANS).map(|plan| self.seed * PLANS + plan).collect(),
        };
        seeds.into_iter().map(|seed| (seed, random::plan(seed))).collect()
    }

    fn check(&self, who: &str, seed: u64, plan: &BoundPlan, answer: Result<query::Answer, String>) {
        let mut right = query::reference::run(plan, &self.tables, &self.rows);
        let mut answer = answer.unwrap_or_else(|error| {
            panic!("{who} refuses: {error}\nVALISE_SEED={}:{seed}\n{plan:#?}", self.seed)
        });
        // Each gives versions of its own.
        for row in right.rows.iter_mut().chain(&mut answer.rows) {
            row.version = None;
        }
        if let Some(difference) = random::differs(plan, &answer, &right) {
            panic!("{who}: {difference}\nVALISE_SEED={}:{seed}\n{plan:#?}", self.seed);
        }
    }
}

/// The world, and perhaps the plan, that somebody wants to see again.
fn asked() -> Option<(u64, Option<u64>)> {
    let text = std::env::var("VALISE_SEED").ok()?;
    let (world, plan) =
        text.split_once(':').map_or((text.as_str(), None), |(world, plan)| (world, Some(plan)));
    Some((world.parse().unwrap(), plan.map(|plan| plan.parse().unwrap())))
}

fn worlds() -> Vec<World> {
    let count = std::env::var("VALISE_WORLDS").map_or(WORLDS, |count| count.parse().unwrap());
    match asked() {
        Some((world, _)) => vec![World::new(world)],
        None => (0..count).map(World::new).collect(),
    }
}

#[tokio::test]
async fn the_columnar_executor_agrees() {
    for world in worlds() {
        let store = Store::open(Rc::new(MemoryBlocks::default())).await.unwrap();
        store.set_tables(world.tables.iter().cloned().map(Arc::new).collect());
        for (table, rows) in world.kept() {
            let mut writer = store.begin_page(&table.name).unwrap();
            for row in rows {
                for (name, value) in row.columns.iter() {
                    let place = table.columns.iter().position(|column| column.name == *name).unwrap();
                    writer.value(place, value.into());
                }
                writer.finish(row.id, row.version);
            }
            let cursor = Cursor { link: String::new(), complete: true, synced_at: None };
            let commit = PageCommit {
                writer: Some(writer),
                table: table.name.clone(),
                removed: Vec::new(),
                cursor,
                confirmed: Vec::new(),
            };
            store.commit_page(commit).await.unwrap();
        }
        for (seed, plan) in world.plans() {
            let answer = store.run(&plan).await.map_err(|error| error.to_string());
            world.check("the columnar executor", seed, &plan, answer);
        }
    }
}

async fn a_database_agrees(place: Place, who: &str) {
    for world in worlds() {
        let database = filled(&place, &world).await;
        for (seed, plan) in world.plans() {
            let mut read = database.read().await.unwrap();
            let answer = read.run(&plan, &Access::everything()).await.map_err(|error| error.to_string());
            world.check(who, seed, &plan, answer);
        }
        database.close().await;
    }
    place.remove().await;
}

async fn filled(place: &Place, world: &World) -> Database {
    let database = place.open().await;
    let metadata = Metadata { version: 1, tables: world.tables.clone(), ..Metadata::default() };
    database.apply_metadata(&metadata).await.unwrap();
    let mut write = database.write().await.unwrap();
    for (table, rows) in world.kept() {
        let rows: Vec<BulkRow> =
            rows.iter().map(|row| BulkRow { id: row.id, columns: row.columns.clone() }).collect();
        write.create_many(table.name.as_str(), &rows).await.unwrap();
    }
    write.commit().await.unwrap();
    database
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_agrees() {
    a_database_agrees(Place::sqlite(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_agrees() {
    if let Some(place) = Place::postgres() {
        a_database_agrees(place, "PostgreSQL").await;
    }
}
