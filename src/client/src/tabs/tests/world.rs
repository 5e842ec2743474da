//! A browser with tabs, as the rules of Web Locks and channels make it: messages are late but in order, the lock goes to the next
//! in the queue, a tab can die or fall asleep between any two steps.

use crate::message::{Event, PROTOCOL, Request};
use crate::tabs::{Effect, Note, Tab, TabId};
use model::testing::Choices;
use model::{Columns, EntryId, TableName, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Something that waits to be noticed by a tab.
#[derive(Debug)]
enum Item {
    Note(TabId, Box<Note>, Option<u32>),
    Granted,
    Lost,
    Gone(TabId),
}

/// What a session has in hand.
struct Serving {
    ticket: u64,
    request: Request,
    is_committed: bool,
}

pub struct Sim {
    tab: Tab,
    id: TabId,
    notes: VecDeque<Item>,
    signals: VecDeque<Item>,
    serving: Vec<Serving>,
    pub is_asleep: bool,
    last_number: u32,
    asked: BTreeMap<u32, Option<EntryId>>,
    pub answered: BTreeMap<u32, u32>,
    pub failed: BTreeSet<u32>,
    pub heard: Vec<Event>,
    pub pages: BTreeSet<String>,
    pub watched: Vec<TableName>,
}

impl Sim {
    pub fn is_leading(&self) -> bool {
        self.tab.is_leading()
    }

    pub fn is_content(&self) -> bool {
        self.asked.keys().all(|number| self.answered.contains_key(number) || self.failed.contains(number))
    }
}

pub struct World {
    pub tabs: BTreeMap<u32, Sim>,
    holder: Option<u32>,
    queue: VecDeque<u32>,
    attended: Vec<(u32, TabId)>,
    /// Entries on disk.
    pub disk: BTreeSet<EntryId>,
    pub now: Timestamp,
    choices: Choices,
    pub steps: usize,
    last_entry: u128,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            tabs: BTreeMap::new(),
            holder: None,
            queue: VecDeque::new(),
            attended: Vec::new(),
            disk: BTreeSet::new(),
            now: Timestamp::from_milliseconds(1_000_000),
            choices: Choices::new(seed),
            steps: 0,
            last_entry: 0,
        }
    }

    pub fn choose(&mut self, below: usize) -> usize {
        usize::try_from(self.choices.below(below as u64)).unwrap()
    }

    /// A page is opened; it asks for the database and shows a table.
    pub fn open(&mut self, name: u32) {
        let id = TabId(format!("page{name}.1"));
        let (tab, effects) = Tab::start::<u32>(id.clone(), self.now);
        let sim = Sim {
            tab,
            id,
            notes: VecDeque::new(),
            signals: VecDeque::new(),
            serving: Vec::new(),
            is_asleep: false,
            last_number: 0,
            asked: BTreeMap::new(),
            answered: BTreeMap::new(),
            failed: BTreeSet::new(),
            heard: Vec::new(),
            pages: BTreeSet::new(),
            watched: Vec::new(),
        };
        self.tabs.insert(name, sim);
        self.carry_out(name, effects);
        let open = Request::Open { protocol: PROTOCOL, server: String::new(), languages: Vec::new() };
        self.ask(name, open);
        self.ask(name, Request::Watch { tables: vec![format!("table{name}").as_str().into()] });
    }

    /// The page saves something.
    pub fn write(&mut self, name: u32) -> u32 {
        self.last_entry += 1;
        let id = EntryId::from_u128(self.last_entry);
        self.ask(name, Request::Execute { id, commands: Vec::new(), seen: Columns::new() })
    }

    pub fn ask(&mut self, name: u32, request: Request) -> u32 {
        let sim = self.tabs.get_mut(&name).unwrap();
        sim.last_number += 1;
        let number = sim.last_number;
        let entry = if let Request::Execute { id, .. } = &request { Some(*id) } else { None };
        sim.asked.insert(number, entry);
        let effects = sim.tab.from_page(number, request);
        self.carry_out(name, effects);
        number
    }

    /// The tab is closed or its process dies: what it sent is still delivered.
    pub fn kill(&mut self, name: u32) {
        let Some(sim) = self.tabs.remove(&name) else { return };
        self.queue.retain(|other| *other != name);
        if self.holder == Some(name) {
            self.holder = None;
            self.grant();
        }
        for (watcher, _) in self.attended.iter().filter(|(_, watched)| *watched == sim.id) {
            if let Some(watcher) = self.tabs.get_mut(watcher) {
                watcher.signals.push_back(Item::Gone(sim.id.clone()));
            }
        }
        self.attended.retain(|(_, watched)| *watched != sim.id);
    }

    fn grant(&mut self) {
        if self.holder.is_none()
            && let Some(next) = self.queue.pop_front()
        {
            self.holder = Some(next);
            self.tabs.get_mut(&next).unwrap().signals.push_back(Item::Granted);
        }
    }

    /// Says something to a tab as a tab of another build would.
    pub fn stranger(&mut self, name: u32, is_leading: bool) {
        let sim = self.tabs.get_mut(&name).unwrap();
        let effects = sim.tab.from_stranger(&TabId("stranger.1".to_owned()), is_leading);
        self.carry_out(name, effects);
    }

    /// The session of the leader tells something.
    pub fn tell(&mut self, name: u32, event: &Event) {
        let effects = self.tabs[&name].tab.told(event);
        self.carry_out(name, effects);
    }

    fn carry_out(&mut self, name: u32, effects: Vec<Effect<u32>>) {
        for effect in effects {
            match effect {
                Effect::Queue => {
                    if !self.queue.contains(&name) {
                        self.queue.push_back(name);
                    }
                    self.grant();
                }
                Effect::Steal => {
                    let former = self.holder.replace(name);
                    if let Some(former) = former.filter(|former| *former != name) {
                        self.tabs.get_mut(&former).unwrap().signals.push_back(Item::Lost);
                    }
                    self.tabs.get_mut(&name).unwrap().signals.push_back(Item::Granted);
                }
                Effect::Release => {
                    if self.holder == Some(name) {
                        self.holder = None;
                        self.grant();
                    }
                }
                Effect::Send { to, note, reply } => self.send(name, to.as_ref(), &note, reply),
                Effect::Attend(id) => {
                    if self.tabs.values().any(|sim| sim.id == id) {
                        self.attended.push((name, id));
                    } else {
                        self.tabs.get_mut(&name).unwrap().signals.push_back(Item::Gone(id));
                    }
                }
                other => self.carry_out_alone(name, other),
            }
        }
    }

    fn carry_out_alone(&mut self, name: u32, effect: Effect<u32>) {
        let disk = &self.disk;
        let sim = self.tabs.get_mut(&name).unwrap();
        match effect {
            Effect::StandDown => sim.serving.clear(),
            Effect::Serve { ticket, request } => {
                if let Request::Watch { tables } = &request {
                    sim.watched.clone_from(tables);
                }
                sim.serving.push(Serving { ticket, request, is_committed: false });
            }
            Effect::Pages(pages) => sim.pages = pages,
            Effect::Answer { number, .. } => {
                if let Some(entry) = sim.asked[&number] {
                    assert!(disk.contains(&entry), "told as saved before it was");
                }
                *sim.answered.entry(number).or_default() += 1;
            }
            Effect::Fail { number, .. } => assert!(sim.failed.insert(number), "failed twice"),
            Effect::Tell(event) => sim.heard.push(event),
            _ => {}
        }
    }

    fn send(&mut self, from: u32, to: Option<&TabId>, note: &Note, reply: Option<u32>) {
        let id = self.tabs[&from].id.clone();
        for sim in self.tabs.values_mut().filter(|sim| sim.id != id) {
            if to.is_none_or(|to| *to == sim.id) {
                sim.notes.push_back(Item::Note(id.clone(), Box::new(note.clone()), reply));
            }
        }
    }

    /// One thing happens in one tab that is awake; false when nothing can.
    pub fn step(&mut self) -> bool {
        let mut choices = Vec::new();
        for (name, sim) in self.tabs.iter().filter(|(_, sim)| !sim.is_asleep) {
            if !sim.notes.is_empty() {
                choices.push((*name, 0));
            }
            if !sim.signals.is_empty() {
                choices.push((*name, 1));
            }
            choices.extend((0..sim.serving.len()).map(|place| (*name, 2 + place)));
        }
        if choices.is_empty() {
            return false;
        }
        self.steps += 1;
        let (name, choice) = choices[self.choose(choices.len())];
        let sim = self.tabs.get_mut(&name).unwrap();
        let item = match choice {
            0 => sim.notes.pop_front(),
            1 => sim.signals.pop_front(),
            _ => None,
        };
        let effects = match item {
            Some(Item::Note(from, note, reply)) => sim.tab.from_tab(&from, *note, reply, self.now),
            Some(Item::Granted) => sim.tab.granted(self.now),
            Some(Item::Lost) => sim.tab.lost(self.now),
            Some(Item::Gone(id)) => sim.tab.gone(&id),
            None => {
                let serving = &mut sim.serving[choice - 2];
                if !std::mem::replace(&mut serving.is_committed, true) {
                    if let Request::Execute { id, .. } = &serving.request {
                        self.disk.insert(*id);
                    }
                    return true;
                }
                let Serving { ticket, .. } = sim.serving.remove(choice - 2);
                sim.tab.served(ticket, 7)
            }
        };
        self.carry_out(name, effects);
        true
    }

    /// Lets time pass and every tab that is awake look at its leader.
    pub fn pass(&mut self, milliseconds: i64) {
        self.now = self.now.plus_milliseconds(milliseconds);
        let names: Vec<u32> = self.tabs.keys().copied().collect();
        for name in names {
            let sim = self.tabs.get_mut(&name).unwrap();
            if sim.is_asleep || sim.tab.wait(self.now).is_none() {
                continue;
            }
            let effects = sim.tab.tick(self.now);
            self.carry_out(name, effects);
        }
    }

    /// Goes on until nothing happens any more and every waking page has its answers; tells how many milliseconds that took.
    pub fn settle(&mut self) -> i64 {
        let begun = self.now.milliseconds();
        for _ in 0..400 {
            while self.step() {}
            let is_led = self.tabs.values().any(|sim| !sim.is_asleep && sim.is_leading());
            if is_led && self.tabs.values().filter(|sim| !sim.is_asleep).all(Sim::is_content) {
                return self.now.milliseconds() - begun;
            }
            self.pass(200);
        }
        panic!("somebody waits for ever, {:?} holds the lock, {:?} wait for it", self.holder, self.queue);
    }

    /// What must be true whenever nothing is under way.
    pub fn check(&self) {
        for (name, sim) in &self.tabs {
            assert!(sim.answered.values().all(|count| *count == 1), "an answer was given twice to {name}");
            if !sim.is_asleep {
                assert!(sim.failed.is_empty(), "{name} was told of failures: {:?}", sim.failed);
            }
        }
        let leaders: Vec<u32> = self
            .tabs
            .iter()
            .filter(|(_, sim)| !sim.is_asleep && sim.is_leading())
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(leaders, self.holder.into_iter().collect::<Vec<_>>(), "the lock's holder leads");
    }
}
