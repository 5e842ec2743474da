//! Messages in, messages out: what `client::tabs::Tab` decides about the page, the other tabs, the lock and the session is done here.

use crate::channel::{Channels, Letter};
use crate::edge::{now, post, scope, tell, try_post};
use crate::leadership::{Leadership, Tellers};
use crate::lock::{self, Hold, Manner};
use crate::{task, wire};
use client::message::{Envelope, Event, Failure, FailureKind, Reply, Request, WIRE};
use client::tabs::{Effect, Note, Tab, TabId};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::{Either, select};
use gloo::timers::future::TimeoutFuture;
use std::cell::{Cell, OnceCell, RefCell};
use std::future::pending;
use std::pin::pin;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::MessageEvent;

/// The lock of whoever works on the database.
const LOCK: &str = "valise";

type Effects = Vec<Effect<JsValue>>;

/// A tab's worker among those of the other tabs.
struct Hub {
    myself: Weak<Hub>,
    tab: RefCell<Tab>,
    channels: OnceCell<Channels>,
    leadership: RefCell<Option<Leadership>>,
    hold: RefCell<Option<Hold>>,
    is_queued: Cell<bool>,
    is_stealing: Cell<bool>,
    waker: RefCell<mpsc::Sender<()>>,
}

/// Starts the worker that the page gave this name: what its messages are made of, and who it is.
pub async fn start() {
    let name = scope().name();
    let Some((_, id)) = name.split_once(' ').filter(|(spoken, _)| *spoken == WIRE) else {
        // The page is of another build. It understands this much.
        return tell(Event::Reload);
    };
    let id = TabId(id.to_owned());
    lock::hold_for_life(&life_of(&id)).await;
    let (waker, woken) = mpsc::channel(1);
    let (tab, effects) = Tab::start(id.clone(), now());
    let hub = Rc::new_cyclic(|myself| Hub {
        myself: Weak::clone(myself),
        tab: RefCell::new(tab),
        channels: OnceCell::new(),
        leadership: RefCell::default(),
        hold: RefCell::default(),
        is_queued: Cell::default(),
        is_stealing: Cell::default(),
        waker: RefCell::new(waker),
    });
    let hearing = Rc::clone(&hub);
    if let Some(channels) = Channels::open(&id, move |letter| hearing.hear(letter)) {
        // It was empty.
        let _ = hub.channels.set(channels);
    }
    hub.listen();
    task::spawn(look_now_and_then(Rc::clone(&hub), woken));
    hub.carry_out(effects);
    tell(Event::Ready);
}

/// The lock that a worker holds as long as it lives.
fn life_of(tab: &TabId) -> String {
    format!("valise tab {}", tab.0)
}

async fn look_now_and_then(hub: Rc<Hub>, mut woken: mpsc::Receiver<()>) {
    loop {
        let wait = hub.tab.borrow_mut().wait(now());
        let sleep = async {
            match wait {
                Some(milliseconds) => {
                    TimeoutFuture::new(u32::try_from(milliseconds).unwrap_or(u32::MAX)).await
                }
                None => pending().await,
            }
        };
        match select(pin!(sleep), woken.next()).await {
            Either::Left(_) => hub.act(|tab| tab.tick(now())),
            Either::Right((Some(()), _)) => {}
            Either::Right((None, _)) => return,
        }
    }
}

impl Hub {
    /// Lets the tab decide and does what it says.
    fn act(&self, decide: impl FnOnce(&mut Tab) -> Effects) {
        let effects = decide(&mut self.tab.borrow_mut());
        self.carry_out(effects);
        // A full channel means that it will look anyway.
        drop(self.waker.borrow_mut().try_send(()));
    }

