//! The parameters of the controls of forms and dashboards, by what they mean.
//!
//! Names are compared without case; what is absent or unusable takes Dataverse's own default.

use crate::{ChartId, ColumnName, Component, Control, ControlKind, FormId, GridMode, TableName, ViewId};
use serde::{Deserialize, Serialize};

/// A list or chart of rows inside a form or dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subgrid {
    /// Of which table (`TargetEntityType`).
    pub table: TableName,
    /// The relationship from the form's row; none means all rows of the view.
    pub relationship: Option<String>,
    /// The view; none means the table's default.
    pub view: Option<ViewId>,
    /// The views the picker offers; none means every view.
    pub views: Vec<ViewId>,
    /// True when the view is a person's own (`userquery`).
    pub is_user_view: bool,
    /// The chart; none means the table's default.
    pub chart: Option<ChartId>,
    /// True when the chart is a person's own.
    pub is_user_chart: bool,
    /// List, chart or both.
    pub mode: GridMode,
    /// Rows on a page; none means as many as fit.
    pub rows_per_page: Option<u16>,
    /// True when the list grows with its rows.
    pub grows: bool,
    /// True when the user may choose another view.
    pub view_picker: bool,
    /// True when the user may choose another chart.
    pub chart_picker: bool,
    /// True when it has a search box.
    pub quick_find: bool,
}

/// How a lookup searches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupSearch {
    /// The view it searches first; none means the table's lookup view.
    pub view: Option<ViewId>,
    /// The views it offers; none means every view.
    pub views: Vec<ViewId>,
    /// True when the user may choose another view.
    pub view_picker: bool,
    /// True when it offers the rows used last.
    pub recent: bool,
    /// True when it offers to make a new row.
    pub makes_new: bool,
    /// The relationship by which the rows offered hang on the row of another lookup of the form.
    pub filter: Option<LookupFilter>,
}

/// Rows offered by a lookup hang on what another lookup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupFilter {
    /// The relationship (`FilterRelationshipName`).
    pub relationship: String,
    /// The other lookup (`DependentAttributeName`, without its table).
    pub column: ColumnName,
    /// The table it points to (`DependentAttributeType`).
    pub table: Option<TableName>,
    /// True when the user may lift the restriction.
    pub optional: bool,
}

/// What a timeline shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// True when it shows activities.
    pub activities: bool,
    /// True when it shows notes.
    pub notes: bool,
    /// True when it shows posts.
    pub posts: bool,
    /// The activity tables it shows; none means all.
    pub activity_tables: Vec<TableName>,
    /// Entries shown before more are asked for, 1 to 50.
    pub entries_per_page: u16,
    /// True when the newest entry stands first.
    pub newest_first: bool,
    /// True when entries can be filtered.
    pub filter_pane: bool,
}

impl Control {
    /// A list or chart: table, view and the like; nothing when it names no table.
    #[must_use]
    pub fn subgrid(&self) -> Option<Subgrid> {
        let mode = match self.given("ChartGridMode") {
            Some(mode) if mode.eq_ignore_ascii_case("chart") => GridMode::Chart,
            Some(mode) if mode.eq_ignore_ascii_case("all") => GridMode::Both,
            _ => GridMode::Grid,
        };
        Some(Subgrid {
            table: self.table("TargetEntityType")?,
            relationship: self.given("RelationshipName").map(str::to_owned),
            view: self.view("ViewId"),
            views: self.views("ViewIds"),
            is_user_view: self.is_set("IsUserView"),
            chart: self.given("VisualizationId").and_then(|id| id.parse().ok()),
            is_user_chart: self.is_set("IsUserChart"),
            mode,
            rows_per_page: self.given("RecordsPerPage").and_then(|number| number.parse().ok()),
            grows: self.given("AutoExpand").is_some_and(|mode| mode.eq_ignore_ascii_case("auto")),
            view_picker: self.is_set("EnableViewPicker"),
            chart_picker: self.is_set("EnableChartPicker"),
            quick_find: self.is_set("EnableQuickFind"),
        })
    }

