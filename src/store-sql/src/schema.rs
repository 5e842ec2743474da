//! Makes the SQL tables, columns and indexes that the metadata asks for. Only what the org itself made and removed is
//! dropped; what the solution has no longer stays as it is.

mod convert;

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::derived;
use crate::dialect::{Dialect, quoted};
use crate::error::Result;
use crate::layout::{Codec, Layouts, TableLayout};
use crate::statement::{Question, Statement};
use model::TableSource;
use std::collections::HashSet;

/// Lookups that hardly anybody asks from the other side: an index would only slow writing down.
const RARELY_FOLLOWED: &[&str] = &[
    "createdby",
    "modifiedby",
    "createdonbehalfby",
    "modifiedonbehalfby",
    "owninguser",
    "owningteam",
    "transactioncurrencyid",
];

/// Which tables are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All: who knows what an older program left.
    Every,
    /// Those whose definition changed.
    Changed,
}

/// Brings tables from the layout they had to the one they shall have.
pub async fn apply(session: &mut Session, old: &Layouts, new: &Layouts, extent: Extent) -> Result<()> {
    if loses_columns(old, new) {
        derived::drop_views(session, old).await?;
    }
    for table in new.tables().filter(|table| table.table.source != TableSource::Activities) {
        let before = old.find(table.name().as_str());
        if extent == Extent::Changed && before.is_some_and(|before| before.table == table.table) {
            continue;
        }
        let found = columns_of(session, table).await?;
        match before {
            _ if found.is_empty() => create_table(session, table).await?,
            Some(before) => {
                drop_columns(session, before, table, &found).await?;
                // What was dropped a moment ago and shall be there again, empty, must not count as found.
                let found = columns_of(session, table).await?;
                add_columns(session, table, &found).await?;
                convert::columns(session, before, table).await?;
            }
            None => add_columns(session, table, &found).await?,
        }
        create_indexes(session, table).await?;
    }
    for table in old.tables().filter(|table| table.table.custom) {
        if new.find(table.name().as_str()).is_none() {
            let sql = format!("DROP TABLE IF EXISTS {}", table.sql_name());
            session.run(Statement::of(session.dialect(), &sql)).await?;
            let of_table = vec![Cell::text(table.name().as_str())];
            for sql in [
                "DELETE FROM valise_tombstone WHERE table_name = ?",
                "DELETE FROM valise_auto_number WHERE table_name = ?",
            ] {
                session.run_with(sql, of_table.clone()).await?;
            }
        }
    }
    derived::apply(session, new).await
}

/// True when views may show what is going to be dropped.
fn loses_columns(old: &Layouts, new: &Layouts) -> bool {
    old.tables().any(|before| match new.find(before.name().as_str()) {
        None => before.table.custom,
        Some(after) => before.columns.iter().any(|column| after.find(column.column.name.as_str()).is_none()),
    })
}

/// Drops the org's own columns that are no longer there, and leftovers under the names of new ones.
async fn drop_columns(
    session: &mut Session,
    old: &TableLayout,
    new: &TableLayout,
    found: &HashSet<String>,
) -> Result<()> {
    let dropped =
        old.columns.iter().filter(|it| it.column.custom && new.find(it.column.name.as_str()).is_none());
    let replaced =
        new.columns.iter().filter(|it| it.column.custom && old.find(it.column.name.as_str()).is_none());
    for column in dropped.chain(replaced) {
        let name = index_name(new.name().as_str(), column.column.name.as_str());
        for (name_in_table, _) in column.write_names() {
            if !found.contains(&name_in_table) {
                continue;
            }
            let dialect = session.dialect();
            session.run(Statement::of(dialect, &format!("DROP INDEX IF EXISTS {}", quoted(&name)))).await?;
            let sql = format!("ALTER TABLE {} DROP COLUMN {}", new.sql_name(), quoted(&name_in_table));
            session.run(Statement::of(dialect, &sql)).await?;
        }
    }
    Ok(())
}

