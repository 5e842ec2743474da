//! `EntityDefinitions`: tables and columns as Dataverse describes them, as far as tools ask for them.

use super::request::{Context, json, query_of};
use crate::error::{Answered, Failure};
use model::{Column, ColumnKind, Label, Language, Ownership, Requirement, Table, Writable};
use odata::codes;
use odata::http::{HttpRequest, HttpResponse};
use serde_json::{Value, json as value};

/// `GET EntityDefinitions`, `GET EntityDefinitions(LogicalName='account')`, `…/Attributes`
pub fn get(
    context: &Context<'_>,
    arguments: Option<&str>,
    segments: &[String],
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    let options = Options::of(query_of(request))?;
    let language = context.caller.profile.language;
    let root = &context.service_root;
    let Some(arguments) = arguments else {
        if !segments.is_empty() {
            return Err(super::unknown(&request.target));
        }
        let tables = context.app.metadata().tables.iter().filter(|table| options.keeps(table));
        let listed: Vec<Value> = tables.map(|table| options.table(table, language)).collect();
        return answer(
            &value!({ "@odata.context": format!("{root}$metadata#EntityDefinitions"), "value": listed }),
        );
    };
    let name = arguments.strip_prefix("LogicalName='").and_then(|rest| rest.strip_suffix('\''));
    let table = name
        .and_then(|name| context.app.metadata().table(name))
        .ok_or_else(|| super::unknown(&request.target))?;
    match segments {
        [] => {
            let mut found = options.table(table, language);
            if let Value::Object(members) = &mut found {
                members.insert(
                    "@odata.context".to_owned(),
                    value!(format!("{root}$metadata#EntityDefinitions/$entity")),
                );
            }
            answer(&found)
        }
        [segment] if segment == "Attributes" => {
            let listed: Vec<Value> = table
                .columns
                .iter()
                .map(|column| picked(column_of(table, column, language), options.select.as_deref()))
                .collect();
            answer(
                &value!({ "@odata.context": format!("{root}$metadata#EntityDefinitions('{}')/Attributes", table.name), "value": listed }),
            )
        }
        _ => Err(super::unknown(&request.target)),
    }
}

fn answer(body: &Value) -> Answered<HttpResponse> {
    Ok(json(200, serde_json::to_vec(body)?))
}

/// The options that definitions understand.
#[derive(Default)]
struct Options {
    select: Option<Vec<String>>,
    /// The columns of each table, with their own `$select`.
    attributes: Option<Option<Vec<String>>>,
    logical_name: Option<String>,
}

impl Options {
    fn of(query: &str) -> Answered<Self> {
        let mut options = Self::default();
        let unsupported = |what: &str| {
            Failure::refuse(
                501,
                codes::WEB_API_FAILURE,
                format!("{what} is not supported on EntityDefinitions"),
            )
        };
        let pairs = odata::parse_pairs(query).ok_or_else(|| unsupported("this query string"))?;
        for (name, value) in pairs {
            match name.as_str() {
                "$select" => options.select = Some(names(&value)),
                "$expand" => {
                    options.attributes = Some(expanded(&value).ok_or_else(|| unsupported("this $expand"))?)
                }
                "$filter" => {
                    let wanted = value
                        .trim()
                        .strip_prefix("LogicalName eq '")
                        .and_then(|rest| rest.strip_suffix('\''));
                    options.logical_name = Some(
                        wanted.ok_or_else(|| unsupported("any $filter but LogicalName eq '…'"))?.to_owned(),
                    );
                }
                other if other.starts_with('$') => return Err(unsupported(other)),
                _ => {}
            }
        }
        Ok(options)
    }

    fn keeps(&self, table: &Table) -> bool {
        self.logical_name.as_deref().is_none_or(|name| table.name == *name)
    }

    fn table(&self, table: &Table, language: Language) -> Value {
        let mut found = picked(table_of(table, language), self.select.as_deref());
        if let (Some(select), Value::Object(members)) = (&self.attributes, &mut found) {
            let columns = table.columns.iter();
            let listed: Vec<Value> =
                columns.map(|column| picked(column_of(table, column, language), select.as_deref())).collect();
            members.insert("Attributes".to_owned(), Value::Array(listed));
        }
        found
    }
}

