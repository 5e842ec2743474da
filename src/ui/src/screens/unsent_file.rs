//! Unsent work into a file and back: what comes in is shown before it does.

use super::entry_words::deed;
use crate::browser;
use crate::format::formats;
use crate::kit::{Dialog, Icon};
use crate::locale::{fill, is_one, text};
use crate::session::{Session, ToastKind, failure_text, use_session};
use crate::task;
use client::message::{ImportLine, ImportProblem, ImportVerdict, ImportView, Reply, Request};
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// More than this many bytes are no file of unsent work.
const MOST_BYTES: f64 = 200_000_000.0;

/// Hands everything unsent over as a file.
pub async fn save_unsent_file(session: Session) {
    match session.ask(Request::Export).await {
        Reply::Exported(file) => {
            let user = session.user.with_untracked(|user| user.as_ref().map(|user| user.full_name.clone()));
            let name =
                file_name(&user.unwrap_or_default(), &String::from(js_sys::Date::new_0().to_iso_string()));
            if browser::save_file(&name, "application/json", &file) {
                session.toast(ToastKind::Success, fill("unsent-file.exported", &[("file", &name)]));
            } else {
                session.toast(ToastKind::Error, text("unsent-file.not-exported"));
            }
        }
        Reply::Failed(failure) => session.fail(&failure),
        _ => {}
    }
}

/// `valise-Remi-Petit-2026-11-24-0815.json`: letters that no file system refuses.
fn file_name(user: &str, now: &str) -> String {
    let letters = user.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' });
    let user = letters.collect::<String>();
    let (day, time) = now.split_once('T').unwrap_or((now, ""));
    let minutes: String = time.chars().filter(char::is_ascii_digit).take(4).collect();
    let parts = ["valise", user.trim_matches('-'), day, &minutes];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.json", parts.join("-"))
}

/// The buttons for both ways.
#[component]
pub fn UnsentFileButtons(
    /// There is something to hand over.
    has_entries: Signal<bool>,
    /// Grows when entries have come in.
    decided: RwSignal<u32>,
) -> impl IntoView {
    let session = use_session();
    let file: NodeRef<Input> = NodeRef::new();
    let found = RwSignal::new(None::<(String, ImportView)>);
    let taken = move |event| {
        let input = event_target::<HtmlInputElement>(&event);
        let Some(chosen) = input.files().and_then(|files| files.get(0)) else { return };
        task::spawn(async move {
            look(session, &chosen, found).await;
            // The same file can be chosen again.
            input.set_value("");
        });
    };
    let choose = move |_| {
        if let Some(file) = file.get_untracked() {
            file.click();
        }
    };
    view! {
        {move || has_entries.get().then(|| view! {
            <button type="button" class="button" data-command="export" title=text("unsent-file.export")
                on:click=move |_| task::spawn(save_unsent_file(session))>
                <Icon name="arrow_export"/> <span>{text("unsent-file.export-short")}</span>
            </button>
        })}
        <button type="button" class="button" data-command="import" title=text("unsent-file.import") on:click=choose>
            <Icon name="arrow_import"/> <span>{text("unsent-file.import-short")}</span>
        </button>
        <input node_ref=file type="file" class="hidden" accept=".json,application/json" tabindex="-1"
            aria-label=text("unsent-file.import") on:change=taken/>
        {move || found.with(Option::is_some).then(|| view! { <ImportDialog found decided/> })}
    }
}

/// Reads the file and shows what it would bring.
async fn look(session: Session, file: &web_sys::File, found: RwSignal<Option<(String, ImportView)>>) {
    let refuse = |words: String| session.toast(ToastKind::Error, words);
    let content = if file.size() > MOST_BYTES { None } else { JsFuture::from(file.text()).await.ok() };
    let Some(content) = content.and_then(|text| text.as_string()) else {
        return refuse(problem_words(&ImportProblem::Unreadable));
    };
    match session.ask(Request::ReadImport { text: content.clone() }).await {
        Reply::Import(Ok(view)) => drop(found.try_set(Some((content, view)))),
        Reply::Import(Err(problem)) => refuse(problem_words(&problem)),
        Reply::Failed(failure) => refuse(failure_text(&failure)),
        _ => {}
    }
}

