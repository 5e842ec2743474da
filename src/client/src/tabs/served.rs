//! The leader's side: whom it serves, what is being answered, and what waits until the database is open.

use super::note::TabId;
use crate::message::Request;
use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

/// Where an answer goes: the page of this tab (`None`) or another tab, under its page's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub tab: Option<TabId>,
    pub number: u32,
}

struct Ticket {
    origin: Origin,
    opens: bool,
}

#[derive(Default)]
pub struct Served {
    last_ticket: u64,
    tickets: BTreeMap<u64, Ticket>,
    members: BTreeSet<TabId>,
    /// The tables on each tab's screen; the leader's own under `None`.
    watched: BTreeMap<Option<TabId>, Vec<TableName>>,
    held: Vec<(Origin, Request)>,
    is_open: bool,
}

impl Served {
    /// A new leadership begins with nothing; tickets of an older one are never taken for its own.
    pub fn reset(&mut self) {
        *self = Self { last_ticket: self.last_ticket, ..Self::default() };
    }

    /// True when the tab was not known.
    pub fn add_member(&mut self, tab: &TabId) -> bool {
        self.members.insert(tab.clone())
    }

    /// Forgets a tab; true when it was known.
    pub fn remove_member(&mut self, tab: &TabId) -> bool {
        let is_known = self.members.remove(tab);
        self.watched.remove(&Some(tab.clone()));
        self.tickets.retain(|_, ticket| ticket.origin.tab.as_ref() != Some(tab));
        self.held.retain(|(origin, _)| origin.tab.as_ref() != Some(tab));
        is_known
    }

    pub fn members(&self) -> impl Iterator<Item = &TabId> {
        self.members.iter()
    }

    /// What any tab has on screen.
    pub fn watched(&self) -> Request {
        let tables: BTreeSet<&TableName> = self.watched.values().flatten().collect();
        Request::Watch { tables: tables.into_iter().cloned().collect() }
    }

    /// Takes a request in: what is to be served now, if it need not wait for the database.
    pub fn take(&mut self, origin: Origin, request: Request) -> Option<(u64, Request)> {
        let opens = matches!(request, Request::Open { .. });
        let request = match request {
            Request::Watch { tables } => {
                self.watched.insert(origin.tab.clone(), tables);
                self.watched()
            }
            other => other,
        };
        if !opens && !self.is_open {
            self.held.push((origin, request));
            return None;
        }
        Some(self.ticket(origin, request, opens))
    }

    fn ticket(&mut self, origin: Origin, request: Request, opens: bool) -> (u64, Request) {
        self.last_ticket += 1;
        self.tickets.insert(self.last_ticket, Ticket { origin, opens });
        (self.last_ticket, request)
    }

    /// Where the answer goes, and what may be served from now on. Nothing for a ticket of an older leadership.
    pub fn settle(&mut self, ticket: u64) -> Option<(Origin, Vec<(u64, Request)>)> {
        let Ticket { origin, opens } = self.tickets.remove(&ticket)?;
        let mut released = Vec::new();
        if opens && !self.is_open {
            self.is_open = true;
            for (origin, request) in std::mem::take(&mut self.held) {
                released.push(self.ticket(origin, request, false));
            }
        }
        Some((origin, released))
    }
}
