//! The commands of a form: its own (new, save), and those the row's state and the user's rights allow.

use crate::form::{FormState, save};
use crate::frame::CommandItem;
use crate::locale::{fill, text, text_of};
use crate::route::Place;
use crate::session::{Answer, Confirmation, Question, Session, ToastKind};
use crate::task;
use leptos::prelude::*;
use model::{AppName, Columns, Command, CommandName, Depth, Right, Value};

/// What follows a save.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Stay,
    Close,
}

/// The row's commands that this screen can give, with their icons.
const KNOWN: [(&str, &str); 4] =
    [("activate", "play"), ("deactivate", "pause"), ("assign", "person_arrow_right"), ("delete", "delete")];

/// The commands of the form.
pub fn commands(session: Session, state: FormState, app: AppName) -> Signal<Vec<CommandItem>, LocalStorage> {
    let table = state.table();
    let item = |name: &str, icon: &'static str, is_disabled: Signal<bool>, run: Callback<()>| CommandItem {
        name: name.to_owned(),
        label: text_of("command", name).unwrap_or_default().to_owned(),
        icon,
        is_disabled,
        run,
    };
    let saving = |after: After| {
        let app = app.clone();
        Callback::new(move |()| task::spawn(save_form(session, state, app.clone(), after)))
    };
    let cannot_save = Signal::derive(move || state.is_saving.get() || !state.is_editable());
    let save_item = item("save", "save", cannot_save, saving(After::Stay));
    let save_close = item("save-close", "save_arrow_right", cannot_save, saving(After::Close));
    let may_create = session.user.with_untracked(|user| {
        user.as_ref()
            .is_some_and(|user| user.privileges.depth(table.name.as_str(), Right::Create) > Depth::None)
    });
    let new_address = Place::New(app.clone(), table.name.clone()).address();
    let create =
        item("create", "add", Signal::from(false), Callback::new(move |()| session.address.go(&new_address)));
    let known: Vec<CommandItem> = KNOWN
        .iter()
        .map(|(name, icon)| {
            let (name, app) = (*name, app.clone());
            let run = Callback::new(move |()| task::spawn(give(session, state, app.clone(), name)));
            item(name, icon, state.is_saving.into(), run)
        })
        .collect();
    Signal::derive_local(move || {
        let mut items = Vec::new();
        if state.is_editable() {
            items.extend([save_item.clone(), save_close.clone()]);
        }
        if !state.is_new {
            let names =
                state.row().filter(|_| !state.is_gone.get()).map(|row| row.commands).unwrap_or_default();
            items.extend(may_create.then(|| create.clone()));
            items.extend(
                names.iter().filter_map(|name| known.iter().find(|item| item.name == *name).cloned()),
            );
        }
        items
    })
}

async fn save_form(session: Session, state: FormState, app: AppName, after: After) {
    let Some(saved) = save(session, state).await else { return };
    let table = saved.reference.table.clone();
    session.touch(std::slice::from_ref(&table));
    session.toast(ToastKind::Success, text("toast.saved"));
    match after {
        After::Close => session.address.go_at_once(&Place::View(app, table).address()),
        After::Stay if state.is_new => {
            session.address.replace(&Place::Form(app, table, saved.reference.id).address());
        }
        After::Stay => {}
    }
}

/// Gives one of the row's own commands.
async fn give(session: Session, state: FormState, app: AppName, name: &'static str) {
    let table = state.table();
    let subject = untrack(|| state.value_now(table.primary_name.as_str()));
    let subject = subject.as_text().unwrap_or_default().to_owned();
    let mut parameters = Columns::new();
    let question = match name {
        "assign" => match session.question(Question::Assign).await {
            Answer::Row(owner) => {
                parameters.set("ownerid", Value::Reference(owner));
                None
            }
            _ => return,
        },
        "delete" => Some((fill("confirm.delete-row", &[("name", &subject)]), true)),
        "activate" => Some((fill("confirm.activate-row", &[("name", &subject)]), false)),
        _ => Some((fill("confirm.deactivate-row", &[("name", &subject)]), false)),
    };
    if let Some((body, is_dangerous)) = question {
        let label = text_of("command", name).unwrap_or_default();
        let confirmation = Confirmation { is_dangerous, ..Confirmation::dangerous(label, body, label) };
        if session.confirm(confirmation).await != Answer::Confirmed {
            return;
        }
    }
    // What is typed belongs to the row before the command; a delete needs it no more.
    if name != "delete" && untrack(|| state.is_dirty()) && save(session, state).await.is_none() {
        return;
    }
    let command = Command {
        name: CommandName::from(name),
        table: table.name.clone(),
        id: state.id,
        subject,
        parameters,
    };
    match session.execute(vec![command]).await {
        Err(failure) => session.fail(&failure),
        Ok(_) => {
            session.touch(std::slice::from_ref(&table.name));
            session.toast(ToastKind::Success, text_of("toast.after", name).unwrap_or(text("toast.saved")));
            if name == "delete" {
                state.discard();
                session.address.go_at_once(&Place::View(app, table.name.clone()).address());
            }
        }
    }
}

/// Asks before a form with unsaved changes is left, and warns before the tab is closed.
pub fn leave_guard(session: Session, state: FormState) {
    session.address.hold(move |to| {
        if !untrack(|| state.is_dirty()) {
            return false;
        }
        task::spawn(async move {
            if untrack(|| state.is_gone.get()) {
                // There is nothing left to save it on.
                let (title, body) = (text("leave.title"), text("form.gone-unsaved"));
                let confirmation = Confirmation::dangerous(title, body, text("leave.discard"));
                if session.confirm(confirmation).await == Answer::Confirmed {
                    state.discard();
                    session.address.go_at_once(&to);
                }
                return;
            }
            let confirmation = Confirmation {
                title: text("leave.title").to_owned(),
                body: text("leave.body").to_owned(),
                confirm: text("leave.save").to_owned(),
                discard: Some(text("leave.discard").to_owned()),
                is_dangerous: false,
            };
            match session.confirm(confirmation).await {
                Answer::Confirmed => {
                    if let Some(saved) = save(session, state).await {
                        session.touch(&[saved.reference.table]);
                        session.address.go_at_once(&to);
                    }
                }
                Answer::Discarded => {
                    state.discard();
                    session.address.go_at_once(&to);
                }
                _ => {}
            }
        });
        true
    });
}

/// Ctrl+S saves.
pub fn save_key(session: Session, state: FormState, app: AppName) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        let is_save = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("s");
        if !is_save {
            return;
        }
        event.prevent_default();
        if untrack(|| state.is_editable()) {
            task::spawn(save_form(session, state, app.clone(), After::Stay));
        }
    });
    on_cleanup(move || listener.remove());
}
