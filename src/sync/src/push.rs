//! Sending the outbox.

use crate::SyncError;
use crate::answer::{Sent, Verdict, judge};
use crate::engine::{Acceptance, Engine, SyncTables};
use crate::outbox::{RowKey, plan_push};
use crate::rebase::advance;
use crate::removed::removed_parts;
use model::{Change, EntryId, EntryState, JournalEntry, Metadata, ParkReason};
use odata::batch::{
    AnswerPart, Batch, ChangeSetRequest, ContentRequest, RequestPart, read_response, write_request,
};
use odata::{ODataError, ServiceError, write_change};
use std::collections::BTreeMap;
use store::StoreError;

/// What a push has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// Entries the server accepted.
    pub accepted: usize,
    /// Some entry needs the newest rows before it can be sent again.
    pub is_stale: bool,
    /// The server had no time for some entries: milliseconds to wait.
    pub wait_milliseconds: Option<u64>,
    /// The server refused something and has other definitions by now.
    pub is_outdated: bool,
}

/// Milliseconds to wait when the server has no time and does not say how long.
const DEFAULT_WAIT_MILLISECONDS: u64 = 5_000;

impl Engine {
    /// Sends request after request until nothing can be sent.
    pub(crate) async fn push(&self, definitions: &SyncTables) -> Result<Pushed, SyncError> {
        let mut pushed = Pushed::default();
        loop {
            let entries = self.next_entries(definitions).await?;
            if entries.is_empty() {
                return Ok(pushed);
            }
            let batch = Batch {
                parts: entries
                    .iter()
                    .map(|outgoing| RequestPart::ChangeSet(outgoing.request.clone()))
                    .collect(),
                continue_on_error: true,
            };
            let response = self.connection.send(write_request(&batch)).await?;
            let is_outdated = self.is_outdated(definitions);
            if response.status >= 400 {
                let error = ServiceError::from_response(&response);
                if is_outdated && error.status < 500 {
                    self.take_back(&entries).await?;
                    return Ok(Pushed { is_outdated, ..pushed });
                }
                self.whole_refused(&entries, error).await?;
                continue;
            }
            let answer = read_response(&response)
                .map_err(|error| SyncError::unreadable("the changes sent", &error))?;
            self.entries_per_request.set(crate::outbox::ENTRIES_PER_REQUEST);
            let is_whole = answer.parts.len() >= entries.len();
            self.take_answers(&entries, &answer.parts, is_outdated, &mut pushed).await?;
            if !is_whole {
                let reason = format!("{} answers to {} changes", answer.parts.len(), entries.len());
                return Err(SyncError::Unreadable { what: "the changes sent".to_owned(), reason });
            }
            if pushed.is_stale || pushed.is_outdated || pushed.wait_milliseconds.is_some() {
                return Ok(pushed);
            }
        }
    }

    /// Rebases the journal and marks the entries of the next request as sent, before they are.
    async fn next_entries(&self, definitions: &SyncTables) -> Result<Vec<Outgoing>, StoreError> {
        let _lock = self.journal_lock.lock().await;
        self.rebase_locked(definitions).await?;
        let journal = self.store.journal();
        let plan = plan_push(&journal, self.entries_per_request.get());
        let mut changed: BTreeMap<EntryId, JournalEntry> = BTreeMap::new();
        for entry in &journal {
            if let Some((_, obstacle)) = plan.hold.iter().find(|(held, _)| *held == entry.id) {
                let state = EntryState::Parked(ParkReason::DependsOn(*obstacle));
                changed.insert(entry.id, JournalEntry { state, ..entry.clone() });
            } else if plan.release.contains(&entry.id) {
                changed.insert(entry.id, JournalEntry { state: EntryState::Waiting, ..entry.clone() });
            }
        }
        let mut outgoing = Vec::new();
        for entry in journal.iter().filter(|entry| plan.send.contains(&entry.id)) {
            match write_entry(entry, &definitions.metadata) {
                Ok(request) => {
                    let waiting =
                        JournalEntry { state: EntryState::Waiting, was_sent: true, ..entry.clone() };
                    if waiting != *entry {
                        changed.insert(entry.id, waiting.clone());
                    }
                    outgoing.push(Outgoing { entry: waiting, was_in_doubt: entry.was_sent, request });
                }
                Err(error) => {
                    changed.insert(entry.id, unwritable(entry, error, &definitions.metadata));
                }
            }
        }
        let parked_now = outgoing.is_empty() && !plan.send.is_empty();
        self.write_journal(changed.into_values().collect(), Vec::new()).await?;
        drop(_lock);
        // Entries that cannot be written down are parked; others may have come into reach by that.
        if parked_now { Box::pin(self.next_entries(definitions)).await } else { Ok(outgoing) }
    }

    /// The server refused the request as a whole: the entries go one by one, so that the one it means is found.
    async fn whole_refused(&self, entries: &[Outgoing], error: ServiceError) -> Result<(), SyncError> {
        let what = "the changes sent".to_owned();
        if error.status >= 500 || matches!(error.status, 404 | 405 | 408) {
            return Err(SyncError::Refused { what, error });
        }
        if let [only] = entries {
            let _lock = self.journal_lock.lock().await;
            self.write_journal(vec![refused(&only.entry, error)], Vec::new()).await?;
        } else {
            self.entries_per_request.set(1);
        }
        Ok(())
    }

