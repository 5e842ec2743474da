//! The drawing of a form: header, tabs, sections, cells.

use super::FormState;
use super::layout::{Part, drawn_tabs, is_spacer, part, tab_of};
use super::place::MapLink;
use super::quick_view::QuickView;
use super::related::{RelatedMenu, RelatedRows, entries};
use super::subgrid::Subgrid;
use super::timeline::Timeline;
use super::timer::Timer;
use crate::browser::{self, Size};
use crate::field::{Field, FieldView, Insistence};
use crate::kit::Icon;
use crate::locale::{self, fill, text};
use crate::route;
use crate::session::use_session;
use client::message::RelatedTable;
use leptos::prelude::*;
use model::{Cell, Control, Label, Requirement, Section, Step, StepKind, Tab, Writable};
use std::sync::Arc;
use web_sys::KeyboardEvent;

/// Fields of the header that are always shown.
const HEADER_FIELDS: usize = 4;

fn words(label: &Label) -> String {
    label.text(locale::language()).to_owned()
}

/// The fields of the header.
#[component]
pub fn FormHeader(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let form = state.form();
    let cells = form.header.iter().enumerate().filter(|(_, cell)| cell.visible);
    let mut fields: Vec<_> =
        cells.filter_map(|(at, cell)| field(state, cell, &format!("header-{at}"))).collect();
    (!fields.is_empty()).then(|| {
        let rest = fields.split_off(fields.len().min(HEADER_FIELDS));
        let draw = |fields: Vec<Field>| fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
        let is_open = RwSignal::new(false);
        let more = (!rest.is_empty()).then(|| {
            view! {
                <button type="button" class="button subtle header-more" aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)>
                    <span class="button-label">{text("form.header-more")}</span> <Icon name="chevron_down"/>
                </button>
            }
        });
        view! {
            <div class="form-header-fields">{draw(fields)} {move || is_open.get().then(|| draw(rest.clone()))}</div>
            {more}
        }
    })
}

/// The tabs with their sections, and the list of what is wrong.
#[component]
pub fn FormTabs(
    /// The form.
    state: FormState,
    /// The tab is named in the address.
    #[prop(default = true)]
    in_address: bool,
) -> impl IntoView {
    let session = use_session();
    let is_phone = Memo::new(move |_| session.size.get() == Size::Phone);
    let tabs = Memo::new(move |_| {
        drawn_tabs(&state.form(), &state.table(), is_phone.get(), state.is_new, text("timeline.title"))
    });
    let wanted = in_address.then(|| route::parameter(&session.address.get_untracked(), "tab")).flatten();
    let at = tabs.with_untracked(|tabs| tabs.iter().position(|tab| Some(&tab.name) == wanted.as_ref()));
    let current = RwSignal::new(at.unwrap_or(0));
    // The tab of a related table, the last one while it is open.
    let related = RwSignal::new(None::<RelatedTable>);
    let menu = related_entries(state, in_address);
    reopen_related(menu, wanted, current, related, tabs);
    let choose = move |at: usize| {
        current.set(at);
        let name = tabs.with_untracked(|tabs| tabs.get(at).map(|tab| tab.name.clone()));
        let name = name.or_else(|| related.get_untracked().map(|entry| entry.relationship));
        if in_address && let Some(name) = name {
            let name = if at == 0 { String::new() } else { name };
            session.address.replace(&route::with_parameter(&session.address.get_untracked(), "tab", &name));
        }
    };
    let prefix = StoredValue::new(format!("form-{}", state.id));
    let count = Memo::new(move |_| tabs.with(Vec::len) + usize::from(related.with(Option::is_some)));
    let strip = move || {
        let tab = |(at, label): (usize, String)| {
            view! {
                <button
                    type="button"
                    class="tab"
                    role="tab"
                    id=format!("{}-tab-{at}", prefix.get_value())
                    aria-controls=format!("{}-panel", prefix.get_value())
                    aria-selected=move || (current.get() == at).to_string()
                    tabindex=move || if current.get() == at { "0" } else { "-1" }
                    on:click=move |_| choose(at)
                >
                    {label}
                </button>
            }
        };
        let mut labels: Vec<String> = tabs.with(|tabs| tabs.iter().map(|tab| words(&tab.label)).collect());
        labels.extend(related.get().map(|entry| entry.label));
        let has_menu = !menu.with(Vec::is_empty);
        (count.get() > 1 || has_menu).then(|| {
            let open = move |entry: RelatedTable| {
                related.set(Some(entry));
                choose(tabs.with_untracked(Vec::len));
            };
            view! {
              <div class="tab-strip">
                <div class="tabs" role="tablist" aria-label=text("form.tabs")
                    on:keydown=move |event| tab_key(&event, current, count.get_untracked(), prefix.get_value(), choose)>
                    {labels.into_iter().enumerate().map(tab).collect_view()}
                </div>
                <RelatedMenu entries=menu on_choose=open/>
              </div>
            }
        })
    };
    let panel = move || {
        let length = tabs.with(Vec::len);
        match related.get().filter(|_| current.get() >= length) {
            Some(entry) => view! { <RelatedRows state entry/> }.into_any(),
            None => tabs
                .with(|tabs| tabs.get(current.get().min(length.saturating_sub(1))).cloned())
                .map(|tab| panel(state, &tab))
                .into_any(),
        }
    };
    view! {
        <Problems state on_jump=move |column: String| {
            if let Some(at) = tabs.with_untracked(|tabs| tab_of(tabs, &column)) {
                choose(at);
            }
            request_animation_frame(move || jump(&column));
        }/>
        {strip}
        <div
            class="tab-panel"
            role=move || (count.get() > 1).then_some("tabpanel")
            id=format!("{}-panel", prefix.get_value())
            aria-labelledby=move || (count.get() > 1).then(|| format!("{}-tab-{}", prefix.get_value(), current.get()))
        >
            {panel}
        </div>
    }
}

