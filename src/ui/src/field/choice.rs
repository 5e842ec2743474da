//! One of several options, and any number of them.

use super::{Field, Insistence};
use crate::format::option_text;
use crate::locale;
use leptos::prelude::*;
use model::{ColumnKind, Value};

/// The options at hand: a status has those of its row's state.
fn options(field: &Field) -> Vec<(i32, String)> {
    let label = |label: &model::Label| label.text(locale::language()).to_owned();
    match &field.column.kind {
        ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
            options.iter().map(|option| (option.value, label(&option.label))).collect()
        }
        ColumnKind::Status => {
            let state = field.other.run("statecode".into()).as_choice();
            let state =
                state.and_then(|state| field.table.state(state)).or_else(|| field.table.initial_state());
            let statuses = state.map(|state| state.statuses.as_slice()).unwrap_or_default();
            statuses.iter().map(|status| (status.value, label(&status.label))).collect()
        }
        _ => Vec::new(),
    }
}

/// One option, by the browser's own list: the best there is on a phone.
#[component]
pub fn ChoiceControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let must = field.insistence == Insistence::Required || matches!(field.column.kind, ColumnKind::Status);
    let list = {
        let field = field.clone();
        move || {
            let current = value.get().as_choice();
            let mut options = options(&field);
            // A value that the definition has lost is still shown as what it is.
            if let Some(number) = current
                && !options.iter().any(|(value, _)| *value == number)
            {
                let name = option_text(&field.table, field.column.name.as_str(), number);
                options.push((number, name.unwrap_or_else(|| number.to_string())));
            }
            let empty = (!must || current.is_none()).then(|| {
                view! { <option value="" prop:selected=current.is_none()>"---"</option> }
            });
            let rest = options.into_iter().map(|(number, label)| {
                view! {
                    <option value=number.to_string() prop:selected=current == Some(number)>{label}</option>
                }
            });
            view! { {empty} {rest.collect_view()} }
        }
    };
    view! {
        <select
            class="input select"
            id=field.input.clone()
            aria-required=field.required()
            aria-invalid=field.invalid()
            aria-describedby=field.described_by()
            on:change=move |event| {
                field.on_problem.run(None);
                let chosen = event_target_value(&event).parse().map_or(Value::Null, Value::Choice);
                field.on_change.run(chosen);
            }
        >
            {list}
        </select>
    }
}

/// Any number of options, each a box to tick.
#[component]
pub fn ChoicesControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let chosen = move || match value.get() {
        Value::Choices(numbers) => numbers,
        _ => Vec::new(),
    };
    let label_id = format!("{}-label", field.input);
    let boxes = options(&field).into_iter().map(|(number, label)| {
        let field = field.clone();
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || chosen().contains(&number)
                    on:change=move |event| {
                        let mut numbers = chosen();
                        numbers.retain(|other| *other != number);
                        if event_target_checked(&event) {
                            numbers.push(number);
                        }
                        numbers.sort_unstable();
                        field.on_problem.run(None);
                        field.on_change.run(if numbers.is_empty() { Value::Null } else { Value::Choices(numbers) });
                    }
                />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <div class="ticks" id=field.input.clone() role="group" aria-labelledby=label_id tabindex="-1">
            {boxes.collect_view()}
        </div>
    }
}
