//! SiteMap XML: the navigation of an app.

use super::resources::resource;
use super::{Element, Place, Problems};
use crate::said;
use crate::{Area, Group, Label, Language, Problem, Right, SiteMap, SubArea, SubAreaTarget, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// Reads a site map. An entry that leads nowhere is left out; its problem says why.
#[must_use]
pub fn parse_site_map(xml: &str) -> (SiteMap, Vec<Problem>) {
    let mut reading = Reading::default();
    let mut site_map = SiteMap::default();
    if let Some(root) = reading.problems.read(xml, "SiteMap") {
        let place = Place::root("SiteMap");
        reading.problems.unknown_children(&root, &["Area"], &place);
        for area in root.all("Area") {
            site_map.areas.extend(reading.area(area, &place));
        }
        if site_map.areas.is_empty() {
            reading.problems.add("the site map leads nowhere", &place, "the app has no navigation");
        }
    }
    (site_map, reading.problems.0)
}

#[derive(Default)]
struct Reading {
    problems: Problems,
    ids: BTreeSet<String>,
    /// The number the next replacement of an id ends in.
    next: BTreeMap<String, usize>,
}

impl Reading {
    /// An area; nothing when it leads nowhere, as such an area is hidden.
    fn area(&mut self, element: &Element<'_>, outer: &Place<'_>) -> Option<Area> {
        let written = element.given("Id").unwrap_or_default().to_owned();
        let place = outer.named("Area", &written);
        let id = self.id(element, &place);
        self.problems.unknown_children(element, &["Titles", "Descriptions", "Group"], &place);
        let groups: Vec<_> = element.all("Group").filter_map(|group| self.group(group, &place)).collect();
        Some(Area {
            title: self.title(element, &id, &place),
            description: self.description(element, &place),
            icon: element.given("Icon").unwrap_or_default().to_owned(),
            shows_groups: self.problems.flag(element, "ShowGroups", false, &place),
            id,
            groups,
        })
        .filter(|area| !area.groups.is_empty())
    }

    fn group(&mut self, element: &Element<'_>, outer: &Place<'_>) -> Option<Group> {
        let written = element.given("Id").unwrap_or_default().to_owned();
        let place = outer.named("Group", &written);
        let id = self.id(element, &place);
        self.problems.unknown_children(element, &["Titles", "Descriptions", "SubArea"], &place);
        let sub_areas: Vec<_> =
            element.all("SubArea").filter_map(|entry| self.sub_area(entry, &place)).collect();
        Some(Group {
            title: self.given_title(element, &place),
            description: self.description(element, &place),
            id,
            sub_areas,
        })
        .filter(|group| !group.sub_areas.is_empty())
    }

    fn sub_area(&mut self, element: &Element<'_>, outer: &Place<'_>) -> Option<SubArea> {
        let written = element.given("Id").unwrap_or_default().to_owned();
        let place = outer.named("SubArea", &written);
        let id = self.id(element, &place);
        let target = self.target(element, &place)?;
        let (privileges, rights) = self.rights(element, &target, &place);
        // An entry without title is called as its table or dashboard; anything else by its id at worst.
        let title = match &target {
            SubAreaTarget::Table(_) | SubAreaTarget::Dashboard(Some(_)) => self.given_title(element, &place),
            SubAreaTarget::Dashboard(None) => {
                let given = self.given_title(element, &place);
                if given.is_empty() { resource("Homepage_Dashboards").unwrap_or_default() } else { given }
            }
            SubAreaTarget::Url(_) | SubAreaTarget::WebResource(_) => self.title(element, &id, &place),
        };
        Some(SubArea {
            description: self.description(element, &place),
            icon: element.given("Icon").unwrap_or_default().to_owned(),
            passes_parameters: self.problems.flag(element, "PassParams", false, &place),
            id,
            title,
            target,
            privileges,
            rights,
        })
    }

    /// The tables that must be readable, and what else the user must be allowed to do.
    fn rights(
        &mut self,
        element: &Element<'_>,
        target: &SubAreaTarget,
        place: &Place<'_>,
    ) -> (Vec<TableName>, Vec<(TableName, Right)>) {
        let mut readable = BTreeSet::new();
        let mut rights = Vec::new();
        if let SubAreaTarget::Table(table) = target {
            readable.insert(table.clone());
        }
        for privilege in element.all("Privilege") {
            let Some(table) = privilege.given("Entity").map(|name| TableName::new(name.to_ascii_lowercase()))
            else {
                self.problems.add("a Privilege names no Entity", place, "the Privilege is left out");
                continue;
            };
            for name in privilege.given("Privilege").unwrap_or("Read").split(',').map(str::trim) {
                match right(name) {
                    Some(Right::Read) => {
                        readable.insert(table.clone());
                    }
                    Some(right) => rights.push((table.clone(), right)),
                    None if name.eq_ignore_ascii_case("All") => {
                        readable.insert(table.clone());
                        let others = [Right::Create, Right::Write, Right::Delete];
                        rights.extend(others.map(|right| (table.clone(), right)));
                    }
                    None => {
                        let what = said!("the Privilege {name} is not known", name);
                        self.problems.add(what, place, "the Privilege is left out");
                    }
                }
            }
        }
        (readable.into_iter().collect(), rights)
    }

    fn target(&mut self, element: &Element<'_>, place: &Place<'_>) -> Option<SubAreaTarget> {
        if let Some(table) = element.given("Entity") {
            return Some(SubAreaTarget::Table(TableName::new(table.to_ascii_lowercase())));
        }
        if let Some(dashboard) = element.given("DefaultDashboard") {
            return Some(SubAreaTarget::Dashboard(Some(plain_id(dashboard))));
        }
        let Some(url) = element.given("Url") else {
            let what = "the SubArea has none of Entity, Url, DefaultDashboard";
            self.problems.add(what, place, "the entry is left out");
            return None;
        };
        if let Some(target) = inside(url) {
            return Some(target);
        }
        if is_safe(url) {
            return Some(SubAreaTarget::Url(url.to_owned()));
        }
        let what = said!("Url=\"{url}\" is neither a path, https, http, mailto, tel nor $webresource", url);
        self.problems.add(what, place, "the entry is left out");
        None
    }

    /// The unique id of an element.
    fn id(&mut self, element: &Element<'_>, place: &Place<'_>) -> String {
        let id = element.given("Id").unwrap_or_default().to_owned();
        if !id.is_empty() && self.ids.insert(id.clone()) {
            return id;
        }
        let base = if id.is_empty() { element.name.to_string() } else { id.clone() };
        let number = self.next.entry(base.clone()).or_insert(2);
        let mut replacement = format!("{base}_{number}");
        while !self.ids.insert(replacement.clone()) {
            *number += 1;
            replacement = format!("{base}_{number}");
        }
        *number += 1;
        let what = if id.is_empty() {
            "the element has no Id".into()
        } else {
            said!("the Id {id} is used twice", id)
        };
        self.problems.add(what, place, said!("it is called {replacement}", replacement));
        replacement
    }

    /// What people read: the titles given, else those of the resource, else the id.
    fn title(&mut self, element: &Element<'_>, id: &str, place: &Place<'_>) -> Label {
        let label = self.given_title(element, place);
        if !label.is_empty() {
            return label;
        }
        let what = match element.given("ResourceId") {
            Some(name) => said!("the text of the resource {name} is not part of the site map", name),
            None => "there is no title".into(),
        };
        self.problems.add(what, place, "it is called by its Id");
        Label::one(Language::English, readable(id))
    }

    fn given_title(&mut self, element: &Element<'_>, place: &Place<'_>) -> Label {
        let mut label = element.given("ResourceId").and_then(resource).unwrap_or_default();
        if let Some(title) = element.given("Title") {
            label = Label::one(Language::English, title);
        }
        for (lcid, text) in self.problems.titles(element, "Titles", "Title", place).iter() {
            label.set(lcid, text);
        }
        label
    }

    fn description(&mut self, element: &Element<'_>, place: &Place<'_>) -> Label {
        let mut label = self.problems.titles(element, "Descriptions", "Description", place);
        if let Some(text) = element.given("Description").filter(|_| label.is_empty()) {
            label.set(Language::English.lcid(), text);
        }
        label
    }
}

fn right(name: &str) -> Option<Right> {
    let known = [
        ("Read", Right::Read),
        ("Create", Right::Create),
        ("Write", Right::Write),
        ("Delete", Right::Delete),
        ("Append", Right::Append),
        ("AppendTo", Right::AppendTo),
        ("Assign", Right::Assign),
        ("Share", Right::Share),
    ];
    known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, right)| right)
}