/// What the Related menu of a saved row on its main form offers.
fn related_entries(state: FormState, is_main: bool) -> Signal<Vec<RelatedTable>> {
    if state.is_new || !is_main {
        return Signal::from(Vec::new());
    }
    let session = use_session();
    let related = crate::task::load(move || {
        session.definitions.track();
        let table = state.table().name.clone();
        async move { session.related(table).await.unwrap_or_default() }
    });
    Memo::new(move |_| entries(&state.form(), &related.get().unwrap_or_default())).into()
}

/// An address may name the tab of a related table; it is opened as soon as the menu is known.
fn reopen_related(
    menu: Signal<Vec<RelatedTable>>,
    wanted: Option<String>,
    current: RwSignal<usize>,
    related: RwSignal<Option<RelatedTable>>,
    tabs: Memo<Vec<Tab>>,
) {
    let Some(wanted) = wanted else { return };
    Effect::new(move |_| {
        let found = menu.with(|menu| menu.iter().find(|entry| entry.relationship == wanted).cloned());
        if related.with_untracked(Option::is_none) && found.is_some() {
            related.set(found);
            current.set(tabs.with_untracked(Vec::len));
        }
    });
}

/// Moves the focus to a column's control.
fn jump(column: &str) {
    let selector = format!("form [data-column=\"{column}\"]");
    if let Ok(Some(field)) = document().query_selector(&selector) {
        field.scroll_into_view();
        browser::focus_first(&field, "input,select,textarea,button");
    }
}

fn tab_key(
    event: &KeyboardEvent,
    current: RwSignal<usize>,
    count: usize,
    prefix: String,
    choose: impl Fn(usize),
) {
    let at = current.get_untracked();
    let next = match event.key().as_str() {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return,
    };
    event.prevent_default();
    choose(next);
    browser::focus(&format!("{prefix}-tab-{next}"));
}

/// What keeps the form from being saved, each with a way there.
#[component]
fn Problems(
    /// The form.
    state: FormState,
    /// Goes to a column.
    on_jump: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    move || {
        let problems = state.problems.get();
        (!problems.is_empty()).then(|| {
            let table = state.table();
            let item = |(column, problem): (model::ColumnName, String)| {
                let label = table.column(column.as_str()).map_or(column.as_str(), |found| found.text(locale::language()));
                let line = fill("form.problem", &[("label", label), ("problem", &problem)]);
                view! {
                    <li><button type="button" class="link" on:click=move |_| on_jump(column.to_string())>{line}</button></li>
                }
            };
            view! {
                <div class="problems" id="form-problems" role="alert" tabindex="-1">
                    <Icon name="error_circle"/>
                    <ul>{problems.into_iter().map(item).collect_view()}</ul>
                </div>
            }
        })
    }
}

fn panel(state: FormState, tab: &Tab) -> impl IntoView + use<> {
    let count = tab.columns.len();
    let name = tab.name.clone();
    let side = |(at, column): (usize, &model::FormColumn)| {
        let sections = column
            .sections
            .iter()
            .enumerate()
            .map(|(section_at, section)| draw_section(state, section, &format!("{name}-{at}-{section_at}")))
            .collect_view();
        let share = if count == 1 { 100 } else { column.width_percent.max(1) };
        view! { <div class="form-side" style=("--share", share.to_string())>{sections}</div> }
    };
    view! {
        <div class="form-sides" class:several={count > 1}>{tab.columns.iter().enumerate().map(side).collect_view()}</div>
    }
}

