//! Searching a row as one types, over one or several tables: the combobox pattern with a list.

use crate::kit::{Icon, hide_popup, show_popup};
use crate::locale::{fill, text};
use crate::route::Place;
use crate::session::{Answer, Question, Session, use_session};
use crate::{locale, task};
use client::message::{Coverage, Found};
use leptos::html::{Div, Input};
use leptos::prelude::*;
use model::{Columns, Reference, Right, Table, TableName, Value};
use std::sync::Arc;
use web_sys::KeyboardEvent;

const ROWS_PER_TABLE: u32 = 8;
const TYPING_MILLISECONDS: u64 = 150;

/// The address of a row's form in the current app.
pub fn row_address(session: Session, reference: &Reference) -> String {
    match session.address.place().get_untracked().app() {
        Some(app) => Place::Form(app.clone(), reference.table.clone(), reference.id).address(),
        None => "/".to_owned(),
    }
}

/// What is found, and what can be made.
#[derive(Clone, Default)]
struct List {
    /// What was searched for.
    search: String,
    found: Vec<Found>,
    tables: Vec<Arc<Table>>,
    /// Those whose rows are not all on the device, and why.
    elsewhere: Vec<(Arc<Table>, Coverage)>,
    failure: Option<String>,
}

/// An input with a list of rows under it.
#[component]
pub fn RowSearch(
    /// The id of the input.
    #[prop(into)]
    input: String,
    /// What the row is for.
    #[prop(into)]
    label: String,
    /// The tables to look in.
    targets: Vec<TableName>,
    /// Takes the row chosen or made.
    on_pick: Callback<Reference>,
    /// `aria-required`.
    #[prop(default = None)]
    required: Option<&'static str>,
    /// `aria-invalid`.
    #[prop(default = Signal::from(None))]
    invalid: Signal<Option<&'static str>>,
    /// `aria-describedby`.
    #[prop(default = Signal::from(None))]
    described_by: Signal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let list_id = StoredValue::new(format!("{input}-list"));
    let combo = Combo::new(session, targets, on_pick);
    let Combo { field, popup, is_open, active, typed, .. } = combo;
    let settle = task::debounced(TYPING_MILLISECONDS, move |text: String| {
        combo.search.set(text.trim().to_owned());
    });
    let pick = Callback::new(move |reference| combo.pick(reference));
    let placeholder = fill("lookup.placeholder", &[("label", &label)]);
    view! {
        <div class="input-group row-search">
            <input
                node_ref=field
                class="input"
                id=input
                type="text"
                role="combobox"
                autocomplete="off"
                aria-autocomplete="list"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=list_id.get_value()
                aria-activedescendant=move || active.get().map(|at| format!("{}-{at}", list_id.get_value()))
                aria-required=required
                aria-invalid=move || invalid.get()
                aria-describedby=move || described_by.get()
                placeholder=placeholder
                prop:value=move || typed.get()
                on:focus=move |_| combo.open()
                on:click=move |_| combo.open()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    active.set(None);
                    combo.open();
                    settle(event_target_value(&event));
                }
                on:keydown=move |event| combo.key(&event)
                on:blur=move |_| combo.close()
            />
            <span class="input-affix"><Icon name="search"/></span>
        </div>
        <div
            node_ref=popup
            class="menu row-list"
            popover="manual"
            // The input keeps the focus, so that typing goes on.
            on:mousedown=|event| event.prevent_default()
        >
            {move || is_open.get().then(|| {
                let list = combo.list();
                let is_recent = combo.search.with(String::is_empty);
                (
                    rows(list.clone(), list_id.get_value(), active, is_recent, pick),
                    makers(session, list.tables, typed, pick),
                )
            })}
        </div>
    }
}

/// The state of a search. Copies are the same search.
#[derive(Clone, Copy)]
struct Combo {
    field: NodeRef<Input>,
    popup: NodeRef<Div>,
    is_open: RwSignal<bool>,
    /// The row the arrows stand on.
    active: RwSignal<Option<usize>>,
    /// What stands in the input.
    typed: RwSignal<String>,
    /// What is searched for: what was typed, a moment later.
    search: RwSignal<String>,
    list: LocalResource<List>,
    on_pick: Callback<Reference>,
}

