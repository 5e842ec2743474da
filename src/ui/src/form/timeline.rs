//! Notes and activities about a row, newest first, from the associated views of the tables that can be about it.

use super::FormState;
use super::subgrid::new_child;
use crate::format::{formats, show};
use crate::grid::columns_of;
use crate::kit::{Icon, Menu, MenuItem, Skeleton};
use crate::locale::{self, text};
use crate::session::{Session, failure_text, use_session};
use crate::task;
use client::message::{Failure, RowsRequest};
use leptos::prelude::*;
use model::{ColumnName, Depth, Right, RowId, Table, TableSource, Timestamp, Value, ViewKind};
use std::sync::Arc;

/// Entries of one table at most.
const MOST_PER_TABLE: u32 = 50;
/// The columns that say when an entry happened, the best first.
const MOMENTS: [&str; 6] =
    ["actualend", "scheduledend", "scheduledstart", "modifiedon", "createdon", "overriddencreatedon"];

/// A table whose rows can be about this one.
#[derive(Clone)]
struct Kind {
    table: Arc<Table>,
    column: ColumnName,
}

/// An entry.
#[derive(Clone)]
struct Entry {
    id: RowId,
    table: Arc<Table>,
    title: String,
    detail: String,
    at: Option<Timestamp>,
    pending: u32,
}

/// The timeline.
#[component]
pub fn Timeline(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let session = use_session();
    let kinds = task::load(move || kinds(session, state.table()));
    let kinds = move || kinds.get().unwrap_or_default();
    let watched = StoredValue::new(false);
    Effect::new(move |_| {
        let tables: Vec<_> = kinds().into_iter().map(|kind| kind.table.name.clone()).collect();
        if !tables.is_empty() && !watched.get_value() {
            watched.set_value(true);
            session.watch(tables);
        }
    });
    let entries = task::load(move || {
        let kinds = kinds();
        for kind in &kinds {
            session.revision(&kind.table.name);
        }
        entries(session, kinds, state.id)
    });
    let add = move || {
        let makeable: Vec<Kind> =
            kinds().into_iter().filter(|kind| may_create(session, &kind.table)).collect();
        (!makeable.is_empty()).then(|| {
            view! {
                <Menu label=text("timeline.add") icon="add" command="add-activity">
                    {makeable.iter().map(|kind| {
                        let kind = kind.clone();
                        let label = kind.table.label.text(locale::language()).to_owned();
                        view! {
                            <MenuItem label icon=kind.table.icon.clone() on_choose=move || {
                                new_child(session, state, Arc::clone(&kind.table), kind.column.clone());
                            }/>
                        }
                    }).collect_view()}
                </Menu>
            }
        })
    };
    let list = move || {
        match entries.get() {
        None => view! { <Skeleton lines=4/> }.into_any(),
        Some(Err(failure)) => view! { <p class="quiet-note" role="alert">{failure_text(&failure)}</p> }.into_any(),
        Some(Ok(entries)) if entries.is_empty() => {
            view! { <p class="quiet-note">{text("timeline.empty")}</p> }.into_any()
        }
        Some(Ok(entries)) => {
            view! { <ol class="timeline-list">{entries.into_iter().map(|entry| draw(session, entry)).collect_view()}</ol> }
                .into_any()
        }
    }
    };
    view! {
        <div class="timeline">
            <div class="subgrid-bar"><h3 class="section-title">{text("timeline.title")}</h3> {add}</div>
            {list}
        </div>
    }
}

fn draw(session: Session, entry: Entry) -> impl IntoView {
    let reference = model::Reference { table: entry.table.name.clone(), id: entry.id, name: None };
    let when = entry.at.map(|at| formats().date_time(at));
    let kind = entry.table.label.text(locale::language()).to_owned();
    view! {
        <li
            class="timeline-entry"
            data-row=entry.id.to_string()
            data-table=entry.table.name.to_string()
            data-pending=(entry.pending > 0).then(|| entry.pending.to_string())
        >
            <span class="timeline-icon"><Icon name=entry.table.icon.clone()/></span>
            <div class="timeline-text">
                <a class="link" href=crate::field::row_address(session, &reference)>{entry.title}</a>
                {(!entry.detail.is_empty()).then(|| view! { <p class="timeline-detail">{entry.detail}</p> })}
                <p class="timeline-when">{kind} {when.map(|when| format!(" · {when}"))}</p>
            </div>
        </li>
    }
}

fn may_create(session: Session, table: &Table) -> bool {
    session.user.with_untracked(|user| {
        user.as_ref()
            .is_some_and(|user| user.privileges.depth(table.name.as_str(), Right::Create) > Depth::None)
    })
}

/// The children that are notes or activities.
async fn kinds(session: Session, parent: Arc<Table>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for relationship in &parent.relationships {
        let is_about = ["regardingobjectid", "objectid"].contains(&relationship.column.as_str());
        if !is_about || kinds.iter().any(|kind| kind.table.name == relationship.child) {
            continue;
        }
        // A child that this user may not see is simply not there.
        // All activities together say again what each activity table says.
        if let Ok(table) = session.table(relationship.child.clone()).await
            && table.source == TableSource::Rows
        {
            kinds.push(Kind { table, column: relationship.column.clone() });
        }
    }
    kinds
}

async fn entries(session: Session, kinds: Vec<Kind>, id: RowId) -> Result<Vec<Entry>, Failure> {
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(entries_of(session, kind, id).await?);
    }
    all.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    Ok(all)
}

async fn entries_of(session: Session, kind: Kind, id: RowId) -> Result<Vec<Entry>, Failure> {
    let table = kind.table;
    let mut views = session.views(table.name.clone(), ViewKind::Associated).await?;
    if views.is_empty() {
        views = session.views(table.name.clone(), ViewKind::Public).await?;
    }
    let Some(view) = views.first() else { return Ok(Vec::new()) };
    let columns = columns_of(session, &table, view).await;
    let request = RowsRequest {
        table: table.name.clone(),
        view: view.id,
        search: String::new(),
        filters: Vec::new(),
        orders: Vec::new(),
        related_to: Some((kind.column.into(), id)),
        columns: Vec::new(),
        offset: 0,
        limit: MOST_PER_TABLE,
    };
    let rows = session.rows(request).await?;
    let value = |row: &client::message::RowCells, name: &str| {
        rows.names
            .iter()
            .position(|other| other == name)
            .and_then(|at| row.values.get(at))
            .cloned()
            .unwrap_or_default()
    };
    let entry = |row: &client::message::RowCells| {
        let title = show(&value(row, table.primary_name.as_str()), None, &table, None);
        let at = MOMENTS.iter().find_map(|name| match value(row, name) {
            Value::DateTime(at) => Some(at),
            Value::Date(date) => Some(formats().zone().start_of(date)),
            _ => None,
        });
        let facts = columns.iter().filter(|column| {
            column.name != table.primary_name.as_str() && !MOMENTS.contains(&column.name.as_str())
        });
        let facts = facts.map(|column| column.show(&value(row, &column.name), None));
        let detail = facts.filter(|fact| !fact.is_empty()).take(3).collect::<Vec<_>>().join(" · ");
        Entry {
            id: row.id,
            table: Arc::clone(&table),
            title: if title.is_empty() { text("value.unnamed").to_owned() } else { title },
            detail,
            at,
            pending: row.pending,
        }
    };
    Ok(rows.rows.iter().map(entry).collect())
}
