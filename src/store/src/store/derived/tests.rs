use crate::store::Store;
use crate::testing::{self, Choices, create, delete, entry, now, update};
use crate::{Cursor, MemoryBlocks, PageCommit, StoreError};
use model::{
    ACTIVITY_TABLE, Column, ColumnKind, Columns, EntryId, LookupStyle, Row, RowId, RowSink, RowVersion,
    Table, TableName, TableSource, TimeZone, Value, party_rows,
};
use query::{BoundOutput, BoundPlan, OutputColumn, Page};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

const PARTY_TABLE: &str = "activityparty";

fn activity(name: &str) -> Arc<Table> {
    Arc::new(Table { is_activity: true, ..(*testing::table(name)).clone() })
}

fn derived(name: &str, source: TableSource, kinds: Vec<(&str, ColumnKind)>) -> Arc<Table> {
    let like = testing::table(name);
    let column =
        |(name, kind): (&str, ColumnKind)| Column { name: name.into(), kind, ..like.columns[0].clone() };
    let columns: Vec<_> = kinds.into_iter().map(column).collect();
    let primary_id = columns[0].name.clone();
    Arc::new(Table { source, primary_id, columns, ..(*like).clone() })
}

fn lookup(target: &str) -> ColumnKind {
    ColumnKind::Lookup { targets: vec![target.into()], style: LookupStyle::Simple }
}

/// The base of all activities lacks some of their columns and has one that none of them has.
fn pointers() -> Arc<Table> {
    let kind = |name: &str| testing::kinds().into_iter().find(|(known, _)| *known == name).unwrap().1;
    let shared = ["name", "amount", "due", "ownerid", "parentid", "statecode", "tags", "attendees"];
    let mut kinds = vec![("activityid", ColumnKind::UniqueId), ("activitytypecode", ColumnKind::EntityName)];
    kinds.extend(shared.map(|name| (name, kind(name))));
    kinds.push(("onlyhere", ColumnKind::BigInteger));
    derived(ACTIVITY_TABLE, TableSource::Activities, kinds)
}

fn parties() -> Arc<Table> {
    let choice = ColumnKind::Choice { options: vec![], default: None };
    let text = ColumnKind::Text { format: model::TextFormat::Plain, max_length: 200 };
    let kinds = vec![
        ("activitypartyid", ColumnKind::UniqueId),
        ("activityid", lookup(ACTIVITY_TABLE)),
        ("partyid", lookup("person")),
        ("participationtypemask", choice),
        ("addressused", text),
        ("ownerid", lookup("person")),
    ];
    derived(PARTY_TABLE, TableSource::Parties, kinds)
}

fn opened() -> Store {
    let store = now(Store::open(Rc::new(MemoryBlocks::new()))).unwrap();
    store.set_tables(vec![
        testing::table("person"),
        activity("task"),
        activity("call"),
        pointers(),
        parties(),
    ]);
    store
}

fn commit(store: &Store, table: &str, rows: &[(u128, Columns)], removed: &[u128], confirmed: &[u128]) {
    let definition = activity(table);
    let mut writer = store.begin_page(&definition.name).unwrap();
    for (id, columns) in rows {
        for (name, value) in columns.iter() {
            let index = definition.columns.iter().position(|column| column.name == *name).unwrap();
            writer.value(index, crate::column::borrow(value));
        }
        writer.finish(RowId::from_u128(*id), Some(RowVersion(3)));
    }
    let touched = now(store.commit_page(PageCommit {
        writer: Some(writer),
        table: definition.name.clone(),
        removed: removed.iter().copied().map(RowId::from_u128).collect(),
        cursor: Cursor::default(),
        confirmed: confirmed.iter().copied().map(EntryId::from_u128).collect(),
    }))
    .unwrap();
    let shown = [ACTIVITY_TABLE, PARTY_TABLE].iter().all(|name| touched.tables.contains(*name));
    assert!(touched.rows == 0 || shown, "lists of all activities are shown anew: {touched:?}");
}

