use super::*;
use model::{Column, Label, LookupStyle, Relationship, Requirement, TextFormat, Writable};

fn column(name: &str, kind: ColumnKind) -> Column {
    Column {
        name: name.into(),
        kind,
        required: Requirement::None,
        writable: Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    }
}

fn lookup(name: &str, targets: &[&str]) -> Column {
    let targets = targets.iter().map(|target| (*target).into()).collect();
    column(name, ColumnKind::Lookup { targets, style: LookupStyle::default() })
}

fn table(name: &str, mut columns: Vec<Column>) -> Table {
    let id = format!("{name}id");
    columns.insert(0, column(&id, ColumnKind::UniqueId));
    columns.push(column("name", ColumnKind::Text { format: TextFormat::Plain, max_length: 100 }));
    Table {
        name: name.into(),
        primary_id: id.as_str().into(),
        primary_name: "name".into(),
        ownership: Ownership::User,
        is_available_offline: true,
        columns,
        ..Table::default()
    }
}

fn relates(parent: &mut Table, name: &str, child: &str, column: &str) {
    parent.relationships.push(Relationship {
        name: name.to_owned(),
        child: child.into(),
        column: column.into(),
        navigation: column.to_owned(),
        cascades: model::Cascades::default(),
        hierarchical: false,
        mappings: Vec::new(),
    });
}

/// Deals with lines, lines with notes, tags that join deals and lines, and users.
fn metadata() -> Metadata {
    let owner = || [lookup("ownerid", &["systemuser"]), lookup("owningbusinessunit", &["businessunit"])];
    let mut deal = table("deal", owner().to_vec());
    deal.columns.push(column("photo", ColumnKind::Image));
    let mut line = table("line", vec![lookup("dealid", &["deal"]), lookup("partof", &["line"])]);
    relates(&mut deal, "deal_lines", "line", "dealid");
    relates(&mut line, "line_notes", "note", "lineid");
    relates(&mut line, "line_lines", "line", "partof");
    let note = table("note", vec![lookup("lineid", &["line"])]);
    let tag = Table {
        source: TableSource::Intersect,
        ..table("tag", vec![lookup("dealid", &["deal"]), lookup("lineid", &["line"])])
    };
    let other = table("other", Vec::new());
    let user = Table { ownership: Ownership::Business, ..table("systemuser", Vec::new()) };
    Metadata { tables: vec![user, deal, line, note, tag, other], ..Metadata::default() }
}

fn item(table: &str, rows: ProfileRows, related: &[&str]) -> ProfileItem {
    let related = related.iter().map(|name| (*name).to_owned()).collect();
    ProfileItem { table: table.into(), rows, related, columns: None, files: true }
}

const MINE: ProfileRows = ProfileRows::Owned { user: true, teams: false, business_unit: true };

fn profile() -> OfflineProfile {
    let items = vec![
        item("deal", MINE, &["DEAL_lines"]),
        item("line", ProfileRows::Related, &["line_notes", "line_lines"]),
        item("note", ProfileRows::Related, &[]),
    ];
    OfflineProfile { name: "p".to_owned(), items }
}

fn carried(profile: &OfflineProfile, table: &str) -> CarriedTable {
    let tables = profile.tables(&metadata()).unwrap();
    tables.into_iter().find(|carried| carried.table == *table).unwrap()
}

#[test]
fn what_a_profile_names_what_joins_it_and_what_is_always_needed_are_carried() {
    let tables = profile().tables(&metadata()).unwrap();
    let names: Vec<&str> = tables.iter().map(|carried| carried.table.as_str()).collect();
    assert_eq!(names, ["systemuser", "deal", "line", "note", "tag"]);
    assert_eq!(tables[0].filter, None);
}

#[test]
fn rows_of_owners_are_asked_for_by_conditions_and_all_rows_by_none() {
    let owned = Filter::Or(vec![test("ownerid", "eq-userid"), test("owningbusinessunit", "eq-businessid")]);
    assert_eq!(carried(&profile(), "deal").filter, Some(Filter::Or(vec![owned])));
    let mut all = profile();
    all.items[0].rows = ProfileRows::All;
    assert_eq!(carried(&all, "deal").filter, None);
    let mut of_nobody = profile();
    of_nobody.items.push(item("systemuser", MINE, &[]));
    assert_eq!(carried(&of_nobody, "systemuser").filter, None, "nobody owns them");
}

#[test]
fn related_rows_come_with_their_parents_however_deep_and_circles_end() {
    let note = carried(&profile(), "note");
    let deal = Above { column: "dealid".into(), table: "deal".into(), above: Vec::new() };
    assert_eq!(note.above, [Above { column: "lineid".into(), table: "line".into(), above: vec![deal] }]);
    let Some(Filter::Or(parts)) = &note.filter else { panic!("{note:?}") };
    assert_eq!(parts[0], Filter::Or(Vec::new()), "none for their own sake");
    let Filter::Linked(line) = &parts[1] else { panic!("{parts:?}") };
    assert_eq!((line.table.as_str(), line.from.as_str(), line.to.as_str()), ("line", "lineid", "lineid"));
    assert!(format!("{line:?}").contains("eq-userid"), "the deal's own condition stands inside");
}

#[test]
fn a_filter_may_stand_alone_or_in_a_query_and_a_bad_one_is_told() {
    let condition = "<filter><condition attribute='name' operator='eq' value='a'/></filter>";
    let whole = format!("<fetch><entity name='deal'>{condition}</entity></fetch>");
    let filter = |text: &str| {
        let mut profile = profile();
        profile.items[0].rows = ProfileRows::Filter(text.to_owned());
        profile.tables(&metadata()).map(|tables| tables[1].filter.clone())
    };
    assert_eq!(filter(condition).unwrap(), filter(&whole).unwrap());
    assert!(format!("{:?}", filter(condition)).contains("\"a\""));
    assert!(filter("<filter>").is_err());
}

#[test]
fn columns_are_those_listed_with_what_is_needed_and_files_stay_behind_when_they_shall() {
    let columns = |columns: Option<&[&str]>, files: bool| {
        let mut profile = profile();
        profile.items[0].columns = columns.map(|columns| columns.iter().map(|name| (*name).into()).collect());
        profile.items[0].files = files;
        let columns = carried(&profile, "deal").columns?;
        Some(columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(columns(None, true), None);
    assert_eq!(columns(None, false).unwrap(), "dealid name ownerid owningbusinessunit");
    assert_eq!(columns(Some(&["photo"]), true), None, "that is all there is");
    assert_eq!(columns(Some(&[]), true).unwrap(), "dealid name ownerid owningbusinessunit");
}
