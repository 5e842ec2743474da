//! A value that cannot be changed here: text, or a link where there is somewhere to go.

use super::{Field, row_address};
use crate::format::{Shown, linked, show, show_file};
use crate::session::use_session;
use leptos::prelude::*;
use model::{ColumnKind, ColumnName, Value};

/// Text, or a link.
#[component]
pub fn ReadOnlyControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let session = use_session();
    let label_id = format!("{}-label", field.input);
    let id = field.input.clone();
    let content = move || {
        let value = field.value.get();
        let currency = field.currency.get();
        let text = match field.column.kind {
            // Dataverse keeps the file's name in a column beside it.
            ColumnKind::File { .. } if !value.is_null() => {
                let name = field.other.run(ColumnName::new(format!("{}_name", field.column.name)));
                show_file(&value, &field.column, &field.table, name.as_text().unwrap_or_default())
            }
            _ => show(&value, Some(&field.column), &field.table, currency.as_ref()),
        };
        if text.is_empty() {
            return view! { <span class="value-empty">"---"</span> }.into_any();
        }
        if let Value::Reference(reference) = &value {
            return view! { <a class="link" href=row_address(session, reference)>{text}</a> }.into_any();
        }
        match linked(&value, Some(&field.column), text) {
            Shown::Text(text) => view! { <span class="value-text">{text}</span> }.into_any(),
            Shown::Link { address, text } => {
                view! { <a class="link" href=address rel="noopener noreferrer external">{text}</a> }
                    .into_any()
            }
        }
    };
    view! { <div class="value" id=id role="group" aria-labelledby=label_id tabindex="-1">{content}</div> }
}
