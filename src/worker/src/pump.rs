//! Messages in, messages out: each request is answered on its own, beside the others and beside the sync.

use crate::edge::{BrowserClock, BrowserRandom, ToPage, post, scope, tell, try_post};
use crate::transport::Fetch;
use crate::{lock, task, wire};
use client::message::{Envelope, Event, Failure, FailureKind, Reply, Request};
use client::{Session, SessionParts};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use store_web::WebBlocks;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::MessageEvent;

/// The database's name.
const DATABASE: &str = "valise";

/// The session, or why there is none.
type Opened = Result<Rc<Session>, Failure>;

/// Takes the database over, opens it and listens.
pub async fn start() {
    let session: Rc<RefCell<Option<Rc<Session>>>> = Rc::default();
    let is_lost = Rc::new(Cell::new(false));
    let on_loss = {
        let (session, is_lost) = (Rc::clone(&session), Rc::clone(&is_lost));
        move || {
            is_lost.set(true);
            if let Some(session) = &*session.borrow() {
                session.stop();
            }
            tell(Event::Reload);
        }
    };
    lock::take(on_loss).await;
    let opened: Opened = match WebBlocks::open(DATABASE).await {
        Ok(blocks) => Ok(Rc::new(Session::new(SessionParts {
            blocks: Rc::new(blocks),
            transport: Rc::new(Fetch),
            clock: Rc::new(BrowserClock),
            random: Rc::new(BrowserRandom::default()),
            events: Rc::new(ToPage),
        }))),
        Err(error) => Err(error.into()),
    };
    if let Ok(opened) = &opened {
        session.replace(Some(Rc::clone(opened)));
        let running = Rc::clone(opened);
        task::spawn(async move { running.run().await });
    }
    listen(opened, is_lost);
    tell(Event::Ready);
}

fn listen(session: Opened, is_lost: Rc<Cell<bool>>) {
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let envelope = match wire::read::<Envelope<Request>>(event.data()) {
            Ok(envelope) => envelope,
            Err(error) => return refuse(&event.data(), &error.to_string()),
        };
        let (session, is_lost) = (session.clone(), Rc::clone(&is_lost));
        task::spawn(async move {
            let body = match session {
                _ if is_lost.get() => Reply::Failed(taken_over()),
                Ok(session) => session.handle(envelope.body).await,
                Err(failure) => Reply::Failed(failure),
            };
            answer(envelope.number, body);
        });
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It listens as long as the worker lives.
    on_message.forget();
}

/// Posts a reply; one that cannot be written becomes a failure, so that nobody waits for it.
fn answer(number: u32, body: Reply) {
    if let Err(error) = try_post(&Envelope { number, body }) {
        gloo::console::error!("a reply could not be posted:", &error);
        post(&Envelope { number, body: Reply::Failed(Failure::new(FailureKind::Internal, error)) });
    }
}

/// A request of another build still gets an answer: its page would wait for ever.
fn refuse(request: &JsValue, problem: &str) {
    gloo::console::error!("a request cannot be read:", problem);
    if let Some(number) = wire::number_of(request) {
        let message = format!("the worker does not understand this page ({problem}); reload the app");
        post(&Envelope { number, body: Reply::Failed(Failure::new(FailureKind::Protocol, message)) });
    }
}

fn taken_over() -> Failure {
    let message = "another tab works with the local data now; go on there, or reload this one";
    Failure::new(FailureKind::Protocol, message)
}
