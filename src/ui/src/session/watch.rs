//! Which tables are on screen, and telling screens that they changed.

use super::Session;
use crate::{browser, task};
use client::message::Request;
use leptos::prelude::*;
use model::TableName;

impl Session {
    /// Tells the worker that these tables are on screen, until the caller's owner goes away.
    pub fn watch(self, tables: Vec<TableName>) {
        self.watched.update_value(|watched| watched.extend(tables.iter().cloned()));
        self.send_watched();
        on_cleanup(move || {
            self.watched.try_update_value(|watched| {
                for table in &tables {
                    if let Some(at) = watched.iter().position(|name| name == table) {
                        watched.swap_remove(at);
                    }
                }
            });
            self.send_watched();
        });
    }

    /// Grows whenever rows of the table change; reading it is what makes a screen fetch again.
    pub fn revision(self, table: &TableName) -> u64 {
        self.revisions.with(|revisions| revisions.get(table).copied().unwrap_or(0))
    }

    /// Rows of these tables changed.
    pub fn touch(self, tables: &[TableName]) {
        self.revisions.update(|revisions| {
            for table in tables {
                *revisions.entry(table.clone()).or_insert(0) += 1;
            }
        });
    }

    fn send_watched(self) {
        let Some(mut tables) = self.watched.try_get_value() else { return };
        tables.sort();
        tables.dedup();
        task::spawn(async move {
            self.ask(Request::Watch { tables }).await;
        });
    }

    /// The worker takes a network for granted; a page that opens without one says so.
    pub(super) async fn tell_network(self) {
        if !browser::is_online() {
            self.ask(Request::Wake { online: false }).await;
        }
    }

    /// Passes on what the browser says about the network and the focus.
    pub(super) fn watch_network(self) {
        let wake = move || {
            task::spawn(async move {
                self.ask(Request::Wake { online: browser::is_online() }).await;
            });
        };
        let listeners = [
            window_event_listener(leptos::ev::online, move |_| wake()),
            window_event_listener(leptos::ev::offline, move |_| wake()),
            window_event_listener(leptos::ev::focus, move |_| wake()),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    }
}
