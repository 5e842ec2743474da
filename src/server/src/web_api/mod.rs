//! The Dataverse Web API: HTTP in, `odata` values inside, HTTP out.

mod batch;
mod changes;
mod column;
mod definitions;
mod expand;
mod key;
mod offline_plan;
mod read;
mod reader;
mod request;
mod service;
mod write;

use crate::app::{App, OpenError};
use crate::caller::Caller;
use crate::error::{Answered, Failure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use odata::http::{HttpRequest, HttpResponse, Method};
use odata::{Resource, ServiceError, codes, parse_path};
use request::Context;

/// Brings the rows that show definitions up to them.
pub async fn show_definitions(
    database: &store_sql::Database,
    now: model::Timestamp,
) -> Result<(), OpenError> {
    let mut write = database.write().await?;
    // Several servers may start on this database at the same moment.
    write.hold_definitions().await?;
    let definitions = write.definitions();
    definitions::mirror::follow(&mut write, &definitions, None, now).await?;
    write.commit().await?;
    Ok(())
}

/// Every address below `/api/data/v9.2/`.
pub async fn handle(
    State(app): State<App>,
    method: HttpMethod,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let app = match app.current().await {
        Ok(app) => app,
        Err(error) => return refusal(Failure::from(error).into_service_error()),
    };
    let mut response = match answer(&app, &method, &uri, &headers, body).await {
        Ok(answer) => to_response(answer),
        Err(failure) => refusal(failure.into_service_error()),
    };
    // By it an open app notices changes without asking for them.
    response.headers_mut().insert(odata::METADATA_VERSION, HeaderValue::from(app.metadata().version));
    response
}

async fn answer(
    app: &App,
    method: &HttpMethod,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> Answered<HttpResponse> {
    let method = match *method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        HttpMethod::PATCH => Method::Patch,
        HttpMethod::PUT => Method::Put,
        HttpMethod::DELETE => Method::Delete,
        _ => return Err(not_allowed("this method")),
    };
    let caller = authenticate(app, headers).await?;
    let service_root = service_root(app, headers);
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let target = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let request = HttpRequest { method, target, headers, body: body.to_vec() };
    let is_batch = parse_path(&request.target, app.metadata())? == Resource::Batch;
    let reader = reader::of(app, &caller, &request::prefer(&request), &request, is_batch).await?;
    let context = Context::new(app, &caller, service_root, reader);
    if is_batch {
        return batch::run(&context, &request).await;
    }
    dispatch(&context, &request).await
}

/// One request, alone or as a part of a batch.
async fn dispatch(context: &Context<'_>, request: &HttpRequest) -> Answered<HttpResponse> {
    if request.method != Method::Get {
        return write::alone(context, request).await;
    }
    match parse_path(&request.target, context.app.metadata())? {
        Resource::Service => service::document(context),
        Resource::Set { table } => read::collection(context, context.table(&table)?, request).await,
        Resource::Count { table } => read::count(context, context.table(&table)?, request).await,
        Resource::Row { table, key } => read::row(context, context.table(&table)?, &key, request).await,
        Resource::Below { table, key: Some(key), segments } => {
            column::get(context, context.table(&table)?, &key, &segments, request).await
        }
        Resource::Operation { name, arguments, segments } => match name.as_str() {
            "WhoAmI" if segments.is_empty() => service::who_am_i(context),
            "valise_RetrieveOfflinePlan" if segments.is_empty() => offline_plan::retrieve(context).await,
            "EntityDefinitions" => definitions::get(context, arguments.as_deref(), &segments, request),
            _ => Err(unknown(&request.target)),
        },
        Resource::Metadata => Err(Failure::refuse(
            501,
            codes::WEB_API_FAILURE,
            "the CSDL document is not made; use EntityDefinitions",
        )),
        Resource::Batch => Err(not_allowed("a batch inside a batch")),
        Resource::Below { .. } | Resource::Reference { .. } => Err(unknown(&request.target)),
    }
}

/// Who sends the request: the user of its bearer token.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Answered<Caller> {
    let unauthorized = |message: &str| Failure::refuse(401, codes::WEB_API_FAILURE, message);
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| {
            unauthorized("the request carries no bearer token; get one from /oauth2/v2.0/token")
        })?;
    let found = app.database().access_token(&crate::random::hash(token), app.clock().now()).await?;
    let token = found.ok_or_else(|| unauthorized("the access token is unknown or expired; get a new one"))?;
    Caller::load(app, token.user).await
}

fn service_root(app: &App, headers: &HeaderMap) -> String {
    let origin = app.options().origin.clone().unwrap_or_else(|| {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("http://{host}")
    });
    format!("{origin}{}", odata::SERVICE_PATH)
}

fn unknown(target: &str) -> Failure {
    let path: String = target.split('?').next().unwrap_or_default().chars().take(200).collect();
    Failure::refuse(404, codes::RESOURCE_NOT_FOUND, format!("Resource not found for “{path}”"))
}

fn not_allowed(what: &str) -> Failure {
    Failure::refuse(405, codes::WEB_API_FAILURE, format!("{what} is not allowed at this address"))
}

/// A refusal as an answer.
pub fn refusal(error: ServiceError) -> Response {
    let mut response = to_response(error.to_response());
    if error.status == 401 {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(error.status, 429 | 503) {
        response.headers_mut().insert("retry-after", HeaderValue::from_static("1"));
    }
    response
}

fn to_response(answer: HttpResponse) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
        {
            headers.append(name, value);
        }
    }
    headers.entry("odata-version").or_insert(HeaderValue::from_static("4.0"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, answer.body).into_response()
}
