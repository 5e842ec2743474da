//! Writing: rows one by one inside a transaction, each change under a new version.

use crate::access::Access;
use crate::bulk::BulkRow;
use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::database::{self, Kept, Shared};
use crate::definitions::{self, Customization, Definitions};
use crate::derived::refuse_derived;
use crate::dialect::{Dialect, Hold, quoted};
use crate::error::{Result, StoreError};
use crate::layout::{Layouts, TableLayout};
use crate::read::{Picked, RowQuery, row};
use crate::select;
use crate::statement::{Question, Statement};
use crate::{migrations, schema};
use model::{ColumnName, Columns, Row, RowId, RowVersion, Timestamp};
use query::{Answer, BoundPlan};
use std::sync::Arc;

/// A transaction that writes; dropping it without `commit` takes everything back.
#[derive(Debug)]
pub struct WriteTransaction {
    pub(crate) session: Session,
    pub(crate) layouts: Arc<Layouts>,
    /// On SQLite: the version given last. One writer at a time, so it is kept here until the commit.
    last_version: i64,
    shared: Shared,
    definitions: Arc<Definitions>,
    /// The org's definitions as this transaction has changed them.
    changed: Option<Kept>,
}

impl WriteTransaction {
    pub(crate) async fn begin(mut session: Session, kept: Arc<Kept>, shared: Shared) -> Result<Self> {
        let last_version = match session.dialect() {
            Dialect::Sqlite => {
                session
                    .ask_integer(Statement::of(Dialect::Sqlite, "SELECT value FROM valise_sequence"))
                    .await?
            }
            Dialect::Postgres => 0,
        };
        Ok(Self {
            session,
            layouts: Arc::clone(&kept.layouts),
            last_version,
            shared,
            definitions: Arc::clone(&kept.definitions),
            changed: None,
        })
    }

    /// Keeps everything.
    pub async fn commit(mut self) -> Result<()> {
        if self.session.dialect() == Dialect::Sqlite {
            let last = vec![Cell::integer(self.last_version)];
            self.session.run_with("UPDATE valise_sequence SET value = ?", last).await?;
        }
        self.session.commit().await?;
        if let Some(kept) = self.changed {
            database::set(&self.shared, kept);
        }
        Ok(())
    }

    /// The org changes its metadata, and its tables follow. The definitions are those of this transaction until it is
    /// committed; others wait for it.
    pub async fn customize(&mut self, changes: &[Customization]) -> Result<Arc<Definitions>> {
        migrations::lock(&mut self.session).await?;
        let mut draft = definitions::Draft::start(&mut self.session).await?;
        let before = draft.effective()?;
        if before.metadata.version != self.definitions.metadata.version {
            // What was decided on other definitions may not fit these.
            return Err(StoreError::Outdated);
        }
        let old = Layouts::of(&before.metadata)?;
        draft.customize(changes)?;
        let kept = Kept::of(draft.effective()?)?;
        schema::apply(&mut self.session, &old, &kept.layouts, schema::Extent::Changed).await?;
        draft.keep(&mut self.session).await?;
        self.layouts = Arc::clone(&kept.layouts);
        self.definitions = Arc::clone(&kept.definitions);
        self.changed = Some(kept);
        Ok(Arc::clone(&self.definitions))
    }

    /// Lets nobody else change definitions until the transaction ends.
    pub async fn hold_definitions(&mut self) -> Result<()> {
        migrations::lock(&mut self.session).await
    }

