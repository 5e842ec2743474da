//! Views' layouts and site maps.

use crate::{fixture, name, whats};
use model::{Language, LayoutCell, Problem, Right, SubAreaTarget, TableName, View, ViewId, ViewRecord};

fn view(layout: &str) -> (View, Vec<Problem>) {
    model::parse_view(&ViewRecord {
        id: ViewId::from_u128(1),
        table: TableName::new("opportunity"),
        name: name("Open"),
        kind: 0,
        is_default: true,
        fetch_xml: "<fetch/>".to_owned(),
        layout_xml: layout.to_owned(),
    })
}

#[test]
fn a_layout_says_the_same_in_xml_and_in_json() {
    let (from_xml, xml_problems) = view(fixture!("layout.xml"));
    let (from_json, json_problems) = view(fixture!("layout.json"));
    assert_eq!(from_xml, from_json);
    assert_eq!(from_xml.jump.as_deref(), Some("name"));
    let cell = |name: &str, width_pixels, hidden, sortable| LayoutCell {
        name: name.to_owned(),
        width_pixels,
        hidden,
        sortable,
    };
    assert_eq!(
        from_xml.cells,
        [
            cell("name", 300, false, true),
            cell("rating", 75, false, true),
            cell("a_4f0.emailaddress1", 200, false, false),
            cell("statecode", 100, true, true)
        ]
    );
    assert_eq!(whats(&xml_problems), ["the script Fabrik.rating is not run"]);
    assert_eq!(whats(&json_problems), whats(&xml_problems));
}

#[test]
fn a_layout_in_broken_json_has_no_columns_and_says_so() {
    for text in ["{", r#"{"Rows":7}"#, r#"{"Rows":[{"Cells":[{"Width":5},7,null]}]}"#] {
        let (view, problems) = view(text);
        assert!(view.cells.is_empty() && !problems.is_empty(), "{text}");
    }
    let (view, problems) = view(r#"{"Rows":[{"Cells":[{"Name":"name","Width":100000},{"Name":"name"}]}]}"#);
    assert_eq!((view.cells.len(), view.cells[0].width_pixels), (1, 100));
    assert_eq!(whats(&problems), ["Width is not a number from 1 to 4000", "the column name is listed twice"]);
}

#[test]
fn a_site_map_leads_where_it_says() {
    let (map, problems) = model::parse_site_map(fixture!("site-map.xml"));
    let areas: Vec<_> = map.areas.iter().map(|area| area.id.as_str()).collect();
    assert_eq!(areas, ["SFA", "fab_extra"], "an area without entries is hidden");
    let sales = &map.areas[0];
    assert_eq!((sales.title.text(Language::French), sales.shows_groups), ("Ventes", true));
    let groups: Vec<_> = sales.groups.iter().map(|group| group.id.as_str()).collect();
    assert_eq!(groups, ["MyWork", "Customers"], "a group without entries is hidden");
    assert_eq!(
        sales.groups[1].description.text(Language::German),
        "Menschen und Firmen, denen wir verkaufen"
    );
    let entries: Vec<_> = sales.groups.iter().flat_map(|group| &group.sub_areas).collect();
    let targets: Vec<_> = entries.iter().map(|entry| (entry.id.as_str(), entry.target.clone())).collect();
    let board = || SubAreaTarget::Dashboard(Some("8c2f1b70-4a5d-4e0b-9c71-5d3e2a1b0c9f".to_owned()));
    assert_eq!(
        targets,
        [
            ("nav_dashboards", SubAreaTarget::Dashboard(None)),
            ("nav_pipeline", board()),
            ("nav_activities", SubAreaTarget::Table("activitypointer".into())),
            ("nav_accts", SubAreaTarget::Table("account".into())),
            ("nav_leads", SubAreaTarget::Table("lead".into())),
            ("nav_board", board()),
            ("nav_page", SubAreaTarget::WebResource("fab_/start.html".to_owned())),
            ("nav_wiki", SubAreaTarget::Url("https://wiki.fabrik.example/sales".to_owned())),
        ]
    );
    assert_eq!(entries[0].title.text(Language::French), "Tableaux de bord");
    let accounts = entries[3];
    assert_eq!(accounts.title.text(Language::French), "Sociétés");
    assert_eq!(accounts.privileges, ["account", "contact"]);
    let rights: Vec<_> = accounts.rights.iter().map(|(table, right)| (table.as_str(), *right)).collect();
    let contact = [Right::Create, Right::Write, Right::Delete].map(|right| ("contact", right));
    assert_eq!(rights, [vec![("account", Right::Write)], contact.to_vec()].concat());
    assert!(entries[6].passes_parameters);
    let script = "Url=\"javascript:alert(document.cookie)\" is neither a path, https, http, mailto, tel nor $webresource";
    assert_eq!(
        whats(&problems),
        [
            "the Privilege AllowQuickCampaign is not known",
            script,
            "the Id nav_accts is used twice",
            "the text of the resource fab_extra.Title is not part of the site map",
        ]
    );
    assert_eq!(map.areas[1].title.text(Language::English), "fab extra");
}
