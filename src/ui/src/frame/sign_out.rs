//! The question before signing out while there is work that the server does not have.

use super::sync::sync_line;
use crate::format::formats;
use crate::kit::{Dialog, Icon};
use crate::locale::{fill, is_one, text};
use crate::screens::save_unsent_file;
use crate::session::{Session, use_session};
use crate::task;
use client::message::{Request, Unsent};
use leptos::prelude::*;

/// Signs out; first asks when something would be lost.
pub async fn sign_out(session: Session, asked: RwSignal<Option<Unsent>>) {
    if let Some(unsent) = session.unsent().await {
        if unsent.changes == 0 && unsent.drafts == 0 {
            session.sign_out(false).await;
        } else {
            asked.try_set(Some(unsent));
        }
    }
}

/// The ways out: send now, keep in a file, stay, or lose it.
#[component]
pub fn SignOutDialog(
    /// What would be lost; nothing closes the dialog.
    asked: RwSignal<Option<Unsent>>,
) -> impl IntoView {
    let session = use_session();
    let unsent = move || asked.get().unwrap_or_default();
    // Whatever is sent meanwhile is not lost any more.
    let counted = RwSignal::new(session.sync.with_untracked(|sync| sync.pending));
    Effect::new(move |_| {
        let pending = session.sync.with(|sync| sync.pending);
        if counted.get_untracked() != pending {
            counted.set(pending);
            task::spawn(async move {
                if let Some(now) = session.unsent().await {
                    asked.try_update(|asked| *asked = asked.map(|_| now));
                }
            });
        }
    });
    let is_clear = Memo::new(move |_| unsent().changes == 0 && unsent().drafts == 0);
    let has_changes = Memo::new(move |_| unsent().changes > 0);
    let is_sending = RwSignal::new(false);
    let send = move |_| {
        is_sending.set(true);
        task::spawn(async move {
            session.tell(Request::SyncNow).await;
        });
    };
    let leave = move |_| {
        let discard = !is_clear.get_untracked();
        asked.set(None);
        task::spawn(async move { session.sign_out(discard).await });
    };
    view! {
        <Dialog
            title=text("sign-out.title").to_owned()
            id="sign-out"
            on_cancel=move |()| asked.set(None)
            actions=move || view! {
                {move || has_changes.get().then(|| view! {
                    <button type="button" class="button primary" data-command="send-now" data-focus="" on:click=send>
                        <Icon name="arrow_sync"/> <span>{text("sign-out.send")}</span>
                    </button>
                    <button type="button" class="button" data-command="export"
                        on:click=move |_| task::spawn(save_unsent_file(session))>
                        <Icon name="arrow_export"/> <span>{text("unsent-file.export")}</span>
                    </button>
                })}
                <button type="button" class="button" class:primary=move || is_clear.get() data-command="confirm" on:click=leave>
                    {move || if is_clear.get() { text("sign-out.title") } else { text("sign-out.discard") }}
                </button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| asked.set(None)>
                    {text("sign-out.stay")}
                </button>
            }
        >
            <div class="dialog-lines" aria-live="polite" data-unsent=move || unsent().changes.to_string()>
                {move || lines(unsent()).into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
                {move || (is_sending.get() && has_changes.get()).then(|| view! {
                    <p class="quiet-note">{session.sync.with(sync_line)}</p>
                })}
            </div>
        </Dialog>
    }
}

/// What would be lost, in words.
fn lines(unsent: Unsent) -> Vec<String> {
    let number = |count: u32| formats().integer(i64::from(count));
    let mut lines = Vec::new();
    match unsent.changes {
        0 => {}
        count if is_one(count) => lines.push(text("sign-out.changes-one").to_owned()),
        count => lines.push(fill("sign-out.changes", &[("count", &number(count))])),
    }
    match unsent.parked {
        0 => {}
        count if is_one(count) => lines.push(text("sign-out.parked-one").to_owned()),
        count => lines.push(fill("sign-out.parked", &[("count", &number(count))])),
    }
    match unsent.drafts {
        0 => {}
        count if is_one(count) => lines.push(text("sign-out.drafts-one").to_owned()),
        count => lines.push(fill("sign-out.drafts", &[("count", &number(count))])),
    }
    if lines.is_empty() {
        lines.push(text("sign-out.clear").to_owned());
    } else {
        lines.push(text("sign-out.lost").to_owned());
    }
    lines
}