    /// What the control shows on a dashboard; nothing for a control of another kind.
    #[must_use]
    pub fn component(&self) -> Option<Component> {
        match self.kind {
            ControlKind::Subgrid => self.subgrid().map(Component::Rows),
            ControlKind::IFrame => Some(Component::Frame { url: self.given("Url")?.to_owned() }),
            ControlKind::WebResource => {
                let name = self.given("Url").or_else(|| self.given("WebResourceId"))?;
                Some(Component::WebResource { name: name.trim_start_matches("$webresource:").to_owned() })
            }
            _ => None,
        }
    }

    /// How a lookup searches.
    #[must_use]
    pub fn lookup_search(&self) -> LookupSearch {
        let filter = self.given("FilterRelationshipName").zip(self.given("DependentAttributeName"));
        LookupSearch {
            view: self.view("DefaultViewId"),
            views: self.views("AvailableViewIds"),
            view_picker: !self.is_set("DisableViewPicker"),
            recent: !self.is_set("DisableMru"),
            makes_new: self.given("IsInlineNewEnabled").and_then(crate::xml::flag).unwrap_or(true),
            filter: filter.map(|(relationship, column)| LookupFilter {
                relationship: relationship.to_owned(),
                column: ColumnName::new(column.rsplit('.').next().unwrap_or(column).to_ascii_lowercase()),
                table: self.table("DependentAttributeType"),
                optional: self.is_set("AllowFilterOff"),
            }),
        }
    }

    /// The forms of a quick view, by the table the lookup points to.
    #[must_use]
    pub fn quick_forms(&self) -> Vec<(TableName, FormId)> {
        let Some(xml) = self.given("QuickForms") else { return Vec::new() };
        let Some(root) = crate::xml::read(xml).0 else { return Vec::new() };
        let forms = root.all("QuickFormId").filter_map(|form| {
            let table = form.attribute("entityname")?.trim().to_ascii_lowercase();
            Some((TableName::new(table), form.text.parse().ok()?))
        });
        forms.collect()
    }

    /// What a timeline shows.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        let modules = self.given("UClientModules");
        let has = |module: &str| {
            modules
                .is_none_or(|modules| modules.split(',').any(|one| one.trim().eq_ignore_ascii_case(module)))
        };
        let tables = self.given("UClientActivities").unwrap_or_default().split(',').map(str::trim);
        let entries = self.given("UClientRecordPerPage").and_then(|number| number.parse().ok());
        Timeline {
            activities: has("Activities"),
            notes: has("Notes"),
            posts: has("Posts"),
            activity_tables: tables
                .filter(|table| !table.is_empty())
                .map(|table| TableName::new(table.to_ascii_lowercase()))
                .collect(),
            entries_per_page: entries.unwrap_or(10).clamp(1, 50),
            newest_first: !self
                .given("UClientOrderBy")
                .is_some_and(|order| order.eq_ignore_ascii_case("ascending")),
            filter_pane: self.given("UClientShowFilterPane").and_then(crate::xml::flag).unwrap_or(true),
        }
    }

    /// A parameter that holds something, its name compared without case.
    fn given(&self, name: &str) -> Option<&str> {
        self.parameter(name).map(str::trim).filter(|text| !text.is_empty())
    }

    fn is_set(&self, name: &str) -> bool {
        self.given(name).and_then(crate::xml::flag).unwrap_or_default()
    }

    fn view(&self, name: &str) -> Option<ViewId> {
        self.given(name).and_then(|id| id.parse().ok())
    }

    fn views(&self, name: &str) -> Vec<ViewId> {
        let listed = self.given(name).unwrap_or_default();
        listed.split([',', ';']).filter_map(|id| id.parse().ok()).collect()
    }

    fn table(&self, name: &str) -> Option<TableName> {
        self.given(name).map(|table| TableName::new(table.to_ascii_lowercase()))
    }
}
