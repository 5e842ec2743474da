//! How messages between page and worker become JavaScript values. The page uses the same settings.
//!
//! Whole numbers of 64 bits travel as `BigInt` (exact), maps as plain objects (their keys are names or LCIDs as text).

use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::{Error, Serializer};
use wasm_bindgen::JsValue;

const SERIALIZER: Serializer =
    Serializer::new().serialize_large_number_types_as_bigints(true).serialize_maps_as_objects(true);

/// A message as `postMessage` takes it.
pub fn write(message: &impl Serialize) -> Result<JsValue, Error> {
    message.serialize(&SERIALIZER)
}

/// An envelope around what is written already.
pub fn envelope(number: u32, body: &JsValue) -> Result<JsValue, String> {
    let message = js_sys::Object::new();
    let set = |name: &str, value: &JsValue| js_sys::Reflect::set(&message, &name.into(), value);
    set("number", &number.into()).and_then(|_| set("body", body)).map_err(|error| format!("{error:?}"))?;
    Ok(message.into())
}

/// The number of a message, also when the rest of it cannot be read.
pub fn number_of(value: &JsValue) -> Option<u32> {
    let number = js_sys::Reflect::get(value, &"number".into()).ok()?;
    serde_wasm_bindgen::from_value(number).ok()
}

/// A message as `onmessage` hands it over.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(value)
}
