//! The process bar: the stages of the process a row goes through, each with its steps as fields of the row.

use super::body::step_field;
use super::{FormState, save};
use crate::browser::{self, Size};
use crate::field::{FieldView, row_address};
use crate::format::formats;
use crate::kit::{Icon, hide_popup, show_popup};
use crate::locale::{self, fill, text};
use crate::route::Place;
use crate::session::{Session, ToastKind, use_session};
use crate::task;
use client::message::ProcessView;
use leptos::html::{Button, Div};
use leptos::prelude::*;
use model::{Columns, Command, CommandName, Language, Reference, RowId, Stage, StageId, TableName, Value};
use std::sync::Arc;

const DAY_MILLISECONDS: i64 = 86_400_000;

/// How a stage lies to the active one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Visited before.
    Done,
    /// At hand.
    Active,
    /// The one after it.
    Next,
    /// Further on.
    Later,
}

/// How a stage lies to the active one.
pub fn standing(view: &ProcessView, stage: StageId) -> Standing {
    let next = view.process.stage(view.active).and_then(|active| active.next);
    if stage == view.active {
        Standing::Active
    } else if view.path.contains(&stage) {
        Standing::Done
    } else if next == Some(stage) {
        Standing::Next
    } else {
        Standing::Later
    }
}

/// The stages in the order they are gone through: those visited, then what follows.
pub fn stages(view: &ProcessView) -> Vec<Stage> {
    let mut ids = view.path.clone();
    let mut at = view.process.stage(view.active).and_then(|stage| stage.next);
    while let Some(id) = at.filter(|id| !ids.contains(id)) {
        ids.push(id);
        at = view.process.stage(id).and_then(|stage| stage.next);
    }
    ids.iter().filter_map(|id| view.process.stage(*id).cloned()).collect()
}

/// The process bar.
#[component]
pub fn ProcessBar(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let session = use_session();
    let table = state.table().name.clone();
    let version = RwSignal::new(0_u32);
    let for_view = table.clone();
    let view = task::load(move || {
        version.track();
        session.definitions.track();
        session.revision(&for_view);
        let table = for_view.clone();
        async move { session.process(table, state.id).await.ok().flatten().map(Arc::new) }
    });
    let view = Memo::new(move |_| view.get().flatten());
    let instances = Memo::new(move |_| {
        view.with(|view| view.as_ref().map(|view| TableName::new(&view.process.unique_name)))
    });
    Effect::new(move |_| {
        if let Some(instances) = instances.get() {
            session.watch(vec![instances.clone()]);
            session.revision(&instances);
            version.update(|version| *version += 1);
        }
    });
    // On a phone one stage is shown, first the active one.
    let looked_at = RwSignal::new(None::<StageId>);
    move || {
        view.get().map(|view| {
            let stages = stages(&view);
            let count = stages.len();
            let shown = Memo::new({
                let (view, stages) = (Arc::clone(&view), stages.clone());
                move |_| {
                    let wanted = looked_at.get().unwrap_or(view.active);
                    stages.iter().position(|stage| stage.id == wanted).unwrap_or(0)
                }
            });
            let is_phone = Memo::new(move |_| session.size.get() == Size::Phone);
            let heading = view.process.name.text(locale::language()).to_owned();
            let name = heading.clone();
            let ids: Arc<Vec<StageId>> = Arc::new(stages.iter().map(|stage| stage.id).collect());
            let step = move |by: isize| {
                let to = shown.get_untracked().checked_add_signed(by).and_then(|to| ids.get(to).copied());
                if to.is_some() {
                    looked_at.set(to);
                }
            };
            let back = step.clone();
            let is_last = move || shown.get() + 1 >= count;
            let for_items = Arc::clone(&view);
            let items = stages.into_iter().enumerate().map(move |(at, stage)| {
                let view = Arc::clone(&for_items);
                view! { <StageItem state view stage at shown is_phone/> }
            });
            view! {
                <nav class="process-bar" data-part="process-bar" aria-label=name>
                    <p class="process-name">{heading}</p>
                    {move || is_phone.get().then(|| {
                        let back = back.clone();
                        view! {
                            <button type="button" class="button subtle icon-only" aria-label=text("process.before")
                                disabled=move || shown.get() == 0 on:click=move |_| back(-1)><Icon name="arrow_left"/></button>
                        }
                    })}
                    <ol class="stages">{items.collect_view()}</ol>
                    {move || is_phone.get().then(|| {
                        let step = step.clone();
                        view! {
                            <button type="button" class="button subtle icon-only next" aria-label=text("process.after")
                                disabled=is_last on:click=move |_| step(1)><Icon name="arrow_left"/></button>
                        }
                    })}
                </nav>
            }
        })
    }
}