    fn listen(&self) {
        let Some(hub) = self.myself.upgrade() else { return };
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                match wire::read::<Envelope<Request>>(event.data()) {
                    Ok(envelope) => hub.act(|tab| tab.from_page(envelope.number, envelope.body)),
                    Err(error) => refuse(&event.data(), &error.to_string()),
                }
            });
        scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // It listens as long as the worker lives.
        on_message.forget();
    }

    fn hear(&self, letter: Letter) {
        self.act(|tab| match letter {
            Letter::Note { from, note, reply } => tab.from_tab(&from, *note, reply, now()),
            Letter::Stranger { from, is_leading } => tab.from_stranger(&from, is_leading),
        });
    }

    fn carry_out(&self, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Queue => self.ask_for_lock(Manner::Wait),
                Effect::Steal => self.ask_for_lock(Manner::Steal),
                Effect::Release => {
                    let hold = self.hold.borrow_mut().take();
                    hold.into_iter().for_each(Hold::release);
                }
                Effect::Lead => self.lead(),
                Effect::StandDown => {
                    let leadership = self.leadership.borrow_mut().take();
                    leadership.iter().for_each(Leadership::end);
                }
                Effect::Serve { ticket, request } => self.serve(ticket, request),
                Effect::Pages(pages) => {
                    if let Some(leadership) = &*self.leadership.borrow() {
                        leadership.set_pages(pages);
                    }
                }
                Effect::Send { to, note, reply } => self.send(to.as_ref(), &note, reply.as_ref()),
                Effect::Attend(tab) => {
                    let (hub, name) = (Weak::clone(&self.myself), life_of(&tab));
                    lock::when_free(&name, move || {
                        let Some(hub) = hub.upgrade() else { return };
                        if let Some(channels) = hub.channels.get() {
                            channels.forget(&tab);
                        }
                        hub.act(|own| own.gone(&tab));
                    });
                }
                Effect::Answer { number, reply } => answer(number, &reply),
                Effect::Fail { number, failure } => post(&Envelope { number, body: Reply::Failed(failure) }),
                Effect::Tell(event) => tell(event),
            }
        }
    }

    fn ask_for_lock(&self, manner: Manner) {
        let Some(hub) = self.myself.upgrade() else { return };
        let is_asked = if manner == Manner::Wait { &self.is_queued } else { &self.is_stealing };
        if is_asked.replace(true) {
            return;
        }
        let forget = move |hub: &Hub| match manner {
            Manner::Wait => hub.is_queued.set(false),
            Manner::Steal => hub.is_stealing.set(false),
        };
        let was_granted = Rc::new(Cell::new(false));
        let (granted, lost) = (Rc::clone(&hub), Rc::clone(&hub));
        let on_granted = {
            let was_granted = Rc::clone(&was_granted);
            move |hold| {
                was_granted.set(true);
                forget(&granted);
                granted.hold.replace(Some(hold));
                granted.act(|tab| tab.granted(now()));
            }
        };
        let on_lost = move || {
            forget(&lost);
            match (was_granted.get(), manner) {
                (true, _) => lost.act(|tab| tab.lost(now())),
                // A page that may have no locks works on its own.
                (false, Manner::Wait) => lost.act(|tab| tab.granted(now())),
                (false, Manner::Steal) => {}
            }
        };
        if !lock::ask(LOCK, manner, on_granted, on_lost) {
            // Without Web Locks every tab works on its own; the store notices when another one wrote.
            task::spawn(async move { hub.act(|tab| tab.granted(now())) });
        }
    }

    fn lead(&self) {
        let (telling, superseding) = (Weak::clone(&self.myself), Weak::clone(&self.myself));
        let leadership = Leadership::begin(Tellers {
            tell: Rc::new(move |event| {
                if let Some(hub) = telling.upgrade() {
                    hub.act(|tab| tab.told(&event));
                }
            }),
            superseded: Box::new(move || {
                if let Some(hub) = superseding.upgrade() {
                    hub.act(Tab::retire);
                }
            }),
        });
        self.leadership.replace(Some(leadership));
    }

    fn serve(&self, ticket: u64, request: Request) {
        let (Some(hub), Some(leadership)) = (self.myself.upgrade(), self.leadership.borrow().clone()) else {
            return;
        };
        task::spawn(async move {
            let reply = written(&leadership.answer(request).await);
            hub.act(|tab| tab.served(ticket, reply));
        });
    }

    fn send(&self, to: Option<&TabId>, note: &Note, reply: Option<&JsValue>) {
        let Some(channels) = self.channels.get() else { return };
        let Err(error) = channels.send(to, note, reply) else { return };
        gloo::console::error!("another tab could not be reached:", &error);
        if let (Note::Answer { .. }, Some(_)) = (note, reply) {
            let failed = written(&Reply::Failed(Failure::new(FailureKind::Internal, error)));
            if let Err(error) = channels.send(to, note, Some(&failed)) {
                gloo::console::error!("nor be told so:", error);
            }
        }
    }
}

/// A reply as it travels; one that cannot be written becomes a failure, so that nobody waits for it.
fn written(reply: &Reply) -> JsValue {
    wire::write(reply).unwrap_or_else(|error| {
        gloo::console::error!("a reply could not be written:", error.to_string());
        let failure = Reply::Failed(Failure::new(FailureKind::Internal, error.to_string()));
        wire::write(&failure).unwrap_or(JsValue::UNDEFINED)
    })
}

/// Posts a reply to the page; one that cannot be posted becomes a failure.
fn answer(number: u32, reply: &JsValue) {
    if let Err(error) = wire::envelope(number, reply)
        .and_then(|message| scope().post_message(&message).map_err(|error| format!("{error:?}")))
    {
        gloo::console::error!("a reply could not be posted:", &error);
        let failure = Failure::new(FailureKind::Internal, error);
        if let Err(error) = try_post(&Envelope { number, body: Reply::Failed(failure) }) {
            gloo::console::error!("nor that it could not:", error);
        }
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
