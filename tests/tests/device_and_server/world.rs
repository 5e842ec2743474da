//! A server on a database file of its own, with a clock that tests set.

use http_body_util::{BodyExt as _, Full};
use model::Timestamp;
use odata::http::{HttpRequest, HttpResponse, Method};
use server::{App, Clock, DemoSize, Options};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

/// Where the server says it is.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// The demo data takes a while to make: it is made once, and each world starts with a copy.
static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// One server.
pub struct World {
    folder: PathBuf,
    app: RefCell<App>,
    milliseconds: Arc<AtomicI64>,
}

impl World {
    /// A server with demo data, on a day in November.
    pub async fn new() -> Self {
        let template = TEMPLATE
            .get_or_init(|| async {
                // What an earlier run left behind.
                drop(std::fs::remove_dir_all(root()));
                let folder = folder("template");
                let milliseconds = Arc::new(AtomicI64::new(start()));
                let app = open(&folder, &milliseconds, DemoSize::Small).await;
                app.database().close().await;
                folder
            })
            .await;
        let folder = folder("world");
        copy(template, &folder);
        let milliseconds = Arc::new(AtomicI64::new(start()));
        let app = RefCell::new(open(&folder, &milliseconds, DemoSize::Small).await);
        Self { folder, app, milliseconds }
    }

    /// The server stops and starts again on the same database.
    pub async fn restart(&self) {
        let old = self.app.borrow().clone();
        old.database().close().await;
        let app = open(&self.folder, &self.milliseconds, DemoSize::Small).await;
        self.app.replace(app);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.milliseconds.load(Ordering::SeqCst))
    }

    /// Time goes by.
    pub fn pass(&self, minutes: i64) {
        self.milliseconds.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// The server's answer to a request.
    pub async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let router = self.app.borrow().router();
        let path = request.target.strip_prefix(ORIGIN).unwrap_or(&request.target).to_owned();
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        let mut builder = http::Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(Full::new(request.body.into())).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
        };
        let headers = response.headers().iter().map(header).collect();
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        HttpResponse { status, headers, body }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn start() -> i64 {
    "2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap().milliseconds()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("device-and-server")
}

fn folder(name: &str) -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let folder = root().join(format!("{name}-{number}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

async fn open(folder: &Path, milliseconds: &Arc<AtomicI64>, demo: DemoSize) -> App {
    let milliseconds = Arc::clone(milliseconds);
    let clock = Clock::of(move || Timestamp::from_milliseconds(milliseconds.load(Ordering::SeqCst)));
    App::open(Options { data: folder.to_owned(), demo, clock, ..Options::default() }).await.unwrap()
}
