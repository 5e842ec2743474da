//! What is typed into an input, taken while typing or when the input is left, in the notation of the user's place.

use super::Field;
use crate::format::{Currency, formats};
use leptos::prelude::*;
use model::text::TypedError;
use model::{ColumnKind, Value};

/// What stands in an input: what the user is typing or has typed wrong, else nothing of its own.
#[derive(Clone, Copy)]
pub struct Typing {
    text: RwSignal<Option<String>>,
    before: RwSignal<Value>,
    is_focused: RwSignal<bool>,
}

impl Typing {
    /// Nothing is typed.
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(None),
            before: RwSignal::new(Value::Null),
            is_focused: RwSignal::new(false),
        }
    }

    /// What is typed: while the input has the focus, and afterwards as long as it is wrong.
    pub fn text(self, problem: Signal<Option<String>>) -> Option<String> {
        if self.is_focused.get() || problem.with(Option::is_some) { self.text.get() } else { None }
    }

    /// The user begins to type over a value.
    pub fn begin(self, text: String, before: Value) {
        self.text.set(Some(text));
        self.before.set(before);
        self.is_focused.set(true);
    }

    /// The input is entered with what already stands in it.
    pub fn enter(self) {
        self.is_focused.set(true);
    }

    /// The input is left.
    pub fn leave(self) {
        self.is_focused.set(false);
    }

    /// The text as it is now.
    pub fn keep(self, text: String) {
        self.text.set(Some(text));
    }

    /// The value was taken; the input shows it in its own words again.
    pub fn end(self) {
        self.text.set(None);
    }

    /// The value that is typed over.
    pub fn before(self) -> Value {
        self.before.get_untracked()
    }
}

/// Reads a text as a value of the field's column, or of the same column seen as another kind.
pub fn read(field: &Field, kind: &ColumnKind, typed: &str, before: &Value) -> Result<Value, TypedError> {
    let formats = formats();
    let currency = field.currency.get_untracked();
    formats.read(typed, kind, formats.context(&field.table, currency.as_ref()), before)
}

/// A value of the field's column as it stands in an input.
pub fn edit(field: &Field, kind: &ColumnKind, value: &Value, currency: Option<&Currency>) -> String {
    let formats = formats();
    formats.edit(value, kind, &formats.context(&field.table, currency))
}
