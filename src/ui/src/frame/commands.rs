//! The command bar: on top where there is room, at the bottom of a phone; what does not fit goes to More.

use crate::browser::{self, Size};
use crate::kit::{Icon, Menu, MenuItem};
use crate::locale::text;
use crate::session::use_session;
use leptos::html::Div;
use leptos::prelude::*;

/// Commands at the bottom of a phone, More among them.
const PHONE_PLACES: usize = 4;
/// What a command takes beside its words: icon, gap and padding.
const COMMAND_PIXELS: f64 = 56.0;
/// What a letter takes, on average and a little more.
const LETTER_PIXELS: f64 = 8.0;
/// What More takes.
const MORE_PIXELS: f64 = 110.0;

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
    let bar = NodeRef::<Div>::new();
    let room = RwSignal::new((0.0, 0.0));
    browser::observe(bar, room);
    let width = Memo::new(move |_| room.get().0);
    let content = move || {
        let items = items.get();
        let shown = match session.size.get() {
            // Beside More, which takes a place of its own.
            Size::Phone if items.len() > PHONE_PLACES => PHONE_PLACES - 1,
            Size::Phone => items.len(),
            _ => fitting(items.iter().map(|item| item.label.as_str()), width.get()),
        };
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
    view! { <div class="command-bar" role="toolbar" aria-label=move || label.get() node_ref=bar>{content}</div> }
}

/// How many of the labels fit into a width; all of them before the width is known.
fn fitting<'a>(labels: impl Iterator<Item = &'a str>, width: f64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a label has a few letters")]
    let widths: Vec<f64> =
        labels.map(|label| COMMAND_PIXELS + label.chars().count() as f64 * LETTER_PIXELS).collect();
    if width <= 0.0 || widths.iter().sum::<f64>() <= width {
        return widths.len();
    }
    let mut left = width - MORE_PIXELS;
    let mut count = 0;
    for own in widths {
        left -= own;
        if left < 0.0 {
            break;
        }
        count += 1;
    }
    count
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_do_not_fit_go_to_more() {
        let labels = ["Save", "Save & close", "New", "Deactivate", "Assign", "Delete"];
        for (width, expected) in [(0.0, 6), (1200.0, 6), (500.0, 3), (200.0, 1), (100.0, 0)] {
            assert_eq!(fitting(labels.into_iter(), width), expected, "{width}");
        }
    }
}
