//! The store's blocks on IndexedDB.

use crate::connection::{Access, Connection, End, Opening};
use crate::failure;
use async_trait::async_trait;
use futures::lock::Mutex;
use gloo::timers::future::TimeoutFuture;
use idb::{Factory, Query, Transaction};
use js_sys::Uint8Array;
use std::cell::{Cell, RefCell};
use std::future::IntoFuture;
use std::rc::Rc;
use store::{Batch, BlockPage, Blocks, BlocksError, Expectation, KeyRange, ObjectStore};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbTransaction;

/// Before a lost connection is opened again, it is waited so long, in milliseconds; so often is it tried in a row.
const PAUSES_MILLISECONDS: [u32; 3] = [0, 100, 500];

type Listener = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

/// A database of the browser.
pub struct WebBlocks {
    name: String,
    opening: Opening,
    connection: RefCell<Option<Rc<Connection>>>,
    is_closed: Rc<Cell<bool>>,
    /// How often it was opened again since something last worked.
    reopenings: Cell<usize>,
    /// Held by whoever opens it again.
    reopening: Mutex<()>,
    superseded: Listener,
}

impl WebBlocks {
    /// Opens the database of this name, making it if need be.
    pub async fn open(name: &str) -> Result<Self, BlocksError> {
        Self::open_as(name, Opening::default()).await
    }

    pub(crate) async fn open_as(name: &str, opening: Opening) -> Result<Self, BlocksError> {
        let blocks = Self {
            name: name.to_owned(),
            opening,
            connection: RefCell::new(None),
            is_closed: Rc::new(Cell::new(false)),
            reopenings: Cell::new(0),
            reopening: Mutex::new(()),
            superseded: Listener::default(),
        };
        match blocks.connect().await {
            Err(BlocksError::Lost(_)) => blocks.reopen().await?,
            connection => connection?,
        };
        Ok(blocks)
    }

    /// Deletes the database of this name, for good. Fails while another tab has it open and does not close it.
    pub async fn delete(name: &str) -> Result<(), BlocksError> {
        let request = Factory::new().and_then(|factory| factory.delete(name)).map_err(failure::of)?;
        request.await.map_err(failure::of)
    }

    /// Calls once when another tab brings a newer build: this handle is closed then and the page must be loaded anew.
    pub fn on_superseded(&self, listener: impl FnOnce() + 'static) {
        *self.superseded.borrow_mut() = Some(Box::new(listener));
    }

    /// Closes the connection behind the handle's back, as browsers do.
    #[cfg(all(test, target_family = "wasm"))]
    pub(crate) fn lose_connection(&self) {
        if let Some(connection) = &*self.connection.borrow() {
            connection.close();
        }
    }

    async fn connect(&self) -> Result<Rc<Connection>, BlocksError> {
        let (listener, is_closed) = (Rc::clone(&self.superseded), Rc::clone(&self.is_closed));
        let superseded = move || {
            is_closed.set(true);
            let listener = listener.borrow_mut().take();
            if let Some(listener) = listener {
                listener();
            }
        };
        let connection = Rc::new(Connection::open(&self.name, self.opening, superseded).await?);
        *self.connection.borrow_mut() = Some(Rc::clone(&connection));
        Ok(connection)
    }

    /// The connection, opened again if it was lost.
    async fn connection(&self) -> Result<Rc<Connection>, BlocksError> {
        match self.present()? {
            Some(connection) => Ok(connection),
            None => self.reopen().await,
        }
    }

    /// The connection while it is good; nothing when it has to be opened again.
    fn present(&self) -> Result<Option<Rc<Connection>>, BlocksError> {
        if self.is_closed.get() {
            return Err(BlocksError::Closed);
        }
        let present = self.connection.borrow().clone();
        match present.as_ref().and_then(|connection| connection.end()) {
            None => Ok(present),
            Some(End::Superseded) => Err(BlocksError::Closed),
            Some(End::Lost) => Ok(None),
        }
    }