/// A stage: its name, and its steps in a panel.
#[component]
fn StageItem(
    state: FormState,
    view: Arc<ProcessView>,
    stage: Stage,
    at: usize,
    shown: Memo<usize>,
    is_phone: Memo<bool>,
) -> impl IntoView {
    let (button, panel) = (NodeRef::<Button>::new(), NodeRef::<Div>::new());
    let is_open = RwSignal::new(false);
    let standing = standing(&view, stage.id);
    let label = stage.name.text(locale::language()).to_owned();
    let name = stage.name.text(Language::English).to_owned();
    let is_active = standing == Standing::Active;
    let since = is_active.then_some(view.started_at).flatten().map(|at| days_since(at.milliseconds()));
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            hide_popup(&panel);
        }
    };
    let open = move |_| {
        if is_open.get_untracked() {
            return close();
        }
        is_open.set(true);
        request_animation_frame(move || {
            if let (Some(button), Some(panel)) = (button.get_untracked(), panel.get_untracked()) {
                show_popup(&button, &panel, false);
                browser::focus_first(&panel, "input,select,textarea,button");
            }
        });
    };
    let on_toggle = move |event: web_sys::Event| {
        let state = js_sys::Reflect::get(&event, &"newState".into()).ok().and_then(|state| state.as_string());
        let is_own = event.target() == event.current_target();
        if is_own && state.as_deref() == Some("closed") {
            let _ = is_open.try_set(false);
        }
    };
    let panel_label = label.clone();
    let content = move || {
        is_open.get().then(|| view! { <StagePanel state view=Arc::clone(&view) stage=stage.clone() close/> })
    };
    view! {
        <li
            class="stage"
            class:done=standing == Standing::Done
            class:active=is_active
            class:hidden=move || is_phone.get() && shown.get() != at
        >
            <button
                node_ref=button
                type="button"
                class="stage-button"
                data-stage=name
                aria-current=is_active.then_some("step")
                aria-haspopup="dialog"
                aria-expanded=move || is_open.get().to_string()
                on:click=open
            >
                <span class="stage-mark">{(standing == Standing::Done).then(|| view! { <Icon name="checkmark"/> })}</span>
                <span class="stage-words">
                    <span class="stage-name">{label}</span>
                    {since.map(|since| view! { <span class="stage-since">{since}</span> })}
                </span>
            </button>
            <div node_ref=panel class="stage-panel" role="dialog" aria-label=panel_label popover="auto" on:toggle=on_toggle>
                {content}
            </div>
        </li>
    }
}

fn days_since(milliseconds: i64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
    let now = js_sys::Date::now() as i64;
    match (now - milliseconds) / DAY_MILLISECONDS {
        days if days < 1 => text("process.today").to_owned(),
        1 => text("process.one-day").to_owned(),
        days => fill("process.days", &[("count", &formats().integer(days))]),
    }
}

