//! A form at work: its values as signals, what is wrong with them, and its draft.

use super::edits::{Edits, Missing, is_required};
use crate::format::{Currency, say};
use crate::locale::text;
use crate::session::{Session, use_session};
use crate::task;
use client::message::{Draft, RowView};
use leptos::prelude::*;
use model::text::TypedError;
use model::{ColumnName, Columns, Form, RowId, Table, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

const DRAFT_MILLISECONDS: u64 = 400;

/// What a form starts from.
pub struct Start {
    /// The table.
    pub table: Arc<Table>,
    /// The form.
    pub form: Arc<Form>,
    /// The row; one made on this device for a new row.
    pub id: RowId,
    /// The row as the device holds it; nothing for a new one.
    pub row: Option<RowView>,
    /// The columns a new row starts with.
    pub initial: Columns,
    /// The address that names the draft; nothing for forms without one.
    pub draft: Option<String>,
}

/// What has become of the definitions of an open form.
#[derive(Clone, Debug, PartialEq)]
pub enum Newer {
    /// The table or the form is another than the one on screen.
    Changed(Arc<Table>, Arc<Form>),
    /// The table is gone.
    Removed,
}

/// A form at work. Copies are the same form.
#[derive(Clone, Copy)]
pub struct FormState {
    session: Session,
    table: StoredValue<Arc<Table>>,
    form: StoredValue<Arc<Form>>,
    draft: StoredValue<Option<String>>,
    initial: StoredValue<Columns>,
    edits: RwSignal<Edits>,
    row: RwSignal<Option<RowView>>,
    typed_problems: RwSignal<BTreeMap<ColumnName, String>>,
    /// What is wrong, column by column.
    pub problems: RwSignal<BTreeMap<ColumnName, String>>,
    /// The row's id.
    pub id: RowId,
    /// It is not on the device yet.
    pub is_new: bool,
    /// A save is under way.
    pub is_saving: RwSignal<bool>,
    /// The currency of the row's amounts.
    pub currency: Signal<Option<Currency>>,
    /// What the user typed in an earlier visit is on screen.
    pub is_restored: RwSignal<bool>,
    /// Newer definitions that wait until the user wants them.
    pub newer: RwSignal<Option<Newer>>,
    /// The row is no longer on the device: deleted, or out of the user's sight.
    pub is_gone: RwSignal<bool>,
    /// Grows when the form has to be drawn anew.
    pub layout: RwSignal<u32>,
}

impl FormState {
    /// Starts a form.
    pub fn new(start: Start) -> Self {
        let session = use_session();
        let is_new = start.row.is_none();
        let saved = start.row.as_ref().map_or_else(Columns::new, |row| row.columns.clone());
        let initial = StoredValue::new(start.initial.clone());
        let edits = RwSignal::new(Edits { saved, changed: start.initial, ..Edits::default() });
        let currency_id = Memo::new(move |_| {
            edits
                .with(|edits| edits.get("transactioncurrencyid").as_reference().map(|reference| reference.id))
        });
        let currency = task::load(move || session.currency(currency_id.get()));
        let state = Self {
            session,
            table: StoredValue::new(start.table),
            form: StoredValue::new(start.form),
            draft: StoredValue::new(start.draft),
            initial,
            edits,
            row: RwSignal::new(start.row),
            typed_problems: RwSignal::new(BTreeMap::new()),
            problems: RwSignal::new(BTreeMap::new()),
            id: start.id,
            is_new,
            is_saving: RwSignal::new(false),
            currency: Signal::derive(move || currency.get().flatten()),
            is_restored: RwSignal::new(false),
            newer: RwSignal::new(None),
            is_gone: RwSignal::new(false),
            layout: RwSignal::new(0),
        };
        state.keep_drafts();
        state
    }

    /// The table.
    pub fn table(self) -> Arc<Table> {
        self.table.get_value()
    }

    /// The form.
    pub fn form(self) -> Arc<Form> {
        self.form.get_value()
    }

    /// The row as the device holds it.
    pub fn row(self) -> Option<RowView> {
        self.row.get()
    }

    /// The value of a column on screen.
    pub fn value(self, column: &ColumnName) -> Signal<Value> {
        let column = column.clone();
        Memo::new(move |_| self.edits.with(|edits| edits.get(column.as_str()).clone())).into()
    }

    /// The value of a column now.
    pub fn value_now(self, column: &str) -> Value {
        self.edits.with(|edits| edits.get(column).clone())
    }

    /// Takes what the user entered.
    pub fn set(self, column: &ColumnName, value: Value) {
        self.edits.update(|edits| edits.set(column, value));
        self.problems.update(|problems| {
            problems.remove(column);
        });
    }

    /// Takes what is wrong with what is typed, or that it is fine again.
    pub fn set_problem(self, column: &ColumnName, problem: Option<String>) {
        let apply = |problems: &mut BTreeMap<ColumnName, String>| match &problem {
            Some(problem) => {
                problems.insert(column.clone(), problem.clone());
            }
            None => {
                problems.remove(column);
            }
        };
        self.typed_problems.update(apply);
        self.problems.update(apply);
    }

    /// Columns that differ from what is saved.
    pub fn changed(self) -> Columns {
        self.edits.with_untracked(|edits| edits.changed.clone())
    }

    /// What the user saw in the changed columns before changing them.
    pub fn seen(self) -> Columns {
        self.edits.with_untracked(|edits| edits.seen.clone())
    }

    /// True while there is something to lose.
    pub fn is_dirty(self) -> bool {
        let has_edits = self.edits.with(|edits| self.initial.with_value(|initial| edits.changed != *initial));
        has_edits || self.typed_problems.with(|problems| !problems.is_empty())
    }

    /// True when the column differs from what is saved. On a new row everything would: nothing is marked.
    pub fn is_changed(self, column: &ColumnName) -> bool {
        !self.is_new && self.edits.with(|edits| edits.is_changed(column.as_str()))
    }

    /// The row may be edited.
    pub fn is_editable(self) -> bool {
        self.is_new
            || (!self.is_gone.get() && self.row.with(|row| row.as_ref().is_some_and(|row| row.editable)))
    }

    // What follows is called after a wait, when the form may have been left.

    /// Takes the row as it is now; what the user entered stays.
    pub fn refresh(self, row: RowView) {
        self.edits.try_update(|edits| edits.refresh(row.columns.clone()));
        self.row.try_set(Some(row));
        self.set_gone(false);
    }

    /// The row is no longer on the device, or is there again; what is on screen stays.
    pub fn set_gone(self, is_gone: bool) {
        if self.is_gone.try_get_untracked() == Some(!is_gone) {
            self.is_gone.set(is_gone);
        }
    }

    /// The definitions of now; those on screen stay until the user wants others.
    pub fn offer(self, newer: Newer) {
        let is_same = match &newer {
            Newer::Changed(table, form) => *table == self.table() && *form == self.form(),
            Newer::Removed => false,
        };
        let newer = (!is_same).then_some(newer);
        if self.newer.try_get_untracked().is_some_and(|known| known != newer) {
            self.newer.set(newer);
        }
    }

    /// Draws the form by the newer definitions; what the user entered stays.
    pub fn take_newer(self) {
        let Some(Newer::Changed(table, form)) = self.newer.get_untracked() else { return };
        self.hide_removed(&table);
        self.table.set_value(table);
        self.form.set_value(form);
        self.newer.set(None);
        self.layout.update(|drawn| *drawn += 1);
    }

    /// What was entered in columns that are gone cannot be saved; it stays with the draft.
    pub fn settle(self) {
        match self.newer.get_untracked() {
            Some(Newer::Changed(table, _)) => self.hide_removed(&table),
            Some(Newer::Removed) | None => self.hide_removed(&self.table()),
        }
    }

    fn hide_removed(self, table: &Table) {
        self.edits.update(|edits| edits.hide(|column| table.column(column).is_some()));
        let is_there = |column: &ColumnName| table.column(column.as_str()).is_some();
        self.typed_problems.update(|problems| problems.retain(|column, _| is_there(column)));
        self.problems.update(|problems| problems.retain(|column, _| is_there(column)));
    }

    /// Puts what the user typed in an earlier visit on screen.
    pub fn restore(self, draft: Columns, seen: &Columns) {
        self.edits.try_update(|edits| edits.restore(&draft, seen));
        self.settle();
        self.is_restored.set(self.edits.with_untracked(|edits| !edits.changed.is_empty()));
    }

    /// Forgets what the user changed.
    pub fn discard(self) {
        self.edits.try_update(|edits| {
            edits.changed = self.initial.try_get_value().unwrap_or_default();
            edits.seen = Columns::new();
            edits.hidden = Columns::new();
        });
        self.typed_problems.try_set(BTreeMap::new());
        self.problems.try_set(BTreeMap::new());
        self.is_restored.try_set(false);
        self.forget_draft();
    }

    /// What was sent is saved now; forgets the draft.
    pub fn saved_now(self, sent: &Columns) {
        self.edits.try_update(|edits| edits.saved_now(sent));
        self.initial.try_set_value(Columns::new());
        self.is_restored.try_set(false);
        self.forget_draft();
    }

    /// Checks everything the form shows; what is wrong is then in `problems`.
    pub fn validate(self) -> bool {
        let (table, form) = (self.table(), self.form());
        let shown: Vec<(ColumnName, bool)> = form
            .cells()
            .filter(|cell| cell.visible)
            .filter_map(|cell| cell.control.as_ref())
            .filter_map(|control| Some((control.column.clone()?, control.required)))
            .collect();
        let missing = self.edits.with_untracked(|edits| edits.missing(&shown, &table, self.is_new));
        let mut problems = self.typed_problems.get_untracked();
        for (column, missing) in missing {
            let words = match missing {
                Missing::Empty => text("problem.required").to_owned(),
                Missing::TooLong { length, max } => say(&TypedError::TooLong { length, max }),
            };
            problems.entry(column).or_insert(words);
        }
        let is_fine = problems.is_empty();
        self.problems.set(problems);
        is_fine
    }

    /// Whether the form insists on a column.
    pub fn insists(self, column: &model::Column, form_insists: bool) -> bool {
        is_required(column, form_insists, self.is_new)
    }

    fn forget_draft(self) {
        if let Some(Some(address)) = self.draft.try_get_value() {
            let hidden = self.edits.try_with_untracked(|edits| edits.hidden.clone()).unwrap_or_default();
            self.send_draft(address, hidden, Columns::new());
        }
    }

    fn send_draft(self, address: String, columns: Columns, seen: Columns) {
        let session = self.session;
        task::spawn(async move {
            session.keep_draft(address, Draft { columns, seen }).await;
        });
    }

    /// Keeps what is typed on the device: shortly after each change and at once when the page is hidden.
    fn keep_drafts(self) {
        let Some(address) = self.draft.get_value() else { return };
        let draft = move || {
            let initial = self.initial.try_get_value()?;
            self.edits.try_with_untracked(|edits| edits.draft(&initial))
        };
        let last_kept = StoredValue::new(draft().unwrap_or_default());
        let keep = move || {
            let changed = draft();
            if let Some(changed) = changed
                && last_kept.try_with_value(|last| *last != changed) == Some(true)
            {
                last_kept.set_value(changed.clone());
                self.send_draft(
                    address.clone(),
                    changed,
                    self.edits.try_with_untracked(|edits| edits.seen.clone()).unwrap_or_default(),
                );
            }
        };
        let keep_soon = task::debounced(DRAFT_MILLISECONDS, {
            let keep = keep.clone();
            move |()| keep()
        });
        Effect::new(move |_| {
            self.edits.track();
            keep_soon(());
        });
        let hidden = window_event_listener_untyped("visibilitychange", {
            let keep = keep.clone();
            move |_| keep()
        });
        on_cleanup(move || {
            hidden.remove();
            keep();
        });
    }
}
