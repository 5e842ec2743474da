//! Forms, views, charts, dashboards, processes, apps and site maps, written as the rows that show them. A row is read into a
//! definition, the definition is checked and kept, and the row follows.

use super::check::{self, Checked};
use super::json::{bad, custom_name};
use super::mirror::{app_id, new_id, site_map_id};
use super::write::{check_customizer, customize};
use crate::error::Answered;
use crate::rules::missing;
use crate::web_api::write::Writing;
use model::component::{Part, key_of};
use model::{
    AppRecord, ChartId, ChartRecord, Columns, ComponentKey, ComponentKind, DashboardRecord, FormId,
    FormRecord, Label, Metadata, ProcessId, ProcessRecord, RowId, RowVersion, Table, Value, ViewId,
    ViewRecord,
};
use odata::codes;
use store_sql::{Customization, Hold};

/// `workflow.category` of a business process flow.
const PROCESS: i32 = 4;
/// `systemform.type` of a dashboard.
const DASHBOARD: i32 = 0;

/// True for a table whose rows show definitions.
pub fn is_of_parts(table: &Table) -> bool {
    matches!(
        table.name.as_str(),
        "savedquery" | "systemform" | "savedqueryvisualization" | "workflow" | "appmodule" | "sitemap"
    )
}

/// A new part.
pub async fn create(
    writing: &mut Writing<'_, '_>,
    table: &Table,
    id: Option<RowId>,
    columns: Columns,
) -> Answered<(RowId, RowVersion)> {
    check_customizer(writing)?;
    let id = match table.name.as_str() {
        // These are named by the app, whatever id the request gives.
        "appmodule" => app_id(&needed(&columns, "uniquename")?),
        "sitemap" => site_map_id(&needed(&columns, "sitemapnameunique")?),
        _ => match id {
            Some(id) => id,
            None => new_id()?,
        },
    };
    if writing.work.transaction.row(table.name.as_str(), id, Hold::Content).await?.is_some() {
        return Err(crate::error::Failure::refuse(
            412,
            codes::DUPLICATE_RECORD,
            format!("a row of {} with id {id} exists already", table.name),
        ));
    }
    let definitions = writing.work.transaction.definitions();
    let change = change(writing, table, id, &columns, &definitions.metadata)?;
    customize(writing, &[change]).await?;
    let version = keep_rest(writing, table, id, columns).await?;
    Ok((id, version))
}

/// A part says something else.
pub async fn update(
    writing: &mut Writing<'_, '_>,
    table: &Table,
    id: RowId,
    columns: Columns,
    expected: Option<RowVersion>,
) -> Answered<RowVersion> {
    check_customizer(writing)?;
    let row = writing.work.transaction.row(table.name.as_str(), id, Hold::Content).await?;
    let row = row.ok_or_else(|| missing(table, id))?;
    if expected.is_some() && row.version != expected {
        return Err(crate::rules::changed_meanwhile(table, id));
    }
    let mut after = row.columns.clone();
    after.extend(&columns);
    let definitions = writing.work.transaction.definitions();
    let metadata = &definitions.metadata;
    let was_active = is_active(table, &row.columns);
    let changes = match (was_active, is_active(table, &after)) {
        (true, true) => vec![change(writing, table, id, &after, metadata)?],
        // What is inactive is there for nobody, but its row is, and what it says is kept for when it comes back.
        (_, false) => {
            let key = key_of_row(table, id, &after)?;
            let hides = Customization::remove(&key);
            if was_active
                || columns.iter().all(|(name, _)| matches!(name.as_str(), "statecode" | "statuscode"))
            {
                vec![hides]
            } else {
                vec![change(writing, table, id, &after, metadata)?, hides]
            }
        }
        (false, true) => {
            let key = key_of_row(table, id, &after)?;
            vec![Customization::restore(&key), change(writing, table, id, &after, metadata)?]
        }
    };
    // The row says that it is inactive before what it shows is gone.
    let version = keep_rest(writing, table, id, columns).await?;
    customize(writing, &changes).await?;
    let row = writing.work.transaction.row(table.name.as_str(), id, Hold::Content).await?;
    Ok(row.and_then(|row| row.version).unwrap_or(version))
}

/// A part goes; one of the solution's is hidden.
pub async fn delete(
    writing: &mut Writing<'_, '_>,
    table: &Table,
    id: RowId,
    expected: Option<RowVersion>,
) -> Answered<()> {
    check_customizer(writing)?;
    let row = writing.work.transaction.row(table.name.as_str(), id, Hold::Removal).await?;
    let row = row.ok_or_else(|| missing(table, id))?;
    if expected.is_some() && row.version != expected {
        return Err(crate::rules::changed_meanwhile(table, id));
    }
    if table.name == *"sitemap" {
        return Err(bad("a site map goes with its app; delete the app, or give it another site map"));
    }
    let key = key_of_row(table, id, &row.columns)?;
    let now = writing.work.now;
    writing.work.transaction.delete(table.name.as_str(), id, expected, now).await?;
    if table.name == *"appmodule" {
        let map = site_map_id(&key.key);
        if writing.work.transaction.row("sitemap", map, Hold::Removal).await?.is_some() {
            writing.work.transaction.delete("sitemap", map, None, now).await?;
        }
    }
    customize(writing, &[Customization::remove(&key)]).await?;
    Ok(())
}

