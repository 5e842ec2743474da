//! The page's end of the line to the worker: each request has a number, the reply repeats it.

use crate::wire;
use client::message::{Envelope, Event, Failure, FailureKind, Reply, Request};
use futures::channel::oneshot;
use js_sys::Reflect;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Why there is no line to the worker.
#[derive(Debug, thiserror::Error)]
#[error("the worker could not be started: {0}; reload the page, or allow workers for this site")]
pub struct PortProblem(String);

type Waiting = RefCell<HashMap<u32, oneshot::Sender<Reply>>>;

/// The line to the worker. Clones speak over the same line.
#[derive(Clone)]
pub struct Port(Rc<Inner>);

/// What becomes of what is said.
enum Line {
    /// The worker does not listen yet.
    Held(Vec<JsValue>),
    /// It listens.
    Open,
    /// It failed before it listened, or can no longer be relied on.
    Dead(String),
}

struct Inner {
    worker: Worker,
    waiting: Rc<Waiting>,
    line: Rc<RefCell<Line>>,
    last_number: Cell<u32>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Port {
    /// Starts the worker at this address; what it tells unasked goes to `on_event`.
    ///
    /// # Errors
    /// When the browser refuses to start a worker.
    pub fn start(script: &str, on_event: impl Fn(Event) + 'static) -> Result<Self, PortProblem> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker =
            Worker::new_with_options(script, &options).map_err(|error| PortProblem(format!("{error:?}")))?;
        let waiting = Rc::new(Waiting::default());
        let line = Rc::new(RefCell::new(Line::Held(Vec::new())));
        let on_message = {
            let (waiting, line, worker) = (Rc::clone(&waiting), Rc::clone(&line), worker.clone());
            let on_event = move |event: Event| match event {
                Event::Ready => release(&worker, &line),
                other => on_event(other),
            };
            Closure::new(move |event: MessageEvent| receive(&waiting, &on_event, event.data()))
        };
        let on_error = {
            let (waiting, line) = (Rc::clone(&waiting), Rc::clone(&line));
            Closure::new(move |error: JsValue| {
                let message = Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string());
                let message = message.unwrap_or_else(|| "the worker stopped".to_owned());
                gloo::console::error!("worker:", &message);
                let is_starting = matches!(&*line.borrow(), Line::Held(_));
                if is_starting || has_trapped(&message) {
                    line.replace(Line::Dead(message.clone()));
                }
                for (_, sender) in waiting.borrow_mut().drain() {
                    // A screen that has gone does not listen any more.
                    let _ = sender.send(Reply::Failed(internal(message.clone())));
                }
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let inner = Inner {
            worker,
            waiting,
            line,
            last_number: Cell::new(0),
            _on_message: on_message,
            _on_error: on_error,
        };
        Ok(Self(Rc::new(inner)))
    }

    /// Asks the worker and waits for its reply.
    pub async fn ask(&self, request: Request) -> Reply {
        let number = self.0.last_number.get().wrapping_add(1).max(1);
        self.0.last_number.set(number);
        let message = match wire::write(&Envelope { number, body: request }) {
            Ok(message) => message,
            Err(error) => return Reply::Failed(internal(error.to_string())),
        };
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.borrow_mut().insert(number, sender);
        let sent = match &mut *self.0.line.borrow_mut() {
            Line::Held(held) => {
                held.push(message);
                Ok(())
            }
            Line::Open => self.0.worker.post_message(&message).map_err(|error| format!("{error:?}")),
            Line::Dead(message) => Err(message.clone()),
        };
        if let Err(message) = sent {
            self.0.waiting.borrow_mut().remove(&number);
            return Reply::Failed(internal(message));
        }
        receiver.await.unwrap_or_else(|_| Reply::Failed(internal("the line was cut".to_owned())))
    }
}

/// The worker listens: says what was held back.
fn release(worker: &Worker, line: &RefCell<Line>) {
    let Line::Held(held) = line.replace(Line::Open) else { return };
    for message in held {
        if let Err(error) = worker.post_message(&message) {
            gloo::console::error!("a message could not be sent:", error);
        }
    }
}

fn receive(waiting: &Waiting, on_event: &impl Fn(Event), data: JsValue) {
    let number = Reflect::get(&data, &"number".into()).ok().and_then(|number| number.as_f64());
    match number {
        Some(0.0) => match wire::read::<Envelope<Event>>(data) {
            Ok(envelope) => on_event(envelope.body),
            Err(error) => gloo::console::error!("an event of the worker is unreadable:", error.to_string()),
        },
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made from a u32")]
        Some(number) => {
            let Some(sender) = waiting.borrow_mut().remove(&(number as u32)) else { return };
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
            let _ = sender.send(reply);
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
