//! The dialogs in which a view is sorted, filtered and given other columns: the same on every size.

use super::adjust::{Adjust, Ask, Shown, moved};
use super::columns::GridColumn;
use super::filter::{Operand, UserFilter, condition, in_words, operand, operators, typed_text};
use crate::browser;
use crate::field::{Field, FieldView, Insistence};
use crate::kit::{Dialog, Icon};
use crate::locale::{self, fill, text};
use leptos::prelude::*;
use model::{Column, ColumnKind, ColumnName, ControlKind, Table, Value};
use std::sync::Arc;

/// The dialog that is asked for.
#[component]
pub fn AskDialog(
    /// The changes at hand.
    adjust: Adjust,
    /// The columns of the grid.
    columns: Signal<Arc<Vec<GridColumn>>>,
    /// The table of the view.
    table: Arc<Table>,
) -> impl IntoView {
    move || {
        let columns = columns.get_untracked();
        adjust.asks.get().map(|ask| match ask {
            Ask::Filter(cell) => match columns.iter().find(|column| column.name == cell).cloned() {
                Some(column) => view! { <FilterDialog adjust column/> }.into_any(),
                None => ().into_any(),
            },
            Ask::Cells => view! { <CellsDialog adjust columns/> }.into_any(),
            Ask::Columns => view! { <ColumnsDialog adjust columns table=Arc::clone(&table)/> }.into_any(),
        })
    }
}

/// Can this column be filtered by.
pub fn can_filter(column: &GridColumn) -> bool {
    column.column.as_ref().is_some_and(|column| !operators(&column.kind).is_empty())
}

/// Order and filter of one column.
#[component]
fn FilterDialog(adjust: Adjust, column: GridColumn) -> impl IntoView {
    let cell = StoredValue::new(column.name.clone());
    let label = column.label.clone();
    let definition = column.column.clone().filter(|column| !operators(&column.kind).is_empty());
    let asked = definition.clone().map(|definition| Asked::new(adjust, &column, definition));
    let close = move || adjust.asks.set(None);
    let finish = move || {
        if asked.is_none_or(|asked| asked.apply(adjust)) {
            close();
        }
    };
    let clear = move || {
        adjust.put_filter(&cell.get_value(), None);
        close();
    };
    let has_filter = move || cell.with_value(|cell| adjust.filter_of(cell).is_some());
    let sorting = column.is_sortable.then(|| sorting(adjust, cell));
    view! {
        <Dialog
            title=label
            id="filter"
            on_cancel=move |()| close()
            actions=move || view! {
                <button type="button" class="button primary" data-command="apply" on:click=move |_| finish()>{text("filter.apply")}</button>
                {has_filter().then(|| view! {
                    <button type="button" class="button" data-command="clear-filter" on:click=move |_| clear()>{text("filter.clear")}</button>
                })}
                <button type="button" class="button" data-command="cancel" on:click=move |_| close()>{text("action.cancel")}</button>
            }
        >
            <form class="ask" on:submit=move |event| {
                event.prevent_default();
                finish();
            }>
                {sorting}
                {asked.map(|asked| view! { <FilterFields asked/> })}
            </form>
        </Dialog>
    }
}

/// The two directions, at once in force.
fn sorting(adjust: Adjust, cell: StoredValue<String>) -> impl IntoView {
    let direction = move || {
        adjust.orders.with(|orders| {
            cell.with_value(|cell| orders.iter().find(|(name, _)| name == cell).map(|order| order.1))
        })
    };
    let button = move |descending: bool, icon: &'static str, label: &'static str| {
        view! {
            <button
                type="button"
                class="button"
                aria-pressed=move || (direction() == Some(descending)).to_string()
                data-command=if descending { "sort-descending" } else { "sort-ascending" }
                on:click=move |_| {
                    let is_on = direction() == Some(descending);
                    adjust.orders.set(if is_on { Vec::new() } else { vec![(cell.get_value(), descending)] });
                }
            >
                <Icon name=icon/> <span>{label}</span>
            </button>
        }
    };
    view! {
        <div class="ask-sorting" role="group" aria-label=text("filter.order")>
            {button(false, "arrow_up", text("filter.ascending"))}
            {button(true, "arrow_down", text("filter.descending"))}
        </div>
    }
}

