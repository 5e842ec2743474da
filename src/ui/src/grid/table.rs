//! The grid: the ARIA grid pattern over rows of which only those on screen are in the document.

use super::adjust::Adjust;
use super::card::Card;
use super::card_form::CardForm;
use super::columns::GridColumn;
use super::header::{header, select_all, sort};
use super::keys::{Move, decide};
use super::row::Row;
use super::{RowsSource, Selection, open_row, window};
use crate::browser::{self, Size};
use crate::format::Currency;
use crate::kit::{Icon, Skeleton};
use crate::locale::text;
use crate::session::{failure_text, use_session};
use leptos::html::Div;
use leptos::prelude::*;
use model::{RowId, Table};
use std::sync::Arc;
use web_sys::KeyboardEvent;

/// The height of a row and of the header; the style sheet gets it from here.
pub(super) const ROW_PIXELS: f64 = 44.0;
/// The height of a card.
const CARD_PIXELS: f64 = 124.0;
/// The width of the column with the boxes to tick.
const SELECT_PIXELS: u32 = 44;
/// Columns drawn however narrow the room is.
const LEAST_COLUMNS: usize = 2;
/// The narrowest that a column of words gets beside others.
const LEAST_PIXELS: u16 = 80;

/// Everything a row needs to draw itself.
#[derive(Clone, Copy)]
pub struct GridParts {
    pub(super) source: RowsSource,
    pub(super) columns: Signal<Arc<Vec<GridColumn>>>,
    pub(super) table: StoredValue<Arc<Table>>,
    pub(super) selection: Option<Selection>,
    pub(super) currency: Signal<Option<Currency>>,
    pub(super) card: Signal<Option<Arc<CardForm>>>,
    pub(super) active: RwSignal<Option<(i64, usize)>>,
    pub(super) orders: RwSignal<Vec<(String, bool)>>,
    pub(super) adjust: Option<Adjust>,
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
    /// What the user changes about the view; nothing where nothing but the order can be changed.
    #[prop(optional)]
    adjust: Option<Adjust>,
    /// The rows selected; nothing where rows cannot be selected.
    #[prop(optional)]
    selection: Option<Selection>,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The card form of the table, where rows are drawn as cards.
    #[prop(into)]
    card: Signal<Option<Arc<CardForm>>>,
    /// So many rows high at most; nothing to fill the room there is.
    #[prop(optional)]
    most_rows: Option<u64>,
    /// Unique in the page.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let session = use_session();
    let (scroller, scroll, room) = (NodeRef::<Div>::new(), RwSignal::new(0.0), RwSignal::new((0.0, 0.0)));
    browser::observe(scroller, room);
    let currency = crate::task::load(move || session.currency(None));
    let size = session.size;
    let is_narrow = Memo::new(move |_| size.get() == Size::Tablet || most_rows.is_some());
    let has_ticks = selection.is_some();
    let layout = Memo::new(move |_| Layout::of(&columns.get(), room.get().0, is_narrow.get(), has_ticks));
    let parts = GridParts {
        source,
        columns: Signal::derive(move || layout.with(|layout| Arc::clone(&layout.columns))),
        table: StoredValue::new(table),
        selection,
        currency: Signal::derive(move || currency.get().flatten()),
        card,
        active: RwSignal::new(None),
        orders,
        adjust,
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
    return_to_top(parts, scroller);
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroll.set(f64::from(scroller.scroll_top()));
        }
    };
    let on_key = move |event: KeyboardEvent| on_key(&event, parts, scroller, session);
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
            style=("--grid-columns", move || layout.with(|layout| layout.template.clone()))
            style=("--grid-width", move || layout.with(|layout| format!("{}px", layout.least_pixels)))
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
            {move || (!is_cards.get()).then(|| header(parts))}
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

