//! What the browser says about the room for this device's data, and whether it will keep them.

use crate::browser;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// Marks that this device holds data: if it is there and the data are not, somebody has cleared them. It stands in two places:
/// a browser that makes room may clear the one along with the data.
const DEVICE: &str = "valise.device";

/// Marks that the browser was asked to keep the data; some browsers ask the user, who is asked once.
const ASKED: &str = "valise.asked-to-keep";

/// The room for this device's data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Bytes in use.
    pub used: f64,
    /// Bytes that may be in use.
    pub quota: f64,
    /// The browser does not clear the data by itself.
    pub is_persisted: bool,
}

/// The room, where the browser tells it.
pub async fn room() -> Option<Room> {
    let manager = manager()?;
    let is_persisted = answer(manager.persisted()).await?.as_bool().unwrap_or_default();
    let estimate: StorageEstimate = answer(manager.estimate()).await?.unchecked_into();
    Some(Room { used: estimate.get_usage()?, quota: estimate.get_quota()?, is_persisted })
}

/// Asks the browser not to clear the data by itself; whether it agrees.
pub async fn ask_to_keep() -> bool {
    browser::keep(ASKED, "yes");
    let Some(manager) = manager() else { return false };
    answer(manager.persist()).await.and_then(|agreed| agreed.as_bool()).unwrap_or_default()
}

/// Asks the browser to keep the data unless it was asked before.
pub async fn ask_to_keep_once() {
    if browser::kept(ASKED).is_none() {
        ask_to_keep().await;
    }
}

fn manager() -> Option<StorageManager> {
    let manager = leptos::prelude::window().navigator().storage();
    // Pages that are no secure context have none.
    (!manager.is_undefined()).then_some(manager)
}

async fn answer(promise: Result<js_sys::Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}

/// What this device is known to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Changes the server had not confirmed when that was noted.
    pub unsent: u32,
    /// Whose data they are.
    pub user: String,
}

impl Holding {
    fn write(&self) -> String {
        format!("{} {}", self.unsent, self.user)
    }

    fn read(text: &str) -> Option<Self> {
        let (unsent, user) = text.split_once(' ')?;
        Some(Self { unsent: unsent.parse().ok()?, user: user.to_owned() })
    }

    /// Notes what the device holds; nothing once it holds nothing on purpose.
    pub fn note(holding: Option<&Self>) {
        match holding {
            Some(holding) => {
                browser::keep(DEVICE, &holding.write());
                browser::keep_mark(DEVICE, &holding.write());
            }
            None => {
                browser::forget(DEVICE);
                browser::forget_mark(DEVICE);
            }
        }
    }

    /// What was noted last.
    pub fn noted() -> Option<Self> {
        let noted = browser::kept(DEVICE).or_else(|| browser::kept_mark(DEVICE));
        noted.as_deref().and_then(Self::read)
    }
}

#[cfg(test)]
mod tests {
    use super::Holding;

    #[test]
    fn what_a_device_held_is_read_as_it_was_noted() {
        let holding = Holding { unsent: 3, user: "Rémi Petit".to_owned() };
        assert_eq!(Holding::read(&holding.write()), Some(holding));
        for damaged in ["", "3", "x Rémi", "-1 Rémi"] {
            assert_eq!(Holding::read(damaged), None, "{damaged}");
        }
    }
}
