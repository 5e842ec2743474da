//! A history: some devices, somebody at a desk, one server, and a network that does everything a network can do.

use super::server::{FORBIDDEN, Server};
use super::stock::{TEXTS, definitions, tables};
use super::work::{Meanwhile, brief, text, text_of, texts, texts_of};
use crate::{Choice, Clock, Connection, Engine, Observer, SignInCode, SyncTables, Transport, TransportError};
use async_trait::async_trait;
use futures::executor::block_on;
use futures::task::noop_waker;
use model::testing::Choices;
use model::{
    Change, Columns, EntryState, Metadata, ParkReason, Party, Reference, Row, RowId, TableName, Timestamp,
    Value,
};
use odata::http::{HttpRequest, HttpResponse};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll};
use store::{MemoryBlocks, Store, Touched};

const DAY_MILLISECONDS: i64 = 86_400_000;
const ROUNDS_TO_SETTLE: usize = 40;

/// What the network does with requests, decided by the seed.
struct Network {
    server: Rc<RefCell<Server>>,
    choices: Rc<RefCell<Choices>>,
    is_good: Cell<bool>,
    is_cut: Cell<bool>,
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (fault, delay) = {
            let mut choices = self.choices.borrow_mut();
            (choices.below(20), choices.below(4))
        };
        for _ in 0..delay {
            super::script::give_way().await;
        }
        let lost = || Err(TransportError::TimedOut);
        match fault {
            _ if self.is_cut.get() => return Err(TransportError::Unreachable("cut".to_owned())),
            _ if self.is_good.get() => {}
            0 => return lost(),
            1 => {
                self.server.borrow_mut().answer(&request);
                return lost();
            }
            // A repeated request: the second answer arrives.
            2 => drop(self.server.borrow_mut().answer(&request)),
            3 => return Ok(super::faults::web_page(200)),
            4 => return Ok(super::faults::refusal(503, "")),
            5 => return Ok(super::faults::half(self.server.borrow_mut().answer(&request))),
            _ => {}
        }
        let response = self.server.borrow_mut().answer(&request);
        super::script::give_way().await;
        Ok(response)
    }
}

struct Clocked(Cell<i64>);

#[async_trait(?Send)]
impl Clock for Clocked {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.get())
    }

    async fn sleep(&self, _milliseconds: u64) {}
}

struct Silent;

impl Observer for Silent {
    fn pushing(&self) {}
    fn pulling(&self) {}
    fn fetched(&self, _table: &TableName, _rows: u64) {}
    fn touched(&self, _touched: Touched) {}
    fn gone(&self, _table: &TableName, _rows: &[RowId]) {}
    fn journal_changed(&self) {}
}

struct Device {
    blocks: MemoryBlocks,
    network: Rc<Network>,
    clock: Rc<Clocked>,
    store: Rc<Store>,
    engine: Engine,
}

impl Device {
    fn open(blocks: MemoryBlocks, network: Rc<Network>, clock: Rc<Clocked>) -> Self {
        block_on(async {
            let store = Rc::new(Store::open(Rc::new(blocks.handle())).await.unwrap());
            store.set_tables(tables());
            let connection =
                Connection::open(Rc::clone(&store), Rc::clone(&network) as _, Rc::clone(&clock) as _);
            let connection = Rc::new(connection.await.unwrap());
            if !connection.is_signed_in() {
                let code =
                    SignInCode { code: String::new(), verifier: String::new(), redirect_uri: String::new() };
                connection.sign_in(&code).await.unwrap();
            }
            let engine = Engine::open(Rc::clone(&store), connection, Rc::new(Silent)).await.unwrap();
            Self { blocks, network, clock, store, engine }
        })
    }

    /// The tab dies and is opened again.
    fn reopened(&self) -> Self {
        Self::open(self.blocks.handle(), Rc::clone(&self.network), Rc::clone(&self.clock))
    }

    fn row(&self, key: &(TableName, RowId)) -> Option<Row> {
        block_on(self.store.row(&key.0, key.1)).unwrap().map(|row| row.current)
    }
}

/// One history.
pub struct History {
    choices: Rc<RefCell<Choices>>,
    server: Rc<RefCell<Server>>,
    devices: Vec<Device>,
    definitions: SyncTables,
    next: u128,
    /// What a device's user saw where they wrote a text.
    seen: BTreeMap<String, String>,
    /// Texts written over others by the user's own decision: mine, theirs.
    decided: BTreeSet<(String, String)>,
    /// Texts that the user gave up.
    given_up: BTreeSet<String>,
    made: BTreeMap<(TableName, RowId), String>,
    added: BTreeMap<RowId, RowId>,
    removed: BTreeSet<RowId>,
    pub conflicts: usize,
    /// What happened, for whoever looks for the reason of a failure.
    pub log: Vec<String>,
}

