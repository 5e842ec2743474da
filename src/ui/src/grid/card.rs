//! A row as a card, for phones: its name and the first facts.

use super::columns::cell;
use super::table::{GridParts, card_top, is_selected, row_link, toggle};
use crate::kit::Icon;
use crate::locale::{fill, text};
use leptos::prelude::*;

/// Facts under the name.
const MOST_FACTS: usize = 4;

/// A card.
#[component]
pub fn Card(
    /// The grid.
    parts: GridParts,
    /// The row's place.
    index: u64,
) -> impl IntoView {
    let row = Memo::new(move |_| parts.source.row(index));
    let id = move || row.get().map(|row| row.id);
    let content = move || {
        let Some(row) = row.get() else {
            return view! { <div class="card-body"><div class="skeleton-line"></div></div> }.into_any();
        };
        let names = parts.source.names.get();
        let columns = parts.columns.get();
        let currency = parts.currency.get();
        let mut title = String::new();
        let mut facts = Vec::new();
        for column in columns.iter() {
            let shown = column.show(cell(&row, &names, &column.name), currency.as_ref());
            if column.is_primary {
                title = shown;
            } else if !shown.is_empty() && facts.len() < MOST_FACTS {
                facts.push((column.label.clone(), shown, column.name.clone()));
            }
        }
        if title.is_empty() {
            text("value.unnamed").clone_into(&mut title);
        }
        let tick = parts.selection.map(|selection| {
            let id = row.id;
            let label = fill("grid.select", &[("name", &title)]);
            view! {
                <label class="card-tick">
                    <input type="checkbox" aria-label=label
                        prop:checked=move || selection.with(|chosen| chosen.contains(&id))
                        on:change=move |_| toggle(selection, id)/>
                </label>
            }
        });
        let facts = facts.into_iter().map(|(label, shown, name)| {
            view! { <span class="card-fact" data-column=name title=label>{shown}</span> }
        });
        let is_pending = row.pending > 0;
        view! {
            {tick}
            <a class="card-body" href=row_link(parts, row.id)>
                <span class="card-title">{title}</span>
                <span class="card-facts">{facts.collect_view()}</span>
            </a>
            {is_pending.then(|| view! { <span class="pending" title=text("grid.pending")><Icon name="cloud_arrow_up"/></span> })}
        }
        .into_any()
    };
    view! {
        <div
            class="card"
            class:selected=move || is_selected(parts, id())
            role="listitem"
            data-row=move || id().map(|id| id.to_string())
            data-table=parts.table.with_value(|table| table.name.to_string())
            data-pending=move || row.get().filter(|row| row.pending > 0).map(|row| row.pending.to_string())
            style:top=card_top(index)
        >
            {content}
        </div>
    }
}
