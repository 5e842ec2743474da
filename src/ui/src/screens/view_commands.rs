//! The commands of a view: new, and what can be done with the selected rows.

use crate::browser::{self, Size};
use crate::frame::CommandItem;
use crate::grid::{Adjust, Ask, GridColumn, RowsSource, Selection, every_page, table_text};
use crate::locale::{self, fill, text};
use crate::route::Place;
use crate::session::{Answer, Confirmation, Question, Session, ToastKind};
use crate::task;
use leptos::prelude::*;
use model::{AppName, Columns, Command, CommandName, Depth, Right, RowId, Table, TableName, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows asked for their commands; the others are taken to be like them, and the worker checks each anyway.
const MOST_ASKED: usize = 25;
/// The commands for several rows.
const BULK: [(&str, &str); 4] =
    [("assign", "person_arrow_right"), ("activate", "play"), ("deactivate", "pause"), ("delete", "delete")];

/// The parts of the screen that commands work on.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The selected rows.
    pub selection: Selection,
    /// The rows.
    pub source: RowsSource,
    /// What the user changes about the view.
    pub adjust: Adjust,
    /// The columns shown.
    pub columns: Signal<Arc<Vec<GridColumn>>>,
    /// The view's name.
    pub title: Signal<String>,
}

/// The commands as the selection has them.
pub fn commands(
    session: Session,
    app: AppName,
    table: Arc<Table>,
    parts: Parts,
) -> Signal<Vec<CommandItem>, LocalStorage> {
    let Parts { selection, source, adjust, .. } = parts;
    let name = table.name.clone();
    let allowed = task::load(move || {
        let (table, rows) = (name.clone(), selection.get());
        async move { allowed(session, table, rows).await }
    });
    let may_create = session.user.with_untracked(|user| {
        user.as_ref()
            .is_some_and(|user| user.privileges.depth(table.name.as_str(), Right::Create) > Depth::None)
    });
    let never = Signal::from(false);
    let new_address = Place::New(app, table.name.clone()).address();
    let create = CommandItem {
        name: "create".to_owned(),
        label: text("command.new").to_owned(),
        icon: "add",
        is_disabled: never,
        run: Callback::new(move |()| session.address.go(&new_address)),
    };
    let clear = CommandItem {
        name: "clear-selection".to_owned(),
        label: text("command.clear-selection").to_owned(),
        icon: "dismiss",
        is_disabled: never,
        run: Callback::new(move |()| selection.set(BTreeSet::new())),
    };
    let bulk = StoredValue::new(BULK.map(|(name, icon)| {
        let table = table.name.clone();
        CommandItem {
            name: name.to_owned(),
            label: label(name).to_owned(),
            icon,
            is_disabled: never,
            run: Callback::new(move |()| task::spawn(run(session, name, table.clone(), selection, source))),
        }
    }));
    let command = move |name: &str, label: &str, icon, run: Callback<()>| CommandItem {
        name: name.to_owned(),
        label: label.to_owned(),
        icon,
        is_disabled: never,
        run,
    };
    let asks = |ask: Ask| Callback::new(move |()| adjust.asks.set(Some(ask.clone())));
    let filter = command("sort-filter", text("filter.title"), "filter", asks(Ask::Cells));
    let columns = command("edit-columns", text("columns.title"), "column_edit", asks(Ask::Columns));
    let export = Callback::new(move |()| task::spawn(export(session, parts)));
    let export = command("export-csv", text("view.export"), "arrow_export", export);
    Signal::derive_local(move || {
        let mut items = Vec::new();
        if selection.with(BTreeSet::is_empty) {
            items.extend(may_create.then(|| create.clone()));
            items.push(filter.clone());
            // Cards have no columns to choose.
            items.extend((session.size.get() != Size::Phone).then(|| columns.clone()));
            items.push(export.clone());
            return items;
        }
        let allowed = allowed.get().unwrap_or_default();
        bulk.with_value(|bulk| {
            items.extend(bulk.iter().filter(|item| allowed.contains(&item.name)).cloned())
        });
        items.push(clear.clone());
        items
    })
}

fn label(name: &str) -> &'static str {
    crate::locale::text_of("command", name).unwrap_or_default()
}

