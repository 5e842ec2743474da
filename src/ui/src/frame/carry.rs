//! What the device will carry: shown before the first sync starts, and to be chosen anew later.

use crate::format::formats;
use crate::kit::{Dialog, Icon, Skeleton};
use crate::locale::{fill, text};
use crate::screens::size;
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::{FirstSyncView, PlannedView, Request, SyncPhase};
use leptos::prelude::*;
use model::TableName;
use std::collections::BTreeSet;

/// Asks before anything is fetched; put aside, it leaves a line that leads back to it.
#[component]
pub fn BeforeFirstSync() -> impl IntoView {
    let session = use_session();
    let is_planned = Memo::new(move |_| session.sync.with(|sync| sync.phase == SyncPhase::Planned));
    let is_aside = RwSignal::new(false);
    let line = move || {
        view! {
            <div class="first-sync" role="status" data-part="first-sync-planned">
                <div class="first-sync-words">
                    <span><strong>{text("carry.waiting")}</strong> " " {text("carry.waiting-body")}</span>
                    <button type="button" class="button primary" data-command="plan-first-sync" on:click=move |_| is_aside.set(false)>
                        {text("carry.look")}
                    </button>
                </div>
            </div>
        }
    };
    move || {
        is_planned.get().then(|| match is_aside.get() {
            true => line().into_any(),
            false => view! { <CarryDialog is_first=true on_close=move |()| is_aside.set(true)/> }.into_any(),
        })
    }
}

/// The tables with what they take, and which of them come.
#[component]
pub fn CarryDialog(
    /// Nothing is here yet: everything may come without waiting for the plan.
    #[prop(default = false)]
    is_first: bool,
    /// It was closed, by whichever button.
    #[prop(into)]
    on_close: UnsyncCallback<()>,
) -> impl IntoView {
    let session = use_session();
    let plan = task::load(move || session.first_sync());
    let left_out = RwSignal::new(BTreeSet::<TableName>::new());
    let is_started = Memo::new(move |_| {
        plan.with(|plan| {
            plan.as_ref().and_then(|plan| plan.as_ref().ok()).is_some_and(|plan| plan.is_started)
        })
    });
    Effect::new(move |_| {
        let chosen = plan.with(|plan| plan.as_ref().and_then(|plan| plan.as_ref().ok()).map(chosen_before));
        if let Some(chosen) = chosen {
            left_out.set(chosen);
        }
    });
    let is_known = Memo::new(move |_| plan.with(|plan| matches!(plan, Some(Ok(_)))));
    let start = move |_| {
        let leave_out = left_out.get_untracked().into_iter().collect();
        task::spawn(async move {
            if session.tell(Request::StartFirstSync { leave_out }).await.is_some() {
                // The first sync has begun by then, which takes the question away.
                let _ = on_close.try_run(());
            }
        });
    };
    let title = Signal::derive(move || {
        let key = if is_started.get() { text("carry.title-later") } else { text("carry.title") };
        key.to_owned()
    });
    let content = move || {
        match plan.get() {
        None => view! { <Skeleton lines=6/> }.into_any(),
        Some(Err(failure)) => view! {
            <p class="inline-problem" role="alert"><Icon name="warning"/> <span>{failure_text(&failure)}</span></p>
        }
        .into_any(),
        Some(Ok(plan)) => draw(plan, left_out).into_any(),
    }
    };
    view! {
        <Dialog
            title
            id="carry"
            is_wide=true
            on_cancel=on_close
            actions=move || view! {
                <button type="button" class="button primary" class:large=is_first data-command="start-first-sync" data-focus=""
                    disabled=move || !is_first && !is_known.get() on:click=start>
                    {move || if is_started.get() { text("carry.save") } else { text("carry.start") }}
                </button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| on_close.run(())>
                    {move || if is_started.get() { text("action.cancel") } else { text("carry.later") }}
                </button>
            }
        >
            {content}
        </Dialog>
    }
}

fn chosen_before(plan: &FirstSyncView) -> BTreeSet<TableName> {
    plan.tables.iter().filter(|table| table.is_left_out).map(|table| table.table.clone()).collect()
}

