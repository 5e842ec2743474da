//! What the demo company has made of the solution: a table of visit reports with its forms, views and place in the
//! navigation, and on opportunities a column of every type there is.
//!
//! It is all data in `data/demo/custom`, as a customer's administrator would have added it, and no part of the solution.

use crate::screens::wrapper::Wrapper;
use crate::screens::{read_form, read_view};
use crate::{RoleRecord, SolutionError};
use model::{Column, ColumnKind, Metadata, Privileges, Relationship, Table, TableName};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The files below `data/demo/custom/`, each with its text.
macro_rules! custom {
    ($($path:literal),+ $(,)?) => { &[$(custom!(= $path)),+] };
    (= $path:literal) => {
        (concat!("demo/custom/", $path), include_str!(concat!("../../data/demo/custom/", $path)))
    };
}

type File = (&'static str, &'static str);

const TABLES: &[File] = custom!["tables/new_visitreport.json"];
const OPPORTUNITY_COLUMNS: File = custom!(= "columns/opportunity.json");
const RELATIONSHIPS: File = custom!(= "relationships.json");
const ROLES: File = custom!(= "roles.json");
const OPPORTUNITY_TABS: File = custom!(= "forms/opportunity-tabs.xml");
const SITE_MAP_GROUP: File = custom!(= "site-map.xml");
const FORMS: &[File] = custom![
    "forms/new_visitreport/card.xml",
    "forms/new_visitreport/main.xml",
    "forms/new_visitreport/quick-create.xml",
    "forms/new_visitreport/quick-view.xml",
];
const VIEWS: &[File] = custom![
    "views/new_visitreport/active-visit-reports.xml",
    "views/new_visitreport/all-visit-reports.xml",
    "views/new_visitreport/associated.xml",
    "views/new_visitreport/inactive-visit-reports.xml",
    "views/new_visitreport/lookup.xml",
    "views/new_visitreport/my-visit-reports.xml",
    "views/new_visitreport/quick-find.xml",
    "views/opportunity/installation-planning.xml",
];

/// The main form that gets the company's tabs.
const MAIN: i32 = 2;

/// A relationship with the table it is described on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    parent: TableName,
    relationship: Relationship,
}

/// What a role may do with the company's own tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    role: String,
    privileges: Privileges,
}

/// Lays what the demo company added over an org's metadata, which must be the solution's.
///
/// # Errors
/// When a data file cannot be used with this metadata.
pub fn customize(mut metadata: Metadata) -> Result<Metadata, SolutionError> {
    for file in TABLES {
        let table: Table = json(file)?;
        if metadata.table(table.name.as_str()).is_some() {
            return Err(unusable(file, format!("the table {} is there already", table.name)));
        }
        metadata.tables.push(table);
    }
    let columns: Vec<Column> = json(&OPPORTUNITY_COLUMNS)?;
    table_mut(&mut metadata, &OPPORTUNITY_COLUMNS, "opportunity")?.columns.extend(columns);
    for described in json::<Vec<Described>>(&RELATIONSHIPS)? {
        relate(&mut metadata, described)?;
    }
    for (file, text) in FORMS {
        metadata.forms.push(read_form(file, text)?);
    }
    for (file, text) in VIEWS {
        metadata.views.push(read_view(file, text)?);
    }
    add_tabs(&mut metadata)?;
    add_to_site_maps(&mut metadata)?;
    Ok(metadata)
}

/// Gives the solution's roles their privileges on the company's own tables.
///
/// # Errors
/// When the data file cannot be used with these roles.
pub fn customize_roles(mut roles: Vec<RoleRecord>) -> Result<Vec<RoleRecord>, SolutionError> {
    for granted in json::<Vec<Granted>>(&ROLES)? {
        let role = roles.iter_mut().find(|role| role.name == granted.role);
        let role = role.ok_or_else(|| unusable(&ROLES, format!("there is no role {}", granted.role)))?;
        role.privileges.0.extend(granted.privileges.0);
    }
    Ok(roles)
}

/// Adds the relationship, and its parent to the targets of the lookup where that is missing.
fn relate(metadata: &mut Metadata, described: Described) -> Result<(), SolutionError> {
    let Described { parent, relationship } = described;
    let child = table_mut(metadata, &RELATIONSHIPS, relationship.child.as_str())?;
    let column = child.columns.iter_mut().find(|column| column.name == relationship.column);
    let Some(Column { kind: ColumnKind::Lookup { targets, .. }, .. }) = column else {
        let what = format!("{}.{} is no lookup", relationship.child, relationship.column);
        return Err(unusable(&RELATIONSHIPS, what));
    };
    if !targets.contains(&parent) {
        targets.push(parent.clone());
    }
    table_mut(metadata, &RELATIONSHIPS, parent.as_str())?.relationships.push(relationship);
    Ok(())
}