/// Hands the rows over as a file that spreadsheets read: the selected ones, else all of the query.
async fn export(session: Session, parts: Parts) {
    let columns = parts.columns.get_untracked();
    let chosen = parts.selection.get_untracked();
    let request = untrack(|| parts.source.request());
    let (mut names, mut rows) = (Vec::new(), Vec::new());
    let all = every_page(session, request, |page| {
        names.clone_from(&page.names);
        rows.extend(page.rows.iter().filter(|row| chosen.is_empty() || chosen.contains(&row.id)).cloned());
    });
    if let Err(failure) = all.await {
        session.fail(&failure);
        return;
    }
    // Where the comma stands before decimals, spreadsheets expect another separator. The mark tells them the encoding.
    let separator = if locale::language() == model::Language::English { ',' } else { ';' };
    let text_of_rows = format!("\u{feff}{}", table_text(&columns, &names, &rows, separator));
    let title: String = parts
        .title
        .get_untracked()
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
        .collect();
    let name = format!("{title}.csv");
    if browser::save_file(&name, "text/csv", &text_of_rows) {
        session.toast(ToastKind::Success, fill("view.exported", &[("file", &name)]));
    } else {
        session.toast(ToastKind::Error, text("view.not-exported"));
    }
}

/// The commands that every one of these rows has.
async fn allowed(session: Session, table: TableName, rows: BTreeSet<RowId>) -> Vec<String> {
    let mut common: Option<Vec<String>> = None;
    for id in rows.into_iter().take(MOST_ASKED) {
        // A row that has just left the device takes no command away from the others.
        let Ok(Some(row)) = session.row(table.clone(), id).await else { continue };
        common = Some(match common {
            None => row.commands,
            Some(common) => common.into_iter().filter(|name| row.commands.contains(name)).collect(),
        });
    }
    common.unwrap_or_default()
}

async fn run(
    session: Session,
    name: &'static str,
    table: TableName,
    selection: Selection,
    source: RowsSource,
) {
    let rows: Vec<(RowId, String)> =
        selection.get_untracked().into_iter().map(|id| (id, subject(source, id))).collect();
    let count = rows.len();
    let mut parameters = Columns::new();
    if name == "assign" {
        match session.question(Question::Assign).await {
            Answer::Row(owner) => parameters.set("ownerid", Value::Reference(owner)),
            _ => return,
        }
    } else if session.confirm(question(name, count)).await != Answer::Confirmed {
        return;
    }
    let command = |(id, subject): (RowId, String)| Command {
        name: CommandName::from(name),
        table: table.clone(),
        id,
        subject,
        parameters: parameters.clone(),
    };
    match session.execute(rows.into_iter().map(command).collect()).await {
        Ok(_) => {
            selection.try_set(BTreeSet::new());
            session.touch(std::slice::from_ref(&table));
            let words = match count {
                1 => text("toast.done-one").to_owned(),
                _ => fill("toast.done", &[("count", &count.to_string())]),
            };
            session.toast(ToastKind::Success, words);
        }
        Err(failure) => session.fail(&failure),
    }
}

/// The question before a command on several rows.
fn question(name: &str, count: usize) -> Confirmation {
    let count = count.to_string();
    let is_dangerous = name == "delete";
    let body = match name {
        "delete" => fill("confirm.delete-rows", &[("count", &count)]),
        "activate" => fill("confirm.activate-rows", &[("count", &count)]),
        _ => fill("confirm.deactivate-rows", &[("count", &count)]),
    };
    Confirmation {
        title: label(name).to_owned(),
        body,
        confirm: label(name).to_owned(),
        discard: None,
        is_dangerous,
    }
}

/// The name of a row for the outbox: the value of its first cell.
fn subject(source: RowsSource, id: RowId) -> String {
    let total = source.total.get_untracked().unwrap_or(0);
    let loaded = (0..total.min(5000)).filter_map(|index| untrack(|| source.row(index)));
    let row = loaded.into_iter().find(|row| row.id == id);
    row.and_then(|row| row.values.first().and_then(Value::as_text).map(str::to_owned)).unwrap_or_default()
}
