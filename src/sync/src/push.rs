//! Sending the outbox.

use crate::SyncError;
use crate::answer::{MOST_FAILURES, Sent, Verdict, judge};
use crate::engine::{Acceptance, Engine, SyncTables};
use crate::outbox::{ENTRIES_PER_REQUEST, PushPlan, PushState, RowKey, plan_push};
use crate::rebase::{Steps, advance};
use crate::removed::removed_parts;
use crate::squash::squash;
use model::{
    Change, ChangeSet, EntryId, EntryState, JournalEntry, Metadata, ParkReason, RowVersion, Writable,
};
use odata::batch::{
    AnswerPart, Batch, ChangeSetRequest, ContentRequest, RequestPart, read_response, write_request,
};
use odata::http::HttpResponse;
use odata::{ODataError, ServiceError, retry_after, write_change};
use std::collections::{BTreeMap, BTreeSet};
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
            let outgoing = self.next_entries(definitions).await?;
            if outgoing.is_empty() {
                return Ok(pushed);
            }
            let parts = outgoing.iter().map(|set| RequestPart::ChangeSet(set.request.clone())).collect();
            let batch = Batch { parts, continue_on_error: true };
            let response = self.connection.send(write_request(&batch)).await?;
            let is_outdated = self.is_outdated(definitions);
            if response.status >= 400 {
                let error = ServiceError::from_response(&response);
                if is_outdated && error.status < 500 {
                    self.take_back(&outgoing).await?;
                    return Ok(Pushed { is_outdated, ..pushed });
                }
                self.whole_refused(&outgoing, error, is_from_service(&response)).await?;
                continue;
            }
            let answer = read_response(&response)
                .map_err(|error| SyncError::unreadable("the changes sent", &error))?;
            let entries = self.entries_per_request.get().saturating_mul(2);
            self.entries_per_request.set(entries.min(ENTRIES_PER_REQUEST));
            let is_whole = answer.parts.len() >= outgoing.len();
            self.take_answers(&outgoing, &answer.parts, is_outdated, &mut pushed).await?;
            if !is_whole {
                let reason = format!("{} answers to {} changes", answer.parts.len(), outgoing.len());
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
        let plan = self.plan(&journal);
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
        for group in &plan.send {
            let entries: Vec<JournalEntry> =
                group.iter().filter_map(|id| journal.iter().find(|entry| entry.id == *id).cloned()).collect();
            match Outgoing::write(&entries, &definitions.metadata) {
                Ok(set) => {
                    let marked = set.entries.iter().zip(&entries).filter(|(marked, entry)| marked != entry);
                    changed.extend(marked.map(|(marked, _)| (marked.id, marked.clone())));
                    outgoing.push(set);
                }
                Err(error) => {
                    let parked = entries.iter().map(|entry| {
                        let alone = Outgoing::write(std::slice::from_ref(entry), &definitions.metadata);
                        alone.err().map(|error| unwritable(entry, error, &definitions.metadata))
                    });
                    let mut parked: Vec<JournalEntry> = parked.flatten().collect();
                    if let (true, Some(last)) = (parked.is_empty(), entries.last()) {
                        parked.push(unwritable(last, error, &definitions.metadata));
                    }
                    changed.extend(parked.into_iter().map(|entry| (entry.id, entry)));
                }
            }
        }
        let parked_now = outgoing.is_empty() && !plan.send.is_empty();
        self.write_journal(changed.into_values().collect(), Vec::new()).await?;
        drop(_lock);
        // Entries that cannot be written down are parked; others may have come into reach by that.
        if parked_now { Box::pin(self.next_entries(definitions)).await } else { Ok(outgoing) }
    }

    fn plan(&self, journal: &[JournalEntry]) -> PushPlan {
        let accepted = self.accepted.borrow();
        let is_unversioned = |acceptance: &Acceptance| acceptance.versions.values().any(Option::is_none);
        let unversioned: BTreeSet<EntryId> = accepted
            .iter()
            .filter(|(_, acceptance)| is_unversioned(acceptance))
            .map(|(entry, _)| *entry)
            .collect();
        let alone = self.alone.borrow();
        let most_entries = self.entries_per_request.get();
        plan_push(journal, &PushState { most_entries, alone: &alone, unversioned: &unversioned })
    }

    /// The server refused the request as a whole: the entries go one by one, so that the one it means is found.
    async fn whole_refused(
        &self,
        sent: &[Outgoing],
        error: ServiceError,
        is_from_service: bool,
    ) -> Result<(), SyncError> {
        let is_about_entries = match error.status {
            413 => true,
            400 | 414 | 422 | 431 => is_from_service,
            _ => false,
        };
        // A server that breaks, or something before it that lets some contents not through: perhaps because of one entry.
        let may_be_about_entries = error.status == 500 || (error.status < 500 && !is_from_service);
        let is_blamed = is_about_entries || (may_be_about_entries && self.has_failed_often(sent));
        if !is_blamed {
            return Err(SyncError::Refused { what: "the changes sent".to_owned(), error });
        }
        // A page of something on the way is no reason that could be shown; its status says what there is to say.
        let message = if is_from_service { error.message } else { String::new() };
        let error = ServiceError { message, ..error };
        match sent {
            [only] if only.entries.len() == 1 => {
                let _lock = self.journal_lock.lock().await;
                let parked = JournalEntry { was_sent: only.was_in_doubt, ..refused(&only.entries[0], error) };
                self.write_journal(vec![parked], Vec::new()).await?;
            }
            // They may be on the server, together: they stay together.
            [only] if only.was_in_doubt => {
                let _lock = self.journal_lock.lock().await;
                let parked = only.entries.iter().map(|entry| JournalEntry {
                    state: refused(entry, error.clone()).state,
                    ..entry.clone()
                });
                self.write_journal(parked.collect(), Vec::new()).await?;
            }
            [only] => {
                self.part(only);
                self.take_back(sent).await?;
            }
            _ => self.entries_per_request.set(1),
        }
        Ok(())
    }

    /// Counts a failure of the whole request; true when some of its entries has failed often enough.
    fn has_failed_often(&self, sent: &[Outgoing]) -> bool {
        let mut failures = self.failures.borrow_mut();
        let mut most = 0;
        for entry in sent.iter().flat_map(|set| &set.entries) {
            let count = failures.entry(entry.id).or_default();
            *count += 1;
            most = most.max(*count);
        }
        most >= MOST_FAILURES
    }

    /// From now on these entries share their change set with no other one.
    fn part(&self, set: &Outgoing) {
        self.alone.borrow_mut().extend(set.entries.iter().map(|entry| entry.id));
    }

    /// What was refused was not done: it can be sent another time, and be changed until then. What had been sent before without
    /// an answer may have been done by that, whoever refused it now.
    async fn take_back(&self, sent: &[Outgoing]) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        let journal = self.store.journal();
        let entries = sent.iter().filter(|set| !set.was_in_doubt).flat_map(|set| &set.entries);
        let there = entries.filter(|sent| journal.iter().any(|entry| entry.id == sent.id));
        let back = there.map(unsent).collect();
        self.write_journal(back, Vec::new()).await
    }

    async fn take_answers(
        &self,
        sent: &[Outgoing],
        answers: &[AnswerPart],
        is_outdated: bool,
        pushed: &mut Pushed,
    ) -> Result<(), StoreError> {
        let _lock = self.journal_lock.lock().await;
        let mut journal = self.store.journal();
        let before = journal.clone();
        for (set, answer) in sent.iter().zip(answers) {
            self.take_answer(set, answer, is_outdated, pushed, &mut journal);
        }
        let changed = journal.into_iter().zip(before).filter(|(now, then)| now != then).map(|(now, _)| now);
        self.write_journal(changed.collect(), Vec::new()).await
    }

    fn take_answer(
        &self,
        set: &Outgoing,
        answer: &AnswerPart,
        is_outdated: bool,
        pushed: &mut Pushed,
        journal: &mut [JournalEntry],
    ) {
        let id = set.entries[0].id;
        let is_mine = |entry: &JournalEntry| set.entries.iter().any(|sent| sent.id == entry.id);
        match judge(&set.changes, answer, self.sent(set)) {
            Verdict::Accepted(versions) => {
                let versions = set.versions(&versions);
                for entry in set.entries.iter().filter(|sent| journal.iter().any(|entry| entry.id == sent.id))
                {
                    pushed.accepted += 1;
                    self.forget_troubles(entry.id);
                    let acceptance = Acceptance::of(&entry.changes, &versions_of(entry, &versions));
                    self.accepted.borrow_mut().insert(entry.id, acceptance);
                }
                for entry in journal {
                    if is_mine(entry) {
                        entry.state = EntryState::Accepted;
                        entry.versions = versions_of(entry, &versions);
                    } else if let Some(next) = advance(entry, &versions) {
                        *entry = next;
                    }
                }
            }
            Verdict::Stale(_) => {
                *self.stale_answers.borrow_mut().entry(id).or_default() += 1;
                journal.iter_mut().filter(|entry| is_mine(entry)).for_each(|entry| *entry = unsent(entry));
                pushed.is_stale = true;
            }
            Verdict::Later(response) => {
                if response.status == 500 {
                    *self.failures.borrow_mut().entry(id).or_default() += 1;
                }
                let wait = retry_after(&response, self.connection.now());
                let wait = wait.and_then(|wait| u64::try_from(wait.as_millis()).ok());
                let wait = wait.unwrap_or(DEFAULT_WAIT_MILLISECONDS);
                pushed.wait_milliseconds = pushed.wait_milliseconds.max(Some(wait));
            }
            // Perhaps because of what this device does not know yet: it learns it first.
            Verdict::Refused(_) if is_outdated => {
                journal.iter_mut().filter(|entry| is_mine(entry)).for_each(|entry| *entry = unsent(entry));
                pushed.is_outdated = true;
            }
            // Perhaps because of one of them only.
            Verdict::Refused(_) if set.entries.len() > 1 => {
                self.part(set);
                journal.iter_mut().filter(|entry| is_mine(entry)).for_each(|entry| *entry = unsent(entry));
            }
            Verdict::Refused(error) => {
                self.forget_troubles(id);
                for entry in journal.iter_mut().filter(|entry| is_mine(entry)) {
                    *entry = refused(entry, error.clone());
                }
            }
        }
    }

    fn sent(&self, set: &Outgoing) -> Sent {
        let id = set.entries[0].id;
        Sent {
            was_in_doubt: set.was_in_doubt,
            stale_answers: self.stale_answers.borrow().get(&id).copied().unwrap_or_default(),
            failures: self.failures.borrow().get(&id).copied().unwrap_or_default(),
        }
    }

    pub(crate) fn forget_troubles(&self, id: EntryId) {
        self.stale_answers.borrow_mut().remove(&id);
        self.failures.borrow_mut().remove(&id);
        self.alone.borrow_mut().remove(&id);
    }
}

