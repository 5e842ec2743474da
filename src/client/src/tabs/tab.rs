//! One tab among others: what it does about what happens.

use super::ledger::Ledger;
use super::life::{Life, Look};
use super::note::{Note, TabId};
use super::served::{Origin, Served};
use crate::message::{Event, Failure, FailureKind, Request};
use model::{TableName, Timestamp};
use std::collections::BTreeSet;

/// What an edge shall do. `R` is a reply, which nobody here reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<R> {
    /// Wait for the lock; `Tab::granted` when it is held. Nothing to do while waiting already.
    Queue,
    /// Take the lock from whoever holds it; `Tab::granted` when it is held.
    Steal,
    /// Give the lock back.
    Release,
    /// Make a session on the database.
    Lead,
    /// Stop the session: the database is another tab's.
    StandDown,
    /// Let the session answer; `Tab::served` with the reply.
    Serve {
        /// Names the answer.
        ticket: u64,
        /// What is asked.
        request: Request,
    },
    /// Tell the session which pages are open, by the names in their drafts.
    Pages(BTreeSet<String>),
    /// Send to one tab, or to all.
    Send {
        /// Whom.
        to: Option<TabId>,
        /// What.
        note: Note,
        /// What stands beside it.
        reply: Option<R>,
    },
    /// Call `Tab::gone` when that tab is no more.
    Attend(TabId),
    /// Answer the page of this tab.
    Answer {
        /// The page's number.
        number: u32,
        /// The reply.
        reply: R,
    },
    /// Tell the page of this tab that it will get no answer.
    Fail {
        /// The page's number.
        number: u32,
        /// Why.
        failure: Failure,
    },
    /// Tell the page of this tab something unasked.
    Tell(Event),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    /// Another tab works on the database, or nobody is known to.
    Following(Option<TabId>),
    /// This one does.
    Leading,
    /// This one is of another build; its page must be reloaded.
    Retired,
}

/// One tab among others.
pub struct Tab {
    me: TabId,
    role: Role,
    /// The latest leadership known of.
    term: u64,
    /// It has led or followed before.
    has_joined: bool,
    ledger: Ledger,
    served: Served,
    life: Life,
    /// The page's `Request::Open`, said again to whoever leads.
    opening: Option<Request>,
    /// The tables on the page's screen.
    watching: Vec<TableName>,
}

type Effects<R> = Vec<Effect<R>>;

fn send<R>(to: Option<&TabId>, note: Note) -> Effect<R> {
    Effect::Send { to: to.cloned(), note, reply: None }
}

impl Tab {
    /// A tab that has just been started, and what it does first.
    #[must_use]
    pub fn start<R>(me: TabId, now: Timestamp) -> (Self, Effects<R>) {
        let mut tab = Self {
            me,
            role: Role::Following(None),
            term: 0,
            has_joined: false,
            ledger: Ledger::default(),
            served: Served::default(),
            life: Life::new(now),
            opening: None,
            watching: Vec::new(),
        };
        tab.life.asked(now);
        (tab, vec![Effect::Queue, send(None, Note::Hello { term: 0 })])
    }

    /// True while this tab has the session.
    #[must_use]
    pub fn is_leading(&self) -> bool {
        self.role == Role::Leading
    }

    /// The page asks.
    pub fn from_page<R>(&mut self, number: u32, request: Request) -> Effects<R> {
        if self.role == Role::Retired {
            return vec![Effect::Fail { number, failure: retired() }];
        }
        match &request {
            Request::Open { .. } => self.opening = Some(request.clone()),
            Request::Watch { tables } => self.watching.clone_from(tables),
            _ => {}
        }
        self.ledger.add(number, request);
        self.ask_due()
    }

    /// A tab of the same build says something; what stands beside it is the reply.
    pub fn from_tab<R>(&mut self, from: &TabId, note: Note, reply: Option<R>, now: Timestamp) -> Effects<R> {
        if *from == self.me || self.role == Role::Retired {
            return Vec::new();
        }
        if self.role == Role::Following(Some(from.clone())) {
            self.life.heard(now);
        }
        match note {
            Note::Hello { term } => self.greet(from, term),
            Note::Leading { term } => self.hear_leader(from, term, now),
            Note::Ask { number, request } if self.is_leading() => {
                let mut effects = self.admit(from);
                effects.extend(self.take(Origin { tab: Some(from.clone()), number }, request));
                effects
            }
            Note::Answer { number } => match reply {
                Some(reply) if self.ledger.settle(number) => {
                    let mut effects = vec![Effect::Answer { number, reply }];
                    effects.extend(self.ask_due());
                    effects
                }
                _ => Vec::new(),
            },
            Note::Told(event) if self.role == Role::Following(Some(from.clone())) => {
                vec![Effect::Tell(event)]
            }
            Note::Ask { .. } | Note::Told(_) => Vec::new(),
        }
    }

