//! One column of one row, and the references of single-valued navigation properties.

use super::request::{Context, empty, json, with_etag};
use super::write::Writing;
use super::{definitions, key};
use crate::error::{Answered, Failure};
use crate::rules::{self, missing};
use model::{Column, Columns, Table, Value};
use odata::http::{HttpRequest, HttpResponse, Method};
use odata::{Key, WriteOptions, codes, property_name};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// `GET accounts(…)/name`, `GET accounts(…)/name/$value`
pub async fn get(
    context: &Context<'_>,
    table: &Table,
    key: &Key,
    segments: &[String],
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    let (property, is_raw) = match segments {
        [property] => (property.as_str(), false),
        [property, value] if value == "$value" => (property.as_str(), true),
        _ => return Err(super::unknown(&request.target)),
    };
    let column = find(table, property).ok_or_else(|| super::unknown(&request.target))?;
    let mut read = context.app.database().read().await?;
    let id = key::row_id(context, table, key, &mut read).await?;
    let wanted = [column.name.clone()];
    let found = read.row(table.name.as_str(), id, Some(&wanted), &context.caller.access).await?;
    let row = found.ok_or_else(|| missing(table, id))?;
    let value = if column.name == table.primary_id {
        Value::Id(id)
    } else {
        row.columns.get(column.name.as_str()).clone()
    };
    if value.is_null() {
        return Ok(with_etag(empty(204), row.version));
    }
    if is_raw && let Value::Text(text) = &value {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        return Ok(with_etag(
            HttpResponse { status: 200, headers, body: text.clone().into_bytes() },
            row.version,
        ));
    }
    let select = Some(vec![column.name.clone()]);
    let options = WriteOptions {
        select,
        annotations: odata::Annotations::default(),
        formatted_values: odata::FormattedValues::default(),
        language: context.caller.profile.language,
        reader: None,
        omit_nulls: false,
    };
    let mut written = Vec::new();
    odata::write_row(&row, &context.format(table, &options), "", &[], &mut written);
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(&written)?;
    let name = property_name(table, column);
    let Some(raw) = members.get(&name) else { return Ok(with_etag(empty(204), row.version)) };
    if is_raw {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        let body = raw.get().trim_matches('"').as_bytes().to_vec();
        return Ok(with_etag(HttpResponse { status: 200, headers, body }, row.version));
    }
    let body = format!(
        "{{\"@odata.context\":\"{}$metadata#{}({id})/{name}\",\"value\":{}}}",
        context.service_root,
        table.set_name,
        raw.get()
    );
    Ok(with_etag(json(200, body.into_bytes()), row.version))
}

fn find<'t>(table: &'t Table, property: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.name == *property || property_name(table, column) == property)
}

/// `PUT accounts(…)/name`, `DELETE accounts(…)/name`, `PUT` and `DELETE accounts(…)/primarycontactid/$ref`
pub async fn write(
    writing: &mut Writing<'_, '_>,
    table: &Table,
    key: &Key,
    segments: &[String],
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    let id = writing.row_id(table, key).await?;
    let columns = match (request.method, segments) {
        (Method::Put, [property]) => {
            let value: BTreeMap<String, Box<RawValue>> =
                serde_json::from_slice(&request.body).map_err(|error| bad_body(&error.to_string()))?;
            let raw = value.get("value").ok_or_else(|| bad_body("it has no “value”"))?;
            body(writing, table, &format!("{{{}:{}}}", serde_json::to_string(property)?, raw.get()))?
        }
        (Method::Delete, [property]) => {
            let column = find(table, property).ok_or_else(|| super::unknown(&request.target))?;
            Columns::new().with(column.name.clone(), Value::Null)
        }
        (Method::Put, [navigation, reference]) if reference == "$ref" => {
            let value: BTreeMap<String, String> =
                serde_json::from_slice(&request.body).map_err(|error| bad_body(&error.to_string()))?;
            let target = value.get("@odata.id").ok_or_else(|| bad_body("it has no “@odata.id”"))?;
            let name = serde_json::to_string(&format!("{navigation}@odata.bind"))?;
            body(writing, table, &format!("{{{name}:{}}}", serde_json::to_string(target)?))?
        }
        (Method::Delete, [navigation, reference]) if reference == "$ref" => {
            let name = serde_json::to_string(&format!("{navigation}@odata.bind"))?;
            body(writing, table, &format!("{{{name}:null}}"))?
        }
        _ => return Err(super::not_allowed("this method")),
    };
    let expected = writing.expected_version(request)?;
    let version = if definitions::is_of_parts(table) {
        definitions::update(writing, table, id, columns, expected.version()).await?
    } else {
        rules::update(&mut writing.work, table, id, columns, expected.version()).await?
    };
    Ok(with_etag(empty(204), Some(version)))
}

fn body(writing: &Writing<'_, '_>, table: &Table, text: &str) -> Answered<Columns> {
    Ok(writing.read_body(text.as_bytes(), table)?.columns)
}

fn bad_body(reason: &str) -> Failure {
    Failure::refuse(
        400,
        codes::INVALID_ARGUMENT,
        format!("the body is not the JSON that was expected: {reason}"),
    )
}