    /// What was refused was not done: it can be sent another time, and be changed until then.
    async fn take_back(&self, entries: &[Outgoing]) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        let back = |outgoing: &Outgoing| JournalEntry { was_sent: false, ..outgoing.entry.clone() };
        let journal = self.store.journal();
        let is_there = |outgoing: &&Outgoing| journal.iter().any(|entry| entry.id == outgoing.entry.id);
        self.write_journal(entries.iter().filter(is_there).map(back).collect(), Vec::new()).await
    }

    async fn take_answers(
        &self,
        entries: &[Outgoing],
        answers: &[AnswerPart],
        is_outdated: bool,
        pushed: &mut Pushed,
    ) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        let mut journal = self.store.journal();
        let before = journal.clone();
        for (outgoing, answer) in entries.iter().zip(answers) {
            let id = outgoing.entry.id;
            let Some(place) = journal.iter().position(|entry| entry.id == id) else { continue };
            match judge(&outgoing.entry.changes, answer, self.sent(outgoing)) {
                Verdict::Accepted(versions) => {
                    pushed.accepted += 1;
                    self.forget_troubles(id);
                    let acceptance = acceptance(&outgoing.entry, &versions);
                    journal[place].state = EntryState::Accepted;
                    for later in &mut journal[place + 1..] {
                        if let Some(next) = advance(later, &acceptance.versions) {
                            *later = next;
                        }
                    }
                    self.accepted.borrow_mut().insert(id, acceptance);
                }
                Verdict::Stale(_) => {
                    *self.stale_answers.borrow_mut().entry(id).or_default() += 1;
                    journal[place].was_sent = false;
                    pushed.is_stale = true;
                }
                Verdict::Later(response) => {
                    if response.status == 500 {
                        *self.failures.borrow_mut().entry(id).or_default() += 1;
                    }
                    let seconds = response.header("retry-after").and_then(|text| text.parse::<u64>().ok());
                    let wait =
                        seconds.map_or(DEFAULT_WAIT_MILLISECONDS, |seconds| seconds.saturating_mul(1000));
                    pushed.wait_milliseconds = pushed.wait_milliseconds.max(Some(wait));
                }
                // Perhaps because of what this device does not know yet: it learns it first.
                Verdict::Refused(_) if is_outdated => {
                    journal[place].was_sent = false;
                    pushed.is_outdated = true;
                }
                Verdict::Refused(error) => {
                    self.forget_troubles(id);
                    journal[place] = refused(&journal[place], error);
                }
            }
        }
        let changed = journal.into_iter().zip(before).filter(|(now, then)| now != then).map(|(now, _)| now);
        self.write_journal(changed.collect(), Vec::new()).await
    }

    fn sent(&self, outgoing: &Outgoing) -> Sent {
        let id = outgoing.entry.id;
        Sent {
            was_in_doubt: outgoing.was_in_doubt,
            stale_answers: self.stale_answers.borrow().get(&id).copied().unwrap_or_default(),
            failures: self.failures.borrow().get(&id).copied().unwrap_or_default(),
        }
    }

    pub(crate) fn forget_troubles(&self, id: EntryId) {
        self.stale_answers.borrow_mut().remove(&id);
        self.failures.borrow_mut().remove(&id);
    }
}

/// An entry on its way.
struct Outgoing {
    entry: JournalEntry,
    was_in_doubt: bool,
    request: ChangeSetRequest,
}

/// One change set under the entry's key.
fn write_entry(entry: &JournalEntry, metadata: &Metadata) -> Result<ChangeSetRequest, ODataError> {
    let mut changes = Vec::with_capacity(entry.changes.0.len());
    for (place, change) in entry.changes.iter().enumerate() {
        let request = write_change(change, metadata)?;
        changes.push(ContentRequest { content_id: (place + 1).to_string(), request });
    }
    Ok(ChangeSetRequest { request_id: Some(entry.id.to_string()), changes })
}

/// An entry that cannot be written down, because what it names is gone or for another reason.
fn unwritable(entry: &JournalEntry, error: ODataError, metadata: &Metadata) -> JournalEntry {
    let name = |table: &model::TableName, column: Option<&model::ColumnName>| {
        column.map_or_else(|| table.to_string(), ToString::to_string)
    };
    let parts = removed_parts(entry, metadata, &name);
    if parts.is_empty() {
        return refused(entry, ServiceError::from(error));
    }
    let state = EntryState::Parked(ParkReason::Removed(parts));
    JournalEntry { state, was_sent: false, ..entry.clone() }
}

fn refused(entry: &JournalEntry, error: ServiceError) -> JournalEntry {
    let reason = ParkReason::Refused { status: error.status, code: error.code, message: error.message };
    JournalEntry { state: EntryState::Parked(reason), was_sent: false, ..entry.clone() }
}

/// What to wait for before the entry may leave the journal.
fn acceptance(entry: &JournalEntry, versions: &[Option<model::RowVersion>]) -> Acceptance {
    let mut acceptance = Acceptance::default();
    for (place, change) in entry.changes.iter().enumerate() {
        let key: RowKey = (change.table().clone(), change.id());
        acceptance.open.insert(key.clone());
        if matches!(change, Change::Delete { .. }) {
            acceptance.deleted.insert(key);
        } else {
            let version = versions.get(place).copied().flatten();
            let known = acceptance.versions.entry(key).or_default();
            *known = (*known).max(version);
        }
    }
    acceptance
}
