//! A view of a table: switcher, quick find, rows, commands.

use super::NotFound;
use super::view_changes::{FilterChips, UnreadableFilters, follow};
use super::view_commands::{Parts, commands};
use crate::browser;
use crate::field::elsewhere_line;
use crate::frame::CommandBar;
use crate::grid::{
    Adjust, Adjustments, AskDialog, CardForm, Grid, RowsSource, Selection, card_of, columns_of, with_columns,
};
use crate::kit::{Empty, Icon, Menu, MenuItem, Skeleton};
use crate::locale::{self, fill, text};
use crate::route::{self, Place};
use crate::session::{Session, ToastKind, failure_text, use_session};
use crate::task;
use client::message::{Coverage, Failure, FailureKind, RowsRequest};
use leptos::prelude::*;
use model::{AppName, ColumnName, Table, TableName, View, ViewId, ViewKind};
use std::collections::BTreeSet;
use std::sync::Arc;

const TYPING_MILLISECONDS: u64 = 200;

/// The screen.
#[component]
pub fn ViewScreen(
    /// The app.
    app: AppName,
    /// The table.
    table: TableName,
) -> impl IntoView {
    let session = use_session();
    session.watch(vec![table.clone()]);
    let shown = StoredValue::new(None);
    let loaded = task::load(move || {
        session.definitions.track();
        definitions(session, table.clone())
    });
    // Definitions that arrive again unchanged must not draw everything anew.
    let loaded = Memo::new(move |_| loaded.get());
    move || {
        match loaded.get() {
        None => view! { <div class="screen" data-screen="view"><Skeleton lines=10/></div> }.into_any(),
        Some(Err(failure)) if failure.kind == FailureKind::NotFound => view! { <NotFound/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }.into_any(),
        Some(Ok((table, views))) => view! { <Loaded app=app.clone() table views shown/> }.into_any(),
    }
    }
}

type Definitions = (Arc<Table>, Arc<Vec<View>>);

async fn definitions(session: Session, table: TableName) -> Result<Definitions, Failure> {
    let definition = session.table(table.clone()).await?;
    let views = session.views(table, ViewKind::Public).await?;
    Ok((definition, views))
}

/// The view an address asks for, by id or name; else the first, which is the default.
fn wanted(views: &[View], address: &str) -> Option<View> {
    let by_address = route::parameter(address, "view").and_then(|wanted| {
        views.iter().find(|view| {
            view.id.to_string() == wanted
                || view.name.iter().any(|(_, name)| name.eq_ignore_ascii_case(&wanted))
        })
    });
    by_address.or_else(|| views.first()).cloned()
}

/// True when the view that was on screen, or that the address asks for by its id, is not there any more.
fn is_gone(views: &[View], shown: Option<ViewId>, address: &str) -> bool {
    let by_address = route::parameter(address, "view").and_then(|wanted| wanted.parse::<ViewId>().ok());
    by_address.or(shown).is_some_and(|wanted| views.iter().all(|view| view.id != wanted))
}

