//! One open connection: how it is opened, and how it ends without our doing.

use crate::failure;
use crate::schema::{self, LADDER, Ladder};
use crate::task;
use futures::channel::oneshot;
use futures::future::{Either, FutureExt, select};
use gloo::timers::future::TimeoutFuture;
use idb::event::VersionChangeEvent;
use idb::{Database, DatabaseEvent, Factory};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::Cell;
use std::future::IntoFuture;
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

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// The schema it shall have.
    pub ladder: Ladder,
    /// How long, in seconds, the browser may take before it begins to answer. Some never do.
    pub patience_seconds: u32,
}

impl Default for Opening {
    fn default() -> Self {
        Self { ladder: LADDER, patience_seconds: 15 }
    }
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
    pub async fn open(
        name: &str,
        opening: Opening,
        superseded: impl FnOnce() + 'static,
    ) -> Result<Self, BlocksError> {
        let database = open_database(name, opening).await?;
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

async fn open_database(name: &str, opening: Opening) -> Result<Database, BlocksError> {
    let factory = Factory::new().map_err(failure::of)?;
    let Opening { ladder, patience_seconds } = opening;
    let mut request = factory.open(name, Some(schema::version(ladder))).map_err(failure::of)?;
    let (blocked, is_blocked) = oneshot::channel();
    request.on_blocked(move |_| {
        // Nobody listens any more once the database has opened.
        let _ = blocked.send(());
    });
    let is_upgrading = Rc::new(Cell::new(false));
    let upgrading = Rc::clone(&is_upgrading);
    request.on_upgrade_needed(move |event| {
        upgrading.set(true);
        if upgrade(ladder, &event).is_err() {
            abort_upgrade(&event);
        }
    });
    let is_late = TimeoutFuture::new(patience_seconds.saturating_mul(1000));
    let mut opened = request.into_future().boxed_local();
    let problem = match select(&mut opened, select(is_blocked, is_late)).await {
        Either::Left((opened, _)) => return answer(&factory, name, ladder, opened).await,
        Either::Right((Either::Left((Ok(()), _)), _)) => BlocksError::Blocked,
        // It has answered: an upgrade takes as long as it takes, and the sender is gone once the request is through.
        Either::Right((Either::Right(_), _)) if is_upgrading.get() => {
            return answer(&factory, name, ladder, opened.await).await;
        }
        Either::Right((Either::Left((Err(_), _)), _)) => {
            return answer(&factory, name, ladder, opened.await).await;
        }
        Either::Right((Either::Right(_), _)) => BlocksError::Unanswered { seconds: patience_seconds },
    };
    // The request goes on, with the schema's steps; nobody needs what comes of it, so it must not stand in others' way.
    task::spawn(async move {
        if let Ok(database) = opened.await {
            database.close();
        }
    });
    Err(problem)
}

async fn answer(
    factory: &Factory,
    name: &str,
    ladder: Ladder,
    opened: Result<Database, idb::Error>,
) -> Result<Database, BlocksError> {
    match opened {
        Ok(database) => Ok(database),
        Err(error) => Err(refusal(factory, name, ladder, error).await),
    }
}

fn upgrade(ladder: Ladder, event: &VersionChangeEvent) -> Result<(), idb::Error> {
    schema::upgrade(ladder, &event.database()?, event.old_version()?)
}

/// Leaves the database as it was; the request for it fails.
fn abort_upgrade(event: &VersionChangeEvent) {
    use idb::{Event, Request};
    let transaction = event.target().ok().and_then(|request| request.transaction());
    // An upgrade that cannot even be aborted fails the request by itself.
    drop(transaction.map(idb::Transaction::abort));
}

/// Tells a database of a newer build from other reasons not to open.
async fn refusal(factory: &Factory, name: &str, ladder: Ladder, error: idb::Error) -> BlocksError {
    if let idb::Error::DomException(exception) = &error
        && exception.name() == "VersionError"
    {
        return match newer_version(factory, name).await {
            Ok(found) => BlocksError::Newer { found, known: schema::version(ladder) },
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
