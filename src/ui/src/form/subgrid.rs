//! Rows that belong to the row of the form: a view of another table, restricted to children or to partners many-to-many.

use super::FormState;
use crate::field::{coverage_name, elsewhere_line};
use crate::grid::{Grid, RowsSource, card_of, columns_of};
use crate::kit::{Icon, Skeleton};
use crate::locale::{self, fill, text};
use crate::route;
use crate::session::{Answer, Question, Session, use_session};
use crate::task;
use client::message::{Coverage, RelatedLink, RowsRequest};
use leptos::prelude::*;
use model::{
    ColumnName, Columns, Control, Depth, Reference, Right, Table, TableName, TableSource, Value, View,
    ViewId, ViewKind,
};
use std::sync::Arc;

const ROWS_HIGH: u64 = 6;
const MOST_ROWS_HIGH: u64 = 12;

/// What a subgrid shows.
#[derive(Clone)]
pub struct Setting {
    child: Arc<Table>,
    view: View,
    /// How its rows belong to the row; nothing for all rows of the view.
    link: Option<RelatedLink>,
    most_rows: u64,
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
    let heading = label.clone();
    let setting = task::load(move || {
        session.definitions.track();
        setting(session, state.table(), control.clone())
    });
    move || match setting.get() {
        None => view! { <Skeleton lines=3/> }.into_any(),
        Some(Some(setting)) => {
            view! { <Rows session state setting label=label.clone() name=name.clone()/> }.into_any()
        }
        // Named by the form, but not of this solution, or nothing that this user may see.
        Some(None) => view! {
            <div class="subgrid">
                <div class="subgrid-bar"><h3 class="section-title">{heading.clone()}</h3></div>
                <p class="quiet-note">{text("subgrid.not-here")}</p>
            </div>
        }
        .into_any(),
    }
}

/// Finds table, view and lookup; nothing when the form names what this solution does not have.
async fn setting(session: Session, parent: Arc<Table>, control: Control) -> Option<Setting> {
    let given = |name: &str| control.parameter(name).map(str::trim).filter(|value| !value.is_empty());
    let relationship = given("RelationshipName");
    let target = given("TargetEntityType").map(TableName::new);
    let (child, link) = match relationship {
        None => (target?, None),
        Some(name) => {
            let related = session.related(parent.name.clone()).await.ok()?;
            let is_named = |name: &str, wanted: &str| name.eq_ignore_ascii_case(wanted);
            let found = related.iter().find(|entry| is_named(&entry.relationship, name));
            let found =
                found.or_else(|| related.iter().find(|entry| Some(&entry.table) == target.as_ref()))?;
            (found.table.clone(), Some(found.link.clone()))
        }
    };
    let view: Option<ViewId> = given("ViewId").and_then(|id| id.parse().ok());
    let most_rows = given("RecordsPerPage").and_then(|rows| rows.parse().ok()).unwrap_or(ROWS_HIGH);
    setting_of(session, child, link, view, most_rows.clamp(1, MOST_ROWS_HIGH)).await
}

/// A list with the view that is wanted, else the associated one, else the default.
pub async fn setting_of(
    session: Session,
    child: TableName,
    link: Option<RelatedLink>,
    wanted: Option<ViewId>,
    most_rows: u64,
) -> Option<Setting> {
    let child = session.table(child).await.ok()?;
    let mut fallback = None;
    for kind in [ViewKind::Associated, ViewKind::Public, ViewKind::Lookup, ViewKind::AdvancedFind] {
        let views = session.views(child.name.clone(), kind).await.unwrap_or_default();
        if let Some(view) = views.iter().find(|view| Some(view.id) == wanted) {
            return Some(Setting { child, view: view.clone(), link, most_rows });
        }
        fallback = fallback.or_else(|| views.first().cloned());
        if wanted.is_none() && fallback.is_some() {
            break;
        }
    }
    Some(Setting { child, view: fallback?, link, most_rows })
}

/// The list itself.
#[component]
pub fn Rows(
    /// The session.
    session: Session,
    /// The form.
    state: FormState,
    /// What it shows.
    setting: Setting,
    /// What the form calls it; empty for the child table's own name.
    label: String,
    /// Unique in the form.
    name: String,
) -> impl IntoView {
    let Setting { child, view, link, most_rows } = setting;
    let mut watched = vec![child.name.clone()];
    if let Some(RelatedLink::Intersect { table, .. }) = &link {
        watched.push(table.clone());
    }
    session.watch(watched);
    let orders = RwSignal::new(Vec::new());
    let card = card_of(session, child.name.clone());
    let (id, view_id, for_request) = (state.id, view.id, child.name.clone());
    let for_rows = link.clone();
    let request = Memo::new(move |_| RowsRequest {
        table: for_request.clone(),
        view: view_id,
        search: String::new(),
        filters: Vec::new(),
        orders: orders.get(),
        related_to: for_rows.clone().map(|link| (link, id)),
        columns: card.with(|card| card.as_ref().map(|card| card.wanted()).unwrap_or_default()),
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
    let plural = child.plural_label.text(locale::language()).to_owned();
    let new = new_button(session, state, &child, link);
    let heading = title.clone();
    let is_empty = move || source.total.get() == Some(0);
    let count = move || {
        let total = source.total.get()?;
        Some(crate::format::formats().integer(i64::try_from(total).unwrap_or(i64::MAX)))
    };
    view! {
        <div class="subgrid" data-table=child.name.to_string()>
            <div class="subgrid-bar">
                <h3 class="section-title">{title.clone()}</h3>
                <span class="count">{count}</span>
                {new}
            </div>
            <div class="subgrid-rows" class:hidden=is_empty>
                <Grid source columns table=Arc::clone(&child) orders label=heading most_rows card name=format!("sub-{name}")/>
            </div>
            {move || {
                let coverage = source.coverage.get();
                let is_whole = coverage == Coverage::Whole;
                (is_empty() || !is_whole).then(|| {
                    let line = if is_whole { text("subgrid.empty").to_owned() } else { elsewhere_line(coverage, &plural) };
                    view! { <p class="quiet-note" data-coverage=coverage_name(coverage)>{line}</p> }
                })
            }}
        </div>
    }
}

/// Makes a new child; a partner many-to-many is not made but chosen, and a list of all activities does not say which.
fn new_button(
    session: Session,
    state: FormState,
    child: &Arc<Table>,
    link: Option<RelatedLink>,
) -> Option<impl IntoView + use<>> {
    let Some(RelatedLink::Column(column)) = link else { return None };
    let may_create = session.user.with_untracked(|user| {
        user.as_ref()
            .is_some_and(|user| user.privileges.depth(child.name.as_str(), Right::Create) > Depth::None)
    });
    if !may_create || child.source != TableSource::Rows {
        return None;
    }
    let label = fill("command.new-of", &[("table", child.label.text(locale::language()))]);
    let child = Arc::clone(child);
    let make = move |_| new_child(session, state, Arc::clone(&child), column.clone());
    Some(view! {
        <button type="button" class="button subtle" data-command="create" aria-label=label on:click=make>
            <Icon name="add"/> <span class="button-label">{text("command.new")}</span>
        </button>
    })
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
