//! Databases as earlier builds left them, and what today's code must make of them.

use crate::contract::{Broken, Database, same};
use crate::{Batch, Cursor, Durability, ObjectStore, PageCommit, Store, StoreError};
use model::{Columns, EntryId, JournalEntry, RowId, RowSink as _, RowVersion, Table, TableName, Value};
use serde::Deserialize;
use std::sync::Arc;

/// One for each layout there was: its name, its content.
pub const FIXTURES: [(&str, &str); 3] = [
    ("layout-1", include_str!("../../../tests/fixtures/store/layout-1.json")),
    ("layout-2-whole-columns", include_str!("../../../tests/fixtures/store/layout-2-whole-columns.json")),
    ("layout-2", include_str!("../../../tests/fixtures/store/layout-2.json")),
];

/// What a database holds and shows.
#[derive(Deserialize)]
pub struct Fixture {
    tables: Vec<Table>,
    journal: Vec<JournalEntry>,
    cursor: Cursor,
    rows: Vec<Shown>,
    /// Object store, key and value; both in hexadecimal.
    blocks: Vec<(String, String, String)>,
}

#[derive(Deserialize)]
struct Shown {
    table: TableName,
    id: RowId,
    base: Option<Columns>,
    current: Option<Columns>,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Different(format!("the store: {error}"))
    }
}

impl Fixture {
    /// Reads a fixture.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        serde_json::from_str(text).map_err(|error| Broken::Different(format!("the fixture: {error}")))
    }

    /// Everything that stands in the database, as one batch.
    pub fn batch(&self) -> Result<Batch, Broken> {
        let mut batch = Batch::new(Durability::Strict);
        for (store, key, value) in &self.blocks {
            let store = ObjectStore::ALL.into_iter().find(|known| known.name() == store);
            let store = store.ok_or_else(|| Broken::Different("an unknown object store".to_owned()))?;
            batch.put(store, bytes(key)?, bytes(value)?);
        }
        Ok(batch)
    }

    async fn open(&self, database: &dyn Database) -> Result<Store, Broken> {
        let store = Store::open(database.open().await?).await?;
        store.set_tables(self.tables.iter().cloned().map(Arc::new).collect());
        Ok(store)
    }

    /// Whether the store shows what it showed then, with the journal pending.
    async fn compare(&self, store: &Store, changed: &[RowId]) -> Result<(), Broken> {
        for shown in self.rows.iter().filter(|shown| !changed.contains(&shown.id)) {
            let what = format!("{} {}", shown.table, shown.id);
            let base = store.base_row(&shown.table, shown.id).await?.map(|row| row.columns);
            same(&format!("{what} as the server confirmed it"), &base, &shown.base)?;
            let current = store.row(&shown.table, shown.id).await?.map(|row| row.current.columns);
            same(&format!("{what} as the user sees it"), &current, &shown.current)?;
        }
        Ok(())
    }
}

/// A database of an earlier build, already filled in, opens with its journal, goes on, and is the same after that.
pub async fn opens_with_its_journal(database: &dyn Database, text: &str) -> Result<(), Broken> {
    let fixture = Fixture::parse(text)?;
    let store = fixture.open(database).await?;
    same("the journal", &store.journal(), &fixture.journal)?;
    same("what is set aside", &store.set_aside(), &Vec::new())?;
    let thing = TableName::new("thing");
    same("the cursor", &store.cursor(&thing), &Some(fixture.cursor.clone()))?;
    let profile = store.get_meta("profile").await?;
    same("the caller's record", &profile, &Some(b"{\"user\":\"Ada\"}".to_vec()))?;
    fixture.compare(&store, &[]).await?;

    // The server's next page confirms the first entry, which makes the pages anew in the present layout.
    let (made, first) = (RowId::from_u128(900), EntryId::from_u128(1));
    let mut writer = store.begin_page(&thing)?;
    let columns = fixture.tables.iter().find(|table| table.name == thing).map(|table| &table.columns);
    let name = columns.and_then(|columns| columns.iter().position(|column| column.name == "name"));
    writer.value(name.unwrap_or(usize::MAX), model::ValueRef::Text("made offline"));
    writer.finish(made, Some(RowVersion(8)));
    let cursor = Cursor { link: "next".to_owned(), ..fixture.cursor.clone() };
    let (writer, table, confirmed) = (Some(writer), thing.clone(), vec![first]);
    store.commit_page(PageCommit { writer, table, removed: Vec::new(), cursor, confirmed }).await?;
    let again = fixture.open(database).await?;
    let rest: Vec<EntryId> = fixture.journal.iter().map(|entry| entry.id).filter(|id| *id != first).collect();
    same(
        "the rest of the journal",
        &again.journal().iter().map(|entry| entry.id).collect::<Vec<_>>(),
        &rest,
    )?;
    fixture.compare(&again, &[made]).await?;
    let base = again.base_row(&thing, made).await?;
    let name = base.map(|row| row.columns.get("name").clone());
    same("what was made offline", &name, &Some(Value::Text("made offline".to_owned())))?;
    let next = fixture.journal.iter().map(|entry| entry.sequence).max().unwrap_or(0) + 1;
    let entry = JournalEntry { id: EntryId::from_u128(99), ..fixture.journal[0].clone() };
    same("the next place in the journal", &again.append(vec![entry]).await?[0].sequence, &next)
}

/// Damage in a page's bytes is noticed: its table is to be fetched again, the journal and other tables stay.
pub async fn survives_a_page_that_fails_its_checksum(
    database: &dyn Database,
    text: &str,
) -> Result<(), Broken> {
    let fixture = Fixture::parse(text)?;
    let thing = TableName::new("thing");
    let blocks = database.open().await?;
    // The table that was fetched second has the second number.
    let pages = blocks.scan(ObjectStore::Pages, &crate::KeyRange::prefix(&[0, 2]), 1000).await?.entries;
    let mut batch = Batch::new(Durability::Strict);
    for (key, mut value) in pages {
        let middle = value.len() / 2;
        value[middle] ^= 0x10;
        batch.put(ObjectStore::Pages, key, value);
    }
    same("there are pages", &batch.puts.is_empty(), &false)?;
    blocks.apply(batch).await?;
    let store = fixture.open(database).await?;
    let damaged = store.row(&thing, RowId::from_u128(7)).await.map(drop);
    same("told", &damaged, &Err(StoreError::DamagedPage { table: thing.clone() }))?;
    same("it is to be fetched from the start", &store.cursor(&thing), &None)?;
    same("gone, and not told again", &store.row(&thing, RowId::from_u128(7)).await?, &None)?;
    let again = fixture.open(database).await?;
    for store in [&store, &again] {
        same("the journal", &store.journal(), &fixture.journal)?;
        let made = store.row(&thing, RowId::from_u128(900)).await?;
        let name = made.map(|row| row.current.columns.get("name").clone());
        same("the user's own row", &name, &Some(Value::Text("made offline".to_owned())))?;
        let ada = store.row(&"person".into(), RowId::from_u128(1000)).await?;
        same("another table", &ada.is_some(), &true)?;
    }
    Ok(())
}

fn bytes(hex: &str) -> Result<Vec<u8>, Broken> {
    let pair = |place| hex.get(place..place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes = (0..hex.len()).step_by(2).map(pair).collect::<Option<Vec<u8>>>();
    bytes.ok_or_else(|| Broken::Different("the fixture holds something that is not hexadecimal".to_owned()))
}
