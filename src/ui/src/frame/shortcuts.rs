//! What the keyboard can do, shown on `?`, and the keys that work everywhere.

use crate::browser;
use crate::kit::Dialog;
use crate::locale::text;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};

/// Where what is typed is text, and where a question is open already.
const OCCUPIED: &str = "input, textarea, select, [contenteditable], dialog";

/// The keys of the frame, and the list of all keys while it is open.
#[component]
pub fn Shortcuts(
    /// The list is open.
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if event.default_prevented() || is_taken(&event) {
            return;
        }
        match event.key().as_str() {
            "?" => is_open.set(true),
            "/" => browser::focus("quick-find"),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    move || is_open.get().then(|| view! { <ShortcutList is_open/> })
}

/// The key belongs to a command of the browser, to a field, or to a dialog.
fn is_taken(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || target.is_some_and(|target| target.closest(OCCUPIED).ok().flatten().is_some())
}

#[component]
fn ShortcutList(is_open: RwSignal<bool>) -> impl IntoView {
    let ctrl = text("key.ctrl");
    let groups = [
        (
            text("shortcuts.everywhere"),
            vec![(vec!["?"], text("shortcuts.help")), (vec![text("key.escape")], text("shortcuts.close"))],
        ),
        (
            text("shortcuts.list"),
            vec![
                (vec!["/"], text("shortcuts.find")),
                (vec!["←", "→", "↑", "↓"], text("shortcuts.move")),
                (vec![text("key.page-up"), text("key.page-down")], text("shortcuts.page")),
                (vec![ctrl, text("key.home")], text("shortcuts.first")),
                (vec![ctrl, text("key.end")], text("shortcuts.last")),
                (vec![text("key.enter")], text("shortcuts.open")),
                (vec![text("key.space")], text("shortcuts.select")),
                (vec![ctrl, "A"], text("shortcuts.select-all")),
                (vec![ctrl, "C"], text("shortcuts.copy")),
                (vec!["Alt", "↓"], text("shortcuts.column")),
            ],
        ),
        (
            text("shortcuts.form"),
            vec![(vec![ctrl, "S"], text("shortcuts.save")), (vec!["←", "→"], text("shortcuts.tabs"))],
        ),
    ];
    let groups = groups.into_iter().map(|(title, keys)| {
        let keys = keys.into_iter().map(|(keys, what)| {
            let keys = keys.into_iter().map(|key| view! { <kbd class="key">{key}</kbd> }).collect_view();
            view! { <div class="shortcut"><dt>{keys}</dt><dd>{what}</dd></div> }
        });
        view! { <h3 class="section-title">{title}</h3> <dl class="shortcuts">{keys.collect_view()}</dl> }
    });
    let close = move || is_open.set(false);
    view! {
        <Dialog title=text("shortcuts.title") id="shortcuts" on_cancel=move |()| close()
            actions=move || view! {
                <button type="button" class="button" data-command="cancel" data-focus on:click=move |_| close()>
                    {text("dialog.close")}
                </button>
            }
        >
            {groups.collect_view()}
        </Dialog>
    }
}
