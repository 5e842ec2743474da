//! A modal dialog: a real `dialog`, opened in the top layer, closed by Escape.

use super::Icon;
use crate::locale::text;
use leptos::html;
use leptos::prelude::*;

/// A modal dialog. It is open as long as it is mounted.
#[component]
pub fn Dialog(
    /// The title, which is its accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// Wide enough for a form.
    #[prop(default = false)]
    is_wide: bool,
    /// Called by Escape and by the close button.
    #[prop(into)]
    on_cancel: UnsyncCallback<()>,
    /// The buttons, the confirming one first.
    #[prop(into)]
    actions: ViewFnOnce,
    /// What stands between title and buttons.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    let labelled = title_id.clone();
    let own_id = id;
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        request_animation_frame(move || {
            // It is open already when the effect runs twice.
            if dialog.is_connected() && !dialog.open() {
                let _ = dialog.show_modal();
                crate::browser::focus_first(&dialog, "[data-focus]");
            }
        });
    });
    view! {
        <dialog
            node_ref=dialog
            id=own_id
            class="dialog"
            class:wide=is_wide
            aria-labelledby=labelled
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_cancel.run(());
            }
        >
            <header class="dialog-header">
                <h2 class="dialog-title" id=title_id>{move || title.get()}</h2>
                <button
                    type="button"
                    class="button subtle icon-only"
                    aria-label=text("dialog.close")
                    on:click=move |_| on_cancel.run(())
                >
                    <Icon name="dismiss"/>
                </button>
            </header>
            <div class="dialog-body">{children()}</div>
            <footer class="dialog-actions">{actions.run()}</footer>
        </dialog>
    }
}
