//! Forms: main, card.

use crate::{fixture, name, whats};
use model::{
    CardPart, ControlKind, Form, FormFactor, FormId, FormKind, FormRecord, GridMode, LabelPosition, Language,
    Problem, TableName,
};

fn parse(kind: i32, form_xml: &str) -> (Form, Vec<Problem>) {
    model::parse_form(&FormRecord {
        id: FormId::from_u128(1),
        table: TableName::new("account"),
        name: name("Account"),
        kind,
        is_default: true,
        form_xml: form_xml.to_owned(),
    })
}

#[test]
fn the_tabs_sections_and_cells_of_a_main_form() {
    let (form, _) = parse(2, fixture!("form-main.xml"));
    assert_eq!(form.kind, FormKind::Main);
    let [overview, details] = form.tabs.as_slice() else { panic!("two tabs") };
    assert_eq!((overview.name.as_str(), overview.label.text(Language::German)), ("SUMMARY_TAB", "Übersicht"));
    assert!(overview.visible && overview.expanded && overview.show_label);
    assert!(!details.visible && !details.expanded && !details.show_label && !details.on_phone);
    let core = &overview.columns[0].sections[0];
    assert_eq!(
        (core.columns, core.label_position, core.label_width_pixels),
        (2, LabelPosition::Top, Some(115))
    );
    assert_eq!(details.columns[0].sections[0].label_position, LabelPosition::Left);
    let first = &core.rows[0].cells[0];
    assert!(first.locked && !first.spacer && first.column_span == 2);
    assert!(first.control.as_ref().unwrap().required);
    let [contact, spacer] = core.rows[1].cells.as_slice() else { panic!("two cells") };
    assert!(!contact.on_phone && spacer.spacer && spacer.control.is_none());
    let hold = &core.rows[2].cells[0];
    assert!(!hold.visible);
    let custom = &hold.control.as_ref().unwrap().custom;
    let factors: Vec<_> = custom.iter().map(|custom| custom.form_factor).collect();
    assert_eq!(factors, [None, Some(FormFactor::Phone), Some(FormFactor::Web)]);
    assert_eq!(custom[1].name, "MscrmControls.FlipSwitch.FlipSwitchControl");
    assert_eq!(custom[1].parameters, [("value".to_owned(), "creditonhold".to_owned())]);
    assert_eq!((form.header.len(), form.footer.len()), (2, 1));
    assert!(form.footer[0].control.as_ref().unwrap().disabled);
}

#[test]
fn the_parameters_of_controls() {
    let (form, _) = parse(2, fixture!("form-main.xml"));
    let control =
        |id: &str| form.cells().filter_map(|cell| cell.control.as_ref()).find(|one| one.id == id).unwrap();
    let search = control("primarycontactid").lookup_search();
    assert_eq!(search.view, Some("A2D479C5-53E3-4C69-ADDD-802327E67A0D".parse().unwrap()));
    assert_eq!(search.views.len(), 2);
    assert!(!search.view_picker && search.recent && !search.makes_new);
    let filter = search.filter.unwrap();
    assert_eq!(
        (filter.relationship.as_str(), filter.column.as_str()),
        ("contact_customer_accounts", "accountid")
    );
    assert!(filter.optional);
    let grid = control("Contacts").subgrid().unwrap();
    assert_eq!((grid.table.as_str(), grid.mode, grid.rows_per_page), ("contact", GridMode::Both, Some(4)));
    assert_eq!(grid.relationship.as_deref(), Some("contact_customer_accounts"));
    assert!(grid.grows && grid.quick_find && grid.chart_picker && !grid.view_picker && !grid.is_user_view);
    assert_eq!((grid.views.len(), grid.chart.is_some()), (2, true));
    let quick = control("contactquick").quick_forms();
    assert_eq!(quick, [("contact".into(), "29de27bc-a257-4f29-99cf-bab4a84e688f".parse().unwrap())]);
    let timeline = control("notescontrol").timeline();
    assert!(
        timeline.activities
            && timeline.notes
            && !timeline.posts
            && !timeline.newest_first
            && timeline.filter_pane
    );
    assert_eq!((timeline.entries_per_page, timeline.activity_tables.len()), (25, 5));
}

