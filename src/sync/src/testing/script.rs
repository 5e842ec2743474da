//! A server that answers from a list, and a clock that stands still.

use crate::{Clock, Connection, Engine, Observer, Transport, TransportError};
use async_trait::async_trait;
use futures::executor::block_on;
use model::{RowId, TableName, Timestamp};
use odata::http::{HttpRequest, HttpResponse};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use store::{MemoryBlocks, Store, Touched};

/// Answers from a list, and remembers what was asked.
#[derive(Default)]
pub struct Script {
    answers: RefCell<VecDeque<Result<HttpResponse, TransportError>>>,
    pub asked: RefCell<Vec<HttpRequest>>,
}

impl Script {
    /// Adds an answer.
    pub fn answer(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = HttpResponse { status, headers, body: body.as_bytes().to_vec() };
        self.answers.borrow_mut().push_back(Ok(response));
    }

    /// Adds an answer made elsewhere.
    pub fn respond(&self, response: HttpResponse) {
        self.answers.borrow_mut().push_back(Ok(response));
    }

    /// Adds whatever comes in place of an answer.
    pub fn come(&self, fault: super::faults::Fault) {
        self.answers.borrow_mut().push_back(fault);
    }

    /// Adds a broken connection.
    pub fn fail(&self) {
        self.answers.borrow_mut().push_back(Err(TransportError::TimedOut));
    }

    /// The targets asked for so far.
    pub fn targets(&self) -> Vec<String> {
        self.asked.borrow().iter().map(|request| request.target.clone()).collect()
    }
}

#[async_trait(?Send)]
impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.asked.borrow_mut().push(request);
        give_way().await;
        self.answers.borrow_mut().pop_front().expect("an answer for every request")
    }
}

/// Lets other requests go first, as a network does.
pub async fn give_way() {
    let mut has_waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_waited, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// A clock that moves only when it is set.
pub struct Still(pub Cell<Timestamp>);

#[async_trait(?Send)]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    async fn sleep(&self, _milliseconds: u64) {}
}

/// Notes what was told.
#[derive(Default)]
pub struct Notes {
    pub fetched: Cell<u64>,
    pub gone: RefCell<Vec<RowId>>,
}

impl Observer for Notes {
    fn pushing(&self) {}

    fn pulling(&self) {}

    fn fetched(&self, _table: &TableName, rows: u64) {
        self.fetched.set(self.fetched.get() + rows);
    }

    fn touched(&self, _touched: Touched) {}

    fn gone(&self, _table: &TableName, rows: &[RowId]) {
        self.gone.borrow_mut().extend(rows);
    }

    fn journal_changed(&self) {}
}

const TOKENS: &str = r#"{"token_type":"Bearer","access_token":"one","refresh_token":"r1","expires_in":3600}"#;

/// A device whose server is a script; signed in with tokens that end in an hour.
pub struct Bench {
    pub blocks: MemoryBlocks,
    pub script: Rc<Script>,
    pub clock: Rc<Still>,
    pub store: Rc<Store>,
    pub connection: Rc<Connection>,
    pub notes: Rc<Notes>,
    pub engine: Engine,
}

impl Bench {
    /// A signed-in device with these tables.
    pub fn new(tables: Vec<Arc<model::Table>>) -> Self {
        block_on(async {
            let script = Rc::new(Script::default());
            let clock = Rc::new(Still(Cell::new(Timestamp::from_milliseconds(1_000_000))));
            let blocks = MemoryBlocks::default();
            let store = Rc::new(Store::open(Rc::new(blocks.handle())).await.unwrap());
            store.set_tables(tables);
            let connection =
                Connection::open(Rc::clone(&store), Rc::clone(&script) as _, Rc::clone(&clock) as _);
            let connection = Rc::new(connection.await.unwrap());
            script.answer(200, &[], TOKENS);
            let code = crate::SignInCode {
                code: "c".to_owned(),
                verifier: "v".to_owned(),
                redirect_uri: "http://app/".to_owned(),
            };
            connection.sign_in(&code).await.unwrap();
            script.asked.borrow_mut().clear();
            let notes = Rc::new(Notes::default());
            let engine =
                Engine::open(Rc::clone(&store), Rc::clone(&connection), Rc::clone(&notes) as _).await;
            Self { blocks, script, clock, store, connection, notes, engine: engine.unwrap() }
        })
    }

    /// Another tab of the same device, which has just taken over.
    pub fn other_tab(&self) -> (Rc<Store>, Engine) {
        block_on(async {
            let store = Rc::new(Store::open(Rc::new(self.blocks.handle())).await.unwrap());
            store.set_tables(vec![super::wire::account()]);
            let connection = Connection::open(
                Rc::clone(&store),
                Rc::clone(&self.script) as _,
                Rc::clone(&self.clock) as _,
            );
            let connection = Rc::new(connection.await.unwrap());
            let engine = Engine::open(Rc::clone(&store), connection, Rc::clone(&self.notes) as _).await;
            (store, engine.unwrap())
        })
    }
}