fn all(store: &Store, table: &Table) -> BTreeMap<RowId, (Option<RowVersion>, Columns)> {
    let output = |column: &Column| OutputColumn::named(column.name.clone());
    let plan = BoundPlan {
        table: table.name.clone(),
        output: BoundOutput::Columns(table.columns.iter().map(output).collect()),
        filter: None,
        links: vec![],
        orders: vec![],
        distinct: false,
        page: Page::default(),
        wants_total: true,
        time_zone: TimeZone::utc(),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    };
    let answer = now(store.run(&plan)).unwrap();
    assert_eq!(answer.total, Some(answer.rows.len() as u64));
    let names: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
    let row = |row: query::AnswerRow| {
        let columns = names.iter().cloned().zip(row.values).collect();
        (row.id.unwrap(), (row.version, columns))
    };
    answer.rows.into_iter().map(row).collect()
}

/// Derived row by row from what the store says of each activity.
fn expected(store: &Store, ids: u128) -> [BTreeMap<RowId, (Option<RowVersion>, Columns)>; 2] {
    let (mut pointer_rows, mut party_table_rows) = (BTreeMap::new(), BTreeMap::new());
    let (pointers, parties) = (pointers(), parties());
    for (table, id) in ["task", "call"].into_iter().flat_map(|table| (1..=ids).map(move |id| (table, id))) {
        let table = activity(table);
        let Some(stored) = now(store.row(&table.name, RowId::from_u128(id))).unwrap() else { continue };
        let Row { id, version, columns, .. } = stored.current;
        let mut shared = Columns::new();
        for column in &pointers.columns {
            shared.set(column.name.clone(), columns.get(column.name.as_str()).clone());
        }
        shared.set("activityid", Value::Id(id));
        shared.set("activitytypecode", Value::Text(table.name.to_string()));
        pointer_rows.insert(id, (version, shared));
        for (party, mut row) in party_rows(&table, id, &columns) {
            row.0.retain(|name, _| parties.column(name.as_str()).is_some());
            row.set("activitypartyid", Value::Id(party));
            let mut reference = row.get("activityid").as_reference().unwrap().clone();
            reference.name = columns.get("name").as_text().map(str::to_owned);
            row.set("activityid", Value::Reference(reference));
            party_table_rows.insert(party, (version, row));
        }
    }
    [pointer_rows, party_table_rows]
}

#[test]
fn random_histories_of_activities_show_in_the_derived_tables() {
    const IDS: u128 = 30;
    let mut seen = (0, 0);
    for seed in 1..=6 {
        let store = opened();
        let mut choices = Choices::new(seed);
        for step in 0..60 {
            // Tasks have even numbers and calls odd ones: an activity is in one table.
            let id = u128::from(choices.below(15)) * 2 + 2;
            let (table, id) = if choices.below(2) == 0 { ("task", id) } else { ("call", id - 1) };
            let columns = testing::columns(&mut choices);
            match choices.below(6) {
                0 | 1 => commit(&store, table, &[(id, columns)], &[], &[]),
                2 => commit(&store, table, &[], &[id], &[]),
                3 => {
                    let waiting = store.journal();
                    let confirmed = waiting.first().map(|entry| entry.id.as_u128());
                    commit(&store, table, &[], &[], confirmed.as_slice());
                }
                _ => {
                    let row = now(store.row(&table.into(), RowId::from_u128(id))).unwrap();
                    let change = match (row, choices.below(3)) {
                        (None, _) => create(table, id, columns),
                        (Some(_), 0) => delete(table, id),
                        (Some(_), _) => update(table, id, columns),
                    };
                    now(store.append(vec![entry(step, vec![change])])).unwrap();
                }
            }
            if choices.below(3) > 0 {
                let [of_activities, of_parties] = expected(&store, IDS);
                assert_eq!(all(&store, &pointers()), of_activities, "seed {seed} step {step}");
                assert_eq!(all(&store, &parties()), of_parties, "seed {seed} step {step}");
                seen = (seen.0 + of_activities.len(), seen.1 + of_parties.len());
            }
        }
    }
    assert!(seen.0 > 1000 && seen.1 > 1000, "empty tables prove nothing: {seen:?}");
}

