//! A conflict side by side, column by column: before, mine, theirs, and a third value where neither will do.

use crate::browser;
use crate::field::{Field, FieldView, Insistence};
use crate::format::{Currency, show};
use crate::kit::Icon;
use crate::locale::{fill, text};
use crate::route::Place;
use crate::session::{ToastKind, use_session};
use crate::task;
use client::message::{ConflictView, Decision, Draft};
use leptos::prelude::*;
use model::{ColumnName, Columns, ControlKind, Requirement, RowId, Table, TableName, Value, Writable};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the user chose for a column.
#[derive(Clone, Debug, PartialEq)]
enum Side {
    Mine,
    Theirs,
    /// A third value; nothing while what is typed is none.
    Other(Option<Value>),
}

/// What is written for these choices; nothing until every column has one.
fn decision(conflicts: &[ConflictView], chosen: &BTreeMap<ColumnName, Side>) -> Option<Decision> {
    let mut values = Columns::new();
    for conflict in conflicts {
        match chosen.get(&conflict.column)? {
            Side::Theirs => {}
            Side::Mine => values.set(conflict.column.clone(), conflict.mine.clone()),
            Side::Other(value) => values.set(conflict.column.clone(), value.clone()?),
        }
    }
    Some(if values.is_empty() { Decision::KeepTheirs } else { Decision::Write(values) })
}

/// What the columns of one conflict are drawn with. Copies are the same conflict.
#[derive(Clone, Copy)]
struct Desk {
    chosen: RwSignal<BTreeMap<ColumnName, Side>>,
    problems: RwSignal<BTreeMap<ColumnName, String>>,
    /// The row as the device holds it: what controls of some columns look at.
    row: Signal<Columns>,
    currency: Signal<Option<Currency>>,
    name: StoredValue<String>,
}

/// A conflict with its ways out.
#[component]
pub fn Conflict(
    /// The columns that both sides changed; of a row that is gone, those that would be written.
    conflicts: Vec<ConflictView>,
    /// The row is gone on the server.
    is_deleted: bool,
    /// The table.
    table: TableName,
    /// The row.
    row: RowId,
    /// Unique in the page.
    name: String,
    /// The definitions.
    tables: Signal<Arc<HashMap<TableName, Arc<Table>>>>,
    /// Takes the decision.
    on_decide: Callback<Decision>,
) -> impl IntoView {
    let session = use_session();
    let for_row = table.clone();
    let found = task::load(move || {
        let table = for_row.clone();
        async move { session.row(table, row).await.ok().flatten().map(|row| row.columns).unwrap_or_default() }
    });
    let row_columns = Signal::derive(move || found.get().unwrap_or_default());
    let currency_id = Memo::new(move |_| {
        row_columns.with(|row| row.get("transactioncurrencyid").as_reference().map(|it| it.id))
    });
    let currency = task::load(move || session.currency(currency_id.get()));
    let desk = Desk {
        chosen: RwSignal::new(BTreeMap::new()),
        problems: RwSignal::new(BTreeMap::new()),
        row: row_columns,
        currency: Signal::derive(move || currency.get().flatten()),
        name: StoredValue::new(name),
    };
    let count = conflicts.len();
    let has_columns = count > 0;
    let conflicts = StoredValue::new(conflicts);
    let for_lines = table.clone();
    let lines = move || {
        let definition = tables.with(|tables| tables.get(&for_lines).cloned())?;
        let line = |conflict| column(desk, conflict, &definition, is_deleted);
        Some(conflicts.get_value().into_iter().map(line).collect_view())
    };
    let chosen = Memo::new(move |_| {
        let is_fine = desk.problems.with(BTreeMap::is_empty);
        conflicts.with_value(|all| desk.chosen.with(|chosen| decision(all, chosen))).filter(|_| is_fine)
    });
    let apply = move |_| {
        if let Some(decision) = chosen.get_untracked() {
            on_decide.run(decision);
        }
    };
    let (mine_words, theirs_words) = match (is_deleted, count) {
        (true, _) => ("", text("conflict.let-go")),
        (false, 0) => (text("conflict.delete-anyway"), text("conflict.keep-row")),
        (false, 1) => (text("conflict.keep-mine"), text("conflict.keep-theirs")),
        (false, _) => (text("conflict.all-mine"), text("conflict.all-theirs")),
    };
    view! {
        <div class="conflict">
            {(is_deleted || !has_columns).then(|| view! {
                <p>{if is_deleted { text("conflict.deleted-words") } else { text("conflict.deleted-by-me-words") }}</p>
            })}
            {has_columns.then(|| view! { <div class="conflict-columns">{lines}</div> })}
            <div class="outbox-actions">
                {(!is_deleted && has_columns).then(|| view! {
                    <button type="button" class="button primary" data-command="keep-chosen" on:click=apply
                        disabled=move || chosen.with(Option::is_none)>
                        <Icon name="checkmark"/> <span>{text("conflict.keep-chosen")}</span>
                    </button>
                })}
                {(!is_deleted).then(|| view! {
                    <button type="button" class="button" data-command="keep-mine" on:click=move |_| on_decide.run(Decision::KeepMine(Vec::new()))>
                        {mine_words}
                    </button>
                })}
                {is_deleted.then(|| view! { <MakeAnew table conflicts/> })}
                <button type="button" class="button" data-command="keep-theirs" on:click=move |_| on_decide.run(Decision::KeepTheirs)>
                    {theirs_words}
                </button>
            </div>
        </div>
    }
}

