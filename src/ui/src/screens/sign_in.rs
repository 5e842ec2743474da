//! Nobody is signed in on this device.

use crate::format::formats;
use crate::kit::Icon;
use crate::locale::{fill, is_one, text};
use crate::session::use_session;
use crate::storage::Holding;
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
                <Cleared/>
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

/// This device should hold somebody's data and does not: they were cleared, and not by signing out.
#[component]
fn Cleared() -> impl IntoView {
    let noted = RwSignal::new(Holding::noted());
    let forget = move |_| {
        Holding::note(None);
        noted.set(None);
    };
    move || {
        noted.get().map(|holding| {
            let lost = match holding.unsent {
                0 => text("cleared.nothing-lost").to_owned(),
                count if is_one(count) => text("cleared.lost-one").to_owned(),
                count => fill("cleared.lost", &[("count", &formats().integer(i64::from(count)))]),
            };
            view! {
                <div class="cleared" role="alert" data-unsent=holding.unsent.to_string()>
                    <h2><Icon name="warning"/> <span>{text("cleared.title")}</span></h2>
                    <p>{fill("cleared.words", &[("user", &holding.user)])}</p>
                    <p>{lost}</p>
                    <p>{text("cleared.keep")}</p>
                    <button type="button" class="button" data-command="understood" on:click=forget>{text("cleared.understood")}</button>
                </div>
            }
        })
    }
}
