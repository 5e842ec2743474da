//! A device: a session on blocks in memory, with a network that can be cut.

use crate::gate::Gate;
use crate::world::{ORIGIN, World};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::message::{
    Decision, EntryView, Event, Failure, OfflineView, Opened, PROTOCOL, Reply, Request, RowView, SyncStatus,
};
use client::{
    Clock, Events, HttpRequest, HttpResponse, Method, Random, Session, SessionParts, Timestamp, Transport,
    TransportError,
};
use model::{Columns, Command, EntryId, RowId, Value};
use sha2::{Digest as _, Sha256};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use store::MemoryBlocks;

/// The way to the server.
pub struct Network {
    world: Rc<World>,
    pub is_cut: Cell<bool>,
    /// The next request to a target that holds this text is the last one that gets through; it and those already on their
    /// way are answered.
    pub cuts_after: Cell<Option<&'static str>>,
    /// The next answers to targets that hold this text are lost.
    pub loses: RefCell<Vec<&'static str>>,
    /// The next answers to targets that hold this text come from here.
    pub instead: RefCell<Vec<(&'static str, HttpResponse)>>,
    /// The next requests to targets that hold this text fail.
    pub fails: RefCell<Vec<(&'static str, TransportError)>>,
    /// Bytes of bodies that came.
    pub received: Cell<usize>,
    pub targets: RefCell<Vec<String>>,
}

impl Network {
    /// The next answer to a target that holds this text.
    pub fn answer_instead(&self, part: &'static str, answer: Result<HttpResponse, TransportError>) {
        match answer {
            Ok(response) => self.instead.borrow_mut().push((part, response)),
            Err(error) => self.fails.borrow_mut().push((part, error)),
        }
    }
}

fn take<T>(list: &RefCell<Vec<T>>, fits: impl Fn(&T) -> bool) -> Option<T> {
    let place = list.borrow().iter().position(fits)?;
    Some(list.borrow_mut().remove(place))
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let target = request.target.clone();
        self.targets.borrow_mut().push(target.clone());
        if self.is_cut.get() {
            return Err(TransportError::Unreachable("the cable is out".to_owned()));
        }
        if let Some((_, response)) = take(&self.instead, |(part, _)| target.contains(part)) {
            return Ok(response);
        }
        if let Some((_, error)) = take(&self.fails, |(part, _)| target.contains(part)) {
            return Err(error);
        }
        if self.cuts_after.get().is_some_and(|part| target.contains(part)) {
            self.cuts_after.set(None);
            self.is_cut.set(true);
        }
        let response = self.world.answer(request).await;
        if take(&self.loses, |part| target.contains(part)).is_some() {
            return Err(TransportError::TimedOut);
        }
        self.received.set(self.received.get() + response.body.len());
        Ok(response)
    }
}

struct WorldClock(Rc<World>);

#[async_trait(?Send)]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, _milliseconds: u64) {
        std::future::pending().await
    }
}

thread_local! {
    static DRAWN: Cell<u128> = const { Cell::new(0) };
}

struct Hash;

impl Random for Hash {
    fn bits(&self) -> u128 {
        let number = DRAWN.get() + 1;
        DRAWN.set(number);
        let digest = Sha256::digest(number.to_be_bytes());
        u128::from_be_bytes(digest[..16].try_into().unwrap())
    }
}

/// What the page was told.
#[derive(Default)]
pub struct Heard(RefCell<Vec<Event>>);

impl Heard {
    /// Everything since the last time.
    pub fn take(&self) -> Vec<Event> {
        self.0.take()
    }
}

impl Events for Heard {
    fn emit(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}

/// A device.
pub struct Device {
    world: Rc<World>,
    pub session: Session,
    pub network: Rc<Network>,
    pub heard: Rc<Heard>,
    pub blocks: MemoryBlocks,
    /// What the session writes goes through here.
    pub gate: Rc<Gate>,
}

impl Device {
    /// A device on which nobody ever signed in.
    pub async fn new(world: &Rc<World>) -> Self {
        Self::on(world, MemoryBlocks::new()).await
    }

    /// A device after sign-in and first sync.
    pub async fn synced(world: &Rc<World>, user: &str) -> Self {
        let device = Self::new(world).await;
        device.sign_in(user).await;
        device.sync().await;
        device
    }

    async fn on(world: &Rc<World>, blocks: MemoryBlocks) -> Self {
        let network = Rc::new(Network {
            world: Rc::clone(world),
            is_cut: Cell::new(false),
            cuts_after: Cell::new(None),
            loses: RefCell::default(),
            instead: RefCell::default(),
            fails: RefCell::default(),
            received: Cell::default(),
            targets: RefCell::default(),
        });
        let heard = Rc::new(Heard::default());
        let gate = Rc::new(Gate::before(blocks.handle()));
        let session = Session::new(SessionParts {
            blocks: Rc::clone(&gate) as _,
            transport: Rc::clone(&network) as _,
            clock: Rc::new(WorldClock(Rc::clone(world))),
            random: Rc::new(Hash),
            events: Rc::clone(&heard) as _,
        });
        let device = Self { world: Rc::clone(world), session, network, heard, blocks, gate };
        device.open().await;
        device
    }