#[test]
fn what_stands_beside_the_tabs() {
    let (form, problems) = parse(2, fixture!("form-main.xml"));
    let related: Vec<_> = form
        .related
        .iter()
        .map(|item| (item.id.as_str(), item.relationship.as_str(), item.visible))
        .collect();
    assert_eq!(
        related,
        [
            ("navContacts", "contact_customer_accounts", false),
            ("navOpps", "opportunity_customer_accounts", true)
        ]
    );
    assert_eq!(form.related[0].label.text(Language::French), "Personnes");
    assert_eq!((form.display.order, form.display.fallback, form.display.everyone), (Some(2), false, false));
    assert!(form.display.admits(["Nobody", "3C5E9A70-1D2B-4F60-8A1C-9E7D6B5A4C32"]));
    assert!(!form.display.admits(["System Administrator"]));
    let parameters: Vec<_> =
        form.parameters.iter().map(|one| (one.name.as_str(), one.kind.as_str())).collect();
    assert_eq!(parameters, [("fab_source", "SafeString"), ("fab_campaign", "UniqueId")]);
    assert_eq!(form.hidden_columns, ["address1_addressid", "exchangerate"]);
    assert!(form.ancestor.is_some());
    assert_eq!(
        whats(&problems),
        [
            "the custom control MscrmControls.FlipSwitch.FlipSwitchControl of the control creditonhold is not available",
            "the script Fabrik.Account.warn of creditonhold (library fab_/account.js) is not run",
            "the control WebResource_score shows a page or web resource",
            "the entry navPage opens a page",
            "the script library fab_/account.js is not loaded",
            "the script Fabrik.Account.onLoad (library fab_/account.js) is not run",
            "the element <somethingNew> is not known",
        ]
    );
    assert_eq!(
        problems[1].place,
        "form/tabs/tab[SUMMARY_TAB]/column[1]/section[CORE]/row[3]/cell[1]/events/event[onchange]"
    );
}

#[test]
fn a_card_has_four_parts() {
    let (form, problems) = parse(11, fixture!("form-card.xml"));
    assert_eq!((form.kind, whats(&problems).len()), (FormKind::Card, 0));
    let columns = |part| {
        let cells = form.card_part(part).unwrap().rows.iter().flat_map(|row| &row.cells);
        cells
            .map(|cell| cell.control.as_ref().unwrap().column.clone().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(columns(CardPart::ColorStrip), ["statuscode"]);
    assert_eq!(columns(CardPart::Header), ["name"]);
    assert_eq!(columns(CardPart::Details), ["customerid", "estimatedvalue"]);
    assert_eq!(columns(CardPart::Footer), ["ownerid"]);
}

#[test]
fn a_spacer_or_control_that_makes_no_sense_is_named_and_the_form_opens() {
    let (form, problems) = parse(
        2,
        r#"<form><tabs><tab name="t"><columns><column><sections><section name="s" columns="x"><rows><row>
           <cell userspacer="true"><control id="a" classid="{4273EDBD-AC1D-40d3-9FB2-095C621B552D}" datafieldname="name"/></cell>
           <cell><control id="b" classid="{E7A81278-8635-4D9E-8D4D-59480B391C5B}"/></cell>
           <cell><control id="c" classid="{5C5600E0-1D6E-4205-A272-BE80DA87FD42}" datafieldname="ownerid"/></cell>
           </row></rows></section></sections></column></columns></tab></tabs>
           <Navigation><NavBarByRelationshipItem Id="n"/></Navigation>
           <DisplayConditions Order="first"><Role/></DisplayConditions></form>"#,
    );
    let kinds: Vec<_> = form.cells().map(|cell| cell.control.as_ref().map(|control| control.kind)).collect();
    assert_eq!(kinds, [None, Some(ControlKind::Subgrid), Some(ControlKind::QuickView)]);
    assert!(form.display.everyone && form.related.is_empty());
    assert_eq!(
        whats(&problems),
        [
            "columns=\"x\" is not one to 4 digits",
            "a spacer has a control",
            "the subgrid b names no table (TargetEntityType)",
            "the quick view c names no form (QuickForms)",
            "the entry names no RelationshipName",
            "a Role names no Id",
            "Order=\"first\" is not a number from 0 to 999999999",
        ]
    );
}
