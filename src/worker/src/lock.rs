//! Web Locks: who works on the database, and who is still there. A browser frees the locks of a tab that is gone, however it went.

use futures::channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A lock that is held until this is released. Dropping it changes nothing.
pub struct Hold(Rc<RefCell<Option<Function>>>);

impl Hold {
    /// Lets the next one have the lock.
    pub fn release(self) {
        let release = self.0.borrow_mut().take();
        if let Some(release) = release
            && let Err(error) = release.call0(&JsValue::UNDEFINED)
        {
            gloo::console::error!("a lock could not be released:", error);
        }
    }
}

/// How a lock is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// After those who hold it or came before.
    Wait,
    /// From whoever holds it.
    Steal,
}

/// Asks for a lock. `on_granted` is called when it is held; `on_lost` when somebody stole it, or when it cannot be had at all.
///
/// False without Web Locks (an old browser, or a page that is no secure context): nothing will be called.
pub fn ask(
    name: &str,
    manner: Manner,
    on_granted: impl FnOnce(Hold) + 'static,
    on_lost: impl FnOnce() + 'static,
) -> bool {
    let navigator = crate::edge::scope().navigator();
    let Ok(locks) = Reflect::get(&navigator, &"locks".into()) else { return false };
    let request = Reflect::get(&locks, &"request".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    let Some(request) = request else { return false };
    let release: Rc<RefCell<Option<Function>>> = Rc::default();
    // The lock is held as long as the promise of the callback is pending.
    let hold = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        let promise = Promise::new(&mut |resolve, _| {
            release.replace(Some(resolve));
        });
        on_granted(Hold(release));
        promise
    });
    let options = Object::new();
    let is_set = Reflect::set(&options, &"steal".into(), &(manner == Manner::Steal).into());
    let Ok(promise) = request.call3(&locks, &name.into(), &options, &hold) else { return false };
    let promise: Promise = promise.unchecked_into();
    crate::task::spawn(async move {
        if is_set.is_err() || JsFuture::from(promise).await.is_err() {
            on_lost();
        }
    });
    true
}

/// Holds a lock for as long as this worker lives; returns when it is held, at once without Web Locks.
pub async fn hold_for_life(name: &str) {
    let (granted, is_granted) = oneshot::channel::<()>();
    let on_granted = move |_: Hold| {
        // Who waits for it may have gone.
        let _ = granted.send(());
    };
    if ask(name, Manner::Wait, on_granted, || {}) {
        // An error means that it was refused; the worker is then missed by its silence alone.
        let _ = is_granted.await;
    }
}

/// Calls when nobody holds the lock any more.
pub fn when_free(name: &str, then: impl FnOnce() + 'static) {
    let on_granted = move |hold: Hold| {
        hold.release();
        then();
    };
    ask(name, Manner::Wait, on_granted, || {});
}
