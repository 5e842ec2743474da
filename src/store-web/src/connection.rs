//! One open connection: how it is opened, and how it ends without our doing.

use crate::failure;
use crate::schema::{self, VERSION};
use futures::channel::oneshot;
use futures::future::{Either, select};
use idb::event::VersionChangeEvent;
use idb::{Database, DatabaseEvent, Factory};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::Cell;
use std::future::IntoFuture;
use std::pin::pin;
use std::rc::Rc;
use store::{BlocksError, Durability, ObjectStore};
use wasm_bindgen::JsValue;

/// Why a connection is no longer good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The browser closed it.
    Lost,
    /// Another tab brings a newer build, or deletes the database.
    Superseded,
}

/// Reading or writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading.
    Read,
    /// Writing, and when it counts as written.
    Write(Durability),
}

/// An open connection.
pub struct Connection {
    /// Keeps the handlers alive as long as the connection is.
    database: Database,
    /// The same database as JavaScript knows it.
    raw: JsValue,
    end: Rc<Cell<Option<End>>>,
}

impl Connection {
    /// Opens the database, bringing it to the newest schema. `superseded` is called when another tab needs it closed.
    pub async fn open(name: &str, superseded: impl FnOnce() + 'static) -> Result<Self, BlocksError> {
        let database = open_database(name).await?;
        let raw = JsValue::from(database);
        let mut database = Database::try_from(raw.clone()).map_err(failure::of)?;
        let end = Rc::new(Cell::new(None));
        let (closing, lost, changed) = (raw.clone(), Rc::clone(&end), Rc::clone(&end));
        database.on_close(move |_| lost.set(Some(End::Lost)));
        database.on_version_change(move |_| {
            changed.set(Some(End::Superseded));
            if let Ok(database) = Database::try_from(closing) {
                database.close();
            }
            superseded();
        });
        Ok(Self { database, raw, end })
    }

    /// Why it has ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.end.get()
    }

    /// Marks it as lost, so that the next call opens another.
    pub fn lose(&self) {
        if self.end.get().is_none() {
            self.end.set(Some(End::Lost));
        }
    }

    /// Closes it after what is under way.
    pub fn close(&self) {
        self.database.close();
    }

    /// A transaction as JavaScript knows it. `idb` cannot ask for durability, so the call is made by hand.
    pub fn transaction(&self, stores: &[ObjectStore], access: Access) -> Result<JsValue, BlocksError> {
        let names: Array = stores.iter().map(|store| JsValue::from_str(store.name())).collect();
        let (mode, durability) = match access {
            Access::Read => ("readonly", "default"),
            Access::Write(Durability::Relaxed) => ("readwrite", "relaxed"),
            Access::Write(Durability::Strict) => ("readwrite", "strict"),
        };
        let open = || {
            let options = Object::new();
            Reflect::set(&options, &"durability".into(), &durability.into())?;
            let function: Function = Reflect::get(&self.raw, &"transaction".into())?.into();
            function.call3(&self.raw, &names, &mode.into(), &options)
        };
        open().map_err(|error| failure::of_value(&error))
    }
}

impl Drop for Connection {
    /// A connection nobody holds must not keep other tabs waiting, nor call handlers that are gone.
    fn drop(&mut self) {
        self.database.close();
    }
}

async fn open_database(name: &str) -> Result<Database, BlocksError> {
    let factory = Factory::new().map_err(failure::of)?;
    let mut request = factory.open(name, Some(VERSION)).map_err(failure::of)?;
    let (blocked, is_blocked) = oneshot::channel();
    request.on_blocked(move |_| {
        // Nobody listens any more once the database has opened.
        let _ = blocked.send(());
    });
    request.on_upgrade_needed(|event| {
        if upgrade(&event).is_err() {
            abort_upgrade(&event);
        }
    });
    let opened = pin!(request.into_future());
    match select(opened, is_blocked).await {
        Either::Left((Ok(database), _)) => Ok(database),
        Either::Left((Err(error), _)) => Err(refusal(&factory, name, error).await),
        Either::Right((Ok(()), _)) => Err(BlocksError::Blocked),
        // The sender is gone: the request has been answered meanwhile.
        Either::Right((Err(_), opened)) => opened.await.map_err(failure::of),
    }
}

fn upgrade(event: &VersionChangeEvent) -> Result<(), idb::Error> {
    schema::upgrade(&event.database()?, event.old_version()?)
}

/// Leaves the database as it was; the request for it fails.
fn abort_upgrade(event: &VersionChangeEvent) {
    use idb::{Event, Request};
    let transaction = event.target().ok().and_then(|request| request.transaction());
    // An upgrade that cannot even be aborted fails the request by itself.
    drop(transaction.map(idb::Transaction::abort));
}

/// Tells a database of a newer build from other reasons not to open.
async fn refusal(factory: &Factory, name: &str, error: idb::Error) -> BlocksError {
    if let idb::Error::DomException(exception) = &error
        && exception.name() == "VersionError"
    {
        return match newer_version(factory, name).await {
            Ok(found) => BlocksError::Newer { found, known: VERSION },
            Err(error) => failure::of(error),
        };
    }
    failure::of(error)
}

async fn newer_version(factory: &Factory, name: &str) -> Result<u32, idb::Error> {
    let database = factory.open(name, None)?.await?;
    let version = database.version()?;
    database.close();
    Ok(version)
}
