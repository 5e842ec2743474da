//! Beside the title of a form: the choice of forms, and the way to the rows before and after.

use crate::browser;
use crate::form::FormState;
use crate::format::formats;
use crate::kit::{Icon, Menu, MenuItem};
use crate::locale::{fill, text};
use crate::route::{self, Place};
use crate::session::{Session, use_session};
use crate::task;
use crate::walk::{self, Neighbours};
use leptos::prelude::*;
use model::{FormId, RowId, TableName};

/// What the user's choice of a form is kept under, for this user on this device.
fn key(session: Session, table: &TableName) -> Option<String> {
    let user = session.user.get_untracked()?;
    Some(format!("form {} {table}", user.user))
}

/// The form the user chose last for rows of a table.
pub fn remembered_form(session: Session, table: &TableName) -> Option<FormId> {
    browser::kept(&key(session, table)?)?.parse().ok()
}

/// The choice of forms, where there are several.
#[component]
pub fn FormChooser(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let session = use_session();
    let forms = task::load(move || {
        let table = state.table().name.clone();
        async move { session.main_forms(table).await.unwrap_or_default() }
    });
    move || {
        let forms = forms.get().filter(|forms| forms.len() > 1)?;
        let current = state.form().id;
        let name =
            forms.iter().find(|form| form.id == current).map(|form| form.name.clone()).unwrap_or_default();
        Some(view! {
            <Menu label=name shows_label=true icon="chevron_down" class="button subtle form-choice" command="form-choice">
                {forms.clone().into_iter().map(|form| {
                    let id = form.id;
                    view! {
                        <MenuItem label=form.name checked=Some(id == current) on_choose=move || {
                            if let Some(key) = key(session, &state.table().name) {
                                browser::keep(&key, &id.to_string());
                            }
                            let address = session.address.get_untracked();
                            session.address.go(&route::with_parameter(&address, "form", &id.to_string()));
                        }/>
                    }
                }).collect_view()}
            </Menu>
        })
    }
}

/// The way to the rows beside this one in the list it was opened from.
#[component]
pub fn WalkButtons(
    /// The row.
    id: RowId,
    /// Its table.
    table: TableName,
) -> impl IntoView {
    let session = use_session();
    let walk = walk::current()
        .filter(|walk| walk.request.table == table || walk.request.table == *"activitypointer");
    let listed = walk.as_ref().map(|walk| walk.request.table.clone());
    let found = task::load(move || {
        let walk = walk.clone();
        async move {
            let walk = walk?;
            let rows = session.rows(walk.around()).await.ok()?;
            walk.neighbours(id, &rows)
        }
    });
    let button = move |to: Option<RowId>,
                       index: u64,
                       label: &'static str,
                       class: &'static str,
                       command: &'static str| {
        let listed = listed.clone();
        let go = move |_| {
            let (Some(to), Some(listed)) = (to, listed.clone()) else { return };
            let Some(walk) = walk::current() else { return };
            walk::begin(walk.request, index);
            if let Some(app) = session.address.place().get_untracked().app() {
                session.address.go(&Place::Form(app.clone(), listed, to).address());
            }
        };
        view! {
            <button type="button" class=class data-command=command aria-label=label title=label
                disabled=to.is_none() on:click=go><Icon name="arrow_left"/></button>
        }
    };
    move || {
        let Neighbours { index, before, after, total } = found.get().flatten()?;
        let number = |number: u64| formats().integer(i64::try_from(number).unwrap_or(i64::MAX));
        let place = fill("walk.place", &[("number", &number(index + 1)), ("total", &number(total))]);
        Some(view! {
            <div class="walk" role="group" aria-label=text("walk.title")>
                {button(before, index.saturating_sub(1), text("walk.before"), "button subtle icon-only", "previous-record")}
                <span class="walk-place">{place}</span>
                {button(after, index + 1, text("walk.after"), "button subtle icon-only next", "next-record")}
            </div>
        })
    }
}
