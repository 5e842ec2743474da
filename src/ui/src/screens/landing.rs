//! An app's landing page: the first entry of its site map.

use super::NotFound;
use crate::kit::{Empty, Skeleton};
use crate::locale::text;
use crate::route::Place;
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::FailureKind;
use leptos::prelude::*;
use model::{AppName, SiteMap, SubAreaTarget, TableName};

/// Goes on to the first table of the site map.
#[component]
pub fn Landing(
    /// The app.
    app: AppName,
) -> impl IntoView {
    let session = use_session();
    let for_map = app.clone();
    let map = task::load(move || {
        session.definitions.track();
        session.site_map(for_map.clone())
    });
    Effect::new(move |_| {
        if let Some(Ok(map)) = map.get()
            && let Some(table) = first_table(&map)
        {
            session.address.replace(&Place::View(app.clone(), table).address());
        }
    });
    move || {
        match map.get() {
        Some(Err(failure)) if failure.kind == FailureKind::NotFound => view! { <NotFound/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }.into_any(),
        Some(Ok(map)) if first_table(&map).is_none() => view! { <NotFound/> }.into_any(),
        _ => view! { <div class="screen"><Skeleton lines=10/></div> }.into_any(),
    }
    }
}

fn first_table(map: &SiteMap) -> Option<TableName> {
    let sub_areas = map.areas.iter().flat_map(|area| &area.groups).flat_map(|group| &group.sub_areas);
    sub_areas
        .filter_map(|sub_area| match &sub_area.target {
            SubAreaTarget::Table(table) => Some(table.clone()),
            _ => None,
        })
        .next()
}