#[component]
fn Loaded(
    app: AppName,
    table: Arc<Table>,
    views: Arc<Vec<View>>,
    /// The view on screen, while definitions come and go.
    shown: StoredValue<Option<ViewId>>,
) -> impl IntoView {
    let session = use_session();
    let address = session.address.get_untracked();
    if is_gone(&views, shown.get_value(), &address) {
        session.toast(ToastKind::Info, text("view.removed"));
        session.address.replace(&route::with_parameter(&address, "view", ""));
    }
    let for_view = Arc::clone(&views);
    let view = Memo::new(move |_| wanted(&for_view, &session.address.get()));
    let search = RwSignal::new(route::parameter(&session.address.get_untracked(), "q").unwrap_or_default());
    let adjust = Adjust::new(Adjustments::read(&address));
    follow(session, adjust, &app, &table.name);
    let selection: Selection = RwSignal::new(BTreeSet::new());
    Effect::new(move |_| {
        shown.set_value(view.get().map(|view| view.id));
        selection.set(BTreeSet::new());
    });
    let card = cards_on_phone(session, &table);
    let for_request = Arc::clone(&table);
    let request = Memo::new(move |_| RowsRequest {
        table: for_request.name.clone(),
        view: view.with(|view| view.as_ref().map_or(model::ViewId::from_u128(0), |view| view.id)),
        search: search.get(),
        filters: adjust.filters.with(|filters| filters.iter().map(|filter| filter.filter.clone()).collect()),
        orders: adjust.orders.get(),
        related_to: None,
        columns: wanted_columns(&for_request, card, adjust),
        offset: 0,
        limit: 0,
    });
    let source = RowsSource::new(session, request.into());
    let for_columns = Arc::clone(&table);
    let columns = task::load(move || {
        let table = Arc::clone(&for_columns);
        let view = view.get().map(|view| adjust.columns.with(|columns| with_columns(&view, columns)));
        async move { Arc::new(columns_of(session, &table, &view?).await).into() }
    });
    let columns = Signal::derive(move || columns.get().flatten().unwrap_or_default());
    Effect::new(move |_| {
        if source.total.get().is_some() && !columns.with(|columns| columns.is_empty()) {
            browser::mark_ready();
        }
    });
    let title = Signal::derive(move || {
        view.with(|view| {
            view.as_ref().map(|view| view.name.text(locale::language()).to_owned()).unwrap_or_default()
        })
    });
    Effect::new(move |_| title.with(|title| browser::set_title(title)));
    remember(session, Place::View(app.clone(), table.name.clone()).address(), view, title, &table);
    let for_note = app.clone();
    let items =
        commands(session, app, Arc::clone(&table), Parts { selection, source, adjust, columns, title });
    let plural = table.plural_label.text(locale::language()).to_owned();
    let is_empty = move || source.total.get() == Some(0);
    let (name, for_empty) = (table.name.to_string(), Arc::clone(&table));
    view! {
        <div class="screen view-screen" data-screen="view" data-table=name>
            <div class="screen-head">
                <div class="screen-title-row">
                    <span class="table-icon"><Icon name=table.icon.clone()/></span>
                    <Switcher session views title/>
                    <Count source selection/>
                </div>
                <QuickFind session search label=fill("view.find", &[("table", &plural)])/>
            </div>
            <CommandBar items label=text("command.bar").to_owned()/>
            <UnreadableFilters session/>
            <FilterChips adjust columns/>
            <NotAll source app=for_note/>
            <div class="view-rows" class:hidden=is_empty>
                <Grid source columns table=Arc::clone(&table) orders=adjust.orders adjust selection label=title card name="grid"/>
            </div>
            {move || is_empty().then(|| view! { <NoRows source table=Arc::clone(&for_empty) search adjust/> })}
            <AskDialog adjust columns table/>
        </div>
    }
}

/// The columns of the table that the rows are asked for beside those of the view.
fn wanted_columns(table: &Table, card: Signal<Option<Arc<CardForm>>>, adjust: Adjust) -> Vec<ColumnName> {
    let mut wanted = card.with(|card| card.as_ref().map(|card| card.wanted()).unwrap_or_default());
    adjust.columns.with(|columns| {
        let own = columns.iter().filter_map(|(name, _)| table.column(name)).map(|column| column.name.clone());
        wanted.extend(own);
    });
    wanted
}

/// The card form where rows are cards.
fn cards_on_phone(session: Session, table: &Table) -> Signal<Option<Arc<CardForm>>> {
    let card = card_of(session, table.name.clone());
    Signal::derive(move || card.get().filter(|_| session.size.get() == browser::Size::Phone))
}

/// Remembers the view under Recent, once for each view.
fn remember(
    session: Session,
    address: String,
    view: Memo<Option<View>>,
    title: Signal<String>,
    table: &Table,
) {
    let name = table.name.clone();
    Effect::new(move |_| {
        if let Some(view) = view.get() {
            let address = route::with_parameter(&address, "view", &view.id.to_string());
            task::spawn(session.visit(address, title.get(), Some(name.clone())));
        }
    });
}

/// The heading, which is also the list of the views.
#[component]
fn Switcher(session: Session, views: Arc<Vec<View>>, title: Signal<String>) -> impl IntoView {
    view! {
        <h1 class="screen-title">
            <Menu label=title shows_label=true icon="chevron_down" class="button subtle switcher">
                {views.iter().map(|view| {
                    let label = view.name.text(locale::language()).to_owned();
                    let id = view.id.to_string();
                    let is_current = title.get_untracked() == label;
                    view! {
                        <MenuItem label checked=Some(is_current) on_choose=move || {
                            let address = session.address.get_untracked();
                            // Another view has columns of its own to sort, filter and show.
                            let address = Adjustments::clear(&address);
                            session.address.go(&route::with_parameter(&address, "view", &id));
                        }/>
                    }
                }).collect_view()}
            </Menu>
        </h1>
    }
}

/// How many rows there are, and how many are selected.
#[component]
fn Count(source: RowsSource, selection: Selection) -> impl IntoView {
    let number = |count: u64| crate::format::formats().integer(i64::try_from(count).unwrap_or(i64::MAX));
    let line = move || {
        let total = source.total.get()?;
        if total == 0 && source.coverage.get() != Coverage::Whole {
            // None here is not none.
            return None;
        }
        let chosen = selection.with(BTreeSet::len);
        Some(if chosen > 0 {
            fill("view.selected", &[("count", &number(chosen as u64)), ("total", &number(total))])
        } else if total == 1 {
            text("view.row").to_owned()
        } else {
            fill("view.rows", &[("count", &number(total))])
        })
    };
    view! { <span class="count" role="status">{line}</span> }
}

