//! Whole numbers, durations, decimals, floating point numbers and amounts: typed in the user's notation, kept exactly.

use super::typed::{Typing, edit, read};
use super::{Field, Widget};
use crate::format::{Currency, formats, say};
use crate::locale::text;
use leptos::prelude::*;
use model::text::{TypedError, money_digits, show_decimal};
use model::{ColumnKind, IntegerFormat, Value};

/// A number that is formatted when the focus is elsewhere.
#[component]
pub fn NumberControl(
    /// What to draw.
    field: Field,
    /// Which of the numbers.
    widget: Widget,
) -> impl IntoView {
    let (value, currency) = (field.value, field.currency);
    let typing = Typing::new();
    let kind = StoredValue::new(kind_of(&field.column.kind, widget));
    let shown = {
        let field = field.clone();
        move || {
            let currency = currency.get();
            let shown = || {
                value.with(|value| kind.with_value(|kind| display(value, &field, kind, currency.as_ref())))
            };
            typing.text(field.problem).unwrap_or_else(shown)
        }
    };
    let take = {
        let field = field.clone();
        move |text: String| {
            let result = kind.with_value(|kind| read(&field, kind, &text, &typing.before()));
            typing.keep(text);
            match result {
                Ok(value) => {
                    field.on_problem.run(None);
                    field.on_change.run(value);
                    Ok(())
                }
                Err(problem) => Err(problem),
            }
        }
    };
    let on_blur = {
        let take = take.clone();
        let field = field.clone();
        move |event| {
            typing.leave();
            match take(event_target_value(&event)) {
                Ok(()) => typing.end(),
                Err(problem) => field.on_problem.run(Some(say(&problem))),
            }
        }
    };
    // The plain number replaces the formatted one at once and is selected, so that what is typed replaces it.
    let on_focus = {
        let field = field.clone();
        move |event: web_sys::FocusEvent| {
            if field.problem.with_untracked(Option::is_some) {
                return typing.enter();
            }
            let before = value.get_untracked();
            let currency = currency.get_untracked();
            let plain = kind.with_value(|kind| edit(&field, kind, &before, currency.as_ref()));
            let input = event_target::<web_sys::HtmlInputElement>(&event);
            input.set_value(&plain);
            input.select();
            typing.begin(plain, before);
        }
    };
    let symbol = move || {
        let is_money = widget == Widget::Money;
        let currency = currency.get().filter(|_| is_money);
        currency.map(|currency| view! { <span class="input-affix">{currency.symbol}</span> })
    };
    view! {
        <div class="input-group">
            {symbol}
            <input
                class="input number"
                id=field.input.clone()
                type="text"
                inputmode=if matches!(widget, Widget::Integer) { "numeric" } else { "decimal" }
                autocomplete="off"
                placeholder=if widget == Widget::Duration { text("field.duration-hint") } else { "" }
                aria-required=field.required()
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
                prop:value=shown
                on:focus=on_focus
                on:blur=on_blur
                on:input=move |event| {
                    // A number half typed is no problem yet.
                    let _: Result<(), TypedError> = take(event_target_value(&event));
                }
            />
        </div>
    }
}

/// The kind a number is typed as: a form may ask for a duration where the column holds a plain number.
fn kind_of(kind: &ColumnKind, widget: Widget) -> ColumnKind {
    match kind {
        ColumnKind::Integer { min, max, .. } if widget == Widget::Duration => {
            ColumnKind::Integer { format: IntegerFormat::Duration, min: *min, max: *max }
        }
        _ => kind.clone(),
    }
}

/// The value as it is shown; an amount without its symbol, which stands beside the field.
fn display(value: &Value, field: &Field, kind: &ColumnKind, currency: Option<&Currency>) -> String {
    let formats = formats();
    let context = formats.context(&field.table, currency);
    match (kind, value) {
        (ColumnKind::Money { .. }, Value::Decimal(number)) => {
            let digits = money_digits(kind, &context);
            show_decimal(number, digits, digits, formats.locale())
        }
        _ => model::text::show(kind, value, formats.locale(), &context),
    }
}
