//! Changes that this build cannot read: kept, shown, exported, never sent and never dropped unasked.

use crate::browser;
use crate::format::formats;
use crate::kit::Icon;
use crate::locale::{fill, text};
use crate::session::{Answer, Confirmation, Session, ToastKind, use_session};
use crate::task;
use client::message::{Request, UnreadableView};
use leptos::prelude::*;

/// The list; nothing where there is none.
#[component]
pub fn Unreadable(
    /// The changes in order.
    unreadable: Memo<Vec<UnreadableView>>,
    /// Grows with every decision.
    decided: RwSignal<u32>,
) -> impl IntoView {
    let session = use_session();
    move || {
        let changes = unreadable.get();
        (!changes.is_empty()).then(|| {
            view! {
                <section class="form-section" aria-labelledby="unreadable-title" data-section="unreadable">
                    <h2 class="section-title" id="unreadable-title" tabindex="-1">{text("unreadable.title")}</h2>
                    <p class="inline-problem"><Icon name="warning"/> <span>{text("unreadable.words")}</span></p>
                    <ol class="outbox">
                        {changes.into_iter().map(|change| draw(session, change, decided)).collect_view()}
                    </ol>
                </section>
            }
        })
    }
}

fn draw(session: Session, change: UnreadableView, decided: RwSignal<u32>) -> impl IntoView {
    let words = words(&change);
    let UnreadableView { key, reason, made_at, .. } = change;
    let when = made_at.map(|at| formats().date_time(at));
    let label = fill("unreadable.discard-of", &[("change", &words)]);
    let shown = words.clone();
    let discard = move |_| task::spawn(discard(session, key.clone(), words.clone(), decided));
    view! {
        <li class="outbox-entry parked" data-entry-state="unreadable">
            <div class="outbox-head">
                <div class="outbox-text">
                    <p class="outbox-words">{shown}</p>
                    <p class="quiet-note">{text("unreadable.state")} {when.map(|when| view! { " · " {when} })}</p>
                </div>
            </div>
            // In English, for those who help.
            <details class="changes"><summary>{text("offline.details")}</summary><p lang="en">{reason}</p></details>
            <div class="outbox-actions">
                <button type="button" class="button subtle" data-command="discard" aria-label=label.clone() title=label on:click=discard>
                    <Icon name="delete"/> <span>{text("outbox.discard")}</span>
                </button>
            </div>
        </li>
    }
}

fn words(change: &UnreadableView) -> String {
    if change.subject.is_empty() {
        return text("unreadable.change").to_owned();
    }
    fill("unreadable.change-of", &[("name", &change.subject)])
}

async fn discard(session: Session, key: Vec<u8>, words: String, decided: RwSignal<u32>) {
    let body = format!("{words}\n{}", text("unreadable.discard-body"));
    let confirmation = Confirmation::dangerous(text("outbox.discard"), body, text("outbox.discard"));
    if session.confirm(confirmation).await == Answer::Confirmed
        && session.tell(Request::DropUnreadable { key }).await.is_some()
    {
        decided.try_update(|count| *count += 1);
        session.toast(ToastKind::Success, text("outbox.done-discard"));
        browser::focus("outbox-title");
    }
}