impl Combo {
    fn new(session: Session, targets: Vec<TableName>, on_pick: Callback<Reference>) -> Self {
        let (is_open, search) = (RwSignal::new(false), RwSignal::new(String::new()));
        let list = task::load(move || {
            let (targets, search, is_open) = (targets.clone(), search.get(), is_open.get());
            async move { if is_open { look(session, targets, search).await } else { List::default() } }
        });
        Self {
            field: NodeRef::new(),
            popup: NodeRef::new(),
            is_open,
            active: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            search,
            list,
            on_pick,
        }
    }

    fn list(self) -> List {
        self.list.get().unwrap_or_default()
    }

    fn open(self) {
        self.is_open.set(true);
        if let (Some(field), Some(popup)) = (self.field.get_untracked(), self.popup.get_untracked()) {
            show_popup(&field, &popup, true);
        }
    }

    fn close(self) {
        // An input that is taken away loses the focus, too; then there is nothing left to close.
        if self.is_open.try_set(false).is_some() {
            return;
        }
        self.active.set(None);
        if let Some(popup) = self.popup.get_untracked() {
            hide_popup(&popup);
        }
    }

    fn pick(self, reference: Reference) {
        self.close();
        self.typed.set(String::new());
        self.search.set(String::new());
        self.on_pick.run(reference);
    }

    fn key(self, event: &KeyboardEvent) {
        let List { search, found, .. } = untrack(|| self.list());
        // Neither the best match of an earlier search nor a row nobody searched for is taken.
        let is_fresh =
            !search.is_empty() && search == self.typed.with_untracked(|typed| typed.trim().to_owned());
        let (is_open, active) = (self.is_open.get_untracked(), self.active.get_untracked());
        let best = active.or(is_fresh.then_some(0));
        match decide(&event.key(), is_open, active, best, found.len()) {
            Step::Nothing => return,
            Step::Wait => {}
            Step::Close => {
                event.stop_propagation();
                self.close();
            }
            Step::Activate(at) => {
                if !is_open {
                    self.open();
                }
                self.active.set(at);
            }
            Step::Pick(at) => {
                if let Some(found) = found.into_iter().nth(at) {
                    self.pick(found.reference);
                }
            }
        }
        event.prevent_default();
    }
}

/// What a key does in the input.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Wait,
    Close,
    Activate(Option<usize>),
    Pick(usize),
}

/// `active` is the row the arrows stand on, `best` the one that Enter takes.
fn decide(key: &str, is_open: bool, active: Option<usize>, best: Option<usize>, count: usize) -> Step {
    match key {
        "ArrowDown" => Step::Activate((count > 0).then(|| active.map_or(0, |at| (at + 1) % count))),
        "ArrowUp" => {
            Step::Activate((count > 0).then(|| active.map_or(count - 1, |at| (at + count - 1) % count)))
        }
        "Enter" if is_open && count > 0 => best.map_or(Step::Wait, Step::Pick),
        "Escape" if is_open => Step::Close,
        _ => Step::Nothing,
    }
}

async fn look(session: Session, targets: Vec<TableName>, search: String) -> List {
    let mut tables = Vec::new();
    for name in targets {
        // A target that this solution does not have is simply not offered.
        if let Ok(table) = session.table(name).await {
            tables.push(table);
        }
    }
    let names: Vec<TableName> = tables.iter().map(|table| table.name.clone()).collect();
    let coverage = session.coverage(names.clone()).await.unwrap_or_default();
    let is_missed = |(_, coverage): &(Arc<Table>, Coverage)| *coverage != Coverage::Whole;
    let elsewhere = tables.iter().cloned().zip(coverage).filter(is_missed).collect();
    match session.find(names, search.clone(), ROWS_PER_TABLE).await {
        Ok(found) => List { search, found, tables, elsewhere, failure: None },
        Err(failure) => {
            let failure = Some(crate::session::failure_text(&failure));
            List { search, found: Vec::new(), tables, elsewhere, failure }
        }
    }
}

