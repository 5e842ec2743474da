//! What can be done with a column: its menu, its mark, and the edge by which it is made wider.

use super::adjust::{Adjust, Ask, moved, resized};
use super::ask::can_filter;
use super::columns::GridColumn;
use super::table::GridParts;
use crate::kit::{Icon, Menu, MenuItem};
use crate::locale::{fill, text};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};

/// By how much the menu widens a column.
const STEP_PIXELS: u16 = 40;

/// The mark of a filter, the menu and the edge of a column.
pub fn header_menu(parts: GridParts, adjust: Adjust, column: &GridColumn) -> impl IntoView + use<> {
    let name = StoredValue::new(column.name.clone());
    let (is_sortable, can_filter, width) = (column.is_sortable, can_filter(column), column.width);
    let is_filtered = move || name.with_value(|name| adjust.filter_of(name).is_some());
    let label = fill("columns.menu", &[("label", &column.label)]);
    let order = move |descending: bool| adjust.orders.set(vec![(name.get_value(), descending)]);
    let shift = move |by: isize| change(parts, adjust, |columns| moved(columns, &name.get_value(), by));
    let resize =
        move |width: u16| change(parts, adjust, |columns| resized(columns, &name.get_value(), width));
    let hide = move || {
        change(parts, adjust, |columns| {
            columns.iter().filter(|(other, _)| *other != name.get_value()).cloned().collect()
        });
    };
    let count = move || parts.columns.with_untracked(|columns| columns.len());
    view! {
        {move || is_filtered().then(|| view! {
            <span class="grid-filtered" title=text("filter.in-force")><Icon name="filter"/></span>
        })}
        <Menu label icon="chevron_down" class="button subtle icon-only small grid-menu" command="column-menu">
            {is_sortable.then(|| view! {
                <MenuItem label=text("filter.ascending") icon="arrow_up" command="sort-ascending" on_choose=move || order(false)/>
                <MenuItem label=text("filter.descending") icon="arrow_down" command="sort-descending" on_choose=move || order(true)/>
            })}
            {can_filter.then(|| view! {
                <MenuItem label=text("filter.by") icon="filter" command="filter"
                    on_choose=move || adjust.asks.set(Some(Ask::Filter(name.get_value())))/>
            })}
            {is_filtered().then(|| view! {
                <MenuItem label=text("filter.clear") icon="dismiss" command="clear-filter"
                    on_choose=move || adjust.put_filter(&name.get_value(), None)/>
            })}
            <MenuItem label=text("columns.left") icon="arrow_left" command="move-left" on_choose=move || shift(-1)/>
            <MenuItem label=text("columns.right") icon="arrow_right" command="move-right" on_choose=move || shift(1)/>
            <MenuItem label=text("columns.wider") icon="add" command="wider" on_choose=move || resize(width.saturating_add(STEP_PIXELS))/>
            <MenuItem label=text("columns.narrower") icon="subtract" command="narrower" on_choose=move || resize(width.saturating_sub(STEP_PIXELS))/>
            {(count() > 1).then(|| view! {
                <MenuItem label=text("columns.hide-this") icon="eye_off" command="hide-column" on_choose=hide/>
            })}
        </Menu>
        <span class="grid-edge" aria-hidden="true" on:pointerdown=move |event| grip(&event, resize)></span>
    }
}

/// Changes the columns as they are now: those of the view as long as the user has not changed them.
fn change(
    parts: GridParts,
    adjust: Adjust,
    how: impl Fn(&[super::adjust::Shown]) -> Vec<super::adjust::Shown>,
) {
    let mut now = adjust.columns.get_untracked();
    if now.is_empty() {
        now = parts
            .columns
            .with_untracked(|columns| columns.iter().map(|column| (column.name.clone(), None)).collect());
    }
    adjust.columns.set(how(&now));
}

/// Opens the menu of the column whose header has this id.
pub fn open(cell: &str) {
    let button = document().get_element_by_id(cell);
    let button = button.and_then(|cell| cell.query_selector(".grid-menu").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

/// Follows the pointer until it lets go, then sets the width.
fn grip(event: &PointerEvent, resize: impl Fn(u16) + Copy + 'static) {
    event.prevent_default();
    event.stop_propagation();
    let Some(edge) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    let Some(head) = edge.parent_element() else { return };
    let (start, width) = (f64::from(event.client_x()), head.get_bounding_client_rect().width());
    // A pointer that cannot be captured still ends over the edge.
    let _ = edge.set_pointer_capture(event.pointer_id());
    let released = leptos::ev::pointerup;
    let handle = StoredValue::new_local(None::<WindowListenerHandle>);
    handle.set_value(Some(window_event_listener(released, move |event: PointerEvent| {
        let wanted = (width + f64::from(event.client_x()) - start).clamp(0.0, f64::from(u16::MAX));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "held inside the range above"
        )]
        resize(wanted as u16);
        handle.update_value(|handle| {
            if let Some(handle) = handle.take() {
                handle.remove();
            }
        });
    })));
}
