//! What one tab's worker says to another's.

use crate::message::{Event, Request};
use serde::{Deserialize, Serialize};

/// A worker, named by its page when it is started: the page's own name, a dot, and what makes this start of it different.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TabId(pub String);

impl TabId {
    /// The name the page has in its drafts.
    #[must_use]
    pub fn page(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

/// A message between tabs. The reply that belongs to an answer travels beside it, unread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// Who leads? Also: are you still there?
    Hello {
        /// The latest leadership the sender knows of.
        term: u64,
    },
    /// The sender does.
    Leading {
        /// Which leadership this is; later ones are higher.
        term: u64,
    },
    /// To the leader: a request of the sender's page.
    Ask {
        /// The page's number for it; 0 when nobody waits for the answer.
        number: u32,
        /// What is asked.
        request: Request,
    },
    /// From the leader; the reply stands beside.
    Answer {
        /// The number of the request.
        number: u32,
    },
    /// To all: what the session tells unasked.
    Told(Event),
}
