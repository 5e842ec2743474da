//! The command bar: on top where there is room, at the bottom of a phone; what does not fit goes to More.

use crate::browser::Size;
use crate::kit::{Icon, Menu, MenuItem};
use crate::locale::text;
use crate::session::use_session;
use leptos::prelude::*;

/// A command.
#[derive(Clone)]
pub struct CommandItem {
    /// The kebab-case name.
    pub name: String,
    /// What people read.
    pub label: String,
    /// A name in the sprite.
    pub icon: &'static str,
    /// Cannot be given now.
    pub is_disabled: Signal<bool>,
    /// Gives the command.
    pub run: Callback<()>,
}

/// The command bar.
#[component]
pub fn CommandBar(
    /// The commands in order.
    items: Signal<Vec<CommandItem>, LocalStorage>,
    /// What the commands are for.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let session = use_session();
    let room = move || match session.size.get() {
        Size::Phone => 4,
        Size::Tablet => 6,
        Size::Desktop => 8,
    };
    let bar = move || {
        let items = items.get();
        // More takes a place of its own.
        let shown = if items.len() > room() { room() - 1 } else { items.len() };
        let rest = items[shown..].to_vec();
        let buttons = items.into_iter().take(shown).map(button).collect_view();
        let more = (!rest.is_empty()).then(|| {
            view! {
                <Menu label=text("command.more") shows_label=true icon="more_horizontal" command="more" class="button subtle command">
                    {rest.iter().map(|item| {
                        let run = item.run;
                        view! {
                            <MenuItem label=item.label.clone() icon=item.icon command=item.name.clone()
                                is_dangerous=item.name == "delete" on_choose=move || run.run(())/>
                        }
                    }).collect_view()}
                </Menu>
            }
        });
        view! { {buttons} {more} }
    };
    view! { <div class="command-bar" role="toolbar" aria-label=move || label.get()>{bar}</div> }
}

fn button(item: CommandItem) -> impl IntoView {
    let is_disabled = item.is_disabled;
    view! {
        <button
            type="button"
            class="button subtle command"
            data-command=item.name.clone()
            disabled=move || is_disabled.get()
            on:click=move |_| item.run.run(())
        >
            <Icon name=item.icon/>
            <span class="button-label">{item.label}</span>
        </button>
    }
}
