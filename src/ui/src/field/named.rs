//! Time zones and languages: numbers that people know by their names, chosen from the whole list.

use super::{Field, Insistence};
use crate::locale;
use leptos::prelude::*;
use model::text::{languages, time_zones};
use model::{ColumnKind, IntegerFormat, Value};

/// Everything that can be chosen, in the user's language.
fn names(kind: &ColumnKind) -> Vec<(i64, String)> {
    let language = locale::language();
    match kind {
        ColumnKind::Integer { format: IntegerFormat::TimeZone, .. } => time_zones(language).collect(),
        ColumnKind::Integer { format: IntegerFormat::Language, .. } => {
            let mut names: Vec<_> = languages(language).map(|(code, name)| (code, name.to_owned())).collect();
            names.sort_by(|(_, a), (_, b)| a.cmp(b));
            names
        }
        _ => Vec::new(),
    }
}

/// One of the list, by the browser's own list.
#[component]
pub fn NamedControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let must = field.insistence == Insistence::Required;
    let names = StoredValue::new(names(&field.column.kind));
    let list = move || {
        let current = if let Value::Integer(number) = value.get() { Some(number) } else { None };
        let mut names = names.get_value();
        // A number that nobody has a name for is still shown as what it is.
        if let Some(number) = current
            && !names.iter().any(|(code, _)| *code == number)
        {
            names.push((number, number.to_string()));
        }
        let empty = (!must || current.is_none()).then(|| {
            view! { <option value="" prop:selected=current.is_none()>"---"</option> }
        });
        let rest = names.into_iter().map(|(code, name)| {
            view! { <option value=code.to_string() prop:selected=current == Some(code)>{name}</option> }
        });
        view! { {empty} {rest.collect_view()} }
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
                let chosen = event_target_value(&event).parse().map_or(Value::Null, Value::Integer);
                field.on_change.run(chosen);
            }
        >
            {list}
        </select>
    }
}
