//! The site map of an app: Home, Recent and Pinned on top, then the groups.

use crate::kit::{Icon, Skeleton};
use crate::locale::{self, fill, text};
use crate::route::Place;
use crate::session::{Session, failure_text, use_session};
use crate::task;
use client::message::{Bookmark, Failure, Request};
use leptos::prelude::*;
use model::{AppName, Area, SubArea, SubAreaTarget};

/// An entry ready to draw.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    address: String,
    title: String,
    icon: String,
    is_outside: bool,
}

/// A group ready to draw.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    title: String,
    entries: Vec<Entry>,
}

/// The site map.
#[component]
pub fn SiteMapView(
    /// The app.
    app: AppName,
) -> impl IntoView {
    let session = use_session();
    let for_groups = app.clone();
    let groups = task::load(move || {
        session.definitions.track();
        groups(session, for_groups.clone())
    });
    let groups = Memo::new(move |_| groups.get());
    let content = move || match groups.get() {
        None => view! { <Skeleton lines=8/> }.into_any(),
        Some(Err(failure)) => {
            view! { <p class="quiet-note" role="alert">{failure_text(&failure)}</p> }.into_any()
        }
        Some(Ok(groups)) => {
            groups.into_iter().map(|group| draw_group(session, group)).collect_view().into_any()
        }
    };
    view! {
        <a class="site-map-entry" href="/"><Icon name="home"/> <span>{text("site-map.home")}</span></a>
        <Bookmarks/>
        {content}
    }
}

fn draw_group(session: Session, group: Group) -> impl IntoView {
    let label = group.title.clone();
    view! {
        <div class="site-map-group" role="group" aria-label=label>
            <h2 class="site-map-title">{group.title}</h2>
            {group.entries.into_iter().map(|entry| draw_entry(session, entry)).collect_view()}
        </div>
    }
}

fn draw_entry(session: Session, entry: Entry) -> impl IntoView {
    let address = entry.address.clone();
    let is_current = move || {
        let here = session.address.get();
        let here = here.split('?').next().unwrap_or_default();
        here == address || here.starts_with(&format!("{address}/"))
    };
    view! {
        <a
            class="site-map-entry"
            href=entry.address
            target=entry.is_outside.then_some("_blank")
            rel=entry.is_outside.then_some("noopener noreferrer external")
            aria-current=move || is_current().then_some("page")
        >
            <Icon name=entry.icon/>
            <span>{entry.title}</span>
        </a>
    }
}

async fn groups(session: Session, app: AppName) -> Result<Vec<Group>, Failure> {
    let site_map = session.site_map(app.clone()).await?;
    let mut groups = Vec::new();
    for group in site_map.areas.iter().flat_map(|area: &Area| &area.groups) {
        let mut entries = Vec::new();
        for sub_area in &group.sub_areas {
            entries.extend(entry(session, &app, sub_area).await);
        }
        if !entries.is_empty() {
            groups.push(Group { title: group.title.text(locale::language()).to_owned(), entries });
        }
    }
    Ok(groups)
}

/// An entry; nothing for places that this app does not have.
async fn entry(session: Session, app: &AppName, sub_area: &SubArea) -> Option<Entry> {
    let title = sub_area.title.text(locale::language()).to_owned();
    match &sub_area.target {
        SubAreaTarget::Table(name) => {
            let table = session.table(name.clone()).await.ok()?;
            let own = table.plural_label.text(locale::language());
            Some(Entry {
                address: Place::View(app.clone(), name.clone()).address(),
                title: if title.is_empty() { own.to_owned() } else { title },
                icon: if sub_area.icon.is_empty() { table.icon.clone() } else { sub_area.icon.clone() },
                is_outside: false,
            })
        }
        SubAreaTarget::Url(address) if address.starts_with("https://") || address.starts_with('/') => {
            let is_outside = !address.starts_with('/') || address.starts_with("//");
            Some(Entry { address: address.clone(), title, icon: "open".to_owned(), is_outside })
        }
        SubAreaTarget::Url(_) | SubAreaTarget::WebResource(_) | SubAreaTarget::Dashboard(_) => None,
    }
}

/// Recent and pinned places.
#[component]
fn Bookmarks() -> impl IntoView {
    let session = use_session();
    let changes = RwSignal::new(0u32);
    let lists = task::load(move || {
        changes.track();
        session.visits.track();
        session.bookmarks()
    });
    let lists = move || lists.get().unwrap_or_default();
    let pin = move |bookmark: Bookmark, pinned: bool| {
        task::spawn(async move {
            session.tell(Request::Pin { bookmark, pinned }).await;
            changes.try_update(|count| *count += 1);
        });
    };
    let section = move |title: &'static str, icon: &'static str, of_pinned: bool| {
        let items = move || {
            let (recent, pinned) = lists();
            let is_pinned =
                |bookmark: &Bookmark| pinned.iter().any(|other| other.address == bookmark.address);
            let shown = if of_pinned { pinned.clone() } else { recent.into_iter().take(12).collect() };
            if shown.is_empty() {
                let note = if of_pinned { text("site-map.no-pinned") } else { text("site-map.no-recent") };
                return view! { <p class="site-map-note">{note}</p> }.into_any();
            }
            shown
                .into_iter()
                .map(|bookmark| {
                    let pinned = is_pinned(&bookmark);
                    let key = if pinned { fill("site-map.unpin", &[("title", &bookmark.title)]) } else { fill("site-map.pin", &[("title", &bookmark.title)]) };
                    let for_pin = bookmark.clone();
                    view! {
                        <div class="site-map-bookmark">
                            <a class="site-map-entry" href=bookmark.address><span>{bookmark.title}</span></a>
                            <button type="button" class="button subtle icon-only" aria-label=key.clone() title=key
                                aria-pressed=pinned.to_string() on:click=move |_| pin(for_pin.clone(), !pinned)>
                                <Icon name=if pinned { "pin_off" } else { "pin" }/>
                            </button>
                        </div>
                    }
                })
                .collect_view()
                .into_any()
        };
        view! {
            <details class="site-map-section">
                <summary class="site-map-entry"><Icon name=icon/> <span>{title}</span> <span class="chevron"><Icon name="chevron_down"/></span></summary>
                {items}
            </details>
        }
    };
    view! {
        {section(text("site-map.recent"), "history", false)}
        {section(text("site-map.pinned"), "pin", true)}
    }
}
