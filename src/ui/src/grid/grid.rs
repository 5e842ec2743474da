//! The grid: the ARIA grid pattern over rows of which only those on screen are in the document.

use super::card::Card;
use super::columns::{GridColumn, cell};
use super::keys::{Move, decide};
use super::{RowsSource, Selection, open_row, window};
use crate::browser::Size;
use crate::format::{Currency, raw};
use crate::kit::{Icon, Skeleton};
use crate::locale::{fill, text};
use crate::session::{failure_text, use_session};
use client::message::RowCells;
use leptos::html::Div;
use leptos::prelude::*;
use model::{RowId, Table, Value};
use std::sync::Arc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{KeyboardEvent, ResizeObserver};

/// The height of a row and of the header; the style sheet gets it from here.
const ROW_PIXELS: f64 = 44.0;
/// The height of a card.
const CARD_PIXELS: f64 = 100.0;
/// The width of the column with the boxes to tick.
const SELECT_PIXELS: u32 = 44;
/// What a tick of "all" selects at most.
const MOST_SELECTED: u32 = 500;

/// Everything a row needs to draw itself.
#[derive(Clone, Copy)]
pub struct GridParts {
    pub(super) source: RowsSource,
    pub(super) columns: Signal<Arc<Vec<GridColumn>>>,
    pub(super) table: StoredValue<Arc<Table>>,
    pub(super) selection: Option<Selection>,
    pub(super) currency: Signal<Option<Currency>>,
    active: RwSignal<Option<(i64, usize)>>,
    name: StoredValue<String>,
}

/// A grid of rows.
#[component]
pub fn Grid(
    /// The rows.
    source: RowsSource,
    /// The columns.
    columns: Signal<Arc<Vec<GridColumn>>>,
    /// The table of the rows.
    table: Arc<Table>,
    /// The user's order, which a tap on a header changes.
    orders: RwSignal<Vec<(String, bool)>>,
    /// The rows selected; nothing where rows cannot be selected.
    #[prop(optional)]
    selection: Option<Selection>,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// So many rows high at most; nothing to fill the room there is.
    #[prop(optional)]
    most_rows: Option<u64>,
    /// Unique in the page.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let session = use_session();
    let scroller = NodeRef::<Div>::new();
    let (scroll, room) = (RwSignal::new(0.0), RwSignal::new((0.0, 0.0)));
    observe(scroller, room);
    let currency = crate::task::load(move || session.currency(None));
    let size = session.size;
    let columns = Memo::new(move |_| fitting(&columns.get(), size.get(), room.get().0, selection.is_some()));
    let parts = GridParts {
        source,
        columns: columns.into(),
        table: StoredValue::new(table),
        selection,
        currency: Signal::derive(move || currency.get().flatten()),
        active: RwSignal::new(None),
        name: StoredValue::new(name),
    };
    let is_cards = Memo::new(move |_| size.get() == Size::Phone);
    let row_pixels = move || if is_cards.get() { CARD_PIXELS } else { ROW_PIXELS };
    let header_pixels = move || if is_cards.get() { 0.0 } else { ROW_PIXELS };
    let total = move || source.total.get().unwrap_or(0);
    let visible = Memo::new(move |_| {
        window::visible(scroll.get(), (room.get().1 - header_pixels()).max(ROW_PIXELS), row_pixels(), total())
    });
    Effect::new(move |_| {
        let (first, last) = visible.get();
        source.want(first, last.max(first + 1));
    });
    // Other rows start at the top.
    Effect::new(move |earlier: Option<client::message::RowsRequest>| {
        let now = source.request();
        if earlier.is_some_and(|earlier| earlier != now) {
            parts.active.set(None);
            if let Some(scroller) = scroller.get_untracked() {
                scroller.set_scroll_top(0);
            }
        }
        now
    });
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroll.set(f64::from(scroller.scroll_top()));
        }
    };
    let on_key = move |event: KeyboardEvent| on_key(&event, parts, orders, scroller, session);
    #[expect(clippy::cast_precision_loss, reason = "rows of a table are far below 2^52")]
    let body_height = move || format!("{}px", total() as f64 * row_pixels());
    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    let own_height = move || {
        most_rows.map(|most| {
            let rows = source.total.get().unwrap_or(3).clamp(1, most);
            format!("{}px", header_pixels() + rows as f64 * row_pixels() + 2.0)
        })
    };
    view! {
        <div
            node_ref=scroller
            class="grid"
            class:cards=move || is_cards.get()
            role=move || if is_cards.get() { "list" } else { "grid" }
            tabindex="0"
            aria-label=move || label.get()
            aria-busy=move || source.is_asking.get().to_string()
            aria-rowcount=move || (!is_cards.get()).then(|| (total() + 1).to_string())
            aria-multiselectable=move || (selection.is_some() && !is_cards.get()).then_some("true")
            aria-activedescendant=move || parts.active.get().filter(|_| !is_cards.get()).map(|at| cell_id(parts, at))
            style=("--grid-columns", move || template(&columns.get(), selection.is_some()))
            style=("--row-height", move || format!("{}px", row_pixels()))
            style:height=own_height
            on:scroll=on_scroll
            on:keydown=on_key
            on:focus=move |_| {
                if parts.active.get_untracked().is_none() && total() > 0 {
                    parts.active.set(Some((0, 0)));
                }
            }
        >
            {move || (!is_cards.get()).then(|| header(parts, orders))}
            <div class="grid-body" role="presentation" style:height=body_height>
                <For each=move || { let (first, last) = visible.get(); first..last } key=move |index| (*index, is_cards.get_untracked()) let:index>
                    {if is_cards.get_untracked() {
                        view! { <Card parts index/> }.into_any()
                    } else {
                        view! { <Row parts index/> }.into_any()
                    }}
                </For>
            </div>
            {move || (source.total.get().is_none() && source.failure.with(Option::is_none))
                .then(|| view! { <Skeleton lines=8/> })}
            <GridProblem source/>
        </div>
    }
}

