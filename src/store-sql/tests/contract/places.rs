//! Fresh databases: SQLite files in the temporary folder, and databases of a PostgreSQL that is given by
//! `VALISE_TEST_POSTGRES` or started from the binaries of the system.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store_sql::Database;

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of its own for one case.
pub struct Place {
    pub database: Database,
    pub address: String,
    folder: Option<PathBuf>,
    server: Option<String>,
}

impl Place {
    /// Removes what the case left. A failed case leaves its database for a look.
    pub async fn remove(self) {
        self.database.close().await;
        if let Some(folder) = self.folder {
            std::fs::remove_dir_all(folder).unwrap();
        }
        if let Some(server) = self.server {
            let name = self.address.rsplit_once('/').unwrap().1.split('?').next().unwrap().to_owned();
            run_on(&server, &format!("DROP DATABASE {name}")).await;
        }
    }
}

fn unique_name() -> String {
    format!("valise_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

pub async fn sqlite() -> Place {
    let folder = std::env::temp_dir().join(unique_name());
    std::fs::create_dir_all(&folder).unwrap();
    let address = format!("sqlite:{}", folder.join("valise.db").display());
    let database = Database::open(&address).await.unwrap();
    Place { database, address, folder: Some(folder), server: None }
}

/// `None` when there is no PostgreSQL; says so.
pub async fn postgres() -> Option<Place> {
    let Some(server) = server() else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no PostgreSQL; set VALISE_TEST_POSTGRES=postgres://user@host/postgres"
        );
        return None;
    };
    let name = unique_name();
    run_on(&server, &format!("CREATE DATABASE {name}")).await;
    let (base, rest) = server.rsplit_once('/').unwrap();
    let options = rest.split_once('?').map(|(_, options)| format!("?{options}")).unwrap_or_default();
    let address = format!("{base}/{name}{options}");
    let database = Database::open(&address).await.unwrap();
    Some(Place { database, address, folder: None, server: Some(server) })
}

async fn run_on(server: &str, sql: &str) {
    use sqlx::Connection as _;
    let mut tries = 0;
    let mut connection = loop {
        match sqlx::PgConnection::connect(server).await {
            Ok(connection) => break connection,
            Err(error) if tries > 100 => panic!("PostgreSQL does not answer: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        tries += 1;
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
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
        Command::new("chown").arg("postgres").arg(&folder).status().ok().filter(|status| status.success())?;
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
