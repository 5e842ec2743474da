//! What stands where data is not yet or never will be.

use super::Icon;
use leptos::prelude::*;

/// Grey bars in the shape of what is coming.
#[component]
pub fn Skeleton(
    /// How many bars.
    #[prop(default = 5)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            {(0..lines).map(|_| view! { <div class="skeleton-line"></div> }).collect_view()}
        </div>
    }
}

/// Something is going on.
#[component]
pub fn Spinner(
    /// What is going on.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="spinner" role="status">
            <span class="spinner-wheel" aria-hidden="true"></span>
            <span>{label}</span>
        </div>
    }
}

/// There is nothing, and what can be done about it.
#[component]
pub fn Empty(
    /// A name in the sprite.
    #[prop(into)]
    icon: Signal<String>,
    /// What is missing.
    #[prop(into)]
    title: Signal<String>,
    /// What can be done.
    #[prop(into)]
    body: Signal<String>,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <div class="empty-picture"><Icon name=icon/></div>
            <h2 class="empty-title">{move || title.get()}</h2>
            <p class="empty-body">{move || body.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}
