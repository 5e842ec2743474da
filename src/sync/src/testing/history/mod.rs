//! A history: some devices with two tabs each, somebody at a desk, one server, and a network that does everything a network
//! can do.

mod decisions;
mod deeds;
mod device;
mod network;
mod oracle;

use super::server::Server;
use super::stock::{TEXTS, definitions};
use super::work::{Key, Meanwhile, brief};
use crate::Clock;
use device::Device;
use futures::executor::block_on;
use futures::task::noop_waker;
use model::testing::Choices;
use model::{EntryId, Metadata, Reference, Row, RowId, Value};
use network::{Clocked, Network};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll};

const DAY_MILLISECONDS: i64 = 86_400_000;
const ROUNDS_TO_SETTLE: usize = 60;

/// How often what matters took place, so that quiet histories are noticed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Decisions about conflicts.
    pub conflicts: usize,
    /// Decisions that came too late for what was seen.
    pub overtaken: usize,
    /// Requests repeated after a takeover that had been done.
    pub repeated: usize,
    /// Entries that changed places.
    pub reordered: usize,
    /// Entries that were undone or given up.
    pub discarded: usize,
    /// Decisions about rows that had left the user's reach.
    pub out_of_reach: usize,
    /// Sign-ins that had to be made anew.
    pub sign_ins: usize,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.conflicts += other.conflicts;
        self.overtaken += other.overtaken;
        self.repeated += other.repeated;
        self.reordered += other.reordered;
        self.discarded += other.discarded;
        self.out_of_reach += other.out_of_reach;
        self.sign_ins += other.sign_ins;
    }

    /// What never took place.
    pub fn missing(&self) -> bool {
        let Self { conflicts, overtaken, repeated, reordered, discarded, out_of_reach, sign_ins } = *self;
        [conflicts, overtaken, repeated, reordered, discarded, out_of_reach, sign_ins].contains(&0)
    }
}

/// One history.
pub struct History {
    choices: Rc<RefCell<Choices>>,
    server: Rc<RefCell<Server>>,
    devices: Vec<Device>,
    next: u128,
    /// What a device's user saw where they wrote a text.
    seen: BTreeMap<String, String>,
    /// Texts written over others by the user's own decision: mine, theirs.
    decided: BTreeSet<(String, String)>,
    /// Texts that the user gave up.
    given_up: BTreeSet<String>,
    /// Entries that the user gave up.
    undone: BTreeSet<EntryId>,
    /// Rows that are made on devices and may be worked on.
    made: BTreeSet<Key>,
    /// The names of new rows.
    texts_made: BTreeSet<String>,
    /// Deletions: the entry, its user, and the row as they saw it.
    deletions: Vec<(EntryId, usize, Row)>,
    /// Rows that a user decided to delete all the same, as they were shown.
    condemned: Vec<Row>,
    /// Members of meetings: who was asked to come by which entry, and whom which one sent away.
    added: BTreeMap<RowId, (EntryId, RowId)>,
    sent_away: BTreeMap<RowId, EntryId>,
    pub counts: Counts,
    /// What happened, for whoever looks for the reason of a failure.
    pub log: Vec<String>,
    keeps_log: bool,
}