/// A filter that is being put together.
#[derive(Clone, Copy)]
struct Asked {
    cell: StoredValue<String>,
    column: StoredValue<Arc<Column>>,
    table: StoredValue<Arc<Table>>,
    operator: RwSignal<&'static str>,
    value: RwSignal<Value>,
    problem: RwSignal<Option<String>>,
}

impl Asked {
    fn new(adjust: Adjust, column: &GridColumn, definition: Column) -> Self {
        let operators = operators(&definition.kind);
        let now = adjust.filter_of(&column.name);
        let operator =
            now.as_ref().and_then(|now| operators.iter().find(|name| **name == now.filter.operator));
        let operator = operator.or(operators.first()).copied().unwrap_or_default();
        let value = now.map_or(Value::Null, |now| value_of(&now, &definition, &column.table));
        Self {
            cell: StoredValue::new(column.name.clone()),
            column: StoredValue::new(Arc::new(definition)),
            table: StoredValue::new(Arc::clone(&column.table)),
            operator: RwSignal::new(operator),
            value: RwSignal::new(value),
            problem: RwSignal::new(None),
        }
    }

    fn operand(self) -> Operand {
        let operator = self.operator.get();
        self.column.with_value(|column| self.table.with_value(|table| operand(column, table, operator)))
    }

    /// Puts the filter in force; false when something is missing or wrong, which is said.
    fn apply(self, adjust: Adjust) -> bool {
        if self.problem.with_untracked(Option::is_some) {
            return false;
        }
        let (operator, cell) = (self.operator.get_untracked(), self.cell.get_value());
        let value = match untrack(|| self.operand()) {
            Operand::Nothing => Value::Null,
            Operand::Value(_) => self.value.get_untracked(),
        };
        let made = self.column.with_value(|column| {
            self.table.with_value(|table| condition(&cell, column, table, operator, &value))
        });
        let is_made = made.is_some();
        if is_made {
            adjust.put_filter(&cell, made);
        } else {
            self.problem.set(Some(text("filter.value-missing").to_owned()));
        }
        is_made
    }
}

/// The value a filter was made of, to be changed.
fn value_of(filter: &UserFilter, column: &Column, table: &Table) -> Value {
    let Operand::Value(asked) = operand(column, table, &filter.filter.operator) else { return Value::Null };
    let Some(first) = filter.filter.values.first() else { return Value::Null };
    match &asked.kind {
        ColumnKind::Choices { .. } => {
            Value::Choices(filter.filter.values.iter().filter_map(|number| number.parse().ok()).collect())
        }
        ColumnKind::Text { .. } if filter.filter.operator.ends_with("like") => Value::Text(typed_text(first)),
        ColumnKind::Text { .. } => Value::Text(first.clone()),
        ColumnKind::Integer { .. } => first.parse().map_or(Value::Null, Value::Integer),
        ColumnKind::Decimal { .. } => first.parse().map_or(Value::Null, Value::Decimal),
        ColumnKind::Float { .. } => first.parse().map_or(Value::Null, Value::Float),
        ColumnKind::DateTime { .. } => first.parse().map_or(Value::Null, Value::Date),
        // The table of a row that was picked is not kept: it is picked again.
        _ => Value::Null,
    }
}

