//! The session while this tab has it: opened beside the requests that wait for it, silenced when another tab takes over.

use crate::edge::{BrowserClock, BrowserRandom};
use crate::task;
use crate::transport::Fetch;
use client::message::{Event, Failure, Reply, Request};
use client::{Blocks as _, Events, Session, SessionParts};
use futures::future::{FutureExt, LocalBoxFuture, Shared};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use store_web::WebBlocks;

/// The database's name.
const DATABASE: &str = "valise";

/// The session with its database, or why there is none.
type Opened = Result<(Rc<Session>, Rc<WebBlocks>), Failure>;

/// The session while this tab has it. Clones are the same.
#[derive(Clone)]
pub struct Leadership {
    opened: Shared<LocalBoxFuture<'static, Opened>>,
    is_over: Rc<Cell<bool>>,
}

/// What a leadership tells.
pub struct Tellers {
    /// Events of the session.
    pub tell: Rc<dyn Fn(Event)>,
    /// Another build has opened the database.
    pub superseded: Box<dyn FnOnce()>,
}

/// Events go out as long as the leadership lasts.
struct Telling {
    tell: Rc<dyn Fn(Event)>,
    is_over: Rc<Cell<bool>>,
}

impl Events for Telling {
    fn emit(&self, event: Event) {
        if !self.is_over.get() {
            (self.tell)(event);
        }
    }
}

impl Leadership {
    /// Opens the database and syncs from then on.
    pub fn begin(tellers: Tellers) -> Self {
        let is_over = Rc::new(Cell::new(false));
        let events = Rc::new(Telling { tell: tellers.tell, is_over: Rc::clone(&is_over) });
        let superseded = tellers.superseded;
        let open = async move {
            let blocks = Rc::new(WebBlocks::open(DATABASE).await?);
            blocks.on_superseded(superseded);
            let session = Rc::new(Session::new(SessionParts {
                blocks: Rc::clone(&blocks) as _,
                transport: Rc::new(Fetch),
                clock: Rc::new(BrowserClock),
                random: Rc::new(BrowserRandom::default()),
                events,
            }));
            let running = Rc::clone(&session);
            task::spawn(async move { running.run().await });
            Ok((session, blocks))
        };
        let leadership = Self { opened: open.boxed_local().shared(), is_over };
        let opening = leadership.opened.clone();
        task::spawn(async move { drop(opening.await) });
        leadership
    }

    /// Answers a request once the database is open.
    pub async fn answer(&self, request: Request) -> Reply {
        match self.opened.clone().await {
            Ok((session, _)) => session.handle(request).await,
            Err(failure) => Reply::Failed(failure),
        }
    }

    /// Which pages are open.
    pub fn set_pages(&self, pages: BTreeSet<String>) {
        let opened = self.opened.clone();
        task::spawn(async move {
            if let Ok((session, _)) = opened.await {
                session.set_tabs(pages);
            }
        });
    }

    /// Stops: the database is another tab's.
    pub fn end(&self) {
        self.is_over.set(true);
        let opened = self.opened.clone();
        task::spawn(async move {
            if let Ok((session, blocks)) = opened.await {
                session.stop();
                blocks.close().await;
            }
        });
    }
}
