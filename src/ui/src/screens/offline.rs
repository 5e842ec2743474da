//! The offline page: what is on the device, what is unsent, what waits for the user.

use super::outbox::Outbox;
use crate::browser;
use crate::format::formats;
use crate::frame::{is_syncing, sync_line};
use crate::kit::{Empty, Icon, Skeleton};
use crate::locale::{fill, text};
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::{OfflineView, Request, TableStatus};
use leptos::prelude::*;
use model::AppName;

/// The screen.
#[component]
pub fn OfflineScreen(
    /// The app.
    app: AppName,
) -> impl IntoView {
    let session = use_session();
    browser::set_title(text("offline.title"));
    let decided = RwSignal::new(0u32);
    let loaded = task::load(move || {
        session.sync.track();
        decided.track();
        session.offline()
    });
    Effect::new(move |_| {
        if matches!(loaded.get(), Some(Ok(_))) {
            browser::mark_ready();
        }
    });
    let is_syncing = move || session.sync.with(is_syncing);
    let sync_now = move |_| {
        task::spawn(async move {
            session.tell(Request::SyncNow).await;
        });
    };
    let state = move || session.sync.with(sync_line);
    let last = move || {
        session
            .sync
            .with(|sync| sync.synced_at)
            .map(|at| fill("offline.last", &[("time", &formats().date_time(at))]))
    };
    let problem = move || session.sync.with(|sync| sync.problem.clone());
    let content = move || {
        match loaded.get() {
        None => view! { <Skeleton lines=8/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }.into_any(),
        Some(Ok(view)) => draw(view, app.clone(), decided).into_any(),
    }
    };
    view! {
        <div class="screen offline-screen" data-screen="offline">
            <div class="screen-head">
                <h1 class="screen-title">{text("offline.title")}</h1>
            </div>
            <section class="form-section sync-card" aria-label=text("offline.state")>
                <div class="sync-words">
                    <p class="sync-line">{state}</p>
                    <p class="quiet-note">{last}</p>
                    {move || problem().map(|problem| view! {
                        <p class="inline-problem"><Icon name="warning"/> <span>{problem}</span></p>
                    })}
                </div>
                <button type="button" class="button primary" data-command="sync-now" disabled=is_syncing on:click=sync_now>
                    <Icon name="arrow_sync"/> <span>{text("offline.sync-now")}</span>
                </button>
            </section>
            {content}
        </div>
    }
}

fn draw(view: OfflineView, app: AppName, decided: RwSignal<u32>) -> impl IntoView {
    let OfflineView { tables, entries, .. } = view;
    view! {
        <Outbox entries app decided/>
        <section class="form-section" aria-labelledby="offline-tables">
            <h2 class="section-title" id="offline-tables">{text("offline.tables")}</h2>
            <div class="table-scroll"><table class="plain-table">
                <thead>
                    <tr>
                        <th scope="col">{text("offline.table")}</th>
                        <th scope="col" class="number">{text("offline.rows")}</th>
                        <th scope="col">{text("offline.synced")}</th>
                    </tr>
                </thead>
                <tbody>{tables.into_iter().map(draw_table).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

fn draw_table(status: TableStatus) -> impl IntoView {
    let formats = formats();
    let rows = formats.integer(i64::try_from(status.rows).unwrap_or(i64::MAX));
    let when = status.synced_at.map_or_else(|| text("offline.never").to_owned(), |at| formats.date_time(at));
    view! {
        <tr data-table=status.table.to_string() data-value=status.rows.to_string()>
            <th scope="row">{status.label}</th>
            <td class="number">{rows}</td>
            <td>{when}</td>
        </tr>
    }
}
