//! Panels in the browser's top layer, placed beside the element that opens them.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

const GAP_PIXELS: f64 = 4.0;
const MARGIN_PIXELS: f64 = 8.0;
const LEAST_PIXELS: f64 = 160.0;

/// Places a popover under its anchor, or above where there is more room, inside the window.
pub fn place_popup(anchor: &Element, popup: &HtmlElement, takes_width: bool) {
    let rect = anchor.get_bounding_client_rect();
    let inner = |value: Result<JsValue, JsValue>| value.ok().and_then(|size| size.as_f64()).unwrap_or(0.0);
    let (width, height) = (inner(window().inner_width()), inner(window().inner_height()));
    let style = popup.style();
    let set = |name: &str, value: String| {
        // A browser that does not know the property leaves the popup where it is.
        let _ = style.set_property(name, &value);
    };
    let below = height - rect.bottom() - GAP_PIXELS - MARGIN_PIXELS;
    let above = rect.top() - GAP_PIXELS - MARGIN_PIXELS;
    if takes_width {
        set("width", format!("{}px", rect.width().max(LEAST_PIXELS)));
    }
    let own_width = f64::from(popup.offset_width());
    let own_height = f64::from(popup.scroll_height());
    if own_height <= below || below >= above {
        set("top", format!("{}px", rect.bottom() + GAP_PIXELS));
        set("bottom", "auto".to_owned());
        set("max-height", format!("{}px", below.max(LEAST_PIXELS)));
    } else {
        set("top", "auto".to_owned());
        set("bottom", format!("{}px", height - rect.top() + GAP_PIXELS));
        set("max-height", format!("{}px", above.max(LEAST_PIXELS)));
    }
    let left =
        if rect.left() + own_width + MARGIN_PIXELS > width { rect.right() - own_width } else { rect.left() };
    let most = (width - own_width - MARGIN_PIXELS).max(MARGIN_PIXELS);
    set("left", format!("{}px", left.clamp(MARGIN_PIXELS, most)));
}

/// Shows a popover and places it.
pub fn show_popup(anchor: &Element, popup: &HtmlElement, takes_width: bool) {
    call(popup, "showPopover");
    place_popup(anchor, popup, takes_width);
}

/// Hides a popover.
pub fn hide_popup(popup: &HtmlElement) {
    call(popup, "hidePopover");
}

/// Showing what is shown and hiding what is hidden is an error to the browser and none to us.
fn call(popup: &HtmlElement, method: &str) {
    if let Ok(function) = js_sys::Reflect::get(popup, &method.into())
        && let Some(function) = function.dyn_ref::<js_sys::Function>()
    {
        let _ = function.call0(popup);
    }
}