/// A change set on its way: one entry, or several on the same rows.
struct Outgoing {
    /// As they are kept once they may have been sent; at least one. The first one's id is the key.
    entries: Vec<JournalEntry>,
    /// What they do together.
    changes: ChangeSet,
    was_in_doubt: bool,
    request: ChangeSetRequest,
}

impl Outgoing {
    /// One change set under the key of its first entry.
    fn write(entries: &[JournalEntry], metadata: &Metadata) -> Result<Self, ODataError> {
        let is_creatable = |(table, _): &RowKey, column: &str| {
            let column = metadata.table(table.as_str()).and_then(|table| table.column(column));
            column.is_none_or(|column| column.writable != Writable::OnUpdate)
        };
        let changes = squash(entries, is_creatable);
        let mut requests = Vec::with_capacity(changes.0.len());
        for (place, change) in changes.iter().enumerate() {
            let request = write_change(change, metadata)?;
            requests.push(ContentRequest { content_id: (place + 1).to_string(), request });
        }
        let key = entries.first().map(|entry| entry.id);
        let request_id = key.map(|key| key.to_string());
        let marked = |entry: &JournalEntry| JournalEntry {
            state: EntryState::Waiting,
            was_sent: true,
            sent_with: key.filter(|key| *key != entry.id),
            ..entry.clone()
        };
        Ok(Self {
            was_in_doubt: entries.iter().any(|entry| entry.was_sent),
            entries: entries.iter().map(marked).collect(),
            changes,
            request: ChangeSetRequest { request_id, changes: requests },
        })
    }

