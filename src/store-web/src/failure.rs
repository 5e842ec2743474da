//! What the browser throws, as what the store understands.

use js_sys::Object;
use store::BlocksError;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbRequest};

/// An error of `idb`, at once turned into our own: it holds values of JavaScript that live no longer than the call.
pub fn of(error: idb::Error) -> BlocksError {
    use idb::Error as E;
    match error {
        E::DomException(exception) => of_exception(&exception),
        // The error of a request arrives as the event's target where a transaction was expected.
        E::UnexpectedJsType(_, value) => match value.dyn_ref::<IdbRequest>().map(IdbRequest::error) {
            Some(Ok(Some(exception))) => of_exception(&exception),
            _ => BlocksError::Backend(text(&value)),
        },
        E::AddFailed(value)
        | E::ClearFailed(value)
        | E::DeleteFailed(value)
        | E::GetFailed(value)
        | E::GetAllFailed(value)
        | E::GetAllKeysFailed(value)
        | E::IndexedDbNotFound(value)
        | E::IndexedDbOpenFailed(value)
        | E::IndexedDbDeleteFailed(value)
        | E::ObjectStoreCreateFailed(value)
        | E::ObjectStoreNotFound(value)
        | E::RequestResultNotFound(value)
        | E::TransactionAbortError(value)
        | E::TransactionCommitError(value)
        | E::TransactionOpenFailed(value)
        | E::UpdateFailed(value) => of_value(&value),
        other => BlocksError::Backend(other.to_string()),
    }
}

/// Something thrown.
pub fn of_value(value: &JsValue) -> BlocksError {
    match value.dyn_ref::<DomException>() {
        Some(exception) => of_exception(exception),
        None => BlocksError::Backend(text(value)),
    }
}

/// What the specification and the browsers say by the names of their exceptions.
pub fn of_exception(exception: &DomException) -> BlocksError {
    let message = exception.message();
    match exception.name().as_str() {
        "QuotaExceededError" => BlocksError::Full,
        // The connection was closed under us, or the process that keeps the files is gone.
        "InvalidStateError" | "UnknownError" | "AbortError" => BlocksError::Lost(message),
        name => BlocksError::Backend(format!("{name}: {message}")),
    }
}

fn text(value: &JsValue) -> String {
    if value.is_undefined() || value.is_null() {
        return "no reason given".to_owned();
    }
    value.dyn_ref::<Object>().map_or_else(|| format!("{value:?}"), |object| object.to_string().into())
}
