//! Whole numbers, durations, decimals, floating point numbers and amounts: typed in the user's notation, kept exactly.

use super::{Field, Widget};
use crate::format::{
    Currency, NumberProblem, formats, money_digits, parse_decimal, parse_duration, parse_integer, show,
    units, within, write_decimal,
};
use crate::locale::{fill, text};
use leptos::prelude::*;
use model::{ColumnKind, Decimal, Value};

/// A number that is formatted when the focus is elsewhere.
#[component]
pub fn NumberControl(
    /// What to draw.
    field: Field,
    /// Which of the numbers.
    widget: Widget,
) -> impl IntoView {
    let (value, currency) = (field.value, field.currency);
    let is_editing = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let kind = field.column.kind.clone();
    let shown = {
        let field = field.clone();
        move || {
            if is_editing.get() {
                return typed.get();
            }
            if field.problem.with(Option::is_some) && !typed.with(String::is_empty) {
                return typed.get();
            }
            let currency = currency.get();
            value.with(|value| display(value, &field, widget, currency.as_ref()))
        }
    };
    let take = {
        let field = field.clone();
        move |text: String| {
            let result = currency.with_untracked(|currency| parse(&text, &kind, widget, currency.as_ref()));
            typed.set(text);
            if let Ok(value) = &result {
                field.on_problem.run(None);
                field.on_change.run(value.clone());
            }
            result.err()
        }
    };
    let on_blur = {
        let take = take.clone();
        let field = field.clone();
        move |_| {
            is_editing.set(false);
            if let Some(problem) = take(typed.get_untracked()) {
                field.on_problem.run(Some(problem));
            }
        }
    };
    // The plain number replaces the formatted one at once and is selected, so that what is typed replaces it.
    let on_focus = move |event: web_sys::FocusEvent| {
        if !field.problem.with_untracked(Option::is_some) {
            let plain = value.with_untracked(editable);
            let input = event_target::<web_sys::HtmlInputElement>(&event);
            input.set_value(&plain);
            input.select();
            typed.set(plain);
        }
        is_editing.set(true);
    };
    let symbol = move || {
        (widget == Widget::Money)
            .then(|| {
                currency.get().map(|currency| view! { <span class="input-affix">{currency.symbol}</span> })
            })
            .flatten()
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
                    is_editing.set(true);
                    take(event_target_value(&event));
                }
            />
        </div>
    }
}

/// The value as it is shown; an amount without its symbol, which stands beside the field.
fn display(value: &Value, field: &Field, widget: Widget, currency: Option<&Currency>) -> String {
    match (widget, value) {
        (Widget::Money, Value::Decimal(number)) => {
            formats().decimal(number, money_digits(Some(&field.column.kind), currency))
        }
        (Widget::Duration, Value::Integer(minutes)) => crate::format::show_duration(*minutes, units()),
        _ => show(value, Some(&field.column), &field.table, currency),
    }
}

/// The value as it is typed over.
fn editable(value: &Value) -> String {
    let formats = formats();
    match value {
        Value::Decimal(number) => write_decimal(&number.normalize(), formats.style()),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string().replace('.', &formats.style().decimal.to_string()),
        _ => String::new(),
    }
}

fn parse(
    typed: &str,
    kind: &ColumnKind,
    widget: Widget,
    currency: Option<&Currency>,
) -> Result<Value, String> {
    let formats = formats();
    let style = formats.style();
    if typed.trim().is_empty() {
        return Ok(Value::Null);
    }
    let result = match kind {
        ColumnKind::Integer { min, max, .. } => {
            let number = if widget == Widget::Duration {
                parse_duration(typed).ok_or_else(|| text("problem.duration").to_owned())?
            } else {
                parse_integer(typed, style).map_err(|problem| say(&problem))?
            };
            within(number, min, max).map(Value::Integer)
        }
        ColumnKind::Decimal { precision, min, max } => parse_decimal(typed, style, *precision)
            .and_then(|number| within(number, min, max))
            .map(Value::Decimal),
        ColumnKind::Money { min, max, .. } => {
            let digits = money_digits(Some(kind), currency);
            parse_decimal(typed, style, digits)
                .and_then(|number| within(number, min, max))
                .map(Value::Decimal)
        }
        ColumnKind::Float { precision, min, max } => parse_decimal(typed, style, *precision)
            .and_then(|number| float(&number).ok_or(NumberProblem::NotANumber))
            .and_then(|number| within(number, min, max))
            .map(Value::Float),
        _ => Err(NumberProblem::NotANumber),
    };
    result.map_err(|problem| match (&problem, kind) {
        (NumberProblem::OutOfRange, ColumnKind::Integer { min, max, .. }) => {
            between(&formats.integer(*min), &formats.integer(*max))
        }
        (
            NumberProblem::OutOfRange,
            ColumnKind::Decimal { min, max, .. } | ColumnKind::Money { min, max, .. },
        ) => between(&formats.short_decimal(min, 10), &formats.short_decimal(max, 10)),
        _ => say(&problem),
    })
}

/// Latitudes and the like are floating point by definition.
fn float(number: &Decimal) -> Option<f64> {
    number.to_string().parse().ok()
}

fn between(min: &str, max: &str) -> String {
    fill("problem.between", &[("min", min), ("max", max)])
}

fn say(problem: &NumberProblem) -> String {
    match problem {
        NumberProblem::NotANumber => text("problem.number").to_owned(),
        NumberProblem::TooManyDigits(0) => text("problem.whole").to_owned(),
        NumberProblem::TooManyDigits(digits) => fill("problem.digits", &[("count", &digits.to_string())]),
        NumberProblem::OutOfRange => text("problem.range").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PrecisionSource;

    #[test]
    fn an_amount_outside_the_limits_or_with_too_many_digits_is_refused_in_words() {
        let kind = ColumnKind::Money {
            precision: 2,
            source: PrecisionSource::Currency,
            min: Decimal::ZERO,
            max: Decimal::from(1000),
        };
        let yen = Currency { code: "JPY".to_owned(), symbol: "¥".to_owned(), digits: 0 };
        let parse = |typed: &str, currency| parse(typed, &kind, Widget::Money, currency);
        assert_eq!(parse("12.50", None), Ok(Value::Decimal("12.50".parse().unwrap())));
        assert_eq!(parse("", None), Ok(Value::Null));
        assert!(parse("12.50", Some(&yen)).is_err());
        assert!(parse("1001", None).unwrap_err().contains("1000"));
        assert!(parse("twelve", None).is_err());
    }
}
