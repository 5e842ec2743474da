//! One line and several lines of text.

use super::Field;
use super::typed::read;
use crate::format::{link_address, say};
use crate::kit::Icon;
use crate::locale::{fill, text};
use leptos::prelude::*;
use model::{ColumnKind, TextFormat, Value};

fn longest(field: &Field) -> u32 {
    match field.column.kind {
        ColumnKind::Text { max_length, .. } | ColumnKind::Memo { max_length, .. } => max_length,
        _ => u32::MAX,
    }
}

/// A text as the value of a column: nothing for an empty one.
fn value_of(typed: &str) -> Value {
    if typed.is_empty() { Value::Null } else { Value::Text(typed.to_owned()) }
}

fn shown(value: &Value) -> String {
    value.as_text().unwrap_or_default().to_owned()
}

/// One line, with a button that writes, calls or opens where the format allows.
#[component]
pub fn TextControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let format = match field.column.kind {
        ColumnKind::Text { format, .. } => format,
        _ => TextFormat::Plain,
    };
    let (kind, mode, icon) = match format {
        TextFormat::Email => ("email", "email", "mail"),
        TextFormat::Phone => ("tel", "tel", "call"),
        TextFormat::Url => ("url", "url", "open"),
        _ => ("text", "text", ""),
    };
    let value = field.value;
    let label = field.label.clone();
    // What has a form of its own is looked at when it is whole.
    let has_form = matches!(format, TextFormat::Email | TextFormat::Url);
    let complete = {
        let field = field.clone();
        move |event| match read(&field, &field.column.kind, &event_target_value(&event), &Value::Null) {
            Ok(value) => field.on_change.run(value),
            Err(problem) => field.on_problem.run(Some(say(&problem))),
        }
    };
    let link = move || {
        let text_now = value.with(shown);
        link_address(format, &text_now).map(|address| {
            let name = fill("field.open", &[("label", &label), ("value", &text_now)]);
            let is_web = format == TextFormat::Url;
            view! {
                <a class="button subtle icon-only" href=address aria-label=name.clone() title=name
                    target=is_web.then_some("_blank") rel=is_web.then_some("noopener noreferrer external")>
                    <Icon name=icon/>
                </a>
            }
        })
    };
    view! {
        <div class="input-group">
            <input
                class="input"
                id=field.input.clone()
                // `url` and `email` would let the browser refuse what the server takes.
                type=if kind == "tel" { "tel" } else { "text" }
                inputmode=mode
                autocomplete="off"
                spellcheck="false"
                maxlength=longest(&field).to_string()
                aria-required=field.required()
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
                prop:value=move || value.with(shown)
                on:change=move |event| if has_form { complete(event) }
                on:input=move |event| {
                    field.on_problem.run(None);
                    field.on_change.run(value_of(&event_target_value(&event)));
                }
            />
            {link}
        </div>
    }
}

/// Several lines, growing with the text.
#[component]
pub fn MemoControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let most = longest(&field);
    let left = move || {
        let length = value.with(|value| value.as_text().map_or(0, |text| text.encode_utf16().count()));
        let left = i64::from(most) - i64::try_from(length).unwrap_or(i64::MAX);
        (left < 200).then(|| fill("field.left", &[("count", &left.to_string())]))
    };
    view! {
        <div class="grow" data-text=move || value.with(shown) + " ">
            <textarea
                class="input memo"
                id=field.input.clone()
                rows="3"
                maxlength=most.to_string()
                aria-required=field.required()
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
                placeholder=text("field.empty")
                prop:value=move || value.with(shown)
                on:input=move |event| {
                    field.on_problem.run(None);
                    field.on_change.run(value_of(&event_target_value(&event)));
                }
            ></textarea>
        </div>
        {move || left().map(|left| view! { <p class="field-hint">{left}</p> })}
    }
}
