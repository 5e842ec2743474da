//! `EntityDefinitions`: tables and columns as Dataverse describes them, as far as tools ask for them.

use super::attribute::type_name;
use super::write::named_column;
use crate::error::{Answered, Failure};
use crate::web_api::request::{Context, json, query_of};
use model::{
    Column, ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat, Label, Language, MemoFormat,
    Ownership, PrecisionSource, Requirement, Table, TextFormat, Writable,
};
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
            return Err(crate::web_api::unknown(&request.target));
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
        .ok_or_else(|| crate::web_api::unknown(&request.target))?;
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
        // A cast to the column's own type changes nothing: everything is there.
        [segment] | [segment, _] if is_cast(segments) => {
            let column = named_column(table, segment, request)?;
            let mut found = picked(column_of(table, column, language), options.select.as_deref());
            if let Value::Object(members) = &mut found {
                let place = format!("{root}$metadata#EntityDefinitions('{}')/Attributes/$entity", table.name);
                members.insert("@odata.context".to_owned(), value!(place));
            }
            answer(&found)
        }
        _ => Err(crate::web_api::unknown(&request.target)),
    }
}

fn is_cast(segments: &[String]) -> bool {
    segments
        .get(1)
        .is_none_or(|cast| cast.starts_with("Microsoft.Dynamics.CRM.") && cast.ends_with("AttributeMetadata"))
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
        "SchemaName": table.name,
        "IsCustomEntity": table.custom,
        "IsActivity": table.is_activity,
        "ChangeTrackingEnabled": table.is_available_offline,
        "IsAvailableOffline": table.is_available_offline,
        "DisplayName": label(&table.label, language),
        "DisplayCollectionName": label(&table.plural_label, language),
        "Description": label(&table.description, language),
    })
}

pub(super) fn column_of(table: &Table, column: &Column, language: Language) -> Value {
    let required = match column.required {
        Requirement::None => "None",
        Requirement::Recommended => "Recommended",
        Requirement::Application => "ApplicationRequired",
        Requirement::System => "SystemRequired",
    };
    let mut found = value!({
        "@odata.type": format!("#Microsoft.Dynamics.CRM.{}", type_name(&column.kind)),
        "LogicalName": column.name,
        "SchemaName": column.name,
        "EntityLogicalName": table.name,
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
        for (name, value) in limits(&column.kind) {
            members.insert(name.to_owned(), value);
        }
        if !column.auto_number.is_empty() {
            members.insert("AutoNumberFormat".to_owned(), value!(column.auto_number));
        }
        let options = options_of(table, column, language);
        if !options.is_empty() {
            let mut set = value!({ "Options": options });
            if let (ColumnKind::Boolean(_), [no, yes], Value::Object(set)) =
                (&column.kind, options.as_slice(), &mut set)
            {
                set.insert("FalseOption".to_owned(), no.clone());
                set.insert("TrueOption".to_owned(), yes.clone());
            }
            members.insert("OptionSet".to_owned(), set);
        }
    }
    found
}

/// What the values of a column are limited to and how they are shown.
fn limits(kind: &ColumnKind) -> Vec<(&'static str, Value)> {
    let format_name = |name: &str| ("FormatName", value!({ "Value": name }));
    match kind {
        ColumnKind::Text { format, max_length } => {
            let format = match format {
                TextFormat::Plain | TextFormat::AutoNumber => "Text",
                TextFormat::Email => "Email",
                TextFormat::Phone => "Phone",
                TextFormat::Url => "Url",
                TextFormat::Ticker => "TickerSymbol",
                TextFormat::TextArea => "TextArea",
            };
            vec![("MaxLength", value!(max_length)), format_name(format)]
        }
        ColumnKind::Memo { format, max_length } => {
            let format = if *format == MemoFormat::RichText { "RichText" } else { "TextArea" };
            vec![("MaxLength", value!(max_length)), format_name(format)]
        }
        ColumnKind::Integer { format, min, max } => {
            let format = match format {
                IntegerFormat::Plain => "None",
                IntegerFormat::Duration => "Duration",
                IntegerFormat::TimeZone => "TimeZone",
                IntegerFormat::Language => "Language",
            };
            vec![("MinValue", value!(min)), ("MaxValue", value!(max)), ("Format", value!(format))]
        }
        ColumnKind::Decimal { precision, min, max } => {
            vec![("Precision", value!(precision)), ("MinValue", number(*min)), ("MaxValue", number(*max))]
        }
        ColumnKind::Float { precision, min, max } => {
            vec![("Precision", value!(precision)), ("MinValue", value!(min)), ("MaxValue", value!(max))]
        }
        ColumnKind::Money { precision, source, min, max } => {
            let source = match source {
                PrecisionSource::Column => 0,
                PrecisionSource::Organization => 1,
                PrecisionSource::Currency => 2,
            };
            vec![
                ("Precision", value!(precision)),
                ("PrecisionSource", value!(source)),
                ("MinValue", number(*min)),
                ("MaxValue", number(*max)),
            ]
        }
        ColumnKind::BaseMoney { of } => vec![("IsBaseCurrency", value!(true)), ("CalculationOf", value!(of))],
        ColumnKind::Choice { default, .. } => vec![("DefaultFormValue", value!(default.unwrap_or(-1)))],
        ColumnKind::Boolean(options) => vec![("DefaultValue", value!(options.default))],
        ColumnKind::DateTime { behavior, format } => {
            let behavior = match behavior {
                DateBehavior::UserLocal => "UserLocal",
                DateBehavior::DateOnly => "DateOnly",
                DateBehavior::TimeZoneIndependent => "TimeZoneIndependent",
            };
            let format = if *format == DateFormat::Date { "DateOnly" } else { "DateAndTime" };
            vec![("DateTimeBehavior", value!({ "Value": behavior })), ("Format", value!(format))]
        }
        ColumnKind::File { max_kibibytes } => vec![("MaxSizeInKB", value!(max_kibibytes))],
        _ => Vec::new(),
    }
}

/// A decimal as a number of JSON, where it is one without loss.
fn number(number: Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or(Value::Null)
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
