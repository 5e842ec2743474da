//! A device that has synced once and has no network now.

use super::gate::Gate;
use crate::message::{Event, Failure, Opened, PROTOCOL, Reply, Request};
use crate::{
    Clock, Events, HttpRequest, HttpResponse, Random, Session, SessionParts, Transport, TransportError,
};
use async_trait::async_trait;
use futures::executor::block_on;
use model::{
    ColumnName, Columns, Command, EntryId, Language, Metadata, Reference, RowId, RowSink, RowVersion,
    TableName, TimeZone, Timestamp, UserProfile, Value, ValueRef,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Cursor, MemoryBlocks, PageCommit, Store};

pub const USER: u128 = 0x1001;
pub const UNIT: u128 = 0x2001;
pub const CURRENCY: u128 = 0x3001;
pub const FABRIKAM: u128 = 0x4001;
pub const CONTOSO: u128 = 0x4002;
pub const ADA: u128 = 0x5001;

/// A network that answers as it is told.
#[derive(Default)]
pub struct Network {
    /// Requests never come to an end.
    pub hangs: Cell<bool>,
    pub requests: Cell<usize>,
    /// Answers to be given before there is no network.
    pub answers: RefCell<VecDeque<HttpResponse>>,
    pub targets: RefCell<Vec<String>>,
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.requests.set(self.requests.get() + 1);
        self.targets.borrow_mut().push(request.target);
        if let Some(answer) = self.answers.borrow_mut().pop_front() {
            return Ok(answer);
        }
        if self.hangs.get() {
            futures::future::pending::<()>().await;
        }
        Err(TransportError::Unreachable("no network".to_owned()))
    }
}

/// A clock that stands still; sleeping is only noted.
pub struct Still {
    pub now: Cell<Timestamp>,
    pub slept: RefCell<Vec<u64>>,
    /// Who sleeps next wakes at once.
    pub ends_next_sleep: Cell<bool>,
}

#[async_trait(?Send)]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    async fn sleep(&self, milliseconds: u64) {
        self.slept.borrow_mut().push(milliseconds);
        if !self.ends_next_sleep.take() {
            futures::future::pending::<()>().await;
        }
    }
}

/// Counts.
#[derive(Default)]
pub struct Counter(Cell<u128>);

impl Random for Counter {
    fn bits(&self) -> u128 {
        self.0.set(self.0.get() + 1);
        self.0.get() << 64
    }
}

/// Keeps what was told.
#[derive(Default)]
pub struct Heard(pub RefCell<Vec<Event>>);

impl Events for Heard {
    fn emit(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}

/// The device and its outside.
pub struct Bench {
    pub session: Rc<Session>,
    pub blocks: MemoryBlocks,
    /// What the session writes goes through here.
    pub gate: Rc<Gate>,
    pub network: Rc<Network>,
    pub clock: Rc<Still>,
    pub heard: Rc<Heard>,
}

impl Bench {
    /// Nothing was ever here.
    pub fn empty() -> Self {
        Self::on(MemoryBlocks::new())
    }

    /// A French salesperson's device after its first sync.
    pub fn synced() -> Self {
        Self::synced_as("Salesperson", |_| {})
    }

    /// The same device before its last table has come.
    pub fn synced_halfway() -> Self {
        let bench = Self::synced();
        let undo = async {
            let store = Store::open(Rc::new(bench.blocks.handle())).await.unwrap();
            store.set_tables(solution::metadata().unwrap().tables.into_iter().map(Arc::new).collect());
            store.forget_cursor(&"contact".into()).await.unwrap();
        };
        block_on(undo);
        bench
    }

    /// The same for a user with another role, in an org with other metadata.
    pub fn synced_as(role: &str, change: impl FnOnce(&mut Metadata)) -> Self {
        let bench = Self::empty();
        let mut metadata = solution::metadata().unwrap();
        change(&mut metadata);
        block_on(fill(&bench.blocks, role, metadata));
        bench
    }