    /// A tab of another build says something. The one that came last goes on; the others have to be reloaded.
    pub fn from_stranger<R>(&mut self, from: &TabId, is_leading: bool) -> Effects<R> {
        match (&self.role, is_leading) {
            (Role::Leading, false) => vec![send(Some(from), Note::Leading { term: self.term })],
            (Role::Following(_), true) if self.has_joined => self.retire(),
            (Role::Following(_), true) => vec![Effect::Steal],
            _ => Vec::new(),
        }
    }

    /// The lock is held.
    pub fn granted<R>(&mut self, now: Timestamp) -> Effects<R> {
        match self.role {
            Role::Retired => return vec![Effect::Release],
            Role::Leading => return Vec::new(),
            Role::Following(_) => {}
        }
        let time = u64::try_from(now.milliseconds()).unwrap_or(0);
        self.term = time.max(self.term + 1);
        self.role = Role::Leading;
        self.served.reset();
        let mut effects = vec![Effect::Lead, self.pages(), send(None, Note::Leading { term: self.term })];
        effects.extend(
            self.say_again()
                .into_iter()
                .flat_map(|request| self.take::<R>(Origin { tab: None, number: 0 }, request)),
        );
        effects.extend(self.join());
        effects
    }

    /// The lock was taken by another tab, or could not be had.
    pub fn lost<R>(&mut self, now: Timestamp) -> Effects<R> {
        match self.role {
            Role::Retired => return Vec::new(),
            Role::Following(_) => return vec![Effect::Queue],
            Role::Leading => {}
        }
        self.role = Role::Following(None);
        self.served.reset();
        self.life = Life::new(now);
        self.life.overtaken();
        self.life.asked(now);
        vec![Effect::StandDown, Effect::Queue, send(None, Note::Hello { term: self.term })]
    }

    /// A tab is no more.
    pub fn gone<R>(&mut self, tab: &TabId) -> Effects<R> {
        if !self.is_leading() || !self.served.remove_member(tab) {
            return Vec::new();
        }
        let mut effects = vec![self.pages()];
        let watched = self.served.watched();
        effects.extend(self.take(Origin { tab: None, number: 0 }, watched));
        effects
    }

    /// The session has answered.
    pub fn served<R>(&mut self, ticket: u64, reply: R) -> Effects<R> {
        let Some((origin, released)) = self.served.settle(ticket) else { return Vec::new() };
        let mut effects = Vec::new();
        match origin {
            Origin { number: 0, .. } => {}
            Origin { tab: Some(tab), number } => {
                effects.push(Effect::Send {
                    to: Some(tab),
                    note: Note::Answer { number },
                    reply: Some(reply),
                });
            }
            Origin { tab: None, number } => {
                if self.ledger.settle(number) {
                    effects.push(Effect::Answer { number, reply });
                }
            }
        }
        effects.extend(released.into_iter().map(|(ticket, request)| Effect::Serve { ticket, request }));
        effects.extend(self.ask_due());
        effects
    }

    /// The session tells something unasked.
    pub fn told<R>(&self, event: &Event) -> Effects<R> {
        if !self.is_leading() {
            return Vec::new();
        }
        vec![Effect::Tell(event.clone()), send(None, Note::Told(event.clone()))]
    }

    /// Time has passed.
    pub fn tick<R>(&mut self, now: Timestamp) -> Effects<R> {
        let Role::Following(leader) = &self.role else { return Vec::new() };
        match self.life.look(now, !self.ledger.is_empty()) {
            Look::Wait => Vec::new(),
            Look::Ask => vec![send(leader.as_ref(), Note::Hello { term: self.term })],
            Look::TakeOver => vec![Effect::Steal],
        }
    }

    /// Milliseconds until `tick` shall be called; none while there is nothing to look at. To be asked again after anything happened.
    pub fn wait(&mut self, now: Timestamp) -> Option<u64> {
        matches!(self.role, Role::Following(_)).then(|| self.life.wait(now, !self.ledger.is_empty()))
    }