fn add_tabs(metadata: &mut Metadata) -> Result<(), SolutionError> {
    let (file, text) = OPPORTUNITY_TABS;
    let tabs = Wrapper::parse(file, text, "tabs")?.whole();
    let tabs = inner(&tabs, "tabs");
    let mut forms = metadata.forms.iter_mut();
    let form = forms.find(|form| form.table == *"opportunity" && form.kind == MAIN && form.is_default);
    let place = form.and_then(|form| form.form_xml.rfind("</tabs>").map(|place| (form, place)));
    let (form, place) =
        place.ok_or_else(|| unusable(&OPPORTUNITY_TABS, "the opportunity has no main form with tabs"))?;
    form.form_xml.insert_str(place, tabs);
    Ok(())
}

fn add_to_site_maps(metadata: &mut Metadata) -> Result<(), SolutionError> {
    let (file, text) = SITE_MAP_GROUP;
    let group = Wrapper::parse(file, text, "Group")?.whole();
    for app in &mut metadata.apps {
        let place = app.site_map_xml.find("</Area>");
        let place = place
            .ok_or_else(|| unusable(&SITE_MAP_GROUP, format!("the site map of {} has no area", app.name)))?;
        app.site_map_xml.insert_str(place, group.trim());
    }
    Ok(())
}

/// What stands inside the outer element of a compact XML text.
fn inner<'a>(xml: &'a str, root: &str) -> &'a str {
    let xml = xml.trim();
    let xml = xml.strip_prefix(&format!("<{root}>")).unwrap_or(xml);
    xml.strip_suffix(&format!("</{root}>")).unwrap_or(xml)
}

fn table_mut<'a>(
    metadata: &'a mut Metadata,
    file: &File,
    name: &str,
) -> Result<&'a mut Table, SolutionError> {
    let found = metadata.tables.iter_mut().find(|table| table.name == *name);
    found.ok_or_else(|| unusable(file, format!("there is no table {name}")))
}

fn json<T: DeserializeOwned>((file, text): &File) -> Result<T, SolutionError> {
    serde_json::from_str(text).map_err(|source| SolutionError::Json { file: (*file).to_owned(), source })
}

