//! What forms must hold against the tables, the views and each other.

use super::*;
use model::{
    ColumnKind, Form, FormKind, FormRecord, IntegerFormat, LookupStyle, Subgrid, Table, TableSource,
    TextFormat,
};

/// The tables people work with in the sales apps, whose rows are shown as cards and inside other forms.
const SALES: [&str; 12] = [
    "account",
    "contact",
    "lead",
    "opportunity",
    "opportunityproduct",
    "competitor",
    "list",
    "connection",
    "product",
    "quote",
    "salesorder",
    "invoice",
];

/// Every form with its table.
fn parsed(solution: &Metadata) -> impl Iterator<Item = (&FormRecord, &Table, Form)> {
    solution.forms.iter().map(|record| {
        let table = solution.table(record.table.as_str());
        let table = table.unwrap_or_else(|| panic!("no table {}", record.table));
        (record, table, model::parse_form(record).0)
    })
}

/// The tables that a relationship of this name leads to from a table, and of which kind it is.
fn ends<'a>(solution: &'a Metadata, table: &Table, name: &str) -> Vec<&'a str> {
    let from = solution.table(table.name.as_str()).unwrap();
    let children = from.relationships.iter().filter(|way| way.name == name).map(|way| way.child.as_str());
    let first = from.many_to_many.iter().filter(|way| way.name == name).map(|way| way.other.as_str());
    let second = solution
        .tables
        .iter()
        .filter(|other| other.many_to_many.iter().any(|way| way.name == name && way.other == table.name));
    children.chain(first).chain(second.map(|other| other.name.as_str())).collect()
}

#[test]
fn forms_name_existing_columns() {
    let solution = solution();
    for (record, table, form) in parsed(solution) {
        for control in controls(&form) {
            let Some(column) = &control.column else { continue };
            assert!(table.column(column.as_str()).is_some(), "{} {:?}: {column}", record.table, record.name);
        }
        for column in &form.hidden_columns {
            assert!(table.column(column.as_str()).is_some(), "{}: {column}", record.table);
        }
    }
}

#[test]
fn lists_in_forms_name_existing_relationships_and_views() {
    let solution = solution();
    for (record, table, form) in parsed(solution) {
        for control in controls(&form).filter(|control| control.kind == ControlKind::Subgrid) {
            let place = format!("{} {:?}: {}", record.table, record.name, control.id);
            let Some(Subgrid { table: target, relationship, view, .. }) = control.subgrid() else {
                panic!("{place} names no table");
            };
            if let Some(name) = relationship {
                let ends = ends(solution, table, &name);
                assert!(ends.contains(&target.as_str()), "{place}: {name} leads to {ends:?}");
            }
            let view = view.unwrap_or_else(|| panic!("{place} names no view"));
            let view = solution.views.iter().find(|known| known.id == view);
            assert_eq!(view.map(|view| &view.table), Some(&target), "{place}");
        }
    }
}

#[test]
fn lookups_in_forms_search_in_views_of_what_they_point_to() {
    let solution = solution();
    for (record, table, form) in parsed(solution) {
        for control in controls(&form).filter(|control| control.kind == ControlKind::Lookup) {
            let search = control.lookup_search();
            let column = control.column.as_ref().and_then(|name| table.column(name.as_str())).unwrap();
            for view in search.views.iter().chain(&search.view) {
                let view = solution.views.iter().find(|known| known.id == *view);
                let target = view.map(|view| &view.table);
                let is_target = target.is_some_and(|target| column.targets().contains(target));
                assert!(is_target, "{}.{} {:?}: {target:?}", record.table, column.name, record.name);
            }
            if let Some(filter) = search.filter {
                assert!(
                    table.column(filter.column.as_str()).is_some(),
                    "{}: {}",
                    record.table,
                    filter.column
                );
            }
        }
    }
}

#[test]
fn quick_views_in_forms_show_what_their_lookup_points_to() {
    let solution = solution();
    let mut shown = BTreeSet::new();
    for (record, table, form) in parsed(solution) {
        for control in controls(&form).filter(|control| control.kind == ControlKind::QuickView) {
            let place = format!("{} {:?}: {}", record.table, record.name, control.id);
            let column = control.column.as_ref().and_then(|name| table.column(name.as_str()));
            let column = column.unwrap_or_else(|| panic!("{place} hangs on no column"));
            let forms = control.quick_forms();
            assert!(!forms.is_empty(), "{place} names no form");
            for (target, id) in forms {
                let form = solution.forms.iter().find(|form| form.id == id);
                let form = form.unwrap_or_else(|| panic!("{place}: no form {id}"));
                assert_eq!((&form.table, form.kind), (&target, 6), "{place}");
                assert!(column.targets().contains(&target), "{place}: {target}");
                shown.insert(target);
            }
        }
    }
    assert!(
        ["account", "contact"].iter().all(|name| shown.iter().any(|table| *table == **name)),
        "{shown:?}"
    );
}

#[test]
fn entries_of_the_related_menu_are_relationships_of_the_table() {
    let solution = solution();
    let mut known = 0;
    for (record, table, form) in parsed(solution) {
        assert!(form.related.is_empty() || form.kind == FormKind::Main, "{:?}", record.name);
        let mut seen = BTreeSet::new();
        for item in &form.related {
            assert!(seen.insert(&item.relationship), "{}: {} comes twice", table.name, item.relationship);
            assert!(
                !ends(solution, table, &item.relationship).is_empty(),
                "{}: {}",
                table.name,
                item.relationship
            );
            known += 1;
        }
    }
    assert!(known > 30, "{known}");
}

