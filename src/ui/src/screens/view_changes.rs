//! What the user has changed about a view: kept in the address, and said above the rows.

use crate::grid::{Adjust, Adjustments, Ask, GridColumn, in_words};
use crate::kit::Icon;
use crate::locale::{fill, text};
use crate::route::{self, Place};
use crate::session::Session;
use leptos::prelude::*;
use model::{AppName, TableName};
use std::sync::Arc;

/// Changes go to the address, and what the address says (back, a link) is in force.
pub fn follow(session: Session, adjust: Adjust, app: &AppName, table: &TableName) {
    let here = Place::View(app.clone(), table.clone());
    let is_here = move |address: &str| Place::parse(address) == here;
    let is_here = StoredValue::new(is_here);
    Effect::new(move |_| {
        let address = session.address.get();
        // Where the user is going to is another screen's business.
        if is_here.with_value(|is_here| is_here(&address)) {
            adjust.set(Adjustments::read(&address));
        }
    });
    Effect::new(move |earlier: Option<Adjustments>| {
        let now = adjust.get();
        let address = session.address.get_untracked();
        if earlier.is_some_and(|earlier| earlier != now) && is_here.with_value(|is_here| is_here(&address)) {
            let changed = now.write(&address);
            if Adjustments::read(&address) != now {
                session.address.replace(&changed);
            }
        }
        now
    });
}

/// The filters in force, each with a way to change it and one to take it away.
#[component]
pub fn FilterChips(
    /// The changes.
    adjust: Adjust,
    /// The columns of the grid: their labels.
    columns: Signal<Arc<Vec<GridColumn>>>,
) -> impl IntoView {
    let chips = move || {
        let filters = adjust.filters.get();
        let labels = columns.get();
        (!filters.is_empty()).then(|| {
            let chips = filters.into_iter().map(|filter| {
                let cell = filter.filter.cell.clone();
                let label = labels.iter().find(|column| column.name == cell).map_or(cell.clone(), |column| column.label.clone());
                let words = format!("{label} {}", in_words(&filter));
                let remove = fill("filter.remove", &[("filter", &words)]);
                let (change, removed) = (cell.clone(), cell.clone());
                view! {
                    <li class="filter-chip" data-column=cell>
                        <button type="button" class="button subtle" on:click=move |_| adjust.asks.set(Some(Ask::Filter(change.clone())))>
                            {words}
                        </button>
                        <button type="button" class="button subtle icon-only small" data-command="clear-filter" aria-label=remove.clone() title=remove
                            on:click=move |_| adjust.put_filter(&removed, None)><Icon name="dismiss"/></button>
                    </li>
                }
            });
            view! {
                <ul class="filter-chips" data-part="filters" aria-label=text("filter.title")>
                    {chips.collect_view()}
                </ul>
            }
        })
    };
    view! { {chips} }
}

/// Says that the filters in the address cannot be read, with a way to be rid of them.
#[component]
pub fn UnreadableFilters(session: Session) -> impl IntoView {
    let is_unreadable = Memo::new(move |_| Adjustments::has_unreadable_filters(&session.address.get()));
    let remove = move |_| {
        let address = session.address.get_untracked();
        session.address.replace(&route::with_parameter(&address, "filter", ""));
    };
    move || {
        is_unreadable.get().then(|| {
            view! {
                <div class="view-note" role="status" data-part="unreadable-filter">
                    <Icon name="warning"/>
                    <span>{text("filter.unreadable")}</span>
                    <button type="button" class="button subtle" data-command="remove-filter" on:click=remove>
                        {text("filter.remove-unreadable")}
                    </button>
                </div>
            }
        })
    }
}
