//! A conflict side by side: before, mine, theirs, column by column.

use crate::format::show;
use crate::locale::text;
use crate::session::use_session;
use crate::task;
use client::message::{ConflictView, Decision};
use leptos::prelude::*;
use model::{ColumnName, TableName};
use std::collections::BTreeSet;

/// A conflict with its ways out.
#[component]
pub fn Conflict(
    /// The columns that both sides changed.
    conflicts: Vec<ConflictView>,
    /// The row is gone on the server.
    is_deleted: bool,
    /// The table, for the words of its options.
    table: TableName,
    /// Takes the decision.
    on_decide: Callback<Decision>,
) -> impl IntoView {
    let session = use_session();
    let all: BTreeSet<ColumnName> = conflicts.iter().map(|conflict| conflict.column.clone()).collect();
    let mine = RwSignal::new(all);
    let definition = task::load(move || session.table(table.clone()));
    let several = conflicts.len() > 1;
    let conflicts = StoredValue::new(conflicts);
    let line = move |conflict: ConflictView| {
        let definition = definition.get().and_then(Result::ok);
        let shown = |value: &model::Value| match &definition {
            Some(table) => show(value, table.column(conflict.column.as_str()), table, None),
            None => crate::format::raw(value),
        };
        let or_nothing = |shown: String| if shown.is_empty() { "---".to_owned() } else { shown };
        let (column, for_change) = (conflict.column.clone(), conflict.column.clone());
        let keep = several.then(|| {
            view! {
                <td>
                    <input type="checkbox" aria-label=format!("{}: {}", text("conflict.keep-mine"), conflict.label)
                        prop:checked=move || mine.with(|mine| mine.contains(&column))
                        on:change=move |event| mine.update(|mine| {
                            if event_target_checked(&event) {
                                mine.insert(for_change.clone());
                            } else {
                                mine.remove(&for_change);
                            }
                        })/>
                </td>
            }
        });
        view! {
            <tr data-column=conflict.column.to_string()>
                <th scope="row">{conflict.label.clone()}</th>
                <td data-side="base">{or_nothing(shown(&conflict.base))}</td>
                <td data-side="mine" class="mine">{or_nothing(shown(&conflict.mine))}</td>
                <td data-side="theirs">{or_nothing(shown(&conflict.theirs))}</td>
                {keep}
            </tr>
        }
    };
    let keep_mine = move |_| {
        let chosen: Vec<ColumnName> = mine.with_untracked(|mine| mine.iter().cloned().collect());
        let total = conflicts.with_value(Vec::len);
        on_decide.run(match chosen.len() {
            0 if total > 0 => Decision::KeepTheirs,
            count if count == total => Decision::KeepMine(Vec::new()),
            _ => Decision::KeepMine(chosen),
        });
    };
    let has_lines = conflicts.with_value(|conflicts| !conflicts.is_empty());
    view! {
        <div class="conflict">
            {has_lines.then(|| view! {
                <div class="table-scroll">
                    <table class="plain-table">
                        <thead>
                            <tr>
                                <th scope="col">{text("conflict.column")}</th>
                                <th scope="col">{text("conflict.base")}</th>
                                <th scope="col">{text("conflict.mine")}</th>
                                <th scope="col">{text("conflict.theirs")}</th>
                                {several.then(|| view! { <th scope="col">{text("conflict.keep-mine")}</th> })}
                            </tr>
                        </thead>
                        <tbody>{move || conflicts.get_value().into_iter().map(line).collect_view()}</tbody>
                    </table>
                </div>
            })}
            <div class="outbox-actions">
                {(!is_deleted).then(|| view! {
                    <button type="button" class="button primary" data-command="keep-mine" on:click=keep_mine>
                        {if several { text("conflict.keep-chosen") } else { text("conflict.keep-mine") }}
                    </button>
                })}
                <button type="button" class="button" data-command="keep-theirs" on:click=move |_| on_decide.run(Decision::KeepTheirs)>
                    {text("conflict.keep-theirs")}
                </button>
            </div>
        </div>
    }
}
