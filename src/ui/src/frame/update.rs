//! A newer build of the app: fetched in the background, used when the user says so.

use crate::locale::text;
use crate::session::Session;
use crate::task;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerRegistration};

/// Registers the service worker and offers its updates.
pub fn watch_updates(session: Session) {
    let container = window().navigator().service_worker();
    if container.is_undefined() {
        return;
    }
    task::spawn(async move {
        let registered = JsFuture::from(container.register("/sw.js")).await;
        let Some(registration) =
            registered.ok().and_then(|found| found.dyn_into::<ServiceWorkerRegistration>().ok())
        else {
            // A browser in a private mode may refuse; the app then starts from the network.
            return gloo::console::warn!("no service worker");
        };
        if let Some(waiting) = registration.waiting() {
            offer(session, waiting);
        }
        let on_found = {
            let registration = registration.clone();
            Closure::<dyn FnMut()>::new(move || found(session, &registration))
        };
        registration.set_onupdatefound(Some(on_found.as_ref().unchecked_ref()));
        on_found.forget();
    });
}

/// A newer one is being installed; the very first one is no update.
fn found(session: Session, registration: &ServiceWorkerRegistration) {
    let Some(installing) = registration.installing() else { return };
    let worker = installing.clone();
    let on_state = Closure::<dyn FnMut()>::new(move || {
        let has_page = window().navigator().service_worker().controller().is_some();
        if worker.state() == web_sys::ServiceWorkerState::Installed && has_page {
            offer(session, worker.clone());
        }
    });
    installing.set_onstatechange(Some(on_state.as_ref().unchecked_ref()));
    on_state.forget();
}

/// Gets the newest build and starts it: what this one cannot read, that one may.
pub fn fetch_newest() {
    let container = window().navigator().service_worker();
    task::spawn(async move {
        if !container.is_undefined()
            && let Ok(found) = JsFuture::from(container.get_registration()).await
            && let Ok(registration) = found.dyn_into::<ServiceWorkerRegistration>()
        {
            // Without it the page comes from the network.
            if let Ok(removed) = registration.unregister()
                && let Err(error) = JsFuture::from(removed).await
            {
                gloo::console::warn!("the service worker stays:", error);
            }
        }
        if let Err(error) = window().location().reload() {
            gloo::console::error!("the page could not be reloaded:", error);
        }
    });
}

fn offer(session: Session, worker: ServiceWorker) {
    let worker = StoredValue::new_local(worker);
    session.offer(text("update.body"), text("update.now"), None, move || {
        let reload = Closure::<dyn FnMut()>::once(move || {
            if let Err(error) = window().location().reload() {
                gloo::console::error!("the page could not be reloaded:", error);
            }
        });
        window().navigator().service_worker().set_oncontrollerchange(Some(reload.as_ref().unchecked_ref()));
        reload.forget();
        if let Err(error) = worker.with_value(|worker| worker.post_message(&JsValue::from_str("update"))) {
            gloo::console::error!("the update could not be started:", error);
        }
    });
}
