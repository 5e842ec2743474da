//! The outbox: each unsent entry in words, and what the user can decide about it.

use super::conflict::Conflict;
use super::entry_words::{can_discard, deed, state_name, state_words};
use super::unsent_file::UnsentFileButtons;
use crate::browser;
use crate::format::{formats, show};
use crate::kit::Icon;
use crate::locale::{fill, is_one, text};
use crate::route::Place;
use crate::session::{Answer, Confirmation, Session, ToastKind, use_session};
use crate::task;
use client::message::{ChangedColumn, Decision, EntryView, Reply, Request, Seen, UnreadableView};
use leptos::prelude::*;
use model::{AppName, Change, ColumnName, EntryId, EntryState, JournalEntry, ParkReason, Table, TableName};
use std::collections::HashMap;
use std::sync::Arc;

/// So many entries are drawn at first.
const SHOWN: usize = 100;

/// So many of the entries that go along are named before one is discarded.
const NAMED: usize = 5;

/// The definitions of the tables in the outbox.
type Tables = Arc<HashMap<TableName, Arc<Table>>>;

/// What every entry of the outbox is drawn with.
#[derive(Clone)]
struct Outside {
    session: Session,
    app: AppName,
    entries: Memo<Vec<EntryView>>,
    tables: Signal<Tables>,
    decided: RwSignal<u32>,
}

/// The unsent entries.
#[component]
pub fn Outbox(
    /// The entries in order.
    entries: Memo<Vec<EntryView>>,
    /// Changes that cannot be read; they are exported with the others.
    unreadable: Memo<Vec<UnreadableView>>,
    /// The app, for links to rows.
    app: AppName,
    /// Grows with every decision.
    decided: RwSignal<u32>,
) -> impl IntoView {
    let session = use_session();
    let names = Memo::new(move |_| {
        let mut names: Vec<TableName> =
            entries.with(|all| all.iter().flat_map(|view| tables_of(&view.entry)).collect());
        names.sort();
        names.dedup();
        names
    });
    let found = task::load(move || {
        session.definitions.track();
        let names = names.get();
        async move {
            let mut tables = HashMap::new();
            for name in names {
                // A table that was removed has no definition; its entry says so.
                if let Ok(table) = session.table(name.clone()).await {
                    tables.insert(name, table);
                }
            }
            Arc::new(tables)
        }
    });
    let tables = Signal::derive(move || found.get().unwrap_or_default());
    let count = Memo::new(move |_| entries.with(Vec::len));
    let has_any = move || count.get() > 0 || unreadable.with(|changes| !changes.is_empty());
    let shows_all = RwSignal::new(false);
    let shown = move || {
        let most = if shows_all.get() { usize::MAX } else { SHOWN };
        entries.with(|all| all.iter().take(most).cloned().collect::<Vec<_>>())
    };
    let outside = Outside { session, app, entries, tables, decided };
    let for_entries = outside.clone();
    let undo = move || {
        let last = entries.with(|all| all.last().filter(|last| can_discard(&last.entry)).cloned());
        last.map(|last| undo_button(outside.clone(), last))
    };
    view! {
        <section class="form-section" aria-labelledby="outbox-title">
            <div class="section-head">
                <h2 class="section-title" id="outbox-title" tabindex="-1">{text("outbox.title")}</h2>
                <div class="outbox-actions">
                    {undo}
                    <UnsentFileButtons has_entries=Signal::derive(has_any) decided/>
                </div>
            </div>
            {move || (!has_any()).then(|| view! { <p class="quiet-note">{text("outbox.empty")}</p> })}
            <ol class="outbox">
                // An entry is drawn anew only when something about it is another: choices under way stay.
                <For each=shown key=identity let:view>
                    {draw(&for_entries, view)}
                </For>
            </ol>
            {move || (!shows_all.get() && count.get() > SHOWN).then(|| view! {
                <button type="button" class="button" data-command="show-all" on:click=move |_| shows_all.set(true)>
                    {fill("outbox.show-all", &[("count", &formats().integer(i64::try_from(count.get()).unwrap_or(i64::MAX)))])}
                </button>
            })}
        </section>
    }
}

/// Everything that an entry is drawn from. Whether it can change places depends on others, and is looked at by itself.
fn identity(view: &EntryView) -> String {
    format!("{:?}", EntryView { can_go_earlier: false, can_go_later: false, ..view.clone() })
}

/// The tables whose values are shown with an entry.
fn tables_of(entry: &JournalEntry) -> Vec<TableName> {
    let mut names = vec![entry.command.table.clone()];
    if let EntryState::Parked(ParkReason::Conflict { table, .. }) = &entry.state {
        names.push(table.clone());
    }
    names
}

fn undo_button(outside: Outside, last: EntryView) -> impl IntoView {
    let words = deed(&last);
    let label = fill("outbox.undo-of", &[("change", &words)]);
    view! {
        <button type="button" class="button" data-command="undo" aria-label=label.clone() title=label
            on:click=move |_| discard(&outside, &last)>
            <Icon name="arrow_undo"/> <span>{text("outbox.undo")}</span>
        </button>
    }
}

