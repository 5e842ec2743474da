//! When a page falls asleep and wakes up, when its worker is no more, and what the page is called while it lives.

use gloo::events::EventListener;
use js_sys::{Function, Reflect};
use leptos::prelude::{document, window};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Where a page's name waits for the next load of the same tab.
const PAGE: &str = "valise.page";

/// Watches for the browser putting the page to sleep (frozen in the background, or kept for the way back).
pub struct Nap {
    _listeners: Vec<EventListener>,
}

impl Nap {
    /// Calls on falling asleep and on waking up.
    pub fn watch(on_sleep: impl Fn() + 'static, on_wake: impl Fn() + 'static) -> Self {
        let (on_sleep, on_wake) = (Rc::new(on_sleep), Rc::new(on_wake));
        let (document, window) = (document(), window());
        let frozen = Rc::clone(&on_sleep);
        let thawed = Rc::clone(&on_wake);
        let listeners = vec![
            EventListener::new(&document, "freeze", move |_| frozen()),
            EventListener::new(&document, "resume", move |_| thawed()),
            EventListener::new(&window, "pagehide", move |event| {
                if is_persisted(event) {
                    on_sleep();
                }
            }),
            EventListener::new(&window, "pageshow", move |event| {
                if is_persisted(event) {
                    on_wake();
                }
            }),
        ];
        Self { _listeners: listeners }
    }
}

fn is_persisted(event: &JsValue) -> bool {
    Reflect::get(event, &"persisted".into()).is_ok_and(|value| value.is_truthy())
}

/// Calls when the worker of this name is no more: it holds a lock as long as it lives. Never without Web Locks.
pub fn when_gone(worker: &str, then: impl FnOnce() + 'static) {
    let Ok(locks) = Reflect::get(&window().navigator(), &"locks".into()) else { return };
    let request = Reflect::get(&locks, &"request".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    let Some(request) = request else { return };
    let granted = Closure::once_into_js(move |_lock: JsValue| then());
    if let Err(error) = request.call2(&locks, &format!("valise tab {worker}").into(), &granted) {
        gloo::console::warn!("nobody will notice the end of the worker:", error);
    }
}

/// The name of this page, which it keeps when it is loaded again. While it lives the name is not in the session's storage, so that
/// a duplicate of the tab, which starts with a copy of that, gets one of its own.
pub fn page_name() -> String {
    let kept = storage().and_then(|storage| storage.get_item(PAGE).ok().flatten());
    let name = kept.unwrap_or_else(|| format!("{:x}", crate::browser::random_bits()));
    take_off();
    let put_back = name.clone();
    EventListener::new(&window(), "pagehide", move |_| {
        if let Some(storage) = storage() {
            // Without it the drafts count as left by a closed tab and are found all the same.
            let _ = storage.set_item(PAGE, &put_back);
        }
    })
    .forget();
    EventListener::new(&window(), "pageshow", move |_| take_off()).forget();
    name
}

fn take_off() {
    if let Some(storage) = storage() {
        // It refuses only where there is nothing to take off.
        let _ = storage.remove_item(PAGE);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
