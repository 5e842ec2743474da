//! A button that opens a menu, by the ARIA menu button pattern.

use super::{Icon, hide_popup, show_popup};
use leptos::html::{Button, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

const ITEMS: &str = "[role=menuitem],[role=menuitemradio]";

/// A button with a menu.
#[component]
pub fn Menu(
    /// The accessible name of the button; also its text where `shows_label`.
    #[prop(into)]
    label: Signal<String>,
    /// A name in the sprite; empty for none.
    #[prop(into, default = Signal::from(String::new()))]
    icon: Signal<String>,
    /// A letter or two instead of an icon; empty for none.
    #[prop(into, default = Signal::from(String::new()))]
    initials: Signal<String>,
    /// The label is drawn, not only spoken.
    #[prop(default = false)]
    shows_label: bool,
    /// Classes of the button.
    #[prop(default = "button subtle")]
    class: &'static str,
    /// The `data-command` of the button; empty for none.
    #[prop(default = "")]
    command: &'static str,
    /// The items, made anew each time the menu opens.
    children: ChildrenFn,
) -> impl IntoView {
    let button = NodeRef::<Button>::new();
    let panel = NodeRef::<Div>::new();
    let is_open = RwSignal::new(false);
    let close = move |returns_focus: bool| {
        if is_open.try_get_untracked().is_none() {
            return;
        }
        if let Some(panel) = panel.get_untracked() {
            hide_popup(&panel);
        }
        if returns_focus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let open = move || {
        is_open.set(true);
        request_animation_frame(move || {
            if let (Some(button), Some(panel)) = (button.get_untracked(), panel.get_untracked()) {
                show_popup(&button, &panel, false);
                crate::browser::focus_first(&panel, ITEMS);
            }
        });
    };
    let on_toggle = move |event: web_sys::Event| {
        let state = js_sys::Reflect::get(&event, &"newState".into()).ok().and_then(|state| state.as_string());
        if state.as_deref() == Some("closed") {
            // The menu may be gone with what it led away from.
            let _ = is_open.try_set(false);
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => step(&event, 1),
        "ArrowUp" => step(&event, -1),
        "Home" => step(&event, i32::MIN),
        "End" => step(&event, i32::MAX),
        "Escape" | "Tab" => close(event.key() == "Escape"),
        _ => {}
    };
    view! {
        <button
            node_ref=button
            type="button"
            class=class
            aria-haspopup="menu"
            aria-expanded=move || is_open.get().to_string()
            aria-label=move || (!shows_label).then(|| label.get())
            title=move || (!shows_label).then(|| label.get())
            data-command=(!command.is_empty()).then_some(command)
            on:click=move |_| if is_open.get_untracked() { close(true) } else { open() }
            on:keydown=move |event| if event.key() == "ArrowDown" {
                event.prevent_default();
                open();
            }
        >
            {move || (!initials.get().is_empty()).then(|| view! {
                <span class="avatar" aria-hidden="true">{initials.get()}</span>
            })}
            {move || (!icon.get().is_empty()).then(|| view! { <Icon name=icon/> })}
            {move || shows_label.then(|| view! { <span class="button-label">{label.get()}</span> })}
        </button>
        <div
            node_ref=panel
            class="menu"
            role="menu"
            aria-label=move || label.get()
            popover="auto"
            on:toggle=on_toggle
            on:keydown=on_key
            on:click=move |_| close(false)
        >
            {move || is_open.get().then(|| children())}
        </div>
    }
}

/// Moves the focus among the items, round the ends.
fn step(event: &KeyboardEvent, by: i32) {
    event.prevent_default();
    let Some(panel) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let Ok(items) = panel.query_selector_all(ITEMS) else { return };
    let count = i32::try_from(items.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let focused = document().active_element();
    let is_focused = |index: &i32| {
        let item = items.item(u32::try_from(*index).unwrap_or(0));
        item.as_deref() == focused.as_deref().map(AsRef::as_ref)
    };
    let at = (0..count).find(is_focused).unwrap_or(-1);
    let next = match by {
        i32::MIN => 0,
        i32::MAX => count - 1,
        _ => (at + by).rem_euclid(count),
    };
    if let Some(item) = items.item(u32::try_from(next).unwrap_or(0))
        && let Ok(item) = item.dyn_into::<HtmlElement>()
    {
        let _ = item.focus();
    }
}

/// An item that does something.
#[component]
pub fn MenuItem(
    /// What people read.
    #[prop(into)]
    label: String,
    /// A name in the sprite; empty for none.
    #[prop(into, default = String::new())]
    icon: String,
    /// The `data-command`; empty for none.
    #[prop(into, default = String::new())]
    command: String,
    /// Something is destroyed by it.
    #[prop(default = false)]
    is_dangerous: bool,
    /// For one choice among several: whether it is the current one.
    #[prop(default = None)]
    checked: Option<bool>,
    /// What it does.
    on_choose: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="menu-item"
            class:dangerous=is_dangerous
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=checked.map(|checked| checked.to_string())
            tabindex="-1"
            data-command=(!command.is_empty()).then_some(command)
            on:click=move |_| on_choose()
        >
            <span class="menu-mark">{(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}</span>
            <span class="menu-label">{label}</span>
            {(checked == Some(true)).then(|| view! { <Icon name="checkmark"/> })}
        </button>
    }
}
