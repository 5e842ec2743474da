//! What stands beside the tabs of a form: navigation, display conditions, parameters, scripts.

use super::{Element, Place, Problems};
use crate::said;
use crate::{ColumnName, DisplayConditions, Form, FormParameter, RelatedItem};

/// Reads the parts into the form.
pub(super) fn read(form: &mut Form, root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) {
    form.related = related(root, place, problems);
    form.display = display(root, place, problems);
    form.parameters = parameters(root, place, problems);
    form.hidden_columns = hidden_columns(root);
    form.ancestor = root.child("ancestor").and_then(|ancestor| ancestor.given("id")?.parse().ok());
    scripts(root, place, problems);
}

/// The entries of the Related menu, those of the form designer's areas in their order.
fn related(root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Vec<RelatedItem> {
    let Some(navigation) = root.child("Navigation") else { return Vec::new() };
    let place = place.inside("Navigation");
    let bars = std::iter::once(navigation).chain(navigation.all("NavBar"));
    let mut items = Vec::new();
    for (index, item) in bars.flat_map(|bar| &bar.children).enumerate() {
        match item.name.as_ref() {
            "NavBarByRelationshipItem" => {
                let place = item.given("Id").map_or_else(
                    || place.nth("NavBarByRelationshipItem", index),
                    |id| place.named("NavBarByRelationshipItem", id),
                );
                let Some(relationship) = item.given("RelationshipName") else {
                    problems.add("the entry names no RelationshipName", &place, "the entry is left out");
                    continue;
                };
                let mut label = problems.titles(item, "Titles", "Title", &place);
                if let Some(title) = item.given("Title").filter(|_| label.is_empty()) {
                    label.set(crate::Language::English.lcid(), title);
                }
                items.push(RelatedItem {
                    id: item.given("Id").unwrap_or_default().to_owned(),
                    relationship: relationship.to_owned(),
                    label,
                    area: item.given("Area").unwrap_or_default().to_owned(),
                    visible: problems.flag(item, "Show", true, &place),
                    sequence: item
                        .given("Sequence")
                        .map(|_| problems.number(item, "Sequence", u32::MAX, &place, 0..=999_999_999)),
                });
            }
            "NavBarItem" => {
                let what = said!("the entry {id} opens a page", id = item.given("Id").unwrap_or_default());
                problems.add(what, &place, "the entry is left out");
            }
            _ => {}
        }
    }
    items.sort_by_key(|item| item.sequence.unwrap_or(u32::MAX));
    items
}

/// Who gets the form or dashboard.
pub(super) fn display(root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> DisplayConditions {
    let Some(element) = root.child("DisplayConditions") else { return DisplayConditions::default() };
    let place = place.inside("DisplayConditions");
    let mut roles = Vec::new();
    for role in element.all("Role") {
        match role.given("Id").or_else(|| role.given("Name")) {
            Some(id) => roles.push(id.trim_matches(['{', '}']).to_owned()),
            None => problems.add("a Role names no Id", &place, "the Role is left out"),
        }
    }
    let is_for_everyone = element.child("Everyone").is_some();
    if !is_for_everyone && roles.is_empty() && element.children.is_empty() {
        problems.add("neither Everyone nor a Role is named", &place, "everybody gets it");
    }
    DisplayConditions {
        order: element
            .given("Order")
            .map(|_| problems.number(element, "Order", u32::MAX, &place, 0..=999_999_999)),
        fallback: problems.flag(element, "FallbackForm", false, &place),
        everyone: is_for_everyone || roles.is_empty(),
        roles,
    }
}

fn parameters(root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Vec<FormParameter> {
    let place = place.inside("formparameters");
    let listed = root.all("formparameters").flat_map(|all| all.all("querystringparameter"));
    let mut found = Vec::new();
    for parameter in listed {
        match parameter.given("name") {
            Some(name) => {
                let kind = parameter.given("type").unwrap_or("SafeString").to_owned();
                found.push(FormParameter { name: name.to_owned(), kind });
            }
            None => problems.add("a parameter has no name", &place, "the parameter is left out"),
        }
    }
    found
}

fn hidden_columns(root: &Element<'_>) -> Vec<ColumnName> {
    let listed = root.all("hiddencontrols").flat_map(|hidden| &hidden.children);
    let names = listed.filter_map(|data| data.given("datafieldname"));
    names.map(|name| ColumnName::new(name.to_ascii_lowercase())).collect()
}

/// Names the scripts of a form: they would run in the page that holds the user's session, and are not run.
fn scripts(root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) {
    let libraries = place.inside("formLibraries");
    for library in root.all("formLibraries").flat_map(|all| all.all("Library")) {
        let what = said!(
            "the script library {library} is not loaded",
            library = library.given("name").unwrap_or_default()
        );
        problems.add(what, &libraries, "the form works without it");
    }
    events(root, place, problems);
}

/// Names the handlers of the events of a form, tab or cell.
pub(super) fn events(element: &Element<'_>, place: &Place<'_>, problems: &mut Problems) {
    for event in element.all("events").flat_map(|events| events.all("event")) {
        let place = place.inside("events");
        let place = place.named("event", event.given("name").unwrap_or_default());
        let handlers = event.all("Handlers").chain(event.all("InternalHandlers"));
        for handler in handlers.flat_map(|handlers| handlers.all("Handler")) {
            if handler.given("enabled").and_then(super::flag) == Some(false) {
                continue;
            }
            let function = handler.given("functionName").unwrap_or_default();
            let library = handler.given("libraryName").unwrap_or_default();
            let what = match event.given("attribute") {
                Some(column) => {
                    said!(
                        "the script {function} of {column} (library {library}) is not run",
                        function,
                        column,
                        library
                    )
                }
                None => said!("the script {function} (library {library}) is not run", function, library),
            };
            problems.add(what, &place, "the form works without it");
        }
    }
}