    /// Opens it again, for all who wait for it at once.
    async fn reopen(&self) -> Result<Rc<Connection>, BlocksError> {
        let _one_at_a_time = self.reopening.lock().await;
        let mut reason = String::new();
        loop {
            if let Some(connection) = self.present()? {
                return Ok(connection);
            }
            let Some(pause) = PAUSES_MILLISECONDS.get(self.reopenings.get()) else {
                let often = PAUSES_MILLISECONDS.len();
                return Err(BlocksError::Lost(format!("opened again {often} times in a row; {reason}")));
            };
            self.reopenings.set(self.reopenings.get() + 1);
            TimeoutFuture::new(*pause).await;
            match self.connect().await {
                Err(BlocksError::Lost(again)) => reason = again,
                connection => return connection,
            }
        }
    }

    /// Opens the only transactions there are. Whatever `work` answers but success aborts; success is success only once
    /// the database says it has committed. What only reads is read again when the connection was lost.
    async fn transact<T>(
        &self,
        stores: &[ObjectStore],
        access: Access,
        work: impl AsyncFn(&Transaction) -> Result<T, BlocksError>,
    ) -> Result<T, BlocksError> {
        loop {
            let (connection, raw) = self.begin(stores, access).await?;
            let transaction = Transaction::try_from(raw.clone()).map_err(failure::of)?;
            let answer = match work(&transaction).await {
                Ok(answer) => finish(transaction, &raw).await.map(|()| answer),
                Err(error) => {
                    // One that has already been aborted by the failure cannot be aborted again.
                    drop(transaction.abort());
                    Err(error)
                }
            };
            match &answer {
                Ok(_) => self.reopenings.set(0),
                Err(BlocksError::Lost(_)) => {
                    connection.lose();
                    if access == Access::Read {
                        continue;
                    }
                }
                Err(_) => {}
            }
            return answer;
        }
    }

    /// A transaction on a good connection. Nothing has happened yet, so a lost connection is opened again here.
    async fn begin(
        &self,
        stores: &[ObjectStore],
        access: Access,
    ) -> Result<(Rc<Connection>, JsValue), BlocksError> {
        loop {
            let connection = self.connection().await?;
            match connection.transaction(stores, access) {
                Err(BlocksError::Lost(_)) => connection.lose(),
                transaction => return Ok((connection, transaction?)),
            }
        }
    }
}

/// Commits and waits until it is true.
async fn finish(transaction: Transaction, raw: &JsValue) -> Result<(), BlocksError> {
    let ended = match transaction.commit() {
        Ok(committing) => committing.await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(result) if result.is_committed() => Ok(()),
        Ok(_) => Err(reason(raw).unwrap_or_else(|| {
            // A request of it failed in the browser, or the browser shut the database.
            BlocksError::Lost("a transaction was aborted without a reason".to_owned())
        })),
        Err(error) => Err(reason(raw).unwrap_or_else(|| failure::of(error))),
    }
}

/// Why a transaction was aborted, if it was.
fn reason(raw: &JsValue) -> Option<BlocksError> {
    let exception = raw.dyn_ref::<IdbTransaction>().and_then(IdbTransaction::error)?;
    Some(failure::of_exception(&exception))
}

#[async_trait(?Send)]
impl Blocks for WebBlocks {
    async fn get(&self, store: ObjectStore, key: &[u8]) -> Result<Option<Vec<u8>>, BlocksError> {
        let found = self.get_many(store, &[key.to_vec()]).await?;
        Ok(found.into_iter().next().flatten())
    }