    /// From which version to which the rows went.
    fn versions(&self, answered: &[Option<RowVersion>]) -> Steps {
        let mut steps = Steps::new();
        for (place, change) in self.changes.iter().enumerate() {
            let from = match change {
                Change::Update { version, .. } => *version,
                Change::Create { .. } => None,
                Change::Delete { .. } => continue,
            };
            let to = answered.get(place).copied().flatten();
            let step = steps.entry((change.table().clone(), change.id())).or_insert((from, None));
            step.1 = step.1.max(to);
        }
        steps
    }
}

/// The entry as if it had never been sent: nothing was done with it, and it can be changed and joined to others.
fn unsent(entry: &JournalEntry) -> JournalEntry {
    JournalEntry { was_sent: false, sent_with: None, ..entry.clone() }
}

/// An answer of the service itself, not of a proxy or a firewall before it.
fn is_from_service(response: &HttpResponse) -> bool {
    let body: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
    body.is_some_and(|body| body.get("error").is_some())
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
    JournalEntry { state, ..unsent(entry) }
}

fn refused(entry: &JournalEntry, error: ServiceError) -> JournalEntry {
    let reason = ParkReason::Refused { status: error.status, code: error.code, message: error.message };
    JournalEntry { state: EntryState::Parked(reason), ..unsent(entry) }
}

/// The versions that an entry's changes made, in their order.
fn versions_of(entry: &JournalEntry, steps: &Steps) -> Vec<Option<RowVersion>> {
    let version = |change: &Change| steps.get(&(change.table().clone(), change.id())).and_then(|step| step.1);
    entry.changes.iter().map(version).collect()
}

#[cfg(test)]
mod tests;
