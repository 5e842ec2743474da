//! A few values of a related row, by its quick view form; they are shown, not edited.

use super::body::FormTabs;
use super::{FormState, Start};
use crate::kit::Skeleton;
use crate::locale::{self, fill, text};
use crate::session::{Session, use_session};
use crate::task;
use leptos::prelude::*;
use model::{Control, FormKind, Reference, Value};
use std::sync::Arc;

/// A quick view of the row a lookup points to.
#[component]
pub fn QuickView(
    /// The form.
    state: FormState,
    /// The control with its parameters.
    control: Control,
) -> impl IntoView {
    let session = use_session();
    let column = control.column.clone();
    let lookup = column.as_ref().and_then(|column| state.table().column(column.as_str()).cloned());
    let lookup = lookup.map(|column| column.text(locale::language()).to_owned()).unwrap_or_default();
    let reference =
        Memo::new(move |_| match column.as_ref().map(|column| state.value_now(column.as_str())) {
            Some(Value::Reference(reference)) => Some(reference),
            _ => None,
        });
    let loaded = task::load(move || {
        let (reference, control) = (reference.get(), control.clone());
        if let Some(reference) = &reference {
            session.revision(&reference.table);
        }
        async move {
            match reference {
                None => Quick::Unset,
                Some(reference) => fetch(session, reference, control).await.map_or(Quick::Away, Quick::Row),
            }
        }
    });
    move || match loaded.get() {
        None => view! { <Skeleton lines=3/> }.into_any(),
        Some(Quick::Unset) => {
            view! { <p class="quiet-note">{fill("quick-view.empty", &[("label", &lookup)])}</p> }.into_any()
        }
        Some(Quick::Away) => view! { <p class="quiet-note">{text("quick-view.away")}</p> }.into_any(),
        Some(Quick::Row(start)) => {
            let state = FormState::new(start());
            view! { <div class="quick-view"><FormTabs state in_address=false/></div> }.into_any()
        }
    }
}

/// What there is to show.
#[derive(Clone)]
enum Quick {
    /// The lookup is empty.
    Unset,
    /// The row, its table or a form for it is not on the device.
    Away,
    /// The row on its form.
    Row(MakeStart),
}

type MakeStart = Arc<dyn Fn() -> Start + Send + Sync>;

async fn fetch(session: Session, reference: Reference, control: Control) -> Option<MakeStart> {
    let form_id = control.parameter("QuickForms").and_then(|forms| form_for(forms, reference.table.as_str()));
    let table = session.table(reference.table.clone()).await.ok()?;
    let form = session.form(reference.table.clone(), FormKind::QuickView, form_id).await.ok()?;
    let mut row = session.row(reference.table, reference.id).await.ok()??;
    row.editable = false;
    let form = Arc::new(form);
    Some(Arc::new(move || Start {
        table: Arc::clone(&table),
        form: Arc::clone(&form),
        id: row.id,
        row: Some(row.clone()),
        initial: model::Columns::new(),
        draft: None,
    }))
}

/// The form for a table in `<QuickFormIds><QuickFormId entityname="contact">…</QuickFormId></QuickFormIds>`.
fn form_for(forms: &str, table: &str) -> Option<model::FormId> {
    forms.split("<QuickFormId ").skip(1).find_map(|rest| {
        let (tag, rest) = rest.split_once('>')?;
        tag.contains(&format!("\"{table}\"")).then(|| rest.split('<').next())??.trim().parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_table_is_found() {
        let forms = r#"<QuickFormIds><QuickFormId entityname="account">01234567-89ab-4cde-8f01-23456789abcd</QuickFormId><QuickFormId entityname="contact">11234567-89ab-4cde-8f01-23456789abcd</QuickFormId></QuickFormIds>"#;
        assert_eq!(form_for(forms, "contact"), "11234567-89ab-4cde-8f01-23456789abcd".parse().ok());
        assert_eq!(form_for(forms, "lead"), None);
    }
}