    /// This tab is of another build than the one that works on the database.
    pub fn retire<R>(&mut self) -> Effects<R> {
        let was_leading = self.is_leading();
        self.role = Role::Retired;
        let mut effects = Vec::new();
        if was_leading {
            effects.extend([Effect::StandDown, Effect::Release]);
        }
        effects.push(Effect::Tell(Event::Reload));
        let failed = self.ledger.clear().into_iter();
        effects.extend(failed.map(|number| Effect::Fail { number, failure: retired() }));
        effects
    }

    /// Who holds the lock is the leader, whatever others remember: its leadership becomes the latest.
    fn greet<R>(&mut self, from: &TabId, term: u64) -> Effects<R> {
        if !self.is_leading() {
            return Vec::new();
        }
        let mut effects = self.admit(from);
        if term > self.term {
            self.term = term + 1;
            effects.push(send(None, Note::Leading { term: self.term }));
        } else {
            effects.push(send(Some(from), Note::Leading { term: self.term }));
        }
        effects
    }

    fn hear_leader<R>(&mut self, from: &TabId, term: u64, now: Timestamp) -> Effects<R> {
        match &self.role {
            // One of the two has lost the lock and is about to hear of it; then it asks who leads.
            Role::Leading | Role::Retired => Vec::new(),
            Role::Following(leader) => {
                // Of two that began in the same millisecond all tabs take the same one for the later.
                if (term, Some(from)) <= (self.term, leader.as_ref()) {
                    return Vec::new();
                }
                self.role = Role::Following(Some(from.clone()));
                self.term = term;
                self.life.heard(now);
                let again = self.say_again();
                let mut effects: Effects<R> = again
                    .into_iter()
                    .map(|request| send(Some(from), Note::Ask { number: 0, request }))
                    .collect();
                effects.extend(self.join());
                effects
            }
        }
    }

    /// What every leader is told first: that the database be opened, and what is on this tab's screen.
    fn say_again(&self) -> Vec<Request> {
        let opening = self.opening.clone().filter(|_| !self.ledger.has_open());
        let watch = Request::Watch { tables: self.watching.clone() };
        opening.into_iter().chain((!self.watching.is_empty()).then_some(watch)).collect()
    }

    /// There is a new leader: asks again what has no answer, and looks anew at what may have changed unheard.
    fn join<R>(&mut self) -> Effects<R> {
        let mut effects: Effects<R> = Vec::new();
        for number in self.ledger.ask_anew() {
            let message =
                "the database stopped again and again while this was being done; look whether it was done";
            effects.push(Effect::Fail { number, failure: Failure::new(FailureKind::Internal, message) });
        }
        effects.extend(self.ask_due());
        if std::mem::replace(&mut self.has_joined, true) && !self.watching.is_empty() {
            effects.push(Effect::Tell(Event::Changed { tables: self.watching.clone() }));
        }
        effects
    }

    /// Asks the leader, or the session here, what there is room for.
    fn ask_due<R>(&mut self) -> Effects<R> {
        match &self.role {
            Role::Leading => {
                let due = self.ledger.due();
                due.into_iter()
                    .flat_map(|(number, request)| self.take(Origin { tab: None, number }, request))
                    .collect()
            }
            Role::Following(Some(leader)) => {
                let ask = |(number, request)| send(Some(leader), Note::Ask { number, request });
                self.ledger.due().into_iter().map(ask).collect()
            }
            Role::Following(None) | Role::Retired => Vec::new(),
        }
    }

    fn take<R>(&mut self, origin: Origin, request: Request) -> Effects<R> {
        let serve = self.served.take(origin, request);
        serve.into_iter().map(|(ticket, request)| Effect::Serve { ticket, request }).collect()
    }

    fn admit<R>(&mut self, tab: &TabId) -> Effects<R> {
        if self.served.add_member(tab) { vec![Effect::Attend(tab.clone()), self.pages()] } else { Vec::new() }
    }

    fn pages<R>(&self) -> Effect<R> {
        let tabs = self.served.members().chain([&self.me]);
        Effect::Pages(tabs.map(|tab| tab.page().to_owned()).collect())
    }
}

fn retired() -> Failure {
    let message = "a tab of another build of the app works with the local data; reload this one";
    Failure::new(FailureKind::Protocol, message)
}
