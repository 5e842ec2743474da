//! A row's form, or a new row's.

use super::NotFound;
use super::form_commands::{commands, leave_guard, save_key};
use super::form_places::{FormChooser, WalkButtons, remembered_form};
use crate::browser;
use crate::form::{FormHeader, FormState, FormTabs, Newer, ProcessBar, Start};
use crate::frame::CommandBar;
use crate::kit::{Empty, Icon, Skeleton};
use crate::locale::{self, fill, text};
use crate::route::{self, Place};
use crate::session::{Session, failure_text, use_session};
use crate::task;
use client::message::{Draft, Failure, FailureKind, RowView};
use leptos::prelude::*;
use model::{AppName, Columns, Form, FormKind, RowId, Table, TableName, Value};
use std::sync::Arc;

/// The screen. Without an id it makes a new row.
#[component]
pub fn FormScreen(
    /// The app.
    app: AppName,
    /// The table.
    table: TableName,
    /// The row.
    id: Option<RowId>,
) -> impl IntoView {
    let session = use_session();
    session.watch(vec![table.clone()]);
    let address = session.address.get_untracked();
    // Newer definitions wait until the user wants them: a form at work is not taken from under the user's hands.
    let is_loaded = StoredValue::new(false);
    // Another form for the same row is another address of the same place.
    let chosen = Memo::new(move |_| route::form_of(&session.address.get()));
    // Stays as it is once the form is there: a resource would go on following what it followed when it last ran.
    let awaited = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or_default();
        if is_loaded.get_value() {
            return before;
        }
        session.definitions.track();
        before + 1
    });
    let loaded = task::load(move || {
        awaited.track();
        let form = chosen.get().map(|form| form.to_string()).unwrap_or_default();
        load(session, table.clone(), id, route::with_parameter(&address, "form", &form))
    });
    Effect::new(move |_| {
        if matches!(loaded.get(), Some(Ok(_))) {
            is_loaded.set_value(true);
        }
    });
    move || {
        match loaded.get() {
        None => view! { <div class="screen" data-screen="form"><Skeleton lines=10/></div> }.into_any(),
        Some(Err(failure)) if failure.kind == FailureKind::NotFound => view! { <NotFound/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }.into_any(),
        Some(Ok(loaded)) => view! { <Loaded app=app.clone() loaded/> }.into_any(),
    }
    }
}

/// What the screen needs before it can be drawn.
#[derive(Clone)]
struct Ready {
    table: Arc<Table>,
    form: Arc<Form>,
    row: Option<RowView>,
    initial: Columns,
    draft: Option<Draft>,
    draft_address: String,
}

async fn load(
    session: Session,
    name: TableName,
    id: Option<RowId>,
    address: String,
) -> Result<Ready, Failure> {
    let draft_address = address.split('?').next().unwrap_or_default().to_owned();
    let draft = session.draft(draft_address.clone()).await;
    let (row, initial) = match id {
        Some(id) => {
            let not_found = || Failure {
                kind: FailureKind::NotFound,
                message: String::new(),
                column: None,
                saved: Vec::new(),
            };
            (Some(session.row(name.clone(), id).await?.ok_or_else(not_found)?), Columns::new())
        }
        None => {
            let preset = route::preset(&address)
                .map(|(column, parent)| Columns::new().with(column, Value::Reference(parent)));
            (None, session.new_row(name.clone(), preset.unwrap_or_default()).await?)
        }
    };
    // In a list of all activities a row is opened as what it is: an appointment, a task, …
    let name = row.as_ref().map_or(name, |row| row.table.clone());
    let table = session.table(name.clone()).await?;
    let wanted = route::form_of(&address).or_else(|| remembered_form(session, &name));
    let form = match session.form(name.clone(), FormKind::Main, wanted).await {
        // A form that is gone, or of another role, is no reason to show none.
        Err(_) if wanted.is_some() => session.form(name, FormKind::Main, None).await?,
        form => form?,
    };
    Ok(Ready { table, form: Arc::new(form), row, initial, draft, draft_address })
}

