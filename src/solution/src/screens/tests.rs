//! What the screen files must hold among themselves and against the tables.

mod forms;
mod views;

use super::*;
use model::{Control, ControlKind, Language, Metadata};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

type Element = (String, BTreeMap<String, String>);

fn element(start: &BytesStart<'_>) -> Element {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        (text(attribute.key.as_ref()), attribute.unescape_value().unwrap().into_owned())
    });
    (text(start.name().as_ref()), attributes.collect())
}

/// Every element with its attributes, in order; panics where the XML is not well-formed.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) | Event::Empty(start) => found.push(element(&start)),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Tables that hold what the apps are made of. They are read by programs; nobody opens their rows.
const DEFINITIONS: [&str; 7] = [
    "appmodule",
    "processstage",
    "savedquery",
    "savedqueryvisualization",
    "sitemap",
    "systemform",
    "workflow",
];

/// Read once: in a build for tests the files take a while.
fn solution() -> &'static Metadata {
    static SOLUTION: LazyLock<Metadata> = LazyLock::new(|| crate::metadata().unwrap());
    &SOLUTION
}

#[test]
fn every_file_in_the_folders_is_listed() {
    for (folder, listed) in [
        ("forms", files::FORMS),
        ("views", files::VIEWS),
        ("apps", files::APPS),
        ("processes", files::PROCESSES),
        ("charts", files::CHARTS),
        ("dashboards", files::DASHBOARDS),
        ("commands", files::COMMANDS),
    ] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let mut folders = vec![root.join(folder)];
        let mut found = BTreeSet::new();
        while let Some(path) = folders.pop() {
            for entry in std::fs::read_dir(path).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let relative = path.strip_prefix(&root).unwrap();
                    found.insert(relative.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        let listed: BTreeSet<_> = listed.iter().map(|(file, _)| (*file).to_owned()).collect();
        assert_eq!(found, listed);
    }
}

#[test]
fn ids_are_unique() {
    let solution = solution();
    let mut seen = BTreeSet::new();
    for form in &solution.forms {
        assert!(seen.insert(form.id.to_string()), "{:?}", form.name);
        for (name, attributes) in elements(&form.form_xml) {
            if let Some(id) = attributes.get("id").filter(|_| name != "control") {
                assert!(seen.insert(id.clone()), "{:?}: {name} {id}", form.name);
            }
        }
    }
    for view in &solution.views {
        assert!(seen.insert(view.id.to_string()), "{:?}", view.name);
    }
}

#[test]
fn every_text_is_there_in_every_language() {
    let solution = solution();
    let names = solution.forms.iter().map(|form| (&form.name, form.id.to_string()));
    let names = names.chain(solution.views.iter().map(|view| (&view.name, view.id.to_string())));
    let apps = solution
        .apps
        .iter()
        .flat_map(|app| [(&app.label, app.name.to_string()), (&app.description, app.name.to_string())]);
    for (label, place) in names.chain(apps) {
        for language in Language::ALL {
            assert!(label.exact(language).is_some_and(|text| !text.is_empty()), "{place} {language:?}");
        }
    }
    for form in &solution.forms {
        let found = elements(&form.form_xml);
        let count = |name: &str| found.iter().filter(|(element, _)| element == name).count();
        assert_eq!(count("labels") * 3, count("label"), "{:?}", form.name);
        for (index, (name, _)) in found.iter().enumerate() {
            if name == "tab" || name == "section" {
                assert_eq!(found[index + 1].0, "labels", "{:?}: {name}", form.name);
            }
        }
    }
}

/// Texts that are the same in English and in the other language, because that language says it so.
const SAME_IN_FRENCH: &str = "Administration|Communication|Contact|Contacts|Dates|Description|Latitude|Longitude|\
    Marketing|Message|Note|Notes|Options|Pipeline|Qualification|Sales Professional|Stock";
const SAME_IN_GERMAN: &str =
    "Dashboards|Details|Flow|Lead|Leads|Marketing|Pipeline|Sales Professional|Status|Team";

#[test]
fn texts_left_in_english_are_words_of_the_other_language() {
    let mut met = 0;
    let files = [files::FORMS, files::VIEWS, files::APPS, files::CHARTS, files::DASHBOARDS, files::COMMANDS];
    for (file, xml) in files.into_iter().flatten() {
        // The texts of one label stand side by side, so one that is not of a language ends the label.
        let mut label: BTreeMap<String, String> = BTreeMap::new();
        for (_, mut attributes) in elements(xml) {
            let language = attributes.remove("languagecode").or_else(|| attributes.remove("LCID"));
            let text = ["description", "Title", "Text"].iter().find_map(|name| attributes.remove(*name));
            let Some((language, text)) = language.zip(text) else {
                label.clear();
                continue;
            };
            assert!(!text.contains('\''), "{file}: “{text}” has a straight apostrophe");
            label.insert(language, text);
            for (code, same) in [("1036", SAME_IN_FRENCH), ("1031", SAME_IN_GERMAN)] {
                let (Some(english), Some(other)) = (label.get("1033"), label.get(code)) else { continue };
                let is_known = same.split('|').any(|word| word == english);
                assert!(english != other || is_known, "{file}: “{english}” is not in {code}");
                met += 1;
            }
        }
    }
    assert!(met > 2000, "{met}");
}

#[test]
fn the_parsers_read_every_screen_without_a_problem() {
    let solution = solution();
    for record in &solution.forms {
        let (form, problems) = model::parse_form(record);
        assert!(problems.is_empty(), "{:?}: {problems:?}", record.name);
        assert!(!form.tabs.is_empty() && form.header.len() <= 4, "{:?}", record.name);
    }
    for record in &solution.views {
        let (view, problems) = model::parse_view(record);
        assert!(problems.is_empty() && view.cells.len() > 1, "{:?}: {problems:?}", record.name);
    }
    for record in &solution.apps {
        let (map, problems) = model::parse_site_map(&record.site_map_xml);
        assert!(problems.is_empty(), "{}: {problems:?}", record.name);
        assert!(map.areas.iter().all(|area| !area.groups.is_empty()));
    }
}

#[test]
fn the_parsers_read_every_process_chart_dashboard_and_command_without_a_problem() {
    let solution = solution();
    let column = |table: &TableName, column: &str| {
        let table = solution.table(table.as_str()).unwrap_or_else(|| panic!("no table {table}"));
        table.column(column).is_some()
    };
    for record in &solution.processes {
        let (process, problems) = model::parse_process(record);
        assert_eq!(problems, [], "{:?}", record.name);
        for stage in &process.stages {
            assert!(Language::ALL.iter().all(|language| stage.name.exact(*language).is_some()));
            for step in &stage.steps {
                assert!(Language::ALL.iter().all(|language| step.label.exact(*language).is_some()));
                let name = step.column().unwrap_or_else(|| panic!("{step:?}"));
                assert!(column(&stage.table, name.as_str()), "{}: {name}", stage.table);
            }
        }
    }
    for record in &solution.charts {
        let (chart, problems) = model::parse_chart(record);
        assert_eq!(problems, [], "{:?}", record.name);
        assert!(chart.category.is_some() && !chart.series.is_empty() && !chart.fetch_xml.is_empty());
        assert!(solution.table(chart.table.as_str()).is_some());
    }
    for record in &solution.dashboards {
        let (dashboard, problems) = model::parse_dashboard(record);
        assert_eq!(problems, [], "{:?}", record.name);
        for (_, component) in dashboard.components() {
            let model::Component::Rows(rows) = component else { continue };
            assert!(solution.table(rows.table.as_str()).is_some());
            assert!(rows.view.is_none_or(|id| solution.views.iter().any(|view| view.id == id)));
            assert!(rows.chart.is_none_or(|id| solution.charts.iter().any(|chart| chart.id == id)));
        }
    }
    for record in &solution.command_sets {
        let (set, problems) = model::parse_command_set(record);
        assert_eq!(problems, [], "{}", record.name);
        for button in &set.buttons {
            assert!(
                Language::ALL.iter().all(|language| button.label.exact(*language).is_some()),
                "{}",
                button.id
            );
            assert_eq!(button.table, record.table, "{}", button.id);
        }
    }
}

/// Every control of a form: header, tabs, footer.
fn controls(form: &model::Form) -> impl Iterator<Item = &Control> {
    form.cells().filter_map(|cell| cell.control.as_ref())
}

#[test]
fn apps_lead_to_existing_tables_and_open_for_existing_roles() {
    let solution = solution();
    let roles: BTreeSet<String> = crate::roles().unwrap().into_iter().map(|role| role.name).collect();
    assert!(!solution.apps.is_empty());
    for app in &solution.apps {
        assert!(!app.roles.is_empty());
        for role in &app.roles {
            assert!(roles.contains(role), "{}: {role}", app.name);
        }
        for (name, attributes) in elements(&app.site_map_xml) {
            if let Some(table) = attributes.get("Entity") {
                assert!(solution.table(table).is_some(), "{}: {name} {table}", app.name);
            }
        }
    }
}

#[test]
fn whoever_makes_instances_of_a_process_may_point_them_to_its_stages() {
    let roles = crate::roles().unwrap();
    for process in super::processes().unwrap() {
        for role in &roles {
            let may = |table: &str, right| role.privileges.depth(table, right) > model::Depth::None;
            if may(&process.unique_name, model::Right::Create) {
                for table in ["workflow", "processstage"] {
                    assert!(may(table, model::Right::AppendTo), "{}: {table}", role.name);
                }
            }
        }
    }
}
