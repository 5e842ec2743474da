//! What every screen shares: the line to the worker, who is signed in, the state of the sync, notices and questions.

mod ask;
mod definitions;
mod notice;
mod snapshot;
mod watch;

pub use ask::failure_text;
pub use notice::{Answer, Asked, Confirmation, Question, Toast, ToastKind};

use crate::address::Address;
use crate::format::{Currency, set_formats};
use crate::port::{Port, page_name};
use crate::{browser, locale, sign_in, task};
use client::message::{Event, Failure, FailureKind, Opened, PROTOCOL, Reply, Request, SyncPhase, SyncStatus};
use leptos::prelude::*;
use model::{Language, RowId, SiteMap, Table, TableName, TimeZone, UserProfile, View};
use std::collections::HashMap;
use std::sync::Arc;

/// How far the app has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The local database is being opened.
    Opening,
    /// It could not be opened, or a sign-in failed before anything else could be shown.
    Broken(Failure),
    /// Nobody is signed in on this device; with what went wrong at the last attempt.
    SignedOut(Option<String>),
    /// Work can be done.
    Ready,
    /// A tab of another build works with the local data.
    Superseded,
}

/// Definitions that were asked for once.
#[derive(Default)]
struct Known {
    tables: HashMap<TableName, Arc<Table>>,
    views: HashMap<(TableName, model::ViewKind), Arc<Vec<View>>>,
    site_maps: HashMap<model::AppName, Arc<SiteMap>>,
    currencies: HashMap<RowId, Option<Currency>>,
}

/// The shared state. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    port: StoredValue<Option<Port>, LocalStorage>,
    page: StoredValue<String>,
    known: StoredValue<Known, LocalStorage>,
    snapshots: StoredValue<snapshot::Snapshots, LocalStorage>,
    keep_later: StoredValue<Option<Box<dyn Fn()>>, LocalStorage>,
    watched: StoredValue<Vec<TableName>>,
    revisions: RwSignal<HashMap<TableName, u64>>,
    asked: RwSignal<Vec<Asked>>,
    last_number: StoredValue<u64>,
    /// The address bar.
    pub address: Address,
    /// How far the app has come.
    pub stage: RwSignal<Stage>,
    /// Who is signed in.
    pub user: RwSignal<Option<Arc<UserProfile>>>,
    /// The screen is that of the last visit: the local database is not open yet.
    pub is_drawn: RwSignal<bool>,
    /// The language of the screens.
    pub language: RwSignal<Language>,
    /// The first sync is complete: lists are whole.
    pub is_synced: RwSignal<bool>,
    /// The state of the sync.
    pub sync: RwSignal<SyncStatus>,
    /// Grows when the metadata changes.
    pub definitions: RwSignal<u64>,
    /// Notices on screen.
    pub toasts: RwSignal<Vec<Toast>>,
    /// The app to be in where an address names none.
    pub home_app: RwSignal<Option<model::AppName>>,
    /// Grows when a place is visited.
    pub visits: RwSignal<u64>,
    /// How much room there is.
    pub size: Signal<browser::Size>,
}

/// The session of the caller's component tree.
///
/// The root provides it before anything is drawn, so it is always there.
#[track_caller]
pub fn use_session() -> Session {
    expect_context::<Session>()
}

impl Session {
    /// Starts the worker and opens the local database.
    pub fn start(worker: &str) -> Self {
        let session = Self {
            port: StoredValue::new_local(None),
            page: StoredValue::new(page_name()),
            known: StoredValue::new_local(Known::default()),
            snapshots: StoredValue::new_local(snapshot::Snapshots::default()),
            keep_later: StoredValue::new_local(None),
            watched: StoredValue::new(Vec::new()),
            revisions: RwSignal::new(HashMap::new()),
            asked: RwSignal::new(Vec::new()),
            last_number: StoredValue::new(0),
            address: Address::new(),
            stage: RwSignal::new(Stage::Opening),
            user: RwSignal::new(None),
            is_drawn: RwSignal::new(false),
            language: RwSignal::new(locale::choose(&browser::languages())),
            is_synced: RwSignal::new(false),
            sync: RwSignal::new(SyncStatus::default()),
            definitions: RwSignal::new(0),
            toasts: RwSignal::new(Vec::new()),
            home_app: RwSignal::new(None),
            visits: RwSignal::new(0),
            size: browser::size(),
        };
        session.apply_language();
        match Port::start(worker, session.page.get_value(), move |event| session.hear(event)) {
            Ok(port) => {
                session.port.set_value(Some(port));
                session.draw_snapshot();
                task::spawn(async move {
                    session.open().await;
                    session.tell_network().await;
                });
                session.watch_network();
            }
            Err(problem) => session.stage.set(Stage::Broken(crate::port::internal(problem.to_string()))),
        }
        session
    }

