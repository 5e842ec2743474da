//! The server as a whole: its database, its metadata, its clock.

use crate::clock::Clock;
use crate::options::{DemoSize, Options};
use crate::random::{self, NoRandomness};
use crate::sign_in::RateLimit;
use crate::{base_rows, demo, router, web_api};
use model::{Metadata, RowId};
use std::sync::{Arc, Mutex};
use store_sql::{Database, Definitions, StoreError};

/// The setting that holds the org's id.
pub(crate) const ORGANIZATION: &str = "organization-id";
const SETUP: &str = "setup-token-hash";
/// How long stored answers and tombstones are kept: as long as delta tokens are good.
const KEEP_MILLISECONDS: i64 = 91 * 86_400_000;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// The data folder.
    #[error("the folder {path} cannot be made: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The solution's own files.
    #[error("the solution cannot be read: {0}")]
    Solution(#[from] solution::SolutionError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Anybody on the network could sign in to a demo org.
    #[error(
        "this org has demo accounts with a known password, so it is served on loopback addresses only, not on {0}; \
         leave --host away or choose another --data folder"
    )]
    DemoInPublic(std::net::IpAddr),
    /// A password could not be hashed.
    #[error("a password cannot be hashed: {0}")]
    Password(String),
}

/// A running server. Cheap to clone. What a request is answered with comes from one `current` server: its definitions and
/// its database fit each other, whatever is changed meanwhile.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
    database: Database,
    definitions: Arc<Definitions>,
}

#[derive(Debug)]
struct Inner {
    options: Options,
    database: Database,
    organization: RowId,
    setup_token: Option<String>,
    demo_users: Vec<String>,
    rate_limit: RateLimit,
    /// The metadata as it is sent, made when first asked for.
    written: Mutex<Option<(i64, Arc<[u8]>)>>,
}

impl App {
    /// Opens the database, brings tables and roles up to the solution, and fills a new org with demo data when asked to.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        if options.database.is_none() {
            make_folder(&options.data)
                .map_err(|source| OpenError::Folder { path: options.data.display().to_string(), source })?;
        }
        let database = Database::open(&options.database_address()).await?;
        let metadata = solution::metadata()?;
        database.apply_metadata(&metadata).await?;
        base_rows::put_roles(&database).await?;
        let now = options.clock.now();
        web_api::show_definitions(&database, now).await?;
        let is_new = database.read().await?.nobody_can_sign_in().await?;
        if is_new && options.demo != DemoSize::None {
            demo::fill(&database, options.demo, now).await?;
        }
        let is_demo = demo::is_demo(&database).await?;
        if is_demo && !options.host.is_loopback() {
            return Err(OpenError::DemoInPublic(options.host));
        }
        let organization = organization(&database).await?;
        let setup_token = if is_new && !is_demo { Some(setup_token(&database).await?) } else { None };
        database.forget_expired_tokens(now).await?;
        let mut write = database.write().await?;
        write.forget(now.plus_milliseconds(-KEEP_MILLISECONDS)).await?;
        write.commit().await?;
        let demo_users = if is_demo { demo::users() } else { Vec::new() };
        let inner = Inner {
            database: database.clone(),
            organization,
            setup_token,
            demo_users,
            rate_limit: RateLimit::default(),
            written: Mutex::default(),
            options,
        };
        Ok(Self { inner: Arc::new(inner), definitions: database.definitions(), database })
    }

    /// The server with the definitions of now, also where another process on this database changed them.
    pub(crate) async fn current(&self) -> Result<Self, StoreError> {
        self.inner.database.refresh().await?;
        let database = self.inner.database.pinned();
        Ok(Self { inner: Arc::clone(&self.inner), definitions: database.definitions(), database })
    }

    /// Everything the server answers.
    pub fn router(&self) -> axum::Router {
        router::router(self.clone())
    }

    /// The address to make the administrator at, when nobody can sign in yet. It works once.
    #[must_use]
    pub fn setup_link(&self, origin: &str) -> Option<String> {
        self.inner.setup_token.as_ref().map(|token| format!("{origin}/setup?token={token}"))
    }

    /// The demo users that can sign in.
    #[must_use]
    pub fn demo_users(&self) -> &[String] {
        &self.inner.demo_users
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The org's metadata: the solution with what the org made of it.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.definitions.metadata
    }

    /// The same with what changed when.
    #[must_use]
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The metadata as it is sent.
    pub(crate) fn metadata_json(&self) -> Result<Arc<[u8]>, serde_json::Error> {
        let version = self.metadata().version;
        let mut written = self.inner.written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, json)) = written.as_ref().filter(|(written, _)| *written == version) {
            return Ok(Arc::clone(json));
        }
        let json: Arc<[u8]> = serde_json::to_vec(self.metadata())?.into();
        *written = Some((version, Arc::clone(&json)));
        Ok(json)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.options.clock
    }

    /// What the server was told at its start.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The org.
    #[must_use]
    pub fn organization(&self) -> RowId {
        self.inner.organization
    }

    pub(crate) fn rate_limit(&self) -> &RateLimit {
        &self.inner.rate_limit
    }

    /// True while this is the set-up token printed last and nobody has used it.
    pub(crate) async fn is_setup_token(&self, token: &str) -> Result<bool, StoreError> {
        let kept = self.database().read().await?.setting(SETUP).await?;
        Ok(kept.is_some_and(|kept| kept == random::hash_text(token)))
    }

    /// The setting that holds the set-up token's hash, and the hash of this token.
    pub(crate) fn setup_setting(token: &str) -> (&'static str, String) {
        (SETUP, random::hash_text(token))
    }
}

async fn organization(database: &Database) -> Result<RowId, OpenError> {
    let mut kept = database.read().await?.setting(ORGANIZATION).await?;
    if kept.is_none() {
        let mut write = database.write().await?;
        write.add_setting(ORGANIZATION, &random::row_id()?.to_string()).await?;
        write.commit().await?;
        // Perhaps not ours, but that of another server on this database, which started at the same moment.
        kept = database.read().await?.setting(ORGANIZATION).await?;
    }
    let id = kept.and_then(|kept| kept.parse().ok());
    Ok(id.ok_or_else(|| StoreError::Corrupt(format!("the setting “{ORGANIZATION}” is no id")))?)
}

/// A new token at each start until it is used: the one printed last is the one that works.
async fn setup_token(database: &Database) -> Result<String, OpenError> {
    let token = random::secret()?;
    let mut write = database.write().await?;
    write.put_setting(SETUP, &random::hash_text(&token)).await?;
    write.commit().await?;
    Ok(token)
}

/// Makes the data folder, for the owner's eyes alone.
fn make_folder(path: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