fn unusable((file, _): &File, what: impl Into<String>) -> SolutionError {
    SolutionError::Content { file: (*file).to_owned(), what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Depth, Label, Language, Right};
    use std::collections::BTreeSet;

    fn solution() -> Metadata {
        crate::metadata().unwrap()
    }

    fn customized() -> Metadata {
        customize(solution()).unwrap()
    }

    #[test]
    fn every_file_in_the_folder_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let (mut folders, mut found) = (vec![root.join("demo/custom")], BTreeSet::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"));
                }
            }
        }
        let single = [OPPORTUNITY_COLUMNS, RELATIONSHIPS, ROLES, OPPORTUNITY_TABS, SITE_MAP_GROUP];
        let used = TABLES.iter().chain(FORMS).chain(VIEWS).chain(&single);
        assert_eq!(found, used.map(|(file, _)| (*file).to_owned()).collect());
    }

    #[test]
    fn opportunities_have_a_custom_column_of_every_type_and_format() {
        let metadata = customized();
        let table = metadata.table("opportunity").unwrap();
        let custom: Vec<&Column> = table.columns.iter().filter(|column| column.custom).collect();
        let kinds: BTreeSet<String> = custom.iter().map(|column| kind(column)).collect();
        let expected = [
            "BaseMoney",
            "BigInteger",
            "Boolean",
            "Choice",
            "Choices",
            "DateTime DateOnly Date",
            "DateTime TimeZoneIndependent DateAndTime",
            "DateTime UserLocal Date",
            "DateTime UserLocal DateAndTime",
            "Decimal",
            "File",
            "Float",
            "Image",
            "Integer Duration",
            "Integer Language",
            "Integer Plain",
            "Integer TimeZone",
            "Lookup Customer",
            "Lookup Simple",
            "Memo RichText",
            "Memo TextArea",
            "Money",
            "Text AutoNumber",
            "Text Email",
            "Text Phone",
            "Text Plain",
            "Text TextArea",
            "Text Ticker",
            "Text Url",
            "UniqueId",
        ];
        assert_eq!(kinds, expected.map(str::to_owned).into());
        let form = metadata.forms.iter().find(|form| form.table == *"opportunity" && form.kind == MAIN);
        let form_xml = &form.unwrap().form_xml;
        for column in custom {
            let control = format!("datafieldname=\"{}\"", column.name);
            assert!(form_xml.contains(&control), "{} is on no form", column.name);
            assert!(column.name.as_str().starts_with("new_"), "{}", column.name);
        }
    }

    /// The kind's name, with what a control must treat differently.
    fn kind(column: &Column) -> String {
        let name = match &column.kind {
            ColumnKind::Text { format, .. } => format!("Text {format:?}"),
            ColumnKind::Memo { format, .. } => format!("Memo {format:?}"),
            ColumnKind::Integer { format, .. } => format!("Integer {format:?}"),
            ColumnKind::DateTime { behavior, format } => format!("DateTime {behavior:?} {format:?}"),
            ColumnKind::Lookup { style, .. } => format!("Lookup {style:?}"),
            other => format!("{other:?}"),
        };
        name.chars()
            .take_while(|letter| letter.is_alphabetic() || *letter == ' ')
            .collect::<String>()
            .trim()
            .to_owned()
    }

    #[test]
    fn what_was_added_is_read_without_a_problem_and_names_what_exists() {
        let metadata = customized();
        for record in &metadata.forms {
            let (_, problems) = model::parse_form(record);
            assert!(problems.is_empty(), "{:?}: {problems:?}", record.name);
        }
        for record in &metadata.views {
            let (_, problems) = model::parse_view(record);
            assert!(problems.is_empty(), "{:?}: {problems:?}", record.name);
            assert!(query::parse_fetch(&record.fetch_xml).is_ok(), "{:?}", record.name);
        }
        for app in &metadata.apps {
            let (map, problems) = model::parse_site_map(&app.site_map_xml);
            assert!(problems.is_empty(), "{}: {problems:?}", app.name);
            assert!(map.areas[0].groups.iter().any(|group| group.id == "Visits"), "{}", app.name);
        }
        let table = metadata.table("new_visitreport").unwrap();
        for kind in [0, 2, 4, 64] {
            let views = metadata.views.iter().filter(|view| view.table == table.name && view.kind == kind);
            assert_eq!(views.filter(|view| view.is_default).count(), 1, "{kind}");
        }
        let ids: BTreeSet<String> = metadata.forms.iter().map(|form| form.id.to_string()).collect();
        assert_eq!(ids.len(), metadata.forms.len());
        let ids: BTreeSet<String> = metadata.views.iter().map(|view| view.id.to_string()).collect();
        assert_eq!(ids.len(), metadata.views.len());
    }

    #[test]
    fn every_lookup_has_its_relationship_and_every_label_is_there_in_every_language() {
        let metadata = customized();
        let is_own = |table: &Table, column: &Column| table.custom || column.custom;
        for table in &metadata.tables {
            for column in table.columns.iter().filter(|column| is_own(table, column)) {
                let full =
                    |label: &Label| Language::ALL.iter().all(|language| label.exact(*language).is_some());
                let options = column.options().iter().all(|option| full(&option.label));
                assert!(full(&column.label) && options, "{}.{}", table.name, column.name);
            }
            for column in &table.columns {
                let ColumnKind::Lookup { targets, .. } = &column.kind else { continue };
                for target in targets {
                    let parent = metadata.table(target.as_str()).unwrap();
                    let ways = parent.relationships.iter();
                    let ways = ways.filter(|way| way.child == table.name && way.column == column.name);
                    assert_eq!(ways.count(), 1, "{}.{} to {target}", table.name, column.name);
                }
            }
        }
    }

    #[test]
    fn only_what_the_company_changed_is_changed() {
        let (before, after) = (solution(), customized());
        let changed = |name: &str| before.table(name) != after.table(name);
        let mut tables: Vec<_> =
            before.tables.iter().map(|table| table.name.as_str()).filter(|name| changed(name)).collect();
        tables.sort_unstable();
        let expected = [
            "account",
            "activitypointer",
            "annotation",
            "appointment",
            "businessunit",
            "contact",
            "email",
            "opportunity",
            "phonecall",
            "systemuser",
            "task",
            "team",
        ];
        assert_eq!(tables, expected);
        let forms = before.forms.iter().zip(&after.forms).filter(|(before, after)| before != after);
        assert_eq!(forms.count(), 1);
        let again = customize(after).unwrap_err().to_string();
        assert!(again.contains("new_visitreport is there already"), "{again}");
    }

    #[test]
    fn every_role_may_work_with_the_company_s_own_table() {
        let roles = customize_roles(crate::roles().unwrap()).unwrap();
        for role in &roles {
            assert_ne!(role.privileges.depth("new_visitreport", Right::Create), Depth::None, "{}", role.name);
        }
        let problem = customize_roles(Vec::new()).unwrap_err().to_string();
        assert!(problem.contains("there is no role Salesperson"), "{problem}");
    }
}
