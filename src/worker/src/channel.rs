//! The way to the other tabs: one channel that all hear, and one for each tab that only it hears. A reply goes to whom it is for,
//! without being read on the way.

use crate::wire;
use client::message::WIRE;
use client::tabs::{Note, TabId};
use js_sys::{Object, Reflect};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// The channel that all tabs hear.
const COMMON: &str = "valise";

/// What came from another tab.
pub enum Letter {
    /// From one of the same build.
    Note {
        /// Who.
        from: TabId,
        /// What.
        note: Box<Note>,
        /// The reply beside it.
        reply: Option<JsValue>,
    },
    /// From one of another build, of whose words only this much is understood.
    Stranger {
        /// Who.
        from: TabId,
        /// It works on the database.
        is_leading: bool,
    },
}

/// The channels of a tab.
pub struct Channels {
    me: TabId,
    common: BroadcastChannel,
    others: RefCell<BTreeMap<TabId, BroadcastChannel>>,
    _own: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

fn name_of(tab: &TabId) -> String {
    format!("{COMMON} {}", tab.0)
}

impl Channels {
    /// Opens them. Nothing without broadcast channels.
    pub fn open(me: &TabId, on_letter: impl Fn(Letter) + 'static) -> Option<Self> {
        let common = BroadcastChannel::new(COMMON).ok()?;
        let own = BroadcastChannel::new(&name_of(me)).ok()?;
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| match read(&event.data()) {
                Some(letter) => on_letter(letter),
                None => gloo::console::warn!("another tab cannot be understood"),
            });
        for channel in [&common, &own] {
            channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        let (me, others) = (me.clone(), RefCell::default());
        Some(Self { me, common, others, _own: own, _on_message: on_message })
    }

    /// Sends to one tab, or to all.
    pub fn send(&self, to: Option<&TabId>, note: &Note, reply: Option<&JsValue>) -> Result<(), String> {
        let message = self.write(note, reply).map_err(|error| format!("{error:?}"))?;
        let channel = to.map_or_else(|| Ok(self.common.clone()), |tab| self.other(tab));
        channel.and_then(|channel| channel.post_message(&message)).map_err(|error| format!("{error:?}"))
    }

    /// Closes the way to a tab that is no more.
    pub fn forget(&self, tab: &TabId) {
        if let Some(channel) = self.others.borrow_mut().remove(tab) {
            channel.close();
        }
    }

    fn other(&self, tab: &TabId) -> Result<BroadcastChannel, JsValue> {
        let known = self.others.borrow().get(tab).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let channel = BroadcastChannel::new(&name_of(tab))?;
        self.others.borrow_mut().insert(tab.clone(), channel.clone());
        Ok(channel)
    }

    /// `wire`, `from` and `leads` are what every build reads.
    fn write(&self, note: &Note, reply: Option<&JsValue>) -> Result<JsValue, JsValue> {
        let message = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&message, &name.into(), value).map(drop);
        set("wire", &WIRE.into())?;
        set("from", &self.me.0.as_str().into())?;
        set("leads", &matches!(note, Note::Leading { .. }).into())?;
        set("note", &wire::write(note).map_err(JsValue::from)?)?;
        if let Some(reply) = reply {
            set("reply", reply)?;
        }
        Ok(message.into())
    }
}

fn read(message: &JsValue) -> Option<Letter> {
    let get = |name: &str| Reflect::get(message, &name.into()).ok();
    let from = TabId(get("from")?.as_string()?);
    if get("wire")?.as_string()? != WIRE {
        return Some(Letter::Stranger { from, is_leading: get("leads")?.is_truthy() });
    }
    let note = wire::read(get("note")?).ok()?;
    let reply = get("reply").filter(|reply| !reply.is_undefined());
    Some(Letter::Note { from, note: Box::new(note), reply })
}
