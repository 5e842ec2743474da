//! Fetching: a table from the start page by page, then what changed, all tables in one request.

mod compare;
mod keep;
mod left;
mod task;

use crate::engine::{Engine, SyncTables};
use crate::{RowKey, SyncError};
use compare::Comparing;
use futures::future::join_all;
use futures::lock::Mutex;
use model::{EntryId, RowId, RowSink, RowVersion, TableName, Timestamp, ValueRef};
use odata::batch::{AnswerPart, Batch, RequestPart, read_response, write_request};
use odata::http::HttpResponse;
use odata::{
    PROFILE_VERSION, PageEnvelope, Prefer, ServiceError, read_rows, read_rows_without_nulls, retry_after,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use store::PageWriter;
use task::{Kind, Standing, Task};

/// Tables fetched at once: while the pages of one are stored, the server makes those of the other.
const LANES: usize = 2;

/// The record of the store that holds which columns each table was fetched with.
const SELECTED: &str = "selected";

/// A page read, to be stored.
struct Page {
    task: Task,
    /// Its rows, and those fetched because of it.
    writers: Vec<PageWriter>,
    envelope: PageEnvelope,
    /// The rows of the page that some entry waits for, with their versions.
    noticed: BTreeMap<RowId, Option<RowVersion>>,
    /// The rows of the page.
    ids: Vec<RowId>,
    /// The rows of the page that have to be fetched whole.
    differing: Vec<RowId>,
}

/// What came of asking for changes.
struct Fetched {
    /// What has to be fetched further.
    further: Vec<Task>,
    /// What the server said to the first table it refused.
    refused: Option<SyncError>,
}

/// What the lanes share.
struct Work {
    tasks: RefCell<VecDeque<Task>>,
    /// What could not be read; held by whoever stores a page.
    problems: Mutex<Vec<String>>,
    /// Ends all lanes.
    error: RefCell<Option<SyncError>>,
    /// What the server said to the first table it refused; the others are fetched.
    refused: RefCell<Option<SyncError>>,
}

impl Engine {
    /// Brings every table up to date. Gives what could not be read.
    pub(crate) async fn pull(
        &self,
        definitions: &SyncTables,
        now: Timestamp,
    ) -> Result<Vec<String>, SyncError> {
        let selected = self.selected().await?;
        let counts: BTreeMap<TableName, u64> = self.store.counts().into_iter().collect();
        self.leave_tables(definitions, &counts).await?;
        let mut problems = Vec::new();
        let mut changes = Vec::new();
        let mut tasks = VecDeque::new();
        for table in &definitions.tables {
            let has_rows = counts.get(&table.name).is_some_and(|rows| *rows > 0);
            let cursor = self.store.cursor(&table.name);
            let selected = selected.get(&table.name).map(String::as_str);
            let task = Task::first(table, definitions, Standing { cursor, has_rows, selected });
            if task.kind == Kind::Changes { changes.push(task) } else { tasks.push_back(task) }
        }
        let mut refused = None;
        for chunk in changes.chunks(100) {
            let fetched = self.fetch_changes(chunk, now, &mut problems).await?;
            tasks.extend(fetched.further);
            refused = refused.or(fetched.refused);
        }
        let refused_from_start = self.fetch_pages(tasks, now, &mut problems).await?;
        self.confirm_unfetched(definitions).await?;
        self.let_go(definitions).await?;
        refused.or(refused_from_start).map_or(Ok(problems), Err)
    }

    /// Asks for the changes of every table in one request; gives what has to be fetched further. A table that is refused
    /// keeps no other one back.
    async fn fetch_changes(
        &self,
        tasks: &[Task],
        now: Timestamp,
        problems: &mut Vec<String>,
    ) -> Result<Fetched, SyncError> {
        let parts = tasks.iter().map(|task| RequestPart::Single(task.request())).collect();
        let batch = Batch { parts, continue_on_error: true };
        let what = "the changes";
        let response = self.connection.send(write_request(&batch)).await?;
        if response.status >= 400 {
            let error = ServiceError::from_response(&response);
            return Err(SyncError::Refused { what: what.to_owned(), error });
        }
        let answer = read_response(&response).map_err(|error| SyncError::unreadable(what, &error))?;
        if answer.parts.len() < tasks.len() {
            let reason = format!("{} answers to {} questions", answer.parts.len(), tasks.len());
            return Err(SyncError::Unreadable { what: what.to_owned(), reason });
        }
        let (mut further, mut refused) = (Vec::new(), None);
        for (task, part) in tasks.iter().zip(answer.parts) {
            let AnswerPart::Single(response) = part else {
                let reason = "a change set where a page was expected".to_owned();
                return Err(SyncError::Unreadable { what: what.to_owned(), reason });
            };
            self.take_profile_version(&response);
            if response.status == 410 {
                further.push(task.again());
                continue;
            }
            let page = match self.read_page(task.clone(), &response) {
                Ok(page) => page,
                Err(error @ (SyncError::Refused { .. } | SyncError::Unreadable { .. })) => {
                    refused.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let next = page.next_task();
            self.store_page(page, now, problems).await?;
            further.extend(next);
        }
        Ok(Fetched { further, refused })
    }

    /// Fetches table after table, some at once. When one fails the others end with the page they have. Gives what the
    /// server said to the first table it refused, which keeps no other one back.
    async fn fetch_pages(
        &self,
        tasks: VecDeque<Task>,
        now: Timestamp,
        problems: &mut Vec<String>,
    ) -> Result<Option<SyncError>, SyncError> {
        let work = Work {
            tasks: RefCell::new(tasks),
            problems: Mutex::default(),
            error: RefCell::default(),
            refused: RefCell::default(),
        };
        join_all((0..LANES).map(|_| async {
            if let Err(error) = self.run_lane(&work, now).await {
                work.error.borrow_mut().get_or_insert(error);
            }
        }))
        .await;
        problems.append(&mut work.problems.into_inner());
        work.error.into_inner().map_or(Ok(work.refused.into_inner()), Err)
    }

    /// Fetches page after page; while one is stored the next one is on its way.
    async fn run_lane(&self, work: &Work, now: Timestamp) -> Result<(), SyncError> {
        let Some(task) = work.next() else { return Ok(()) };
        let mut task = self.with_versions(task).await?;
        let mut response = self.connection.send(task.request()).await?;
        loop {
            if response.status == 410 {
                if *task.link == *task.start {
                    let error = ServiceError::from_response(&response);
                    return Err(SyncError::Refused { what: task.link, error });
                }
                task = self.with_versions(task.again()).await?;
                response = self.connection.send(task.request()).await?;
                continue;
            }
            self.take_profile_version(&response);
            let page = match self.read_page(task, &response) {
                Ok(page) => page,
                Err(error @ (SyncError::Refused { .. } | SyncError::Unreadable { .. })) => {
                    work.refused.borrow_mut().get_or_insert(error);
                    let Some(next) = work.next() else { return Ok(()) };
                    let next = self.with_versions(next).await?;
                    response = self.connection.send(next.request()).await?;
                    task = next;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let next = match page.next_task().filter(|_| !work.has_failed()) {
                Some(next) => Some(next),
                None => match work.next() {
                    Some(next) => Some(self.with_versions(next).await?),
                    None => None,
                },
            };
            let store = async {
                let mut page = page;
                self.fetch_differing(&mut page).await?;
                // Entries may wait for rows of several tables: no page comes between what another confirms and its storing.
                self.store_page(page, now, &mut *work.problems.lock().await).await
            };
            let Some(next) = next else { return store.await };
            let (stored, fetched) = futures::join!(store, self.connection.send(next.request()));
            stored?;
            response = fetched?;
            task = next;
        }
    }

    fn read_page(&self, task: Task, response: &HttpResponse) -> Result<Page, SyncError> {
        self.check_page(&task, response)?;
        let sink = Watching::new(self.store.begin_page(&task.table.name)?, self.awaited(&task.table.name));
        let mut sink = Watching { lists_ids: true, ..sink };
        let applied = Prefer::applied(response);
        let unreadable = |error| SyncError::unreadable(&task.table.set_name, &error);
        let (envelope, sink, differing) = match &task.known {
            Some(known) if compare::is_partial(&task, &applied) => {
                let mut sink = Comparing { inner: sink, known: known.clone(), differing: Vec::new() };
                let read = if applied.omit_nulls { read_rows_without_nulls } else { read_rows };
                let envelope = read(&response.body, &task.table, &mut sink).map_err(unreadable)?;
                (envelope, sink.inner, sink.differing)
            }
            _ => {
                let omits_nulls = task.kind != Kind::Changes && applied.omit_nulls;
                let read = if omits_nulls { read_rows_without_nulls } else { read_rows };
                (read(&response.body, &task.table, &mut sink).map_err(unreadable)?, sink, Vec::new())
            }
        };
        let Watching { writer, noticed, ids, .. } = sink;
        Ok(Page { task, writers: vec![writer], envelope, noticed, ids, differing })
    }

    /// Whether an answer is a page at all.
    fn check_page(&self, task: &Task, response: &HttpResponse) -> Result<(), SyncError> {
        let wait = || {
            let wait = retry_after(response, self.connection.now());
            wait.and_then(|wait| u64::try_from(wait.as_millis()).ok())
        };
        match response.status {
            200 => Ok(()),
            401 => Err(SyncError::SignInNeeded),
            429 | 502 | 503 | 504 => {
                Err(SyncError::Busy { status: response.status, wait_milliseconds: wait() })
            }
            _ => {
                let error = ServiceError::from_response(response);
                Err(SyncError::Refused { what: task.table.set_name.clone(), error })
            }
        }
    }

    /// Notes by which profile the server cuts what it sends.
    fn take_profile_version(&self, response: &HttpResponse) {
        if let Some(version) = response.header(PROFILE_VERSION) {
            self.profile_version.replace(Some(version.to_owned()));
        }
    }

    /// The rows of a table that accepted entries wait for.
    fn awaited(&self, table: &TableName) -> BTreeSet<RowId> {
        let accepted = self.accepted.borrow();
        let open = accepted.values().flat_map(|acceptance| &acceptance.open);
        open.filter(|(name, _)| name == table).map(|(_, id)| *id).collect()
    }

    /// The awaited rows that a page brings, each with the entry that waits.
    ///
    /// With the last page a row that is not there will not come: it was deleted, or never came into the user's sight.
    async fn arrivals(
        &self,
        table: &TableName,
        noticed: &BTreeMap<RowId, Option<RowVersion>>,
        removed: &[RowId],
        is_last: bool,
    ) -> Result<Vec<(EntryId, RowKey)>, SyncError> {
        let mut present = noticed.clone();
        let mut left = BTreeSet::new();
        if is_last && !self.accepted.borrow().is_empty() {
            left = self.left().await?.remove(table).unwrap_or_default();
        }
        if is_last {
            for id in self.awaited(table) {
                if let Some(row) = self.store.base_row(table, id).await? {
                    present.entry(id).or_insert(row.version);
                }
            }
        }
        let mut arrivals = Vec::new();
        for (entry, acceptance) in self.accepted.borrow().iter() {
            for key in acceptance.open.iter().filter(|(name, _)| name == table) {
                let wanted = acceptance.versions.get(key).copied().flatten();
                let has_come = match present.get(&key.1) {
                    // It stays only because of what was unsent; no later version of it will come.
                    _ if is_last && left.contains(&key.1) => true,
                    _ if removed.contains(&key.1) => true,
                    Some(_) if acceptance.deleted.contains(key) => false,
                    Some(version) if wanted.is_some() => *version >= wanted,
                    _ => is_last,
                };
                if has_come {
                    arrivals.push((*entry, key.clone()));
                }
            }
        }
        Ok(arrivals)
    }

    /// The entries that wait for no more once these rows are stored.
    fn confirmed_by(&self, arrivals: &[(EntryId, RowKey)]) -> Vec<EntryId> {
        let accepted = self.accepted.borrow();
        let mut confirmed: Vec<EntryId> = arrivals.iter().map(|(entry, _)| *entry).collect();
        confirmed.dedup();
        confirmed.retain(|entry| {
            let came = arrivals.iter().filter(|(other, _)| other == entry).count();
            accepted.get(entry).is_some_and(|acceptance| acceptance.open.len() == came)
        });
        confirmed
    }

    fn take_arrivals(&self, arrivals: &[(EntryId, RowKey)]) {
        let mut accepted = self.accepted.borrow_mut();
        for (entry, key) in arrivals {
            if let Some(acceptance) = accepted.get_mut(entry) {
                acceptance.open.remove(key);
            }
        }
        accepted.retain(|_, acceptance| !acceptance.open.is_empty());
    }

    /// Tables the user may no longer read leave the device.
    async fn leave_tables(
        &self,
        definitions: &SyncTables,
        counts: &BTreeMap<TableName, u64>,
    ) -> Result<(), SyncError> {
        for (name, rows) in counts {
            let is_fetched = definitions.tables.iter().any(|table| table.name == *name);
            if *rows > 0 && !is_fetched && self.store.cursor(name).is_some() {
                let all: Vec<RowId> = self.known_rows(name).await?.into_iter().collect();
                let leaving: BTreeSet<RowId> = self.leaving(name, &all).await?.into_iter().collect();
                let kept: Vec<RowId> = all.into_iter().filter(|id| !leaving.contains(id)).collect();
                let touched = self.store.retain_rows(name, &kept).await?;
                self.store.forget_cursor(name).await?;
                self.observer.touched(touched);
            }
        }
        Ok(())
    }

    /// Accepted entries on tables that are not fetched wait for nothing.
    async fn confirm_unfetched(&self, definitions: &SyncTables) -> Result<(), SyncError> {
        let fetched: BTreeSet<&TableName> = definitions.tables.iter().map(|table| &table.name).collect();
        let confirmed: Vec<EntryId> = {
            let mut accepted = self.accepted.borrow_mut();
            accepted.values_mut().for_each(|acceptance| {
                acceptance.open.retain(|(table, _)| fetched.contains(table));
            });
            let done = accepted.iter().filter(|(_, acceptance)| acceptance.open.is_empty());
            done.map(|(entry, _)| *entry).collect()
        };
        let _lock = self.journal_lock.lock().await;
        self.write_journal(Vec::new(), confirmed.clone()).await?;
        // Not before it is written: an entry forgotten here and not there would wait until the next start.
        self.accepted.borrow_mut().retain(|entry, _| !confirmed.contains(entry));
        Ok(())
    }

    async fn selected(&self) -> Result<BTreeMap<TableName, String>, SyncError> {
        let kept = self.store.get_meta(SELECTED).await?;
        // An unreadable record only means that the tables are fetched again.
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    async fn keep_selected(&self, task: &Task) -> Result<(), SyncError> {
        let mut selected = self.selected().await?;
        if selected.get(&task.table.name).map(String::as_str) != Some(&*task.select) {
            selected.insert(task.table.name.clone(), task.select.to_string());
            let bytes = SyncError::to_record(SELECTED, &selected)?;
            self.store.put_meta(SELECTED, &bytes).await?;
        }
        Ok(())
    }
}

impl Work {
    fn next(&self) -> Option<Task> {
        if self.has_failed() { None } else { self.tasks.borrow_mut().pop_front() }
    }

    fn has_failed(&self) -> bool {
        self.error.borrow().is_some()
    }
}

impl Page {
    fn next_task(&self) -> Option<Task> {
        let link = self.envelope.next_link.clone()?;
        let mut next = Task { link, ..self.task.clone() };
        if next.kind == Kind::Again {
            next.seen.extend(&self.ids);
        }
        Some(next)
    }
}

/// Passes the rows on and notes the ones somebody waits for.
struct Watching {
    writer: PageWriter,
    awaited: BTreeSet<RowId>,
    noticed: BTreeMap<RowId, Option<RowVersion>>,
    lists_ids: bool,
    ids: Vec<RowId>,
}

impl Watching {
    const fn new(writer: PageWriter, awaited: BTreeSet<RowId>) -> Self {
        Self { writer, awaited, noticed: BTreeMap::new(), lists_ids: false, ids: Vec::new() }
    }

    /// A row came in this version.
    fn notice(&mut self, id: RowId, version: Option<RowVersion>) {
        if self.awaited.contains(&id) {
            self.noticed.insert(id, version);
        }
        self.list(id);
    }

    /// A row is there.
    fn list(&mut self, id: RowId) {
        if self.lists_ids {
            self.ids.push(id);
        }
    }
}

impl RowSink for Watching {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        self.writer.value(column, value);
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        self.notice(id, version);
        self.writer.finish(id, version);
    }

    fn discard(&mut self) {
        self.writer.discard();
    }
}

#[cfg(test)]
mod tests;
