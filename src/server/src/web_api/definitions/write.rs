//! Changes of tables, columns and relationships by an administrator, in Dataverse's words.

use super::json::{Members, bad, body};
use super::{attribute, check, mirror, relationship, screens, table};
use crate::error::{Answered, Failure};
use crate::web_api::request::{empty, with_header};
use crate::web_api::write::Writing;
use model::{Column, ColumnKind, Metadata, Table};
use odata::codes;
use odata::http::{HttpRequest, HttpResponse, Method};
use serde_json::Value;
use store_sql::{Customization, Definitions};

/// Who may change definitions.
const CUSTOMIZERS: [&str; 2] = ["System Administrator", "System Customizer"];

/// Refuses callers whose roles do not let them change definitions.
pub fn check_customizer(writing: &Writing<'_, '_>) -> Answered<()> {
    let profile = &writing.context.caller.profile;
    if profile.roles.iter().any(|role| CUSTOMIZERS.contains(&role.as_str())) {
        return Ok(());
    }
    Err(Failure::refuse(
        403,
        codes::PRIVILEGE_DENIED,
        format!("Principal user (Id={}) may not change definitions; ask an administrator", profile.user),
    ))
}

/// True for an operation that changes definitions.
pub fn is_operation(name: &str) -> bool {
    matches!(name, "EntityDefinitions" | "RelationshipDefinitions" | "PublishXml" | "PublishAllXml")
}

/// Carries out a change of tables, columns or relationships.
pub async fn operation(
    writing: &mut Writing<'_, '_>,
    name: &str,
    arguments: Option<&str>,
    segments: &[String],
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    check_customizer(writing)?;
    let definitions = writing.work.transaction.definitions();
    let metadata = &definitions.metadata;
    let made = match (name, request.method, arguments, segments) {
        // Definitions hold as soon as they are written.
        ("PublishXml" | "PublishAllXml", Method::Post, None | Some(""), []) => return Ok(empty(204)),
        ("EntityDefinitions", Method::Post, None, []) => create_table(&body(&request.body)?, metadata)?,
        ("EntityDefinitions", Method::Put | Method::Patch, Some(arguments), []) => {
            let known = named_table(arguments, metadata, request)?;
            let changed = table::changed_table(known, &body(&request.body)?)?;
            Made::changed(vec![Customization::put(&changed)])
        }
        ("EntityDefinitions", Method::Delete, Some(arguments), []) => {
            Made::changed(remove_table(named_table(arguments, metadata, request)?, metadata)?)
        }
        ("EntityDefinitions", Method::Post, Some(arguments), [segment]) if segment == "Attributes" => {
            create_column(named_table(arguments, metadata, request)?, &body(&request.body)?, metadata)?
        }
        ("EntityDefinitions", Method::Put | Method::Patch, Some(arguments), [segment, ..]) => {
            let table = named_table(arguments, metadata, request)?;
            let known = named_column(table, segment, request)?;
            let changed = attribute::changed_column(known, &body(&request.body)?)?;
            Made::changed(vec![Customization::put_column(&table.name, &changed)])
        }
        ("EntityDefinitions", Method::Delete, Some(arguments), [segment]) => {
            let table = named_table(arguments, metadata, request)?;
            Made::changed(remove_column(table, named_column(table, segment, request)?, metadata)?)
        }
        ("RelationshipDefinitions", Method::Post, None, []) => {
            let (name, changes) = relationship::new_relationship(&body(&request.body)?, metadata)?;
            Made { changes, address: Some(format!("RelationshipDefinitions(SchemaName='{name}')")) }
        }
        ("RelationshipDefinitions", Method::Delete, Some(arguments), []) => {
            let name =
                quoted(arguments, "SchemaName").ok_or_else(|| super::super::unknown(&request.target))?;
            Made::changed(relationship::remove_relationship(name, metadata)?)
        }
        ("EntityDefinitions" | "RelationshipDefinitions", ..) => {
            return Err(super::super::unknown(&request.target));
        }
        _ => return Err(super::super::not_allowed("this method")),
    };
    customize(writing, &made.changes).await?;
    let answer = empty(204);
    Ok(match made.address {
        Some(address) => {
            with_header(answer, "odata-entityid", format!("{}{address}", writing.context.service_root))
        }
        None => answer,
    })
}

/// What an operation comes to.
struct Made {
    changes: Vec<Customization>,
    /// Where what was made can be read.
    address: Option<String>,
}

impl Made {
    const fn changed(changes: Vec<Customization>) -> Self {
        Self { changes, address: None }
    }
}

/// Makes changes of the definitions and keeps the rows that show them in step.
pub async fn customize(
    writing: &mut Writing<'_, '_>,
    changes: &[Customization],
) -> Answered<std::sync::Arc<Definitions>> {
    let definitions = writing.work.transaction.customize(changes).await?;
    let (user, now) = (writing.work.caller.profile.user, writing.work.now);
    mirror::follow(&mut writing.work.transaction, &definitions, Some(user), now).await?;
    Ok(definitions)
}

