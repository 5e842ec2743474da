//! The "+" of the top bar: new rows of the app's tables.

use crate::kit::{Menu, MenuItem};
use crate::locale::{self, fill, text};
use crate::route::Place;
use crate::session::{Answer, Question, Session, use_session};
use crate::task;
use leptos::prelude::*;
use model::{AppName, Columns, Depth, Right, SubAreaTarget, Table};
use std::sync::Arc;

/// How long the way to the new row is offered.
const SECONDS: u64 = 10;

/// The menu.
#[component]
pub fn MakeMenu(
    /// The app.
    app: AppName,
) -> impl IntoView {
    let session = use_session();
    let for_tables = app.clone();
    let tables = task::load(move || {
        session.definitions.track();
        tables(session, for_tables.clone())
    });
    let tables = Signal::derive(move || tables.get().unwrap_or_default());
    move || {
        let app = app.clone();
        let list = tables.get();
        (!list.is_empty()).then(|| {
            view! {
                <Menu label=text("frame.create") icon="add" class="button subtle icon-only" command="create">
                    {list.iter().map(|table| {
                        let (table, app) = (Arc::clone(table), app.clone());
                        let label = table.label.text(locale::language()).to_owned();
                        view! {
                            <MenuItem label icon=table.icon.clone() on_choose=move || make(session, &app, &table)/>
                        }
                    }).collect_view()}
                </Menu>
            }
        })
    }
}

fn make(session: Session, app: &AppName, table: &Arc<Table>) {
    if !table.has_quick_create {
        session.address.go(&Place::New(app.clone(), table.name.clone()).address());
        return;
    }
    let (table, app) = (table.name.clone(), app.clone());
    task::spawn(async move {
        let question = Question::QuickCreate { table: table.clone(), preset: Columns::new() };
        if let Answer::Row(row) = session.question(question).await {
            session.touch(std::slice::from_ref(&table));
            let address = Place::Form(app, table, row.id).address();
            let name = row.name.unwrap_or_default();
            session.offer(
                fill("toast.created", &[("name", &name)]),
                text("action.open"),
                Some(SECONDS),
                move || {
                    session.address.go(&address);
                },
            );
        }
    });
}

/// The tables of the site map that the user may add rows to.
async fn tables(session: Session, app: AppName) -> Vec<Arc<Table>> {
    let Ok(site_map) = session.site_map(app).await else { return Vec::new() };
    let mut tables: Vec<Arc<Table>> = Vec::new();
    let sub_areas = site_map.areas.iter().flat_map(|area| &area.groups).flat_map(|group| &group.sub_areas);
    for sub_area in sub_areas {
        let SubAreaTarget::Table(name) = &sub_area.target else { continue };
        let may = session.user.with_untracked(|user| {
            user.as_ref()
                .is_some_and(|user| user.privileges.depth(name.as_str(), Right::Create) > Depth::None)
        });
        if !may || tables.iter().any(|table| table.name == *name) {
            continue;
        }
        // A table of the map that the user cannot see is left out of the map's screen as well.
        if let Ok(table) = session.table(name.clone()).await {
            tables.push(table);
        }
    }
    tables
}