    async fn get_many(
        &self,
        store: ObjectStore,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, BlocksError> {
        self.transact(&[store], Access::Read, async |transaction| {
            let object_store = transaction.object_store(store.name()).map_err(failure::of)?;
            let mut requests = Vec::with_capacity(keys.len());
            for key in keys {
                requests.push(object_store.get(to_js(key)).map_err(failure::of)?.into_future());
            }
            let mut values = Vec::with_capacity(keys.len());
            for request in requests {
                let value = request.await.map_err(failure::of)?;
                values.push(value.as_ref().map(from_js).transpose()?);
            }
            Ok(values)
        })
        .await
    }

    async fn scan(
        &self,
        store: ObjectStore,
        range: &KeyRange,
        limit: usize,
    ) -> Result<BlockPage, BlocksError> {
        if range.until.as_ref().is_some_and(|until| *until <= range.from) {
            return Ok(BlockPage::default());
        }
        let limit = limit.clamp(1, 1 << 30);
        self.transact(&[store], Access::Read, async |transaction| {
            let object_store = transaction.object_store(store.name()).map_err(failure::of)?;
            let query = query(range)?;
            let (values, keys) = (limit as u32, limit as u32 + 1);
            let keys = object_store.get_all_keys(Some(query.clone()), Some(keys)).map_err(failure::of)?;
            let keys = keys.into_future();
            let values = object_store.get_all(Some(query), Some(values)).map_err(failure::of)?.into_future();
            let (keys, values) = (keys.await.map_err(failure::of)?, values.await.map_err(failure::of)?);
            let next = keys.get(limit).map(from_js).transpose()?;
            let entries = keys.iter().zip(&values).map(|(key, value)| Ok((from_js(key)?, from_js(value)?)));
            Ok(BlockPage { entries: entries.collect::<Result<_, BlocksError>>()?, next })
        })
        .await
    }

    async fn apply(&self, batch: Batch) -> Result<(), BlocksError> {
        let stores = batch.stores();
        if stores.is_empty() {
            return self.connection().await.map(drop);
        }
        let access = Access::Write(batch.durability);
        self.transact(&stores, access, async |transaction| {
            check(transaction, &batch.expectations).await?;
            for store in ObjectStore::ALL.iter().filter(|_| batch.clears) {
                let object_store = transaction.object_store(store.name()).map_err(failure::of)?;
                object_store.clear().map_err(failure::of)?;
            }
            for (store, key) in &batch.deletes {
                let object_store = transaction.object_store(store.name()).map_err(failure::of)?;
                object_store.delete(to_js(key)).map_err(failure::of)?;
            }
            for (store, key, value) in &batch.puts {
                let object_store = transaction.object_store(store.name()).map_err(failure::of)?;
                object_store.put(&to_js(value), Some(&to_js(key))).map_err(failure::of)?;
            }
            Ok(())
        })
        .await
    }

    async fn close(&self) {
        self.is_closed.set(true);
        let connection = self.connection.borrow_mut().take();
        if let Some(connection) = connection {
            connection.close();
        }
    }
}

/// Whether everything stands as expected.
async fn check(transaction: &Transaction, expectations: &[Expectation]) -> Result<(), BlocksError> {
    let mut requests = Vec::with_capacity(expectations.len());
    for expectation in expectations {
        let object_store = transaction.object_store(expectation.store.name()).map_err(failure::of)?;
        requests.push(object_store.get(to_js(&expectation.key)).map_err(failure::of)?.into_future());
    }
    for (request, expectation) in requests.into_iter().zip(expectations) {
        let found = request.await.map_err(failure::of)?;
        if found.as_ref().map(from_js).transpose()? != expectation.value {
            return Err(BlocksError::ExpectationFailed);
        }
    }
    Ok(())
}

fn query(range: &KeyRange) -> Result<Query, BlocksError> {
    let from = to_js(&range.from);
    let range = match &range.until {
        Some(until) => idb::KeyRange::bound(&from, &to_js(until), Some(false), Some(true)),
        None => idb::KeyRange::lower_bound(&from, Some(false)),
    };
    range.map(Query::KeyRange).map_err(failure::of)
}

fn to_js(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Values come back as they were put, keys as plain buffers.
fn from_js(value: &JsValue) -> Result<Vec<u8>, BlocksError> {
    if let Some(array) = value.dyn_ref::<Uint8Array>() {
        return Ok(array.to_vec());
    }
    if value.is_instance_of::<js_sys::ArrayBuffer>() {
        return Ok(Uint8Array::new(value).to_vec());
    }
    Err(BlocksError::Backend("the database holds something that is not bytes".to_owned()))
}
