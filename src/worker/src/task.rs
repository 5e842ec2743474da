//! The only place where tasks are started.

use std::future::Future;

/// Runs a future beside everything else on this thread.
#[expect(clippy::disallowed_methods, reason = "this is the one module that starts tasks")]
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}
