use crate::MemoryBlocks;
use crate::store::Store;
use crate::store::testing::{commit, open};
use crate::table::PAGE_SLOTS;
use crate::testing::{self, Choices, create, entry, now, update};
use model::{Columns, Row, RowId, TimeZone, Value};
use query::{BoundOrder, BoundOutput, BoundPlan, OutputColumn, Page};

fn rows(pages: usize) -> Vec<(u128, Columns)> {
    let mut choices = Choices::new(7);
    (1..=(PAGE_SLOTS * pages) as u128).map(|id| (id, testing::columns(&mut choices))).collect()
}

fn row(store: &Store, id: u128) -> Row {
    now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap().unwrap().current
}

fn named(name: &str) -> Columns {
    Columns::new().with("name", Value::Text(name.to_owned()))
}

fn ordered_by_name() -> BoundPlan {
    BoundPlan {
        table: "thing".into(),
        output: BoundOutput::Columns(vec![OutputColumn::named("name")]),
        filter: None,
        links: vec![],
        orders: vec![BoundOrder { link: None, column: "name".into(), descending: false, ranks: None }],
        distinct: false,
        page: Page::slice(0, 20),
        wants_total: true,
        time_zone: TimeZone::utc(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

#[test]
fn a_large_table_opens_without_being_read() {
    let blocks = MemoryBlocks::new();
    let rows = rows(400);
    let store = open(&blocks);
    commit(&store, &rows);
    let written = store.counters();
    assert!(written.parts_written > 400 * 10 && written.parts_read == 0, "{written:?}");
    let store = open(&blocks);
    assert_eq!(store.counts()[1].1, rows.len() as u64, "the count is kept, not counted");
    assert_eq!(store.counters().parts_read, 0);
    assert_eq!(row(&store, 3000).columns.get("name"), rows[2999].1.get("name"));
    let read = store.counters();
    assert!(read.parts_read < 400 + 40, "the ids, and the parts of the page that the row is in: {read:?}");
    assert!(read.bytes_read * 2 < written.bytes_written, "{read:?} of {written:?}");
}

#[test]
fn what_comes_in_stays_while_there_is_room_and_goes_past_memory_after() {
    let store = open(&MemoryBlocks::new());
    let rows = rows(40);
    let (first, rest) = rows.split_at(PAGE_SLOTS * 4);
    commit(&store, first);
    row(&store, 5);
    assert_eq!(store.counters().parts_read, 0, "all of it is in memory");
    let budget = store.counters().bytes;
    store.set_memory_budget(budget + 2000);
    for page in rest.chunks(PAGE_SLOTS * 2) {
        commit(&store, page);
    }
    let counters = store.counters();
    assert!(counters.bytes <= budget + 2000, "{counters:?}");
    assert_eq!(counters.parts_read, 0, "nothing is read to write whole pages");
    assert_eq!(row(&store, 5).columns.get("description"), rows[4].1.get("description"));
}

#[test]
fn a_write_writes_what_it_changes() {
    let store = open(&MemoryBlocks::new());
    commit(&store, &rows(40));
    let before = store.counters().parts_written;
    commit(&store, &[(5, named("another"))]);
    assert_eq!(store.counters().parts_written - before, 2, "the row's page and one column of it");
}

#[test]
fn the_journal_stays_when_columns_leave() {
    let blocks = MemoryBlocks::new();
    let rows = rows(3);
    commit(&open(&blocks), &rows);
    let store = open(&blocks);
    let made = (PAGE_SLOTS * 3 + 7) as u128;
    let changes = vec![update("thing", 2, named("mine")), create("thing", made, named("new"))];
    now(store.append(vec![entry(1, changes)])).unwrap();
    let shown = |store: &Store| {
        let read = |id| now(store.row(&"thing".into(), RowId::from_u128(id))).unwrap().unwrap();
        let name = |row: &Row| row.columns.get("name").as_text().map(str::to_owned);
        let (changed, new) = (read(2), read(made));
        (name(&changed.current), changed.base.as_ref().and_then(name), name(&new.current), new.base)
    };
    let base = rows[1].1.get("name").as_text().map(str::to_owned);
    let expected = (Some("mine".to_owned()), base, Some("new".to_owned()), None);
    assert_eq!(shown(&store), expected);
    let place = testing::table("thing").columns.iter().position(|column| column.name == *"name").unwrap();
    // The column comes whole, leaves, comes again.
    for _ in 0..2 {
        commit(&store, &[(1, named("x")), (17, named("y")), (33, named("z"))]);
        let known = |store: &Store| {
            let state = store.state.borrow();
            state.tables.get("thing").and_then(|known| known.data.as_ref()).unwrap().is_incomplete(place)
        };
        assert!(known(&store), "a write leaves nothing in memory");
        now(store.run(&ordered_by_name())).unwrap();
        assert!(!known(&store), "a question has read the pages");
        let mut state = store.state.borrow_mut();
        let data = state.tables.get_mut("thing").and_then(|known| known.data.as_mut()).unwrap();
        data.evict(place);
        drop(state);
        assert!(known(&store));
        assert_eq!(shown(&store), expected);
    }
    assert_eq!(store.counters().columns_left, 0);
    store.set_memory_budget(0);
    assert!(store.counters().columns_left > 0 && store.counters().bytes == 0, "{:?}", store.counters());
    assert_eq!(shown(&store), expected);
}