async fn columns_of(session: &mut Session, table: &TableLayout) -> Result<HashSet<String>> {
    let sql = match session.dialect() {
        Dialect::Sqlite => "SELECT name FROM pragma_table_info(?)",
        Dialect::Postgres => {
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = ?"
        }
    };
    names(session, sql, table).await
}

async fn indexes_of(session: &mut Session, table: &TableLayout) -> Result<HashSet<String>> {
    let sql = match session.dialect() {
        Dialect::Sqlite => "SELECT name FROM pragma_index_list(?)",
        Dialect::Postgres => {
            "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ?"
        }
    };
    names(session, sql, table).await
}

async fn names(session: &mut Session, sql: &str, table: &TableLayout) -> Result<HashSet<String>> {
    let statement = Statement::with(session.dialect(), sql, vec![Cell::text(table.name().as_str())]);
    let rows = session.ask(Question { statement, kinds: vec![Storage::Text] }).await?;
    Ok(rows.into_iter().filter_map(|cells| cells.into_iter().next()?.into_text()).collect())
}

async fn create_table(session: &mut Session, table: &TableLayout) -> Result<()> {
    let dialect = session.dialect();
    let mut parts = vec![
        format!("{} {} NOT NULL PRIMARY KEY", quoted(table.key()), dialect.column_type(Storage::Id)),
        "\"__version\" BIGINT NOT NULL".to_owned(),
    ];
    if dialect == Dialect::Postgres {
        parts.push("\"__writer\" BIGINT NOT NULL".to_owned());
    }
    for (name, storage) in written(table) {
        parts.push(format!("{} {}", quoted(&name), dialect.column_type(storage)));
    }
    let sql = format!("CREATE TABLE {} ({})", table.sql_name(), parts.join(", "));
    session.run(Statement::of(dialect, &sql)).await?;
    Ok(())
}

async fn add_columns(session: &mut Session, table: &TableLayout, found: &HashSet<String>) -> Result<()> {
    let dialect = session.dialect();
    for (name, storage) in written(table).filter(|(name, _)| !found.contains(name)) {
        let (table, column) = (table.sql_name(), quoted(&name));
        let sql = format!("ALTER TABLE {table} ADD COLUMN {column} {}", dialect.column_type(storage));
        session.run(Statement::of(dialect, &sql)).await?;
    }
    Ok(())
}

fn written(table: &TableLayout) -> impl Iterator<Item = (String, Storage)> {
    table.columns.iter().flat_map(crate::layout::ColumnLayout::write_names)
}

async fn create_indexes(session: &mut Session, table: &TableLayout) -> Result<()> {
    let dialect = session.dialect();
    // Looked for first: `IF NOT EXISTS` would keep others from writing until the end of the transaction.
    let found = indexes_of(session, table).await?;
    let mut indexed = vec![vec![dialect.mark_column().to_owned(), table.key().to_owned()]];
    for column in &table.columns {
        let name = column.column.name.as_str();
        if column.codec == Codec::Reference && !RARELY_FOLLOWED.contains(&name) {
            indexed.push(vec![name.to_owned()]);
        }
    }
    if let Some(primary_name) = table.primary_name() {
        indexed.push(vec![primary_name.compared_name()]);
    }
    for columns in indexed {
        let name = index_name(table.name().as_str(), columns.first().map_or("", String::as_str));
        if found.contains(&name) {
            continue;
        }
        let list = columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
        let sql = format!("CREATE INDEX {} ON {} ({list})", quoted(&name), table.sql_name());
        session.run(Statement::of(dialect, &sql)).await?;
    }
    Ok(())
}

/// A name that stays unique when PostgreSQL cuts it at 63 bytes.
fn index_name(table: &str, column: &str) -> String {
    let name = format!("ix_{table}_{column}");
    if name.len() <= 63 {
        return name;
    }
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}_{hash:016x}", name.chars().take(46).collect::<String>())
}
