//! Rows that have left the user's profile or rights: they leave the device, but never before what the user did to them is
//! sent or dropped.

use super::task::Task;
use crate::SyncError;
use crate::engine::{Engine, SyncTables};
use model::{EntryState, JournalEntry, ParkReason, RowId, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// The record of the store that holds the rows that stay only because of what is unsent.
const LEFT: &str = "left";

type Left = BTreeMap<TableName, BTreeSet<RowId>>;

impl Engine {
    /// Of rows that are out of reach those that leave now. The others stay with what the user did, which waits for them.
    pub(super) async fn leaving(&self, table: &TableName, rows: &[RowId]) -> Result<Vec<RowId>, SyncError> {
        let unsent = self.unsent(table);
        let (kept, leaving): (Vec<RowId>, Vec<RowId>) = rows.iter().partition(|id| unsent.contains(id));
        if !kept.is_empty() {
            let mut left = self.left().await?;
            left.entry(table.clone()).or_default().extend(&kept);
            // Before the rows are passed over: what is listed twice does no harm.
            self.keep_left(&left).await?;
            self.park_left(table, &kept).await?;
        }
        Ok(leaving)
    }

    /// Of rows that a whole fetch did not bring, those that are there and out of the profile; the others are gone.
    pub(super) async fn only_out_of_profile(
        &self,
        task: &Task,
        rows: &[RowId],
    ) -> Result<Vec<RowId>, SyncError> {
        let name = &task.table.name;
        let unsent = self.unsent(name);
        let unsent: Vec<RowId> = rows.iter().copied().filter(|id| unsent.contains(id)).collect();
        if unsent.is_empty() {
            return Ok(Vec::new());
        }
        let readable = self.readable(task, &unsent).await?;
        Ok(unsent.into_iter().filter(|id| readable.contains(id)).collect())
    }

    /// Rows that are back: what waited because of them goes on.
    pub(super) async fn rows_are_back(&self, table: &TableName, rows: &[RowId]) -> Result<(), SyncError> {
        let mut left = self.left().await?;
        let Some(of_table) = left.get_mut(table) else { return Ok(()) };
        let back: BTreeSet<RowId> = rows.iter().copied().filter(|id| of_table.remove(id)).collect();
        if back.is_empty() {
            return Ok(());
        }
        let is_back = |state: &EntryState| matches!(state, EntryState::Parked(ParkReason::OutOfReach { table: of, id }) if of == table && back.contains(id));
        {
            let _lock = self.journal_lock.lock().await;
            let journal = self.store.journal().into_iter().filter(|entry| is_back(&entry.state));
            let again = journal.map(|entry| JournalEntry { state: EntryState::Waiting, ..entry }).collect();
            self.write_journal(again, Vec::new()).await?;
        }
        left.retain(|_, rows| !rows.is_empty());
        self.keep_left(&left).await
    }

    /// Lets go of the rows of which nothing is unsent any more.
    pub(super) async fn let_go(&self, definitions: &SyncTables) -> Result<(), SyncError> {
        let mut left = self.left().await?;
        let before = left.clone();
        for (table, rows) in &mut left {
            let unsent = self.unsent(table);
            let gone: Vec<RowId> = rows.iter().copied().filter(|id| !unsent.contains(id)).collect();
            if gone.is_empty() {
                continue;
            }
            rows.retain(|id| !gone.contains(id));
            if definitions.table(table.as_str()).is_none() {
                continue;
            }
            let kept: Vec<RowId> =
                self.known_rows(table).await?.into_iter().filter(|id| !gone.contains(id)).collect();
            let touched = self.store.retain_rows(table, &kept).await?;
            self.observer.gone(table, &gone);
            self.observer.touched(touched);
        }
        left.retain(|_, rows| !rows.is_empty());
        if left == before { Ok(()) } else { self.keep_left(&left).await }
    }

    /// The rows of a table with something that the server has not accepted.
    fn unsent(&self, table: &TableName) -> BTreeSet<RowId> {
        let journal = self.store.journal();
        let unsent = journal.iter().filter(|entry| entry.state != EntryState::Accepted);
        let changes = unsent.flat_map(|entry| entry.changes.iter());
        changes.filter(|change| change.table() == table).map(model::Change::id).collect()
    }

    async fn park_left(&self, table: &TableName, rows: &[RowId]) -> Result<(), SyncError> {
        let _lock = self.journal_lock.lock().await;
        let parked = plan_left(&self.store.journal(), table, rows);
        Ok(self.write_journal(parked, Vec::new()).await?)
    }

    pub(super) async fn left(&self) -> Result<Left, SyncError> {
        let kept = self.store.get_meta(LEFT).await?;
        // An unreadable record only means that these rows stay until their table is fetched again.
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    async fn keep_left(&self, left: &Left) -> Result<(), SyncError> {
        if left.is_empty() {
            return Ok(self.store.delete_meta(LEFT).await?);
        }
        let bytes = SyncError::to_record(LEFT, left)?;
        Ok(self.store.put_meta(LEFT, &bytes).await?)
    }
}

/// The entries that have to wait for the user since a row of theirs is out of reach. What may have reached the server
/// waits for its answer, and what waits for the user already says why.
fn plan_left(journal: &[JournalEntry], table: &TableName, rows: &[RowId]) -> Vec<JournalEntry> {
    let row_of = |entry: &JournalEntry| {
        entry
            .changes
            .iter()
            .find(|change| change.table() == table && rows.contains(&change.id()))
            .map(model::Change::id)
    };
    let is_free = |entry: &&JournalEntry| {
        let state = &entry.state;
        !entry.was_sent && matches!(state, EntryState::Waiting | EntryState::Parked(ParkReason::DependsOn(_)))
    };
    let parked = |entry: &JournalEntry| {
        let reason = ParkReason::OutOfReach { table: table.clone(), id: row_of(entry)? };
        Some(JournalEntry { state: EntryState::Parked(reason), ..entry.clone() })
    };
    journal.iter().filter(is_free).filter_map(parked).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{name_of, out_of_reach};
    use super::*;
    use crate::testing::wire::{DELTA, account, changes, definitions, now, ok, page};
    use crate::testing::{entry, parked, rename};
    use futures::executor::block_on;
    use model::Table;
    use odata::http::HttpResponse;
    use std::sync::Arc;

    #[test]
    fn rows_leave_although_the_server_refuses_a_new_table() {
        let bench = out_of_reach();
        let sent = bench.store.journal().iter().map(|entry| entry.id).collect();
        block_on(bench.store.update_journal(Vec::new(), sent)).unwrap();
        let mut contact = Table::clone(&account());
        (contact.name, contact.set_name) = ("contact".into(), "contacts".to_owned());
        let definitions = SyncTables { tables: vec![account(), Arc::new(contact)], ..definitions() };
        bench.store.set_tables(definitions.tables.clone());
        bench.script.respond(changes(vec![ok(&page(&[], DELTA))]));
        bench.script.respond(HttpResponse { status: 403, headers: Vec::new(), body: Vec::new() });
        let error = block_on(bench.engine.sync(&definitions, now())).unwrap_err();
        assert!(matches!(error, SyncError::Refused { .. }), "{error:?}");
        assert_eq!(name_of(&bench, 1), None, "nothing of it is unsent any more");
    }

    #[test]
    fn what_was_not_sent_waits_for_the_user_and_the_rest_stays_as_it_is() {
        let on = |number: u128, row: u128| entry(number, vec![rename(row, 1, "one", "uno")]);
        let sent = JournalEntry { was_sent: true, ..on(2, 10) };
        let journal = [on(1, 10), sent, parked(on(3, 10)), on(4, 11)];
        let found = plan_left(&journal, &"account".into(), &[RowId::from_u128(10)]);
        assert_eq!(found.len(), 1);
        let reason = ParkReason::OutOfReach { table: "account".into(), id: RowId::from_u128(10) };
        assert_eq!((found[0].id, &found[0].state), (journal[0].id, &EntryState::Parked(reason)));
    }
}