fn names(list: &str) -> Vec<String> {
    list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// `Attributes` or `Attributes($select=…)`: the columns with their `$select`.
fn expanded(text: &str) -> Option<Option<Vec<String>>> {
    let rest = text.trim().strip_prefix("Attributes")?;
    if rest.is_empty() {
        return Some(None);
    }
    let inside = rest.strip_prefix('(')?.strip_suffix(')')?;
    Some(Some(names(inside.strip_prefix("$select=")?)))
}

fn picked(found: Value, select: Option<&[String]>) -> Value {
    match (found, select) {
        (Value::Object(members), Some(select)) => Value::Object(
            members
                .into_iter()
                .filter(|(name, _)| name == "MetadataId" || name.starts_with('@') || select.contains(name))
                .collect(),
        ),
        (found, _) => found,
    }
}

fn label(label: &Label, language: Language) -> Value {
    let one = |lcid: u32, text: &str| value!({ "Label": text, "LanguageCode": lcid });
    let all: Vec<Value> = label.iter().map(|(lcid, text)| one(lcid, text)).collect();
    value!({ "LocalizedLabels": all, "UserLocalizedLabel": one(language.lcid(), label.text(language)) })
}

fn table_of(table: &Table, language: Language) -> Value {
    let ownership = match table.ownership {
        Ownership::User => "UserOwned",
        Ownership::Business => "BusinessOwned",
        Ownership::Organization => "OrganizationOwned",
        Ownership::Parent => "None",
    };
    value!({
        "LogicalName": table.name,
        "EntitySetName": table.set_name,
        "LogicalCollectionName": table.set_name,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "ObjectTypeCode": table.object_type_code,
        "OwnershipType": ownership,
        "IsActivity": table.is_activity,
        "ChangeTrackingEnabled": table.is_available_offline,
        "IsAvailableOffline": table.is_available_offline,
        "DisplayName": label(&table.label, language),
        "DisplayCollectionName": label(&table.plural_label, language),
        "Description": label(&table.description, language),
    })
}

fn column_of(table: &Table, column: &Column, language: Language) -> Value {
    let required = match column.required {
        Requirement::None => "None",
        Requirement::Recommended => "Recommended",
        Requirement::Application => "ApplicationRequired",
        Requirement::System => "SystemRequired",
    };
    let mut found = value!({
        "LogicalName": column.name,
        "AttributeType": attribute_type(column),
        "RequiredLevel": { "Value": required },
        "IsValidForCreate": matches!(column.writable, Writable::Always | Writable::OnCreate),
        "IsValidForUpdate": matches!(column.writable, Writable::Always | Writable::OnUpdate),
        "IsValidForRead": true,
        "IsCustomAttribute": column.custom,
        "IsPrimaryId": column.name == table.primary_id,
        "IsPrimaryName": column.name == table.primary_name,
        "DisplayName": label(&column.label, language),
        "Description": label(&column.description, language),
    });
    if let Value::Object(members) = &mut found {
        let targets = column.targets();
        if !targets.is_empty() {
            members.insert("Targets".to_owned(), value!(targets));
        }
        if let ColumnKind::Text { max_length, .. } | ColumnKind::Memo { max_length } = &column.kind {
            members.insert("MaxLength".to_owned(), value!(max_length));
        }
        let options = options_of(table, column, language);
        if !options.is_empty() {
            members.insert("OptionSet".to_owned(), value!({ "Options": options }));
        }
    }
    found
}

fn options_of(table: &Table, column: &Column, language: Language) -> Vec<Value> {
    let option = |number: i32, text: &Label| value!({ "Value": number, "Label": label(text, language) });
    match &column.kind {
        ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
            options.iter().map(|it| option(it.value, &it.label)).collect()
        }
        ColumnKind::State => table.states.iter().map(|state| option(state.value, &state.label)).collect(),
        ColumnKind::Status => table
            .states
            .iter()
            .flat_map(|state| {
                state.statuses.iter().map(|status| {
                    value!({ "Value": status.value, "State": state.value, "Label": label(&status.label, language) })
                })
            })
            .collect(),
        ColumnKind::Boolean(options) => vec![option(0, &options.no), option(1, &options.yes)],
        _ => Vec::new(),
    }
}

const fn attribute_type(column: &Column) -> &'static str {
    use model::LookupStyle;
    match &column.kind {
        ColumnKind::Text { .. } => "String",
        ColumnKind::Memo { .. } => "Memo",
        ColumnKind::Integer { .. } => "Integer",
        ColumnKind::BigInteger => "BigInt",
        ColumnKind::Decimal { .. } => "Decimal",
        ColumnKind::Float { .. } => "Double",
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => "Money",
        ColumnKind::Choice { .. } => "Picklist",
        ColumnKind::State => "State",
        ColumnKind::Status => "Status",
        ColumnKind::Boolean(_) => "Boolean",
        ColumnKind::DateTime { .. } => "DateTime",
        ColumnKind::UniqueId => "Uniqueidentifier",
        ColumnKind::Lookup { style: LookupStyle::Customer, .. } => "Customer",
        ColumnKind::Lookup { style: LookupStyle::Owner, .. } => "Owner",
        ColumnKind::Lookup { .. } => "Lookup",
        ColumnKind::PartyList { .. } => "PartyList",
        ColumnKind::EntityName => "EntityName",
        ColumnKind::Choices { .. } | ColumnKind::Image | ColumnKind::File { .. } => "Virtual",
    }
}