fn rows(
    list: List,
    id: String,
    active: RwSignal<Option<usize>>,
    is_recent: bool,
    pick: Callback<Reference>,
) -> impl IntoView {
    let heading = if is_recent { text("lookup.recent") } else { text("lookup.found") };
    let is_empty = list.found.is_empty();
    let tables = list.tables.clone();
    let option = |(index, found): (usize, Found)| {
        let table = tables.iter().find(|table| table.name == found.reference.table);
        let icon = table.map(|table| table.icon.clone()).unwrap_or_default();
        let name = found.reference.name.clone().unwrap_or_else(|| text("value.unnamed").to_owned());
        let row = found.reference.id.to_string();
        let table = found.reference.table.to_string();
        let reference = found.reference;
        view! {
            <div
                class="row-option"
                role="option"
                id=format!("{id}-{index}")
                aria-selected=move || (active.get() == Some(index)).to_string()
                data-row=row
                data-table=table
                on:click=move |_| pick.run(reference.clone())
            >
                <Icon name=icon/>
                <span class="row-option-text">
                    <span class="row-option-name">{name}</span>
                    {(!found.detail.is_empty()).then(|| view! { <span class="row-option-detail">{found.detail}</span> })}
                </span>
            </div>
        }
    };
    let options = list.found.clone().into_iter().enumerate().map(option).collect_view();
    view! {
        <div role="listbox" id=id.clone() aria-label=heading>
            {(!is_empty).then(|| view! { <div class="menu-heading" role="presentation">{heading}</div> })}
            {options}
        </div>
        {is_empty.then(|| view! {
            <p class="menu-note">{list.failure.unwrap_or_else(|| text("lookup.nothing").to_owned())}</p>
        })}
        {list.elsewhere.iter().map(|(table, coverage)| {
            let line = elsewhere_line(*coverage, table.plural_label.text(locale::language()));
            view! { <p class="menu-note" data-coverage=coverage_name(*coverage)>{line}</p> }
        }).collect_view()}
    }
}

/// The value of `data-coverage`.
pub const fn coverage_name(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Whole => "whole",
        Coverage::Arriving => "arriving",
        Coverage::LeftOut => "left-out",
        Coverage::NotCarried => "not-carried",
    }
}

/// That not all rows of a table are here.
pub fn elsewhere_line(coverage: Coverage, table: &str) -> String {
    match coverage {
        Coverage::Whole => String::new(),
        Coverage::Arriving => fill("view.loading", &[("table", table)]),
        Coverage::LeftOut | Coverage::NotCarried => fill("view.elsewhere", &[("table", table)]),
    }
}

/// Buttons that make a new row by its quick create form.
fn makers(
    session: Session,
    tables: Vec<Arc<Table>>,
    typed: RwSignal<String>,
    pick: Callback<Reference>,
) -> impl IntoView {
    let may_create = |table: &Arc<Table>| {
        let user = session.user.get_untracked();
        table.has_quick_create
            && user.is_some_and(|user| {
                user.privileges.depth(table.name.as_str(), Right::Create) > model::Depth::None
            })
    };
    let button = |table: Arc<Table>| {
        let label = fill("command.new-of", &[("table", table.label.text(locale::language()))]);
        let make = move |_| {
            let table = Arc::clone(&table);
            task::spawn(async move {
                let name = typed.try_get_untracked().unwrap_or_default();
                let mut preset = Columns::new();
                let is_writable = table.column(table.primary_name.as_str()).is_some_and(|column| {
                    !matches!(column.writable, model::Writable::Never | model::Writable::OnUpdate)
                });
                if !name.trim().is_empty() && is_writable {
                    preset.set(table.primary_name.clone(), Value::Text(name));
                }
                let question = Question::QuickCreate { table: table.name.clone(), preset };
                if let Answer::Row(reference) = session.question(question).await {
                    // The form may have been left meanwhile.
                    pick.try_run(reference);
                }
            });
        };
        view! {
            <button type="button" class="menu-item" data-command="create" tabindex="-1" on:click=make>
                <span class="menu-mark"><Icon name="add"/></span>
                <span class="menu-label">{label}</span>
            </button>
        }
    };
    tables.into_iter().filter(may_create).map(button).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_enter_takes_the_best_match() {
        for (key, is_open, active, is_fresh, count, expected) in [
            ("ArrowDown", false, None, true, 3, Step::Activate(Some(0))),
            ("ArrowDown", true, Some(2), true, 3, Step::Activate(Some(0))),
            ("ArrowUp", true, Some(0), true, 3, Step::Activate(Some(2))),
            ("ArrowUp", true, None, true, 0, Step::Activate(None)),
            ("Enter", true, None, true, 3, Step::Pick(0)),
            ("Enter", true, None, false, 3, Step::Wait),
            ("Enter", true, Some(1), false, 3, Step::Pick(1)),
            ("Enter", true, None, true, 0, Step::Nothing),
            ("Enter", false, None, true, 3, Step::Nothing),
            ("Escape", true, None, true, 3, Step::Close),
            ("Escape", false, None, true, 3, Step::Nothing),
        ] {
            let best = active.or(is_fresh.then_some(0));
            assert_eq!(decide(key, is_open, active, best, count), expected, "{key}");
        }
    }
}