#[component]
fn ImportDialog(
    /// The file's text and what it brings; nothing closes the dialog.
    found: RwSignal<Option<(String, ImportView)>>,
    decided: RwSignal<u32>,
) -> impl IntoView {
    let session = use_session();
    let (content, view) = found.get_untracked().unzip();
    let content = StoredValue::new(content.unwrap_or_default());
    let lines = view.as_ref().map(|view| view.lines.clone()).unwrap_or_default();
    let unreadable = view.as_ref().map_or(0, |view| view.unreadable);
    let made_at = view.map(|view| formats().date_time(view.made_at)).unwrap_or_default();
    let ready = lines.iter().filter(|line| line.verdict == ImportVerdict::Ready).count();
    let ready = u32::try_from(ready).unwrap_or(u32::MAX);
    let take = move |_| {
        // Closing the dialog takes what it holds along.
        let text = content.get_value();
        found.set(None);
        task::spawn(async move {
            match session.ask(Request::Import { text }).await {
                Reply::Import(Ok(_)) => {
                    decided.try_update(|count| *count += 1);
                    session.toast(ToastKind::Success, count_words(ready));
                }
                Reply::Import(Err(problem)) => session.toast(ToastKind::Error, problem_words(&problem)),
                Reply::Failed(failure) => session.fail(&failure),
                _ => {}
            }
        });
    };
    view! {
        <Dialog
            title=text("unsent-file.title").to_owned()
            id="import-unsent"
            on_cancel=move |()| found.set(None)
            actions=move || view! {
                <button type="button" class="button primary" data-command="confirm" data-focus="" disabled={ready == 0} on:click=take>
                    {text("unsent-file.take")}
                </button>
                <button type="button" class="button" data-command="cancel" on:click=move |_| found.set(None)>
                    {text("action.cancel")}
                </button>
            }
        >
            <p>{fill("unsent-file.made-at", &[("time", &made_at)])}</p>
            <p><strong>{coming_words(ready)}</strong></p>
            {(unreadable > 0).then(|| view! {
                <p class="inline-problem">
                    <Icon name="warning"/>
                    <span>{fill("unsent-file.unreadable", &[("count", &formats().integer(i64::from(unreadable)))])}</span>
                </p>
            })}
            <ol class="import-lines" tabindex="0" aria-label=text("unsent-file.title")>
                {lines.iter().map(|line| draw(line, &lines)).collect_view()}
            </ol>
        </Dialog>
    }
}

fn draw(line: &ImportLine, all: &[ImportLine]) -> impl IntoView + use<> {
    let is_ready = line.verdict == ImportVerdict::Ready;
    let words = deed(&line.view);
    let verdict = verdict_words(&line.verdict, all);
    view! {
        <li class="import-line" class:refused=!is_ready data-entry=line.view.entry.id.to_string() data-ready=is_ready.to_string()>
            <Icon name=if is_ready { "checkmark_circle" } else { "info" }/>
            <div>
                <p class="outbox-words">{words}</p>
                <p class="quiet-note">{formats().date_time(line.view.entry.made_at)} " · " {verdict}</p>
            </div>
        </li>
    }
}

fn coming_words(ready: u32) -> String {
    match ready {
        0 => text("unsent-file.none-comes").to_owned(),
        count if is_one(count) => text("unsent-file.comes-one").to_owned(),
        count => fill("unsent-file.comes", &[("count", &formats().integer(i64::from(count)))]),
    }
}

fn count_words(taken: u32) -> String {
    if is_one(taken) {
        text("unsent-file.taken-one").to_owned()
    } else {
        fill("unsent-file.taken", &[("count", &formats().integer(i64::from(taken)))])
    }
}

/// Why an entry comes in or does not.
fn verdict_words(verdict: &ImportVerdict, all: &[ImportLine]) -> String {
    match verdict {
        ImportVerdict::Ready => text("unsent-file.ready").to_owned(),
        ImportVerdict::Here => text("unsent-file.here").to_owned(),
        ImportVerdict::Done => text("unsent-file.done").to_owned(),
        ImportVerdict::NoTable => text("unsent-file.no-table").to_owned(),
        ImportVerdict::NoColumns(names) => fill("unsent-file.no-columns", &[("names", &names.join(", "))]),
        ImportVerdict::WrongValues(names) => {
            fill("unsent-file.wrong-values", &[("names", &names.join(", "))])
        }
        ImportVerdict::Needs(id) => {
            let other = all.iter().find(|line| line.view.entry.id == *id).map(|line| deed(&line.view));
            fill("unsent-file.needs", &[("change", &other.unwrap_or_default())])
        }
    }
}

/// Why a file brings nothing, with the way out.
fn problem_words(problem: &ImportProblem) -> String {
    match problem {
        ImportProblem::Unreadable => text("unsent-file.unreadable").to_owned(),
        ImportProblem::Newer => text("unsent-file.newer").to_owned(),
        ImportProblem::OtherOrganization => text("unsent-file.other-organization").to_owned(),
        ImportProblem::OtherUser(user) => fill("unsent-file.other-user", &[("user", user)]),
        ImportProblem::NotSynced => text("unsent-file.not-synced").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_so_that_every_system_takes_it() {
        for (user, name) in [
            ("Rémi Petit", "valise-Rémi-Petit-2026-11-24-0815.json"),
            ("a/b:c", "valise-a-b-c-2026-11-24-0815.json"),
            ("", "valise-2026-11-24-0815.json"),
        ] {
            assert_eq!(file_name(user, "2026-11-24T08:15:30.000Z"), name);
        }
    }
}
