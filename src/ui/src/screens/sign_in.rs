//! Nobody is signed in on this device.

use crate::kit::Icon;
use crate::locale::text;
use crate::session::use_session;
use leptos::prelude::*;

/// The sign-in screen.
#[component]
pub fn SignInScreen(
    /// What went wrong at the last attempt.
    problem: Option<String>,
) -> impl IntoView {
    let session = use_session();
    let is_leaving = RwSignal::new(false);
    view! {
        <main class="sign-in" data-screen="sign-in">
            <div class="sign-in-card">
                <img class="sign-in-mark" src="/icons/valise.svg" alt="" width="72" height="72"/>
                <h1>"Valise"</h1>
                <p class="sign-in-words">{text("sign-in.words")}</p>
                {problem.map(|problem| view! {
                    <p class="inline-problem" role="alert"><Icon name="error_circle"/> <span>{problem}</span></p>
                })}
                <button
                    type="button"
                    class="button primary large"
                    data-command="sign-in"
                    disabled=move || is_leaving.get()
                    on:click=move |_| {
                        is_leaving.set(true);
                        session.sign_in();
                    }
                >
                    {text("sign-in.button")}
                </button>
                <ul class="sign-in-points">
                    <li><Icon name="cloud_off"/> {text("sign-in.point-offline")}</li>
                    <li><Icon name="arrow_sync"/> {text("sign-in.point-sync")}</li>
                    <li><Icon name="shield_checkmark"/> {text("sign-in.point-safe")}</li>
                </ul>
            </div>
        </main>
    }
}
