//! How messages between page and worker become JavaScript values. The worker uses the same settings.
//!
//! Whole numbers of 64 bits travel as `BigInt` (exact), maps as plain objects (their keys are names or LCIDs as text).

use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::{Error, Serializer};
use wasm_bindgen::JsValue;

/// The one choice of settings for both directions.
const SERIALIZER: Serializer =
    Serializer::new().serialize_large_number_types_as_bigints(true).serialize_maps_as_objects(true);

/// A message as `postMessage` takes it.
///
/// # Errors
/// When a map has keys that are no text.
pub fn write(message: &impl Serialize) -> Result<JsValue, Error> {
    message.serialize(&SERIALIZER)
}

/// A message as `onmessage` hands it over.
///
/// # Errors
/// When the other side is of another build.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(value)
}
