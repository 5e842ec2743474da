//! What the solution shows: forms, views, apps, process flows, charts, dashboards and commands, each kept in a file of
//! its own that says what it is.

mod files;
#[cfg(test)]
mod tests;
pub(crate) mod wrapper;

use crate::SolutionError;
use model::{
    AppName, AppRecord, ChartRecord, CommandSetRecord, DashboardRecord, FormRecord, Label, ProcessId,
    ProcessRecord, TableName, ViewRecord,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use wrapper::Wrapper;

/// Every form.
pub fn forms() -> Result<Vec<FormRecord>, SolutionError> {
    files::FORMS.iter().map(|(file, text)| read_form(file, text)).collect()
}

/// Every view.
pub fn views() -> Result<Vec<ViewRecord>, SolutionError> {
    files::VIEWS.iter().map(|(file, text)| read_view(file, text)).collect()
}

/// Every app.
pub fn apps() -> Result<Vec<AppRecord>, SolutionError> {
    files::APPS.iter().map(|(file, text)| app(&Wrapper::parse(file, text, "appmodule")?)).collect()
}

/// Every business process flow.
pub fn processes() -> Result<Vec<ProcessRecord>, SolutionError> {
    files::PROCESSES.iter().map(|(file, text)| process(file, text)).collect()
}

/// Every chart.
pub fn charts() -> Result<Vec<ChartRecord>, SolutionError> {
    let files = files::CHARTS.iter();
    files.map(|(file, text)| chart(&Wrapper::parse(file, text, "savedqueryvisualization")?)).collect()
}

/// Every dashboard.
pub fn dashboards() -> Result<Vec<DashboardRecord>, SolutionError> {
    files::DASHBOARDS
        .iter()
        .map(|(file, text)| dashboard(&Wrapper::parse(file, text, "systemform")?))
        .collect()
}

/// The commands of each table.
pub fn command_sets() -> Result<Vec<CommandSetRecord>, SolutionError> {
    files::COMMANDS
        .iter()
        .map(|(file, text)| command_set(&Wrapper::parse(file, text, "appactions")?))
        .collect()
}

/// The form of a file.
pub(crate) fn read_form(file: &str, text: &str) -> Result<FormRecord, SolutionError> {
    form(&Wrapper::parse(file, text, "systemform")?)
}

/// The view of a file.
pub(crate) fn read_view(file: &str, text: &str) -> Result<ViewRecord, SolutionError> {
    view(&Wrapper::parse(file, text, "savedquery")?)
}

fn form(wrapper: &Wrapper<'_>) -> Result<FormRecord, SolutionError> {
    Ok(FormRecord {
        id: wrapper.parsed("id")?,
        table: TableName::new(wrapper.attribute("table")?),
        name: wrapper.label("names")?,
        kind: wrapper.parsed("type")?,
        is_default: wrapper.parsed("isdefault")?,
        form_xml: wrapper.xml("form")?,
    })
}

fn view(wrapper: &Wrapper<'_>) -> Result<ViewRecord, SolutionError> {
    Ok(ViewRecord {
        id: wrapper.parsed("id")?,
        table: TableName::new(wrapper.attribute("table")?),
        name: wrapper.label("names")?,
        kind: wrapper.parsed("querytype")?,
        is_default: wrapper.parsed("isdefault")?,
        fetch_xml: wrapper.xml("fetch")?,
        layout_xml: wrapper.xml("grid")?,
    })
}

fn app(wrapper: &Wrapper<'_>) -> Result<AppRecord, SolutionError> {
    Ok(AppRecord {
        name: AppName::new(wrapper.attribute("uniquename")?),
        label: wrapper.label("names")?,
        description: wrapper.label("descriptions")?,
        icon: wrapper.attribute("icon")?.to_owned(),
        site_map_xml: wrapper.xml("SiteMap")?,
        roles: wrapper.names("roles")?,
    })
}

/// A process file: the columns of `workflow` that matter here, its client data as JSON instead of text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcessFile<'a> {
    workflowid: ProcessId,
    uniquename: String,
    /// Always 4: a business process flow.
    category: u8,
    primaryentity: TableName,
    processorder: i32,
    names: Label,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(borrow)]
    clientdata: &'a RawValue,
}

fn process(file: &str, text: &str) -> Result<ProcessRecord, SolutionError> {
    let json = |source| SolutionError::Json { file: file.to_owned(), source };
    let read: ProcessFile<'_> = serde_json::from_str(text).map_err(json)?;
    if read.category != 4 {
        let what = format!("category is {}; a business process flow has 4", read.category);
        return Err(SolutionError::Content { file: file.to_owned(), what });
    }
    // Read and written again: the files are laid out for people, the records travel to every device.
    let definition: serde_json::Value = serde_json::from_str(read.clientdata.get()).map_err(json)?;
    Ok(ProcessRecord {
        id: read.workflowid,
        unique_name: read.uniquename,
        name: read.names,
        table: read.primaryentity,
        order: read.processorder,
        active: true,
        roles: read.roles,
        definition: definition.to_string(),
    })
}

fn chart(wrapper: &Wrapper<'_>) -> Result<ChartRecord, SolutionError> {
    Ok(ChartRecord {
        id: wrapper.parsed("id")?,
        table: TableName::new(wrapper.attribute("table")?),
        name: wrapper.label("names")?,
        description: wrapper.label("descriptions")?,
        is_default: wrapper.parsed("isdefault")?,
        data_xml: wrapper.xml("datadefinition")?,
        presentation_xml: wrapper.xml("Chart")?,
    })
}

fn dashboard(wrapper: &Wrapper<'_>) -> Result<DashboardRecord, SolutionError> {
    Ok(DashboardRecord {
        id: wrapper.parsed("id")?,
        name: wrapper.label("names")?,
        description: wrapper.label("descriptions")?,
        is_default: wrapper.parsed("isdefault")?,
        form_xml: wrapper.xml("form")?,
    })
}

fn command_set(wrapper: &Wrapper<'_>) -> Result<CommandSetRecord, SolutionError> {
    Ok(CommandSetRecord {
        name: wrapper.attribute("name")?.to_owned(),
        table: wrapper.attribute("table").ok().map(TableName::new),
        definition: wrapper.whole(),
    })
}