fn create_table(value: &Value, metadata: &Metadata) -> Answered<Made> {
    let table::NewTable { table, mut changes } = table::new_table(value, metadata)?;
    changes.extend(screens::first_screens(&table)?);
    Ok(Made { changes, address: Some(format!("EntityDefinitions(LogicalName='{}')", table.name)) })
}

fn create_column(table: &Table, value: &Value, metadata: &Metadata) -> Answered<Made> {
    if table.source != model::TableSource::Rows {
        return Err(bad(format!("the rows of {} follow from others: it takes no columns", table.name)));
    }
    let column = attribute::new_column(value)?;
    if table.column(column.name.as_str()).is_some() {
        return Err(bad(format!("{} has a column “{}” already", table.name, column.name)));
    }
    let address =
        format!("EntityDefinitions(LogicalName='{}')/Attributes(LogicalName='{}')", table.name, column.name);
    let schema_name = Members::of(value, "the attribute").needed("SchemaName")?;
    Ok(Made {
        changes: relationship::put_column(table, column, schema_name, metadata)?,
        address: Some(address),
    })
}

fn remove_column(table: &Table, column: &Column, metadata: &Metadata) -> Answered<Vec<Customization>> {
    let name = &column.name;
    if !column.custom || *name == table.primary_name || *name == table.primary_id {
        return Err(bad(format!(
            "the column “{name}” of {} cannot be removed: the table needs it",
            table.name
        )));
    }
    if let ColumnKind::BaseMoney { of } = &column.kind {
        return Err(bad(format!("the column “{name}” follows “{of}” and goes with it")));
    }
    let used = check::dependants(metadata, table.name.as_str(), Some(name.as_str()));
    check::refuse_dependants(&format!("the column “{name}” of {}", table.name), &used)?;
    Ok(relationship::remove_column(table, column, metadata))
}

fn remove_table(table: &Table, metadata: &Metadata) -> Answered<Vec<Customization>> {
    if !table.custom {
        return Err(bad(format!("the table {} is the solution's and cannot be removed", table.name)));
    }
    let used = check::dependants(metadata, table.name.as_str(), None);
    check::refuse_dependants(&format!("the table {}", table.name), &used)?;
    let mut changes = vec![Customization::remove(&model::component::key_of(table))];
    let own = metadata.forms.iter().filter(|form| form.table == table.name).map(model::component::key_of);
    let own = own
        .chain(metadata.views.iter().filter(|view| view.table == table.name).map(model::component::key_of));
    let own = own.chain(
        metadata.charts.iter().filter(|chart| chart.table == table.name).map(model::component::key_of),
    );
    changes.extend(own.map(|key| Customization::remove(&key)));
    for parent in metadata.tables.iter().filter(|parent| parent.name != table.name) {
        let gone = parent.relationships.iter().filter(|it| it.child == table.name);
        changes.extend(gone.map(|it| Customization::remove_relationship(&parent.name, &it.name)));
        let gone = parent.many_to_many.iter().filter(|it| it.other == table.name);
        changes.extend(gone.map(|it| Customization::remove_many_to_many(&parent.name, &it.name)));
    }
    // What could be about a row of it can be so no longer.
    for other in metadata.tables.iter().filter(|other| other.name != table.name) {
        for column in other.columns.iter().filter(|it| it.targets().contains(&table.name)) {
            let mut column = column.clone();
            if let ColumnKind::Lookup { targets, .. } = &mut column.kind {
                targets.retain(|target| *target != table.name);
            }
            changes.push(Customization::put_column(&other.name, &column));
        }
    }
    Ok(changes)
}

/// `LogicalName='account'`: what stands in the quotes.
pub fn quoted<'a>(arguments: &'a str, name: &str) -> Option<&'a str> {
    arguments.strip_prefix(name)?.strip_prefix("='")?.strip_suffix('\'')
}

fn named_table<'m>(arguments: &str, metadata: &'m Metadata, request: &HttpRequest) -> Answered<&'m Table> {
    let found = quoted(arguments, "LogicalName").and_then(|name| metadata.table(name));
    found.ok_or_else(|| super::super::unknown(&request.target))
}

/// `Attributes(LogicalName='name')`
pub fn named_column<'t>(table: &'t Table, segment: &str, request: &HttpRequest) -> Answered<&'t Column> {
    let arguments = segment.strip_prefix("Attributes(").and_then(|rest| rest.strip_suffix(')'));
    let found = arguments.and_then(|arguments| table.column(quoted(arguments, "LogicalName")?));
    found.ok_or_else(|| super::super::unknown(&request.target))
}
