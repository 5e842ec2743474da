//! Rows of a related table on a form: a view, restricted to the children of the row.

use super::FormState;
use crate::grid::{Grid, RowsSource, columns_of};
use crate::kit::Icon;
use crate::locale::{self, fill, text};
use crate::route;
use crate::session::{Answer, Question, Session, use_session};
use crate::task;
use client::message::RowsRequest;
use leptos::prelude::*;
use model::{
    ColumnName, Columns, Control, Depth, Reference, Right, Table, TableName, Value, View, ViewId, ViewKind,
};
use std::sync::Arc;

const ROWS_HIGH: u64 = 6;

/// What a subgrid shows.
#[derive(Clone)]
struct Setting {
    child: Arc<Table>,
    view: View,
    column: ColumnName,
}

/// A subgrid.
#[component]
pub fn Subgrid(
    /// The form.
    state: FormState,
    /// The control with its parameters.
    control: Control,
    /// What the form calls it; empty for the child table's own name.
    label: String,
    /// Unique in the form.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let setting = task::load(move || {
        session.definitions.track();
        setting(session, state.table(), control.clone())
    });
    move || {
        setting.get().flatten().map(|setting| {
            view! { <Rows session state setting label=label.clone() name=name.clone()/> }
        })
    }
}

/// Finds table, view and lookup; nothing when the form names what this solution does not have.
async fn setting(session: Session, parent: Arc<Table>, control: Control) -> Option<Setting> {
    let relationship = control.parameter("RelationshipName").and_then(|name| {
        parent.relationships.iter().find(|relationship| relationship.name.eq_ignore_ascii_case(name))
    });
    let target = control.parameter("TargetEntityType").map(TableName::new);
    let relationship = relationship.or_else(|| {
        let target = target.as_ref()?;
        parent.relationships.iter().find(|relationship| relationship.child == *target)
    })?;
    let child = session.table(relationship.child.clone()).await.ok()?;
    let wanted: Option<ViewId> = control.parameter("ViewId").and_then(|id| id.parse().ok());
    let associated = session.views(child.name.clone(), ViewKind::Associated).await.unwrap_or_default();
    let public = session.views(child.name.clone(), ViewKind::Public).await.unwrap_or_default();
    let all = || associated.iter().chain(public.iter());
    let view = all().find(|view| Some(view.id) == wanted).or_else(|| all().next()).cloned()?;
    Some(Setting { child, view, column: relationship.column.clone() })
}

#[component]
fn Rows(session: Session, state: FormState, setting: Setting, label: String, name: String) -> impl IntoView {
    let Setting { child, view, column } = setting;
    session.watch(vec![child.name.clone()]);
    let orders = RwSignal::new(Vec::new());
    let (id, view_id, for_request) = (state.id, view.id, child.name.clone());
    let lookup = column.clone();
    let request = Memo::new(move |_| RowsRequest {
        table: for_request.clone(),
        view: view_id,
        search: String::new(),
        orders: orders.get(),
        related_to: Some((lookup.clone().into(), id)),
        columns: Vec::new(),
        offset: 0,
        limit: 0,
    });
    let source = RowsSource::new(session, request.into());
    let for_columns = Arc::clone(&child);
    let columns = task::load(move || {
        let (table, view) = (Arc::clone(&for_columns), view.clone());
        async move { Arc::new(columns_of(session, &table, &view).await) }
    });
    let columns = Signal::derive(move || columns.get().unwrap_or_default());
    let title = if label.is_empty() { child.plural_label.text(locale::language()).to_owned() } else { label };
    let may_create = session.user.with_untracked(|user| {
        user.as_ref()
            .is_some_and(|user| user.privileges.depth(child.name.as_str(), Right::Create) > Depth::None)
    });
    let new_label = fill("command.new-of", &[("table", child.label.text(locale::language()))]);
    let for_new = Arc::clone(&child);
    let make = move |_| new_child(session, state, Arc::clone(&for_new), column.clone());
    let heading = title.clone();
    let is_empty = move || source.total.get() == Some(0);
    view! {
        <div class="subgrid" data-table=child.name.to_string()>
            <div class="subgrid-bar">
                <h3 class="section-title">{title.clone()}</h3>
                <span class="count">{move || source.total.get().map(|total| crate::format::formats().integer(i64::try_from(total).unwrap_or(i64::MAX)))}</span>
                {may_create.then(|| view! {
                    <button type="button" class="button subtle" data-command="create" aria-label=new_label on:click=make>
                        <Icon name="add"/> <span class="button-label">{text("command.new")}</span>
                    </button>
                })}
            </div>
            <div class="subgrid-rows" class:hidden=is_empty>
                <Grid source columns table=Arc::clone(&child) orders label=heading most_rows=ROWS_HIGH name=format!("sub-{name}")/>
            </div>
            {move || is_empty().then(|| view! { <p class="quiet-note">{text("subgrid.empty")}</p> })}
        </div>
    }
}

/// A new child: by quick create where there is one, else on its own form.
pub fn new_child(session: Session, state: FormState, child: Arc<Table>, column: ColumnName) {
    let table = state.table();
    let name = untrack(|| state.value_now(table.primary_name.as_str())).as_text().map(str::to_owned);
    let parent = Reference { table: table.name.clone(), id: state.id, name };
    if !child.has_quick_create {
        if let Some(app) = session.address.place().get_untracked().app() {
            session.address.go(&route::new_for(app, &child.name, &column, &parent));
        }
        return;
    }
    let preset = Columns::new().with(column, Value::Reference(parent));
    task::spawn(async move {
        let question = Question::QuickCreate { table: child.name.clone(), preset };
        if let Answer::Row(_) = session.question(question).await {
            session.touch(std::slice::from_ref(&child.name));
        }
    });
}
