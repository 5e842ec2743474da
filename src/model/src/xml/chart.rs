//! Charts: the data description with query, categories and measures, and the presentation description with series,
//! axes, legends and colours (a serialised Microsoft chart control).

use super::{Element, Place, Problems};
use crate::said;
use crate::{Chart, ChartAxis, ChartKind, ChartRecord, ChartSeries, Problem};

/// Measures that one chart draws at most.
const MAX_SERIES: usize = 10;

/// Reads a chart. Without a usable presentation it is drawn as columns; without a query it has none, and says so.
#[must_use]
pub fn parse_chart(record: &ChartRecord) -> (Chart, Vec<Problem>) {
    let mut problems = Problems::default();
    let mut chart = Chart {
        id: record.id,
        table: record.table.clone(),
        name: record.name.clone(),
        description: record.description.clone(),
        is_default: record.is_default,
        fetch_xml: String::new(),
        category: None,
        series_group: None,
        series: Vec::new(),
        category_axis: ChartAxis::default(),
        value_axis: ChartAxis::default(),
        title: String::new(),
        has_legend: false,
        colors: Vec::new(),
    };
    if let Some(data) = problems.read(&record.data_xml, "datadefinition") {
        read_data(&mut chart, &data, &mut problems);
    }
    if let Some(root) = problems.read(&record.presentation_xml, "Chart") {
        read_presentation(&mut chart, &root, &mut problems);
    }
    (chart, problems.0)
}

fn read_data(chart: &mut Chart, data: &Element<'_>, problems: &mut Problems) {
    let place = Place::root("datadefinition");
    let mut queries = data.all("fetchcollection").flat_map(|all| all.all("fetch"));
    let Some(fetch) = queries.next() else {
        problems.add("there is no fetch in fetchcollection", &place, "the chart stays empty");
        return;
    };
    if queries.next().is_some() {
        problems.add("there are several queries", &place.inside("fetchcollection"), "the first is used");
    }
    chart.fetch_xml = fetch.to_xml();
    let groups = groups(fetch);
    let mut categories = data.all("categorycollection").flat_map(|all| all.all("category"));
    let Some(first) = categories.next() else {
        problems.add(
            "there is no category in categorycollection",
            &place,
            "the first group makes the categories",
        );
        chart.category = groups.first().cloned();
        return;
    };
    chart.category = first.given("alias").map(str::to_owned).or_else(|| groups.first().cloned());
    chart.series_group = groups.iter().find(|alias| Some(*alias) != chart.category.as_ref()).cloned();
    let place = place.inside("categorycollection");
    let measures =
        std::iter::once(first).chain(categories).flat_map(|category| category.all("measurecollection"));
    for (index, collection) in measures.enumerate() {
        let place = place.nth("measurecollection", index);
        let mut aliases = collection.all("measure").filter_map(|measure| measure.given("alias"));
        let Some(alias) = aliases.next() else {
            problems.add("no measure has an alias", &place, "the measure is left out");
            continue;
        };
        if chart.series.len() == MAX_SERIES {
            let what = said!("there are more than {most} measures", most = MAX_SERIES);
            problems.add(what, &place, "the rest is left out");
            break;
        }
        chart.series.push(series(alias));
    }
    if chart.series.is_empty() {
        problems.add("there is no measure", &place, "the chart stays empty");
    }
}

fn series(measure: &str) -> ChartSeries {
    ChartSeries {
        measure: measure.to_owned(),
        kind: ChartKind::Column,
        name: String::new(),
        color: None,
        shows_values: false,
        on_secondary_axis: false,
    }
}