    /// The same device with an offline profile that does not name some tables.
    pub fn synced_without(tables: &[&str]) -> Self {
        let bench = Self::synced();
        let shorten = async {
            let store = Store::open(Rc::new(bench.blocks.handle())).await.unwrap();
            let key = crate::definitions::records::PLAN;
            let mut plan: crate::definitions::SyncPlan =
                crate::definitions::read(&store, key).await.unwrap().unwrap();
            plan.tables.retain(|planned| !tables.contains(&planned.table.as_str()));
            store.put_meta(key, &serde_json::to_vec(&plan).unwrap()).await.unwrap();
        };
        block_on(shorten);
        bench.open();
        bench
    }

    /// Another session on the same database: the tab was closed and opened again.
    pub fn reopened(&self) -> Self {
        let bench = Self::on(self.blocks.handle());
        bench.open();
        bench
    }

    fn on(blocks: MemoryBlocks) -> Self {
        let network = Rc::new(Network::default());
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let clock = Rc::new(Still {
            now: Cell::new(now),
            slept: RefCell::default(),
            ends_next_sleep: Cell::default(),
        });
        let heard = Rc::new(Heard::default());
        let gate = Rc::new(Gate::before(blocks.handle()));
        let session = Rc::new(Session::new(SessionParts {
            blocks: Rc::clone(&gate) as _,
            transport: Rc::clone(&network) as _,
            clock: Rc::clone(&clock) as _,
            random: Rc::new(Counter::default()),
            events: Rc::clone(&heard) as _,
        }));
        Self { session, blocks, gate, network, clock, heard }
    }

    pub fn ask(&self, request: Request) -> Reply {
        block_on(self.session.handle(request))
    }

    pub fn fails(&self, request: Request) -> Failure {
        match self.ask(request) {
            Reply::Failed(failure) => failure,
            reply => panic!("a failure was expected, not {reply:?}"),
        }
    }

    pub fn open(&self) -> Opened {
        let request = Request::Open {
            protocol: PROTOCOL,
            server: "http://valise.test".to_owned(),
            languages: vec!["de-CH".to_owned(), "en".to_owned()],
        };
        match self.ask(request) {
            Reply::Opened(opened) => opened,
            reply => panic!("{reply:?}"),
        }
    }

