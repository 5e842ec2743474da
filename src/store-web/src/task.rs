//! Where what nobody waits for is started.

/// Runs a future to its end.
#[expect(clippy::disallowed_methods, reason = "the only place where this crate starts tasks")]
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}
