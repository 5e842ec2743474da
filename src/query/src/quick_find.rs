//! The search box of a view: the text goes where the view's quick find filter says.

use crate::plan::{Filter, Link, Plan};

/// Puts the search text into the filters marked `isquickfindfields`.
///
/// A find column matches when its text begins with the search text; `*` stands for any characters, so `*acme` finds
/// what contains it. Without a text the marked filters are left out.
#[must_use]
pub fn quick_find(mut plan: Plan, search: &str) -> Plan {
    let search = search.trim();
    let search = if search.is_empty() { None } else { Some(search) };
    if let Some(filter) = &mut plan.filter {
        fill(filter, search);
    }
    plan.links.iter_mut().for_each(|link| fill_link(link, search));
    plan
}

fn fill_link(link: &mut Link, text: Option<&str>) {
    if let Some(filter) = &mut link.filter {
        fill(filter, text);
    }
    link.links.iter_mut().for_each(|link| fill_link(link, text));
}

fn fill(filter: &mut Filter, text: Option<&str>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter_mut().for_each(|part| fill(part, text)),
        Filter::Not(part) => fill(part, text),
        Filter::Linked(link) => fill_link(link, text),
        Filter::QuickFind { search, .. } => *search = text.map(str::to_owned),
        Filter::Condition(_) => {}
    }
}
