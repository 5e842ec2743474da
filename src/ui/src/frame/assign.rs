//! The new owner of rows: the user, another user or a team.

use crate::field::RowSearch;
use crate::kit::{Dialog, Icon};
use crate::locale::{fill, text};
use crate::session::{Answer, use_session};
use leptos::prelude::*;
use model::Reference;

/// The dialog.
#[component]
pub fn AssignDialog(
    /// The number of the question it answers.
    number: u64,
) -> impl IntoView {
    let session = use_session();
    let me = session.user.with_untracked(|user| {
        user.as_ref().map(|user| Reference {
            table: "systemuser".into(),
            id: user.user,
            name: Some(user.full_name.clone()),
        })
    });
    let chosen = RwSignal::new(None::<Reference>);
    let cancel = move || session.answer(number, Answer::Cancelled);
    let confirm = move || {
        if let Some(owner) = chosen.get_untracked() {
            session.answer(number, Answer::Row(owner));
        }
    };
    let name = move || chosen.with(|owner| owner.as_ref().and_then(|owner| owner.name.clone()));
    view! {
        <Dialog
            title=text("assign.title").to_owned()
            id=format!("assign-{number}")
            on_cancel=move |()| cancel()
            actions=move || view! {
                <button type="button" class="button primary" data-command="confirm"
                    disabled=move || chosen.with(Option::is_none) on:click=move |_| confirm()>
                    {text("command.assign")}
                </button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| cancel()>{text("action.cancel")}</button>
            }
        >
            <div class="field" data-column="ownerid">
                <label class="field-label" for=format!("assign-owner-{number}")>{text("assign.owner")}</label>
                {move || match name() {
                    Some(name) => view! {
                        <div class="input chip-box">
                            <span class="chip">{name.clone()}</span>
                            <button type="button" class="button subtle icon-only small"
                                aria-label=fill("field.remove", &[("value", &name)]) on:click=move |_| chosen.set(None)>
                                <Icon name="dismiss"/>
                            </button>
                        </div>
                    }.into_any(),
                    None => view! {
                        <RowSearch
                            input=format!("assign-owner-{number}")
                            label=text("assign.owner").to_owned()
                            targets=vec!["systemuser".into(), "team".into()]
                            on_pick=Callback::new(move |owner| chosen.set(Some(owner)))
                        />
                    }.into_any(),
                }}
            </div>
            {me.map(|me| view! {
                <button type="button" class="button" on:click=move |_| chosen.set(Some(me.clone()))>{text("assign.me")}</button>
            })}
        </Dialog>
    }
}
