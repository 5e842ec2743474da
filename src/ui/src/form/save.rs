//! Saving a form: one command for the columns, one more when the owner changed.

use super::FormState;
use crate::browser;
use crate::session::Session;
use client::message::{Failure, FailureKind};
use leptos::prelude::*;
use model::{Columns, Command, CommandName, Reference, Value};

/// A saved row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The row, with its name.
    pub reference: Reference,
}

/// Saves what the user entered. Nothing comes back when the form is not complete; what is wrong then stands at the fields.
pub async fn save(session: Session, state: FormState) -> Option<Saved> {
    leave_field();
    if state.is_saving.get_untracked() {
        return None;
    }
    state.settle();
    if !state.validate() {
        request_animation_frame(|| browser::focus("form-problems"));
        return None;
    }
    let changed = state.changed();
    let reference = reference(state);
    if changed.is_empty() && !state.is_new {
        return Some(Saved { reference });
    }
    state.is_saving.set(true);
    let commands = commands(state, changed.clone(), &reference);
    let result = session.execute_on(commands, state.seen()).await;
    state.is_saving.try_set(false);
    match result {
        Ok(_) => {
            state.saved_now(&changed);
            Some(Saved { reference })
        }
        Err(failure) => {
            show(session, state, &failure);
            // A new row that is kept is no longer new, whatever failed after it. A row that was there comes back as it is kept.
            let is_made = state.is_new && failure.saved.contains(&state.id);
            is_made.then(|| {
                state.saved_now(&changed);
                Saved { reference }
            })
        }
    }
}

/// A field keeps what is typed until it is left; a shortcut must not overtake it.
fn leave_field() {
    use wasm_bindgen::JsCast;
    if let Some(element) = document().active_element()
        && let Ok(element) = element.dyn_into::<web_sys::HtmlInputElement>()
    {
        let _ = element.blur();
        let _ = element.focus();
    }
}

fn commands(state: FormState, mut columns: Columns, reference: &Reference) -> Vec<Command> {
    let command = |name: &str, parameters: Columns| Command {
        name: CommandName::from(name),
        table: reference.table.clone(),
        id: reference.id,
        subject: reference.name.clone().unwrap_or_default(),
        parameters,
    };
    if state.is_new {
        columns.0.retain(|_, value| !value.is_null());
        return vec![command("create", columns)];
    }
    let owner = columns.0.remove("ownerid");
    let mut commands = Vec::new();
    if !columns.is_empty() {
        commands.push(command("save", columns));
    }
    if let Some(owner) = owner {
        commands.push(command("assign", Columns::new().with("ownerid", owner)));
    }
    commands
}

/// The row with its name as it is on screen.
fn reference(state: FormState) -> Reference {
    let table = state.table();
    let name = match untrack(|| state.value_now(table.primary_name.as_str())) {
        Value::Text(name) => Some(name),
        _ => composed_name(state),
    };
    Reference { table: table.name.clone(), id: state.id, name }
}

/// A name that is put together when the row is made (`fullname`) is put together here for the meantime.
fn composed_name(state: FormState) -> Option<String> {
    let parts = ["firstname", "lastname"].map(|column| untrack(|| state.value_now(column)));
    let parts: Vec<&str> = parts.iter().filter_map(Value::as_text).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn show(session: Session, state: FormState, failure: &Failure) {
    match &failure.column {
        Some(column) if failure.kind == FailureKind::Invalid => {
            state.problems.try_update(|problems| {
                problems.insert(column.clone(), failure.message.clone());
            });
            session.fail(failure);
        }
        _ => session.fail(failure),
    }
}
