//! What could not be used of the org's definitions, for an administrator.

use crate::browser;
use crate::kit::{Empty, Icon, Skeleton};
use crate::locale::{fill, text, text_of};
use crate::session::{failure_text, use_session};
use crate::task;
use client::message::{DefinitionProblems, ToldProblem};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn DefinitionsScreen() -> impl IntoView {
    let session = use_session();
    browser::set_title(text("definitions.title"));
    let loaded = task::load(move || {
        session.definitions.track();
        session.definition_problems()
    });
    Effect::new(move |_| {
        if matches!(loaded.get(), Some(Ok(_))) {
            browser::mark_ready();
        }
    });
    let content = move || {
        match loaded.get() {
        None => view! { <Skeleton lines=8/> }.into_any(),
        Some(Err(failure)) => view! {
            <Empty icon="error_circle".to_owned() title=text("broken.title").to_owned() body=failure_text(&failure)/>
        }
        .into_any(),
        Some(Ok(found)) if found.is_empty() => view! {
            <Empty
                icon="checkmark".to_owned()
                title=text("definitions.none").to_owned()
                body=text("definitions.none-body").to_owned()
            />
        }
        .into_any(),
        Some(Ok(found)) => draw(found).into_any(),
    }
    };
    view! {
        <div class="screen definitions-screen" data-screen="definitions">
            <div class="screen-head">
                <h1 class="screen-title">{text("definitions.title")}</h1>
            </div>
            <p class="quiet-note">{text("definitions.words")}</p>
            <div class="definition-problems" data-part="definition-problems">{content}</div>
        </div>
    }
}

fn draw(found: Vec<DefinitionProblems>) -> impl IntoView {
    found.into_iter().map(draw_definition).collect_view()
}

fn draw_definition(definition: DefinitionProblems) -> impl IntoView {
    let DefinitionProblems { kind, key, name, table, problems } = definition;
    let kind_label = text_of("definition-kind", kind.name()).unwrap_or_else(|| kind.name());
    let about = match table {
        Some(table) => fill("definitions.of", &[("kind", kind_label), ("table", &table)]),
        None => kind_label.to_owned(),
    };
    let heading = format!("definition-{key}");
    let labelled = heading.clone();
    view! {
        <section class="form-section" aria-labelledby=labelled data-kind=kind.name() data-key=key>
            <div class="definition-head">
                <h2 class="section-title" id=heading>{name}</h2>
                <span class="quiet-note">{about}</span>
            </div>
            <ul class="problem-list">{problems.into_iter().map(draw_problem).collect_view()}</ul>
        </section>
    }
}

fn draw_problem(problem: ToldProblem) -> impl IntoView {
    view! {
        <li class="problem">
            <Icon name="warning"/>
            <div class="problem-text">
                <p class="problem-what">{first_upper(&problem.what)}</p>
                <p class="quiet-note">{first_upper(&problem.instead)}</p>
                <code class="problem-place">{problem.place}</code>
            </div>
        </li>
    }
}

/// The sentence with its first letter as a sentence begins.
fn first_upper(sentence: &str) -> String {
    let mut letters = sentence.chars();
    // A sentence that begins with a name of the definition (`columns="x"`) keeps it.
    let is_name = sentence.split(' ').next().is_some_and(|word| word.contains('='));
    match letters.next() {
        Some(first) if !is_name => first.to_uppercase().chain(letters).collect(),
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::first_upper;

    #[test]
    fn a_sentence_begins_large_and_a_name_stays_as_it_is() {
        assert_eq!(first_upper("élément inconnu"), "Élément inconnu");
        assert_eq!(first_upper("columns=\"x\" is not known"), "columns=\"x\" is not known");
        assert_eq!(first_upper(""), "");
    }
}