/// What went wrong with asking for rows.
#[component]
pub fn GridProblem(
    /// The rows.
    source: RowsSource,
) -> impl IntoView {
    move || {
        source.failure.get().map(|failure| {
            view! {
                <div class="inline-problem" role="alert">
                    <Icon name="error_circle"/>
                    <p>{failure_text(&failure)}</p>
                    <button type="button" class="button" on:click=move |_| source.want(0, 1)>{text("action.retry")}</button>
                </div>
            }
        })
    }
}

fn header(parts: GridParts, orders: RwSignal<Vec<(String, bool)>>) -> impl IntoView {
    let all = parts.selection.map(|selection| {
        view! {
            <div class="grid-cell grid-tick" role="columnheader">
                <input
                    type="checkbox"
                    tabindex="-1"
                    aria-label=text("grid.select-all")
                    prop:checked=move || selection.with(|chosen| !chosen.is_empty())
                    on:change=move |event| select_all(parts, event_target_checked(&event))
                />
            </div>
        }
    });
    let columns = move || {
        let cell = |(at, column): (usize, &GridColumn)| {
            let (name, sort_name) = (column.name.clone(), column.name.clone());
            let direction = move || orders.with(|orders| orders.iter().find(|(other, _)| *other == name).map(|(_, descending)| *descending));
            let direction = Memo::new(move |_| direction());
            let aria_sort = move || match direction.get() {
                Some(true) => "descending",
                Some(false) => "ascending",
                None => "none",
            };
            let label = column.label.clone();
            let content = if column.is_sortable {
                let mark = move || direction.get().map(|descending| {
                    view! { <Icon name=if descending { "arrow_down" } else { "arrow_up" }/> }
                });
                view! {
                    <button type="button" class="grid-sort" tabindex="-1" on:click=move |_| sort(orders, &sort_name)>
                        <span class="grid-label">{label.clone()}</span> {mark}
                    </button>
                }.into_any()
            } else {
                view! { <span class="grid-label">{label.clone()}</span> }.into_any()
            };
            view! {
                <div
                    class="grid-cell grid-head"
                    class:number=column.is_number
                    role="columnheader"
                    id=cell_id(parts, (-1, at))
                    aria-sort=column.is_sortable.then(|| aria_sort)
                    class:active=move || parts.active.get() == Some((-1, at))
                    data-column=column.name.clone()
                    title=label.clone()
                >
                    {content}
                </div>
            }
        };
        parts.columns.get().iter().enumerate().map(cell).collect_view()
    };
    view! { <div class="grid-header" role="row" aria-rowindex="1">{all} {columns}</div> }
}

/// A row of the grid.
#[component]
fn Row(
    /// The grid.
    parts: GridParts,
    /// The row's place.
    index: u64,
) -> impl IntoView {
    let row = Memo::new(move |_| parts.source.row(index));
    let id = move || row.get().map(|row| row.id);
    let is_selected = move || is_selected(parts, id());
    let cells = move || match row.get() {
        None => view! { <div class="grid-cell wide"><div class="skeleton-line"></div></div> }.into_any(),
        Some(row) => cells(parts, &row, index).into_any(),
    };
    view! {
        <div
            class="grid-row"
            class:selected=is_selected
            role="row"
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || parts.selection.map(|_| is_selected().to_string())
            data-row=move || id().map(|id| id.to_string())
            data-table=parts.table.with_value(|table| table.name.to_string())
            data-pending=move || row.get().filter(|row| row.pending > 0).map(|row| row.pending.to_string())
            style:top=top(index, ROW_PIXELS)
            on:click=move |event| {
                if let Some(id) = id() {
                    clicked(&event, parts, index, id);
                }
            }
        >
            {cells}
        </div>
    }
}