#[test]
fn one_changed_activity_does_not_derive_the_others_again() {
    let store = opened();
    let mut choices = Choices::new(9);
    let rows: Vec<_> = (1..=100).map(|id| (id, testing::columns(&mut choices))).collect();
    commit(&store, "task", &rows, &[], &[]);
    all(&store, &pointers());
    // A row that follows from nothing is gone as soon as everything is derived again.
    let witness = RowId::from_u128(12_345);
    let plant = |store: &Store| {
        let mut state = store.state.borrow_mut();
        state.tables.get_mut(ACTIVITY_TABLE).unwrap().data.as_mut().unwrap().put_base(witness, None);
    };
    plant(&store);
    now(store.append(vec![entry(1, vec![update("task", 5, testing::columns(&mut choices))])])).unwrap();
    commit(&store, "task", &[(6, testing::columns(&mut choices))], &[7], &[]);
    let shown = all(&store, &pointers());
    assert!(shown.contains_key(&witness), "everything was derived again");
    assert_eq!(shown.len(), 100);
    // Other definitions are reason enough.
    store.set_tables(vec![activity("task"), pointers(), parties()]);
    assert!(!all(&store, &pointers()).contains_key(&witness));
}

#[test]
fn an_activity_is_answered_as_the_row_of_its_own_table() {
    let store = opened();
    let columns = |name: &str| Columns::new().with("name", Value::Text(name.to_owned()));
    commit(&store, "task", &[(1, columns("one"))], &[], &[]);
    commit(&store, "call", &[(2, columns("two"))], &[], &[]);
    now(store.append(vec![entry(1, vec![update("call", 2, columns("TWO"))])])).unwrap();
    now(store.append(vec![entry(2, vec![delete("task", 1)])])).unwrap();
    let pointer = TableName::new(ACTIVITY_TABLE);
    let (first, second) = (RowId::from_u128(1), RowId::from_u128(2));
    let row = now(store.row(&pointer, second)).unwrap().unwrap();
    assert_eq!(row.current.table, "call");
    assert_eq!(row.current.columns.get("name").as_text(), Some("TWO"));
    assert_eq!(row.base.unwrap().columns.get("name").as_text(), Some("two"));
    assert_eq!(now(store.row(&pointer, first)).unwrap(), None, "the user deleted it");
    assert_eq!(now(store.base_row(&pointer, first)).unwrap().unwrap().table, "task");
    assert_eq!(now(store.row(&pointer, RowId::from_u128(3))).unwrap(), None);
    assert_eq!(store.pending(&pointer, second), [EntryId::from_u128(1)]);
    assert!(!store.counts().iter().any(|(table, _)| *table == pointer), "nothing of its own is kept");
}

#[test]
fn a_party_row_is_found_by_its_id_as_it_is_and_as_it_was() {
    let store = opened();
    let member = |id: u128| model::Party {
        party: Some(model::Reference { table: "person".into(), id: RowId::from_u128(id), name: None }),
        address: None,
        participation: 5,
    };
    let columns = |id| Columns::new().with("attendees", Value::Parties(vec![member(id)]));
    commit(&store, "task", &[(1, columns(71))], &[], &[]);
    now(store.append(vec![entry(1, vec![update("task", 1, columns(72))])])).unwrap();
    let id = model::party_row_id(RowId::from_u128(1), "attendees", 0);
    let row = now(store.row(&PARTY_TABLE.into(), id)).unwrap().unwrap();
    let party = |row: &Row| row.columns.get("partyid").as_reference().map(|party| party.id.as_u128());
    assert_eq!(party(&row.current), Some(72));
    assert_eq!(party(&row.base.unwrap()), Some(71));
    assert_eq!(party(&now(store.base_row(&PARTY_TABLE.into(), id)).unwrap().unwrap()), Some(71));
}

#[test]
fn derived_tables_are_not_written() {
    let store = opened();
    for table in [ACTIVITY_TABLE, PARTY_TABLE].map(TableName::new) {
        let refused = StoreError::Derived(table.clone());
        assert_eq!(store.begin_page(&table).err(), Some(refused.clone()));
        assert_eq!(now(store.forget_cursor(&table)).err(), Some(refused.clone()));
        assert_eq!(now(store.retain_rows(&table, &[])).err(), Some(refused.clone()));
        let change = create(table.as_str(), 1, Columns::new());
        assert_eq!(now(store.append(vec![entry(1, vec![change])])).err(), Some(refused));
    }
    assert_eq!(store.journal(), []);
}
