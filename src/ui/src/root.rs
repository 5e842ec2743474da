//! The root of the page: what is on screen follows from how far the app has come and from the address.

use crate::frame::{Frame, Questions, apply_theme, keep_device, watch_updates};
use crate::kit::Notices;
use crate::route::Place;
use crate::screens::{
    AppsScreen, Broken, DefinitionsScreen, FormScreen, Landing, NotFound, OfflineScreen, Opening,
    SignInScreen, Superseded, ViewScreen,
};
use crate::session::{Session, Stage, use_session};
use leptos::prelude::*;

/// Draws the app into the page and starts the worker at this address.
pub fn mount(worker: &'static str) {
    // A defect stands in the console with its place; the page itself can only be reloaded.
    std::panic::set_hook(Box::new(|panic| gloo::console::error!(panic.to_string())));
    apply_theme();
    leptos::mount::mount_to_body(move || view! { <Root worker/> });
}

#[component]
fn Root(worker: &'static str) -> impl IntoView {
    let session = Session::start(worker);
    provide_context(session);
    watch_updates(session);
    keep_device(session);
    // Texts are looked up as they are drawn, so another language draws everything anew.
    let stage = Memo::new(move |_| (session.stage.get(), session.language.get()));
    let content = move || match stage.get().0 {
        Stage::Opening => view! { <Opening/> }.into_any(),
        Stage::Broken(failure) => view! { <Broken failure/> }.into_any(),
        Stage::SignedOut(problem) => view! { <SignInScreen problem/> }.into_any(),
        Stage::Superseded => view! { <Superseded/> }.into_any(),
        Stage::Ready => view! { <Frame><Screen/></Frame> <Questions/> }.into_any(),
    };
    view! {
        {content}
        <Notices/>
    }
}

/// The screen of the address.
#[component]
fn Screen() -> impl IntoView {
    let session = use_session();
    let place = session.address.place();
    Effect::new(move |_| {
        if let Place::Redirect(to) = place.get() {
            session.address.replace(&to);
        }
    });
    move || match place.get() {
        Place::Apps => view! { <AppsScreen/> }.into_any(),
        Place::Landing(app) => view! { <Landing app/> }.into_any(),
        Place::View(app, table) => view! { <ViewScreen app table/> }.into_any(),
        Place::New(app, table) => view! { <FormScreen app table id=None/> }.into_any(),
        Place::Form(app, table, id) => view! { <FormScreen app table id=Some(id)/> }.into_any(),
        Place::Offline(app) => view! { <OfflineScreen app/> }.into_any(),
        Place::Definitions(_) => view! { <DefinitionsScreen/> }.into_any(),
        Place::Redirect(_) => ().into_any(),
        Place::Unknown => view! { <NotFound/> }.into_any(),
    }
}
