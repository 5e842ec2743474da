//! The first paint before the database is open: what the last screen showed, small and apart from everything else.
//!
//! A page keeps it while it has nothing better to do and draws from it when it comes again at the same address. It is
//! thrown away when the user signs out, and whoever opens the database and finds another user in it throws it away too.

use crate::message::{Opened, Reply, Request, SyncPhase, SyncStatus, WIRE};
use model::{RowId, Table, TableName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rows of a list that are kept: more than a screen shows.
const MOST_ROWS: usize = 40;
/// A snapshot is no longer than this, in bytes.
const MOST_BYTES: usize = 400_000;

/// The answers that made a screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The build whose messages these are.
    wire: String,
    /// The address of the screen.
    address: String,
    /// The user and the language.
    opened: Opened,
    answers: Vec<(Request, Reply)>,
}

impl Snapshot {
    /// The screen at this address, of which nothing was asked yet.
    #[must_use]
    pub fn new(address: &str, opened: Opened) -> Self {
        // Where the sync stands is true for a moment only. Who comes again has not looked for changes yet.
        let sync = SyncStatus { phase: SyncPhase::Pulling, problem: None, ..opened.sync };
        let (wire, address) = (WIRE.to_owned(), address.to_owned());
        Self { wire, address, opened: Opened { sync, ..opened }, answers: Vec::new() }
    }

    /// Goes on with another screen of the same user: what is asked once stays, lists do not.
    pub fn move_to(&mut self, address: &str) {
        if self.address != address {
            address.clone_into(&mut self.address);
            self.answers.retain(|(request, _)| !matches!(request, Request::Rows(_)));
        }
    }

    /// Whether the answer to a request draws the frame or a list.
    #[must_use]
    pub const fn is_about(request: &Request) -> bool {
        match request {
            Request::Apps
            | Request::SiteMap { .. }
            | Request::Table { .. }
            | Request::Views { .. }
            | Request::Bookmarks => true,
            Request::Rows(asked) => asked.offset == 0,
            _ => false,
        }
    }

    /// Notes an answer if it is one that draws the frame or a list.
    pub fn note(&mut self, request: Request, reply: &Reply) {
        if !Self::is_about(&request) || matches!(reply, Reply::Failed(_)) {
            return;
        }
        let mut reply = reply.clone();
        if let Reply::Rows(rows) = &mut reply {
            rows.rows.truncate(MOST_ROWS);
        }
        self.answers.retain(|(known, _)| *known != request);
        self.answers.push((request, reply));
    }

    /// What was answered to a request.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Option<Reply> {
        self.answers.iter().find(|(known, _)| known == request).map(|(_, reply)| reply.clone())
    }

    /// Whose it is, and in which language.
    #[must_use]
    pub const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Whose it is.
    #[must_use]
    pub fn user(&self) -> Option<RowId> {
        self.opened.user.as_ref().map(|user| user.user)
    }

    /// As it is kept, with whole definitions of the tables in its lists alone; nothing when it is nobody's, shows no list,
    /// or is too long to be read in a moment.
    #[must_use]
    pub fn write(&self) -> Option<String> {
        self.user()?;
        let listed: Vec<&TableName> =
            self.answers.iter().filter_map(|(request, _)| table_of_list(request)).collect();
        if listed.is_empty() {
            return None;
        }
        let linked = self.linked_columns(&listed);
        let answers = self.answers.iter().filter_map(|(request, reply)| match (request, reply) {
            (Request::Views { table, .. }, _) if !listed.contains(&table) => None,
            (Request::Table { table }, Reply::Table(definition)) if !listed.contains(&table) => {
                Some((request.clone(), Reply::Table(slim(definition, &linked))))
            }
            _ => Some((request.clone(), reply.clone())),
        });
        let text = serde_json::to_string(&Self { answers: answers.collect(), ..self.clone() }).ok()?;
        Some(text).filter(|text| text.len() <= MOST_BYTES)
    }

    /// The columns of linked rows that the views of these tables show.
    fn linked_columns(&self, listed: &[&TableName]) -> BTreeSet<&str> {
        let views = self.answers.iter().filter_map(|(request, reply)| match (request, reply) {
            (Request::Views { table, .. }, Reply::Views(views)) if listed.contains(&table) => Some(views),
            _ => None,
        });
        let cells = views.flatten().flat_map(|view| &view.cells);
        cells.filter_map(|cell| Some(cell.name.split_once('.')?.1)).collect()
    }

    /// What was kept for an address; nothing when it is another one's, another build's, or damaged.
    #[must_use]
    pub fn read(text: &str, address: &str) -> Option<Self> {
        let snapshot: Self = serde_json::from_str(text).ok()?;
        let fits = snapshot.wire == WIRE && snapshot.address == address && snapshot.user().is_some();
        fits.then_some(snapshot)
    }
}

/// What the site map and lists of other tables show of a table.
fn slim(table: &Table, columns: &BTreeSet<&str>) -> Table {
    let kept = table.columns.iter().filter(|column| columns.contains(column.name.as_str()));
    Table {
        columns: kept.cloned().collect(),
        relationships: Vec::new(),
        states: Vec::new(),
        keys: Vec::new(),
        ..table.clone()
    }
}

fn table_of_list(request: &Request) -> Option<&TableName> {
    if let Request::Rows(asked) = request { Some(&asked.table) } else { None }
}

#[cfg(test)]
mod tests;
