//! Whether a definition can be used: what its parser says, and whether the tables and columns it names are there.

use super::json::bad;
use crate::error::{Answered, Failure};
use model::component::Part;
use model::{
    AppRecord, ChartRecord, ColumnName, DashboardRecord, FormRecord, Metadata, Problem, ProcessRecord,
    SubAreaTarget, ViewRecord,
};

/// Problems named at most in one refusal.
const MOST_NAMED: usize = 20;

/// Refuses a definition that has problems, and names them.
pub fn check<T: Checked>(record: &T, metadata: &Metadata, caller: &query::Caller) -> Answered<()> {
    let problems = record.problems(metadata, caller);
    if problems.is_empty() {
        return Ok(());
    }
    let count = problems.len();
    let named: Vec<String> = problems.into_iter().take(MOST_NAMED).collect();
    let more = if count > MOST_NAMED { format!("; and {} more", count - MOST_NAMED) } else { String::new() };
    let key = model::component::key_of(record);
    Err(bad(format!("the {key} cannot be used as it is: {}{more}", named.join("; "))))
}

/// A definition whose problems can be found.
pub trait Checked: Part {
    /// What keeps it from being used as it is.
    fn problems(&self, metadata: &Metadata, caller: &query::Caller) -> Vec<String>;
}

fn told(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|problem| format!("{}: {}", problem.place, problem.what)).collect()
}

fn no_table(table: &str) -> String {
    format!("there is no table “{table}”")
}

/// Whether a question can be asked, and of which table.
fn question(fetch_xml: &str, table: &str, metadata: &Metadata, caller: &query::Caller) -> Option<String> {
    let plan = match query::parse_fetch(fetch_xml) {
        Ok(plan) => plan,
        Err(error) => return Some(format!("the FetchXML: {error}")),
    };
    if plan.table != *table {
        return Some(format!("the FetchXML asks for {}, not for {table}", plan.table));
    }
    query::bind(&plan, metadata, caller).err().map(|error| format!("the FetchXML: {error}"))
}

impl Checked for ViewRecord {
    fn problems(&self, metadata: &Metadata, caller: &query::Caller) -> Vec<String> {
        if metadata.table(self.table.as_str()).is_none() {
            return vec![no_table(self.table.as_str())];
        }
        let mut problems = told(model::parse_view(self).1);
        problems.extend(question(&self.fetch_xml, self.table.as_str(), metadata, caller));
        problems
    }
}

impl Checked for FormRecord {
    fn problems(&self, metadata: &Metadata, _: &query::Caller) -> Vec<String> {
        let Some(table) = metadata.table(self.table.as_str()) else {
            return vec![no_table(self.table.as_str())];
        };
        let (form, problems) = model::parse_form(self);
        let mut problems = told(problems);
        let columns = form.cells().filter_map(|cell| cell.control.as_ref()?.column.as_ref());
        let unknown = |column: &&ColumnName| table.column(column.as_str()).is_none();
        problems
            .extend(columns.filter(unknown).map(|column| format!("{} has no column “{column}”", table.name)));
        problems
    }
}

impl Checked for DashboardRecord {
    fn problems(&self, _: &Metadata, _: &query::Caller) -> Vec<String> {
        told(model::parse_dashboard(self).1)
    }
}

impl Checked for ChartRecord {
    fn problems(&self, metadata: &Metadata, caller: &query::Caller) -> Vec<String> {
        if metadata.table(self.table.as_str()).is_none() {
            return vec![no_table(self.table.as_str())];
        }
        let (chart, problems) = model::parse_chart(self);
        let mut problems = told(problems);
        if problems.is_empty() {
            problems.extend(question(&chart.fetch_xml, self.table.as_str(), metadata, caller));
        }
        problems
    }
}

impl Checked for ProcessRecord {
    fn problems(&self, metadata: &Metadata, _: &query::Caller) -> Vec<String> {
        let (process, problems) = model::parse_process(self);
        let mut problems = told(problems);
        let tables = process.stages.iter().map(|stage| stage.table.as_str()).chain([self.table.as_str()]);
        problems.extend(tables.filter(|table| metadata.table(table).is_none()).map(no_table));
        problems
    }
}

impl Checked for AppRecord {
    fn problems(&self, metadata: &Metadata, _: &query::Caller) -> Vec<String> {
        if self.site_map_xml.is_empty() {
            return Vec::new();
        }
        let (map, problems) = model::parse_site_map(&self.site_map_xml);
        let mut problems = told(problems);
        let groups = map.areas.iter().flat_map(|area| &area.groups);
        for entry in groups.flat_map(|group| &group.sub_areas) {
            if let SubAreaTarget::Table(table) = &entry.target
                && metadata.table(table.as_str()).is_none()
            {
                problems.push(no_table(table.as_str()));
            }
        }
        problems
    }
}

/// Definitions that name a column or table in their XML, in words for whoever wants to remove it.
pub fn dependants(metadata: &Metadata, table: &str, column: Option<&str>) -> Vec<String> {
    let names = |xml: &str, name: &str| {
        [format!("\"{name}\""), format!("'{name}'"), format!(">{name}<")]
            .iter()
            .any(|quoted| xml.contains(quoted))
    };
    let concerns = |own: &str, xml: &str| match column {
        Some(column) => (own == table || names(xml, table)) && names(xml, column),
        None => own != table && names(xml, table),
    };
    let mut found = Vec::new();
    for form in &metadata.forms {
        if concerns(form.table.as_str(), &form.form_xml) {
            found.push(format!("form “{}” of {}", form.name.text(model::Language::English), form.table));
        }
    }
    for view in &metadata.views {
        if concerns(view.table.as_str(), &view.fetch_xml) || concerns(view.table.as_str(), &view.layout_xml) {
            found.push(format!("view “{}” of {}", view.name.text(model::Language::English), view.table));
        }
    }
    for chart in &metadata.charts {
        if concerns(chart.table.as_str(), &chart.data_xml) {
            found.push(format!("chart “{}” of {}", chart.name.text(model::Language::English), chart.table));
        }
    }
    for process in &metadata.processes {
        if concerns(process.table.as_str(), &process.definition) {
            found.push(format!("process “{}”", process.name.text(model::Language::English)));
        }
    }
    if column.is_none() {
        for app in metadata.apps.iter().filter(|app| names(&app.site_map_xml, table)) {
            found.push(format!("the site map of “{}”", app.name));
        }
        for other in metadata.tables.iter().filter(|other| other.name != *table) {
            let lookups =
                other.columns.iter().filter(|it| it.custom && it.targets().iter().any(|to| *to == *table));
            found.extend(lookups.map(|column| format!("column “{}” of {}", column.name, other.name)));
        }
    }
    found
}

/// Refuses to remove what definitions still name.
pub fn refuse_dependants(what: &str, found: &[String]) -> Answered<()> {
    if found.is_empty() {
        return Ok(());
    }
    const HAS_DEPENDENCIES: &str = "0x8004f01f";
    let message = format!("{what} is still used by {}; remove it there first", found.join(", "));
    Err(Failure::refuse(400, HAS_DEPENDENCIES, message))
}
