//! A table fetched over rows that are good but for what changed: ids and versions are compared, differences are fetched.
//!
//! A server that cannot send less than whole rows sends these; then there is nothing left to fetch.

use super::task::{Kind, Known, Task};
use super::{Page, SyncError, Watching};
use crate::engine::Engine;
use futures::future::try_join_all;
use model::{RowId, RowSink, RowVersion, ValueRef};
use odata::batch::{AnswerPart, Batch, RequestPart, read_response, write_request};
use odata::{Prefer, ServiceError, read_rows, read_rows_without_nulls};
use std::collections::{BTreeMap, BTreeSet};
use store::PageWriter;

/// Rows asked for by one question.
const ROWS_OF_A_QUESTION: usize = 100;
/// Questions of one request.
const QUESTIONS_OF_A_REQUEST: usize = 20;
/// Requests at once.
const REQUESTS_AT_ONCE: usize = 2;

impl Engine {
    /// The task with the versions that its rows have on the device.
    pub(super) async fn with_versions(&self, task: Task) -> Result<Task, SyncError> {
        let Some(known) = &task.known else { return Ok(task) };
        let versions: BTreeMap<RowId, Option<RowVersion>> =
            self.store.base_versions(&task.table.name).await?.into_iter().collect();
        let known = Known { versions: versions.into(), ..known.clone() };
        Ok(Task { known: Some(known), ..task })
    }

    /// Fetches the rows of a page that are others than those on the device.
    pub(super) async fn fetch_differing(&self, page: &mut Page) -> Result<(), SyncError> {
        let differing = std::mem::take(&mut page.differing);
        let requests: Vec<&[RowId]> = differing.chunks(ROWS_OF_A_QUESTION * QUESTIONS_OF_A_REQUEST).collect();
        for requests in requests.chunks(REQUESTS_AT_ONCE) {
            let task = &page.task;
            let answers = requests.iter().map(|ids| self.fetch_rows(task, ids));
            for fetched in try_join_all(answers).await?.into_iter().flatten() {
                page.noticed.extend(fetched.noticed);
                page.envelope.problems.extend(fetched.problems);
                page.writers.push(fetched.writer);
            }
        }
        Ok(())
    }

    /// Which of some rows the user may still read, whether they are in their profile or not.
    pub(super) async fn readable(&self, task: &Task, ids: &[RowId]) -> Result<BTreeSet<RowId>, SyncError> {
        let mut found = BTreeSet::new();
        for ids in ids.chunks(ROWS_OF_A_QUESTION * QUESTIONS_OF_A_REQUEST) {
            for fetched in self.fetch_rows(task, ids).await? {
                found.extend(fetched.ids);
            }
        }
        Ok(found)
    }

    /// Some rows, whole. What is gone meanwhile is told by the next changes.
    async fn fetch_rows(&self, task: &Task, ids: &[RowId]) -> Result<Vec<FetchedRows>, SyncError> {
        let what = &task.table.set_name;
        let questions = ids.chunks(ROWS_OF_A_QUESTION);
        let parts = questions.map(|ids| RequestPart::Single(task.rows_request(ids))).collect();
        let response =
            self.connection.send(write_request(&Batch { parts, continue_on_error: false })).await?;
        if response.status >= 400 {
            let error = ServiceError::from_response(&response);
            return Err(SyncError::Refused { what: what.clone(), error });
        }
        let answer = read_response(&response).map_err(|error| SyncError::unreadable(what, &error))?;
        let mut fetched = Vec::new();
        for part in answer.parts {
            let AnswerPart::Single(response) = part else {
                let reason = "a change set where rows were expected".to_owned();
                return Err(SyncError::Unreadable { what: what.clone(), reason });
            };
            self.check_page(task, &response)?;
            let mut sink =
                Watching::new(self.store.begin_page(&task.table.name)?, self.awaited(&task.table.name));
            sink.lists_ids = true;
            let read =
                if Prefer::applied(&response).omit_nulls { read_rows_without_nulls } else { read_rows };
            let envelope = read(&response.body, &task.table, &mut sink)
                .map_err(|error| SyncError::unreadable(what, &error))?;
            let Watching { writer, noticed, ids, .. } = sink;
            fetched.push(FetchedRows { writer, noticed, ids, problems: envelope.problems });
        }
        if fetched.len() < ids.len().div_ceil(ROWS_OF_A_QUESTION) {
            let reason = "fewer answers than questions".to_owned();
            return Err(SyncError::Unreadable { what: what.clone(), reason });
        }
        Ok(fetched)
    }
}

struct FetchedRows {
    writer: PageWriter,
    noticed: BTreeMap<RowId, Option<RowVersion>>,
    ids: Vec<RowId>,
    problems: Vec<odata::RowProblem>,
}

/// Takes of a page what is new of rows that are on the device in this version; the others are to be fetched.
pub struct Comparing {
    pub inner: Watching,
    pub known: Known,
    pub differing: Vec<RowId>,
}

impl RowSink for Comparing {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        self.inner.value(column, value);
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        let is_same = version.is_some() && self.known.versions.get(&id) == Some(&version);
        if is_same && !self.known.lacking.is_empty() {
            return self.inner.finish(id, version);
        }
        if is_same {
            self.inner.notice(id, version);
        } else {
            self.differing.push(id);
            self.inner.list(id);
        }
        self.inner.discard();
    }

    fn discard(&mut self) {
        self.inner.discard();
    }
}

/// True for a page that holds less than whole rows.
pub fn is_partial(task: &Task, applied: &Prefer) -> bool {
    task.kind == Kind::Again && task.compares() && applied.only_columns.is_some()
}
