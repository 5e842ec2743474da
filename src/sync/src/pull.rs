//! Fetching: a table from the start page by page, then what changed, all tables in one request.

mod task;

use crate::engine::{Engine, SyncTables};
use crate::{RowKey, SyncError};
use futures::future::join_all;
use futures::lock::Mutex;
use model::{EntryId, RowId, RowSink, RowVersion, Table, TableName, Timestamp, ValueRef};
use odata::batch::{AnswerPart, Batch, RequestPart, read_response, write_request};
use odata::http::HttpResponse;
use odata::{
    PageEnvelope, Prefer, ServiceError, read_rows, read_rows_without_nulls, retry_after, select_list,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use store::{Cursor, PageCommit, PageWriter};
use task::{Kind, Task, start_link};

/// Tables fetched at once: while the pages of one are stored, the server makes those of the other.
const LANES: usize = 2;

/// The record of the store that holds which columns each table was fetched with.
const SELECTED: &str = "selected";

/// A page read, to be stored.
struct Page {
    task: Task,
    writer: PageWriter,
    envelope: PageEnvelope,
    /// The rows of the page that some entry waits for, with their versions.
    noticed: BTreeMap<RowId, Option<RowVersion>>,
    /// The rows of the page, of a fetch from the start.
    ids: Vec<RowId>,
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
            let is_same_selection = selected.get(&table.name) == Some(&select_list(table));
            let task = Task::first(table, self.store.cursor(&table.name), has_rows, is_same_selection);
            if task.kind == Kind::Changes { changes.push(task) } else { tasks.push_back(task) }
        }
        let mut refused = None;
        for chunk in changes.chunks(100) {
            let fetched = self.fetch_changes(chunk, now, &mut problems).await?;
            tasks.extend(fetched.further);
            refused = refused.or(fetched.refused);
        }
        self.fetch_pages(tasks, now, &mut problems).await?;
        self.confirm_unfetched(definitions).await?;
        refused.map_or(Ok(problems), Err)
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
            if response.status == 410 {
                further.push(Task::from_start(&task.table, Kind::Again));
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

    /// Fetches table after table, some at once. When one fails the others end with the page they have.
    async fn fetch_pages(
        &self,
        tasks: VecDeque<Task>,
        now: Timestamp,
        problems: &mut Vec<String>,
    ) -> Result<(), SyncError> {
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
        let error = work.error.into_inner().or(work.refused.into_inner());
        error.map_or(Ok(()), Err)
    }

    /// Fetches page after page; while one is stored the next one is on its way.
    async fn run_lane(&self, work: &Work, now: Timestamp) -> Result<(), SyncError> {
        let Some(mut task) = work.next() else { return Ok(()) };
        let mut response = self.connection.send(task.request()).await?;
        loop {
            if response.status == 410 {
                if task.link == start_link(&task.table) {
                    let error = ServiceError::from_response(&response);
                    return Err(SyncError::Refused { what: task.link, error });
                }
                task = Task::from_start(&task.table, Kind::Again);
                response = self.connection.send(task.request()).await?;
                continue;
            }
            let page = match self.read_page(task, &response) {
                Ok(page) => page,
                Err(error @ (SyncError::Refused { .. } | SyncError::Unreadable { .. })) => {
                    work.refused.borrow_mut().get_or_insert(error);
                    let Some(next) = work.next() else { return Ok(()) };
                    response = self.connection.send(next.request()).await?;
                    task = next;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let next = page.next_task().filter(|_| !work.has_failed()).or_else(|| work.next());
            // Entries may wait for rows of several tables: no page comes between what another confirms and its storing.
            let store = async { self.store_page(page, now, &mut *work.problems.lock().await).await };
            let Some(next) = next else { return store.await };
            let (stored, fetched) = futures::join!(store, self.connection.send(next.request()));
            stored?;
            response = fetched?;
            task = next;
        }
    }

    fn read_page(&self, task: Task, response: &HttpResponse) -> Result<Page, SyncError> {
        if response.status != 200 {
            let error = ServiceError::from_response(response);
            return match response.status {
                401 => Err(SyncError::SignInNeeded),
                429 | 502 | 503 | 504 => {
                    let wait = retry_after(response, self.connection.now());
                    let wait_milliseconds = wait.and_then(|wait| u64::try_from(wait.as_millis()).ok());
                    Err(SyncError::Busy { status: response.status, wait_milliseconds })
                }
                _ => Err(SyncError::Refused { what: task.table.set_name.clone(), error }),
            };
        }
        let writer = self.store.begin_page(&task.table.name)?;
        let mut sink = Watching {
            writer,
            awaited: self.awaited(&task.table.name),
            noticed: BTreeMap::new(),
            lists_ids: task.kind != Kind::Changes,
            ids: Vec::new(),
        };
        let omits_nulls = task.kind != Kind::Changes && Prefer::applied(response).omit_nulls;
        let read = if omits_nulls { read_rows_without_nulls } else { read_rows };
        let envelope = read(&response.body, &task.table, &mut sink)
            .map_err(|error| SyncError::unreadable(&task.table.set_name, &error))?;
        let Watching { writer, noticed, ids, .. } = sink;
        Ok(Page { task, writer, envelope, noticed, ids })
    }

    /// Stores a page together with where the table now stands and the entries it confirms.
    async fn store_page(
        &self,
        page: Page,
        now: Timestamp,
        problems: &mut Vec<String>,
    ) -> Result<(), SyncError> {
        let Page { task, writer, envelope, noticed, ids } = page;
        let name = task.table.name.clone();
        for problem in &envelope.problems {
            let row = problem.id.map_or_else(|| "a row".to_owned(), |id| id.to_string());
            problems.push(format!("{name}, {row}, {}: {}", problem.property, problem.reason));
        }
        let removed: Vec<RowId> = envelope.removed.iter().map(|removed| removed.id).collect();
        let old = self.store.cursor(&name);
        let synced_at = old.as_ref().and_then(|cursor| cursor.synced_at);
        let is_last = envelope.next_link.is_none();
        let cursor = match (&envelope.next_link, &envelope.delta_link) {
            (Some(_), _) if task.kind == Kind::Again => {
                old.unwrap_or_else(|| Cursor { link: start_link(&task.table), complete: false, synced_at })
            }
            (Some(next), _) => Cursor { link: next.clone(), complete: task.kind == Kind::Changes, synced_at },
            (None, Some(delta)) => Cursor { link: delta.clone(), complete: true, synced_at: Some(now) },
            (None, None) => {
                let reason =
                    "the last page has no delta link; is change tracking on for the table?".to_owned();
                return Err(SyncError::Unreadable { what: task.table.set_name.clone(), reason });
            }
        };
        let mut left = self.present(&name, &removed).await?;
        let rows = u64::try_from(writer.rows()).unwrap_or(u64::MAX);
        let arrivals = self.arrivals(&name, &noticed, &removed, is_last).await?;
        let confirmed = self.confirmed_by(&arrivals);
        if is_last && task.kind == Kind::Again {
            let mut all = task.seen;
            all.extend(ids);
            left.extend(self.others(&name, &all).await?);
            let touched = self.store.retain_rows(&name, &all).await?;
            self.observer.touched(touched);
        }
        if task.kind == Kind::First && self.store.cursor(&name).is_none() {
            // Were it kept at the end, pages of an older selection would count as pages of the newest.
            self.keep_selected(&task.table).await?;
        }
        let is_confirming = !confirmed.is_empty();
        let commit = PageCommit { writer: Some(writer), table: name.clone(), removed, cursor, confirmed };
        let touched = self.store.commit_page(commit).await?;
        self.take_arrivals(&arrivals);
        if !left.is_empty() {
            self.observer.gone(&name, &left);
        }
        if task.kind != Kind::Changes {
            self.observer.fetched(&name, rows);
            if is_last {
                self.keep_selected(&task.table).await?;
            }
        }
        self.observer.touched(touched);
        if is_confirming {
            self.observer.journal_changed();
        }
        Ok(())
    }

    /// Those of some rows that are on the device.
    async fn present(&self, table: &TableName, rows: &[RowId]) -> Result<Vec<RowId>, SyncError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let known: BTreeSet<RowId> = self.known_rows(table).await?;
        Ok(rows.iter().copied().filter(|id| known.contains(id)).collect())
    }

    /// The rows on the device that are not among these.
    async fn others(&self, table: &TableName, rows: &[RowId]) -> Result<Vec<RowId>, SyncError> {
        let rows: BTreeSet<RowId> = rows.iter().copied().collect();
        Ok(self.known_rows(table).await?.difference(&rows).copied().collect())
    }

    async fn known_rows(&self, table: &TableName) -> Result<BTreeSet<RowId>, SyncError> {
        Ok(self.store.base_versions(table).await?.into_iter().map(|(id, _)| id).collect())
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
                let touched = self.store.retain_rows(name, &[]).await?;
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

    async fn keep_selected(&self, table: &Table) -> Result<(), SyncError> {
        let mut selected = self.selected().await?;
        let list = select_list(table);
        if selected.get(&table.name) != Some(&list) {
            selected.insert(table.name.clone(), list);
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
        next.seen.extend(&self.ids);
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

impl RowSink for Watching {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        self.writer.value(column, value);
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        if self.awaited.contains(&id) {
            self.noticed.insert(id, version);
        }
        if self.lists_ids {
            self.ids.push(id);
        }
        self.writer.finish(id, version);
    }

    fn discard(&mut self) {
        self.writer.discard();
    }
}

#[cfg(test)]
mod tests;