fn draw(outside: &Outside, view: EntryView) -> impl IntoView + use<> {
    let Outside { session, app, entries, tables, .. } = outside.clone();
    let entry = view.entry.clone();
    let phase = move || session.sync.with(|sync| sync.phase.clone());
    let other = move |id: EntryId| entries.with(|all| all.iter().find(|view| view.entry.id == id).map(deed));
    let (for_name, for_words) = (entry.clone(), entry.clone());
    let is_parked = matches!(entry.state, EntryState::Parked(_));
    let address = Place::Form(app, entry.command.table.clone(), entry.command.id).address();
    let words = deed(&view);
    let title = match view.has_row {
        true => view! { <a class="link" href=address.clone()>{words}</a> }.into_any(),
        false => view! { <span>{words}</span> }.into_any(),
    };
    let conflict = match &entry.state {
        EntryState::Parked(ParkReason::Conflict { table, id, deleted, .. }) => {
            Some((table.clone(), *id, *deleted))
        }
        _ => None,
    };
    let columns = StoredValue::new(if conflict.is_some() { Vec::new() } else { view.columns.clone() });
    let table = entry.command.table.clone();
    let details = move || {
        let definition = tables.with(|tables| tables.get(&table).cloned())?;
        columns.with_value(|columns| (!columns.is_empty()).then(|| changes(columns, &definition)))
    };
    let conflict = conflict.map(|(table, id, is_deleted)| {
        let (outside, conflicts, key) = (outside.clone(), view.conflicts.clone(), entry.id.to_string());
        let seen = view.seen();
        let decide = Callback::new(move |decision: Decision| {
            task::spawn(tell(outside.clone(), entry.id, decision, Some(seen.clone())));
        });
        view! { <Conflict conflicts is_deleted table row=id name=key tables on_decide=decide/> }
    });
    let made_at = formats().date_time(view.entry.made_at);
    let actions = actions(outside, &view, address);
    view! {
        <li class="outbox-entry" class:parked=is_parked data-entry=view.entry.id.to_string()
            data-entry-state=move || state_name(&for_name, &phase())>
            <div class="outbox-head">
                <div class="outbox-text">
                    <p class="outbox-words">{title}</p>
                    <p class="quiet-note">{made_at} " · " {move || state_words(&for_words, &phase(), other)}</p>
                </div>
                {actions}
            </div>
            {details}
            {conflict}
        </li>
    }
}

fn actions(outside: &Outside, view: &EntryView, address: String) -> impl IntoView + use<> {
    let entry = &view.entry;
    let id = entry.id;
    let state = &entry.state;
    let is_refused =
        matches!(state, EntryState::Parked(ParkReason::Refused { .. } | ParkReason::OutOfReach { .. }));
    // Of an entry on nothing but removed tables nothing would be left.
    let can_drop = has_rest(entry);
    let is_typed = matches!(entry.command.name.as_str(), "create" | "save" | "save-close");
    let is_gone = matches!(state, EntryState::Parked(ParkReason::Conflict { .. } | ParkReason::Removed(_)));
    let can_edit = is_typed && view.has_row && !is_gone && *state != EntryState::Accepted;
    let decide = {
        let (outside, seen) = (outside.clone(), view.seen());
        move |decision: Decision| task::spawn(tell(outside.clone(), id, decision, Some(seen.clone())))
    };
    let (retry, drop_removed) = (decide.clone(), decide.clone());
    let (for_earlier, for_later) = (decide.clone(), decide);
    let earlier = Callback::new(move |()| for_earlier(Decision::SendEarlier));
    let later = Callback::new(move |()| for_later(Decision::SendLater));
    let entries = outside.entries;
    let may_move = Memo::new(move |_| {
        let found = |all: &Vec<EntryView>| {
            let view = all.iter().find(|view| view.entry.id == id);
            view.map_or((false, false), |view| (view.can_go_earlier, view.can_go_later))
        };
        entries.with(found)
    });
    let for_discard = (outside.clone(), view.clone());
    let edit = fill("outbox.edit-of", &[("change", &deed(view))]);
    let earlier_words = fill("outbox.earlier-of", &[("change", &deed(view))]);
    let later_words = fill("outbox.later-of", &[("change", &deed(view))]);
    view! {
        <div class="outbox-actions">
            {is_refused.then(|| view! {
                <button type="button" class="button" data-command="retry" on:click=move |_| retry(Decision::Retry)>
                    <Icon name="arrow_sync"/> <span>{text("action.retry")}</span>
                </button>
            })}
            {can_drop.then(|| view! {
                <button type="button" class="button" data-command="drop-removed" on:click=move |_| drop_removed(Decision::DropRemoved)>
                    {text("outbox.drop-removed")}
                </button>
            })}
            {can_edit.then(|| view! {
                <a class="button" data-command="edit" href=address aria-label=edit.clone() title=edit>
                    <Icon name="edit"/> <span>{text("outbox.edit")}</span>
                </a>
            })}
            {move || may_move.get().0.then(|| place_button("send-earlier", text("outbox.earlier"), &earlier_words, earlier))}
            {move || may_move.get().1.then(|| place_button("send-later", text("outbox.later"), &later_words, later))}
            {can_discard(entry).then(|| view! {
                <button type="button" class="button subtle" data-command="discard" on:click=move |_| discard(&for_discard.0, &for_discard.1)>
                    <Icon name="delete"/> <span>{text("outbox.discard")}</span>
                </button>
            })}
        </div>
    }
}

