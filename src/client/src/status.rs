//! The state of the sync as the page is told, and who watches which tables.

use crate::message::{Event, SyncPhase, SyncProblem, SyncProblemKind, SyncStatus};
use crate::ports::{Events, SessionParts};
use model::{EntryState, ParkReason, RowId, TableName, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use store::{Store, Touched};
use sync::{Clock, Observer};

/// While a first sync runs, what it does is told at most once in this many milliseconds: drawing costs time that it needs.
const PAUSE_MILLISECONDS: i64 = 250;

/// So long, in milliseconds, a first sync goes before its end is estimated.
const ESTIMATE_MILLISECONDS: u64 = 1_500;

/// What every part of a device may tell the page.
pub(crate) struct Reporter {
    pub store: Rc<Store>,
    pub events: Rc<dyn Events>,
    clock: Rc<dyn Clock>,
    watched: RefCell<BTreeSet<TableName>>,
    phase: RefCell<SyncPhase>,
    problem: RefCell<Option<SyncProblem>>,
    synced_at: Cell<Option<Timestamp>>,
    first: RefCell<Option<FirstSync>>,
    last_told: RefCell<Option<SyncStatus>>,
    progress_told_at: Cell<Option<Timestamp>>,
    /// Tables changed by a first sync, not told yet.
    untold: RefCell<BTreeSet<TableName>>,
}

/// The first sync as it goes.
#[derive(Clone, Debug)]
struct FirstSync {
    done: u64,
    total: u64,
    /// Rows that were here when it began.
    done_before: u64,
    began_at: Timestamp,
    tables: Rc<[TableName]>,
}

impl FirstSync {
    /// How long it will still take at the pace it has had; nothing before that can be told.
    fn milliseconds_left(&self, now: Timestamp) -> Option<u64> {
        let elapsed = u64::try_from(now.milliseconds().checked_sub(self.began_at.milliseconds())?).ok()?;
        let came = self.done.checked_sub(self.done_before).filter(|came| *came > 0)?;
        let left = self.total.checked_sub(self.done)?;
        let left = u128::from(elapsed) * u128::from(left) / u128::from(came);
        u64::try_from(left).ok().filter(|_| elapsed >= ESTIMATE_MILLISECONDS)
    }
}

impl Reporter {
    pub fn new(store: Rc<Store>, parts: &SessionParts, synced_at: Option<Timestamp>) -> Self {
        Self {
            store,
            events: Rc::clone(&parts.events),
            clock: Rc::clone(&parts.clock),
            watched: RefCell::default(),
            phase: RefCell::default(),
            problem: RefCell::default(),
            synced_at: Cell::new(synced_at),
            first: RefCell::default(),
            last_told: RefCell::default(),
            progress_told_at: Cell::default(),
            untold: RefCell::default(),
        }
    }

    pub fn watch(&self, tables: Vec<TableName>) {
        self.watched.replace(tables.into_iter().collect());
    }

    /// The state of the sync now.
    pub fn status(&self) -> SyncStatus {
        let (journal, unreadable) = (self.store.journal(), self.store.set_aside().len());
        let is_parked = |state: &EntryState| {
            matches!(
                state,
                EntryState::Parked(
                    ParkReason::Conflict { .. }
                        | ParkReason::Refused { .. }
                        | ParkReason::Removed(_)
                        | ParkReason::OutOfReach { .. }
                )
            )
        };
        SyncStatus {
            phase: self.phase.borrow().clone(),
            pending: count(journal.len() + unreadable),
            parked: count(journal.iter().filter(|entry| is_parked(&entry.state)).count() + unreadable),
            synced_at: self.synced_at.get(),
            problem: self.problem.borrow().clone(),
        }
    }

    pub fn set_phase(&self, phase: SyncPhase) {
        self.phase.replace(phase);
        self.tell();
    }

    pub fn set_problem(&self, problem: Option<SyncProblem>) {
        self.problem.replace(problem);
    }

    /// Without a network there is none to blame.
    pub fn forget_network_problem(&self) {
        let is_of_network = |problem: &mut SyncProblem| {
            use SyncProblemKind::{Intercepted, TimedOut, Unreachable};
            matches!(problem.kind, Intercepted | TimedOut | Unreachable)
        };
        self.problem.borrow_mut().take_if(is_of_network);
    }

    pub fn synced_at(&self) -> Option<Timestamp> {
        self.synced_at.get()
    }

    pub fn set_synced_at(&self, at: Timestamp) {
        self.synced_at.set(Some(at));
    }

    /// The first sync begins, or goes on.
    pub fn begin_first(&self, done: u64, total: u64, tables: Vec<TableName>) {
        let began_at = self.clock.now();
        let first = FirstSync { done, total, done_before: done, began_at, tables: tables.into() };
        let phase = self.first_phase(&first, String::new());
        self.first.replace(Some(first));
        self.progress_told_at.set(None);
        self.set_phase(phase);
    }

    /// The first sync is over, for now.
    pub fn end_first(&self) {
        self.first.replace(None);
        self.progress_told_at.set(None);
        self.tell_untold();
    }

    fn first_phase(&self, first: &FirstSync, table: String) -> SyncPhase {
        let is_complete = |name: &&TableName| self.store.cursor(name).is_some_and(|cursor| cursor.complete);
        SyncPhase::First {
            done: first.done,
            total: first.total,
            table,
            tables_done: count(first.tables.iter().filter(is_complete).count()),
            tables: count(first.tables.len()),
            milliseconds_left: first.milliseconds_left(self.clock.now()),
        }
    }

    fn tell_untold(&self) {
        let tables = self.untold.take();
        self.rows_changed(&tables);
    }

    /// True when the last news of the first sync is long enough ago. A clock that was set back does not silence it.
    fn is_time_for_progress(&self) -> bool {
        let now = self.clock.now();
        let since = self.progress_told_at.get().map(|at| now.milliseconds() - at.milliseconds());
        let is_time = since.is_none_or(|since| !(0..PAUSE_MILLISECONDS).contains(&since));
        if is_time {
            self.progress_told_at.set(Some(now));
        }
        is_time
    }

    /// Tells the state when it is another than the one told last.
    pub fn tell(&self) {
        let status = self.status();
        if self.last_told.borrow().as_ref() != Some(&status) {
            self.last_told.replace(Some(status.clone()));
            self.events.emit(Event::Sync(status));
        }
    }

    /// Tells those who watch that rows changed.
    pub fn rows_changed(&self, tables: &BTreeSet<TableName>) {
        let watched: Vec<TableName> = self.watched.borrow().intersection(tables).cloned().collect();
        if !watched.is_empty() {
            self.events.emit(Event::Changed { tables: watched });
        }
    }
}

impl Observer for Reporter {
    fn pushing(&self) {
        if self.first.borrow().is_none() {
            self.set_phase(SyncPhase::Pushing);
        }
    }

    fn pulling(&self) {
        if self.first.borrow().is_none() {
            self.set_phase(SyncPhase::Pulling);
        }
    }

    fn fetched(&self, table: &TableName, rows: u64) {
        let first = self.first.borrow_mut().as_mut().map(|first| {
            first.done += rows;
            first.total = first.total.max(first.done);
            first.clone()
        });
        let Some(first) = first else { return };
        if self.is_time_for_progress() {
            self.phase.replace(self.first_phase(&first, table.as_str().to_owned()));
            self.tell();
            self.tell_untold();
        }
    }

    fn touched(&self, touched: Touched) {
        if self.first.borrow().is_some() {
            self.untold.borrow_mut().extend(touched.tables);
        } else {
            self.rows_changed(&touched.tables);
        }
    }

    fn gone(&self, table: &TableName, rows: &[RowId]) {
        if self.watched.borrow().contains(table) {
            self.events.emit(Event::Gone { table: table.clone(), rows: rows.to_vec() });
        }
    }

    fn journal_changed(&self) {
        self.tell();
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
