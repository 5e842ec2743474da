//! One open transaction on either database, and the only place where statements meet the driver.

use crate::cell::{Cell, read_postgres_row, read_sqlite_row, uuid_of};
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::packed::{PackedQuestion, read_packed_row};
use crate::statement::{Question, Statement};
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::{AssertSqlSafe, Connection as _, Postgres, Sqlite, Transaction};

/// An open transaction; dropping it without `commit` takes everything back.
#[derive(Debug)]
pub enum Session {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound_query {
    ($statement:expr) => {{
        let (sql, binds) = $statement.into_parts();
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for bind in binds {
            query = match bind {
                Cell::Integer(number) => query.bind(number),
                Cell::Float(number) => query.bind(number),
                Cell::Text(text) => query.bind(text),
                Cell::Id(id) => query.bind(id.map(uuid_of)),
                Cell::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl Session {
    /// Which database it is on.
    pub const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Every row of the answer, read while the database looks for the next one.
    pub async fn ask(&mut self, question: Question) -> Result<Vec<Vec<Cell>>> {
        let Question { statement, kinds } = question;
        match self {
            Self::Sqlite(transaction) => {
                let rows = bound_query!(statement).fetch(&mut **transaction);
                rows.map(|row| read_sqlite_row(&row?, &kinds)).try_collect().await
            }
            Self::Postgres(transaction) => {
                let rows = bound_query!(statement).fetch(&mut **transaction);
                let answer = rows.map(|row| read_postgres_row(&row?, &kinds)).try_collect().await;
                if matches!(answer, Err(StoreError::Outdated)) {
                    // Statements prepared for the tables of before would fail again and again on this connection.
                    transaction.clear_cached_statements().await?;
                }
                answer
            }
        }
    }

    /// As `ask`, of cells that may come packed; each row is decoded as it comes, so that a page is never there twice.
    pub async fn ask_packed<T>(
        &mut self,
        packed: PackedQuestion,
        decode: impl Fn(Vec<Cell>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let PackedQuestion { question, packed } = packed;
        match self {
            Self::Sqlite(transaction) if packed > 0 => {
                let Question { statement, kinds } = question;
                let rows = bound_query!(statement).fetch(&mut **transaction);
                rows.map(|row| decode(read_packed_row(&row?, &kinds, packed)?)).try_collect().await
            }
            _ => self.ask(question).await?.into_iter().map(decode).collect(),
        }
    }

    /// The first row of the answer.
    pub async fn ask_one(&mut self, question: Question) -> Result<Option<Vec<Cell>>> {
        Ok(self.ask(question).await?.into_iter().next())
    }

    /// A single whole number.
    pub async fn ask_integer(&mut self, statement: Statement) -> Result<i64> {
        let question = Question { statement, kinds: vec![crate::cell::Storage::Integer] };
        let row = self.ask_one(question).await?;
        row.and_then(|cells| cells.first().and_then(Cell::as_integer))
            .ok_or_else(|| StoreError::Corrupt("a number is missing".to_owned()))
    }

    /// Runs a statement; how many rows it touched.
    pub async fn run(&mut self, statement: Statement) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(transaction) => {
                bound_query!(statement).execute(&mut **transaction).await?.rows_affected()
            }
            Self::Postgres(transaction) => {
                let done =
                    bound_query!(statement).execute(&mut **transaction).await.map_err(StoreError::from);
                if matches!(done, Err(StoreError::Outdated)) {
                    transaction.clear_cached_statements().await?;
                }
                done?.rows_affected()
            }
        })
    }

    /// Runs a statement with values for its question marks.
    pub async fn run_with(&mut self, sql: &str, binds: Vec<Cell>) -> Result<u64> {
        self.run(Statement::with(self.dialect(), sql, binds)).await
    }

    /// Keeps everything.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