/// A new row with what would have been written into the one that is gone, as a draft to go on from.
#[component]
fn MakeAnew(table: TableName, conflicts: StoredValue<Vec<ConflictView>>) -> impl IntoView {
    let session = use_session();
    let app = session.address.place().with_untracked(|place| place.app().cloned());
    app.map(|app| {
        let address = StoredValue::new(Place::New(app, table).address());
        let make = move |_| {
            let columns: Columns = conflicts.with_value(|all| {
                all.iter().map(|conflict| (conflict.column.clone(), conflict.mine.clone())).collect()
            });
            let address = address.get_value();
            task::spawn(async move {
                let draft = Draft { columns, seen: Columns::new() };
                if session.keep_draft(address.clone(), draft).await.is_some() {
                    session.toast(ToastKind::Info, text("conflict.made-anew"));
                    session.address.go(&address);
                }
            });
        };
        view! {
            <button type="button" class="button" data-command="make-anew" on:click=make>
                <Icon name="add"/> <span>{text("conflict.make-anew")}</span>
            </button>
        }
    })
}

/// One column: what each side holds, and which it shall be.
fn column(desk: Desk, conflict: ConflictView, table: &Arc<Table>, is_deleted: bool) -> impl IntoView + use<> {
    let name = conflict.column.clone();
    let definition = table.column(name.as_str()).cloned();
    let group = format!("conflict-{}-{name}", desk.name.get_value());
    let shown = {
        let (definition, table) = (definition.clone(), Arc::clone(table));
        move |value: Value| {
            let (definition, table) = (definition.clone(), Arc::clone(&table));
            move || {
                let shown = desk
                    .currency
                    .with(|currency| show(&value, definition.as_ref(), &table, currency.as_ref()));
                if shown.is_empty() { text("field.empty").to_owned() } else { shown }
            }
        }
    };
    let side = |side: Side, key: &'static str, label: &'static str, value: Value| {
        let (name, for_check) = (name.clone(), name.clone());
        let is_chosen = {
            let side = side.clone();
            move || desk.chosen.with(|chosen| chosen.get(&for_check) == Some(&side))
        };
        let choose = move |_| {
            desk.problems.update(|problems| drop(problems.remove(&name)));
            desk.chosen.update(|chosen| drop(chosen.insert(name.clone(), side.clone())));
        };
        view! {
            <label class="conflict-side" data-side=key>
                {(!is_deleted).then(|| view! {
                    <input type="radio" name=group.clone() prop:checked=is_chosen on:change=choose/>
                })}
                <span class="conflict-who">{label}</span>
                <span class="conflict-value">{shown(value)}</span>
            </label>
        }
    };
    let can_be_other = definition
        .as_ref()
        .is_some_and(|column| matches!(column.writable, Writable::Always | Writable::OnUpdate));
    let other = (can_be_other && !is_deleted)
        .then(|| definition.clone().map(|column| other_value(desk, &conflict, column, table, &group)));
    let theirs =
        (!is_deleted).then(|| side(Side::Theirs, "theirs", text("conflict.theirs"), conflict.theirs.clone()));
    view! {
        <fieldset class="conflict-column" data-column=conflict.column.to_string()>
            <legend>{conflict.label.clone()}</legend>
            <p class="conflict-before" data-side="base">
                <span class="conflict-who">{text("conflict.base")}</span>
                <span class="conflict-value">{shown(conflict.base.clone())}</span>
            </p>
            {side(Side::Mine, "mine", text("conflict.mine"), conflict.mine.clone())}
            {theirs}
            {other}
        </fieldset>
    }
}

