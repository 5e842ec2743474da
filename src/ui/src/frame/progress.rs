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
            SyncPhase::First { done, total, table, .. } => Some((*done, *total, table.clone())),
            _ => None,
        })
    });
    let rest = move || {
        session.sync.with(|sync| match &sync.phase {
            SyncPhase::First { tables_done, tables, milliseconds_left, .. } => {
                let tables = fill(
                    "first.tables",
                    &[("done", &count(u64::from(*tables_done))), ("total", &count(u64::from(*tables)))],
                );
                let left = milliseconds_left.map(time_left);
                Some(left.map_or(tables.clone(), |left| format!("{tables} · {left}")))
            }
            _ => None,
        })
    };
    let table = Memo::new(move |_| first.get().map(|(_, _, table)| table).filter(|table| !table.is_empty()));
    let label = task::load(move || {
        let table = table.get();
        async move {
            let table = session.table(table?.as_str().into()).await.ok()?;
            Some(table.plural_label.text(locale::language()).to_owned())
        }
    });
    let line = move || {
        let (done, total, _) = first.get()?;
        let rows = if total > 0 {
            fill("first.rows-of", &[("done", &count(done)), ("total", &count(total))])
        } else {
            fill("first.rows", &[("done", &count(done))])
        };
        Some(label.get().flatten().map_or(rows.clone(), |label| format!("{rows} · {label}")))
    };
    move || {
        first.with(Option::is_some).then(|| {
            view! {
                <div class="first-sync" role="status">
                    <div class="first-sync-words">
                        <strong>{text("first.title")}</strong>
                        <span data-part="first-sync-rows">{move || line().unwrap_or_default()}</span>
                        <span data-part="first-sync-rest">{move || rest().unwrap_or_default()}</span>
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

fn count(number: u64) -> String {
    formats().integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// How long it will still take, in the unit people would use.
fn time_left(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1_000);
    match seconds {
        0..=90 => fill("first.seconds", &[("count", &count(seconds.max(1)))]),
        _ => fill("first.minutes", &[("count", &count(seconds.div_ceil(60)))]),
    }
}

#[cfg(test)]
mod tests {
    use super::time_left;

    #[test]
    fn time_is_told_in_seconds_and_then_in_minutes() {
        for (milliseconds, expected) in [(0, "1 s"), (90_000, "90 s"), (90_001, "2 min"), (600_000, "10 min")]
        {
            assert!(
                time_left(milliseconds).contains(expected),
                "{milliseconds}: {}",
                time_left(milliseconds)
            );
        }
    }
}
