//! What the screen files must hold among themselves and against the tables.

use super::*;
use model::{ColumnKind, ControlKind, IntegerFormat, Language, LookupStyle, Metadata, Table, TextFormat};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

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

/// The text inside each element of this name.
fn texts<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(open.as_str()).skip(1).map(|rest| rest.split(close.as_str()).next().unwrap()).collect()
}

fn solution() -> Metadata {
    crate::metadata().unwrap()
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

#[test]
fn forms_name_existing_columns_views_and_relationships() {
    let solution = solution();
    for form in &solution.forms {
        let table = solution.table(form.table.as_str()).unwrap_or_else(|| panic!("no table {}", form.table));
        for (name, attributes) in elements(&form.form_xml) {
            if let Some(column) = attributes.get("datafieldname").filter(|_| name == "control") {
                assert!(table.column(column).is_some(), "{}: {column}", form.table);
            }
        }
        for relationship in texts(&form.form_xml, "RelationshipName") {
            let found = table.relationships.iter().any(|known| known.name == relationship);
            assert!(found, "{}: {relationship}", form.table);
        }
        let named = texts(&form.form_xml, "ViewId").into_iter().chain(texts(&form.form_xml, "DefaultViewId"));
        for id in named {
            let found = solution.views.iter().any(|view| view.id == id.parse().unwrap());
            assert!(found, "{} {:?}: {id}", form.table, form.name);
        }
    }
}

#[test]
fn the_parsers_read_every_screen_without_a_problem() {
    let solution = solution();
    for record in &solution.forms {
        let (form, problems) = model::parse_form(record);
        assert!(problems.is_empty(), "{:?}: {problems:?}", record.name);
        assert!(!form.tabs.is_empty() && form.header.len() <= 4, "{:?}", record.name);
        let is_main_of_people =
            matches!(record.table.as_str(), "account" | "contact" | "lead" | "opportunity");
        if record.kind == 2 && is_main_of_people {
            assert!(controls(&form).any(|control| control.kind == ControlKind::Timeline), "{}", record.table);
        }
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

fn controls(form: &model::Form) -> impl Iterator<Item = &model::Control> {
    let sections = form.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|column| &column.sections);
    let cells = sections.flat_map(|section| &section.rows).flat_map(|row| &row.cells);
    form.header.iter().chain(cells).filter_map(|cell| cell.control.as_ref())
}

#[test]
fn every_control_is_made_for_its_column() {
    let solution = solution();
    for record in &solution.forms {
        let table = solution.table(record.table.as_str()).unwrap();
        let (form, _) = model::parse_form(record);
        for control in controls(&form) {
            let Some(column) = control.column.as_ref().and_then(|name| table.column(name.as_str())) else {
                assert!(matches!(control.kind, ControlKind::Subgrid | ControlKind::Timeline));
                continue;
            };
            let fits = match &column.kind {
                ColumnKind::Text { format, .. } => match format {
                    TextFormat::Email => control.kind == ControlKind::Email,
                    TextFormat::Phone => control.kind == ControlKind::Phone,
                    TextFormat::Url => control.kind == ControlKind::Url,
                    TextFormat::Ticker => control.kind == ControlKind::Ticker,
                    _ => control.kind == ControlKind::Text,
                },
                ColumnKind::Memo { .. } => control.kind == ControlKind::Memo,
                ColumnKind::Integer { format: IntegerFormat::Duration, .. } => {
                    control.kind == ControlKind::Duration
                }
                ColumnKind::Integer { .. } => control.kind == ControlKind::Integer,
                ColumnKind::Decimal { .. } => control.kind == ControlKind::Decimal,
                ColumnKind::Float { .. } => control.kind == ControlKind::Float,
                ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => control.kind == ControlKind::Money,
                ColumnKind::Choice { .. } | ColumnKind::State => control.kind == ControlKind::Choice,
                ColumnKind::Status => control.kind == ControlKind::StatusReason,
                ColumnKind::Boolean(_) => {
                    matches!(control.kind, ControlKind::BooleanRadio | ControlKind::BooleanCheckbox)
                }
                ColumnKind::DateTime { .. } => control.kind == ControlKind::DateTime,
                ColumnKind::Lookup { style: LookupStyle::Regarding, .. } => {
                    control.kind == ControlKind::Regarding
                }
                ColumnKind::Lookup { .. } => control.kind == ControlKind::Lookup,
                ColumnKind::PartyList { .. } => control.kind == ControlKind::PartyList,
                ColumnKind::EntityName => control.kind == ControlKind::Text,
                _ => false,
            };
            assert!(fits, "{}.{}: {:?}", record.table, column.name, control.kind);
            if column.writable == model::Writable::Never {
                assert!(control.disabled, "{}.{} cannot be written", record.table, column.name);
            }
        }
    }
}

/// The kind's name, with what a control must treat differently.
fn kind(column: &model::Column) -> String {
    let detail = match &column.kind {
        ColumnKind::Text { format, .. } => format!("{format:?}"),
        ColumnKind::Integer { format, .. } => format!("{format:?}"),
        ColumnKind::DateTime { behavior, format } => format!("{behavior:?} {format:?}"),
        ColumnKind::Lookup { style, .. } => format!("{style:?}"),
        _ => String::new(),
    };
    let name = format!("{:?}", column.kind);
    let name: String = name.chars().take_while(|letter| letter.is_alphabetic()).collect();
    format!("{name} {detail}").trim().to_owned()
}

#[test]
fn every_column_type_stands_on_some_form() {
    let solution = solution();
    let mut shown = BTreeSet::new();
    for form in &solution.forms {
        let Some(table) = solution.table(form.table.as_str()) else { continue };
        let columns = elements(&form.form_xml).into_iter().filter_map(|(_, attributes)| {
            attributes.get("datafieldname").and_then(|column| table.column(column)).map(kind)
        });
        shown.extend(columns);
    }
    // `Text TextArea` is the file in a note alone.
    let hidden =
        ["UniqueId", "BigInteger", "Image", "File", "Integer TimeZone", "Integer Language", "Text TextArea"];
    for column in solution.tables.iter().flat_map(|table| &table.columns) {
        let kind = kind(column);
        assert!(shown.contains(&kind) || hidden.contains(&kind.as_str()), "{kind} ({})", column.name);
    }
    let classes = |id: &str| files::FORMS.iter().any(|(_, text)| text.contains(id));
    assert!(classes("67FAC785-CD58-4f9f-ABB3-4B7DDC6ED5ED"), "yes/no as radio buttons");
    assert!(classes("B0C6723A-8503-4fd7-BB28-C8A06AC933C2"), "yes/no as a checkbox");
    assert!(classes("06375649-C143-495E-A496-C962E5B4488E"), "timeline");
}

/// The tables that a view speaks of, by alias; the root under the empty alias.
fn view_tables<'a>(solution: &'a Metadata, view: &ViewRecord) -> BTreeMap<String, &'a Table> {
    let named = |name: &str| solution.table(name).unwrap_or_else(|| panic!("no table {name}"));
    let mut tables = BTreeMap::from([(String::new(), named(view.table.as_str()))]);
    for (name, attributes) in elements(&view.fetch_xml) {
        if name == "link-entity" {
            let linked = named(&attributes["name"]);
            assert!(linked.column(&attributes["from"]).is_some(), "{:?}", view.name);
            assert!(tables[""].column(&attributes["to"]).is_some(), "{:?}", view.name);
            tables.insert(attributes["alias"].clone(), linked);
        }
    }
    tables
}

