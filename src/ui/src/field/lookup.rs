//! A reference to one row: its name as a link, or a search.

use super::{Field, RowSearch, row_address};
use crate::kit::Icon;
use crate::locale::fill;
use crate::session::use_session;
use leptos::prelude::*;
use model::{Reference, Value};

/// One row.
#[component]
pub fn LookupControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let session = use_session();
    let value = field.value;
    let targets = field.column.targets().to_vec();
    let pick = {
        let field = field.clone();
        Callback::new(move |reference: Reference| {
            field.on_problem.run(None);
            field.on_change.run(Value::Reference(reference));
        })
    };
    let content = move || {
        let field = field.clone();
        match value.get() {
            Value::Reference(reference) => chip(session, field, &reference).into_any(),
            _ => view! {
                <RowSearch
                    input=field.input.clone()
                    label=field.label.clone()
                    targets=targets.clone()
                    on_pick=pick
                    required=field.required()
                    invalid=Signal::derive(field.invalid())
                    described_by=Signal::derive(field.described_by())
                />
            }
            .into_any(),
        }
    };
    view! { <div class="lookup">{content}</div> }
}

fn chip(session: crate::session::Session, field: Field, reference: &Reference) -> impl IntoView {
    let name =
        crate::format::show(&Value::Reference(reference.clone()), Some(&field.column), &field.table, None);
    let remove = fill("field.remove", &[("value", &name)]);
    let input = field.input.clone();
    let clear = move |_| {
        field.on_problem.run(None);
        field.on_change.run(Value::Null);
        let input = input.clone();
        request_animation_frame(move || crate::browser::focus(&input));
    };
    view! {
        <div class="input chip-box">
            <a class="link chip" href=row_address(session, reference)>{name}</a>
            <button type="button" class="button subtle icon-only small" id=field.input.clone() aria-label=remove.clone() title=remove on:click=clear>
                <Icon name="dismiss"/>
            </button>
        </div>
    }
}
