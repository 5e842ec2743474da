//! Definitions read one by one, and what each names of others.

use model::{
    AppRecord, ChartRecord, Component, Control, DashboardRecord, FormRecord, Metadata, Problem,
    ProcessRecord, Sentence, SubAreaTarget, Subgrid, Table, TableName, ViewRecord, said,
};
use query::{BoundLink, BoundOutput, BoundPlan, Caller};
use std::collections::BTreeSet;

/// What definitions are looked up in.
pub struct Check<'m> {
    pub metadata: &'m Metadata,
    pub caller: Caller,
}

/// Problems of a definition that stand at a place.
struct Noted<'p> {
    problems: &'p mut Vec<Problem>,
    place: String,
}

impl Noted<'_> {
    fn add(&mut self, what: impl Into<Sentence>, instead: impl Into<Sentence>) {
        self.problems.push(Problem { what: what.into(), place: self.place.clone(), instead: instead.into() });
    }
}

impl Check<'_> {
    /// A form: columns, views, relationships and quick views of its controls.
    pub fn form(&self, record: &FormRecord) -> Vec<Problem> {
        let (form, mut problems) = model::parse_form(record);
        let Some(table) = self.table(&record.table, &mut problems, "form", "the form is not shown") else {
            return problems;
        };
        for control in form.cells().filter_map(|cell| cell.control.as_ref()) {
            let mut noted = Noted { problems: &mut problems, place: format!("control[{}]", control.id) };
            self.control(table, control, &mut noted);
        }
        for item in &form.related {
            let mut noted = Noted { problems: &mut problems, place: format!("form/Navigation/{}", item.id) };
            self.relationship(table, &item.relationship, "the entry is left out", &mut noted);
        }
        problems
    }

    fn control(&self, table: &Table, control: &Control, noted: &mut Noted<'_>) {
        if let Some(column) = &control.column
            && table.column(column.as_str()).is_none()
        {
            let what = said!("the table {table} has no column {column}", table = table.name, column);
            noted.add(what, "the control is left out");
        }
        if let Some(grid) = control.subgrid() {
            if let Some(relationship) = &grid.relationship {
                self.relationship(table, relationship, "the list is left out", noted);
            }
            self.rows(&grid, noted);
        }
        for (target, id) in control.quick_forms() {
            if !self.metadata.forms.iter().any(|form| form.id == id && form.table == target) {
                let what = said!("there is no quick view form {id} of the table {table}", id, table = target);
                noted.add(what, "the default quick view form is used");
            }
        }
    }

    fn relationship(&self, table: &Table, name: &str, instead: &'static str, noted: &mut Noted<'_>) {
        let is_here = |table: &Table| {
            table.relationships.iter().any(|known| known.name == name)
                || table.many_to_many.iter().any(|known| known.name == name)
        };
        let is_there = || {
            let others = self.metadata.tables.iter().flat_map(|other| &other.many_to_many);
            let mut others = others.filter(|known| known.other == table.name);
            others.any(|known| known.name == name)
        };
        if !is_here(table) && !is_there() {
            noted.add(
                said!("the table {table} has no relationship {name}", table = table.name, name),
                instead,
            );
        }
    }

    /// The table, view and chart of a list.
    fn rows(&self, grid: &Subgrid, noted: &mut Noted<'_>) {
        if self.metadata.table(grid.table.as_str()).is_none() {
            noted.add(said!("there is no table {table}", table = grid.table), "the list is left out");
        } else if let Some(id) = grid.view.filter(|_| !grid.is_user_view)
            && !self.metadata.views.iter().any(|view| view.id == id)
        {
            noted.add(said!("there is no view {id}", id), "the default view is used");
        }
        if let Some(id) = grid.chart.filter(|_| !grid.is_user_chart)
            && !self.metadata.charts.iter().any(|chart| chart.id == id)
        {
            noted.add(said!("there is no chart {id}", id), "the default chart is used");
        }
    }

    /// A view: its query, and that the query gives what the layout shows.
    pub fn view(&self, record: &ViewRecord) -> Vec<Problem> {
        let (view, mut problems) = model::parse_view(record);
        if self.table(&record.table, &mut problems, "savedquery", "the view is not shown").is_none() {
            return problems;
        }
        if let Some(plan) = self.query(&record.fetch_xml, "the view shows no rows", &mut problems) {
            let names = names(&plan);
            for cell in view.cells.iter().filter(|cell| !names.contains(&cell.name)) {
                let mut noted =
                    Noted { problems: &mut problems, place: format!("grid/row/cell[{}]", cell.name) };
                noted
                    .add(said!("the query does not give {name}", name = cell.name), "the column stays empty");
            }
        }
        problems
    }

    /// A chart: its query, and that the query gives its categories and measures.
    pub fn chart(&self, record: &ChartRecord) -> Vec<Problem> {
        let (chart, mut problems) = model::parse_chart(record);
        if self
            .table(&record.table, &mut problems, "savedqueryvisualization", "the chart is not shown")
            .is_none()
            || chart.fetch_xml.is_empty()
        {
            return problems;
        }
        if let Some(plan) = self.query(&chart.fetch_xml, "the chart stays empty", &mut problems) {
            let names = names(&plan);
            let wanted = chart.category.iter().chain(chart.series.iter().map(|series| &series.measure));
            for name in wanted.filter(|name| !names.contains(*name)) {
                let mut noted =
                    Noted { problems: &mut problems, place: "datadefinition/categorycollection".to_owned() };
                noted.add(said!("the query does not give {name}", name), "the chart stays empty");
            }
        }
        problems
    }

    /// A dashboard: what its lists and charts are of.
    pub fn dashboard(&self, record: &DashboardRecord) -> Vec<Problem> {
        let (dashboard, mut problems) = model::parse_dashboard(record);
        for (cell, component) in dashboard.components() {
            if let (Some(control), Component::Rows(grid)) = (&cell.control, component) {
                let place = format!("control[{}]", control.id);
                self.rows(&grid, &mut Noted { problems: &mut problems, place });
            }
        }
        problems
    }

    /// A process flow: tables and columns of its stages.
    pub fn process(&self, record: &ProcessRecord) -> Vec<Problem> {
        let (process, mut problems) = model::parse_process(record);
        for stage in &process.stages {
            let mut noted = Noted { problems: &mut problems, place: format!("stage[{}]", stage.id) };
            let Some(table) = self.metadata.table(stage.table.as_str()) else {
                noted.add(said!("there is no table {table}", table = stage.table), "the stage is left out");
                continue;
            };
            for column in stage.steps.iter().filter_map(model::Step::column) {
                if table.column(column.as_str()).is_none() {
                    let what = said!("the table {table} has no column {column}", table = table.name, column);
                    noted.add(what, "the step is left out");
                }
            }
        }
        problems
    }

    /// An app: where the entries of its site map lead.
    pub fn app(&self, record: &AppRecord) -> Vec<Problem> {
        let (map, mut problems) = model::parse_site_map(&record.site_map_xml);
        for entry in map.areas.iter().flat_map(|area| &area.groups).flat_map(|group| &group.sub_areas) {
            let mut noted = Noted { problems: &mut problems, place: format!("SubArea[{}]", entry.id) };
            match &entry.target {
                SubAreaTarget::Table(table) if self.metadata.table(table.as_str()).is_none() => {
                    noted.add(said!("there is no table {table}", table), "the entry is left out");
                }
                SubAreaTarget::Dashboard(Some(id))
                    if !self.metadata.dashboards.iter().any(|one| one.id.to_string() == *id) =>
                {
                    noted.add(said!("there is no dashboard {id}", id), "the entry is left out");
                }
                SubAreaTarget::WebResource(name) => {
                    noted.add(said!("the web resource {name} is not shown", name), "the entry is left out");
                }
                _ => {}
            }
        }
        problems
    }

    fn table(
        &self,
        name: &TableName,
        problems: &mut Vec<Problem>,
        place: &str,
        instead: &'static str,
    ) -> Option<&Table> {
        let table = self.metadata.table(name.as_str());
        if table.is_none() {
            let mut noted = Noted { problems, place: place.to_owned() };
            noted.add(said!("there is no table {table}", table = name), instead);
        }
        table
    }

    fn query(
        &self,
        fetch_xml: &str,
        instead: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<BoundPlan> {
        let plan =
            query::parse_fetch(fetch_xml).and_then(|plan| query::bind(&plan, self.metadata, &self.caller));
        match plan {
            Ok(plan) => Some(plan),
            Err(error) => {
                let mut noted = Noted { problems, place: "fetch".to_owned() };
                noted.add(said!("the query cannot be used: {reason}", reason = error), instead);
                None
            }
        }
    }
}

/// The names of what a query gives.
fn names(plan: &BoundPlan) -> BTreeSet<String> {
    fn of_links(links: &[BoundLink], names: &mut BTreeSet<String>) {
        for link in links {
            names.extend(link.columns.iter().map(|column| {
                column.alias.clone().unwrap_or_else(|| format!("{}.{}", link.alias, column.column))
            }));
            of_links(&link.links, names);
        }
    }
    let mut names = BTreeSet::new();
    match &plan.output {
        BoundOutput::Columns(columns) => {
            names.extend(
                columns
                    .iter()
                    .map(|column| column.alias.clone().unwrap_or_else(|| column.column.to_string())),
            );
            of_links(&plan.links, &mut names);
        }
        BoundOutput::Aggregate(aggregate) => {
            names.extend(aggregate.groups.iter().map(|group| group.alias.clone()));
            names.extend(aggregate.measures.iter().map(|measure| measure.alias.clone()));
        }
    }
    names
}
