//! The questions on screen, one over the other.

use super::assign::AssignDialog;
use crate::form::QuickCreate;
use crate::kit::Dialog;
use crate::locale::text;
use crate::session::{Answer, Asked, Confirmation, Question, use_session};
use leptos::prelude::*;

/// All questions.
#[component]
pub fn Questions() -> impl IntoView {
    let session = use_session();
    view! {
        <For each=move || session.questions() key=|asked| asked.number let:asked>
            {draw(asked)}
        </For>
    }
}

fn draw(asked: Asked) -> AnyView {
    let number = asked.number;
    match asked.question {
        Question::Confirm(confirmation) => view! { <Confirm number confirmation/> }.into_any(),
        Question::QuickCreate { table, preset } => view! { <QuickCreate number table preset/> }.into_any(),
        Question::Assign => view! { <AssignDialog number/> }.into_any(),
    }
}

#[component]
fn Confirm(number: u64, confirmation: Confirmation) -> impl IntoView {
    let session = use_session();
    let answer = move |answer: Answer| session.answer(number, answer);
    let Confirmation { title, body, confirm, discard, is_dangerous } = confirmation;
    view! {
        <Dialog
            title
            id=format!("confirm-{number}")
            on_cancel=move |()| answer(Answer::Cancelled)
            actions=move || view! {
                <button type="button" class="button primary" class:dangerous=is_dangerous data-command="confirm" data-focus=(!is_dangerous).then_some("")
                    on:click=move |_| answer(Answer::Confirmed)>
                    {confirm}
                </button>
                {discard.map(|discard| view! {
                    <button type="button" class="button" data-command="discard" on:click=move |_| answer(Answer::Discarded)>
                        {discard}
                    </button>
                })}
                <button type="button" class="button" data-command="cancel" data-focus=is_dangerous.then_some("") on:click=move |_| answer(Answer::Cancelled)>
                    {text("action.cancel")}
                </button>
            }
        >
            <p>{body}</p>
        </Dialog>
    }
}
