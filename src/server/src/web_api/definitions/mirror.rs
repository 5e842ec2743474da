//! The rows that show forms, views, charts, processes and apps to whoever asks the Web API for them. Definitions are what
//! holds; these rows follow.

use crate::error::Answered;
use crate::random;
use model::{
    AppRecord, ChartRecord, Columns, ComponentKey, ComponentKind, DashboardRecord, FormRecord, Label,
    Language, Metadata, ProcessRecord, Reference, RowId, Timestamp, Value, ViewRecord,
};
use sha2::{Digest as _, Sha256};
use store_sql::{Definitions, Hold, StoreError, WriteTransaction};

/// The setting that holds the version of the metadata the rows show.
const MIRRORED: &str = "mirrored-metadata-version";
const YES: Value = Value::Boolean(true);

/// One row that shows a part.
pub struct Shown {
    /// Its table.
    pub table: &'static str,
    /// Its id.
    pub id: RowId,
    /// What it shows.
    pub columns: Columns,
}

/// Writes the rows of every part that changed since they were last written.
pub async fn follow(
    write: &mut WriteTransaction,
    definitions: &Definitions,
    user: Option<RowId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept = write.setting(MIRRORED).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let metadata = &definitions.metadata;
    if kept >= metadata.version {
        return Ok(());
    }
    for key in definitions.changed_since(kept) {
        let shown = rows_of(metadata, &key);
        if shown.is_empty() {
            hide(write, metadata, &key, now).await?;
        }
        for row in shown {
            put(write, metadata, row, user, now).await?;
        }
    }
    write.put_setting(MIRRORED, &metadata.version.to_string()).await?;
    Ok(())
}

async fn put(
    write: &mut WriteTransaction,
    metadata: &Metadata,
    row: Shown,
    user: Option<RowId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(table) = metadata.table(row.table) else { return Ok(()) };
    let mut columns = row.columns;
    columns.0.retain(|name, _| table.column(name.as_str()).is_some());
    let found = write.row(row.table, row.id, Hold::Content).await?;
    if let Some(found) = &found {
        columns.0.retain(|name, value| !found.columns.get(name.as_str()).is_same(value));
        if columns.is_empty() {
            return Ok(());
        }
    }
    let by = user
        .map_or(Value::Null, |id| Value::Reference(Reference { table: "systemuser".into(), id, name: None }));
    let mut stamp = |at: &str, who: &str| {
        for (name, value) in [(at, Value::DateTime(now)), (who, by.clone())] {
            if table.column(name).is_some() {
                columns.set(name, value);
            }
        }
    };
    stamp("modifiedon", "modifiedby");
    if found.is_some() {
        write.update(row.table, row.id, &columns, None).await?;
    } else {
        stamp("createdon", "createdby");
        write.create(row.table, row.id, &columns).await?;
    }
    Ok(())
}

/// A part that is gone: its row goes, too, unless it says itself that it is inactive.
async fn hide(
    write: &mut WriteTransaction,
    metadata: &Metadata,
    key: &ComponentKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((table, id)) = row_of_key(key) else { return Ok(()) };
    if metadata.table(table).is_none() {
        return Ok(());
    }
    let Some(row) = write.row(table, id, Hold::Content).await? else { return Ok(()) };
    if *row.columns.get("statecode") != Value::Choice(1) || table == "workflow" {
        write.delete(table, id, None, now).await?;
    }
    Ok(())
}

/// Where a part that has an id of its own is shown.
fn row_of_key(key: &ComponentKey) -> Option<(&'static str, RowId)> {
    let table = match key.kind {
        ComponentKind::View => "savedquery",
        ComponentKind::Form | ComponentKind::Dashboard => "systemform",
        ComponentKind::Chart => "savedqueryvisualization",
        ComponentKind::Process => "workflow",
        ComponentKind::App => return Some(("appmodule", app_id(&key.key))),
        ComponentKind::Table | ComponentKind::CommandSet => return None,
    };
    Some((table, key.key.parse().ok()?))
}

/// An app has a name, its row has an id: always the same one.
pub fn app_id(name: &str) -> RowId {
    made_id("appmodule", name)
}

/// The id of the row with an app's site map.
pub fn site_map_id(name: &str) -> RowId {
    made_id("sitemap", name)
}

fn made_id(what: &str, name: &str) -> RowId {
    let digest = Sha256::digest(format!("{what} {name}"));
    let bits = digest.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    RowId::from_random(bits)
}

