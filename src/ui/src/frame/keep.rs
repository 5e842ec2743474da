//! Keeps this device's data from being cleared unnoticed: the browser is asked to keep them, and what it holds is noted.

use crate::session::{Session, Stage};
use crate::storage::{Holding, ask_to_keep_once};
use crate::task;
use leptos::prelude::*;

/// Follows what the device holds, and asks the browser to keep it after the first save and when the app is installed.
pub fn keep_device(session: Session) {
    let holding = Memo::new(move |_| {
        // The screen of the last visit says nothing about what is here now.
        if session.is_drawn.get() {
            return None;
        }
        let user = session.user.with(|user| user.as_ref().map(|user| user.full_name.clone()))?;
        Some(Holding { unsent: session.sync.with(|sync| sync.pending), user })
    });
    Effect::new(move |held_before: Option<bool>| {
        let now = holding.get();
        let is_signed_out = matches!(session.stage.get_untracked(), Stage::SignedOut(_));
        match &now {
            Some(now) => {
                Holding::note(Some(now));
                if now.unsent > 0 {
                    task::spawn(ask_to_keep_once());
                }
            }
            // Signed out on this page or in another tab. On start nobody is known yet: what was noted stays.
            None if held_before == Some(true) && is_signed_out => Holding::note(None),
            None => {}
        }
        now.is_some() || (held_before == Some(true) && !is_signed_out)
    });
    let installed = window_event_listener_untyped("appinstalled", |_| task::spawn(ask_to_keep_once()));
    on_cleanup(move || installed.remove());
}
