//! The requests of a tab's own page that have no answer yet.

use crate::message::Request;
use std::collections::BTreeMap;

/// Most requests on their way to the leader at a time; more wait here.
const MOST_ASKED: usize = 32;

/// After so many leaders died with a request in hand it is suspected of being the cause and asked no more.
const MOST_ASKS: u32 = 5;

#[derive(Default)]
pub struct Ledger {
    waiting: BTreeMap<u32, Waiting>,
}

struct Waiting {
    request: Request,
    /// It is on its way to the present leader.
    is_asked: bool,
    asks: u32,
}

impl Ledger {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn add(&mut self, number: u32, request: Request) {
        self.waiting.insert(number, Waiting { request, is_asked: false, asks: 0 });
    }

    /// True for the first answer, false for any later one.
    pub fn settle(&mut self, number: u32) -> bool {
        self.waiting.remove(&number).is_some()
    }

    pub fn has_open(&self) -> bool {
        self.waiting.values().any(|waiting| matches!(waiting.request, Request::Open { .. }))
    }

    /// What may be asked of the leader now, in the page's order; it counts as asked.
    pub fn due(&mut self) -> Vec<(u32, Request)> {
        let asked = self.waiting.values().filter(|waiting| waiting.is_asked).count();
        let room = MOST_ASKED.saturating_sub(asked);
        let due = self.waiting.iter_mut().filter(|(_, waiting)| !waiting.is_asked).take(room);
        due.map(|(number, waiting)| {
            waiting.is_asked = true;
            waiting.asks += 1;
            (*number, waiting.request.clone())
        })
        .collect()
    }

    /// There is another leader. Gives up what has outlived too many of them; the rest is due again.
    pub fn ask_anew(&mut self) -> Vec<u32> {
        let mut tired = Vec::new();
        self.waiting.retain(|number, waiting| {
            waiting.is_asked = false;
            if waiting.asks >= MOST_ASKS {
                tired.push(*number);
            }
            waiting.asks < MOST_ASKS
        });
        tired
    }

    /// Gives everything up.
    pub fn clear(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.waiting).into_keys().collect()
    }
}
