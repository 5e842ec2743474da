//! The top bar: menu, app, quick create, sync, user.

use super::make::MakeMenu;
use super::sign_out::{SignOutDialog, sign_out};
use super::sync::SyncIndicator;
use super::theme::{THEMES, choose_theme, theme};
use crate::kit::{Icon, Menu, MenuItem};
use crate::locale::{text, text_of};
use crate::route::Place;
use crate::session::use_session;
use crate::task;
use client::message::Unsent;
use leptos::prelude::*;

/// The top bar.
#[component]
pub fn TopBar(
    /// The site map is open.
    is_open: RwSignal<bool>,
    /// The list of keyboard shortcuts is open.
    shows_keys: RwSignal<bool>,
    /// Opens and closes the site map.
    on_menu: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let session = use_session();
    let asked = RwSignal::new(None);
    let app = Memo::new(move |_| session.address.place().with(|place| place.app().cloned()));
    let apps = task::load(move || {
        session.definitions.track();
        session.user.track();
        async move { session.apps().await.unwrap_or_default() }
    });
    Effect::new(move |_| {
        let first = apps.get().and_then(|apps| apps.first().map(|tile| tile.name.clone()));
        session.home_app.set(app.get().or(first));
    });
    let title = move || {
        let name = app.get()?;
        apps.get().unwrap_or_default().into_iter().find(|tile| tile.name == name).map(|tile| tile.title)
    };
    view! {
        <header class="top-bar">
            {move || app.get().map(|_| view! {
                <button
                    type="button"
                    class="button subtle icon-only"
                    id="menu-button"
                    aria-label=text("frame.menu")
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls="site-map"
                    on:click=move |_| on_menu()
                >
                    <Icon name="navigation"/>
                </button>
            })}
            <a class="brand" href="/" title=text("frame.apps")>
                <img class="brand-mark" src="/icons/valise.svg" alt="" width="24" height="24"/>
                <span class="brand-name">"Valise"</span>
            </a>
            {move || title().map(|title| view! { <span class="app-name">{title}</span> })}
            <span class="top-bar-space"></span>
            {move || app.get().map(|app| view! { <MakeMenu app/> })}
            <SyncIndicator/>
            <UserMenu asked shows_keys/>
        </header>
        {move || asked.with(Option::is_some).then(|| view! { <SignOutDialog asked/> })}
    }
}

/// The user, the look, the way out.
#[component]
fn UserMenu(
    /// What would be lost by signing out, while the user is asked.
    asked: RwSignal<Option<Unsent>>,
    /// The list of keyboard shortcuts is open.
    shows_keys: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let name = move || {
        session.user.with(|user| user.as_ref().map(|user| user.full_name.clone()).unwrap_or_default())
    };
    let initials = move || {
        let name = name();
        let mut words = name.split_whitespace();
        let letters = [words.next(), words.next_back()];
        letters
            .into_iter()
            .flatten()
            .filter_map(|word| word.chars().next())
            .collect::<String>()
            .to_uppercase()
    };
    let current = RwSignal::new(theme());
    // Only an administrator can do something about definitions.
    let problems_place = move || {
        let roles =
            session.user.with(|user| user.as_ref().map(|user| user.roles.clone()).unwrap_or_default());
        let is_administrator = roles.iter().any(|role| role == "System Administrator");
        session.home_app.get().filter(|_| is_administrator).map(|app| Place::Definitions(app).address())
    };
    view! {
        <Menu label=Signal::derive(name) initials=Signal::derive(initials) class="button subtle icon-only">
            <div class="menu-heading">{name}</div>
            <div class="menu-heading quiet">{text("theme.title")}</div>
            {THEMES.into_iter().map(|theme| view! {
                <MenuItem
                    label=text_of("theme", theme).unwrap_or(theme)
                    checked=Some(current.get() == theme)
                    on_choose=move || {
                        choose_theme(theme);
                        current.set(theme.to_owned());
                    }
                />
            }).collect_view()}
            <hr class="menu-line"/>
            {move || problems_place().map(|place| view! {
                <MenuItem label=text("definitions.title") icon="warning" command="definition-problems"
                    on_choose=move || session.address.go(&place)/>
            })}
            <MenuItem label=text("shortcuts.title") icon="keyboard" command="shortcuts" on_choose=move || shows_keys.set(true)/>
            <MenuItem label=text("sign-out.title") icon="sign_out" command="sign-out"
                on_choose=move || task::spawn(sign_out(session, asked))/>
        </Menu>
    }
}
