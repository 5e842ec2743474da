//! Pages into the store, each with everything that becomes true with it.

use super::Page;
use super::task::{Kind, Task};
use crate::SyncError;
use crate::engine::Engine;
use model::{RowId, TableName, Timestamp};
use odata::{PageEnvelope, RemovedReason};
use std::collections::BTreeSet;
use store::{Cursor, PageCommit};

impl Engine {
    /// Stores a page together with where the table now stands and the entries it confirms.
    pub(super) async fn store_page(
        &self,
        page: Page,
        now: Timestamp,
        problems: &mut Vec<String>,
    ) -> Result<(), SyncError> {
        let Page { task, mut writers, envelope, noticed, ids, .. } = page;
        let name = task.table.name.clone();
        for problem in &envelope.problems {
            let row = problem.id.map_or_else(|| "a row".to_owned(), |id| id.to_string());
            problems.push(format!("{name}, {row}, {}: {}", problem.property, problem.reason));
        }
        let is_last = envelope.next_link.is_none();
        let cursor = self.next_cursor(&task, &envelope, now)?;
        self.rows_are_back(&name, &ids).await?;
        let removed = self.removed_by(&name, &envelope).await?;
        let mut left = self.present(&name, &removed).await?;
        let rows = ids.len() as u64;
        let gone: Vec<RowId> = envelope.removed.iter().map(|removed| removed.id).collect();
        let arrivals = self.arrivals(&name, &noticed, &gone, is_last).await?;
        let confirmed = self.confirmed_by(&arrivals);
        if is_last && task.kind == Kind::Again {
            left.extend(self.retain_seen(&task, &ids).await?);
        }
        if task.kind == Kind::First && self.store.cursor(&name).is_none() {
            // Were it kept at the end, pages of an older selection would count as pages of the newest.
            self.keep_selected(&task).await?;
        }
        let is_confirming = !confirmed.is_empty();
        let last = writers.pop();
        for writer in writers {
            // The cursor moves with the last one.
            let cursor = self.store.cursor(&name).unwrap_or_default();
            let (removed, confirmed) = (Vec::new(), Vec::new());
            let commit = PageCommit { writer: Some(writer), table: name.clone(), removed, cursor, confirmed };
            self.observer.touched(self.store.commit_page(commit).await?);
        }
        let commit = PageCommit { writer: last, table: name.clone(), removed, cursor, confirmed };
        let touched = self.store.commit_page(commit).await?;
        self.take_arrivals(&arrivals);
        if !left.is_empty() {
            self.observer.gone(&name, &left);
        }
        if task.kind != Kind::Changes {
            self.observer.fetched(&name, rows);
            if is_last {
                self.keep_selected(&task).await?;
            }
        }
        self.observer.touched(touched);
        if is_confirming {
            self.observer.journal_changed();
        }
        Ok(())
    }

    /// Where a table stands after a page.
    fn next_cursor(&self, task: &Task, envelope: &PageEnvelope, now: Timestamp) -> Result<Cursor, SyncError> {
        let old = self.store.cursor(&task.table.name);
        let synced_at = old.as_ref().and_then(|cursor| cursor.synced_at);
        match (&envelope.next_link, &envelope.delta_link) {
            (Some(_), _) if task.kind == Kind::Again => {
                let start = || Cursor { link: task.start.to_string(), complete: false, synced_at };
                Ok(old.unwrap_or_else(start))
            }
            (Some(next), _) => {
                Ok(Cursor { link: next.clone(), complete: task.kind == Kind::Changes, synced_at })
            }
            (None, Some(delta)) => Ok(Cursor { link: delta.clone(), complete: true, synced_at: Some(now) }),
            (None, None) => {
                let reason =
                    "the last page has no delta link; is change tracking on for the table?".to_owned();
                Err(SyncError::Unreadable { what: task.table.set_name.clone(), reason })
            }
        }
    }

    /// The rows that leave by what a page says.
    async fn removed_by(&self, table: &TableName, envelope: &PageEnvelope) -> Result<Vec<RowId>, SyncError> {
        let (deleted, out_of_reach): (Vec<_>, Vec<_>) =
            envelope.removed.iter().partition(|removed| removed.reason == RemovedReason::Deleted);
        let ids = |rows: Vec<&odata::Removed>| rows.into_iter().map(|row| row.id).collect::<Vec<RowId>>();
        let mut removed = ids(deleted);
        removed.extend(self.leaving(table, &ids(out_of_reach)).await?);
        Ok(removed)
    }

    /// After a fetch from the start: rows that did not come leave. Gives which.
    async fn retain_seen(&self, task: &Task, last: &[RowId]) -> Result<Vec<RowId>, SyncError> {
        let name = &task.table.name;
        let mut kept = task.seen.clone();
        kept.extend(last);
        let others = self.others(name, &kept).await?;
        let out_of_reach = self.only_out_of_profile(task, &others).await?;
        // What they wait for keeps them here, all of them.
        self.leaving(name, &out_of_reach).await?;
        kept.extend(&out_of_reach);
        let touched = self.store.retain_rows(name, &kept).await?;
        self.observer.touched(touched);
        Ok(others.into_iter().filter(|id| !out_of_reach.contains(id)).collect())
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

    pub(super) async fn known_rows(&self, table: &TableName) -> Result<BTreeSet<RowId>, SyncError> {
        Ok(self.store.base_versions(table).await?.into_iter().map(|(id, _)| id).collect())
    }
}
