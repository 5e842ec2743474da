//! Controls for values. A control knows a value and its column's definition, never a record.

mod boolean;
mod choice;
mod date;
mod lookup;
mod named;
mod number;
mod parties;
mod picture;
mod read_only;
mod registry;
mod search;
mod text;
mod typed;

pub use registry::{Widget, widget};
pub use search::{RowSearch, coverage_name, elsewhere_line, row_address};

use crate::format::{Currency, raw};
use crate::kit::Icon;
use crate::locale::{self, fill};
use leptos::prelude::*;
use model::{Column, ColumnName, ControlKind, Table, Value};
use std::sync::Arc;

/// What a control is given.
#[derive(Clone)]
pub struct Field {
    /// The column's definition.
    pub column: Arc<Column>,
    /// The table it belongs to: the labels of its options.
    pub table: Arc<Table>,
    /// What the form asks for.
    pub kind: ControlKind,
    /// The id of the input, unique in the page.
    pub input: String,
    /// What people call it here.
    pub label: String,
    /// A label is drawn; else it is only spoken.
    pub shows_label: bool,
    /// The value.
    pub value: Signal<Value>,
    /// Takes a new value.
    pub on_change: Callback<Value>,
    /// Takes what is wrong with what is typed, or that it is fine again.
    pub on_problem: Callback<Option<String>>,
    /// What is wrong.
    pub problem: Signal<Option<String>>,
    /// It cannot be changed.
    pub is_disabled: Signal<bool>,
    /// How much the form insists on it.
    pub insistence: Insistence,
    /// It differs from what is saved.
    pub is_dirty: Signal<bool>,
    /// The currency of amounts.
    pub currency: Signal<Option<Currency>>,
    /// The other columns, for what depends on them (a status on its state).
    pub other: Callback<ColumnName, Value>,
}

/// How much a form insists on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insistence {
    /// May stay empty.
    None,
    /// Better filled.
    Recommended,
    /// Must be filled.
    Required,
}

impl Field {
    /// The id of the element with what is wrong.
    pub fn problem_id(&self) -> String {
        format!("{}-problem", self.input)
    }

    /// `aria-describedby` while something is wrong.
    pub fn described_by(&self) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
        let (problem, id) = (self.problem, self.problem_id());
        move || problem.with(Option::is_some).then(|| id.clone())
    }

    /// `aria-invalid` while something is wrong.
    pub fn invalid(&self) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + use<> {
        let problem = self.problem;
        move || problem.with(Option::is_some).then_some("true")
    }

    /// `aria-required`.
    pub fn required(&self) -> Option<&'static str> {
        (self.insistence == Insistence::Required).then_some("true")
    }
}

/// A label, its control and what is wrong with it.
#[component]
pub fn FieldView(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let widget = widget(field.kind, &field.column);
    let (value, problem, is_dirty, is_disabled) =
        (field.value, field.problem, field.is_dirty, field.is_disabled);
    let name = field.column.name.to_string();
    let mark = match field.insistence {
        Insistence::None => None,
        Insistence::Recommended => Some(("+", locale::text("field.recommended"))),
        Insistence::Required => Some(("*", locale::text("field.required"))),
    };
    let problem_id = field.problem_id();
    let label = field.label.clone();
    let is_boxed = matches!(widget, Widget::Radio | Widget::Choices | Widget::Picture);
    let label_id = format!("{}-label", field.input);
    let target = field.input.clone();
    let control = {
        let field = field.clone();
        move || draw(widget, is_disabled.get(), field.clone())
    };
    let locked_label = fill("field.locked", &[("label", &label)]);
    view! {
        <div
            class="field"
            class:dirty=move || is_dirty.get()
            class:invalid=move || problem.with(Option::is_some)
            class:hides-label=!field.shows_label
            data-column=name
            data-value=move || value.with(raw)
        >
            <label class="field-label" id=label_id for=(!is_boxed).then_some(target)>
                {label}
                {move || mark.filter(|_| !is_disabled.get()).map(|(mark, meaning)| {
                    view! { <span class="field-mark" class:required=mark == "*" title=meaning aria-hidden="true">{mark}</span> }
                })}
                {move || is_disabled.get().then(|| {
                    view! { <span class="field-lock" title=locked_label.clone()><Icon name="lock_closed"/></span> }
                })}
            </label>
            <div class="field-control">{control}</div>
            {move || problem.get().map(|problem| {
                view! { <p class="field-problem" id=problem_id.clone()><Icon name="error_circle"/> {problem}</p> }
            })}
        </div>
    }
}

/// The control of a kind.
fn draw(widget: Widget, is_locked: bool, field: Field) -> AnyView {
    match widget {
        Widget::Picture => view! { <picture::PictureControl field is_locked/> }.into_any(),
        _ if is_locked => view! { <read_only::ReadOnlyControl field/> }.into_any(),
        Widget::Text => view! { <text::TextControl field/> }.into_any(),
        Widget::Memo => view! { <text::MemoControl field/> }.into_any(),
        Widget::Integer | Widget::Duration | Widget::Decimal | Widget::Float | Widget::Money => {
            view! { <number::NumberControl field widget/> }.into_any()
        }
        Widget::Named => view! { <named::NamedControl field/> }.into_any(),
        Widget::Choice | Widget::Status => view! { <choice::ChoiceControl field/> }.into_any(),
        Widget::Choices => view! { <choice::ChoicesControl field/> }.into_any(),
        Widget::Toggle | Widget::Checkbox => {
            view! { <boolean::ToggleControl field is_switch=widget == Widget::Toggle/> }.into_any()
        }
        Widget::Radio => view! { <boolean::RadioControl field/> }.into_any(),
        Widget::Date => view! { <date::DateControl field has_time=false/> }.into_any(),
        Widget::DateTime => view! { <date::DateControl field has_time=true/> }.into_any(),
        Widget::Lookup => view! { <lookup::LookupControl field/> }.into_any(),
        Widget::Parties => view! { <parties::PartiesControl field/> }.into_any(),
        Widget::ReadOnly => view! { <read_only::ReadOnlyControl field/> }.into_any(),
    }
}