#[test]
fn views_name_existing_columns_and_fetch_what_they_show() {
    let solution = solution();
    for view in &solution.views {
        let tables = view_tables(&solution, view);
        let (mut alias, mut fetched) = (String::new(), BTreeSet::new());
        for (name, attributes) in elements(&view.fetch_xml) {
            let owner = attributes.get("entityname").unwrap_or(&alias).clone();
            match name.as_str() {
                "link-entity" => alias.clone_from(&attributes["alias"]),
                "attribute" => {
                    let column = &attributes["name"];
                    assert!(tables[&alias].column(column).is_some(), "{:?}: {alias} {column}", view.name);
                    let dot = if alias.is_empty() { "" } else { "." };
                    fetched.insert(format!("{alias}{dot}{column}"));
                }
                "condition" | "order" => {
                    let column = &attributes["attribute"];
                    assert!(tables[&owner].column(column).is_some(), "{:?}: {owner} {column}", view.name);
                }
                _ => {}
            }
        }
        let layout = elements(&view.layout_xml);
        for (_, attributes) in layout.iter().filter(|(name, _)| name == "cell") {
            assert!(fetched.contains(&attributes["name"]), "{:?}: {}", view.name, attributes["name"]);
        }
        let (_, grid) = &layout[0];
        assert_eq!(grid["object"], tables[""].object_type_code.to_string(), "{:?}", view.name);
        assert!(tables[""].column(&grid["jump"]).is_some());
    }
}

#[test]
fn every_table_has_one_default_of_each_kind() {
    let solution = solution();
    for table in &solution.tables {
        for kind in [0, 2, 4, 64] {
            let views = solution.views.iter().filter(|view| view.table == table.name && view.kind == kind);
            assert_eq!(views.filter(|view| view.is_default).count(), 1, "{} view {kind}", table.name);
        }
        let forms = || solution.forms.iter().filter(|form| form.table == table.name);
        assert_eq!(forms().filter(|form| form.kind == 2 && form.is_default).count(), 1, "{}", table.name);
        assert_eq!(forms().any(|form| form.kind == 7), table.has_quick_create, "{}", table.name);
    }
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