/// What a definition does not say of its row: descriptions and the like.
async fn keep_rest(
    writing: &mut Writing<'_, '_>,
    table: &Table,
    id: RowId,
    columns: Columns,
) -> Answered<RowVersion> {
    let now = writing.work.now;
    let mut columns = columns;
    columns.0.retain(|name, _| {
        table.column(name.as_str()).is_some_and(|column| column.writable != model::Writable::Never)
            && *name != table.primary_id
    });
    sales::validate(table, &columns, sales::WriteKind::Update)?;
    columns.set("modifiedon", Value::DateTime(now));
    columns.0.retain(|name, _| table.column(name.as_str()).is_some());
    Ok(writing.work.transaction.update(table.name.as_str(), id, &columns, None).await?)
}

/// True for a part that screens may show. Processes say it themselves.
fn is_active(table: &Table, columns: &Columns) -> bool {
    table.name == *"workflow" || *columns.get("statecode") != Value::Choice(1)
}

/// Which part a row shows.
fn key_of_row(table: &Table, id: RowId, columns: &Columns) -> Answered<ComponentKey> {
    let (kind, key) = match table.name.as_str() {
        "savedquery" => (ComponentKind::View, id.to_string()),
        "systemform" if is_dashboard(columns) => (ComponentKind::Dashboard, id.to_string()),
        "systemform" => (ComponentKind::Form, id.to_string()),
        "savedqueryvisualization" => (ComponentKind::Chart, id.to_string()),
        "workflow" => (ComponentKind::Process, id.to_string()),
        "appmodule" => (ComponentKind::App, needed(columns, "uniquename")?),
        _ => (ComponentKind::App, needed(columns, "sitemapnameunique")?),
    };
    Ok(ComponentKey::new(kind, key))
}

fn is_dashboard(columns: &Columns) -> bool {
    *columns.get("type") == Value::Choice(DASHBOARD)
}

/// The row as a definition, checked.
fn change(
    writing: &Writing<'_, '_>,
    table: &Table,
    id: RowId,
    columns: &Columns,
    metadata: &Metadata,
) -> Answered<Customization> {
    let reading = Reading { writing, columns, metadata };
    match table.name.as_str() {
        "savedquery" => reading.checked(reading.view(id)?),
        "systemform" if is_dashboard(columns) => reading.checked(reading.dashboard(id)?),
        "systemform" => reading.checked(reading.form(id)?),
        "savedqueryvisualization" => reading.checked(reading.chart(id)?),
        "workflow" => reading.checked(reading.process(id)?),
        "appmodule" => reading.checked(reading.app()?),
        _ => reading.checked(reading.site_map()?),
    }
}

/// A row on its way into a definition.
struct Reading<'r> {
    writing: &'r Writing<'r, 'r>,
    columns: &'r Columns,
    metadata: &'r Metadata,
}