/// `new_my_area` as words: `new my area`.
fn readable(id: &str) -> String {
    id.replace(['_', '-', '.'], " ").trim().to_owned()
}

fn plain_id(text: &str) -> String {
    text.trim_matches(['{', '}']).to_ascii_lowercase()
}

/// Where an address of Dataverse's own pages leads in this app.
fn inside(url: &str) -> Option<SubAreaTarget> {
    if let Some(name) = url.strip_prefix("$webresource:") {
        return Some(SubAreaTarget::WebResource(name.to_owned()));
    }
    let lower = url.to_ascii_lowercase();
    if lower.contains("/workplace/home_dashboards.aspx") {
        return Some(SubAreaTarget::Dashboard(None));
    }
    let (path, query) = lower.split_once('?')?;
    if !path.ends_with("main.aspx") {
        return None;
    }
    let parameter = |name: &str| {
        let pairs = query.split(['&', '#']).filter_map(|pair| pair.split_once('='));
        let mut found = pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.replace("%7b", "").replace("%7d", ""));
        found.next().filter(|value| !value.is_empty())
    };
    match parameter("pagetype")?.as_str() {
        "dashboard" => Some(SubAreaTarget::Dashboard(parameter("id").map(|id| plain_id(&id)))),
        "entitylist" => Some(SubAreaTarget::Table(TableName::new(parameter("etn")?))),
        "webresource" => Some(SubAreaTarget::WebResource(parameter("webresourcename")?)),
        _ => None,
    }
}

