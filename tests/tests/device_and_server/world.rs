//! A server on a database of its own, with a clock that tests set.

use http_body_util::{BodyExt as _, Full};
use model::Timestamp;
use odata::http::{HttpRequest, HttpResponse, Method};
use server::{App, Clock, DemoSize, Options};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store_sql::testing::Place;
use tower::ServiceExt as _;

/// Where the server says it is.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// One server.
pub struct World {
    address: String,
    app: RefCell<App>,
    milliseconds: Arc<AtomicI64>,
}

impl World {
    /// A server with demo data, on a day in November. The data takes a while to make: each world starts with a copy.
    pub async fn new(place: &Place) -> Self {
        let milliseconds = Arc::new(AtomicI64::new(start()));
        let fill = async |address: &str| open(address, &milliseconds).await.database().close().await;
        let address = place.copy(fill).await;
        let app = RefCell::new(open(&address, &milliseconds).await);
        Self { address, app, milliseconds }
    }

    /// The server stops and starts again on the same database.
    pub async fn restart(&self) {
        let old = self.app.borrow().clone();
        old.database().close().await;
        let app = open(&self.address, &self.milliseconds).await;
        self.app.replace(app);
    }

    /// The server's database.
    pub fn database(&self) -> store_sql::Database {
        self.app.borrow().database().clone()
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

fn start() -> i64 {
    "2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap().milliseconds()
}

async fn open(address: &str, milliseconds: &Arc<AtomicI64>) -> App {
    let milliseconds = Arc::clone(milliseconds);
    let clock = Clock::of(move || Timestamp::from_milliseconds(milliseconds.load(Ordering::SeqCst)));
    let database = Some(address.to_owned());
    App::open(Options { database, demo: DemoSize::Small, clock, ..Options::default() }).await.unwrap()
}