#[component]
fn Loaded(app: AppName, loaded: Ready) -> impl IntoView {
    let session = use_session();
    let Ready { table, form, row, initial, draft, draft_address } = loaded;
    let id = row.as_ref().map_or_else(browser::new_row_id, |row| row.id);
    let state = FormState::new(Start {
        table: Arc::clone(&table),
        form,
        id,
        row,
        initial,
        draft: Some(draft_address.clone()),
    });
    if let Some(draft) = draft {
        state.restore(draft.columns, &draft.seen);
    }
    follow(session, state, &table);
    follow_definitions(session, state, &session.address.get_untracked());
    leave_guard(session, state);
    save_key(session, state, app.clone());
    let title = Signal::derive({
        let table = Arc::clone(&table);
        move || title(state, &table)
    });
    if !state.is_new {
        let address = Place::Form(app.clone(), table.name.clone(), id).address();
        task::spawn(session.visit(address, title.get_untracked(), Some(table.name.clone())));
    }
    Effect::new(move |_| title.with(|title| browser::set_title(title)));
    browser::mark_ready();
    let table_name = table.name.clone();
    let items = commands(session, state, app.clone());
    let back = Place::View(app, table.name.clone()).address();
    let plural = table.plural_label.text(locale::language()).to_owned();
    view! {
        <div class="screen form-screen" data-screen="form" data-table=table.name.to_string()
            data-row=(!state.is_new).then(|| id.to_string())>
            <CommandBar items label=text("command.bar").to_owned()/>
            <form class="form" novalidate=true on:submit=|event| event.prevent_default()>
                <div class="screen-head form-head">
                    <div class="screen-title-row">
                        <a class="button subtle icon-only back" href=back aria-label=fill("form.back", &[("table", &plural)])>
                            <Icon name="arrow_left"/>
                        </a>
                        <span class="table-icon"><Icon name=table.icon.clone()/></span>
                        <div class="form-titles">
                            <h1 class="screen-title">{title}</h1>
                            <div class="form-facts-row"><Facts state table=Arc::clone(&table)/> <FormChooser state/></div>
                        </div>
                    </div>
                    <WalkButtons id table=table_name/>
                    {move || { state.layout.track(); view! { <FormHeader state/> } }}
                </div>
                <ProcessBar state/>
                <Notes state/>
                {move || { state.layout.track(); view! { <FormTabs state/> } }}
            </form>
        </div>
    }
}

/// Fetches the row again when the table changed; what the user entered stays.
fn follow(session: Session, state: FormState, table: &Arc<Table>) {
    if state.is_new {
        return;
    }
    let (name, id) = (table.name.clone(), state.id);
    let for_revision = name.clone();
    let revision = Memo::new(move |_| session.revision(&for_revision));
    Effect::new(move |is_first: Option<()>| {
        revision.get();
        if is_first.is_none() {
            return;
        }
        let name = name.clone();
        task::spawn(async move {
            match session.row(name, id).await {
                Ok(Some(row)) => state.refresh(row),
                Ok(None) => state.set_gone(true),
                Err(failure) => session.fail(&failure),
            }
        });
    });
}

/// Asks for the table and the form again when the definitions changed; what is on screen stays until the user wants it
/// otherwise.
fn follow_definitions(session: Session, state: FormState, address: &str) {
    let form = route::form_of(address);
    Effect::new(move |is_first: Option<()>| {
        session.definitions.track();
        if is_first.is_none() {
            return;
        }
        task::spawn(async move {
            let name = state.table().name.clone();
            let newer = async {
                let table = session.table(name.clone()).await?;
                let form = session.form(name, FormKind::Main, form).await?;
                Ok::<_, Failure>(Newer::Changed(table, Arc::new(form)))
            };
            match newer.await {
                Ok(newer) => state.offer(newer),
                Err(failure) if failure.kind == FailureKind::NotFound => state.offer(Newer::Removed),
                Err(failure) => session.fail(&failure),
            }
        });
    });
}

