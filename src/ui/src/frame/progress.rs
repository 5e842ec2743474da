//! The first sync: how far it is. The app is usable meanwhile.

use crate::format::formats;
use crate::locale::{self, fill, text};
use crate::session::use_session;
use crate::task;
use client::message::SyncPhase;
use leptos::prelude::*;

/// A strip with a bar while the first sync runs.
#[component]
pub fn FirstSync() -> impl IntoView {
    let session = use_session();
    let first = Memo::new(move |_| {
        session.sync.with(|sync| match &sync.phase {
            SyncPhase::First { done, total, table } => Some((*done, *total, table.clone())),
            _ => None,
        })
    });
    let table = Memo::new(move |_| first.get().map(|(_, _, table)| table).filter(|table| !table.is_empty()));
    let label = task::load(move || {
        let table = table.get();
        async move {
            let table = session.table(table?.as_str().into()).await.ok()?;
            Some(table.plural_label.text(locale::language()).to_owned())
        }
    });
    let count = |number: u64| formats().integer(i64::try_from(number).unwrap_or(i64::MAX));
    let line = move || {
        let (done, total, _) = first.get()?;
        let label = label.get().flatten().unwrap_or_default();
        Some(if total > 0 {
            fill("first.rows-of", &[("done", &count(done)), ("total", &count(total)), ("table", &label)])
        } else {
            fill("first.rows", &[("done", &count(done)), ("table", &label)])
        })
    };
    move || {
        first.with(Option::is_some).then(|| {
            view! {
                <div class="first-sync" role="status">
                    <div class="first-sync-words">
                        <strong>{text("first.title")}</strong>
                        <span>{move || line().unwrap_or_default()}</span>
                    </div>
                    <progress
                        aria-label=text("first.title")
                        max=move || first.get().filter(|(_, total, _)| *total > 0).map(|(_, total, _)| total.to_string())
                        value=move || first.get().filter(|(_, total, _)| *total > 0).map(|(done, total, _)| done.min(total).to_string())
                    ></progress>
                </div>
            }
        })
    }
}