impl History {
    pub fn new(seed: u64) -> Self {
        let choices = Rc::new(RefCell::new(Choices::new(seed)));
        let definitions = definitions();
        let keeps_answers = !choices.borrow_mut().once_in(3);
        let mut server = Server::new(Metadata::clone(&definitions.metadata), keeps_answers);
        let start = |name: &str, number: u128| Row {
            table: name.into(),
            id: RowId::from_u128(number),
            version: None,
            columns: TEXTS.into_iter().map(|column| (column.into(), Value::Null)).collect(),
        };
        (1..=6).for_each(|number| server.put(start("account", number)));
        (11..=12).for_each(|number| server.put(start("meeting", number)));
        let server = Rc::new(RefCell::new(server));
        let device = |number: i64| {
            let network = Network {
                server: Rc::clone(&server),
                choices: Rc::clone(&choices),
                is_good: Cell::new(true),
                is_cut: Cell::new(false),
            };
            let clock = Clocked(Cell::new(DAY_MILLISECONDS * (20_000 + number)));
            Device::open(MemoryBlocks::default(), Rc::new(network), Rc::new(clock))
        };
        let devices: Vec<Device> = (-1..=1).map(device).collect();
        for device in &devices {
            block_on(device.engine.sync(&definitions, device.clock.now())).unwrap();
            device.network.is_good.set(false);
        }
        Self {
            choices,
            server: Rc::clone(&server),
            devices,
            definitions,
            next: 1000,
            seen: BTreeMap::new(),
            decided: BTreeSet::new(),
            given_up: BTreeSet::new(),
            made: BTreeMap::new(),
            added: BTreeMap::new(),
            removed: BTreeSet::new(),
            conflicts: 0,
            log: Vec::new(),
        }
    }

    fn note(&mut self, who: usize, what: &str) {
        let journal: Vec<String> = self.devices[who].store.journal().iter().map(brief).collect();
        self.log.append(&mut self.server.borrow_mut().log);
        self.log.push(format!("device {who}: {what}; {}", journal.join(", ")));
    }

    fn below(&self, limit: u64) -> u64 {
        self.choices.borrow_mut().below(limit)
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        self.next
    }

    /// Something happens.
    pub fn step(&mut self) {
        let who = usize::try_from(self.below(3)).unwrap();
        match self.below(16) {
            0..=5 => self.work(who),
            6 => self.work_at_desk(),
            7 => {
                let network = &self.devices[who].network;
                network.is_cut.set(!network.is_cut.get());
            }
            8 => {
                let clock = &self.devices[who].clock.0;
                let days = i64::try_from(self.below(3)).unwrap() - 1;
                clock.set(clock.get() + days * DAY_MILLISECONDS);
            }
            9 if self.below(6) == 0 => self.server.borrow_mut().expire_links(),
            9 => self.devices[who] = self.devices[who].reopened(),
            _ => self.sync(who),
        }
    }

    /// A sync during which the user goes on working, and which may be cut off anywhere.
    fn sync(&mut self, who: usize) {
        let store = Rc::clone(&self.devices[who].store);
        let patience = self.below(40) + 1;
        let engine = &self.devices[who].engine;
        let now = self.devices[who].clock.now();
        // The future borrows the engine; what the user does meanwhile goes through the store.
        let outcome = {
            let mut work = Meanwhile { store, edits: Vec::new() };
            let mut sync = Box::pin(engine.sync(&self.definitions, now));
            let waker = noop_waker();
            let mut context = Context::from_waker(&waker);
            let mut polls = 0;
            loop {
                match sync.as_mut().poll(&mut context) {
                    Poll::Ready(outcome) => break (Some(outcome), work),
                    Poll::Pending if polls == patience => break (None, work),
                    Poll::Pending => polls += 1,
                }
                if self.choices.borrow_mut().once_in(6) {
                    let number = self.next + 1;
                    self.next = number;
                    let account = (
                        TableName::from("account"),
                        RowId::from_u128(u128::from(self.choices.borrow_mut().below(3) + 1)),
                    );
                    let column = self.choices.borrow_mut().of(&TEXTS);
                    work.save(engine, &account, column, number);
                }
            }
        };
        let (outcome, work) = outcome;
        self.note(who, &format!("sync {outcome:?}, meanwhile {:?}", work.edits));
        self.seen.extend(work.edits);
        if outcome.is_none() {
            // Half of these are tabs that die, the others a sync that was stopped.
            if self.below(2) == 0 {
                self.devices[who] = self.devices[who].reopened();
            }
        }
    }