/// The rows that show a part; none for one that is gone or is shown nowhere.
fn rows_of(metadata: &Metadata, key: &ComponentKey) -> Vec<Shown> {
    let is_it = |id: String| id == key.key;
    match key.kind {
        ComponentKind::View => {
            metadata.views.iter().find(|it| is_it(it.id.to_string())).map(of_view).into_iter().collect()
        }
        ComponentKind::Form => {
            metadata.forms.iter().find(|it| is_it(it.id.to_string())).map(of_form).into_iter().collect()
        }
        ComponentKind::Dashboard => metadata
            .dashboards
            .iter()
            .find(|it| is_it(it.id.to_string()))
            .map(of_dashboard)
            .into_iter()
            .collect(),
        ComponentKind::Chart => {
            metadata.charts.iter().find(|it| is_it(it.id.to_string())).map(of_chart).into_iter().collect()
        }
        ComponentKind::Process => {
            metadata.processes.iter().find(|it| is_it(it.id.to_string())).map(of_process).unwrap_or_default()
        }
        ComponentKind::App => {
            metadata.apps.iter().find(|it| is_it(it.name.to_string())).map(of_app).unwrap_or_default()
        }
        ComponentKind::Table | ComponentKind::CommandSet => Vec::new(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Rows are in the org's first language; screens have the others.
fn name(label: &Label) -> Value {
    text(label.text(Language::English))
}

fn state(number: i32) -> Columns {
    Columns::new().with("statecode", Value::Choice(number)).with("statuscode", Value::Choice(number + 1))
}

fn of_view(view: &ViewRecord) -> Shown {
    let columns = state(0)
        .with("name", name(&view.name))
        .with("returnedtypecode", text(view.table.as_str()))
        .with("querytype", Value::Integer(view.kind.into()))
        .with("isdefault", Value::Boolean(view.is_default))
        .with("isquickfindquery", Value::Boolean(view.kind == 4))
        .with("fetchxml", text(&view.fetch_xml))
        .with("layoutxml", text(&view.layout_xml));
    Shown { table: "savedquery", id: RowId::from_u128(view.id.as_u128()), columns }
}

fn form_columns(label: &Label, kind: i32, is_default: bool, xml: &str) -> Columns {
    Columns::new()
        .with("name", name(label))
        .with("type", Value::Choice(kind))
        .with("isdefault", Value::Boolean(is_default))
        .with("formxml", text(xml))
        .with("formactivationstate", Value::Choice(1))
        .with("isdesktopenabled", YES)
        .with("istabletenabled", YES)
}

fn of_form(form: &FormRecord) -> Shown {
    let columns = form_columns(&form.name, form.kind, form.is_default, &form.form_xml)
        .with("objecttypecode", text(form.table.as_str()));
    Shown { table: "systemform", id: RowId::from_u128(form.id.as_u128()), columns }
}

fn of_dashboard(dashboard: &DashboardRecord) -> Shown {
    let columns = form_columns(&dashboard.name, 0, dashboard.is_default, &dashboard.form_xml)
        .with("objecttypecode", text("none"))
        .with("description", name(&dashboard.description));
    Shown { table: "systemform", id: RowId::from_u128(dashboard.id.as_u128()), columns }
}

fn of_chart(chart: &ChartRecord) -> Shown {
    let columns = Columns::new()
        .with("name", name(&chart.name))
        .with("description", name(&chart.description))
        .with("primaryentitytypecode", text(chart.table.as_str()))
        .with("isdefault", Value::Boolean(chart.is_default))
        .with("datadescription", text(&chart.data_xml))
        .with("presentationdescription", text(&chart.presentation_xml))
        .with("charttype", Value::Choice(0));
    Shown { table: "savedqueryvisualization", id: RowId::from_u128(chart.id.as_u128()), columns }
}

fn of_process(process: &ProcessRecord) -> Vec<Shown> {
    let id = RowId::from_u128(process.id.as_u128());
    let definition = if process.definition.trim_start().starts_with('<') { "xaml" } else { "clientdata" };
    let columns = state(i32::from(process.active))
        .with("name", name(&process.name))
        .with("uniquename", text(&process.unique_name))
        .with("primaryentity", text(process.table.as_str()))
        .with("category", Value::Choice(4))
        .with("type", Value::Choice(1))
        .with("businessprocesstype", Value::Choice(0))
        .with("processorder", Value::Integer(process.order.into()))
        .with(definition, text(&process.definition));
    let mut rows = vec![Shown { table: "workflow", id, columns }];
    let (parsed, _) = model::parse_process(process);
    for stage in &parsed.stages {
        let process = Value::Reference(Reference { table: "workflow".into(), id, name: None });
        let columns = Columns::new()
            .with("stagename", name(&stage.name))
            .with("processid", process)
            .with("stagecategory", Value::Choice(stage.category.number()))
            .with("primaryentitytypecode", text(stage.table.as_str()));
        rows.push(Shown { table: "processstage", id: RowId::from_u128(stage.id.as_u128()), columns });
    }
    rows
}

fn of_app(app: &AppRecord) -> Vec<Shown> {
    let columns = Columns::new()
        .with("name", name(&app.label))
        .with("uniquename", text(app.name.as_str()))
        .with("description", name(&app.description))
        .with("clienttype", Value::Integer(4))
        .with("formfactor", Value::Integer(1));
    let map = Columns::new()
        .with("sitemapname", name(&app.label))
        .with("sitemapnameunique", text(app.name.as_str()))
        .with("isappaware", YES)
        .with("sitemapxml", text(&app.site_map_xml));
    let mut rows = vec![Shown { table: "appmodule", id: app_id(app.name.as_str()), columns }];
    if !app.site_map_xml.is_empty() {
        rows.push(Shown { table: "sitemap", id: site_map_id(app.name.as_str()), columns: map });
    }
    rows
}

/// An id for a part whose request names none.
pub fn new_id() -> Answered<RowId> {
    Ok(random::row_id()?)
}