#[component]
fn FilterFields(asked: Asked) -> impl IntoView {
    let names = asked.column.with_value(|column| operators(&column.kind));
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some(operator) = names.iter().find(|name| **name == chosen) {
            let before = untrack(|| asked.operand());
            asked.operator.set(operator);
            asked.problem.set(None);
            if untrack(|| asked.operand()) != before {
                asked.value.set(Value::Null);
            }
        }
    };
    let options = names.iter().map(|name| {
        let label = locale::text_of("operator", name).unwrap_or(name);
        view! { <option value=*name prop:selected=move || asked.operator.get() == *name>{label}</option> }
    });
    let operand = Memo::new(move |_| asked.operand());
    let field = move || match operand.get() {
        Operand::Nothing => None,
        Operand::Value(column) => Some(view! { <FieldView field=field(asked, *column)/> }),
    };
    view! {
        <label class="field-label" for="filter-operator">{text("filter.condition")}</label>
        <select class="input select" id="filter-operator" data-focus="" on:change=choose>{options.collect_view()}</select>
        {field}
    }
}

fn field(asked: Asked, column: Column) -> Field {
    Field {
        input: "filter-value".to_owned(),
        label: text("filter.value").to_owned(),
        shows_label: true,
        kind: ControlKind::Unknown,
        value: asked.value.into(),
        on_change: Callback::new(move |value: Value| {
            asked.problem.set(None);
            asked.value.set(value);
        }),
        on_problem: Callback::new(move |problem: Option<String>| asked.problem.set(problem)),
        problem: asked.problem.into(),
        is_disabled: Signal::derive(|| false),
        insistence: Insistence::None,
        is_dirty: Signal::derive(|| false),
        currency: Signal::derive(|| None),
        other: Callback::new(|_: ColumnName| Value::Null),
        column: Arc::new(column),
        table: asked.table.get_value(),
    }
}