fn cells(parts: GridParts, row: &Arc<RowCells>, index: u64) -> impl IntoView {
    let session = parts.source.session();
    let names = parts.source.names.get();
    let row_at = i64::try_from(index).unwrap_or(i64::MAX);
    let columns = parts.columns.get();
    let name = columns.iter().find(|column| column.is_primary).map(|column| {
        column.show(cell(row, &names, &column.name), None)
    });
    let tick = parts.selection.map(|selection| {
        let id = row.id;
        let label = fill("grid.select", &[("name", &name.clone().unwrap_or_default())]);
        view! {
            <div class="grid-cell grid-tick" role="gridcell">
                <input type="checkbox" tabindex="-1" aria-label=label
                    prop:checked=move || selection.with(|chosen| chosen.contains(&id))
                    on:change=move |_| toggle(selection, id)/>
            </div>
        }
    });
    let pending = row.pending;
    let one = |(at, column): (usize, &GridColumn)| {
        let value = cell(row, &names, &column.name).clone();
        let shown = column.show(&value, parts.currency.get().as_ref());
        let content = if column.is_primary {
            let address = row_link(parts, row.id);
            let text = if shown.is_empty() { text("value.unnamed").to_owned() } else { shown.clone() };
            view! {
                {(pending > 0).then(|| view! { <span class="pending" title=text_pending()><Icon name="cloud_arrow_up"/></span> })}
                <a class="link grid-link" tabindex="-1" href=address>{text}</a>
            }.into_any()
        } else if let Value::Reference(reference) = &value {
            view! { <a class="link quiet" tabindex="-1" href=crate::field::row_address(session, reference)>{shown.clone()}</a> }.into_any()
        } else {
            view! { <span class="grid-text">{shown.clone()}</span> }.into_any()
        };
        view! {
            <div
                class="grid-cell"
                class:number=column.is_number
                class:active=move || parts.active.get() == Some((row_at, at))
                role="gridcell"
                id=cell_id(parts, (row_at, at))
                data-column=column.name.clone()
                data-value=raw(&value)
                title=shown
            >
                {content}
            </div>
        }
    };
    view! { {tick} {columns.iter().enumerate().map(one).collect_view()} }
}

fn text_pending() -> &'static str {
    text("grid.pending")
}

/// The address of a row's form.
pub(super) fn row_link(parts: GridParts, id: RowId) -> String {
    let table = parts.table.with_value(|table| table.name.clone());
    crate::field::row_address(parts.source.session(), &model::Reference { table, id, name: None })
}

#[expect(clippy::cast_precision_loss, reason = "rows of a table are far below 2^52")]
pub(super) fn top(index: u64, row_pixels: f64) -> String {
    format!("{}px", index as f64 * row_pixels)
}

/// Where a card stands.
pub(super) fn card_top(index: u64) -> String {
    top(index, CARD_PIXELS)
}

pub(super) fn is_selected(parts: GridParts, id: Option<RowId>) -> bool {
    parts.selection.zip(id).is_some_and(|(selection, id)| selection.with(|chosen| chosen.contains(&id)))
}

pub(super) fn toggle(selection: Selection, id: RowId) {
    selection.update(|chosen| {
        if !chosen.remove(&id) {
            chosen.insert(id);
        }
    });
}

fn cell_id(parts: GridParts, (row, column): (i64, usize)) -> String {
    parts.name.with_value(|name| format!("{name}-{}-{column}", row + 1))
}

/// A tap opens the row, except on a link (which goes its own way) and on a box to tick.
fn clicked(event: &web_sys::MouseEvent, parts: GridParts, index: u64, id: RowId) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_own = target.is_some_and(|target| target.closest("a,input,.grid-tick").is_ok_and(|found| found.is_some()));
    if is_own {
        return;
    }
    parts.active.set(Some((i64::try_from(index).unwrap_or(0), 0)));
    let table = parts.table.with_value(|table| table.name.clone());
    open_row(parts.source.session(), &table, id);
}