impl History {
    pub fn new(seed: u64, keeps_log: bool) -> Self {
        let choices = Rc::new(RefCell::new(Choices::new(seed)));
        let keeps_answers = !choices.borrow_mut().once_in(3);
        let mut server = Server::new(Metadata::clone(&definitions(true).metadata), keeps_answers);
        (server.keeps_log, server.now) = (keeps_log, DAY_MILLISECONDS * 20_000);
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
                // Two devices are one user's.
                user: usize::from(number == 1),
                is_good: Cell::new(true),
                is_cut: Cell::new(false),
                late: RefCell::default(),
            };
            let clock = Clocked(Cell::new(DAY_MILLISECONDS * (20_000 + number)));
            Device::new(Rc::new(network), Rc::new(clock))
        };
        let devices: Vec<Device> = (-1..=1).map(device).collect();
        for device in &devices {
            device.sign_in().unwrap();
            device.sync().unwrap();
            device.network.is_good.set(false);
        }
        Self {
            choices,
            server,
            devices,
            next: 1000,
            seen: BTreeMap::new(),
            decided: BTreeSet::new(),
            given_up: BTreeSet::new(),
            undone: BTreeSet::new(),
            made: BTreeSet::new(),
            texts_made: BTreeSet::new(),
            deletions: Vec::new(),
            condemned: Vec::new(),
            added: BTreeMap::new(),
            sent_away: BTreeMap::new(),
            counts: Counts::default(),
            log: Vec::new(),
            keeps_log,
        }
    }

    fn note(&mut self, who: usize, what: impl FnOnce() -> String) {
        if !self.keeps_log {
            return;
        }
        let journal: Vec<String> = self.devices[who].lead.store.journal().iter().map(brief).collect();
        self.log.append(&mut self.server.borrow_mut().log);
        self.log.push(format!("device {who}: {}; {}", what(), journal.join(", ")));
    }

    fn below(&self, limit: u64) -> u64 {
        self.choices.borrow_mut().below(limit)
    }

    fn once_in(&self, times: u64) -> bool {
        self.choices.borrow_mut().once_in(times)
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        self.next
    }

    fn account(&self) -> Key {
        ("account".into(), RowId::from_u128(u128::from(self.below(6) + 1)))
    }

    /// Something happens.
    pub fn step(&mut self) {
        let who = usize::try_from(self.below(3)).unwrap();
        match self.below(26) {
            0..=7 => self.work(who),
            8 => self.work_at_desk(),
            9 => {
                let network = &self.devices[who].network;
                network.is_cut.set(!network.is_cut.get());
            }
            10 => self.time_passes(who),
            11 if self.once_in(4) => self.server.borrow_mut().expire_links(),
            11 => {
                let sleeps = self.once_in(2);
                self.devices[who].take_over(sleeps);
                self.note(who, || format!("the other tab takes over, the first one sleeps: {sleeps}"));
            }
            12 => self.rights_change(who),
            13 => self.overtaken_works(who),
            14 => self.devices[who].look(),
            15 | 16 => self.decide_later(who),
            17 => self.sign_in(who),
            _ => self.sync(who),
        }
    }

    fn time_passes(&mut self, who: usize) {
        let clock = &self.devices[who].clock.0;
        let days = i64::try_from(self.below(3)).unwrap() - 1;
        clock.set(clock.get() + days * DAY_MILLISECONDS);
        let minutes = i64::try_from(self.below(90)).unwrap();
        let mut server = self.server.borrow_mut();
        server.now += minutes * 60_000;
        if self.choices.borrow_mut().once_in(5) {
            server.end_sign_ins();
        }
    }

    /// A row comes into the user's profile or leaves it, it changes hands, or a whole table does so.
    fn rights_change(&mut self, who: usize) {
        let rows: Vec<Key> = self.server.borrow().rows.keys().cloned().collect();
        let rows: Vec<Key> = rows.into_iter().filter(|(table, _)| table.as_str() != "meeting").collect();
        let key = self.choices.borrow_mut().of(&rows);
        match self.below(3) {
            0 => self.server.borrow_mut().change_profile(self.devices[who].network.user, &key),
            1 if key.0.as_str() != "link" => {
                let owner = self.number() * 4 + u128::from(self.below(4));
                let owner = Reference { table: "systemuser".into(), id: RowId::from_u128(owner), name: None };
                let mut row = self.server.borrow().rows[&key].clone();
                row.columns.set("ownerid", Value::Reference(owner));
                self.server.borrow_mut().put(row);
            }
            _ => {
                let has_lines = self.devices[who].fetches("line");
                self.devices[who].definitions = definitions(!has_lines);
            }
        }
        self.note(who, || format!("rights change, also of {key:?}"));
    }

    fn sign_in(&mut self, who: usize) {
        if !self.devices[who].lead.connection.is_signed_in() {
            // On a bad network it may not work.
            self.counts.sign_ins += usize::from(self.devices[who].sign_in().is_ok());
        }
    }

    /// A sync during which the user goes on working, and which may be cut off anywhere.
    fn sync(&mut self, who: usize) {
        let patience = self.below(40) + 1;
        let device = &self.devices[who];
        let (engine, now) = (&device.lead.engine, device.clock.now());
        let mut next = self.next;
        // The future borrows the engine; what the user does meanwhile goes through the store.
        let mut work = Meanwhile::new(&device.lead.store);
        let outcome = {
            let mut sync = Box::pin(engine.sync(&device.definitions, now));
            let waker = noop_waker();
            let mut context = Context::from_waker(&waker);
            let mut polls = 0;
            loop {
                match sync.as_mut().poll(&mut context) {
                    Poll::Ready(outcome) => break Some(outcome),
                    Poll::Pending if polls == patience => break None,
                    Poll::Pending => polls += 1,
                }
                if self.once_in(6) {
                    next += 1;
                    let number = self.below(3) + 1;
                    let account = ("account".into(), RowId::from_u128(u128::from(number)));
                    let column = self.choices.borrow_mut().of(&TEXTS);
                    work.save(engine, &account, column, next, "");
                }
            }
        };
        self.next = next;
        self.note(who, || format!("sync {outcome:?}, meanwhile {:?}", work.edits));
        self.seen.extend(work.edits);
        if outcome.is_none() && self.once_in(2) {
            // Half of these are tabs that die, the others a sync that was stopped.
            self.devices[who].take_over(false);
        }
    }

    /// A tab that woke up after it was overtaken, and has not heard of it yet.
    fn overtaken_works(&mut self, who: usize) {
        let Some(lead) = self.devices[who].overtaken.take() else { return self.sync(who) };
        if self.once_in(3) {
            self.devices[who].overtaken = Some(lead);
            let (number, deed) = (self.number(), self.draw(who));
            let was_done = self.perform(who, number, &deed, true);
            self.repeat(who, number, &deed, was_done);
            return;
        }
        let patience = self.below(30) + 1;
        let outcome = {
            let device = &self.devices[who];
            let mut sync = Box::pin(lead.engine.sync(&device.definitions, device.clock.now()));
            let waker = noop_waker();
            let mut context = Context::from_waker(&waker);
            (0..patience).find_map(|_| match sync.as_mut().poll(&mut context) {
                Poll::Ready(outcome) => Some(outcome.map(drop)),
                Poll::Pending => None,
            })
        };
        self.note(who, || format!("the overtaken tab syncs: {outcome:?}"));
        if self.once_in(2) {
            self.devices[who].overtaken = Some(lead);
        }
    }

    /// The network is good from now on, and the users decide what is to be decided.
    pub fn settle(&mut self) -> Result<(), String> {
        self.server.borrow_mut().is_down = 0;
        for device in &mut self.devices {
            device.network.is_good.set(true);
            device.network.is_cut.set(false);
            device.overtaken = None;
            while !device.network.late.borrow().is_empty() {
                device.network.deliver_late();
            }
        }
        for _ in 0..ROUNDS_TO_SETTLE {
            for who in 0..self.devices.len() {
                let synced = self.devices[who].sync();
                self.note(who, || format!("settled {synced:?}"));
                synced.map_err(|error| format!("a good network, and yet: {error}"))?;
                self.decide_everything(who)?;
            }
            let is_done = |device: &Device| device.lead.store.journal().is_empty();
            if self.devices.iter().all(is_done) && self.is_the_same_everywhere().is_ok() {
                return Ok(());
            }
        }
        let left: Vec<_> = self.devices.iter().map(|device| device.lead.store.journal()).collect();
        self.is_the_same_everywhere()?;
        Err(format!("it does not come to rest: {left:#?}"))
    }

    /// As the app does after every command.
    fn amend(&self, who: usize) {
        let device = &self.devices[who];
        // Another tab may have written meanwhile; then the next command does it.
        drop(block_on(device.lead.engine.amend(&device.definitions)));
    }
}