/// What a stage asks for, and the ways on.
#[component]
fn StagePanel(
    state: FormState,
    view: Arc<ProcessView>,
    stage: Stage,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let session = use_session();
    let is_own = stage.table == state.table().name;
    let elsewhere = view.rows.iter().find(|row| row.table == stage.table).filter(|_| !is_own).map(|row| {
        let reference = Reference { table: row.table.clone(), id: row.id, name: None };
        let label = stage.name.text(locale::language()).to_owned();
        let words = fill("process.open", &[("stage", &label)]);
        view! { <a class="button" href=row_address(session, &reference)>{words}</a> }
    });
    let steps = stage.steps.iter().enumerate().filter(|_| is_own).filter_map(|(at, step)| {
        let field = step_field(state, step, &format!("{}-{at}", stage.id))?;
        Some(view! { <FieldView field/> })
    });
    let steps = steps.collect_view();
    let button = |label: &'static str, command: &'static str, to: StageId, is_primary: bool| {
        let view = Arc::clone(&view);
        let go = move |_| {
            close();
            task::spawn(move_to(session, state, Arc::clone(&view), to));
        };
        view! {
            <button type="button" class=if is_primary { "button primary" } else { "button" } data-command=command
                disabled=move || state.is_saving.get() on:click=go>{label}</button>
        }
    };
    let before = view.path.iter().rev().nth(1).copied();
    let ways = (view.may_move && !view.is_closed && !state.is_new).then(|| match standing(&view, stage.id) {
        Standing::Active => {
            let next = stage.next.map(|next| button(text("process.next"), "next-stage", next, true));
            let back = before.map(|before| button(text("process.back"), "previous-stage", before, false));
            view! { {next} {back} }.into_any()
        }
        Standing::Done => button(text("process.set-active"), "set-active-stage", stage.id, false).into_any(),
        Standing::Next => button(text("process.next"), "next-stage", stage.id, true).into_any(),
        Standing::Later => ().into_any(),
    });
    view! {
        <div class="stage-head">
            <h3 class="section-title">{stage.name.text(locale::language()).to_owned()}</h3>
            <button type="button" class="button subtle icon-only" aria-label=text("dialog.close") on:click=move |_| close()>
                <Icon name="dismiss"/>
            </button>
        </div>
        {(is_own && stage.steps.is_empty()).then(|| view! { <p class="quiet-note">{text("process.no-steps")}</p> })}
        {(!is_own && elsewhere.is_none()).then(|| view! { <p class="quiet-note">{text("process.not-yet")}</p> })}
        <div class="stage-steps">{steps}</div>
        <div class="stage-ways">{ways} {elsewhere}</div>
    }
}

/// The required steps of the active stage that are empty.
fn missing_steps(state: FormState, view: &ProcessView, to: StageId) -> Vec<String> {
    let Some(active) = view.process.stage(view.active) else { return Vec::new() };
    if view.path.contains(&to) || active.table != state.table().name {
        return Vec::new();
    }
    let table = state.table();
    let is_empty = |value: Value| match value {
        Value::Null | Value::Boolean(false) => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::Parties(parties) => parties.is_empty(),
        _ => false,
    };
    let required = active.steps.iter().filter(|step| step.required);
    required
        .filter_map(|step| Some((step, step.column()?)))
        .filter(|(_, column)| is_empty(untrack(|| state.value_now(column.as_str()))))
        .map(|(step, column)| {
            let own = step.label.text(locale::language());
            let of_column = table.column(column.as_str()).map(|column| column.text(locale::language()));
            if own.is_empty() { of_column.unwrap_or(column.as_str()) } else { own }.to_owned()
        })
        .collect()
}

/// Takes the row to another stage; where that is about another row, its form is opened.
async fn move_to(session: Session, state: FormState, view: Arc<ProcessView>, to: StageId) {
    let Some(stage) = view.process.stage(to) else { return };
    let missing = missing_steps(state, &view, to);
    if !missing.is_empty() {
        return session.toast(ToastKind::Error, fill("process.missing", &[("steps", &missing.join(", "))]));
    }
    let Some(row) = view.rows.iter().find(|row| row.table == stage.table) else {
        let label = session.table(stage.table.clone()).await;
        let label = label.map(|table| table.label.text(locale::language()).to_owned()).unwrap_or_default();
        return session.toast(ToastKind::Error, fill("process.needs-row", &[("table", &label)]));
    };
    if untrack(|| state.is_dirty()) && save(session, state).await.is_none() {
        return;
    }
    let table = state.table();
    let subject = untrack(|| state.value_now(table.primary_name.as_str()));
    let command = Command {
        name: CommandName::from("move-stage"),
        table: TableName::new(&view.process.unique_name),
        id: view.instance.unwrap_or_else(browser::new_row_id),
        subject: subject.as_text().unwrap_or_default().to_owned(),
        parameters: parameters(&view, stage),
    };
    let touched = [command.table.clone(), table.name.clone()];
    match session.execute(vec![command]).await {
        Err(failure) => session.fail(&failure),
        Ok(_) => {
            session.touch(&touched);
            let name = stage.name.text(locale::language());
            session.toast(ToastKind::Success, fill("process.moved", &[("stage", name)]));
            if row.table != table.name
                && let Some(app) = session.address.place().get_untracked().app()
            {
                session.address.go(&Place::Form(app.clone(), row.table.clone(), row.id).address());
            }
        }
    }
}

