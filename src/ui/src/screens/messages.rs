//! Screens that only say something.

use crate::kit::{Empty, Spinner};
use crate::locale::text;
use crate::session::failure_text;
use client::message::Failure;
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
    view! {
        <main class="message-screen" role="alert">
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)>
                <button type="button" class="button primary" on:click=move |_| reload()>{text("action.reload")}</button>
            </Empty>
        </main>
    }
}

/// Another tab or another build has taken over.
#[component]
pub fn Superseded() -> impl IntoView {
    view! {
        <main class="message-screen" role="alert">
            <Empty icon="window_multiple".to_owned() title=text("superseded.title").to_owned() body=text("superseded.body").to_owned()>
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
