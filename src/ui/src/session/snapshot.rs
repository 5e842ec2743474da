//! Drawing the last screen until the worker has opened the database, and keeping a screen when there is nothing to do.

use super::{Session, Stage};
use crate::storage::Holding;
use crate::{browser, task};
use client::Snapshot;
use client::message::{Opened, Reply, Request};
use leptos::prelude::*;

/// Where the browser keeps it: readable at once, unlike a database.
const SCREEN: &str = "valise.screen";

/// So long after the last answer a screen is kept.
const REST_MILLISECONDS: u64 = 1_500;

/// The snapshots of a page.
#[derive(Default)]
pub(super) struct Snapshots {
    /// What is drawn from; nothing once the database is open.
    drawn: Option<Snapshot>,
    /// What is on screen.
    noted: Option<Snapshot>,
}

impl Session {
    /// Draws the last screen, if it is the one at this address.
    pub(super) fn draw_snapshot(self) {
        let keep = task::debounced(REST_MILLISECONDS, move |()| {
            request_idle_callback(move || self.keep_snapshot());
        });
        self.keep_later.set_value(Some(Box::new(move || keep(()))));
        let address = self.address.get_untracked();
        let Some(snapshot) = browser::kept(SCREEN).and_then(|text| Snapshot::read(&text, &address)) else {
            return;
        };
        self.is_drawn.set(true);
        self.enter(snapshot.opened().clone(), None);
        self.snapshots.update_value(|snapshots| snapshots.drawn = Some(snapshot));
    }

    /// The database is open: from now on answers come from there, and what was drawn is asked for anew. What another user
    /// left is thrown away.
    pub(super) fn enter_drawn(self, opened: Opened, problem: Option<String>) {
        let drawn = self.snapshots.try_update_value(|snapshots| snapshots.drawn.take()).flatten();
        let Some(drawn) = drawn else { return self.enter(opened, problem) };
        let after = opened.user.as_ref().map(|user| user.user);
        self.known.set_value(super::Known::default());
        if after != drawn.user() {
            self.forget_snapshot();
            if after.is_some() {
                // What was on screen is the former user's.
                self.address.replace("/");
            }
        }
        self.enter(opened, problem);
        self.is_drawn.set(false);
        self.definitions.update(|revision| *revision += 1);
        self.touch(&self.watched.get_value());
    }

    /// What the drawn screen was told when it asked this.
    pub(super) fn drawn_answer(self, request: &Request) -> Option<Reply> {
        self.snapshots.try_with_value(|snapshots| snapshots.drawn.as_ref()?.answer(request)).flatten()
    }

    /// Notes what a screen was told.
    pub(super) fn note_answer(self, request: Request, reply: &Reply) {
        if self.user.with_untracked(Option::is_none) || self.is_drawn.get_untracked() {
            return;
        }
        let address = self.address.get_untracked();
        self.snapshots.update_value(|snapshots| {
            let noted = snapshots.noted.get_or_insert_with(|| Snapshot::new(&address, self.opened()));
            noted.move_to(&address);
            noted.note(request, reply);
        });
        self.keep_later.with_value(|keep| {
            if let Some(keep) = keep {
                keep();
            }
        });
    }

    /// Nothing of the user's may be drawn any more.
    pub(super) fn forget_snapshot(self) {
        self.snapshots.set_value(Snapshots::default());
        browser::forget(SCREEN);
    }

    fn keep_snapshot(self) {
        if self.stage.try_get_untracked() != Some(Stage::Ready) || !is_of_device(&self.opened()) {
            return;
        }
        let text = self.snapshots.try_with_value(|snapshots| snapshots.noted.as_ref()?.write());
        match text.flatten() {
            Some(text) => browser::keep(SCREEN, &text),
            // An earlier screen would be out of date by the next visit.
            None => browser::forget(SCREEN),
        }
    }

    fn opened(self) -> Opened {
        Opened {
            user: self.user.with_untracked(|user| user.as_deref().cloned()),
            language: self.language.get_untracked(),
            is_synced: self.is_synced.get_untracked(),
            sync: self.sync.get_untracked(),
        }
    }
}

/// True while this user's data are on the device: another tab may have signed the user out a moment ago.
fn is_of_device(opened: &Opened) -> bool {
    let holder = Holding::noted().map(|holding| holding.user);
    holder.is_some() && holder == opened.user.as_ref().map(|user| user.full_name.clone())
}