/// Draws the form by the newer definitions, with the row's values in columns that are new.
fn take_newer(session: Session, state: FormState) {
    state.take_newer();
    if state.is_new {
        return;
    }
    let name = state.table().name.clone();
    task::spawn(async move {
        match session.row(name, state.id).await {
            Ok(Some(row)) => state.refresh(row),
            Ok(None) => state.set_gone(true),
            Err(failure) => session.fail(&failure),
        }
    });
}

fn title(state: FormState, table: &Table) -> String {
    let label = table.label.text(locale::language());
    match state.value_now(table.primary_name.as_str()) {
        Value::Text(name) if !name.trim().is_empty() => name,
        _ if state.is_new => fill("command.new-of", &[("table", label)]),
        _ => label.to_owned(),
    }
}

/// Under the title: the table, the state, whether something is unsaved or unsent.
#[component]
fn Facts(state: FormState, table: Arc<Table>) -> impl IntoView {
    let label = table.label.text(locale::language()).to_owned();
    let status = move || {
        let column = table.column("statuscode").or_else(|| table.column("statecode"))?;
        let value = state.value_now(column.name.as_str());
        let shown = crate::format::show(&value, Some(column), &table, None);
        (!shown.is_empty() && !state.is_new).then_some(shown)
    };
    let pending = move || state.row().map_or(0, |row| row.pending);
    view! {
        <p class="form-facts">
            <span>{label}</span>
            {move || status().map(|status| view! { <span class="tag">{status}</span> })}
            {move || state.is_dirty().then(|| view! { <span class="tag unsaved">{text("form.unsaved")}</span> })}
            {move || (pending() > 0).then(|| view! {
                <span class="tag unsent" data-pending=pending().to_string()><Icon name="cloud_arrow_up"/> {text("form.unsent")}</span>
            })}
            {move || (!state.is_editable()).then(|| view! { <span class="tag">{text("form.read-only")}</span> })}
        </p>
    }
}

/// Notices that belong to the form.
#[component]
fn Notes(state: FormState) -> impl IntoView {
    let session = use_session();
    let offline = move || {
        let app = session.address.place().with(|place| place.app().cloned());
        app.map_or_else(|| "/".to_owned(), |app| Place::Offline(app).address())
    };
    view! {
        {move || state.is_restored.get().then(|| view! {
            <div class="banner" role="status">
                <Icon name="history"/>
                <p>{text("form.restored")}</p>
                <button type="button" class="button" data-command="discard-draft" on:click=move |_| state.discard()>
                    {text("form.discard-draft")}
                </button>
            </div>
        })}
        {move || state.is_gone.get().then(|| view! {
            <div class="banner" role="alert" data-notice="row-gone">
                <Icon name="warning"/>
                <p>{text("form.gone")} {state.is_dirty().then(|| format!(" {}", text("form.gone-unsaved")))}</p>
            </div>
        })}
        {move || state.newer.get().map(|newer| view! {
            <div class="banner" role="status" data-notice="form-changed">
                <Icon name="arrow_sync"/>
                {match newer {
                    Newer::Changed(..) => view! {
                        <p>{text("form.changed")}</p>
                        <button type="button" class="button" data-command="take-newer-form"
                            on:click=move |_| take_newer(session, state)>
                            {text("form.show-changed")}
                        </button>
                    }.into_any(),
                    Newer::Removed => view! { <p>{text("form.table-removed")}</p> }.into_any(),
                }}
            </div>
        })}
        {move || state.row().is_some_and(|row| row.needs_attention).then(|| view! {
            <div class="banner" role="status">
                <Icon name="warning"/>
                <p>{text("form.attention")}</p>
                <a class="button" href=offline>{text("form.to-offline")}</a>
            </div>
        })}
    }
}