fn draw(plan: FirstSyncView, left_out: RwSignal<BTreeSet<TableName>>) -> impl IntoView {
    let profile = plan.profile.map(|profile| fill("carry.profile", &[("profile", &profile)]));
    let intro = profile.unwrap_or_else(|| text("carry.no-profile").to_owned());
    let mut tables = plan.tables;
    // What takes most comes first: that is what there is to decide about.
    tables.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.label.cmp(&other.label)));
    let all = StoredValue::new(tables.clone());
    let totals = move || {
        let (tables, rows, bytes) =
            all.with_value(|tables| left_out.with(|left_out| totals(tables, left_out)));
        let tables = formats().integer(i64::try_from(tables).unwrap_or(i64::MAX));
        (tables, count(rows), bytes_text(bytes))
    };
    let empty = tables.iter().filter(|table| table.rows == 0).count();
    let shown = tables.into_iter().filter(|table| table.rows > 0);
    view! {
        <p>{intro}</p>
        // A list of its own inside: its parts belong to it, whatever is told of them.
        <div role="status" data-part="carry-totals">
            <dl class="carry-totals">
                <div><dt>{text("carry.records")}</dt><dd>{move || totals().1}</dd></div>
                <div><dt>{text("carry.size")}</dt><dd>{move || fill("carry.about", &[("size", &totals().2)])}</dd></div>
                <div><dt>{text("carry.tables")}</dt><dd>{move || totals().0}</dd></div>
            </dl>
        </div>
        <p class="quiet-note">{text("carry.usable")}</p>
        <fieldset class="carry-list">
            <legend class="section-title">{text("carry.choose")}</legend>
            {shown.map(|table| draw_table(table, left_out)).collect_view()}
            {(empty > 0).then(|| view! {
                <p class="quiet-note">{fill("carry.empty", &[("count", &count(empty as u64))])}</p>
            })}
        </fieldset>
    }
}

fn draw_table(table: PlannedView, left_out: RwSignal<BTreeSet<TableName>>) -> impl IntoView {
    let (name, for_toggle) = (table.table.clone(), table.table.clone());
    let is_taken = move || left_out.with(|left_out| !left_out.contains(&name));
    let toggle = move |event| {
        let is_taken = event_target_checked(&event);
        left_out.update(|left_out| match is_taken {
            true => drop(left_out.remove(&for_toggle)),
            false => drop(left_out.insert(for_toggle.clone())),
        });
    };
    let note = match (table.is_needed, table.files) {
        (true, _) => Some(text("carry.needed")),
        (false, false) => Some(text("carry.no-files")),
        (false, true) => None,
    };
    view! {
        <label class="carry-line" data-table=table.table.to_string()>
            <input type="checkbox" prop:checked=is_taken disabled=table.is_needed on:change=toggle/>
            <span class="carry-name">{table.label} {note.map(|note| view! { <span class="quiet-note">{note}</span> })}</span>
            <span class="number">{count(table.rows)}</span>
            <span class="number">{bytes_text(table.bytes)}</span>
        </label>
    }
}

/// Tables, rows and bytes that come.
fn totals(tables: &[PlannedView], left_out: &BTreeSet<TableName>) -> (usize, u64, u64) {
    let taken = || tables.iter().filter(|table| !left_out.contains(&table.table));
    (taken().count(), taken().map(|table| table.rows).sum(), taken().map(|table| table.bytes).sum())
}

fn count(number: u64) -> String {
    formats().integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn bytes_text(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
    let bytes = bytes as f64;
    size(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_counts_for_nothing() {
        let table = |name: &str, rows: u64| PlannedView {
            table: name.into(),
            label: name.to_owned(),
            rows,
            bytes: rows * 100,
            rows_here: 0,
            is_left_out: name == "email",
            is_needed: false,
            files: true,
        };
        let plan = FirstSyncView {
            profile: None,
            tables: vec![table("account", 10), table("email", 1_000)],
            is_started: false,
        };
        assert_eq!(totals(&plan.tables, &BTreeSet::new()), (2, 1_010, 101_000));
        assert_eq!(totals(&plan.tables, &chosen_before(&plan)), (1, 10, 1_000));
    }
}
