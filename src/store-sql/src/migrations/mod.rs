//! The version ladder of the system tables. A step is a file; steps are only ever added.

mod v0_to_v1;
mod v1_to_v2;
mod v2_to_v3;

use crate::connection::Session;
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::statement::Statement;

/// Each step as the statements it runs; step 0 leads to version 1.
const STEPS: &[fn(Dialect) -> Vec<String>] =
    &[v0_to_v1::statements, v1_to_v2::statements, v2_to_v3::statements];

const LOCK: &str = "SELECT pg_advisory_xact_lock(7310868735523)";

/// Lets one process of several change tables of a PostgreSQL database, until the end of the transaction.
pub async fn lock(session: &mut Session) -> Result<()> {
    match session.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => session.run(Statement::of(Dialect::Postgres, LOCK)).await.map(drop),
    }
}

/// Brings the system tables to the newest version.
pub async fn migrate(session: &mut Session) -> Result<()> {
    let dialect = session.dialect();
    lock(session).await?;
    session
        .run(Statement::of(dialect, "CREATE TABLE IF NOT EXISTS valise_schema (version BIGINT NOT NULL)"))
        .await?;
    let found = session
        .ask_integer(Statement::of(dialect, "SELECT COALESCE(MAX(version), 0) FROM valise_schema"))
        .await?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (version, step) in (1_i64..).zip(STEPS).filter(|(version, _)| *version > found) {
        for sql in step(dialect) {
            session.run(Statement::of(dialect, &sql)).await?;
        }
        session
            .run_with(
                "INSERT INTO valise_schema (version) VALUES (?)",
                vec![crate::cell::Cell::integer(version)],
            )
            .await?;
        tracing::info!(version, "system tables brought up to date");
    }
    Ok(())
}