/// Finds in the view by the first letters.
#[component]
fn QuickFind(session: Session, search: RwSignal<String>, label: String) -> impl IntoView {
    let settle = task::debounced(TYPING_MILLISECONDS, move |typed: String| {
        session.address.replace(&route::with_parameter(&session.address.get_untracked(), "q", &typed));
        search.set(typed);
    });
    let first = search.get_untracked();
    view! {
        <div class="input-group quick-find" role="search">
            <span class="input-affix"><Icon name="search"/></span>
            <input
                class="input"
                type="search"
                id="quick-find"
                autocomplete="off"
                aria-label=label.clone()
                placeholder=label
                value=first
                on:input=move |event| settle(event_target_value(&event).trim().to_owned())
            />
        </div>
    }
}

/// Says when what is shown is not all there is.
#[component]
fn NotAll(source: RowsSource, app: AppName) -> impl IntoView {
    let offline = Place::Offline(app).address();
    move || {
        match source.coverage.get() {
        Coverage::Whole => None,
        Coverage::Arriving => Some(view! {
            <p class="view-note" role="status" data-coverage="arriving">
                <Icon name="arrow_sync"/> <span>{text("view.arriving")}</span>
            </p>
        }.into_any()),
        Coverage::LeftOut => Some(view! {
            <p class="view-note" role="status" data-coverage="left-out">
                <Icon name="info"/> <span>{text("view.left-out")} " " <a class="link" href=offline.clone()>{text("view.choose")}</a></span>
            </p>
        }.into_any()),
        Coverage::NotCarried => Some(view! {
            <p class="view-note" role="status" data-coverage="not-carried">
                <Icon name="info"/> <span>{text("view.not-carried")}</span>
            </p>
        }.into_any()),
    }
    }
}

/// There are no rows, or not yet.
#[component]
fn NoRows(source: RowsSource, table: Arc<Table>, search: RwSignal<String>, adjust: Adjust) -> impl IntoView {
    let plural = table.plural_label.text(locale::language()).to_owned();
    let title = Signal::derive(move || match source.coverage.get() {
        Coverage::Whole => fill("view.empty", &[("table", &plural)]),
        coverage => elsewhere_line(coverage, &plural),
    });
    let body = Signal::derive(move || {
        let coverage = source.coverage.get();
        let key = if coverage == Coverage::Arriving {
            text("view.loading-body")
        } else if coverage != Coverage::Whole {
            text("view.elsewhere-body")
        } else if !adjust.filters.with(Vec::is_empty) {
            text("view.empty-filters")
        } else if search.with(String::is_empty) {
            text("view.empty-body")
        } else {
            text("view.empty-search")
        };
        key.to_owned()
    });
    view! { <Empty icon=table.icon.clone() title body/> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Label, Language};

    #[test]
    fn a_view_is_found_by_id_and_by_name_and_the_default_stands_in() {
        let view = |id: u128, name: &str| View {
            id: ViewId::from_u128(id),
            table: "account".into(),
            name: Label::one(Language::English, name),
            kind: ViewKind::Public,
            is_default: id == 1,
            fetch_xml: String::new(),
            jump: None,
            cells: Vec::new(),
        };
        let views = [view(1, "My Active Accounts"), view(2, "All Accounts")];
        let id = views[1].id;
        for (address, expected) in [
            ("/saleshub/account".to_owned(), 0),
            (format!("/saleshub/account?view={id}"), 1),
            ("/saleshub/account?view=all%20accounts".to_owned(), 1),
            ("/saleshub/account?view=gone".to_owned(), 0),
        ] {
            assert_eq!(wanted(&views, &address).unwrap().id, views[expected].id, "{address}");
        }
        assert!(wanted(&[], "/").is_none());
        let (first, other) = (views[0].id, ViewId::from_u128(9));
        for (shown, address, gone) in [
            (None, "/saleshub/account".to_owned(), false),
            (Some(first), "/saleshub/account".to_owned(), false),
            (Some(other), "/saleshub/account".to_owned(), true),
            (None, format!("/saleshub/account?view={other}"), true),
            (Some(other), format!("/saleshub/account?view={first}"), false),
            (None, "/saleshub/account?view=all%20accounts".to_owned(), false),
        ] {
            assert_eq!(is_gone(&views, shown, &address), gone, "{shown:?} {address}");
        }
    }
}
