//! The database as a whole: where it is, its connections, its tables as last applied.

use crate::connection::Session;
use crate::dialect::Dialect;
use crate::error::{Result, StoreError};
use crate::layout::Layouts;
use crate::read::ReadTransaction;
use crate::write::WriteTransaction;
use crate::{Definitions, definitions, migrations, schema};
use model::Metadata;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, SqlitePool};
use std::str::FromStr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
const READERS: u32 = 8;
/// Rows read from the file that nobody has looked at yet.
const ROWS_ON_THE_WAY: usize = 500;

/// An org's database. Cheap to clone; every clone shares the connections.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Pools,
    shared: Shared,
    /// Of a handle that keeps to the definitions it was made with.
    pinned: Option<Arc<Kept>>,
}

/// The definitions that all handles of this process share.
pub(crate) type Shared = Arc<RwLock<Arc<Kept>>>;

/// The org's definitions and how its tables are stored, always of the same version.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub definitions: Arc<Definitions>,
    pub layouts: Arc<Layouts>,
}

impl Kept {
    pub fn of(definitions: Definitions) -> Result<Self> {
        let layouts = Arc::new(Layouts::of(&definitions.metadata)?);
        Ok(Self { definitions: Arc::new(definitions), layouts })
    }
}

#[derive(Clone, Debug)]
enum Pools {
    /// One connection writes, so that waiting for the lock happens here and not in SQLite.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

impl Database {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`, brings the system tables up to date and loads the
    /// metadata applied last.
    pub async fn open(address: &str) -> Result<Self> {
        let pools = if let Some(path) = address.strip_prefix("sqlite:") {
            open_sqlite(path.trim_start_matches("//")).await?
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            open_postgres(address).await?
        } else {
            return Err(StoreError::UnknownAddress);
        };
        let database = Self { pools, shared: Arc::default(), pinned: None };
        let mut session = database.session(Purpose::Write).await?;
        migrations::migrate(&mut session).await?;
        session.commit().await?;
        database.reload().await?;
        Ok(database)
    }

    /// Which database it is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Brings the solution's definitions up to this metadata, and the tables with them. What the org made of them stays
    /// over them. Definitions of an older solution than the one that is kept change nothing, nor do the same ones again.
    pub async fn apply_metadata(&self, metadata: &Metadata) -> Result<()> {
        let mut session = self.session(Purpose::Write).await?;
        migrations::lock(&mut session).await?;
        let old = match definitions::load(&mut session).await? {
            Some(kept) => Some(kept.metadata),
            None => definitions::load_legacy(&mut session).await?,
        };
        let mut draft = definitions::Draft::start(&mut session).await?;
        draft.take_solution(&mut session, metadata).await?;
        let kept = Kept::of(draft.effective()?)?;
        let old = Layouts::of(&old.unwrap_or_default())?;
        schema::apply(&mut session, &old, &kept.layouts, schema::Extent::Every).await?;
        draft.keep(&mut session).await?;
        session.commit().await?;
        set(&self.shared, kept);
        Ok(())
    }

    /// The metadata as it holds: the solution's with what the org made of it.
    pub async fn metadata(&self) -> Result<Option<Metadata>> {
        let kept = definitions::load(&mut self.session(Purpose::Read).await?).await?;
        Ok(kept.map(|kept| kept.metadata))
    }

    /// The definitions that this handle works with.
    #[must_use]
    pub fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.kept().definitions)
    }

    /// Notices what other processes changed in the metadata; afterwards `definitions` are those of now.
    pub async fn refresh(&self) -> Result<()> {
        let mut session = self.session(Purpose::Read).await?;
        let version = definitions::version(&mut session).await?;
        drop(session);
        if version == shared(&self.shared).definitions.metadata.version {
            Ok(())
        } else {
            self.reload().await
        }
    }

    /// A handle that keeps to the definitions of this moment, whatever changes meanwhile.
    #[must_use]
    pub fn pinned(&self) -> Self {
        Self { pinned: Some(self.kept()), ..self.clone() }
    }

    async fn reload(&self) -> Result<()> {
        let mut session = self.session(Purpose::Read).await?;
        if let Some(found) = definitions::load(&mut session).await? {
            replace(&self.shared, Kept::of(found)?);
        } else if let Some(found) = definitions::load_legacy(&mut session).await? {
            let layouts = Arc::new(Layouts::of(&found)?);
            // The version stays that of nothing, so that whoever applies metadata starts from the beginning.
            replace(&self.shared, Kept { definitions: Arc::default(), layouts });
        }
        Ok(())
    }

    /// A transaction that only reads: all its answers are of the same moment.
    pub async fn read(&self) -> Result<ReadTransaction> {
        Ok(ReadTransaction::new(self.session(Purpose::Read).await?, Arc::clone(&self.kept().layouts)))
    }

    /// A transaction that writes. On SQLite it waits for the one before it.
    pub async fn write(&self) -> Result<WriteTransaction> {
        WriteTransaction::begin(self.session(Purpose::Write).await?, self.kept(), Arc::clone(&self.shared))
            .await
    }

    /// Ends all connections; on SQLite the write-ahead log goes back into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    async fn session(&self, purpose: Purpose) -> Result<Session> {
        Ok(match (&self.pools, purpose) {
            (Pools::Sqlite { readers, .. }, Purpose::Read) => {
                Session::Sqlite(readers.begin_with(Dialect::Sqlite.begin_read()).await?)
            }
            (Pools::Sqlite { writer, .. }, Purpose::Write) => {
                Session::Sqlite(writer.begin_with(Dialect::Sqlite.begin_write()).await?)
            }
            (Pools::Postgres(pool), Purpose::Read) => {
                Session::Postgres(pool.begin_with(Dialect::Postgres.begin_read()).await?)
            }
            (Pools::Postgres(pool), Purpose::Write) => {
                Session::Postgres(pool.begin_with(Dialect::Postgres.begin_write()).await?)
            }
        })
    }

    fn kept(&self) -> Arc<Kept> {
        self.pinned.clone().unwrap_or_else(|| shared(&self.shared))
    }
}

fn shared(shared: &Shared) -> Arc<Kept> {
    Arc::clone(&shared.read().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Takes newer definitions into use, unless still newer ones came meanwhile.
pub(crate) fn set(shared: &Shared, kept: Kept) {
    let mut place = shared.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    if kept.definitions.metadata.version >= place.definitions.metadata.version {
        *place = Arc::new(kept);
    }
}

fn replace(shared: &Shared, kept: Kept) {
    *shared.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(kept);
}

#[derive(Clone, Copy)]
enum Purpose {
    Read,
    Write,
}

async fn open_sqlite(path: &str) -> Result<Pools> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is on the disk before it is answered: devices drop their journal entries on our word.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .busy_timeout(BUSY_TIMEOUT)
        // Without room for them the database's thread is woken for every few rows of a page.
        .row_buffer_size(ROWS_ON_THE_WAY)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(BUSY_TIMEOUT * 3)
        .connect_with(options.clone())
        .await?;
    let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
    Ok(Pools::Sqlite { readers, writer })
}

async fn open_postgres(address: &str) -> Result<Pools> {
    let options = PgConnectOptions::from_str(address)?.application_name("valise");
    // The pool would go on trying for half a minute and then only say that time is up.
    PgConnection::connect_with(&options).await?.close().await?;
    Ok(Pools::Postgres(PgPoolOptions::new().max_connections(READERS * 2).connect_with(options).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_leads_nowhere_is_refused_at_once_and_its_password_not_told() {
        for address in
            ["mysql://u:s3cret@h/x", "postgres://u:s3cret@127.0.0.1:1/x", "postgres://u:s3cret@h:zz/x", ""]
        {
            let opened = tokio::time::timeout(Duration::from_secs(10), Database::open(address)).await;
            let error = opened.unwrap().unwrap_err();
            assert!(!matches!(error, StoreError::Busy), "{address}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{address}: {error:?}");
        }
    }
}