    async fn open(self) {
        let returned = sign_in::returned();
        let request =
            Request::Open { protocol: PROTOCOL, server: browser::origin(), languages: browser::languages() };
        let opened = match self.ask(request).await {
            Reply::Opened(opened) => opened,
            Reply::Failed(failure) if failure.kind == FailureKind::Protocol => {
                return self.stage.set(Stage::Superseded);
            }
            other => return self.stage.set(Stage::Broken(ask::unexpected(other))),
        };
        match returned {
            None => self.enter_drawn(opened, None),
            Some(Err(problem)) => self.enter_drawn(opened, Some(problem.to_string())),
            Some(Ok((request, return_to))) => match self.ask(request).await {
                Reply::Opened(opened) => {
                    self.address.replace(&return_to);
                    self.enter_drawn(opened, None);
                }
                other => self.enter_drawn(opened, Some(failure_text(&ask::unexpected(other)))),
            },
        }
    }

    fn enter(self, opened: Opened, problem: Option<String>) {
        let stage = if opened.user.is_some() { Stage::Ready } else { Stage::SignedOut(problem.clone()) };
        self.is_synced.set(opened.is_synced);
        self.sync.set(opened.sync);
        self.language.set(opened.language);
        self.apply_language();
        if let Some(user) = &opened.user {
            set_formats(&user.locale, user.time_zone.clone());
            if let Some(problem) = problem {
                self.toast(ToastKind::Error, problem);
            }
        }
        self.user.set(opened.user.map(Arc::new));
        self.stage.set(stage);
    }

    fn apply_language(self) {
        let language = self.language.get_untracked();
        locale::set_language(language);
        browser::mark_root("lang", Some(language.tag()));
        set_formats(language.tag(), TimeZone::utc());
    }

    fn hear(self, event: Event) {
        match event {
            Event::Changed { tables } => self.touch(&tables),
            Event::Gone { table, .. } => self.touch(&[table]),
            Event::Sync(status) => {
                let was_first =
                    matches!(self.sync.with_untracked(|sync| sync.phase.clone()), SyncPhase::First { .. });
                let is_first = matches!(status.phase, SyncPhase::First { .. });
                if status.synced_at.is_some() && !is_first && (was_first || !self.is_synced.get_untracked()) {
                    self.is_synced.set(true);
                }
                self.sync.set(status);
            }
            Event::Metadata => {
                self.known.set_value(Known::default());
                self.definitions.update(|revision| *revision += 1);
            }
            Event::Renewed(opened) => self.renew(*opened),
            // The port's own business.
            Event::Ready => {}
            Event::Reload => self.stage.set(Stage::Superseded),
        }
    }

    /// Leaves for the sign-in page.
    pub fn sign_in(self) {
        task::spawn(async move {
            if let Err(problem) = sign_in::leave(&browser::origin()).await {
                self.stage.set(Stage::SignedOut(Some(problem.to_string())));
            }
        });
    }

    /// Signs out. What the server does not have yet is lost where `discard_unsent`, else it keeps the user here.
    pub async fn sign_out(self, discard_unsent: bool) {
        let reply = self.ask(Request::SignOut { discard_unsent }).await;
        match reply {
            Reply::SignedOut => self.leave(),
            other => self.fail(&ask::unexpected(other)),
        }
    }

    /// Another tab signed in or out, or this page slept: it may be another user's now, and rows may be others.
    fn renew(self, opened: Opened) {
        let stage = self.stage.get_untracked();
        if !matches!(stage, Stage::Ready | Stage::SignedOut(_)) {
            return;
        }
        let before = self.user.with_untracked(|user| user.as_ref().map(|user| user.user));
        let after = opened.user.as_ref().map(|user| user.user);
        match (before, after) {
            (Some(before), Some(after)) if before == after => {
                self.known.set_value(Known::default());
                self.is_synced.set(opened.is_synced);
                self.sync.set(opened.sync);
                self.touch(&self.watched.get_value());
                task::spawn(self.tell_network());
            }
            (Some(_), None) => self.leave(),
            (None, None) => {}
            (before, Some(_)) => {
                self.known.set_value(Known::default());
                self.forget_snapshot();
                if before.is_some() {
                    // What was on screen is the former user's.
                    self.address.replace("/");
                }
                self.enter(opened, None);
            }
        }
    }

    /// Nobody is signed in any more.
    fn leave(self) {
        if self.user.with_untracked(Option::is_none) {
            return;
        }
        self.known.set_value(Known::default());
        self.forget_snapshot();
        self.user.set(None);
        self.is_synced.set(false);
        self.stage.set(Stage::SignedOut(None));
        self.address.replace("/");
    }

    fn number(self) -> u64 {
        let number = self.last_number.get_value() + 1;
        self.last_number.set_value(number);
        number
    }
}
