//! The address bar: links, back and forward, and the question before an unsaved form is left.

use crate::route::Place;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, MouseEvent};

/// Asked before the place changes. Gets the address wanted; answers true when it takes care of it.
type Guard = Box<dyn Fn(String) -> bool>;

/// The current address, path and query.
#[derive(Clone, Copy)]
pub struct Address {
    current: RwSignal<String>,
    place: Memo<Place>,
    guard: StoredValue<Option<Guard>, LocalStorage>,
}

impl Address {
    /// Reads the address bar and listens to links and to back and forward.
    pub fn new() -> Self {
        let current = RwSignal::new(read());
        let place = Memo::new(move |_| current.with(|address| Place::parse(address)));
        let address = Self { current, place, guard: StoredValue::new_local(None) };
        let on_back = window_event_listener(leptos::ev::popstate, move |_| address.moved());
        let on_click = window_event_listener(leptos::ev::click, move |event| address.clicked(&event));
        on_cleanup(move || {
            on_back.remove();
            on_click.remove();
        });
        address
    }

    /// The address with its query, as a signal.
    pub fn get(self) -> String {
        self.current.get()
    }

    /// The address without listening to it.
    pub fn get_untracked(self) -> String {
        self.current.get_untracked()
    }

    /// The place the address names; changes of the query alone do not count.
    pub const fn place(self) -> Memo<Place> {
        self.place
    }

    /// Goes to an address, unless a form with unsaved changes keeps the user.
    pub fn go(self, to: &str) {
        if !self.is_held(to) {
            self.enter(to, false);
        }
    }

    /// Goes to an address without asking and without a step of history.
    pub fn replace(self, to: &str) {
        self.enter(to, true);
    }

    /// Goes to an address without asking.
    pub fn go_at_once(self, to: &str) {
        self.enter(to, false);
    }

    /// Asks `guard` before the place changes, until the caller's owner goes away.
    pub fn hold(self, guard: impl Fn(String) -> bool + 'static) {
        self.guard.set_value(Some(Box::new(guard)));
        on_cleanup(move || {
            self.guard.try_set_value(None);
        });
    }

    fn is_held(self, to: &str) -> bool {
        let leaves = Place::parse(to) != self.place.get_untracked();
        leaves
            && self
                .guard
                .try_with_value(|guard| guard.as_ref().is_some_and(|guard| guard(to.to_owned())))
                .unwrap_or(false)
    }

    fn enter(self, to: &str, replaces: bool) {
        let Ok(history) = window().history() else { return };
        let is_same = self.current.with_untracked(|current| current == to);
        let result = if replaces || is_same {
            history.replace_state_with_url(&JsValue::NULL, "", Some(to))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(to))
        };
        if let Err(error) = result {
            gloo::console::error!("the address could not be changed:", error);
            return;
        }
        if !is_same {
            self.current.set(to.to_owned());
        }
    }

    /// Back or forward. A held user stays: the address that was left is put back on top.
    fn moved(self) {
        let to = read();
        if self.is_held(&to) {
            let from = self.current.get_untracked();
            if let Ok(history) = window().history()
                && let Err(error) = history.push_state_with_url(&JsValue::NULL, "", Some(&from))
            {
                gloo::console::error!("the address could not be put back:", error);
            }
            return;
        }
        self.current.set(to);
    }

    fn clicked(self, event: &MouseEvent) {
        let is_special = event.default_prevented()
            || event.button() != 0
            || event.meta_key()
            || event.alt_key()
            || event.ctrl_key()
            || event.shift_key();
        if is_special {
            return;
        }
        let link = event.composed_path().iter().find_map(|node| node.dyn_into::<HtmlAnchorElement>().ok());
        let Some(link) = link else { return };
        let address = link.get_attribute("href").unwrap_or_default();
        if !address.starts_with('/') || address.starts_with("//") || !link.target().is_empty() {
            return;
        }
        event.prevent_default();
        self.go(&address);
    }
}

fn read() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}
