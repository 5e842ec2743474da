//! A device with two tabs: one has the database, the other one asks it, takes over when it goes, and asks again.

use super::network::{Clocked, Network};
use crate::testing::stock::{definitions, tables};
use crate::{Connection, Engine, Observer, Seen, SignInCode, SyncError, SyncTables};
use futures::executor::block_on;
use model::{EntryState, JournalEntry, ParkReason, Row, RowId, TableName};
use std::rc::Rc;
use store::{MemoryBlocks, Store, Touched};

struct Silent;

impl Observer for Silent {
    fn pushing(&self) {}
    fn pulling(&self) {}
    fn fetched(&self, _table: &TableName, _rows: u64) {}
    fn touched(&self, _touched: Touched) {}
    fn gone(&self, _table: &TableName, _rows: &[RowId]) {}
    fn journal_changed(&self) {}
}

/// What a tab has in its hands while it leads.
pub struct Lead {
    pub store: Rc<Store>,
    pub connection: Rc<Connection>,
    pub engine: Engine,
}

/// An entry as it was on a screen.
pub struct Looked {
    pub entry: JournalEntry,
    pub seen: Seen,
    /// The server's row of a conflict, as far as the device knew it.
    pub row: Option<Row>,
}

pub struct Device {
    blocks: MemoryBlocks,
    pub network: Rc<Network>,
    pub clock: Rc<Clocked>,
    pub lead: Lead,
    /// A tab that slept while the other one took over, and does not know it yet.
    pub overtaken: Option<Lead>,
    /// The offline page, perhaps of a while ago.
    pub looked: Vec<Looked>,
    pub definitions: SyncTables,
}

impl Lead {
    fn open(blocks: &MemoryBlocks, network: &Rc<Network>, clock: &Rc<Clocked>) -> Self {
        block_on(async {
            let store = Rc::new(Store::open(Rc::new(blocks.handle())).await.unwrap());
            store.set_tables(tables());
            let connection =
                Connection::open(Rc::clone(&store), Rc::clone(network) as _, Rc::clone(clock) as _);
            let connection = Rc::new(connection.await.unwrap());
            let engine =
                Engine::open(Rc::clone(&store), Rc::clone(&connection), Rc::new(Silent)).await.unwrap();
            Self { store, connection, engine }
        })
    }
}

impl Device {
    pub fn new(network: Rc<Network>, clock: Rc<Clocked>) -> Self {
        let blocks = MemoryBlocks::default();
        let lead = Lead::open(&blocks, &network, &clock);
        let definitions = definitions(true);
        Self { blocks, network, clock, lead, overtaken: None, looked: Vec::new(), definitions }
    }

    /// The other tab takes over: from one that died, or from one that only sleeps.
    pub fn take_over(&mut self, sleeps: bool) {
        let lead = Lead::open(&self.blocks, &self.network, &self.clock);
        let old = std::mem::replace(&mut self.lead, lead);
        self.overtaken = sleeps.then_some(old);
    }

    /// The user signs in, if that is needed.
    pub fn sign_in(&self) -> Result<(), SyncError> {
        if self.lead.connection.is_signed_in() {
            return Ok(());
        }
        let code = SignInCode { code: String::new(), verifier: String::new(), redirect_uri: String::new() };
        block_on(self.lead.connection.sign_in(&code))
    }

    /// Syncs on a good network.
    pub fn sync(&self) -> Result<(), SyncError> {
        let sync = || block_on(self.lead.engine.sync(&self.definitions, crate::Clock::now(&*self.clock)));
        match sync() {
            Err(SyncError::SignInNeeded) => {
                self.sign_in()?;
                sync().map(drop)
            }
            other => other.map(drop),
        }
    }

    pub fn row(&self, key: &(TableName, RowId)) -> Option<Row> {
        block_on(self.lead.store.row(&key.0, key.1)).unwrap().map(|row| row.current)
    }

    pub fn base(&self, key: &(TableName, RowId)) -> Option<Row> {
        block_on(self.lead.store.base_row(&key.0, key.1)).unwrap()
    }

    pub fn fetches(&self, table: &str) -> bool {
        self.definitions.tables.iter().any(|it| it.name.as_str() == table)
    }

    /// The user looks at the outbox.
    pub fn look(&mut self) {
        let looked = |entry: JournalEntry| {
            let row = match &entry.state {
                EntryState::Parked(ParkReason::Conflict { table, id, .. }) => {
                    self.base(&(table.clone(), *id))
                }
                _ => None,
            };
            let version = row.as_ref().and_then(|row| row.version);
            Looked { seen: Seen { state: entry.state.clone(), version }, entry, row }
        };
        self.looked = self.lead.store.journal().into_iter().map(looked).collect();
    }
}