fn on_key(
    event: &KeyboardEvent,
    parts: GridParts,
    orders: RwSignal<Vec<(String, bool)>>,
    scroller: NodeRef<Div>,
    session: crate::session::Session,
) {
    let is_own = event.target() == event.current_target();
    let is_cards = session.size.get_untracked() == Size::Phone;
    let Some(element) = scroller.get_untracked() else { return };
    if !is_own || is_cards {
        return;
    }
    let rows = i64::try_from(parts.source.total.get_untracked().unwrap_or(0)).unwrap_or(i64::MAX);
    let columns = parts.columns.get_untracked();
    let height = f64::from(element.client_height()) - ROW_PIXELS;
    #[expect(clippy::cast_possible_truncation, reason = "a few rows")]
    let page = ((height / ROW_PIXELS) as i64).max(1);
    let at = parts.active.get_untracked().unwrap_or((-1, 0));
    let ctrl = event.ctrl_key() || event.meta_key();
    let Some(decision) = decide(&event.key(), ctrl, at, rows, columns.len(), page) else { return };
    event.prevent_default();
    let row = u64::try_from(at.0).ok().and_then(|index| parts.source.row(index));
    match decision {
        Move::To(row, column) => {
            parts.active.set(Some((row, column)));
            if let Ok(row) = u64::try_from(row)
                && let Some(to) = window::scroll_to(row, f64::from(element.scroll_top()), height, ROW_PIXELS)
            {
                #[expect(clippy::cast_possible_truncation, reason = "a browser scrolls by whole pixels below 2^31")]
                element.set_scroll_top(to as i32);
            }
        }
        Move::Open => match row {
            Some(row) => open_row(session, &parts.table.with_value(|table| table.name.clone()), row.id),
            None => {
                if let Some(column) = columns.get(at.1).filter(|column| at.0 < 0 && column.is_sortable) {
                    sort(orders, &column.name);
                }
            }
        },
        Move::Toggle => {
            if let (Some(selection), Some(row)) = (parts.selection, row) {
                toggle(selection, row.id);
            }
        }
        Move::SelectAll => select_all(parts, true),
    }
}

/// Ascending, then descending, then as the view says.
fn sort(orders: RwSignal<Vec<(String, bool)>>, name: &str) {
    orders.update(|orders| {
        *orders = match orders.first() {
            Some((other, false)) if other == name => vec![(name.to_owned(), true)],
            Some((other, true)) if other == name => Vec::new(),
            _ => vec![(name.to_owned(), false)],
        };
    });
}

fn select_all(parts: GridParts, is_on: bool) {
    let Some(selection) = parts.selection else { return };
    if !is_on {
        selection.update(std::collections::BTreeSet::clear);
        return;
    }
    let session = parts.source.session();
    let mut request = untrack(|| parts.source.request());
    (request.offset, request.limit) = (0, MOST_SELECTED);
    crate::task::spawn(async move {
        match session.rows(request).await {
            Ok(rows) => {
                selection.try_set(rows.rows.iter().map(|row| row.id).collect());
            }
            Err(failure) => session.fail(&failure),
        }
    });
}

fn template(columns: &[GridColumn], has_ticks: bool) -> String {
    let widths = columns.iter().map(|column| format!("minmax({0}px, {0}fr)", column.width));
    let ticks = has_ticks.then(|| format!("{SELECT_PIXELS}px"));
    ticks.into_iter().chain(widths).collect::<Vec<_>>().join(" ")
}

/// On a tablet the first columns that fit, in the order of LayoutXML; elsewhere all.
fn fitting(columns: &Arc<Vec<GridColumn>>, size: Size, width: f64, has_ticks: bool) -> Arc<Vec<GridColumn>> {
    if size != Size::Tablet || width <= 0.0 {
        return Arc::clone(columns);
    }
    let mut left = width - if has_ticks { f64::from(SELECT_PIXELS) } else { 0.0 };
    let mut fitting = Vec::new();
    for column in columns.iter() {
        left -= f64::from(column.width);
        if left < 0.0 && fitting.len() >= 2 {
            break;
        }
        fitting.push(column.clone());
    }
    Arc::new(fitting)
}

/// Follows the width and height of an element.
fn observe(element: NodeRef<Div>, room: RwSignal<(f64, f64)>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let measure = {
            let element = element.clone();
            move || {
                let now = (f64::from(element.client_width()), f64::from(element.client_height()));
                if room.try_get_untracked().is_some_and(|earlier| earlier != now) {
                    room.set(now);
                }
            }
        };
        measure();
        let closure = Closure::<dyn FnMut()>::new(measure);
        let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local(Some((observer, closure)));
        on_cleanup(move || {
            if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    });
}
