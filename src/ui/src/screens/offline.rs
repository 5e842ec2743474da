//! The offline page: what is on the device, what is unsent, what waits for the user.

use super::outbox::Outbox;
use super::storage::StorageSection;
use super::unreadable::Unreadable;
use crate::browser;
use crate::format::formats;
use crate::frame::{CarryDialog, is_syncing, problem_line, sync_line};
use crate::kit::{Empty, Icon, Skeleton};
use crate::locale::{fill, text};
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::{EntryView, Failure, Request, TableStatus, UnreadableView};
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
    let problem = move || {
        problem().map(|problem| {
            view! {
                <p class="inline-problem"><Icon name="warning"/> <span>{problem_line(&problem)}</span></p>
                // The words of the server or of the database, in whatever language they come.
                {(!problem.detail.is_empty()).then(|| view! {
                    <details class="changes"><summary>{text("offline.details")}</summary><p>{problem.detail}</p></details>
                })}
            }
        })
    };
    // Each part is drawn anew only when it is another: what the user is at in the outbox stays while syncs go on.
    let failure =
        Memo::new(move |_| loaded.with(|found| found.as_ref().and_then(|it| it.as_ref().err().cloned())));
    let entries: Memo<Vec<EntryView>> = Memo::new(move |previous: Option<&Vec<EntryView>>| {
        let now = loaded
            .with(|found| found.as_ref().and_then(|it| it.as_ref().ok()).map(|view| view.entries.clone()));
        now.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let unreadable: Memo<Vec<UnreadableView>> = Memo::new(move |previous: Option<&Vec<UnreadableView>>| {
        let now = loaded
            .with(|found| found.as_ref().and_then(|it| it.as_ref().ok()).map(|view| view.unreadable.clone()));
        now.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let tables: Memo<Vec<TableStatus>> = Memo::new(move |previous: Option<&Vec<TableStatus>>| {
        let now = loaded
            .with(|found| found.as_ref().and_then(|it| it.as_ref().ok()).map(|view| view.tables.clone()));
        now.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let is_loading = Memo::new(move |_| loaded.with(Option::is_none));
    let content = move || match (is_loading.get(), failure.get()) {
        (true, _) => view! { <Skeleton lines=8/> }.into_any(),
        (false, Some(failure)) => draw_failure(&failure).into_any(),
        (false, None) => view! {
            <Unreadable unreadable decided/>
            <Outbox entries unreadable app=app.clone() decided/>
            <StorageSection/>
            <Tables tables/>
        }
        .into_any(),
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
                    {problem}
                </div>
                <button type="button" class="button primary" data-command="sync-now" disabled=is_syncing on:click=sync_now>
                    <Icon name="arrow_sync"/> <span>{text("offline.sync-now")}</span>
                </button>
            </section>
            {content}
        </div>
    }
}

fn draw_failure(failure: &Failure) -> impl IntoView + use<> {
    view! { <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(failure)/> }
}

/// What is on the device, table by table.
#[component]
fn Tables(tables: Memo<Vec<TableStatus>>) -> impl IntoView {
    let is_choosing = RwSignal::new(false);
    view! {
        <section class="form-section" aria-labelledby="offline-tables">
            <div class="section-head">
                <h2 class="section-title" id="offline-tables">{text("offline.tables")}</h2>
                <button type="button" class="button" data-command="choose-tables" on:click=move |_| is_choosing.set(true)>
                    <Icon name="options"/> <span>{text("carry.change")}</span>
                </button>
            </div>
            {move || is_choosing.get().then(|| view! { <CarryDialog on_close=move |()| is_choosing.set(false)/> })}
            // It scrolls sideways where long names do not fit: by keyboard, too.
            <div class="table-scroll" role="group" tabindex="0" aria-labelledby="offline-tables"><table class="plain-table">
                <thead>
                    <tr>
                        <th scope="col">{text("offline.table")}</th>
                        <th scope="col" class="number">{text("offline.rows")}</th>
                        <th scope="col">{text("offline.synced")}</th>
                    </tr>
                </thead>
                <tbody>{move || tables.get().into_iter().map(draw_table).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

fn draw_table(status: TableStatus) -> impl IntoView {
    let formats = formats();
    let rows = formats.integer(i64::try_from(status.rows).unwrap_or(i64::MAX));
    let when = match status.synced_at {
        _ if status.is_left_out => text("carry.left-out").to_owned(),
        Some(at) => formats.date_time(at),
        None => text("offline.never").to_owned(),
    };
    view! {
        <tr data-table=status.table.to_string() data-value=status.rows.to_string()>
            <th scope="row">{status.label}</th>
            <td class="number">{rows}</td>
            <td>{when}</td>
        </tr>
    }
}