#[test]
fn every_table_has_its_forms() {
    let solution = solution();
    let known: BTreeSet<_> = solution.tables.iter().map(|table| table.name.as_str()).collect();
    assert!(SALES.iter().all(|name| known.contains(name)));
    for table in &solution.tables {
        let count = |kind: i32| {
            solution.forms.iter().filter(|form| form.table == table.name && form.kind == kind).count()
        };
        let defaults = |kind: i32| {
            let forms = solution.forms.iter().filter(|form| form.table == table.name && form.kind == kind);
            forms.filter(|form| form.is_default).count()
        };
        let is_opened = table.source == TableSource::Rows && !DEFINITIONS.contains(&table.name.as_str());
        assert_eq!(defaults(2), usize::from(is_opened || count(2) > 0), "{} main", table.name);
        assert_eq!(count(7) > 0, table.has_quick_create, "{} quick create", table.name);
        let is_sales = SALES.contains(&table.name.as_str());
        assert!(!is_sales || (count(6) > 0 && count(11) > 0), "{} quick view and card", table.name);
        for kind in [6, 7, 11] {
            assert_eq!(defaults(kind), usize::from(count(kind) > 0), "{} form {kind}", table.name);
        }
    }
}

#[test]
fn forms_of_each_kind_hold_what_belongs_there() {
    let solution = solution();
    for (record, table, form) in parsed(solution) {
        let place = format!("{} {:?}", record.table, record.name);
        let has = |kind: ControlKind| controls(&form).any(|control| control.kind == kind);
        let sections: Vec<_> =
            form.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|side| &side.sections).collect();
        match form.kind {
            FormKind::Main => {
                let is_customer =
                    matches!(table.name.as_str(), "account" | "contact" | "lead" | "opportunity");
                assert!(!is_customer || has(ControlKind::Timeline), "{place} has no timeline");
            }
            FormKind::QuickCreate => {
                assert!(form.tabs.len() == 1 && form.header.is_empty(), "{place}");
                for kind in [ControlKind::Subgrid, ControlKind::Timeline, ControlKind::QuickView] {
                    assert!(!has(kind), "{place}: {kind:?}");
                }
                let required = table.columns.iter().filter(|column| {
                    column.required == model::Requirement::Application
                        && column.writable == model::Writable::Always
                });
                for column in required {
                    let stands = controls(&form).any(|control| control.column.as_ref() == Some(&column.name));
                    let is_given = given_elsewhere(table, column.name.as_str());
                    assert!(stands || is_given, "{place} does not ask for {}", column.name);
                }
            }
            FormKind::QuickView => {
                assert!(form.tabs.len() == 1 && sections.len() <= 5 && form.header.is_empty(), "{place}");
                assert!(!has(ControlKind::Timeline), "{place}");
            }
            FormKind::Card => {
                let names: Vec<_> = sections.iter().map(|section| section.name.as_str()).collect();
                let expected = ["ColorStrip", "CardHeader", "CardDetails", "CardFooter"];
                assert!(names == expected || names == expected[1..], "{place}: {names:?}");
                assert!(sections.iter().all(|section| !section.rows.is_empty()), "{place}");
            }
            FormKind::Other(kind) => panic!("{place} is of kind {kind}"),
        }
    }
}

/// Columns that are required but filled without being asked for: from the user's settings or another column.
fn given_elsewhere(table: &Table, column: &str) -> bool {
    let from_settings = ["transactioncurrencyid", "ispricelocked"];
    from_settings.contains(&column) || (table.name == *"opportunity" && column == "customerid")
}

#[test]
fn every_control_is_made_for_its_column() {
    let solution = solution();
    for (record, table, form) in parsed(solution) {
        for control in controls(&form) {
            let Some(column) = control.column.as_ref().and_then(|name| table.column(name.as_str())) else {
                let is_unbound = [ControlKind::Subgrid, ControlKind::Timeline, ControlKind::Map];
                assert!(
                    is_unbound.contains(&control.kind),
                    "{} {:?}: {}",
                    record.table,
                    record.name,
                    control.id
                );
                continue;
            };
            if control.kind == ControlKind::QuickView {
                assert!(matches!(column.kind, ColumnKind::Lookup { .. }), "{}.{}", record.table, column.name);
                continue;
            }
            let fits = match &column.kind {
                ColumnKind::Text { format, .. } => match format {
                    TextFormat::Email => control.kind == ControlKind::Email,
                    TextFormat::Phone => control.kind == ControlKind::Phone,
                    TextFormat::Url => control.kind == ControlKind::Url,
                    TextFormat::Ticker => control.kind == ControlKind::Ticker,
                    _ => control.kind == ControlKind::Text,
                },
                ColumnKind::Memo { .. } => matches!(control.kind, ControlKind::Memo | ControlKind::EmailBody),
                ColumnKind::Integer { format: IntegerFormat::Duration, .. } => {
                    control.kind == ControlKind::Duration
                }
                ColumnKind::Integer { format: IntegerFormat::Language, .. } => {
                    control.kind == ControlKind::Language
                }
                ColumnKind::Integer { format: IntegerFormat::TimeZone, .. } => {
                    control.kind == ControlKind::TimeZone
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
                ColumnKind::EntityName | ColumnKind::UniqueId => control.kind == ControlKind::Text,
                ColumnKind::BigInteger => control.kind == ControlKind::Integer,
                ColumnKind::Choices { .. } => control.kind == ControlKind::Choices,
                ColumnKind::Image => control.kind == ControlKind::Image,
                ColumnKind::File { .. } => control.kind == ControlKind::File,
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
    // Kept for programs, or drawn without a control of their own: `Text TextArea` is the file in a note alone.
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
