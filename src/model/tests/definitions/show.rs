//! Charts and dashboards.

use crate::{fixture, name, whats};
use model::{
    Chart, ChartId, ChartKind, ChartRecord, Component, Dashboard, DashboardRecord, FormId, GridMode,
    Language, Problem, TableName,
};

fn chart(data_xml: &str, presentation_xml: &str) -> (Chart, Vec<Problem>) {
    model::parse_chart(&ChartRecord {
        id: ChartId::from_u128(1),
        table: TableName::new("opportunity"),
        name: name("Top owners"),
        description: name("Who sells what"),
        is_default: false,
        data_xml: data_xml.to_owned(),
        presentation_xml: presentation_xml.to_owned(),
    })
}

fn dashboard(form_xml: &str) -> (Dashboard, Vec<Problem>) {
    model::parse_dashboard(&DashboardRecord {
        id: FormId::from_u128(2),
        name: name("Sales"),
        description: name("At a glance"),
        is_default: true,
        form_xml: form_xml.to_owned(),
    })
}

#[test]
fn a_chart_has_its_query_groups_measures_and_looks() {
    let (chart, problems) = chart(fixture!("chart-data.xml"), fixture!("chart-presentation.xml"));
    assert!(chart.fetch_xml.starts_with("<fetch mapping=\"logical\" count=\"5\" aggregate=\"true\">"));
    assert!(chart.fetch_xml.contains("dategrouping=\"month\""));
    assert_eq!(chart.category.as_deref(), Some("groupby_column"));
    assert_eq!(chart.series_group.as_deref(), Some("month"));
    let [revenue, deals] = chart.series.as_slice() else { panic!("two series") };
    assert_eq!((revenue.measure.as_str(), revenue.kind), ("aggregate_column", ChartKind::StackedColumn));
    assert_eq!((revenue.color.as_deref(), revenue.name.as_str()), (Some("#5b97d5"), "Revenue"));
    assert!(revenue.shows_values && !revenue.on_secondary_axis);
    assert_eq!((deals.measure.as_str(), deals.kind), ("deals", ChartKind::Line));
    assert!(deals.on_secondary_axis && deals.color.is_none());
    assert_eq!((chart.value_axis.title.as_str(), chart.value_axis.minimum), ("Expected revenue", Some(0.0)));
    assert!(chart.value_axis.has_grid && !chart.category_axis.has_grid);
    assert_eq!((chart.title.as_str(), chart.has_legend), ("Revenue and deals", true));
    assert_eq!(chart.colors, ["#5b97d5", "#ed7d31", "#a5a5a5", "#c0000a"]);
    assert_eq!(
        whats(&problems),
        ["Color=\"gold plated\" is not a colour", "PaletteCustomColors: “no colour” is not a colour"]
    );
}

#[test]
fn a_chart_with_half_its_description_is_drawn_as_far_as_it_goes() {
    let (plain, problems) = chart(fixture!("chart-data.xml"), "<Chart><Series><Series ChartType='Radar'/>");
    assert_eq!((plain.series.len(), plain.kind()), (2, ChartKind::Column));
    let told = whats(&problems);
    assert!(
        told[0].contains("broken") && told.iter().any(|what| what == "ChartType=\"Radar\" is not known"),
        "{told:?}"
    );
    let (empty, problems) = chart("<datadefinition/>", "");
    assert!(empty.series.is_empty() && empty.fetch_xml.is_empty());
    assert_eq!(whats(&problems), ["there is no fetch in fetchcollection", "there is no XML element"]);
    let (grouped, problems) = chart(
        "<datadefinition><fetchcollection><fetch><entity name='lead'><link-entity name='account'>
         <attribute name='name' alias='company' groupby='true'/></link-entity></entity></fetch><fetch/></fetchcollection>
         <categorycollection><category><measurecollection><measure/></measurecollection></category></categorycollection></datadefinition>",
        "<Chart/>",
    );
    assert_eq!(grouped.category.as_deref(), Some("company"));
    assert_eq!(
        whats(&problems),
        ["there are several queries", "no measure has an alias", "there is no measure", "there is no Series"]
    );
}

#[test]
fn a_dashboard_has_lists_charts_and_pages() {
    let (dashboard, problems) = dashboard(fixture!("dashboard.xml"));
    assert_eq!((dashboard.display.order, dashboard.display.everyone), (Some(3), true));
    let [pipeline, leads, news, clock] = dashboard.components().collect::<Vec<_>>().try_into().unwrap();
    let (cell, Component::Rows(chart)) = pipeline else { panic!("{pipeline:?}") };
    assert_eq!((cell.label.text(Language::French), cell.row_span), ("Pipeline des ventes", 10));
    assert_eq!(
        (chart.table.as_str(), chart.mode, chart.relationship),
        ("opportunity", GridMode::Chart, None)
    );
    assert!(chart.chart_picker && !chart.view_picker && chart.view.is_some() && chart.chart.is_some());
    let (cell, Component::Rows(list)) = leads else { panic!("{leads:?}") };
    assert_eq!((cell.column_span, list.mode, list.rows_per_page), (2, GridMode::Grid, Some(7)));
    assert_eq!(news.1, Component::Frame { url: "https://news.fabrik.example/".to_owned() });
    assert_eq!(clock.1, Component::WebResource { name: "fab_/clock.html".to_owned() });
    assert_eq!(whats(&problems), ["the list or chart names no table (TargetEntityType)"]);
}

#[test]
fn a_dashboard_of_nothing_or_of_too_much_opens() {
    let (empty, problems) = dashboard("<form/>");
    assert_eq!(
        (empty.components().count(), whats(&problems)),
        (0, vec!["the dashboard has no component".to_owned()])
    );
    let cell = "<cell><control id='c' classid='E7A81278-8635-4D9E-8D4D-59480B391C5B'><parameters>\
                <TargetEntityType>lead</TargetEntityType></parameters></control></cell>";
    let cells = format!("<row>{}</row>", cell.repeat(25));
    let (full, problems) = dashboard(&format!(
        "<form><tabs><tab><columns><column><sections><section><rows>{cells}</rows></section></sections></column>\
         </columns></tab></tabs></form>"
    ));
    assert_eq!((full.components().count(), problems.len()), (20, 5));
}
