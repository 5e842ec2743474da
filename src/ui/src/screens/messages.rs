//! Screens that only say something.

use crate::frame::fetch_newest;
use crate::kit::{Empty, Spinner};
use crate::locale::text;
use crate::session::failure_text;
use client::message::{Failure, FailureKind};
use leptos::prelude::*;

fn reload() {
    if let Err(error) = window().location().reload() {
        gloo::console::error!("the page could not be reloaded:", error);
    }
}

/// The local database is being opened.
#[component]
pub fn Opening() -> impl IntoView {
    view! { <main class="message-screen"><Spinner label=text("opening.title")/></main> }
}

/// Nothing can be done before something outside is put right.
#[component]
pub fn Broken(
    /// What is wrong.
    failure: Failure,
) -> impl IntoView {
    let (icon, title) = match failure.kind {
        FailureKind::StorageFull => ("storage", text("broken.full")),
        FailureKind::StorageBlocked => ("window_multiple", text("broken.blocked")),
        FailureKind::StorageNewer => ("arrow_sync", text("broken.newer")),
        FailureKind::StorageSilent => ("storage", text("broken.silent")),
        _ => ("error_circle", text("broken.title")),
    };
    let way_out = match failure.kind {
        FailureKind::StorageNewer => view! {
            <button type="button" class="button primary" data-command="update" on:click=move |_| fetch_newest()>{text("update.now")}</button>
        }
        .into_any(),
        FailureKind::StorageFull | FailureKind::StorageBlocked | FailureKind::StorageSilent => view! {
            <button type="button" class="button primary" data-command="retry" on:click=move |_| reload()>{text("action.retry")}</button>
        }
        .into_any(),
        _ => view! {
            <button type="button" class="button primary" data-command="reload" on:click=move |_| reload()>{text("action.reload")}</button>
        }
        .into_any(),
    };
    // In English, for those who help.
    let detail = (!failure.message.is_empty()).then(|| failure.message.clone());
    view! {
        <main class="message-screen" role="alert" data-screen="broken">
            <Empty icon=icon.to_owned() title=title.to_owned() body=failure_text(&Failure { message: String::new(), ..failure })>
                {way_out}
                {detail.map(|detail| view! {
                    <details class="changes"><summary>{text("offline.details")}</summary><p lang="en">{detail}</p></details>
                })}
            </Empty>
        </main>
    }
}

/// A tab of a newer build works with the local data.
#[component]
pub fn Superseded() -> impl IntoView {
    view! {
        <main class="message-screen" role="alert">
            <Empty icon="arrow_sync".to_owned() title=text("superseded.title").to_owned() body=text("superseded.body").to_owned()>
                <button type="button" class="button primary" on:click=move |_| reload()>{text("superseded.here")}</button>
            </Empty>
        </main>
    }
}

/// Nothing is at this address, or not on this device.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Empty icon="search".to_owned() title=text("not-found.title").to_owned() body=text("not-found.body").to_owned()>
            <a class="button primary" href="/">{text("frame.apps")}</a>
        </Empty>
    }
}