    /// Gives a command and expects it to be done.
    pub fn command(&self, name: &str, table: &str, id: u128, parameters: Columns) {
        let command = Command {
            name: name.into(),
            table: table.into(),
            id: RowId::from_u128(id),
            subject: String::new(),
            parameters,
        };
        let reply = self.ask(execute(vec![command], Columns::new()));
        assert_eq!(reply, Reply::Done(vec![RowId::from_u128(id)]));
    }
}

/// A request to carry out commands, as a page makes it.
pub fn execute(commands: Vec<Command>, seen: Columns) -> Request {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let id = u128::from(LAST.fetch_add(1, Ordering::Relaxed) + 1) << 64;
    Request::Execute { id: EntryId::from_u128(id), commands, seen }
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn reference(table: &str, id: u128) -> Value {
    Value::Reference(Reference { table: table.into(), id: RowId::from_u128(id), name: None })
}

async fn fill(blocks: &MemoryBlocks, role: &str, metadata: Metadata) {
    let store = Store::open(Rc::new(blocks.handle())).await.unwrap();
    store.set_tables(metadata.tables.iter().cloned().map(Arc::new).collect());
    let role = solution::roles().unwrap().into_iter().find(|known| known.name == role).unwrap();
    let profile = UserProfile {
        user: RowId::from_u128(USER),
        full_name: "Rémi Petit".to_owned(),
        business_unit: RowId::from_u128(UNIT),
        organization: RowId::from_u128(1),
        teams: Vec::new(),
        language: Language::French,
        locale: "fr-FR".to_owned(),
        time_zone: TimeZone::utc(),
        currency: Some(RowId::from_u128(CURRENCY)),
        roles: vec![role.name],
        privileges: role.privileges,
    };
    for (table, id, columns) in rows() {
        put(&store, &metadata, table, id, &columns).await;
    }
    let is_kept = |table: &&model::Table| {
        matches!(table.source, model::TableSource::Rows | model::TableSource::Intersect)
    };
    let plan: Vec<_> = metadata.tables.iter().filter(is_kept).map(|table| table.name.clone()).collect();
    for table in &plan {
        let cursor = Cursor {
            link: "/delta".to_owned(),
            complete: true,
            synced_at: Some(Timestamp::from_milliseconds(7)),
        };
        let commit = PageCommit {
            writer: None,
            table: table.clone(),
            removed: Vec::new(),
            cursor,
            confirmed: Vec::new(),
        };
        store.commit_page(commit).await.unwrap();
    }
    let json = |tables: &[TableName]| {
        let tables: Vec<String> = tables.iter().map(|table| format!(r#"{{"table":"{table}"}}"#)).collect();
        format!(r#"{{"tables":[{}]}}"#, tables.join(","))
    };
    store.put_meta("metadata", &serde_json::to_vec(&metadata).unwrap()).await.unwrap();
    store.put_meta("profile", &serde_json::to_vec(&profile).unwrap()).await.unwrap();
    store.put_meta("plan", json(&plan).as_bytes()).await.unwrap();
    let tokens = r#"{"access_token":"a","refresh_token":"r","expires_at":"2030-01-01T00:00:00Z"}"#;
    store.put_meta("tokens", tokens.as_bytes()).await.unwrap();
}

fn rows() -> Vec<(&'static str, u128, Columns)> {
    let owned = |columns: Columns, modified: &str| {
        columns
            .with("ownerid", reference("systemuser", USER))
            .with("owningbusinessunit", reference("businessunit", UNIT))
            .with("transactioncurrencyid", reference("transactioncurrency", CURRENCY))
            .with("statecode", Value::Choice(0))
            .with("statuscode", Value::Choice(1))
            .with("modifiedon", Value::DateTime(modified.parse().unwrap()))
    };
    let unit = Columns::new().with("name", text("France"));
    let currency = Columns::new().with("currencyname", text("Euro")).with("isocurrencycode", text("EUR"));
    let user = Columns::new().with("fullname", text("Rémi Petit"));
    let fabrikam = Columns::new()
        .with("name", text("Fabrikam"))
        .with("telephone1", text("01 23"))
        .with("address1_city", text("Lyon"));
    let contoso = Columns::new().with("name", text("Contoso")).with("address1_city", text("Évry"));
    let ada = Columns::new()
        .with("firstname", text("Ada"))
        .with("lastname", text("Lovelace"))
        .with("fullname", text("Ada Lovelace"))
        .with("parentcustomerid", reference("account", FABRIKAM));
    vec![
        ("businessunit", UNIT, unit),
        ("transactioncurrency", CURRENCY, currency),
        ("systemuser", USER, user),
        ("account", FABRIKAM, owned(fabrikam, "2026-11-01T00:00:00Z")),
        ("account", CONTOSO, owned(contoso, "2026-11-02T00:00:00Z")),
        ("contact", ADA, owned(ada, "2026-11-03T00:00:00Z")),
    ]
}

async fn put(store: &Store, metadata: &Metadata, table: &str, id: u128, columns: &Columns) {
    let definition = metadata.table(table).unwrap();
    let mut writer = store.begin_page(&definition.name).unwrap();
    for (name, value) in columns.iter() {
        let place = position(definition, name);
        match value {
            Value::Text(text) => writer.value(place, ValueRef::Text(text)),
            Value::Choice(number) => writer.value(place, ValueRef::Choice(*number)),
            Value::DateTime(instant) => writer.value(place, ValueRef::DateTime(*instant)),
            Value::Reference(reference) => {
                let table = reference.table.as_str();
                writer.value(place, ValueRef::Reference { table, id: reference.id, name: None });
            }
            other => panic!("{other:?} is not prepared for"),
        }
    }
    writer.finish(RowId::from_u128(id), Some(RowVersion(10)));
    let commit = PageCommit {
        writer: Some(writer),
        table: definition.name.clone(),
        removed: Vec::new(),
        cursor: Cursor::default(),
        confirmed: Vec::new(),
    };
    store.commit_page(commit).await.unwrap();
}

fn position(table: &model::Table, name: &ColumnName) -> usize {
    let found = table.columns.iter().position(|column| column.name == *name);
    found.unwrap_or_else(|| panic!("{} has no column {name}", table.name))
}