    fn work(&mut self, who: usize) {
        let number = self.number();
        let account = ("account".into(), RowId::from_u128(u128::from(self.below(6) + 1)));
        let column = self.choices.borrow_mut().of(&TEXTS);
        let device = &self.devices[who];
        let mut work = Meanwhile { store: Rc::clone(&device.store), edits: Vec::new() };
        let lines: Vec<(TableName, RowId)> = self.made.keys().cloned().collect();
        match self.below(10) {
            0..=3 => work.save(&device.engine, &account, column, number),
            4 if device.row(&account).is_some() => {
                let key: (TableName, RowId) = ("line".into(), RowId::from_u128(number));
                let reference = Reference { table: account.0.clone(), id: account.1, name: None };
                let text = text_of(number);
                let columns = Columns::new()
                    .with("name", Value::Text(text.clone()))
                    .with("accountid", Value::Reference(reference));
                work.append(number, vec![Change::Create { table: key.0.clone(), id: key.1, columns }]);
                work.edits.push((text.clone(), String::new()));
                self.made.insert(key, text);
            }
            5 | 6 if !lines.is_empty() => {
                let line = self.choices.borrow_mut().of(&lines);
                work.save(&device.engine, &line, column, number);
            }
            7 if !lines.is_empty() => {
                let line = self.choices.borrow_mut().of(&lines);
                work.delete(&device.engine, &line, number);
            }
            8 => {
                let meeting = ("meeting".into(), RowId::from_u128(u128::from(self.below(2) + 11)));
                self.invite(who, &meeting, number);
            }
            9 if self.below(4) == 0 => work.save_text(&device.engine, &account, column, number, FORBIDDEN),
            _ => work.save(&device.engine, &account, column, number),
        }
        self.note(who, &format!("work {:?}", work.edits));
        self.seen.extend(work.edits);
    }

    /// Somebody is added to a meeting, perhaps somebody else removed.
    fn invite(&mut self, who: usize, meeting: &(TableName, RowId), number: u128) {
        let Some(row) = self.devices[who].row(meeting) else { return };
        let mut members = match row.columns.get("attendees") {
            Value::Parties(members) => members.clone(),
            _ => Vec::new(),
        };
        if !members.is_empty() && self.below(3) == 0 {
            let place = usize::try_from(self.below(members.len() as u64)).unwrap();
            let leaving = members.remove(place);
            self.removed.insert(leaving.party.unwrap().id);
        }
        let id = RowId::from_u128(number);
        let party = Some(Reference { table: "account".into(), id, name: None });
        members.push(Party { party, address: None, participation: 5 });
        self.added.insert(id, meeting.1);
        let device = &self.devices[who];
        let mut work = Meanwhile { store: Rc::clone(&device.store), edits: Vec::new() };
        work.write(&device.engine, &row, Columns::new().with("attendees", Value::Parties(members)), number);
    }

    /// Somebody writes on the server itself.
    fn work_at_desk(&mut self) {
        let number = self.number();
        let mut server = self.server.borrow_mut();
        let keys: Vec<(TableName, RowId)> = server.rows.keys().cloned().collect();
        let key = self.choices.borrow_mut().of(&keys);
        if key.0.as_str() == "line" && self.choices.borrow_mut().once_in(2) {
            server.delete(&key);
            return;
        }
        let mut row = server.rows[&key].clone();
        let column = self.choices.borrow_mut().of(&TEXTS);
        row.columns.set(column, Value::Text(format!("desk {number}")));
        server.put(row);
    }

    /// The network is good from now on, and the users decide what is to be decided.
    pub fn settle(&mut self) -> Result<(), String> {
        for device in &self.devices {
            device.network.is_good.set(true);
            device.network.is_cut.set(false);
        }
        for _ in 0..ROUNDS_TO_SETTLE {
            for who in 0..self.devices.len() {
                let device = &self.devices[who];
                block_on(device.engine.sync(&self.definitions, device.clock.now()))
                    .map_err(|error| format!("a good network, and yet: {error}"))?;
                self.note(who, "settled");
                self.decide(who);
            }
            let is_done = |device: &Device| device.store.journal().is_empty();
            if self.devices.iter().all(is_done) && self.is_the_same_everywhere().is_ok() {
                return Ok(());
            }
        }
        let left: Vec<_> = self.devices.iter().map(|device| device.store.journal()).collect();
        self.is_the_same_everywhere()?;
        Err(format!("it does not come to rest: {left:#?}"))
    }

