//! A chart of a table as its data and presentation descriptions define it.

use crate::{ChartId, Label, Language, TableName};
use serde::{Deserialize, Serialize};

/// A chart as it is kept (`savedqueryvisualization`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartRecord {
    /// `savedqueryvisualizationid`
    pub id: ChartId,
    /// `primaryentitytypecode`
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// What it shows, in a sentence.
    #[serde(default)]
    pub description: Label,
    /// True for the chart shown when none is named.
    #[serde(default)]
    pub is_default: bool,
    /// `datadescription`: `<datadefinition>` with the query, categories and measures.
    pub data_xml: String,
    /// `presentationdescription`: `<Chart>` with series, axes and legends.
    pub presentation_xml: String,
}

/// A chart, ready to be asked for and drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// `savedqueryvisualizationid`
    pub id: ChartId,
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// What it shows, in a sentence.
    pub description: Label,
    /// True for the chart shown when none is named.
    pub is_default: bool,
    /// The aggregating query, as FetchXML; the filter of the view it is shown with is added to it.
    pub fetch_xml: String,
    /// The alias of the group that makes the categories (the X axis, the slices).
    pub category: Option<String>,
    /// The alias of the second group, whose values each make a series of their own.
    pub series_group: Option<String>,
    /// What is drawn, one after the other.
    pub series: Vec<ChartSeries>,
    /// The axis of the categories.
    pub category_axis: ChartAxis,
    /// The axis of the values.
    pub value_axis: ChartAxis,
    /// The title drawn above; empty means the chart's name.
    pub title: String,
    /// True when a legend is drawn.
    pub has_legend: bool,
    /// Colours in turn, as `#rrggbb`; none means the app's own.
    pub colors: Vec<String>,
}

impl Chart {
    /// The kind of its first series.
    #[must_use]
    pub fn kind(&self) -> ChartKind {
        self.series.first().map_or(ChartKind::Column, |series| series.kind)
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        self.name.keep(language);
        self.description.keep(language);
    }
}

/// One measure and how it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartSeries {
    /// The alias of the measure in the query.
    pub measure: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The name in the legend; empty means the column's label.
    pub name: String,
    /// `#rrggbb`; none means the next of the colours.
    pub color: Option<String>,
    /// True when each value is written beside its mark.
    pub shows_values: bool,
    /// True when it is measured by the axis on the other side.
    pub on_secondary_axis: bool,
}

/// How a series is drawn (`Series ChartType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the name of a chart type")]
pub enum ChartKind {
    #[default]
    Column,
    StackedColumn,
    StackedColumn100,
    Bar,
    StackedBar,
    StackedBar100,
    Line,
    Area,
    StackedArea,
    StackedArea100,
    Pie,
    Doughnut,
    Funnel,
    Tag,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartAxis {
    /// The title; empty for none of its own.
    pub title: String,
    /// True when lines are drawn from its marks.
    pub has_grid: bool,
    /// Where it begins; none means as the values need it.
    pub minimum: Option<f64>,
    /// Where it ends.
    pub maximum: Option<f64>,
}