/// The aliases of the groups of a query, those of linked tables too, in the order written.
fn groups(fetch: &Element<'_>) -> Vec<String> {
    fn collect(element: &Element<'_>, found: &mut Vec<String>) {
        for child in &element.children {
            match child.name.as_ref() {
                "attribute" if child.given("groupby").and_then(super::flag) == Some(true) => {
                    found.extend(child.given("alias").map(str::to_owned));
                }
                "entity" | "link-entity" => collect(child, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(fetch, &mut found);
    found
}

fn read_presentation(chart: &mut Chart, root: &Element<'_>, problems: &mut Problems) {
    let place = Place::root("Chart");
    let drawn: Vec<_> = root.all("Series").flat_map(|all| all.all("Series")).collect();
    if drawn.len() > chart.series.len() && chart.series_group.is_none() && !chart.series.is_empty() {
        let what = said!(
            "{drawn} series are drawn but {measured} measured",
            drawn = drawn.len(),
            measured = chart.series.len()
        );
        problems.add(what, &place.inside("Series"), "the series without measure are left out");
    }
    for (index, series) in chart.series.iter_mut().enumerate() {
        // A chart with a second group draws every series as its first.
        let Some(element) = drawn.get(index).or_else(|| drawn.first()) else { break };
        let place = place.inside("Series");
        read_series(series, element, &place.nth("Series", index), problems);
    }
    if drawn.is_empty() {
        problems.add("there is no Series", &place, "the chart is drawn as columns");
    }
    if let Some(area) = root.all("ChartAreas").flat_map(|all| all.all("ChartArea")).next() {
        chart.category_axis = axis(area.child("AxisX"));
        chart.value_axis = axis(area.child("AxisY"));
    }
    let mut titles = root.all("Titles").flat_map(|all| all.all("Title"));
    chart.title = titles.find_map(|title| title.given("Text")).unwrap_or_default().to_owned();
    chart.has_legend = root.all("Legends").flat_map(|all| all.all("Legend")).any(is_enabled);
    chart.colors = colors(root, &place, problems);
}

fn read_series(series: &mut ChartSeries, element: &Element<'_>, place: &Place<'_>, problems: &mut Problems) {
    let kind = element.given("ChartType").unwrap_or("Column");
    match ChartKind::from_name(kind) {
        Some(kind) => series.kind = kind,
        None => {
            problems.add(said!("ChartType=\"{kind}\" is not known", kind), place, "it is drawn as columns");
        }
    }
    series.name =
        element.given("LegendText").or_else(|| element.given("Name")).unwrap_or_default().to_owned();
    series.shows_values = problems.flag(element, "IsValueShownAsLabel", false, place);
    series.on_secondary_axis =
        element.given("YAxisType").is_some_and(|axis| axis.eq_ignore_ascii_case("secondary"));
    if let Some(text) = element.given("Color") {
        series.color = color(text);
        if series.color.is_none() {
            problems.add(said!("Color=\"{text}\" is not a colour", text), place, "the next colour is used");
        }
    }
}

fn is_enabled(element: &Element<'_>) -> bool {
    element.given("Enabled").and_then(super::flag).unwrap_or(true)
}

fn axis(element: Option<&Element<'_>>) -> ChartAxis {
    let Some(element) = element else { return ChartAxis::default() };
    let bound =
        |name| element.given(name).and_then(|text| text.parse::<f64>().ok()).filter(|end| end.is_finite());
    ChartAxis {
        title: element.given("Title").unwrap_or_default().to_owned(),
        has_grid: element.child("MajorGrid").is_some_and(is_enabled),
        minimum: bound("Minimum"),
        maximum: bound("Maximum"),
    }
}

fn colors(root: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Vec<String> {
    let Some(listed) = root.given("PaletteCustomColors") else { return Vec::new() };
    let mut colors = Vec::new();
    for text in listed.split(';').map(str::trim).filter(|text| !text.is_empty()).take(50) {
        match color(text) {
            Some(color) => colors.push(color),
            None => problems.add(
                said!("PaletteCustomColors: “{text}” is not a colour", text),
                place,
                "the colour is left out",
            ),
        }
    }
    colors
}

/// `55,118,193`, `255, 55, 118, 193` (with opacity before), `#3776c1` or one of the names such charts use, as `#rrggbb`.
fn color(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix('#') {
        let is_hexadecimal = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return is_hexadecimal.then(|| format!("#{}", digits.to_ascii_lowercase()));
    }
    let numbers: Option<Vec<u8>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    if let Some([red, green, blue] | [_, red, green, blue]) = numbers.as_deref() {
        return Some(format!("#{red:02x}{green:02x}{blue:02x}"));
    }
    let found = NAMED_COLORS.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
    found.map(|(_, color)| (*color).to_owned())
}

const NAMED_COLORS: [(&str, &str); 12] = [
    ("Black", "#000000"),
    ("Blue", "#0000ff"),
    ("DarkBlue", "#00008b"),
    ("DarkGreen", "#006400"),
    ("DarkRed", "#8b0000"),
    ("Gray", "#808080"),
    ("Green", "#008000"),
    ("Orange", "#ffa500"),
    ("Purple", "#800080"),
    ("Red", "#ff0000"),
    ("White", "#ffffff"),
    ("Yellow", "#ffff00"),
];

impl ChartKind {
    /// The kind of a `ChartType`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let found = KINDS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map(|(_, kind)| *kind)
    }
}

const KINDS: [(&str, ChartKind); 17] = [
    ("Column", ChartKind::Column),
    ("StackedColumn", ChartKind::StackedColumn),
    ("StackedColumn100", ChartKind::StackedColumn100),
    ("Bar", ChartKind::Bar),
    ("StackedBar", ChartKind::StackedBar),
    ("StackedBar100", ChartKind::StackedBar100),
    ("Line", ChartKind::Line),
    ("Spline", ChartKind::Line),
    ("Area", ChartKind::Area),
    ("SplineArea", ChartKind::Area),
    ("StackedArea", ChartKind::StackedArea),
    ("StackedArea100", ChartKind::StackedArea100),
    ("Pie", ChartKind::Pie),
    ("Doughnut", ChartKind::Doughnut),
    ("Funnel", ChartKind::Funnel),
    ("Pyramid", ChartKind::Funnel),
    ("Tag", ChartKind::Tag),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_charts_write_them() {
        for (text, expected) in [
            ("55,118,193", Some("#3776c1")),
            ("255, 55, 118, 193", Some("#3776c1")),
            ("#3776C1", Some("#3776c1")),
            ("darkred", Some("#8b0000")),
            ("300,1,1", None),
            ("#37", None),
            ("", None),
        ] {
            assert_eq!(color(text).as_deref(), expected, "{text}");
        }
    }
}
