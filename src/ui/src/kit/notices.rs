//! The notices on screen, spoken by screen readers as they come.

use super::Icon;
use crate::locale::text;
use crate::session::{ToastKind, use_session};
use leptos::prelude::*;

/// The live region with the notices.
#[component]
pub fn Notices() -> impl IntoView {
    let session = use_session();
    let icon = |kind| match kind {
        ToastKind::Success => "checkmark_circle",
        ToastKind::Info => "info",
        ToastKind::Error => "error_circle",
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || session.toasts.get() key=|toast| toast.number let:toast>
                <div class="toast" data-toast=toast.kind.name()>
                    <Icon name=icon(toast.kind)/>
                    <p class="toast-text">{toast.text.clone()}</p>
                    {toast.action.clone().map(|(label, act)| view! {
                        <button type="button" class="button" on:click=move |_| {
                            act.run(());
                            session.close_toast(toast.number);
                        }>
                            {label}
                        </button>
                    })}
                    <button
                        type="button"
                        class="button subtle icon-only"
                        aria-label=text("toast.close")
                        on:click=move |_| session.close_toast(toast.number)
                    >
                        <Icon name="dismiss"/>
                    </button>
                </div>
            </For>
        </div>
    }
}
