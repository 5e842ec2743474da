//! The outbox: each unsent entry in words, and what the user can decide about it.

use super::conflict::Conflict;
use crate::format::formats;
use crate::kit::Icon;
use crate::locale::{fill, text, text_of};
use crate::route::Place;
use crate::session::{Answer, Confirmation, Session, use_session};
use crate::task;
use client::message::{Decision, EntryView, Request};
use leptos::prelude::*;
use model::{AppName, Change, ColumnName, EntryId, EntryState, JournalEntry, ParkReason, TableName};

/// The unsent entries.
#[component]
pub fn Outbox(
    /// The entries in order.
    entries: Vec<EntryView>,
    /// The app, for links to rows.
    app: AppName,
    /// Grows with every decision.
    decided: RwSignal<u32>,
) -> impl IntoView {
    let session = use_session();
    let is_empty = entries.is_empty();
    let items = entries.into_iter().map(|entry| draw(session, entry, &app, decided)).collect_view();
    view! {
        <section class="form-section" aria-labelledby="outbox-title">
            <h2 class="section-title" id="outbox-title">{text("outbox.title")}</h2>
            {is_empty.then(|| view! { <p class="quiet-note">{text("outbox.empty")}</p> })}
            <ol class="outbox">{items}</ol>
        </section>
    }
}

fn draw(session: Session, view: EntryView, app: &AppName, decided: RwSignal<u32>) -> impl IntoView + use<> {
    let EntryView { entry, table_label, conflicts } = view;
    let id = entry.id;
    let decide = move |decision: Decision| task::spawn(tell(session, id, decision, decided));
    let words = words(&entry, &table_label);
    let address = Place::Form(app.clone(), entry.command.table.clone(), entry.command.id).address();
    let is_parked = matches!(entry.state, EntryState::Parked(_));
    let is_deleted = matches!(&entry.state, EntryState::Parked(ParkReason::Conflict { deleted: true, .. }));
    let has_conflict = matches!(&entry.state, EntryState::Parked(ParkReason::Conflict { .. }));
    let is_of_removed = matches!(&entry.state, EntryState::Parked(ParkReason::Removed(_)));
    // Of an entry on nothing but removed tables nothing would be left.
    let can_drop = is_of_removed && has_rest(&entry);
    let can_retry = is_parked && !has_conflict && !is_of_removed;
    let state_name = match &entry.state {
        EntryState::Waiting => "waiting",
        EntryState::Accepted => "accepted",
        EntryState::Parked(ParkReason::Conflict { .. }) => "conflict",
        EntryState::Parked(ParkReason::Refused { .. }) => "refused",
        EntryState::Parked(ParkReason::Removed(_)) => "removed",
        EntryState::Parked(ParkReason::DependsOn(_)) => "depends",
    };
    let discard = move |_| {
        task::spawn(async move {
            let confirmation = Confirmation::dangerous(
                text("outbox.discard"),
                text("outbox.discard-body"),
                text("outbox.discard"),
            );
            if session.confirm(confirmation).await == Answer::Confirmed {
                tell(session, id, Decision::Discard, decided).await;
            }
        });
    };
    view! {
        <li class="outbox-entry" class:parked=is_parked data-entry=id.to_string() data-entry-state=state_name>
            <div class="outbox-head">
                <div>
                    <p class="outbox-words"><a class="link" href=address>{words}</a></p>
                    <p class="quiet-note">{formats().date_time(entry.made_at)} " · " {reason(&entry.state)}</p>
                </div>
                <div class="outbox-actions">
                    {can_retry.then(|| view! {
                        <button type="button" class="button" data-command="retry" on:click=move |_| decide(Decision::Retry)>
                            {text("action.retry")}
                        </button>
                    })}
                    {can_drop.then(|| view! {
                        <button type="button" class="button" data-command="drop-removed" on:click=move |_| decide(Decision::DropRemoved)>
                            {text("outbox.drop-removed")}
                        </button>
                    })}
                    <button type="button" class="button subtle" data-command="discard" on:click=discard>
                        <Icon name="delete"/> <span>{text("outbox.discard")}</span>
                    </button>
                </div>
            </div>
            {has_conflict.then(|| view! {
                <Conflict conflicts is_deleted table=entry.command.table.clone() on_decide=Callback::new(decide)/>
            })}
        </li>
    }
}

async fn tell(session: Session, entry: EntryId, decision: Decision, decided: RwSignal<u32>) {
    if session.tell(Request::Decide { entry, decision }).await.is_some() {
        decided.try_update(|count| *count += 1);
    }
}

/// What the user did, in words.
fn words(entry: &JournalEntry, table: &str) -> String {
    let name = if entry.command.subject.is_empty() { table } else { entry.command.subject.as_str() };
    match text_of("outbox.did", entry.command.name.as_str()) {
        Some(pattern) => pattern.replace("{table}", table).replace("{name}", name),
        None => {
            let command = text_of("command", entry.command.name.as_str());
            format!("{} — {table} {name}", command.unwrap_or(entry.command.name.as_str()))
        }
    }
}

/// Where the entry stands, in words.
fn reason(state: &EntryState) -> String {
    match state {
        EntryState::Waiting => text("outbox.waiting").to_owned(),
        EntryState::Accepted => text("outbox.accepted").to_owned(),
        EntryState::Parked(ParkReason::Conflict { deleted: true, .. }) => text("outbox.deleted").to_owned(),
        EntryState::Parked(ParkReason::Conflict { .. }) => text("outbox.conflict").to_owned(),
        EntryState::Parked(ParkReason::Refused { message, .. }) => {
            fill("outbox.refused", &[("message", message)])
        }
        EntryState::Parked(ParkReason::Removed(parts)) => {
            let names: Vec<&str> = parts.iter().map(|part| part.label.as_str()).collect();
            fill("outbox.removed", &[("names", &names.join(", "))])
        }
        EntryState::Parked(ParkReason::DependsOn(_)) => text("outbox.depends").to_owned(),
    }
}

/// True when something is left to send once what was removed is dropped.
fn has_rest(entry: &JournalEntry) -> bool {
    let EntryState::Parked(ParkReason::Removed(parts)) = &entry.state else { return false };
    let is_gone = |table: &TableName, column: Option<&ColumnName>| {
        parts.iter().any(|part| part.table == *table && part.column.as_ref() == column)
    };
    entry.changes.iter().filter(|change| !is_gone(change.table(), None)).any(|change| match change {
        Change::Update { table, columns, .. } => {
            columns.iter().any(|(column, _)| !is_gone(table, Some(column)))
        }
        Change::Create { .. } | Change::Delete { .. } => true,
    })
}
