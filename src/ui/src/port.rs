//! The page's end of the line to its worker: each request has a number, the reply repeats it.
//!
//! A worker can be lost: the browser puts the page to sleep, or ends a worker that takes too much. Then another one is started and
//! asked again what has no answer yet. A repeated request changes nothing twice, see `Request::Execute`.

mod life;

pub use life::page_name;

use crate::wire;
use client::message::{Envelope, Event, Failure, FailureKind, Reply, Request, WIRE};
use futures::channel::oneshot;
use js_sys::Reflect;
use life::Nap;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Why there is no line to the worker.
#[derive(Debug, thiserror::Error)]
#[error("the worker could not be started: {0}; reload the page, or allow workers for this site")]
pub struct PortProblem(String);

/// So many workers may be lost one after the other before the page gives up.
const MOST_LOST: u32 = 3;

/// A worker that lived so many milliseconds was not lost one after the other.
const LASTING_MILLISECONDS: f64 = 60_000.0;

/// The line to the worker. Clones speak over the same line.
#[derive(Clone)]
pub struct Port(Rc<Inner>);

/// What becomes of what is said.
enum Line {
    /// It waits until the worker listens, or until the page wakes up.
    Held,
    /// The worker listens.
    Open,
    /// No worker can be had or relied on.
    Dead(String),
}

struct Waiting {
    message: JsValue,
    sender: oneshot::Sender<Reply>,
}