impl Reading<'_> {
    fn checked<T: Checked>(&self, record: T) -> Answered<Customization> {
        let caller = self.writing.context.caller.for_query(self.writing.context.app);
        check::check(&record, self.metadata, &caller)?;
        Ok(Customization::put(&record))
    }

    /// The definition as it is, whose texts in other languages stay.
    fn known<T: Part>(&self, key: &str) -> Option<&T> {
        T::list(self.metadata).iter().find(|part| key_of(*part).key == key)
    }

    /// A label with the row's text in the caller's language.
    fn label(&self, column: &str, known: Option<&Label>) -> Label {
        let mut label = known.cloned().unwrap_or_default();
        let language = self.writing.context.caller.profile.language;
        if let Some(text) = self.columns.get(column).as_text()
            // The row shows the text of the first language; who did not change it meant nothing by it.
            && known.is_none_or(|known| known.text(model::Language::English) != text)
        {
            label.set(language.lcid(), text);
            if known.is_none() && language != model::Language::English {
                label.set(model::Language::English.lcid(), text);
            }
        }
        label
    }

    fn text(&self, column: &str) -> String {
        self.columns.get(column).as_text().unwrap_or_default().to_owned()
    }

    fn flag(&self, column: &str) -> bool {
        *self.columns.get(column) == Value::Boolean(true)
    }

    fn view(&self, id: RowId) -> Answered<ViewRecord> {
        let known = self.known::<ViewRecord>(&id.to_string());
        let kind = match self.columns.get("querytype") {
            Value::Integer(number) => i32::try_from(*number).unwrap_or(0),
            _ => return Err(bad("querytype is missing: 0 for a public view")),
        };
        Ok(ViewRecord {
            id: ViewId::from_u128(id.as_u128()),
            table: needed(self.columns, "returnedtypecode")?.as_str().into(),
            name: self.label("name", known.map(|known| &known.name)),
            kind,
            is_default: self.flag("isdefault"),
            fetch_xml: needed(self.columns, "fetchxml")?,
            layout_xml: needed(self.columns, "layoutxml")?,
        })
    }

    fn form(&self, id: RowId) -> Answered<FormRecord> {
        let known = self.known::<FormRecord>(&id.to_string());
        let Value::Choice(kind) = self.columns.get("type") else {
            return Err(bad("type is missing: 2 for a main form"));
        };
        Ok(FormRecord {
            id: FormId::from_u128(id.as_u128()),
            table: needed(self.columns, "objecttypecode")?.as_str().into(),
            name: self.label("name", known.map(|known| &known.name)),
            kind: *kind,
            is_default: self.flag("isdefault"),
            form_xml: needed(self.columns, "formxml")?,
        })
    }

    fn dashboard(&self, id: RowId) -> Answered<DashboardRecord> {
        let known = self.known::<DashboardRecord>(&id.to_string());
        Ok(DashboardRecord {
            id: FormId::from_u128(id.as_u128()),
            name: self.label("name", known.map(|known| &known.name)),
            description: self.label("description", known.map(|known| &known.description)),
            is_default: self.flag("isdefault"),
            form_xml: needed(self.columns, "formxml")?,
        })
    }

    fn chart(&self, id: RowId) -> Answered<ChartRecord> {
        let known = self.known::<ChartRecord>(&id.to_string());
        Ok(ChartRecord {
            id: ChartId::from_u128(id.as_u128()),
            table: needed(self.columns, "primaryentitytypecode")?.as_str().into(),
            name: self.label("name", known.map(|known| &known.name)),
            description: self.label("description", known.map(|known| &known.description)),
            is_default: self.flag("isdefault"),
            data_xml: needed(self.columns, "datadescription")?,
            presentation_xml: needed(self.columns, "presentationdescription")?,
        })
    }

    fn process(&self, id: RowId) -> Answered<ProcessRecord> {
        if *self.columns.get("category") != Value::Choice(PROCESS) {
            return Err(bad("category must be 4: of all processes only business process flows are kept"));
        }
        let known = self.known::<ProcessRecord>(&id.to_string());
        let xaml = self.text("xaml");
        let definition = if xaml.is_empty() { needed(self.columns, "clientdata")? } else { xaml };
        let unique_name = needed(self.columns, "uniquename")?;
        if self.metadata.table(&unique_name).is_none() {
            return Err(bad(format!(
                "uniquename: there is no table “{unique_name}” to keep its instances in; make it first"
            )));
        }
        Ok(ProcessRecord {
            id: ProcessId::from_u128(id.as_u128()),
            unique_name,
            name: self.label("name", known.map(|known| &known.name)),
            table: needed(self.columns, "primaryentity")?.as_str().into(),
            order: match self.columns.get("processorder") {
                Value::Integer(number) => i32::try_from(*number).unwrap_or(i32::MAX),
                _ => 0,
            },
            active: *self.columns.get("statecode") == Value::Choice(1),
            roles: known.map(|known| known.roles.clone()).unwrap_or_default(),
            definition,
        })
    }

    fn app(&self) -> Answered<AppRecord> {
        let name = needed(self.columns, "uniquename")?;
        let known = self.known::<AppRecord>(&name);
        let label = self.label("name", known.map(|known| &known.label));
        let description = self.label("description", known.map(|known| &known.description));
        if let Some(known) = known {
            return Ok(AppRecord { label, description, ..known.clone() });
        }
        custom_name(&name)?;
        // Open to everybody whom another app is open to, until somebody says otherwise.
        let mut roles: Vec<String> = self.metadata.apps.iter().flat_map(|app| app.roles.clone()).collect();
        roles.sort();
        roles.dedup();
        let (site_map_xml, icon) = (String::new(), "apps".to_owned());
        Ok(AppRecord { name: name.as_str().into(), label, description, icon, site_map_xml, roles })
    }

    fn site_map(&self) -> Answered<AppRecord> {
        let name = needed(self.columns, "sitemapnameunique")?;
        let known = self.known::<AppRecord>(&name);
        let known = known
            .ok_or_else(|| bad(format!("sitemapnameunique: there is no app “{name}”; make it first")))?;
        let site_map_xml = needed(self.columns, "sitemapxml")?;
        Ok(AppRecord { site_map_xml, ..known.clone() })
    }
}

fn needed(columns: &Columns, name: &str) -> Answered<String> {
    let text = columns.get(name).as_text().filter(|text| !text.trim().is_empty());
    text.map(str::to_owned).ok_or_else(|| bad(format!("{name} is missing")))
}
