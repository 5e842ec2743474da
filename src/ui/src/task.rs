//! The only place that starts asynchronous work in the page.

use leptos::prelude::*;
use std::future::Future;
use std::time::Duration;

/// Starts work whose end nobody waits for.
#[expect(clippy::disallowed_methods, reason = "this is the module the rule names")]
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(work);
}

/// A value that is fetched again whenever a signal that `fetch` reads before its first wait changes.
///
/// While it is fetched again the old value stays, so that nothing flickers.
pub fn load<T, F>(fetch: impl Fn() -> F + 'static) -> LocalResource<T>
where
    T: 'static,
    F: Future<Output = T> + 'static,
{
    LocalResource::new(fetch)
}

/// Calls `act` when it has not been called again for this long: for typing and scrolling.
pub fn debounced<T: Send + Sync + 'static>(
    milliseconds: u64,
    act: impl Fn(T) + Send + Sync + 'static,
) -> impl Fn(T) + Copy + Send + Sync + 'static {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let act = StoredValue::new(act);
    on_cleanup(move || {
        if let Some(Some(timer)) = timer.try_get_value() {
            timer.clear();
        }
    });
    move |value| {
        if let Some(Some(running)) = timer.try_get_value() {
            running.clear();
        }
        let run = move || {
            act.try_with_value(|act| act(value));
        };
        timer.try_set_value(set_timeout_with_handle(run, Duration::from_millis(milliseconds)).ok());
    }
}