    /// The org's definitions as they are in this transaction.
    #[must_use]
    pub fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.definitions)
    }

    /// One row as it is now, held until the end of the transaction. Its references carry no names.
    pub async fn row(&mut self, table: &str, id: RowId, hold: Hold) -> Result<Option<Row>> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let picked = Picked::of(&layout, None)?;
        let wanted = RowQuery {
            layout: &layout,
            id,
            picked: &picked,
            access: &Access::everything(),
            hold: Some(hold),
            names: false,
        };
        row(&mut self.session, &self.layouts, &wanted).await
    }

    /// Holds a row without reading it.
    pub async fn hold(&mut self, table: &str, id: RowId, hold: Hold) -> Result<()> {
        let words = self.session.dialect().hold(hold);
        if words.is_empty() {
            return Ok(());
        }
        let layout = self.layouts.table(table)?;
        if layout.is_derived() {
            return Ok(());
        }
        let key = quoted(layout.key());
        let sql = format!("SELECT {key} FROM {} WHERE {key} = ?{words}", layout.sql_name());
        let statement = Statement::with(self.session.dialect(), &sql, vec![Cell::id(id)]);
        self.session.ask(Question { statement, kinds: vec![Storage::Id] }).await?;
        Ok(())
    }

    /// One row as this transaction sees it, for an answer: certain columns, within reach of `access`.
    pub async fn visible_row(
        &mut self,
        table: &str,
        id: RowId,
        columns: Option<&[ColumnName]>,
        access: &Access,
    ) -> Result<Option<Row>> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let picked = Picked::of(&layout, columns)?;
        let wanted = RowQuery { layout: &layout, id, picked: &picked, access, hold: None, names: true };
        row(&mut self.session, &self.layouts, &wanted).await
    }

    /// The answer to a plan with the changes of this transaction in it.
    pub async fn run(&mut self, plan: &BoundPlan, access: &Access) -> Result<Answer> {
        select::run(&mut self.session, &self.layouts, plan, access).await
    }

    /// The rows of `table` whose `column` refers to `id`.
    pub async fn referring(
        &mut self,
        table: &str,
        column: &str,
        id: RowId,
        limit: u32,
    ) -> Result<Vec<RowId>> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let column = quoted(&layout.column(column)?.compared_name());
        let key = quoted(layout.key());
        let sql = format!(
            "SELECT {key} FROM {} WHERE {column} = ? ORDER BY {key} LIMIT {limit}",
            layout.sql_name()
        );
        let statement = Statement::with(self.session.dialect(), &sql, vec![Cell::id(id)]);
        let rows = self.session.ask(Question { statement, kinds: vec![Storage::Id] }).await?;
        Ok(rows.into_iter().filter_map(|cells| cells.first().and_then(Cell::as_id)).collect())
    }

    /// A new row.
    pub async fn create(&mut self, table: &str, id: RowId, columns: &Columns) -> Result<RowVersion> {
        let layout = Arc::clone(self.layouts.table(table)?);
        refuse_derived(&layout)?;
        let version = self.next_version().await?;
        let dialect = self.session.dialect();
        let mut statement = Statement::new(dialect);
        let cells = encode(&layout, columns)?;
        push_insert_head(&mut statement, &layout, cells.iter().map(|(name, _)| name.as_str()));
        push_insert_row(&mut statement, id, version, cells.into_iter().map(|(_, cell)| cell));
        self.session.run(statement).await.map_err(|error| {
            if error.is_unique_violation() {
                StoreError::Duplicate { table: layout.name().clone(), id }
            } else {
                error
            }
        })?;
        // A row that comes back under its old id is no longer gone.
        let gone = vec![Cell::text(layout.name().as_str()), Cell::id(id)];
        self.session.run_with("DELETE FROM valise_tombstone WHERE table_name = ? AND id = ?", gone).await?;
        self.add_parties(&layout, &[BulkRow { id, columns: columns.clone() }]).await?;
        Ok(RowVersion(version))
    }

    /// New values for some columns. With `expected` only if the row still has that version.
    pub async fn update(
        &mut self,
        table: &str,
        id: RowId,
        columns: &Columns,
        expected: Option<RowVersion>,
    ) -> Result<RowVersion> {
        let layout = Arc::clone(self.layouts.table(table)?);
        refuse_derived(&layout)?;
        let version = self.next_version().await?;
        let mut statement = Statement::new(self.session.dialect());
        statement.push(&format!("UPDATE {} SET \"__version\" = ", layout.sql_name()));
        statement.bind(Cell::integer(version));
        if self.session.dialect() == Dialect::Postgres {
            statement.push(&format!(", \"__writer\" = {}", Dialect::Postgres.writer()));
        }
        for (name, cell) in encode(&layout, columns)? {
            statement.push(", ").name(&name).push(" = ").bind(cell);
        }
        push_which(&mut statement, &layout, id, expected);
        if self.session.run(statement).await? == 0 {
            return Err(self.why_not(&layout, id).await);
        }
        self.follow_parties(&layout, id, columns).await?;
        Ok(RowVersion(version))
    }

    /// The row goes and leaves a tombstone. With `expected` only if it still has that version.
    pub async fn delete(
        &mut self,
        table: &str,
        id: RowId,
        expected: Option<RowVersion>,
        now: Timestamp,
    ) -> Result<RowVersion> {
        let layout = Arc::clone(self.layouts.table(table)?);
        refuse_derived(&layout)?;
        let mut statement = Statement::new(self.session.dialect());
        statement.push(&format!("DELETE FROM {}", layout.sql_name()));
        push_which(&mut statement, &layout, id, expected);
        if self.session.run(statement).await? == 0 {
            return Err(self.why_not(&layout, id).await);
        }
        self.remove_parties(&layout, id).await?;
        let version = self.next_version().await?;
        let dialect = self.session.dialect();
        let mut statement = Statement::new(dialect);
        statement.push("INSERT INTO valise_tombstone (table_name, id, version, mark, deleted_at) VALUES (");
        statement.bind(Cell::text(layout.name().as_str())).push(", ").bind(Cell::id(id)).push(", ");
        statement.bind(Cell::integer(version)).push(", ");
        match dialect {
            Dialect::Sqlite => statement.bind(Cell::integer(version)),
            Dialect::Postgres => statement.push(dialect.writer()),
        };
        statement.push(", ").bind(Cell::integer(now.milliseconds())).push(")");
        statement.push(
            " ON CONFLICT (table_name, id) DO UPDATE SET version = excluded.version, mark = excluded.mark, \
             deleted_at = excluded.deleted_at",
        );
        self.session.run(statement).await?;
        Ok(RowVersion(version))
    }

    /// Forgets tombstones and stored answers older than `before`. Tokens older than that are refused anyway.
    pub async fn forget(&mut self, before: Timestamp) -> Result<()> {
        for sql in [
            "DELETE FROM valise_tombstone WHERE deleted_at < ?",
            "DELETE FROM valise_answer WHERE made_at < ?",
        ] {
            self.session.run_with(sql, vec![Cell::integer(before.milliseconds())]).await?;
        }
        Ok(())
    }

    pub(crate) async fn next_version(&mut self) -> Result<i64> {
        Ok(self.next_versions(1).await?.first().copied().unwrap_or_default())
    }

    pub(crate) async fn next_versions(&mut self, count: usize) -> Result<Vec<i64>> {
        match self.session.dialect() {
            Dialect::Sqlite => {
                let first = self.last_version + 1;
                self.last_version += i64::try_from(count).unwrap_or(0);
                Ok((first..=self.last_version).collect())
            }
            Dialect::Postgres => {
                let sql = format!("SELECT nextval('valise_version') FROM generate_series(1, {count})");
                let statement = Statement::of(Dialect::Postgres, &sql);
                let rows = self.session.ask(Question { statement, kinds: vec![Storage::Integer] }).await?;
                Ok(rows.iter().filter_map(|cells| cells.first().and_then(Cell::as_integer)).collect())
            }
        }
    }

    /// After a write that touched nothing: the row is gone, or has another version.
    async fn why_not(&mut self, layout: &TableLayout, id: RowId) -> StoreError {
        let sql =
            format!("SELECT \"__version\" FROM {} WHERE {} = ?", layout.sql_name(), quoted(layout.key()));
        let statement = Statement::with(self.session.dialect(), &sql, vec![Cell::id(id)]);
        let table = layout.name().clone();
        match self.session.ask_one(Question { statement, kinds: vec![Storage::Integer] }).await {
            Ok(Some(cells)) => {
                let current = RowVersion(cells.first().and_then(Cell::as_integer).unwrap_or_default());
                StoreError::VersionMismatch { table, id, current }
            }
            Ok(None) => StoreError::NotFound { table, id },
            Err(error) => error,
        }
    }
}

