//! What stands around every screen: top bar, site map, questions, notices, and the look.

mod assign;
mod carry;
mod commands;
mod keep;
mod make;
mod progress;
mod questions;
mod shortcuts;
mod sign_out;
mod site_map;
mod sync;
mod theme;
mod top_bar;
mod update;

pub use carry::{BeforeFirstSync, CarryDialog};
pub use commands::{CommandBar, CommandItem};
pub use keep::keep_device;
pub use progress::FirstSync;
pub use questions::Questions;
pub use site_map::SiteMapView;
pub use sync::{is_syncing, problem_line, sync_line};
pub use theme::apply_theme;
pub use top_bar::TopBar;
pub use update::{fetch_newest, watch_updates};

use crate::browser::{self, Size};
use crate::kit::Icon;
use crate::locale::text;
use crate::session::use_session;
use client::message::SyncPhase;
use leptos::prelude::*;
use shortcuts::Shortcuts;

/// The key under which the site map's state on a desktop is kept.
const NAVIGATION: &str = "valise.navigation";

/// Top bar, site map and the screen between them.
#[component]
pub fn Frame(
    /// The screen.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let app = Memo::new(move |_| session.address.place().with(|place| place.app().cloned()));
    let starts_open = session.size.get_untracked() == Size::Desktop
        && browser::kept(NAVIGATION).as_deref() != Some("closed");
    let is_open = RwSignal::new(starts_open);
    let is_drawer = move || session.size.get() != Size::Desktop;
    // A drawer is over the screen it leads to, and a narrower window makes the site map a drawer.
    Effect::new(move |_| {
        session.address.get();
        if is_drawer() {
            is_open.set(false);
        }
    });
    let toggle = move || {
        is_open.update(|open| *open = !*open);
        if !untrack(is_drawer) {
            browser::keep(NAVIGATION, if is_open.get_untracked() { "open" } else { "closed" });
        } else if is_open.get_untracked() {
            request_animation_frame(|| browser::focus("site-map-close"));
        }
    };
    let shows_keys = RwSignal::new(false);
    let is_shown = move || is_open.get() && app.with(Option::is_some);
    view! {
        <div class="frame" class:navigation-open=is_shown>
            <a class="skip" href="#main">{text("frame.skip")}</a>
            <TopBar is_open shows_keys on_menu=toggle/>
            <SignInAgain/>
            {move || app.get().map(|app| view! {
                <nav class="site-map" id="site-map" aria-label=text("frame.navigation")
                    on:keydown=move |event| if event.key() == "Escape" && untrack(is_drawer) {
                        is_open.set(false);
                        browser::focus("menu-button");
                    }>
                    <button type="button" class="button subtle icon-only site-map-close" id="site-map-close"
                        aria-label=text("frame.close-navigation") on:click=move |_| is_open.set(false)>
                        <Icon name="dismiss"/>
                    </button>
                    <SiteMapView app/>
                </nav>
                <div class="scrim" on:click=move |_| is_open.set(false)></div>
            })}
            <main class="main" id="main" inert=move || is_drawer() && is_shown()>
                <BeforeFirstSync/>
                <FirstSync/>
                {children()}
            </main>
            <Shortcuts is_open=shows_keys/>
        </div>
    }
}

/// The sign-in has expired: work goes on, sending waits.
#[component]
fn SignInAgain() -> impl IntoView {
    let session = use_session();
    let is_needed = Memo::new(move |_| session.sync.with(|sync| sync.phase == SyncPhase::SignInNeeded));
    move || {
        is_needed.get().then(|| {
            view! {
                <div class="banner" role="alert">
                    <Icon name="warning"/>
                    <p>{text("sign-in.expired")}</p>
                    <button type="button" class="button primary" data-command="sign-in" on:click=move |_| session.sign_in()>
                        {text("sign-in.again")}
                    </button>
                </div>
            }
        })
    }
}