    /// The tab is closed and opened again, perhaps without a network.
    pub async fn reopened(self) -> Self {
        let is_cut = self.network.is_cut.get();
        let device = Self::on(&self.world, self.blocks.handle()).await;
        device.network.is_cut.set(is_cut);
        device
    }

    pub async fn ask(&self, request: Request) -> Reply {
        self.session.handle(request).await
    }

    pub async fn open(&self) -> Opened {
        let request =
            Request::Open { protocol: PROTOCOL, server: ORIGIN.to_owned(), languages: vec!["en".to_owned()] };
        match self.ask(request).await {
            Reply::Opened(opened) => opened,
            reply => panic!("{reply:?}"),
        }
    }

    /// Signs in and expects it to work.
    pub async fn sign_in(&self, user: &str) {
        let opened = self.try_sign_in(user).await.unwrap();
        assert!(opened.user.is_some());
    }

    /// Signs in through the server's own page.
    pub async fn try_sign_in(&self, user: &str) -> Result<Opened, Failure> {
        let verifier = "a-verifier-of-forty-three-characters-or-more-0123456789";
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let redirect = odata::encode_component(&format!("{ORIGIN}/"));
        let target = format!(
            "/oauth2/v2.0/authorize?client_id=valise&response_type=code&code_challenge_method=S256\
             &redirect_uri={redirect}&code_challenge={challenge}&state=s"
        );
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let body = format!("username={user}&password=demo").into_bytes();
        let request = HttpRequest { method: Method::Post, target, headers, body };
        let response = self.world.answer(request).await;
        assert_eq!(response.status, 303, "{}", String::from_utf8_lossy(&response.body));
        let location = response.header("location").unwrap();
        let code = location.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
        let request =
            Request::SignIn { code, verifier: verifier.to_owned(), redirect_uri: format!("{ORIGIN}/") };
        match self.ask(request).await {
            Reply::Opened(opened) => Ok(opened),
            Reply::Failed(failure) => Err(failure),
            reply => panic!("{reply:?}"),
        }
    }

    /// The push is answered, then the network breaks.
    pub async fn sync_fails_after_push(&self) {
        self.network.cuts_after.set(Some("$batch"));
        assert_eq!(self.sync_fails().await.kind, client::message::FailureKind::Offline);
        self.network.is_cut.set(false);
    }

    /// Syncs and expects it to work.
    pub async fn sync(&self) {
        self.session.sync_once().await.unwrap();
    }

    /// Syncs and expects it not to work.
    pub async fn sync_fails(&self) -> Failure {
        self.session.sync_once().await.unwrap_err()
    }

    pub async fn row(&self, table: &str, id: RowId) -> Option<RowView> {
        match self.ask(Request::Row { table: table.into(), id }).await {
            Reply::Row(row) => row,
            reply => panic!("{reply:?}"),
        }
    }

    /// The text of a column, empty for none.
    pub async fn text(&self, table: &str, id: RowId, column: &str) -> String {
        let row = self.row(table, id).await.expect("the row is on the device");
        row.columns.get(column).as_text().unwrap_or_default().to_owned()
    }

    pub async fn offline(&self) -> OfflineView {
        match self.ask(Request::Offline).await {
            Reply::Offline(view) => view,
            reply => panic!("{reply:?}"),
        }
    }

    pub async fn status(&self) -> SyncStatus {
        self.offline().await.sync
    }

    pub async fn entries(&self) -> Vec<EntryView> {
        self.offline().await.entries
    }

    /// Rows on the device by table.
    pub async fn counts(&self) -> BTreeMap<String, u64> {
        let tables = self.offline().await.tables;
        tables.into_iter().map(|status| (status.table.to_string(), status.rows)).collect()
    }

    /// Some rows of a table that the user may edit, in the order a lookup offers them.
    pub async fn editable(&self, table: &str, most: usize) -> Vec<RowId> {
        let request = Request::Find { tables: vec![table.into()], search: String::new(), limit: 100 };
        let Reply::Found(found) = self.ask(request).await else { panic!("no rows of {table}") };
        let mut editable = Vec::new();
        for found in found {
            let id = found.reference.id;
            if self.row(table, id).await.is_some_and(|row| row.editable) {
                editable.push(id);
                if editable.len() == most {
                    break;
                }
            }
        }
        assert_eq!(editable.len(), most, "the demo data has too few rows of {table}");
        editable
    }

    /// Gives a command and expects it to be done.
    pub async fn command(&self, name: &str, table: &str, id: RowId, parameters: Columns) {
        let command =
            Command { name: name.into(), table: table.into(), id, subject: String::new(), parameters };
        let reply = self
            .ask(Request::Execute {
                id: EntryId::from_random(Hash.bits()),
                commands: vec![command],
                seen: Columns::new(),
            })
            .await;
        assert_eq!(reply, Reply::Done(vec![id]), "{name} {table}");
    }

    /// Sets one text column.
    pub async fn save(&self, table: &str, id: RowId, column: &str, value: &str) {
        self.command("save", table, id, Columns::new().with(column, Value::Text(value.to_owned()))).await;
    }

    pub async fn decide(&self, entry: EntryId, decision: Decision) {
        let reply = self.ask(Request::Decide { entry, decision, seen: None }).await;
        assert_eq!(reply, Reply::Done(Vec::new()));
    }

    /// A new id, as the page makes them.
    pub fn new_id(&self) -> RowId {
        RowId::from_random(Hash.bits())
    }
}