    fn decide(&mut self, who: usize) {
        for id in self.devices[who].store.journal().iter().map(|entry| entry.id).collect::<Vec<_>>() {
            // As it stands after the decisions before: that is what the user sees.
            let journal = self.devices[who].store.journal();
            let Some(waiting) = journal.into_iter().find(|entry| entry.id == id) else { continue };
            let choice = match &waiting.state {
                EntryState::Parked(
                    ParkReason::Conflict { deleted: true, .. } | ParkReason::Refused { .. },
                ) => Choice::Discard,
                EntryState::Parked(ParkReason::Conflict { .. }) if self.below(2) == 0 => Choice::KeepTheirs,
                EntryState::Parked(ParkReason::Conflict { .. }) => Choice::KeepMine(Vec::new()),
                _ => continue,
            };
            self.conflicts += 1;
            if let (Choice::KeepMine(_), EntryState::Parked(ParkReason::Conflict { theirs, .. })) =
                (&choice, &waiting.state)
            {
                for (column, theirs) in theirs.iter() {
                    for mine in texts_of(&waiting, Some(column.as_str())) {
                        self.decided.insert((mine, text(theirs)));
                    }
                }
            }
            let device = &self.devices[who];
            let before = texts(&device.store.journal());
            block_on(device.engine.decide(waiting.id, &choice, &self.definitions)).unwrap();
            let after = texts(&device.store.journal());
            self.given_up.extend(before.difference(&after).cloned());
            self.note(who, &format!("{choice:?} of {:?}", waiting.id));
        }
    }

    fn is_the_same_everywhere(&self) -> Result<(), String> {
        let server = self.server.borrow();
        for (place, device) in self.devices.iter().enumerate() {
            let count: u64 = device.store.counts().iter().map(|(_, rows)| rows).sum();
            if count != server.rows.len() as u64 {
                return Err(format!("device {place} has {count} rows, the server {}", server.rows.len()));
            }
            for (key, expected) in &server.rows {
                let found = device.row(key).ok_or_else(|| format!("device {place} lacks {key:?}"))?;
                let is_other =
                    |name: &str| !crate::is_same(found.columns.get(name), expected.columns.get(name));
                let columns = TEXTS.into_iter().chain(["attendees", "accountid"]);
                if let Some(name) = columns.into_iter().find(|name| is_other(name)) {
                    let (found, expected) = (found.columns.get(name), expected.columns.get(name));
                    return Err(format!("device {place}, {key:?}, {name}: {found:?} and not {expected:?}"));
                }
            }
        }
        Ok(())
    }

    /// Nothing lost, nothing twice, nothing written over what its writer had not seen.
    pub fn check(&self) -> Result<(), String> {
        let server = self.server.borrow();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for written in &server.written {
            let (old, new) = (text(&written.old), text(&written.new));
            if !self.seen.contains_key(&new) || old == new {
                continue;
            }
            *times.entry(new.clone()).or_default() += 1;
            let mut mine = Some(&new);
            let mut may = old.is_empty();
            while let Some(text) = mine.filter(|_| !may) {
                let seen = self.seen.get(text);
                may = seen == Some(&old) || self.decided.contains(&(text.clone(), old.clone()));
                mine = seen;
            }
            if !may {
                return Err(format!("{new} was written over {old}, which its writer had not seen"));
            }
        }
        for (text, count) in &times {
            let chain = std::iter::successors(Some(text), |text| self.seen.get(*text));
            let decisions = |mine: &String| self.decided.iter().filter(|(it, _)| it == mine).count();
            let allowed = 1 + chain.map(decisions).sum::<usize>();
            if *count > allowed {
                return Err(format!("{text} was written {count} times"));
            }
        }
        let mut done: BTreeSet<&String> = times.keys().chain(&self.given_up).collect();
        loop {
            let more: Vec<&String> =
                self.seen.iter().filter(|(text, _)| done.contains(text)).map(|(_, seen)| seen).collect();
            let before = done.len();
            done.extend(more);
            if done.len() == before {
                break;
            }
        }
        if let Some(lost) = self.seen.keys().find(|text| !done.contains(text)) {
            return Err(format!("{lost} is lost"));
        }
        self.check_meetings(&server)
    }

    fn check_meetings(&self, server: &Server) -> Result<(), String> {
        for (member, meeting) in &self.added {
            let row = &server.rows[&("meeting".into(), *meeting)];
            let members = match row.columns.get("attendees") {
                Value::Parties(members) => members.as_slice(),
                _ => &[],
            };
            let count = members
                .iter()
                .filter(|party| party.party.as_ref().is_some_and(|it| it.id == *member))
                .count();
            let expected = usize::from(!self.removed.contains(member));
            if count != expected {
                return Err(format!("{member} is {count} times in a meeting, and not {expected} times"));
            }
        }
        Ok(())
    }
}