/// The columns of the view to choose one from, where no header stands over the rows.
#[component]
fn CellsDialog(adjust: Adjust, columns: Arc<Vec<GridColumn>>) -> impl IntoView {
    let close = move || adjust.asks.set(None);
    let cells = columns
        .iter()
        .filter(|column| column.is_sortable || can_filter(column))
        .map(move |column| {
            let name = column.name.clone();
            let words = adjust.filter_of(&name).map(|filter| in_words(&filter));
            let mark = adjust.orders.with_untracked(|orders| {
                let order = orders.iter().find(|(other, _)| *other == name)?;
                Some(if order.1 { "arrow_down" } else { "arrow_up" })
            });
            view! {
                <li>
                    <button type="button" class="button subtle ask-cell" data-column=name.clone()
                        on:click=move |_| adjust.asks.set(Some(Ask::Filter(name.clone())))>
                        <span class="ask-label">{column.label.clone()}</span>
                        <span class="ask-words">{words}</span>
                        {mark.map(|mark| view! { <Icon name=mark/> })}
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <Dialog
            title=text("filter.title").to_owned()
            id="cells"
            on_cancel=move |()| close()
            actions=move || view! {
                <button type="button" class="button" data-command="cancel" on:click=move |_| close()>{text("action.close")}</button>
            }
        >
            <ul class="ask-list">{cells}</ul>
        </Dialog>
    }
}

/// Which columns are shown, and in which order.
#[component]
fn ColumnsDialog(adjust: Adjust, columns: Arc<Vec<GridColumn>>, table: Arc<Table>) -> impl IntoView {
    let close = move || adjust.asks.set(None);
    let widths = adjust.columns.get_untracked();
    let width = |name: &str| widths.iter().find(|(other, _)| other == name).and_then(|(_, width)| *width);
    let start: Vec<Shown> = columns.iter().map(|column| (column.name.clone(), width(&column.name))).collect();
    let chosen = RwSignal::new(start);
    let known = StoredValue::new(labels(&columns, &table));
    let label = move |name: &str| {
        known
            .with_value(|known| known.iter().find(|(other, _)| other == name).map(|(_, label)| label.clone()))
            .unwrap_or_default()
    };
    let apply = move || {
        adjust.columns.set(chosen.get_untracked());
        close();
    };
    let reset = move || {
        adjust.columns.set(Vec::new());
        close();
    };
    let shown = move || {
        let list = chosen.get();
        let last = list.len().saturating_sub(1);
        let line = |(at, (name, _)): (usize, Shown)| {
            shown_line(chosen, name.clone(), label(&name), at == 0, at == last)
        };
        list.into_iter().enumerate().map(line).collect_view()
    };
    let others = move || {
        let others = known.with_value(|known| {
            chosen.with(|chosen| {
                known
                    .iter()
                    .filter(|(name, _)| !chosen.iter().any(|(other, _)| other == name))
                    .cloned()
                    .collect::<Vec<_>>()
            })
        });
        others
            .into_iter()
            .map(|(name, label)| {
                let add = name.clone();
                view! {
                    <li><button type="button" class="button subtle ask-cell" data-column=name
                        on:click=move |_| chosen.update(|chosen| chosen.push((add.clone(), None)))>
                        <Icon name="add"/> <span class="ask-label">{label}</span>
                    </button></li>
                }
            })
            .collect_view()
    };
    view! {
        <Dialog
            title=text("columns.title").to_owned()
            id="columns"
            on_cancel=move |()| close()
            actions=move || view! {
                <button type="button" class="button primary" data-command="apply" on:click=move |_| apply()>{text("filter.apply")}</button>
                <button type="button" class="button" data-command="reset-columns" on:click=move |_| reset()>{text("columns.reset")}</button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| close()>{text("action.cancel")}</button>
            }
        >
            <h3 class="section-title">{text("columns.shown")}</h3>
            <ul class="ask-list" data-part="shown-columns">{shown}</ul>
            <h3 class="section-title">{text("columns.others")}</h3>
            <ul class="ask-list" data-part="other-columns">{others}</ul>
        </Dialog>
    }
}

fn shown_line(
    chosen: RwSignal<Vec<Shown>>,
    name: String,
    label: String,
    is_first: bool,
    is_last: bool,
) -> impl IntoView {
    let button = |command: &'static str,
                  icon: &'static str,
                  words: String,
                  is_off: bool,
                  act: Box<dyn Fn()>| {
        view! {
            <button type="button" class="button subtle icon-only small" data-command=command aria-label=words.clone() title=words
                disabled=is_off on:click=move |_| act()><Icon name=icon/></button>
        }
    };
    let shift = |by: isize| {
        let name = name.clone();
        Box::new(move || {
            chosen.update(|chosen| *chosen = moved(chosen, &name, by));
            let line = format!("columns-{name}");
            request_animation_frame(move || browser::focus(&line));
        }) as Box<dyn Fn()>
    };
    let (up, down) = (shift(-1), shift(1));
    let removed = name.clone();
    let remove = Box::new(move || chosen.update(|chosen| chosen.retain(|(other, _)| *other != removed)));
    view! {
        <li class="ask-line" data-column=name.clone() id=format!("columns-{name}") tabindex="-1">
            <span class="ask-label">{label.clone()}</span>
            {button("move-up", "arrow_up", fill("columns.up", &[("label", &label)]), is_first, up)}
            {button("move-down", "arrow_down", fill("columns.down", &[("label", &label)]), is_last, down)}
            {button("hide", "dismiss", fill("columns.hide", &[("label", &label)]), is_first && is_last, remove)}
        </li>
    }
}

/// Every column there could be: those of the view, then those of the table that people fill or read.
fn labels(columns: &[GridColumn], table: &Table) -> Vec<(String, String)> {
    let mut labels: Vec<(String, String)> =
        columns.iter().map(|column| (column.name.clone(), column.label.clone())).collect();
    let mut others: Vec<(String, String)> = table
        .columns
        .iter()
        .filter(|column| {
            !matches!(
                column.kind,
                ColumnKind::UniqueId | ColumnKind::EntityName | ColumnKind::Image | ColumnKind::File { .. }
            )
        })
        .filter(|column| !labels.iter().any(|(name, _)| column.name == name.as_str()))
        .map(|column| (column.name.to_string(), column.text(locale::language()).to_owned()))
        .collect();
    others.sort_by(|one, other| one.1.cmp(&other.1));
    labels.extend(others);
    labels
}
