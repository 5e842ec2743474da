//! SiteMap XML: the navigation of an app.

use super::{Element, Problems};
use crate::{Area, Group, Label, Language, Problem, SiteMap, SubArea, SubAreaTarget, TableName};
use std::collections::BTreeSet;

/// Reads a site map. An entry that leads nowhere is left out; its problem says why.
#[must_use]
pub fn parse_site_map(xml: &str) -> (SiteMap, Vec<Problem>) {
    let mut reading = Reading::default();
    let mut site_map = SiteMap::default();
    if let Some(root) = reading.problems.read(xml, "SiteMap") {
        for area in root.all("Area") {
            site_map.areas.push(reading.area(area));
        }
    }
    (site_map, reading.problems.0)
}

#[derive(Default)]
struct Reading {
    problems: Problems,
    ids: BTreeSet<String>,
}

impl Reading {
    fn area(&mut self, element: &Element) -> Area {
        let (id, place) = self.id(element, "SiteMap");
        let title = self.title(element, &place);
        let groups = element.all("Group").map(|group| self.group(group, &place)).collect();
        Area { id, title, groups }
    }

    fn group(&mut self, element: &Element, outer: &str) -> Group {
        let (id, place) = self.id(element, outer);
        let title = self.title(element, &place);
        let sub_areas = element.all("SubArea").filter_map(|entry| self.sub_area(entry, &place)).collect();
        Group { id, title, sub_areas }
    }

    fn sub_area(&mut self, element: &Element, outer: &str) -> Option<SubArea> {
        let (id, place) = self.id(element, outer);
        let target = self.target(element, &place)?;
        let mut privileges = BTreeSet::new();
        if let SubAreaTarget::Table(table) = &target {
            privileges.insert(table.clone());
        }
        for privilege in element.all("Privilege") {
            match privilege.attribute("Entity").map(str::trim).filter(|name| !name.is_empty()) {
                Some(table) => {
                    privileges.insert(TableName::new(table.to_ascii_lowercase()));
                }
                None => self.problems.add("a Privilege names no Entity", &place, "the Privilege is left out"),
            }
        }
        let title = self.title(element, &place);
        let icon = element.attribute("Icon").unwrap_or_default().to_owned();
        Some(SubArea { id, title, icon, target, privileges: privileges.into_iter().collect() })
    }

    fn target(&mut self, element: &Element, place: &str) -> Option<SubAreaTarget> {
        let given = |name| element.attribute(name).map(str::trim).filter(|text| !text.is_empty());
        if let Some(table) = given("Entity") {
            return Some(SubAreaTarget::Table(TableName::new(table.to_ascii_lowercase())));
        }
        if let Some(dashboard) = given("DefaultDashboard") {
            let id = dashboard.trim_matches(['{', '}']).to_ascii_lowercase();
            return Some(SubAreaTarget::Dashboard(Some(id)));
        }
        match given("Url") {
            Some(url) if is_dashboard(url) => Some(SubAreaTarget::Dashboard(None)),
            Some(url) if is_safe(url) => Some(SubAreaTarget::Url(url.to_owned())),
            Some(url) => {
                let what =
                    format!("Url=\"{url}\" is neither a path, https, http, mailto, tel nor $webresource");
                self.problems.add(what, place, "the entry is left out");
                None
            }
            None => {
                let what = "the SubArea has none of Entity, Url, DefaultDashboard";
                self.problems.add(what, place, "the entry is left out");
                None
            }
        }
    }

    /// The unique id of an element and the place it makes.
    fn id(&mut self, element: &Element, outer: &str) -> (String, String) {
        let id = element.attribute("Id").unwrap_or_default().trim().to_owned();
        let place = format!("{outer}/{}[{id}]", element.name);
        if !id.is_empty() && self.ids.insert(id.clone()) {
            return (id, place);
        }
        let base = if id.is_empty() { element.name.clone() } else { id.clone() };
        let mut free = (2..).map(|number| format!("{base}_{number}"));
        let replacement = free.find(|id| self.ids.insert(id.clone())).unwrap_or(base);
        let what = if id.is_empty() {
            "the element has no Id".to_owned()
        } else {
            format!("the Id {id} is used twice")
        };
        self.problems.add(what, &place, &format!("it is called {replacement}"));
        (replacement, place)
    }

    fn title(&mut self, element: &Element, place: &str) -> Label {
        let mut label = Label::default();
        if let Some(title) = element.attribute("Title").filter(|title| !title.is_empty()) {
            label.set(Language::English.lcid(), title);
        }
        for title in element.all("Titles").flat_map(|titles| titles.all("Title")) {
            let text = title.attribute("Title").unwrap_or_default();
            match title.attribute("LCID").unwrap_or_default().trim().parse() {
                Ok(lcid) if !text.is_empty() => label.set(lcid, text),
                Ok(_) => {}
                Err(_) => {
                    self.problems.add(
                        format!("the title “{text}” has no LCID"),
                        place,
                        "the title is left out",
                    );
                }
            }
        }
        label
    }
}

fn is_dashboard(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    url.contains("/workplace/home_dashboards.aspx") || url.contains("pagetype=dashboard")
}

/// An address that cannot run script when it becomes a link.
fn is_safe(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let schemes = ["https://", "http://", "mailto:", "tel:", "$webresource:"];
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
        let whats: Vec<_> = problems.iter().map(|problem| problem.what.as_str()).collect();
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
