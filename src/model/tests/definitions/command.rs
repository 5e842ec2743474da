//! Commands of command bars.

use crate::{fixture, whats};
use model::{
    CommandAction, CommandButton, CommandButtonKind, CommandLocation, CommandSet, CommandSetRecord, Language,
    Problem,
};

fn parse(definition: &str) -> (CommandSet, Vec<Problem>) {
    model::parse_command_set(&CommandSetRecord {
        name: "account".to_owned(),
        table: Some("account".into()),
        definition: definition.to_owned(),
    })
}

#[test]
fn the_commands_of_a_solution_export() {
    let (set, problems) = parse(fixture!("commands.xml"));
    let ids: Vec<_> = set.buttons.iter().map(|button| button.id.split('!').next().unwrap()).collect();
    assert_eq!(ids, ["fab__Menu", "fab__Visit", "fab__Formula", "fab__Own"], "by sequence");
    let [menu, visit, formula, own] = set.buttons.as_slice() else { panic!("four") };
    assert_eq!((menu.kind, menu.action.clone()), (CommandButtonKind::Dropdown, CommandAction::None));
    let CommandButton { app, table, parent, label, accessibility, icon, sequence, .. } = visit;
    assert_eq!(app.as_ref().map(|app| app.as_str()), Some("fab_SalesApp"));
    assert_eq!(table.as_ref().map(|table| table.as_str()), Some("account"));
    assert_eq!(parent.as_deref(), Some("fab__Menu!account!0"));
    assert_eq!((label.text(Language::French), icon.as_str()), ("Planifier une visite", "CalendarDay"));
    assert_eq!(accessibility.text(Language::English), "Plan a visit at this customer");
    assert!((sequence - 20.5).abs() < f64::EPSILON);
    assert_eq!(visit.tooltip.text(Language::English), "Planner");
    let script = CommandAction::Script {
        library: "1d7e4b9a-0c3f-4a58-b2d6-7e5f4a3b2c1d".to_owned(),
        function: "Fabrik.Visit.plan".to_owned(),
    };
    assert_eq!(visit.action, script);
    assert_eq!((formula.location, formula.hidden), (CommandLocation::MainGrid, true));
    assert!(formula.has_visibility_formula);
    assert_eq!(own.action, CommandAction::Command("assign".into()));
    assert_eq!((own.table.clone(), own.parent.clone()), (None, None));
    assert_eq!(
        whats(&problems),
        [
            "the script Fabrik.Visit.plan (library 1d7e4b9a-0c3f-4a58-b2d6-7e5f4a3b2c1d) is not run",
            "classic rules decide whether it is seen; they are not run",
            "the formula fab_rate_onselect is not run",
            "a formula decides whether it is seen; formulas are not run",
            "location 12 is not known",
            "the command has no uniquename",
            "the menu fab__Lost is not in the set",
        ]
    );
}

#[test]
fn the_commands_as_the_web_api_gives_them() {
    let (set, problems) = parse(fixture!("commands.json"));
    let [export] = set.buttons.as_slice() else { panic!("one") };
    assert_eq!((export.kind, export.location), (CommandButtonKind::Split, CommandLocation::MainGrid));
    assert_eq!(export.label.text(Language::German), "Export");
    assert!(export.disabled && !export.hidden);
    assert_eq!(export.table.as_ref().map(|table| table.as_str()), Some("contact"));
    assert_eq!(whats(&problems), ["the script Fabrik.exportAll (library ) is not run"]);
}

#[test]
fn one_command_alone_is_a_set_and_rubbish_is_an_empty_one() {
    let (set, _) = parse("<appaction uniquename='one'><buttonlabeltext default='One'/></appaction>");
    assert_eq!(set.buttons.len(), 1);
    for text in ["", "<ribbon/>", "[1, null, {}]", "{\"value\":7}", "{", "<appactions/>"] {
        assert!(parse(text).0.buttons.is_empty(), "{text}");
    }
    let (set, problems) = parse(
        "<appactions><appaction uniquename='a'/><appaction uniquename='a'><type>x</type></appaction></appactions>",
    );
    assert_eq!(set.buttons.len(), 1);
    assert_eq!(
        whats(&problems),
        ["the command has no label (buttonlabeltext)", "the uniquename a is used twice"]
    );
}
