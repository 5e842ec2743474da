//! Definitions in the shapes in which real environments export them, and what is read of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod command;
mod form;
mod navigation;
mod process;
mod show;

use model::{Label, Language, Problem};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/definitions/", $name))
    };
}
pub(crate) use fixture;

pub fn name(text: &str) -> Label {
    Label::one(Language::English, text)
}

/// What is wrong, in order.
pub fn whats(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| problem.what.to_string()).collect()
}
