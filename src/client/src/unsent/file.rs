//! The file that holds unsent work: JSON with everything needed to know whose it is and to send it.

use crate::message::{Failure, FailureKind, ImportProblem};
use model::{EntryState, JournalEntry, ParkReason, RowId, Timestamp, UserProfile};
use serde::{Deserialize, Serialize};
use store::SetAside;

/// What stands in every file of this kind.
const FORMAT: &str = "valise-unsent-work";

/// The version of the format. A build reads its own and older ones.
const VERSION: u32 = 1;

/// Unsent work of one user of one org.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnsentFile {
    format: String,
    version: u32,
    organization: RowId,
    user: RowId,
    user_name: String,
    pub made_at: Timestamp,
    pub entries: Vec<JournalEntry>,
    /// What the build that made the file could not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A change that could not be read, byte for byte, for a build or a person that can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unreadable {
    reason: String,
    /// Its content where that is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Its content where it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bytes: Vec<u8>,
}

impl From<SetAside> for Unreadable {
    fn from(aside: SetAside) -> Self {
        let (text, bytes) = match String::from_utf8(aside.content) {
            Ok(text) => (Some(text), Vec::new()),
            Err(error) => (None, error.into_bytes()),
        };
        Self { reason: aside.reason, text, bytes }
    }
}

impl Unreadable {
    /// The entry, for a build that can read it.
    fn entry(&self) -> Option<JournalEntry> {
        serde_json::from_str(self.text.as_deref()?).ok()
    }
}

/// What is read before anything else: the rest of a newer file may be other than this build knows.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl UnsentFile {
    pub fn new(
        profile: &UserProfile,
        now: Timestamp,
        entries: Vec<JournalEntry>,
        unreadable: Vec<SetAside>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            organization: profile.organization,
            user: profile.user,
            user_name: profile.full_name.clone(),
            made_at: now,
            entries,
            unreadable: unreadable.into_iter().map(Unreadable::from).collect(),
        }
    }

    pub fn write(&self) -> Result<String, Failure> {
        serde_json::to_string_pretty(self).map_err(|error| {
            Failure::new(FailureKind::Internal, format!("the unsent work cannot be written down: {error}"))
        })
    }

    /// Reads a file that belongs to this user.
    pub fn read(text: &str, profile: &UserProfile) -> Result<Self, ImportProblem> {
        // Editors of some systems put a mark before the text.
        let text = text.trim_start_matches('\u{feff}');
        let head: Head = serde_json::from_str(text).map_err(|_| ImportProblem::Unreadable)?;
        if head.format != FORMAT {
            return Err(ImportProblem::Unreadable);
        }
        if head.version > VERSION {
            return Err(ImportProblem::Newer);
        }
        let mut file: Self = serde_json::from_str(text).map_err(|_| ImportProblem::Unreadable)?;
        file.entries.extend(file.unreadable.iter().filter_map(Unreadable::entry));
        file.entries.sort_by_key(|entry| entry.sequence);
        file.unreadable.retain(|unreadable| unreadable.entry().is_none());
        if file.organization != profile.organization {
            return Err(ImportProblem::OtherOrganization);
        }
        if file.user != profile.user {
            return Err(ImportProblem::OtherUser(file.user_name));
        }
        Ok(file)
    }
}

/// An entry as it comes into the journal: what this device does not know (an answer, a conflict, an obstacle) is found out
/// anew; what may have reached the server is sent again under its key, and a refusal stays for the user.
pub(crate) fn taken_in(entry: JournalEntry) -> JournalEntry {
    let was_sent = entry.was_sent || entry.state == EntryState::Accepted;
    let state = match entry.state {
        EntryState::Parked(reason @ ParkReason::Refused { .. }) => EntryState::Parked(reason),
        EntryState::Waiting | EntryState::Accepted | EntryState::Parked(_) => EntryState::Waiting,
    };
    JournalEntry { state, was_sent, sequence: 0, versions: Vec::new(), ..entry }
}
