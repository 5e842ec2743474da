//! The header of the grid: names, order, and the tick for all rows.

use super::Selection;
use super::columns::GridColumn;
use super::table::{GridParts, cell_id};
use crate::kit::Icon;
use crate::locale::text;
use leptos::prelude::*;

/// What a tick of "all" selects at most.
const MOST_SELECTED: u32 = 500;

/// Some rows are selected and some are not.
fn is_partly(parts: GridParts, selection: Selection) -> bool {
    let chosen = selection.with(|chosen| chosen.len() as u64);
    chosen > 0 && Some(chosen) != parts.source.total.get()
}

/// The header.
pub fn header(parts: GridParts, orders: RwSignal<Vec<(String, bool)>>) -> impl IntoView {
    let all = parts.selection.map(|selection| {
        view! {
            <div class="grid-cell grid-tick" role="columnheader">
                <input
                    type="checkbox"
                    tabindex="-1"
                    aria-label=text("grid.select-all")
                    prop:checked=move || selection.with(|chosen| !chosen.is_empty())
                    prop:indeterminate=move || is_partly(parts, selection)
                    on:change=move |event| select_all(parts, event_target_checked(&event))
                />
            </div>
        }
    });
    let columns = move || {
        let cell = |(at, column): (usize, &GridColumn)| {
            let (name, sort_name) = (column.name.clone(), column.name.clone());
            let direction = move || {
                orders.with(|orders| {
                    orders.iter().find(|(other, _)| *other == name).map(|(_, descending)| *descending)
                })
            };
            let direction = Memo::new(move |_| direction());
            let aria_sort = move || match direction.get() {
                Some(true) => "descending",
                Some(false) => "ascending",
                None => "none",
            };
            let label = column.label.clone();
            let content = if column.is_sortable {
                let mark = move || {
                    direction.get().map(|descending| {
                        view! { <Icon name=if descending { "arrow_down" } else { "arrow_up" }/> }
                    })
                };
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
                    aria-sort=column.is_sortable.then_some(aria_sort)
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

/// Ascending, then descending, then as the view says.
pub fn sort(orders: RwSignal<Vec<(String, bool)>>, name: &str) {
    orders.update(|orders| {
        *orders = match orders.first() {
            Some((other, false)) if other == name => vec![(name.to_owned(), true)],
            Some((other, true)) if other == name => Vec::new(),
            _ => vec![(name.to_owned(), false)],
        };
    });
}

/// Selects all rows, or none.
pub fn select_all(parts: GridParts, is_on: bool) {
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
