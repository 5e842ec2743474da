//! Dates, and dates with time in the user's time zone: typed in the notation of the user's place, or picked.

use super::Field;
use super::typed::{Typing, edit, read};
use crate::format::say;
use crate::kit::Icon;
use crate::locale::fill;
use leptos::html::Input;
use leptos::prelude::*;
use model::text::{TypedError, parse_time};
use model::{ColumnKind, DateBehavior, DateFormat, Value};

const MILLISECONDS_PER_MINUTE: i32 = 60_000;

/// A date, with or without time.
#[component]
pub fn DateControl(
    /// What to draw.
    field: Field,
    /// A time belongs to it.
    has_time: bool,
) -> impl IntoView {
    let value = field.value;
    let parts = {
        let field = field.clone();
        Signal::derive(move || value.with(|value| parts(&field, value)))
    };
    let take = {
        let field = field.clone();
        move |typed: &str| {
            let result = read(&field, &field.column.kind, typed, &value.get_untracked());
            match &result {
                Ok(value) => {
                    field.on_problem.run(None);
                    field.on_change.run(value.clone());
                }
                Err(problem) => field.on_problem.run(Some(say(problem))),
            }
            result.is_ok()
        }
    };
    let take_time = {
        let (field, take) = (field.clone(), take.clone());
        move |typed: &str| {
            let Some(now) = parts.get_untracked() else { return true };
            if parse_time(typed).is_some() {
                return take(&format!("{} {typed}", now.date));
            }
            let problem = TypedError::NotATime { example: now.time };
            field.on_problem.run(Some(say(&problem)));
            false
        }
    };
    let time_name = fill("field.time", &[("label", &field.label)]);
    let time_field = field.clone();
    let date = move || parts.get().map(|parts| parts.date).unwrap_or_default();
    let native_date = move || parts.get().map(|parts| parts.native_date).unwrap_or_default();
    let time = move || parts.get().map(|parts| parts.time).unwrap_or_default();
    let native_time = move || parts.get().map(|parts| parts.native_time).unwrap_or_default();
    let is_empty = Signal::derive(move || parts.with(Option::is_none));
    view! {
        <div class="dates">
            <PickedInput
                field=field.clone()
                kind="date"
                name=None
                shown=Signal::derive(date)
                native=Signal::derive(native_date)
                on_typed=Callback::new(move |typed: String| take(&typed))
                is_disabled=Signal::derive(|| false)
            />
            {has_time.then(|| view! {
                <PickedInput
                    field=time_field
                    kind="time"
                    name=Some(time_name)
                    shown=Signal::derive(time)
                    native=Signal::derive(native_time)
                    on_typed=Callback::new(move |typed: String| take_time(&typed))
                    is_disabled=is_empty
                />
            })}
        </div>
    }
}

/// An input to type in, and a button that opens the browser's own picker for the same.
#[component]
fn PickedInput(
    /// The field it is part of.
    field: Field,
    /// `date` or `time`.
    kind: &'static str,
    /// Its own name, when it is not the field's.
    name: Option<String>,
    /// The value as it is typed.
    shown: Signal<String>,
    /// The value as the browser's picker writes it.
    native: Signal<String>,
    /// Takes a typed or picked text; false when it is none.
    on_typed: Callback<String, bool>,
    /// Nothing can be entered.
    is_disabled: Signal<bool>,
) -> impl IntoView {
    let typing = Typing::new();
    let picker: NodeRef<Input> = NodeRef::new();
    let is_date = kind == "date";
    let label = if is_date {
        fill("field.pick-date", &[("label", &field.label)])
    } else {
        fill("field.pick-time", &[("label", &field.label)])
    };
    let open = move |_| {
        if let Some(picker) = picker.get_untracked()
            && picker.show_picker().is_err()
        {
            // A browser without pickers of its own takes a click for the same wish.
            picker.click();
        }
    };
    view! {
        <div class="input-group picked" class:time=!is_date>
            <input
                class="input"
                // The label of the field is the date's.
                id=is_date.then(|| field.input.clone())
                type="text"
                autocomplete="off"
                aria-label=name
                aria-required=field.required().filter(|_| is_date)
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
                disabled=move || is_disabled.get()
                prop:value=move || typing.text(field.problem).unwrap_or_else(|| shown.get())
                on:focus=move |_| typing.enter()
                on:blur=move |_| typing.leave()
                on:input=move |event| typing.keep(event_target_value(&event))
                on:change=move |event| {
                    if on_typed.run(event_target_value(&event)) {
                        typing.end();
                    }
                }
            />
            <button
                type="button"
                class="button subtle icon-only"
                data-command=if is_date { "pick-date" } else { "pick-time" }
                aria-label=label.clone()
                title=label
                disabled=move || is_disabled.get()
                on:click=open
            >
                <Icon name=if is_date { "calendar" } else { "clock" }/>
            </button>
            <input
                node_ref=picker
                class="picker"
                type=kind
                tabindex="-1"
                aria-hidden="true"
                prop:value=move || native.get()
                on:change=move |event| {
                    if on_typed.run(event_target_value(&event)) {
                        typing.end();
                    }
                }
            />
        </div>
    }
}

/// A value in its two parts, typed and native.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    date: String,
    time: String,
    native_date: String,
    native_time: String,
}

fn parts(field: &Field, value: &Value) -> Option<Parts> {
    if value.is_null() {
        return None;
    }
    let shown = edit(field, &field.column.kind, value, None);
    let (date, time) = shown.split_once(' ').unwrap_or((&shown, ""));
    let native_date = match read(field, &DATE, date, &Value::Null) {
        Ok(Value::Date(date)) => date.to_string(),
        _ => String::new(),
    };
    let native_time = parse_time(time).map_or_else(String::new, |milliseconds| {
        let minutes = milliseconds / MILLISECONDS_PER_MINUTE;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    });
    Some(Parts { date: date.to_owned(), time: time.to_owned(), native_date, native_time })
}

/// A calendar date, as which the date part of any moment is read.
const DATE: ColumnKind = ColumnKind::DateTime { behavior: DateBehavior::DateOnly, format: DateFormat::Date };
