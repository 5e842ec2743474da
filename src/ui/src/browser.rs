//! Small questions to the browser that several screens ask, each answered without failing.

use leptos::html::Div;
use leptos::prelude::*;
use model::RowId;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, MediaQueryList, ResizeObserver, Storage};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Below 640 CSS pixels.
    Phone,
    /// Below 1200 CSS pixels.
    Tablet,
    /// More.
    Desktop,
}

/// The size of the window, as it changes.
pub fn size() -> Signal<Size> {
    let phone = media("(max-width: 639.98px)");
    let tablet = media("(max-width: 1199.98px)");
    Memo::new(move |_| match (phone.get(), tablet.get()) {
        (true, _) => Size::Phone,
        (false, true) => Size::Tablet,
        (false, false) => Size::Desktop,
    })
    .into()
}

fn media(query: &str) -> RwSignal<bool> {
    let list: Option<MediaQueryList> = window().match_media(query).ok().flatten();
    let matches = RwSignal::new(list.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(list) = list {
        let listen = gloo::events::EventListener::new(&list, "change", {
            let list = list.clone();
            move |_| matches.set(list.matches())
        });
        let listen = StoredValue::new_local(Some(listen));
        on_cleanup(move || {
            listen.try_update_value(Option::take);
        });
    }
    matches
}

/// The browser's languages, best first.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// True while the browser believes there is a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// The origin of this page.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Random bits for the id of a new row.
pub fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto()
        && crypto.get_random_values_with_u8_array(&mut bytes).is_ok()
    {
        return u128::from_be_bytes(bytes);
    }
    // No browser that runs WASM is known to refuse; this keeps ids apart all the same.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random number below 2^32")]
    let part = || u128::from((js_sys::Math::random() * f64::from(u32::MAX)) as u32);
    (0..4).fold(0, |bits, _| bits << 32 | part())
}

/// A new id for a row made on this device.
pub fn new_row_id() -> RowId {
    RowId::from_random(random_bits())
}

/// What is kept for this device beyond the session.
pub fn kept(key: &str) -> Option<String> {
    local().and_then(|storage| storage.get_item(key).ok().flatten())
}

/// Keeps a preference. A browser that refuses forgets it, which harms nobody.
pub fn keep(key: &str, value: &str) {
    if let Some(storage) = local() {
        let _ = storage.set_item(key, value);
    }
}

/// Forgets what was kept.
pub fn forget(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

/// Keeps a mark where browsers leave it when they clear the data of a site to make room: in a cookie, for a year.
pub fn keep_mark(name: &str, value: &str) {
    let value = String::from(js_sys::encode_uri_component(value));
    set_cookie(&format!("{name}={value}; Max-Age=31536000; Path=/; SameSite=Strict"));
}

/// The mark, if it is there.
pub fn kept_mark(name: &str) -> Option<String> {
    let cookies = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
    let value = mark_in(&cookies, name)?;
    js_sys::decode_uri_component(value).ok().map(String::from)
}

/// Forgets the mark.
pub fn forget_mark(name: &str) {
    set_cookie(&format!("{name}=; Max-Age=0; Path=/; SameSite=Strict"));
}

fn set_cookie(cookie: &str) {
    // A browser that takes no cookies has no mark.
    let _ = document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(cookie);
}

fn mark_in<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The clipboard, where pages may write to it: not without HTTPS.
pub fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = window().navigator();
    let has_it = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|found| found.is_object());
    has_it.then(|| navigator.clipboard())
}

/// Hands a text over as a file of a MIME type; false when the browser refuses.
pub fn save_file(name: &str, mime: &str, text: &str) -> bool {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    let parts = js_sys::Array::of1(&text.into());
    let address = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
    let link = document().create_element("a").map(JsCast::unchecked_into::<web_sys::HtmlAnchorElement>);
    let (Ok(address), Ok(link)) = (address, link) else { return false };
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has taken the text by the time the page gets its turn again.
    set_timeout(
        move || {
            let _ = web_sys::Url::revoke_object_url(&address);
        },
        std::time::Duration::from_secs(60),
    );
    true
}

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Sets or removes an attribute of `<html>`.
pub fn mark_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// What stands on the tab and in the history: what is on screen.
pub fn set_title(screen: &str) {
    document().set_title(&if screen.is_empty() {
        "Valise".to_owned()
    } else {
        format!("{screen} – Valise")
    });
}

/// Tells tests and hosts that the first screen shows real data.
pub fn mark_ready() {
    mark_root("data-ready", Some(""));
}

/// Moves the focus; an element that cannot take it is left alone.
pub fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Moves the focus to what a selector finds first inside an element.
pub fn focus_first(root: &web_sys::Element, selector: &str) {
    if let Ok(Some(found)) = root.query_selector(selector)
        && let Ok(element) = found.dyn_into::<HtmlElement>()
    {
        let _ = element.focus();
    }
}

/// Follows the width and height of an element.
pub fn observe(element: NodeRef<Div>, room: RwSignal<(f64, f64)>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let measure = {
            let element = element.clone();
            move || {
                let now = (f64::from(element.client_width()), f64::from(element.client_height()));
                if room.try_get_untracked().is_some_and(|earlier| earlier != now) {
                    room.set(now);
                }
            }
        };
        measure();
        let closure = Closure::<dyn FnMut()>::new(measure);
        let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local(Some((observer, closure)));
        on_cleanup(move || {
            if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::mark_in;

    #[test]
    fn a_mark_is_found_among_other_cookies_by_its_whole_name() {
        for (cookies, expected) in [
            ("", None),
            ("valise.device=3%20R%C3%A9mi", Some("3%20R%C3%A9mi")),
            ("session=x; valise.device=3%20a=b; other", Some("3%20a=b")),
            ("xvalise.device=1", None),
            ("valise.device", None),
        ] {
            assert_eq!(mark_in(cookies, "valise.device"), expected, "{cookies}");
        }
    }
}
