//! A row of the grid.

use super::columns::{GridColumn, cell};
use super::open_row;
use super::table::{GridParts, ROW_PIXELS, cell_id, is_selected, remember, row_link, toggle, top};
use crate::format::raw;
use crate::kit::Icon;
use crate::locale::{fill, text};
use client::message::RowCells;
use leptos::prelude::*;
use model::{RowId, Value};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// A row of the grid.
#[component]
pub fn Row(
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
    let name = columns
        .iter()
        .find(|column| column.is_primary)
        .map(|column| column.show(cell(row, &names, &column.name), None));
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

/// A tap opens the row, except on a link (which goes its own way) and on a box to tick.
fn clicked(event: &web_sys::MouseEvent, parts: GridParts, index: u64, id: RowId) {
    remember(parts, index);
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_own =
        target.is_some_and(|target| target.closest("a,input,.grid-tick").is_ok_and(|found| found.is_some()));
    if is_own {
        return;
    }
    parts.active.set(Some((i64::try_from(index).unwrap_or(0), 0)));
    let table = parts.table.with_value(|table| table.name.clone());
    open_row(parts.source.session(), &table, id);
}