/// Other rows start at the top.
fn return_to_top(parts: GridParts, scroller: NodeRef<Div>) {
    Effect::new(move |earlier: Option<client::message::RowsRequest>| {
        let now = parts.source.request();
        if earlier.is_some_and(|earlier| earlier != now) {
            parts.active.set(None);
            if let Some(scroller) = scroller.get_untracked() {
                scroller.set_scroll_top(0);
            }
        }
        now
    });
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

/// Keeps the list a row is opened from, for going on to its neighbours.
pub(super) fn remember(parts: GridParts, index: u64) {
    crate::walk::begin(untrack(|| parts.source.request()), index);
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

pub(super) fn cell_id(parts: GridParts, (row, column): (i64, usize)) -> String {
    parts.name.with_value(|name| format!("{name}-{}-{column}", row + 1))
}

fn on_key(event: &KeyboardEvent, parts: GridParts, scroller: NodeRef<Div>, session: crate::session::Session) {
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
    if ctrl && event.key() == "c" {
        event.prevent_default();
        super::copy::copy(parts, at);
        return;
    }
    if event.alt_key() && event.key() == "ArrowDown" && at.0 < 0 {
        event.prevent_default();
        super::header_menu::open(&cell_id(parts, at));
        return;
    }
    let Some(decision) = decide(&event.key(), ctrl, at, rows, columns.len(), page) else { return };
    event.prevent_default();
    let row = u64::try_from(at.0).ok().and_then(|index| parts.source.row(index));
    match decision {
        Move::To(row, column) => {
            parts.active.set(Some((row, column)));
            if let Ok(row) = u64::try_from(row)
                && let Some(to) = window::scroll_to(row, f64::from(element.scroll_top()), height, ROW_PIXELS)
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a browser scrolls by whole pixels below 2^31"
                )]
                element.set_scroll_top(to as i32);
            }
        }
        Move::Open => match row {
            Some(row) => {
                remember(parts, u64::try_from(at.0).unwrap_or(0));
                open_row(session, &parts.table.with_value(|table| table.name.clone()), row.id);
            }
            None => {
                if let Some(column) = columns.get(at.1).filter(|column| at.0 < 0 && column.is_sortable) {
                    sort(parts.orders, &column.name, event.shift_key());
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

/// Which columns are drawn, and how wide.
#[derive(Clone, PartialEq)]
struct Layout {
    columns: Arc<Vec<GridColumn>>,
    /// For `grid-template-columns`.
    template: String,
    /// Below this width the grid scrolls sideways.
    least_pixels: u32,
}

impl Layout {
    /// Both in one: whoever reads a memo and another one made of it can miss a change.
    fn of(columns: &Arc<Vec<GridColumn>>, width: f64, is_narrow: bool, has_ticks: bool) -> Self {
        if is_narrow { Self::squeezed(columns, width, has_ticks) } else { Self::scrolled(columns, has_ticks) }
    }

    /// All columns as wide as LayoutXML says or wider.
    fn scrolled(columns: &Arc<Vec<GridColumn>>, has_ticks: bool) -> Self {
        let wide: u32 = columns.iter().map(|column| u32::from(column.width)).sum();
        Self {
            columns: Arc::clone(columns),
            template: template(columns, |column| column.width, has_ticks),
            least_pixels: wide + if has_ticks { SELECT_PIXELS } else { 0 },
        }
    }

    /// The first columns that fit, in the order of LayoutXML, but two at least, in shares of what room there is.
    fn squeezed(columns: &Arc<Vec<GridColumn>>, width: f64, has_ticks: bool) -> Self {
        let mut left = width - if has_ticks { f64::from(SELECT_PIXELS) } else { 0.0 };
        let mut fitting = Vec::new();
        for column in columns.iter() {
            let room = left - f64::from(least(column));
            if width > 0.0 && room < 0.0 && fitting.len() >= LEAST_COLUMNS {
                break;
            }
            left = room;
            fitting.push(column.clone());
        }
        // Two columns may need more than there is: then each gives way.
        let floor = |column: &GridColumn| if left < 0.0 { 0 } else { least(column) };
        let template = template(&fitting, floor, has_ticks);
        Self { columns: Arc::new(fitting), template, least_pixels: 0 }
    }
}

/// How far a column can be squeezed: words are cut off, a number must be read whole.
fn least(column: &GridColumn) -> u16 {
    if column.is_number { column.width } else { (column.width / 5 * 3).max(LEAST_PIXELS) }
}

fn template(columns: &[GridColumn], least: impl Fn(&GridColumn) -> u16, has_ticks: bool) -> String {
    let width = |column: &GridColumn| format!("minmax({}px, {}fr)", least(column), column.width);
    let ticks = has_ticks.then(|| format!("{SELECT_PIXELS}px"));
    ticks.into_iter().chain(columns.iter().map(width)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Table;

    fn column(name: &str, width: u16, is_number: bool) -> GridColumn {
        let (name, label, table) = (name.to_owned(), name.to_owned(), Arc::new(Table::default()));
        GridColumn {
            name,
            label,
            width,
            is_sortable: true,
            is_primary: false,
            is_number,
            table,
            column: None,
        }
    }

    #[test]
    fn what_fits_is_drawn_and_words_give_way_before_numbers() {
        let columns = Arc::new(vec![
            column("product", 250, false),
            column("quantity", 90, true),
            column("price", 120, true),
            column("unit", 110, false),
        ]);
        for (room, ticks, count, template) in [
            (
                700.0,
                false,
                4,
                "minmax(150px, 250fr) minmax(90px, 90fr) minmax(120px, 120fr) minmax(80px, 110fr)",
            ),
            (380.0, false, 3, "minmax(150px, 250fr) minmax(90px, 90fr) minmax(120px, 120fr)"),
            (380.0, true, 2, "44px minmax(150px, 250fr) minmax(90px, 90fr)"),
            (200.0, false, 2, "minmax(0px, 250fr) minmax(0px, 90fr)"),
        ] {
            let layout = Layout::squeezed(&columns, room, ticks);
            assert_eq!((layout.columns.len(), layout.template.as_str()), (count, template), "{room}");
        }
        assert_eq!(Layout::squeezed(&columns, 0.0, false).columns.len(), 4, "not measured yet");
        assert_eq!(Layout::scrolled(&columns, true).least_pixels, 614);
    }
}
