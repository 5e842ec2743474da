//! One tab works on the database at a time: the Web Lock `valise`. A newer tab takes it over.

use futures::channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// The lock's name.
const NAME: &str = "valise";

/// Takes the lock over and returns once it is held. `on_loss` is called when a newer tab takes it.
///
/// A browser without Web Locks (or a page that is no secure context) works without: the store itself notices when
/// somebody else wrote.
pub async fn take(on_loss: impl FnOnce() + 'static) {
    let navigator = crate::edge::scope().navigator();
    let Ok(locks) = Reflect::get(&navigator, &"locks".into()) else { return };
    let Some(request) =
        Reflect::get(&locks, &"request".into()).ok().and_then(|it| it.dyn_into::<Function>().ok())
    else {
        return;
    };
    let (granted, is_granted) = oneshot::channel::<()>();
    // The lock is held as long as the promise of the callback is pending: for ever.
    let hold = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        let _ = granted.send(());
        Promise::new(&mut |_, _| {})
    });
    let options = Object::new();
    if Reflect::set(&options, &"steal".into(), &JsValue::TRUE).is_err() {
        return;
    }
    let Ok(promise) = request.call3(&locks, &NAME.into(), &options, &hold) else { return };
    let promise: Promise = promise.unchecked_into();
    crate::task::spawn(async move {
        // It settles only when the lock is stolen, or could not be had at all.
        if JsFuture::from(promise).await.is_err() {
            on_loss();
        }
    });
    // Dropped without being granted when the request fails; `on_loss` has told then.
    let _ = is_granted.await;
}
