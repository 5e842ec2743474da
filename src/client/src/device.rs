//! An open local database with everything that works on it.

use crate::definitions::{Definitions, records};
use crate::message::{Failure, SyncPhase};
use crate::ports::{Addressed, SessionParts};
use crate::status::Reporter;
use model::Timestamp;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use store::Store;
use sync::{Connection, Engine};

/// So long, in milliseconds, a request may be asked again and is known: a tab may sleep for days with one in hand.
const REPEAT_MILLISECONDS: i64 = 14 * 24 * 60 * 60_000;

/// An open local database with everything that works on it.
pub(crate) struct Device {
    pub server: String,
    pub store: Rc<Store>,
    pub connection: Rc<Connection>,
    pub engine: Engine,
    pub reporter: Rc<Reporter>,
    definitions: RefCell<Option<Rc<Definitions>>>,
    pub schedule: Schedule,
}

/// What the driver remembers between two syncs.
pub(crate) struct Schedule {
    /// What the browser last said.
    pub is_online: Cell<bool>,
    /// Somebody wants a sync before the interval is over.
    pub is_wanted: Cell<bool>,
    /// The server has answered since this session began and since the network failed last.
    pub has_reached: Cell<bool>,
    /// The definitions are fetched with the next sync.
    pub wants_definitions: Cell<bool>,
    /// When they were fetched last.
    pub definitions_at: Cell<Option<Timestamp>>,
    pub tried_at: Cell<Option<Timestamp>>,
    pub not_before: Cell<Option<Timestamp>>,
    /// Failures in a row.
    pub failures: Cell<u32>,
    /// What an earlier session left half done is completed.
    pub has_caught_up: Cell<bool>,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            is_online: Cell::new(true),
            is_wanted: Cell::new(true),
            has_reached: Cell::new(false),
            wants_definitions: Cell::new(false),
            definitions_at: Cell::default(),
            tried_at: Cell::default(),
            not_before: Cell::default(),
            failures: Cell::default(),
            has_caught_up: Cell::default(),
        }
    }
}

impl Device {
    pub async fn open(server: &str, parts: &SessionParts) -> Result<Self, Failure> {
        let store = Rc::new(Store::open(Rc::clone(&parts.blocks)).await?);
        store.forget_appended(parts.clock.now().plus_milliseconds(-REPEAT_MILLISECONDS)).await?;
        let definitions = Definitions::load(&store).await?;
        if let Some(definitions) = &definitions {
            store.set_tables(definitions.all_tables());
        }
        let synced_at = crate::definitions::read(&store, records::SYNCED_AT).await?;
        let reporter = Rc::new(Reporter::new(Rc::clone(&store), parts, synced_at));
        let transport =
            Rc::new(Addressed { server: server.to_owned(), transport: Rc::clone(&parts.transport) });
        let connection = Connection::open(Rc::clone(&store), transport, Rc::clone(&parts.clock)).await?;
        let connection = Rc::new(connection);
        if definitions.is_some() && !connection.is_signed_in() {
            reporter.set_phase(SyncPhase::SignInNeeded);
        }
        let observer = Rc::clone(&reporter);
        let engine = Engine::open(Rc::clone(&store), Rc::clone(&connection), observer).await?;
        let schedule = Schedule::default();
        schedule.definitions_at.set(crate::definitions::read(&store, records::DEFINITIONS_AT).await?);
        Ok(Self {
            server: server.to_owned(),
            store,
            connection,
            engine,
            reporter,
            definitions: RefCell::new(definitions.map(Rc::new)),
            schedule,
        })
    }

    /// The definitions, when somebody is signed in on this device.
    pub fn definitions(&self) -> Result<Rc<Definitions>, Failure> {
        self.definitions.borrow().clone().ok_or_else(Failure::signed_out)
    }

    /// Takes other definitions into use; the store has them already.
    pub fn set_definitions(&self, definitions: Definitions) {
        self.definitions.replace(Some(Rc::new(definitions)));
    }

    /// Between two syncs, when the last one has not come to an end: nothing is claimed of the server.
    pub fn rest(&self) {
        self.reporter.set_phase(if !self.connection.is_signed_in() {
            SyncPhase::SignInNeeded
        } else if !self.schedule.is_online.get() {
            SyncPhase::Offline
        } else {
            SyncPhase::Starting
        });
    }

    /// True once every row of every table has come at least once.
    pub fn is_synced(&self) -> bool {
        self.definitions.borrow().as_ref().is_some_and(|definitions| {
            definitions.sync.tables.iter().all(|table| {
                self.store
                    .cursor(&table.name)
                    .is_some_and(|cursor| cursor.complete || cursor.synced_at.is_some())
            })
        })
    }
}