/// What the command must know; the way so far counts only where the instance is made.
fn parameters(view: &ProcessView, stage: &Stage) -> Columns {
    let reference = |table: &str, id: u128, name: &str| {
        let name = Some(name.to_owned());
        Value::Reference(Reference { table: table.into(), id: RowId::from_u128(id), name })
    };
    let language = locale::language();
    let path: Vec<String> = view.path.iter().map(ToString::to_string).collect();
    let mut parameters = Columns::new()
        .with("activestageid", reference("processstage", stage.id.as_u128(), stage.name.text(language)))
        .with("traversedpath", Value::Text(path.join(",")))
        .with(
            "processid",
            reference("workflow", view.process.id.as_u128(), view.process.name.text(language)),
        );
    for row in &view.rows {
        let about = Reference { table: row.table.clone(), id: row.id, name: None };
        parameters.set(row.column.clone(), Value::Reference(about));
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Label, Process, ProcessId, StageCategory};

    fn view(active: u128, path: &[u128]) -> ProcessView {
        let stage = |id: u128, next: Option<u128>| Stage {
            id: StageId::from_u128(id),
            name: Label::default(),
            category: StageCategory::Develop,
            table: "opportunity".into(),
            relationship: None,
            steps: Vec::new(),
            next: next.map(StageId::from_u128),
            branches: Vec::new(),
        };
        ProcessView {
            process: Process {
                id: ProcessId::from_u128(9),
                unique_name: "opportunitysalesprocess".to_owned(),
                name: Label::default(),
                table: "opportunity".into(),
                order: 1,
                active: true,
                roles: Vec::new(),
                // The last leads back to the second, as a definition of a customer might.
                stages: vec![stage(1, Some(2)), stage(2, Some(3)), stage(3, Some(4)), stage(4, Some(2))],
            },
            instance: None,
            active: StageId::from_u128(active),
            started_at: None,
            path: path.iter().map(|id| StageId::from_u128(*id)).collect(),
            rows: Vec::new(),
            is_closed: false,
            may_move: true,
        }
    }

    #[test]
    fn stages_stand_in_the_order_they_are_gone_through() {
        let ids =
            |view: &ProcessView| stages(view).iter().map(|stage| stage.id.as_u128()).collect::<Vec<_>>();
        assert_eq!(ids(&view(1, &[1])), [1, 2, 3, 4]);
        assert_eq!(ids(&view(3, &[1, 3])), [1, 3, 4, 2], "a stage that was left out comes when it comes");
        let view = view(2, &[1, 2]);
        let of = |id: u128| standing(&view, StageId::from_u128(id));
        assert_eq!(
            [of(1), of(2), of(3), of(4)],
            [Standing::Done, Standing::Active, Standing::Next, Standing::Later]
        );
    }

    #[test]
    fn the_command_knows_process_stage_and_way() {
        let view = view(2, &[1, 2]);
        let parameters = parameters(&view, &view.process.stages[2]);
        let path = [1, 2].map(|id| StageId::from_u128(id).to_string()).join(",");
        assert_eq!(parameters.get("traversedpath"), &Value::Text(path));
        assert_eq!(parameters.get("activestageid").as_reference().unwrap().id, RowId::from_u128(3));
        assert_eq!(parameters.get("processid").as_reference().unwrap().id, RowId::from_u128(9));
    }
}
