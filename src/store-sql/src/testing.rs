//! Fresh databases for tests, of this crate and of those above it: SQLite files in the temporary folder, and databases
//! of a PostgreSQL that is given by `VALISE_TEST_POSTGRES` or started from the binaries of the system.
//!
//! The list of a suite's cases is written once, in [`on_both_databases`](crate::on_both_databases).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by failing")]

use crate::Database;
use futures::lock::Mutex as AsyncMutex;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, OnceLock};
use std::time::Duration;

/// Makes a test of each case for SQLite and one for PostgreSQL. A case is an async function that takes a [`Place`] by
/// reference; it stands in a module of the test's root.
#[allow(clippy::crate_in_macro_def, reason = "the cases stand in the crate that calls the macro")]
#[macro_export]
macro_rules! on_both_databases {
    ($($module:ident :: $case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let place = $crate::testing::Place::sqlite();
                    crate::$module::$case(&place).await;
                    place.remove().await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some(place) = $crate::testing::Place::postgres() else { return };
                    crate::$module::$case(&place).await;
                    place.remove().await;
                }
            )+
        }
    };
}

/// What cases copy, on SQLite and on PostgreSQL.
static TEMPLATES: AsyncMutex<[Option<Template>; 2]> = AsyncMutex::new([None, None]);

/// Where one case makes its databases. A failed case leaves them for a look.
#[derive(Debug)]
pub struct Place {
    /// The PostgreSQL; `None` for SQLite.
    server: Option<String>,
    folder: PathBuf,
    made: Mutex<Vec<String>>,
    has_copied: AtomicBool,
}

/// A filled database that nobody is connected to.
#[derive(Debug)]
struct Template {
    place: Place,
    address: String,
    /// How many cases that copied it are not over.
    cases: usize,
}

