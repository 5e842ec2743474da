//! The header of the grid: names, order, and the tick for all rows.

use super::Selection;
use super::columns::GridColumn;
use super::header_menu::header_menu;
use super::table::{GridParts, cell_id};
use crate::kit::Icon;
use crate::locale::text;
use leptos::prelude::*;

/// Some rows are selected and some are not.
fn is_partly(parts: GridParts, selection: Selection) -> bool {
    let chosen = selection.with(|chosen| chosen.len() as u64);
    chosen > 0 && Some(chosen) != parts.source.total.get()
}

/// The header.
pub fn header(parts: GridParts) -> impl IntoView {
    let orders = parts.orders;
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
            // The user's order, else the view's own; with several criteria each column tells its place among them.
            let place = Memo::new(move |_| {
                let in_force =
                    if orders.with(Vec::is_empty) { parts.source.orders.get() } else { orders.get() };
                let at = in_force.iter().position(|(other, _)| *other == name)?;
                Some((at, in_force[at].1, in_force.len()))
            });
            let direction = Memo::new(move |_| place.get().map(|(_, descending, _)| descending));
            let aria_sort = move || match direction.get() {
                Some(true) => "descending",
                Some(false) => "ascending",
                None => "none",
            };
            let label = column.label.clone();
            let content = if column.is_sortable {
                let mark = move || {
                    place.get().map(|(at, descending, count)| {
                        let number = (count > 1)
                            .then(|| view! { <span class="sort-place">{(at + 1).to_string()}</span> });
                        view! { <Icon name=if descending { "arrow_down" } else { "arrow_up" }/> {number} }
                    })
                };
                view! {
                    <button type="button" class="grid-sort" tabindex="-1" on:click=move |event| sort(orders, &sort_name, event.shift_key())>
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
                    {parts.adjust.map(|adjust| header_menu(parts, adjust, column))}
                </div>
            }
        };
        parts.columns.get().iter().enumerate().map(cell).collect_view()
    };
    view! { <div class="grid-header" role="row" aria-rowindex="1">{all} {columns}</div> }
}

/// Ascending, then descending, then as the view says; with `adds` beside the criteria there are.
pub fn sort(orders: RwSignal<Vec<(String, bool)>>, name: &str, adds: bool) {
    orders.update(|orders| *orders = sorted(orders, name, adds));
}

fn sorted(orders: &[(String, bool)], name: &str, adds: bool) -> Vec<(String, bool)> {
    let at = orders.iter().position(|(other, _)| other == name);
    let mut rest = if adds { orders.to_vec() } else { Vec::new() };
    let next = match at.filter(|at| adds || *at == 0).map(|at| orders[at].1) {
        None => Some(false),
        Some(false) => Some(true),
        Some(true) => None,
    };
    match (at.filter(|_| adds), next) {
        (Some(at), Some(descending)) => rest[at].1 = descending,
        (Some(at), None) => {
            rest.remove(at);
        }
        (None, Some(descending)) => rest.push((name.to_owned(), descending)),
        (None, None) => {}
    }
    rest
}

/// Selects all rows of the query, or none.
pub fn select_all(parts: GridParts, is_on: bool) {
    let Some(selection) = parts.selection else { return };
    if !is_on {
        selection.update(std::collections::BTreeSet::clear);
        return;
    }
    let session = parts.source.session();
    let request = untrack(|| parts.source.request());
    crate::task::spawn(async move {
        let mut chosen = std::collections::BTreeSet::new();
        let all = super::source::every_page(session, request, |rows| {
            chosen.extend(rows.rows.iter().map(|row| row.id))
        });
        match all.await {
            Ok(()) => {
                selection.try_set(chosen);
            }
            Err(failure) => session.fail(&failure),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn a_tap_sorts_up_then_down_then_as_the_view_says_and_with_shift_adds_a_criterion() {
        let orders = |list: &[(&str, bool)]| {
            list.iter().map(|(name, down)| ((*name).to_owned(), *down)).collect::<Vec<_>>()
        };
        for (before, name, adds, after) in [
            (&[][..], "a", false, &[("a", false)][..]),
            (&[("a", false)], "a", false, &[("a", true)]),
            (&[("a", true)], "a", false, &[]),
            (&[("a", true)], "b", false, &[("b", false)]),
            (&[("a", true)], "b", true, &[("a", true), ("b", false)]),
            (&[("a", true), ("b", false)], "b", true, &[("a", true), ("b", true)]),
            (&[("a", true), ("b", true)], "b", true, &[("a", true)]),
            (&[("a", false), ("b", true)], "b", false, &[("b", false)]),
        ] {
            assert_eq!(sorted(&orders(before), name, adds), orders(after), "{before:?} {name} {adds}");
        }
    }
}