/// Lets an entry change places with the one beside it.
fn place_button(
    command: &'static str,
    label: &'static str,
    words: &str,
    on_click: Callback<()>,
) -> impl IntoView + use<> {
    let words = words.to_owned();
    view! {
        <button type="button" class="button subtle" data-command=command aria-label=words.clone() title=words
            on:click=move |_| on_click.run(())>
            {label}
        </button>
    }
}

/// What an entry writes, column by column, on demand.
fn changes(columns: &[ChangedColumn], table: &Table) -> impl IntoView + use<> {
    let or_nothing = |shown: String| if shown.is_empty() { text("field.empty").to_owned() } else { shown };
    let line = |changed: &ChangedColumn| {
        let column = table.column(changed.column.as_str());
        let before = or_nothing(show(&changed.before, column, table, None));
        let after = or_nothing(show(&changed.after, column, table, None));
        view! {
            <div class="change" data-column=changed.column.to_string()>
                <dt>{changed.label.clone()}</dt>
                <dd><span class="change-before">{before}</span> <span aria-hidden="true">" → "</span> <span class="change-after">{after}</span></dd>
            </div>
        }
    };
    view! {
        <details class="changes">
            <summary>{text("outbox.details")}</summary>
            <dl>{columns.iter().map(line).collect_view()}</dl>
        </details>
    }
}

/// Asks, with everything that goes along, and discards.
fn discard(outside: &Outside, view: &EntryView) {
    let (outside, view) = (outside.clone(), view.clone());
    let session = outside.session;
    task::spawn(async move {
        let entry = view.entry.id;
        let along = match session.ask(Request::Dependants { entry }).await {
            Reply::Entries(along) => along,
            Reply::Failed(failure) => return session.fail(&failure),
            _ => Vec::new(),
        };
        let names = outside.entries.try_with_untracked(|all| {
            let named = all.iter().filter(|view| along.contains(&view.entry.id)).map(deed);
            named.take(NAMED).collect::<Vec<_>>()
        });
        // The page was left meanwhile.
        let Some(names) = names else { return };
        let body = discard_body(&deed(&view), &names, along.len());
        let confirmation = Confirmation::dangerous(text("outbox.discard"), body, text("outbox.discard"));
        if session.confirm(confirmation).await == Answer::Confirmed {
            tell(outside, entry, Decision::Discard, None).await;
        }
    });
}

/// What goes, a line each.
fn discard_body(words: &str, along: &[String], count: usize) -> String {
    let mut lines = vec![words.to_owned(), text("outbox.discard-body").to_owned()];
    if count > 0 {
        lines.push(text("outbox.discard-along").to_owned());
        lines.extend(along.iter().map(|words| format!("• {words}")));
    }
    let more = u32::try_from(count.saturating_sub(along.len())).unwrap_or(u32::MAX);
    match more {
        0 => {}
        count if is_one(count) => lines.push(text("outbox.more-one").to_owned()),
        count => lines.push(fill("outbox.more", &[("count", &formats().integer(i64::from(count)))])),
    }
    lines.join("\n")
}

/// Carries a decision about what was `seen` out and says what happened.
async fn tell(outside: Outside, entry: EntryId, decision: Decision, seen: Option<Seen>) {
    let session = outside.session;
    let done = match &decision {
        Decision::Retry => text("outbox.done-retry"),
        Decision::KeepMine(_) => text("outbox.done-mine"),
        Decision::KeepTheirs => text("outbox.done-theirs"),
        Decision::Write(_) => text("outbox.done-chosen"),
        Decision::DropRemoved => text("outbox.done-retry"),
        Decision::Discard => text("outbox.done-discard"),
        Decision::SendEarlier | Decision::SendLater => text("outbox.done-order"),
    };
    if session.tell(Request::Decide { entry, decision, seen }).await.is_some() {
        outside.decided.try_update(|count| *count += 1);
        session.toast(ToastKind::Success, done);
        // What had the focus may be gone.
        browser::focus("outbox-title");
    }
}

/// True when an entry waits because of what the org has removed and something is left to send without it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_along_is_named_before_it_goes() {
        let named = |count: usize| (1..=count).map(|number| format!("change {number}")).collect::<Vec<_>>();
        let lines = |body: String| body.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(discard_body("this", &[], 0)), ["this", text("outbox.discard-body")]);
        let some = lines(discard_body("this", &named(2), 2));
        assert_eq!(some[2..], [text("outbox.discard-along"), "• change 1", "• change 2"]);
        let many = lines(discard_body("this", &named(5), 12));
        assert_eq!(many.last().map(String::as_str), Some("and 7 more"));
        assert_eq!(lines(discard_body("this", &named(5), 6)).last().map(String::as_str), Some("and 1 more"));
    }
}