impl Place {
    /// On SQLite.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::on(None)
    }

    /// On PostgreSQL. `None` when there is none; says so.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        let server = server();
        if server.is_none() {
            // Straight to the terminal: what a passing test prints is never shown.
            SAID.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED: there is no PostgreSQL, so every test in `postgres::` passes without having run; \
                     set VALISE_TEST_POSTGRES=postgres://USER:PASSWORD@HOST/NAME to run them"
                );
            });
        }
        server.map(|server| Self::on(Some(server)))
    }

    fn on(server: Option<String>) -> Self {
        let folder = std::env::temp_dir().join(unique_name());
        std::fs::create_dir_all(&folder).unwrap();
        Self { server, folder, made: Mutex::default(), has_copied: AtomicBool::new(false) }
    }

    /// A folder of the case's own, on either database.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of a new, empty database.
    pub async fn make(&self) -> String {
        let name = unique_name();
        match &self.server {
            None => format!("sqlite:{}", self.folder.join(format!("{name}.db")).display()),
            Some(server) => {
                run_on(server, &format!("CREATE DATABASE {name}")).await;
                self.made_on(server, name)
            }
        }
    }

    /// The address of a copy of what `fill` makes of an empty database. It closes what it opens, and does its work once
    /// for all cases that run at a time: every case of a suite gives the same.
    pub async fn copy(&self, fill: impl AsyncFnOnce(&str)) -> String {
        let mut templates = TEMPLATES.lock().await;
        let slot = &mut templates[usize::from(self.server.is_some())];
        if slot.is_none() {
            let place = Self::on(self.server.clone());
            let address = place.make().await;
            fill(&address).await;
            *slot = Some(Template { place, address, cases: 0 });
        }
        let template = slot.as_mut().unwrap();
        if !self.has_copied.swap(true, Ordering::Relaxed) {
            template.cases += 1;
        }
        let Some(server) = &self.server else {
            let address = self.make().await;
            std::fs::copy(path_of(&template.address), path_of(&address)).unwrap();
            return address;
        };
        let name = unique_name();
        run_on(server, &format!("CREATE DATABASE {name} TEMPLATE {}", name_of(&template.address))).await;
        self.made_on(server, name)
    }

    fn made_on(&self, server: &str, name: String) -> String {
        let address = address_of(server, &name);
        self.made.lock().unwrap().push(name);
        address
    }

    /// A new, empty database.
    pub async fn open(&self) -> Database {
        Database::open(&self.make().await).await.unwrap()
    }

    /// Removes what the case left, whoever is still connected, and after the last case what they copied.
    pub async fn remove(self) {
        if self.has_copied.load(Ordering::Relaxed) {
            let mut templates = TEMPLATES.lock().await;
            let slot = &mut templates[usize::from(self.server.is_some())];
            if let Some(template) = slot.take_if(|template| template.cases == 1) {
                template.place.remove_databases().await;
            } else if let Some(template) = slot {
                template.cases -= 1;
            }
        }
        self.remove_databases().await;
    }

    async fn remove_databases(self) {
        if let Some(server) = &self.server {
            for name in self.made.into_inner().unwrap() {
                run_on(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
        // Where an open file cannot be removed, it goes with the temporary folder.
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

/// Several runs may share a temporary folder and a PostgreSQL.
fn unique_name() -> String {
    format!("valise_test_{:016x}", RandomState::new().hash_one(0))
}

/// What stands before a PostgreSQL's name, its name, and its options with their question mark.
fn parts(address: &str) -> (&str, &str, &str) {
    let (path, options) = address.split_at(address.find('?').unwrap_or(address.len()));
    let (base, name) = path.rsplit_once('/').unwrap();
    (base, name, options)
}

fn address_of(server: &str, name: &str) -> String {
    let (base, _, options) = parts(server);
    format!("{base}/{name}{options}")
}

fn name_of(address: &str) -> &str {
    parts(address).1
}

fn path_of(address: &str) -> &str {
    address.strip_prefix("sqlite:").unwrap()
}

async fn run_on(server: &str, sql: &str) {
    use sqlx::Connection as _;
    let mut tries = 0;
    let mut connection = loop {
        match sqlx::PgConnection::connect(server).await {
            Ok(connection) => break connection,
            Err(error) if tries > 100 => panic!("PostgreSQL does not answer: {error}"),
            // A server that was started for this run needs its time.
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
        tries += 1;
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn server() -> Option<String> {
    static SERVER: OnceLock<Option<(String, Option<Child>)>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var("VALISE_TEST_POSTGRES") {
        Ok(address) if !address.is_empty() => Some((address, None)),
        _ => start_server().map(|(address, child)| (address, Some(child))),
    });
    server.as_ref().map(|(address, _)| address.clone())
}
/// Starts a server in a folder of its own. It ends when this process ends, because then its shell's input closes.
fn start_server() -> Option<(String, Child)> {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.sort();
    let programs = versions.pop()?.join("bin");
    let folder = std::env::temp_dir().join(unique_name());
    std::fs::create_dir_all(&folder).unwrap();
    let as_user = if is_root() {
        let given = Command::new("chown").arg("postgres").arg(&folder).status();
        if !given.is_ok_and(|status| status.success()) {
            let _ = std::fs::remove_dir_all(folder);
            return None;
        }
        "runuser -u postgres -- "
    } else {
        ""
    };
    let script = script(&folder, &programs, as_user);
    let child = Command::new("sh")
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let host = folder.display().to_string().replace('/', "%2F");
    Some((format!("postgres://postgres@{host}/postgres"), child))
}

fn script(folder: &Path, programs: &Path, as_user: &str) -> String {
    let (folder, programs) = (folder.display(), programs.display());
    format!(
        "cd {folder}\n\
         {as_user}{programs}/initdb -D {folder}/data -U postgres -A trust -E UTF8 --no-locale --no-sync || exit 1\n\
         {as_user}{programs}/postgres -D {folder}/data -k {folder} -c listen_addresses= -c fsync=off \
         -c max_connections=300 &\n\
         read _\n\
         kill -INT $!\n\
         pkill -INT -F {folder}/data/postmaster.pid 2>/dev/null\n\
         wait\n\
         rm -rf {folder}\n"
    )
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0)
}
