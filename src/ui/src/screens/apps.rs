//! MyApps: the apps the user's roles open.

use crate::browser;
use crate::kit::{Empty, Icon, Skeleton};
use crate::locale::{fill, text};
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::AppTile;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn AppsScreen() -> impl IntoView {
    let session = use_session();
    browser::set_title(text("frame.apps"));
    let apps = task::load(move || {
        session.definitions.track();
        session.apps()
    });
    let apps = Memo::new(move |_| apps.get());
    Effect::new(move |_| {
        if matches!(apps.get(), Some(Ok(_))) {
            browser::mark_ready();
        }
    });
    let name = session
        .user
        .with_untracked(|user| user.as_ref().map(|user| user.full_name.clone()).unwrap_or_default());
    let first_name = name.split(' ').next().unwrap_or_default().to_owned();
    let tile = |app: AppTile| {
        let icon = if app.icon.is_empty() { "briefcase".to_owned() } else { app.icon };
        view! {
            <li>
                <a class="app-tile" href=format!("/{}", app.name)>
                    <span class="app-icon"><Icon name=icon/></span>
                    <span class="app-title">{app.title}</span>
                    <span class="app-words">{app.description}</span>
                    <span class="app-offline"><Icon name="checkmark_circle"/> {text("apps.offline")}</span>
                </a>
            </li>
        }
    };
    let content = move || {
        match apps.get() {
        None => view! { <Skeleton lines=3/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }.into_any(),
        Some(Ok(apps)) if apps.is_empty() => view! {
            <Empty icon="briefcase".to_owned() title=text("apps.none").to_owned() body=text("apps.none-body").to_owned()/>
        }.into_any(),
        Some(Ok(apps)) => view! { <ul class="app-tiles">{apps.into_iter().map(tile).collect_view()}</ul> }.into_any(),
    }
    };
    view! {
        <div class="screen apps-screen" data-screen="apps">
            <h1 class="apps-title">{fill("apps.hello", &[("name", &first_name)])}</h1>
            <p class="apps-words">{text("apps.words")}</p>
            {content}
        </div>
    }
}