fn draw_section(state: FormState, section: &Section, name: &str) -> impl IntoView + use<> {
    let label = words(&section.label);
    let has_label = section.show_label && !label.is_empty();
    let heading_id = format!("section-{}-{name}", state.id);
    let labelled = has_label.then(|| heading_id.clone());
    let cells: Vec<&Cell> = section.rows.iter().flat_map(|row| &row.cells).collect();
    let is_bare = cells.iter().all(|cell| {
        let control = cell.control.as_ref();
        let part = control.and_then(|control| part(control, &state.table()));
        !matches!(part, Some(Part::Field | Part::Timer))
    });
    let columns = section.columns.clamp(1, 4);
    let drawn = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let span = cell.column_span.clamp(1, columns);
            view! {
                <div class="form-cell" class:spacer=is_spacer(cell) style=("--span", span.to_string())>{draw_cell(state, cell, &format!("{name}-{at}"))}</div>
            }
        })
        .collect_view();
    view! {
        <section class="form-section" class:bare=is_bare aria-labelledby=labelled>
            {has_label.then(|| view! { <h2 class="section-title" id=heading_id>{label}</h2> })}
            <div class="section-cells" style=("--cells", columns.to_string())>{drawn}</div>
        </section>
    }
}

fn draw_cell(state: FormState, cell: &Cell, name: &str) -> AnyView {
    let Some(control) = cell.control.clone() else { return ().into_any() };
    match part(&control, &state.table()) {
        Some(Part::Field) => field(state, cell, name).map(|field| view! { <FieldView field/> }).into_any(),
        Some(Part::Subgrid) => {
            view! { <Subgrid state control label=words(&cell.label) name=name.to_owned()/> }.into_any()
        }
        Some(Part::QuickView) => view! { <QuickView state control/> }.into_any(),
        Some(Part::Timeline) => view! { <Timeline state/> }.into_any(),
        Some(Part::Place) => view! { <MapLink state/> }.into_any(),
        Some(Part::Timer) => timer(state, cell).into_any(),
        None => ().into_any(),
    }
}

fn timer(state: FormState, cell: &Cell) -> Option<impl IntoView + use<>> {
    let table = state.table();
    let column = table.column(cell.control.as_ref()?.column.as_ref()?.as_str())?;
    let own = words(&cell.label);
    let label = if own.is_empty() { column.text(locale::language()).to_owned() } else { own };
    let column = column.name.clone();
    Some(view! { <Timer state column label/> })
}

/// A step of a process as a control gets it.
pub fn step_field(state: FormState, step: &Step, name: &str) -> Option<Field> {
    let StepKind::Column { column, control } = &step.kind else { return None };
    let table = state.table();
    let column = table.column(column.as_str())?.clone();
    let own = words(&step.label);
    let label = if own.is_empty() { column.text(locale::language()).to_owned() } else { own };
    let control = Control { kind: *control, column: Some(column.name.clone()), ..Control::default() };
    let field = make_field(state, &control, column, label, true, name, &table);
    let insistence = if step.required { Insistence::Required } else { field.insistence };
    Some(Field { insistence, ..field })
}

/// A cell's column as a control gets it.
fn field(state: FormState, cell: &Cell, name: &str) -> Option<Field> {
    let control = cell.control.as_ref()?;
    let table = state.table();
    let column = table.column(control.column.as_ref()?.as_str())?.clone();
    let label =
        if cell.label.is_empty() { column.text(locale::language()).to_owned() } else { words(&cell.label) };
    let label = if label.is_empty() { column.text(locale::language()).to_owned() } else { label };
    Some(make_field(state, control, column, label, cell.show_label, name, &table))
}

fn make_field(
    state: FormState,
    control: &Control,
    column: model::Column,
    label: String,
    shows_label: bool,
    name: &str,
    table: &Arc<model::Table>,
) -> Field {
    let is_writable = match column.writable {
        Writable::Always => true,
        Writable::OnCreate => state.is_new,
        Writable::OnUpdate => !state.is_new,
        Writable::Never => false,
    };
    let is_locked = control.disabled || !is_writable || column.name == table.primary_id;
    let insistence = if state.insists(&column, control.required) {
        Insistence::Required
    } else if column.required == Requirement::Recommended {
        Insistence::Recommended
    } else {
        Insistence::None
    };
    let name_of = column.name.clone();
    let (for_change, for_problem, for_dirty, for_note) =
        (name_of.clone(), name_of.clone(), name_of.clone(), name_of.clone());
    Field {
        input: format!("field-{}-{name}-{}", state.id, column.name),
        label,
        shows_label,
        kind: control.kind,
        value: state.value(&column.name),
        on_change: Callback::new(move |value| state.set(&for_change, value)),
        on_problem: Callback::new(move |problem| state.set_problem(&for_problem, problem)),
        problem: Signal::derive(move || state.problems.with(|problems| problems.get(&for_note).cloned())),
        // A memo: a row that arrives again must not draw the control anew under the user's hands.
        is_disabled: Memo::new(move |_| is_locked || !state.is_editable()).into(),
        insistence,
        is_dirty: Signal::derive(move || state.is_changed(&for_dirty)),
        currency: state.currency,
        other: Callback::new(move |column: model::ColumnName| state.value_now(column.as_str())),
        column: Arc::new(column),
        table: Arc::clone(table),
    }
}
