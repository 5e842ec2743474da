//! The forms, views and apps of the solution, each kept in a file of its own that says what it is.

mod files;
#[cfg(test)]
mod tests;
mod wrapper;

use crate::SolutionError;
use model::{AppName, AppRecord, FormRecord, TableName, ViewRecord};
use wrapper::Wrapper;

/// Every form.
pub fn forms() -> Result<Vec<FormRecord>, SolutionError> {
    files::FORMS.iter().map(|(file, text)| form(&Wrapper::parse(file, text, "systemform")?)).collect()
}

/// Every view.
pub fn views() -> Result<Vec<ViewRecord>, SolutionError> {
    files::VIEWS.iter().map(|(file, text)| view(&Wrapper::parse(file, text, "savedquery")?)).collect()
}

/// Every app.
pub fn apps() -> Result<Vec<AppRecord>, SolutionError> {
    files::APPS.iter().map(|(file, text)| app(&Wrapper::parse(file, text, "appmodule")?)).collect()
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
