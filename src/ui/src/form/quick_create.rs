//! The quick create dialog: a new row without leaving the place one is at.

use super::body::FormTabs;
use super::{FormState, Start, save};
use crate::browser;
use crate::kit::{Dialog, Skeleton};
use crate::locale::{self, fill, text};
use crate::session::{Answer, Session, failure_text, use_session};
use crate::task;
use client::message::Failure;
use leptos::prelude::*;
use model::{Columns, Form, FormKind, Table, TableName};
use std::sync::Arc;

/// What the dialog needs before it can be drawn.
#[derive(Clone)]
struct Loaded {
    table: Arc<Table>,
    form: Arc<Form>,
    initial: Columns,
}

/// The dialog.
#[component]
pub fn QuickCreate(
    /// The number of the question it answers.
    number: u64,
    /// The table.
    table: TableName,
    /// Columns already known.
    preset: Columns,
) -> impl IntoView {
    let session = use_session();
    let loaded = task::load(move || fetch(session, table.clone(), preset.clone()));
    let state = RwSignal::new(None::<FormState>);
    // The form lives as long as the dialog, not as long as one run of the effect that makes it.
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |_| {
        if let Some(Ok(loaded)) = loaded.get()
            && state.get_untracked().is_none()
        {
            let start = Start {
                table: loaded.table,
                form: loaded.form,
                id: browser::new_row_id(),
                row: None,
                initial: loaded.initial,
                draft: None,
            };
            state.set(Some(owner.with(|| FormState::new(start))));
            request_animation_frame(move || focus_first_field(number));
        }
    });
    let title = move || match loaded.get() {
        Some(Ok(loaded)) => fill("command.new-of", &[("table", loaded.table.label.text(locale::language()))]),
        _ => text("command.new").to_owned(),
    };
    let cancel = move || session.answer(number, Answer::Cancelled);
    let finish = move || {
        let Some(state) = state.get_untracked() else { return };
        task::spawn(async move {
            if let Some(saved) = save(session, state).await {
                session.answer(number, Answer::Row(saved.reference));
            }
        });
    };
    let body = move || match (state.get(), loaded.get()) {
        (Some(state), _) => view! { <FormTabs state in_address=false/> }.into_any(),
        (None, Some(Err(failure))) => view! { <p role="alert">{failure_text(&failure)}</p> }.into_any(),
        (None, _) => view! { <Skeleton lines=6/> }.into_any(),
    };
    let is_busy = move || state.get().is_none_or(|state| state.is_saving.get());
    view! {
        <Dialog
            title=Signal::derive(title)
            id=format!("quick-create-{number}")
            is_wide=true
            on_cancel=move |()| cancel()
            actions=move || view! {
                <button type="button" class="button primary" data-command="confirm" disabled=is_busy on:click=move |_| finish()>
                    {text("command.save-close")}
                </button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| cancel()>{text("action.cancel")}</button>
            }
        >
            <form class="quick-create" on:submit=move |event| {
                event.prevent_default();
                finish();
            }>
                {body}
            </form>
        </Dialog>
    }
}

fn focus_first_field(number: u64) {
    if let Some(dialog) = document().get_element_by_id(&format!("quick-create-{number}")) {
        browser::focus_first(&dialog, ".dialog-body input, .dialog-body select, .dialog-body textarea");
    }
}

async fn fetch(session: Session, table: TableName, preset: Columns) -> Result<Loaded, Failure> {
    let definition = session.table(table.clone()).await?;
    let form = match session.form(table.clone(), FormKind::QuickCreate, None).await {
        Ok(form) => form,
        Err(_) => session.form(table.clone(), FormKind::Main, None).await?,
    };
    let initial = session.new_row(table, preset).await?;
    Ok(Loaded { table: definition, form: Arc::new(form), initial })
}