/// The SQL columns and cells of a row's columns.
pub fn encode(layout: &TableLayout, columns: &Columns) -> Result<Vec<(String, Cell)>> {
    let mut cells = Vec::with_capacity(columns.len() * 2);
    for (name, value) in columns.iter() {
        let column = layout.column(name.as_str())?;
        let names = column.write_names().into_iter().map(|(name, _)| name);
        cells.extend(names.zip(column.encode(layout.name(), value)?));
    }
    Ok(cells)
}

/// `INSERT INTO … (…) VALUES `
pub fn push_insert_head<'a>(
    statement: &mut Statement,
    layout: &TableLayout,
    names: impl Iterator<Item = &'a str>,
) {
    statement.push(&format!("INSERT INTO {} ({}, \"__version\"", layout.sql_name(), quoted(layout.key())));
    if statement.dialect() == Dialect::Postgres {
        statement.push(", \"__writer\"");
    }
    for name in names {
        statement.push(", ").name(name);
    }
    statement.push(") VALUES ");
}

/// `(…)` for one row of an insert.
pub fn push_insert_row(
    statement: &mut Statement,
    id: RowId,
    version: i64,
    cells: impl Iterator<Item = Cell>,
) {
    statement.push("(").bind(Cell::id(id)).push(", ").bind(Cell::integer(version));
    if statement.dialect() == Dialect::Postgres {
        statement.push(", ").push(Dialect::Postgres.writer());
    }
    for cell in cells {
        statement.push(", ").bind(cell);
    }
    statement.push(")");
}

fn push_which(statement: &mut Statement, layout: &TableLayout, id: RowId, expected: Option<RowVersion>) {
    statement.push(&format!(" WHERE {} = ", quoted(layout.key()))).bind(Cell::id(id));
    if let Some(expected) = expected {
        statement.push(" AND \"__version\" = ").bind(Cell::integer(expected.0));
    }
}