/// A third value, typed or picked with the column's own control.
fn other_value(
    desk: Desk,
    conflict: &ConflictView,
    column: model::Column,
    table: &Arc<Table>,
    group: &str,
) -> impl IntoView + use<> {
    let name = StoredValue::new(column.name.clone());
    let is_chosen = Memo::new(move |_| {
        desk.chosen.with(|chosen| name.with_value(|name| matches!(chosen.get(name), Some(Side::Other(_)))))
    });
    let start = conflict.mine.clone();
    let value = RwSignal::new(start.clone());
    let insistence = match column.required {
        Requirement::None => Insistence::None,
        Requirement::Recommended => Insistence::Recommended,
        Requirement::Application | Requirement::System => Insistence::Required,
    };
    let put = move |new: Option<Value>| {
        desk.chosen.update(|chosen| drop(chosen.insert(name.get_value(), Side::Other(new))));
    };
    let input = format!("{group}-input");
    let field = Field {
        input: input.clone(),
        label: fill("conflict.other-of", &[("label", &conflict.label)]),
        shows_label: false,
        kind: ControlKind::Unknown,
        value: value.into(),
        on_change: Callback::new(move |new: Value| {
            value.set(new.clone());
            put(Some(new));
        }),
        on_problem: Callback::new(move |problem: Option<String>| {
            desk.problems.update(|problems| match problem {
                Some(problem) => drop(problems.insert(name.get_value(), problem)),
                None => drop(name.with_value(|name| problems.remove(name))),
            });
        }),
        problem: Signal::derive(move || {
            desk.problems.with(|problems| name.with_value(|name| problems.get(name).cloned()))
        }),
        is_disabled: Signal::derive(|| false),
        insistence,
        is_dirty: Signal::derive(|| false),
        currency: desk.currency,
        other: Callback::new(move |column: ColumnName| desk.row.with(|row| row.get(column.as_str()).clone())),
        column: Arc::new(column),
        table: Arc::clone(table),
    };
    let choose = move |_| {
        put(Some(value.get_untracked()));
        let input = input.clone();
        request_animation_frame(move || browser::focus(&input));
    };
    view! {
        <div class="conflict-side" data-side="other">
            <label class="conflict-choice">
                <input type="radio" name=group.to_owned() prop:checked=move || is_chosen.get() on:change=choose/>
                <span class="conflict-who">{text("conflict.other")}</span>
            </label>
            {move || is_chosen.get().then(|| view! { <FieldView field=field.clone()/> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflict(column: &str) -> ConflictView {
        let words = |words: &str| Value::Text(words.to_owned());
        ConflictView {
            column: column.into(),
            label: column.to_owned(),
            base: words("before"),
            mine: words("mine"),
            theirs: words("theirs"),
        }
    }

    #[test]
    fn nothing_is_decided_before_every_column_is() {
        let conflicts = [conflict("name"), conflict("city")];
        let chosen = |sides: &[(&str, Side)]| {
            let sides = sides.iter().map(|(name, side)| (ColumnName::new(name), side.clone())).collect();
            decision(&conflicts, &sides)
        };
        let words = |words: &str| Value::Text(words.to_owned());
        assert_eq!(chosen(&[("name", Side::Mine)]), None);
        assert_eq!(
            chosen(&[("name", Side::Mine), ("city", Side::Other(None))]),
            None,
            "nothing is typed yet"
        );
        let mine = chosen(&[("name", Side::Mine), ("city", Side::Theirs)]);
        assert_eq!(mine, Some(Decision::Write(Columns::new().with("name", words("mine")))));
        let other = chosen(&[("name", Side::Other(Some(words("third")))), ("city", Side::Mine)]);
        let both = Columns::new().with("name", words("third")).with("city", words("mine"));
        assert_eq!(other, Some(Decision::Write(both)));
        let cleared = chosen(&[("name", Side::Other(Some(Value::Null))), ("city", Side::Theirs)]);
        assert_eq!(cleared, Some(Decision::Write(Columns::new().with("name", Value::Null))));
        let theirs = chosen(&[("name", Side::Theirs), ("city", Side::Theirs)]);
        assert_eq!(theirs, Some(Decision::KeepTheirs));
    }
}
