//! A row as a card, for phones: its name and the first facts.

use super::card_form::{CardForm, colour};
use super::columns::{GridColumn, cell};
use super::table::{GridParts, card_top, is_selected, remember, row_link, toggle};
use crate::format::{Currency, raw};
use crate::kit::Icon;
use crate::locale::{fill, text};
use client::message::RowCells;
use leptos::prelude::*;
use model::RowId;

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
        if let Some(card) = parts.card.get() {
            return by_form(parts, &row, &names, &card, currency.as_ref(), index).into_any();
        }
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
        let tick = tick(parts, row.id, &title);
        let facts = facts.into_iter().map(|(label, shown, name)| {
            view! { <span class="card-fact" data-column=name title=label>{shown}</span> }
        });
        let is_pending = row.pending > 0;
        view! {
            {tick}
            <a class="card-body" href=row_link(parts, row.id) on:click=move |_| remember(parts, index)>
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

/// The box to select the row with.
fn tick(parts: GridParts, id: RowId, title: &str) -> Option<impl IntoView + use<>> {
    let label = fill("grid.select", &[("name", title)]);
    parts.selection.map(|selection| {
        view! {
            <label class="card-tick">
                <input type="checkbox" aria-label=label
                    prop:checked=move || selection.with(|chosen| chosen.contains(&id))
                    on:change=move |_| toggle(selection, id)/>
            </label>
        }
    })
}

/// The row as its table's card form has it.
fn by_form(
    parts: GridParts,
    row: &RowCells,
    names: &[String],
    card: &CardForm,
    currency: Option<&Currency>,
    index: u64,
) -> impl IntoView + use<> {
    let shown = |column: &GridColumn| column.show(cell(row, names, &column.name), currency);
    let line = |columns: &[GridColumn]| {
        columns.iter().map(shown).filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    let mut title = line(&card.header).join(" · ");
    if title.is_empty() {
        text("value.unnamed").clone_into(&mut title);
    }
    let fact = |column: &GridColumn| {
        let shown = shown(column);
        (!shown.is_empty()).then(|| {
            let value = raw(cell(row, names, &column.name));
            view! {
                <span class="card-fact" data-column=column.name.clone() data-value=value title=column.label.clone()>{shown}</span>
            }
        })
    };
    let facts = card.details.iter().filter_map(fact).take(MOST_FACTS).collect_view();
    let footer = card.footer.iter().filter_map(fact).take(2).collect_view();
    let strip = card.strip.as_ref().and_then(|column| {
        let colour = colour(cell(row, names, &column.name))?;
        Some(view! { <span class="card-strip" data-colour=colour.to_string() title=shown(column)></span> })
    });
    let is_pending = row.pending > 0;
    let has_tick = parts.selection.is_some();
    view! {
        {strip}
        {tick(parts, row.id, &title)}
        <a class="card-body" class:alone=!has_tick href=row_link(parts, row.id) on:click=move |_| remember(parts, index)>
            <span class="card-title">{title}</span>
            <span class="card-facts">{facts}</span>
            <span class="card-footer">{footer}</span>
        </a>
        {is_pending.then(|| view! { <span class="pending" title=text("grid.pending")><Icon name="cloud_arrow_up"/></span> })}
    }
}
