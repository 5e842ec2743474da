//! Yes or no: as a switch, a box to tick, or two options.

use super::Field;
use crate::format::option_text;
use leptos::prelude::*;
use model::Value;

fn label(field: &Field, is_yes: bool) -> String {
    option_text(&field.table, field.column.name.as_str(), i32::from(is_yes)).unwrap_or_default()
}

/// A switch or a box to tick, with the word for its state beside it.
#[component]
pub fn ToggleControl(
    /// What to draw.
    field: Field,
    /// Drawn as a switch.
    is_switch: bool,
) -> impl IntoView {
    let value = field.value;
    let is_on = move || value.with(|value| *value == Value::Boolean(true));
    let (yes, no) = (label(&field, true), label(&field, false));
    view! {
        <label class="tick" class:switch=is_switch>
            <input
                id=field.input.clone()
                type="checkbox"
                role=is_switch.then_some("switch")
                prop:checked=is_on
                on:change=move |event| field.on_change.run(Value::Boolean(event_target_checked(&event)))
            />
            <span>{move || if is_on() { yes.clone() } else { no.clone() }}</span>
        </label>
    }
}

/// Two options side by side.
#[component]
pub fn RadioControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let label_id = format!("{}-label", field.input);
    let group = field.input.clone();
    let option = |is_yes: bool| {
        let field = field.clone();
        view! {
            <label class="tick">
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=move || value.with(|value| *value == Value::Boolean(is_yes))
                    on:change=move |_| field.on_change.run(Value::Boolean(is_yes))
                />
                <span>{label(&field, is_yes)}</span>
            </label>
        }
    };
    view! {
        <div class="ticks" id=field.input.clone() role="radiogroup" aria-labelledby=label_id tabindex="-1">
            {option(false)} {option(true)}
        </div>
    }
}
