//! The browser's clock, randomness and messages, as the session wants them.

use crate::wire;
use async_trait::async_trait;
use client::message::{Envelope, Event};
use client::{Clock, Random, Timestamp};
use gloo::timers::future::TimeoutFuture;
use serde::Serialize;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// The worker's global object.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a message to the page. What cannot be written is a defect and stands in the console.
pub fn post(message: &impl Serialize) {
    if let Err(error) = try_post(message) {
        gloo::console::error!("a message could not be posted:", error);
    }
}

/// Sends a message to the page, or tells why it could not be written or posted.
pub fn try_post(message: &impl Serialize) -> Result<(), String> {
    let value = wire::write(message).map_err(|error| error.to_string())?;
    scope().post_message(&value).map_err(|error| format!("{error:?}"))
}

/// Tells the page something unasked.
pub fn tell(event: Event) {
    post(&Envelope { number: 0, body: event });
}

/// The device's time.
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date fit")]
    Timestamp::from_milliseconds(js_sys::Date::now() as i64)
}

/// The device's clock.
pub struct BrowserClock;

#[async_trait(?Send)]
impl Clock for BrowserClock {
    fn now(&self) -> Timestamp {
        now()
    }

    async fn sleep(&self, milliseconds: u64) {
        TimeoutFuture::new(u32::try_from(milliseconds).unwrap_or(u32::MAX).min(i32::MAX as u32)).await;
    }
}

/// The browser's cryptographic randomness.
#[derive(Default)]
pub struct BrowserRandom {
    drawn: Cell<u64>,
}

impl Random for BrowserRandom {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        let crypto = scope().crypto();
        if crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes)).is_ok() {
            return u128::from_be_bytes(bytes);
        }
        // Without Web Crypto (no browser of today) ids still must differ from each other.
        self.drawn.set(self.drawn.get() + 1);
        let random = || u128::from((js_sys::Math::random() * f64::from(u32::MAX)).to_bits());
        (random() << 64) ^ (random() << 20) ^ u128::from(self.drawn.get())
    }
}
