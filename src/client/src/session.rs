//! The one door: a request in, a reply out.

use crate::device::Device;
use crate::message::{Failure, FailureKind, Reply, Request};
use crate::ports::SessionParts;
use futures::channel::mpsc;
use futures::lock::Mutex;
use futures::stream::AbortHandle;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

/// One user's work on one device. Requests may overlap, also with a running sync.
pub struct Session {
    pub(crate) parts: SessionParts,
    pub(crate) device: RefCell<Option<Rc<Device>>>,
    /// Held while the database is opened, emptied, or the user changes.
    pub(crate) changing: Mutex<()>,
    /// Held while a sync runs.
    pub(crate) syncing: Mutex<()>,
    /// Held while commands are carried out, drafts and files taken in, and while the device is emptied.
    pub(crate) executing: Mutex<()>,
    /// The tabs that are open, by the names in their drafts.
    pub(crate) tabs: RefCell<BTreeSet<String>>,
    pub(crate) abort: RefCell<Option<AbortHandle>>,
    pub(crate) is_stopped: Cell<bool>,
    pub(crate) waker: RefCell<mpsc::Sender<()>>,
    pub(crate) woken: Mutex<mpsc::Receiver<()>>,
}

impl Session {
    /// A session on these parts; nothing happens before `Request::Open`.
    #[must_use]
    pub fn new(parts: SessionParts) -> Self {
        let (waker, woken) = mpsc::channel(1);
        Self {
            parts,
            device: RefCell::new(None),
            changing: Mutex::new(()),
            syncing: Mutex::new(()),
            executing: Mutex::new(()),
            tabs: RefCell::default(),
            abort: RefCell::default(),
            is_stopped: Cell::new(false),
            waker: RefCell::new(waker),
            woken: Mutex::new(woken),
        }
    }

    /// Answers a request.
    pub async fn handle(&self, request: Request) -> Reply {
        self.answer(request).await.unwrap_or_else(|failure| {
            if failure.kind == FailureKind::StorageDamaged {
                // The rows that were taken out are missed.
                self.wake_driver();
            }
            Reply::Failed(failure)
        })
    }

    /// What could not be used of the org's definitions, for an administrator.
    #[must_use]
    pub fn definition_problems(&self) -> Vec<model::Problem> {
        let definitions = self.device().and_then(|device| device.definitions());
        definitions.map(|definitions| definitions.problems()).unwrap_or_default()
    }

    /// Tells which tabs are open: what others left unsaved may be taken up.
    pub fn set_tabs(&self, tabs: BTreeSet<String>) {
        self.tabs.replace(tabs);
    }

    async fn answer(&self, request: Request) -> Result<Reply, Failure> {
        match request {
            Request::Open { protocol, server, languages } => self.open(protocol, &server, &languages).await,
            Request::SignIn { code, verifier, redirect_uri } => {
                let reply = self.sign_in(sync::SignInCode { code, verifier, redirect_uri }).await;
                self.wake_driver();
                reply
            }
            Request::SignOut { discard_unsent } => {
                let reply = self.sign_out(discard_unsent).await;
                self.wake_driver();
                reply
            }
            Request::Apps => self.apps(),
            Request::SiteMap { app } => self.site_map(&app),
            Request::Table { table } => self.table(&table),
            Request::Views { table, kind } => self.views(&table, kind),
            Request::Form { table, kind, form } => self.form(&table, kind, form),
            Request::Forms { table, kind } => self.forms(&table, kind),
            Request::Related { table } => self.related(&table),
            Request::Process { table, id } => self.process(&table, id).await,
            Request::Rows(request) => self.rows(request).await,
            Request::Row { table, id } => self.row(&table, id).await,
            Request::NewRow { table, preset } => self.new_row(&table, preset).await,
            Request::Find { tables, search, limit } => self.find(&tables, &search, limit).await,
            Request::Coverage { tables } => self.coverage(&tables),
            Request::Execute { id, commands, seen } => self.execute(id, commands, &seen).await,
            Request::Offline => self.offline().await,
            Request::Unsent => self.unsent().await,
            Request::Dependants { entry } => self.dependants(entry),
            Request::DropUnreadable { key } => self.drop_unreadable(&key).await,
            Request::Export => self.export(),
            Request::ReadImport { text } => self.read_import(&text).await,
            Request::Import { text } => self.import(&text).await,
            Request::Decide { entry, decision, seen } => self.decide(entry, decision, seen).await,
            Request::SyncNow => self.sync_now().await,
            Request::FirstSync => self.first_sync(),
            Request::StartFirstSync { leave_out } => self.start_first_sync(leave_out).await,
            Request::Wake { online } => self.wake(online),
            Request::KeepDraft { address, tab, draft } => self.keep_draft(&address, &tab, draft).await,
            Request::Draft { address, tab } => self.draft(&address, &tab).await,
            Request::Visit(bookmark) => self.visit(bookmark).await,
            Request::Bookmarks => self.bookmarks().await,
            Request::Pin { bookmark, pinned } => self.pin(bookmark, pinned).await,
            Request::DefinitionProblems => self.problems(),
            Request::Watch { tables } => self.watch(tables),
        }
    }

    /// The open database.
    pub(crate) fn device(&self) -> Result<Rc<Device>, Failure> {
        self.device.borrow().clone().ok_or_else(|| {
            let message = "the local database is not open yet; reload the app";
            Failure::new(FailureKind::Storage, message)
        })
    }
}