struct Running {
    worker: Worker,
    started_at: f64,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

struct Inner {
    script: String,
    page: String,
    on_event: Box<dyn Fn(Event)>,
    running: RefCell<Option<Running>>,
    line: RefCell<Line>,
    waiting: RefCell<BTreeMap<u32, Waiting>>,
    /// What a new worker is told first: `Request::Open` and `Request::Watch` as they were last said.
    opening: RefCell<Option<Request>>,
    watching: RefCell<Option<Request>>,
    last_number: Cell<u32>,
    starts: Cell<u32>,
    lost: Cell<u32>,
    nap: RefCell<Option<Nap>>,
}

impl Port {
    /// Starts the worker at this address for the page of this name; what it tells unasked goes to `on_event`.
    ///
    /// # Errors
    /// When the browser refuses to start a worker.
    pub fn start(
        script: &str,
        page: String,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, PortProblem> {
        let inner = Rc::new(Inner {
            script: script.to_owned(),
            page,
            on_event: Box::new(on_event),
            running: RefCell::default(),
            line: RefCell::new(Line::Held),
            waiting: RefCell::default(),
            opening: RefCell::default(),
            watching: RefCell::default(),
            last_number: Cell::new(0),
            starts: Cell::new(0),
            lost: Cell::new(0),
            nap: RefCell::default(),
        });
        start_worker(&inner).map_err(PortProblem)?;
        let (asleep, awake) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        let nap = Nap::watch(
            move || {
                asleep.upgrade().iter().for_each(|inner| fall_asleep(inner));
            },
            move || {
                awake.upgrade().iter().for_each(start_again);
            },
        );
        inner.nap.replace(Some(nap));
        Ok(Self(inner))
    }

    /// Asks the worker and waits for its reply.
    pub async fn ask(&self, request: Request) -> Reply {
        match &request {
            Request::Open { .. } => drop(self.0.opening.replace(Some(request.clone()))),
            Request::Watch { .. } => drop(self.0.watching.replace(Some(request.clone()))),
            _ => {}
        }
        match ask(&self.0, request) {
            Ok(receiver) => {
                receiver.await.unwrap_or_else(|_| Reply::Failed(internal("the line was cut".to_owned())))
            }
            Err(message) => Reply::Failed(internal(message)),
        }
    }
}

fn ask(inner: &Inner, request: Request) -> Result<oneshot::Receiver<Reply>, String> {
    let number = inner.last_number.get().wrapping_add(1).max(1);
    inner.last_number.set(number);
    let message = wire::write(&Envelope { number, body: request }).map_err(|error| error.to_string())?;
    match &*inner.line.borrow() {
        Line::Held => {}
        Line::Open => {
            if let Some(running) = &*inner.running.borrow() {
                running.worker.post_message(&message).map_err(|error| format!("{error:?}"))?;
            }
        }
        Line::Dead(message) => return Err(message.clone()),
    }
    let (sender, receiver) = oneshot::channel();
    inner.waiting.borrow_mut().insert(number, Waiting { message, sender });
    Ok(receiver)
}

fn start_worker(inner: &Rc<Inner>) -> Result<(), String> {
    let start = inner.starts.get();
    inner.starts.set(start + 1);
    // The same page may be loaded again before its former worker has gone.
    let id = format!("{}.{:x}", inner.page, crate::browser::random_bits());
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_name(&format!("{WIRE} {id}"));
    let worker = Worker::new_with_options(&inner.script, &options).map_err(|error| format!("{error:?}"))?;
    let on_message = {
        let inner = Rc::downgrade(inner);
        Closure::new(move |event: MessageEvent| {
            let Some(inner) = inner.upgrade().filter(|inner| inner.starts.get() == start + 1) else { return };
            receive(&inner, &id, event.data());
        })
    };
    let on_error = {
        let inner = Rc::downgrade(inner);
        Closure::new(move |error: JsValue| {
            let Some(inner) = inner.upgrade().filter(|inner| inner.starts.get() == start + 1) else { return };
            let message = Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string());
            fail(&inner, &message.unwrap_or_else(|| "the worker stopped".to_owned()));
        })
    };
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let started_at = js_sys::Date::now();
    inner.running.replace(Some(Running { worker, started_at, _on_message: on_message, _on_error: on_error }));
    inner.line.replace(Line::Held);
    Ok(())
}

/// Something was thrown in the worker. What waits is told so: asked again, it might do the same again.
fn fail(inner: &Rc<Inner>, message: &str) {
    gloo::console::error!("worker:", message);
    let is_starting = matches!(&*inner.line.borrow(), Line::Held);
    fail_waiting(inner, message);
    if is_starting {
        inner.line.replace(Line::Dead(message.to_owned()));
    } else if has_trapped(message) {
        // It holds the lock and cannot work any more: another tab shall, or another worker of this one.
        lose(inner, message);
    }
}

fn fail_waiting(inner: &Inner, message: &str) {
    for waiting in std::mem::take(&mut *inner.waiting.borrow_mut()).into_values() {
        // A screen that has gone does not listen any more.
        let _ = waiting.sender.send(Reply::Failed(internal(message.to_owned())));
    }
}

/// The worker is no more, or is good for nothing any more.
fn lose(inner: &Rc<Inner>, message: &str) {
    let Some(running) = inner.running.borrow_mut().take() else { return };
    running.worker.terminate();
    let has_lasted = js_sys::Date::now() - running.started_at > LASTING_MILLISECONDS;
    let lost = if has_lasted { 1 } else { inner.lost.get() + 1 };
    inner.lost.set(lost);
    if lost > MOST_LOST {
        inner.line.replace(Line::Dead(message.to_owned()));
        fail_waiting(inner, message);
    } else {
        start_again(inner);
    }
}

/// The browser is about to stop everything here. Ended now, the worker keeps no other tab from the database.
fn fall_asleep(inner: &Inner) {
    if matches!(&*inner.line.borrow(), Line::Dead(_)) {
        return;
    }
    inner.line.replace(Line::Held);
    if let Some(running) = inner.running.borrow_mut().take() {
        running.worker.terminate();
    }
}

fn start_again(inner: &Rc<Inner>) {
    let is_dead = matches!(&*inner.line.borrow(), Line::Dead(_));
    if is_dead || inner.running.borrow().is_some() {
        return;
    }
    if let Err(message) = start_worker(inner) {
        inner.line.replace(Line::Dead(message.clone()));
        fail_waiting(inner, &message);
    }
}

/// The worker listens: says what it has to know first, and what waits.
fn open_line(inner: &Rc<Inner>, id: &str) {
    let lost = Rc::downgrade(inner);
    let start = inner.starts.get();
    life::when_gone(id, move || {
        if let Some(inner) = lost.upgrade().filter(|inner| inner.starts.get() == start) {
            lose(&inner, "the worker was ended");
        }
    });
    inner.line.replace(Line::Open);
    let held: Vec<JsValue> = inner.waiting.borrow().values().map(|waiting| waiting.message.clone()).collect();
    if start > 1 {
        say_first(inner);
    }
    for message in held {
        let posted = inner.running.borrow().as_ref().map(|running| running.worker.post_message(&message));
        if let Some(Err(error)) = posted {
            gloo::console::error!("a message could not be sent:", error);
        }
    }
}

/// A worker started in the place of another one opens the database again, and the page looks anew at what it missed.
fn say_first(inner: &Rc<Inner>) {
    let (opening, watching) = (inner.opening.borrow().clone(), inner.watching.borrow().clone());
    let opened = opening.map(|request| ask(inner, request));
    let watched = watching.map(|request| ask(inner, request));
    if let Some(Err(message)) = watched {
        gloo::console::error!("the worker cannot be told what is on screen:", message);
    }
    let inner: Weak<Inner> = Rc::downgrade(inner);
    crate::task::spawn(async move {
        let Some(Ok(receiver)) = opened else { return };
        if let (Ok(Reply::Opened(opened)), Some(inner)) = (receiver.await, inner.upgrade()) {
            (inner.on_event)(Event::Renewed(Box::new(opened)));
        }
    });
}

fn receive(inner: &Rc<Inner>, id: &str, data: JsValue) {
    let number = Reflect::get(&data, &"number".into()).ok().and_then(|number| number.as_f64());
    match number {
        Some(0.0) => match wire::read::<Envelope<Event>>(data) {
            Ok(Envelope { body: Event::Ready, .. }) => open_line(inner, id),
            Ok(envelope) => (inner.on_event)(envelope.body),
            Err(error) => gloo::console::error!("an event of the worker is unreadable:", error.to_string()),
        },
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made from a u32")]
        Some(number) => {
            let Some(waiting) = inner.waiting.borrow_mut().remove(&(number as u32)) else { return };
            let reply = wire::read::<Envelope<Reply>>(data).map_or_else(
                |error| {
                    Reply::Failed(Failure {
                        kind: FailureKind::Protocol,
                        message: error.to_string(),
                        column: None,
                        saved: Vec::new(),
                    })
                },
                |envelope| envelope.body,
            );
            // A screen that has gone does not listen any more.
            let _ = waiting.sender.send(reply);
        }
        None => gloo::console::warn!("a message of the worker has no number"),
    }
}

/// True when the worker's program itself has stopped. What it held at that moment stays locked: requests would wait for ever.
/// Anything else thrown in the worker (by a handler that is gone) leaves it at work.
fn has_trapped(message: &str) -> bool {
    message.contains("RuntimeError") || message.contains("RangeError")
}

/// A defect of ours, in words for the log.
pub fn internal(message: String) -> Failure {
    Failure { kind: FailureKind::Internal, message, column: None, saved: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::has_trapped;

    #[test]
    fn a_trap_ends_the_line_and_a_stray_handler_does_not() {
        for (message, expected) in [
            ("Uncaught RuntimeError: unreachable", true),
            ("RuntimeError: unreachable executed", true),
            ("RuntimeError: Unreachable code should not be executed", true),
            ("Uncaught RangeError: Maximum call stack size exceeded", true),
            ("Uncaught Error: closure invoked recursively or after being dropped", false),
            ("the worker stopped", false),
        ] {
            assert_eq!(has_trapped(message), expected, "{message}");
        }
    }
}