/// An address that cannot run script when it becomes a link.
fn is_safe(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let schemes = ["https://", "http://", "mailto:", "tel:"];
    schemes.iter().any(|scheme| lower.starts_with(scheme))
        || !lower.split(['/', '?', '#']).next().unwrap_or_default().contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_groups_and_entries_keep_their_order_titles_and_targets() {
        let (map, problems) = parse_site_map(
            r#"<SiteMap><Area Id="sales" ShowGroups="true"><Titles><Title LCID="1033" Title="Sales"/>
                 <Title LCID="1036" Title="Ventes"/></Titles>
                 <Group Id="work" Title="My Work"><SubArea Id="dash" Icon="home" Url="/workplace/home_dashboards.aspx"/>
                   <SubArea Id="tasks" Entity="Task"><Privilege Entity="activitypointer" Privilege="Read"/></SubArea></Group>
                 <Group Id="more"><SubArea Id="d" DefaultDashboard="{ABC}"/>
                   <SubArea Id="help" Url="https://example.org/help" Title="Help"/></Group></Area></SiteMap>"#,
        );
        assert_eq!(problems, []);
        let area = &map.areas[0];
        assert_eq!((area.id.as_str(), area.title.text(Language::French)), ("sales", "Ventes"));
        let entries: Vec<_> = area.groups.iter().flat_map(|group| &group.sub_areas).collect();
        let targets: Vec<_> = entries.iter().map(|entry| entry.target.clone()).collect();
        assert_eq!(
            targets,
            [
                SubAreaTarget::Dashboard(None),
                SubAreaTarget::Table("task".into()),
                SubAreaTarget::Dashboard(Some("abc".into())),
                SubAreaTarget::Url("https://example.org/help".into()),
            ]
        );
        assert_eq!(entries[0].icon, "home");
        assert_eq!(entries[1].privileges, [TableName::new("activitypointer"), TableName::new("task")]);
        assert_eq!(area.groups[0].title.text(Language::German), "My Work");
    }

    #[test]
    fn trouble_costs_the_entry_it_is_in() {
        let (map, problems) = parse_site_map(
            r#"<SiteMap><Area Id="a"><Group Id="g"><SubArea Id="a"/><SubArea Entity="lead"/>
               <SubArea Id="x" Url="javascript:alert(1)"/><SubArea Id="ok" Entity="contact"><Privilege/></SubArea>"#,
        );
        let entries = &map.areas[0].groups[0].sub_areas;
        let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["SubArea_2", "ok"]);
        let whats: Vec<_> = problems.iter().map(|problem| problem.what.to_string()).collect();
        assert!(whats[0].contains("broken"), "{whats:?}");
        assert_eq!(whats[1], "the Id a is used twice");
        assert_eq!(whats[2], "the SubArea has none of Entity, Url, DefaultDashboard");
        assert_eq!(whats[3], "the element has no Id");
        assert!(whats[4].contains("javascript"), "{whats:?}");
        assert_eq!(whats[5], "a Privilege names no Entity");
        assert_eq!(problems[5].place, "SiteMap/Area[a]/Group[g]/SubArea[ok]");
    }

    #[test]
    fn no_site_map_is_a_problem() {
        for xml in ["", "<Area/>", "<SiteMap", "{}"] {
            let (map, problems) = parse_site_map(xml);
            assert_eq!((map.areas.len(), problems.is_empty()), (0, false), "{xml}");
        }
    }
}
