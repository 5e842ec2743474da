//! Writes: one alone, or several in one transaction, and the answers kept for those that are repeated.

use super::request::{Context, empty, header, json, prefer, query_of, with_applied, with_etag, with_header};
use super::{column, definitions, key};
use crate::error::{Answered, Failure};
use crate::rules::{self, Work, missing};
use model::{RowId, RowVersion, Table};
use odata::http::{HttpRequest, HttpResponse, Method};
use odata::{
    Body, BodyContext, IfMatch, Key, Prefer, References, Resource, codes, parse_path, parse_query,
    read_body_in,
};
use serde::{Deserialize, Serialize};
use store_sql::{Hold, StoreError, StoredAnswer};

const REQUEST_ID: &str = "repeatability-request-id";
const RESULT: &str = "repeatability-result";
/// How often a transaction is tried when others hold what it needs.
const TRIES: u32 = 4;
/// The longest request id that is kept.
const LONGEST_REQUEST_ID: usize = 200;

/// Writes inside one transaction.
pub struct Writing<'a, 'c> {
    /// Who asks.
    pub context: &'c Context<'c>,
    /// The transaction with its rules.
    pub work: Work<'a>,
    /// Rows made by earlier writes, by Content-ID.
    pub references: References,
}

/// What a write is allowed to meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there, or nothing.
    Anything,
    /// A row.
    Row,
    /// A row in this version.
    Version(RowVersion),
    /// No row.
    Nothing,
}

impl Expected {
    /// The version, where one is expected.
    pub const fn version(self) -> Option<RowVersion> {
        if let Self::Version(version) = self { Some(version) } else { None }
    }
}

/// One answer as it is kept for a repeated request.
#[derive(Debug, Serialize, Deserialize)]
struct KeptAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// A write with its Content-ID; empty for one that stands alone.
pub struct Part<'r> {
    /// What later writes call `$1`.
    pub content_id: &'r str,
    /// The write.
    pub request: &'r HttpRequest,
}

/// The answers of a transaction.
pub struct Outcome {
    /// In the order of the writes.
    pub answers: Vec<HttpResponse>,
    /// True when the request carried an id, so that repeating it is safe.
    pub is_repeatable: bool,
}

/// One write that is no part of a change set.
pub async fn alone(context: &Context<'_>, request: &HttpRequest) -> Answered<HttpResponse> {
    let parts = [Part { content_id: "", request }];
    let mut outcome = together(context, &parts, header(request, REQUEST_ID)).await?;
    let answer = outcome.answers.pop().unwrap_or_else(|| empty(204));
    Ok(if outcome.is_repeatable { with_header(answer, RESULT, "accepted") } else { answer })
}

/// Several writes, all or none. With a request id the answers are kept, and given again when the request comes again.
pub async fn together(
    context: &Context<'_>,
    parts: &[Part<'_>],
    request_id: Option<&str>,
) -> Answered<Outcome> {
    if request_id.is_some_and(|id| id.is_empty() || id.len() > LONGEST_REQUEST_ID) {
        return Err(Failure::refuse(
            400,
            codes::INVALID_ARGUMENT,
            format!("Repeatability-Request-ID must have 1 to {LONGEST_REQUEST_ID} characters"),
        ));
    }
    let mut tries = 1;
    loop {
        match attempt(context, parts, request_id).await {
            Err(failure) if failure.may_be_repeated() && tries < TRIES => {
                tokio::time::sleep(std::time::Duration::from_millis(20 * u64::from(tries))).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn attempt(context: &Context<'_>, parts: &[Part<'_>], request_id: Option<&str>) -> Answered<Outcome> {
    let mut transaction = context.app.database().write().await?;
    let now = context.app.clock().now();
    let user = context.caller.profile.user;
    if let Some(id) = request_id
        && let StoredAnswer::Done(kept) = transaction.claim_request(id, user, now).await?
    {
        let kept: Vec<KeptAnswer> = serde_json::from_slice(&kept)?;
        let answers = kept.into_iter().map(KeptAnswer::into_response).collect();
        return Ok(Outcome { answers, is_repeatable: true });
    }
    let work = Work { app: context.app, caller: context.caller, now, transaction };
    let mut writing = Writing { context, work, references: References::new() };
    let mut answers = Vec::with_capacity(parts.len());
    for part in parts {
        answers.push(writing.one(part).await?);
    }
    let mut transaction = writing.work.transaction;
    if let Some(id) = request_id {
        let kept: Vec<KeptAnswer> = answers.iter().map(KeptAnswer::of).collect();
        transaction.keep_answer(id, user, serde_json::to_vec(&kept)?).await?;
    }
    transaction.commit().await?;
    Ok(Outcome { answers, is_repeatable: request_id.is_some() })
}

impl KeptAnswer {
    fn of(response: &HttpResponse) -> Self {
        Self {
            status: response.status,
            headers: response.headers.clone(),
            body: String::from_utf8_lossy(&response.body).into_owned(),
        }
    }

    fn into_response(self) -> HttpResponse {
        HttpResponse { status: self.status, headers: self.headers, body: self.body.into_bytes() }
    }
}

impl Writing<'_, '_> {
    async fn one(&mut self, part: &Part<'_>) -> Answered<HttpResponse> {
        let request = part.request;
        let metadata = self.context.app.metadata();
        let resource = match parse_path(&request.target, metadata)? {
            Resource::Reference { content_id, segments } => {
                self.referred(&content_id, segments, &request.target)?
            }
            resource => resource,
        };
        match (request.method, resource) {
            (Method::Post, Resource::Set { table }) => {
                let table = self.context.table(&table)?;
                self.create(table, part).await
            }
            (Method::Patch, Resource::Row { table, key }) => {
                let table = self.context.table(&table)?;
                self.patch(table, &key, part).await
            }
            (Method::Delete, Resource::Row { table, key }) => {
                let table = self.context.table(&table)?;
                self.delete(table, &key, request).await
            }
            (Method::Put | Method::Delete, Resource::Below { table, key: Some(key), segments }) => {
                let table = self.context.table(&table)?;
                column::write(self, table, &key, &segments, request).await
            }
            (_, Resource::Operation { name, arguments, segments }) if definitions::is_operation(&name) => {
                // What follows in the same change set would still be read by the definitions before it.
                if !part.content_id.is_empty() {
                    return Err(super::not_allowed("a change of tables and columns inside a change set"));
                }
                definitions::operation(self, &name, arguments.as_deref(), &segments, request).await
            }
            (_, Resource::Operation { .. } | Resource::Below { .. }) => Err(super::unknown(&request.target)),
            _ => Err(super::not_allowed("this method")),
        }
    }

    /// `$1` and what follows it, as if the row's address stood there.
    fn referred(&self, content_id: &str, segments: Vec<String>, target: &str) -> Answered<Resource> {
        let (table, id) = self.references.get(content_id).cloned().ok_or_else(|| super::unknown(target))?;
        let key = Key::Id(id);
        Ok(if segments.is_empty() {
            Resource::Row { table, key }
        } else {
            Resource::Below { table, key: Some(key), segments }
        })
    }

    async fn create(&mut self, table: &Table, part: &Part<'_>) -> Answered<HttpResponse> {
        let Body { id, columns } = self.read_body(&part.request.body, table)?;
        let (id, version) = if definitions::is_of_parts(table) {
            definitions::create(self, table, id, columns).await?
        } else {
            rules::create(&mut self.work, table, id, columns).await?
        };
        self.remember(part, table, id);
        self.written(table, id, version, part.request, true).await
    }

    async fn patch(&mut self, table: &Table, key: &Key, part: &Part<'_>) -> Answered<HttpResponse> {
        let request = part.request;
        let expected = self.expected_version(request)?;
        let id = self.row_id(table, key).await?;
        let Body { id: in_body, columns } = self.read_body(&request.body, table)?;
        if in_body.is_some_and(|in_body| in_body != id) {
            return Err(Failure::refuse(
                400,
                codes::INVALID_ARGUMENT,
                format!("the body's {} is not the row of the address", table.primary_id),
            ));
        }
        let exists = self.work.transaction.row(table.name.as_str(), id, Hold::Content).await?.is_some();
        let is_new = match (exists, expected) {
            (true, Expected::Nothing) => {
                return Err(Failure::refuse(
                    412,
                    codes::DUPLICATE_RECORD,
                    format!("a row of {} with id {id} exists already", table.name),
                ));
            }
            (false, Expected::Row | Expected::Version(_)) => return Err(missing(table, id)),
            (exists, _) => !exists,
        };
        let version = if definitions::is_of_parts(table) {
            if is_new {
                definitions::create(self, table, Some(id), columns).await?.1
            } else {
                definitions::update(self, table, id, columns, expected.version()).await?
            }
        } else if is_new {
            match rules::create(&mut self.work, table, Some(id), columns).await {
                // Others have made it since: when this is tried again, it is there.
                Err(failure) if expected == Expected::Anything && failure.is_duplicate() => {
                    return Err(StoreError::Busy.into());
                }
                created => created?.1,
            }
        } else {
            rules::update(&mut self.work, table, id, columns, expected.version()).await?
        };
        self.remember(part, table, id);
        self.written(table, id, version, request, is_new).await
    }

    async fn delete(&mut self, table: &Table, key: &Key, request: &HttpRequest) -> Answered<HttpResponse> {
        let expected = self.expected_version(request)?;
        let id = self.row_id(table, key).await?;
        if definitions::is_of_parts(table) {
            definitions::delete(self, table, id, expected.version()).await?;
        } else {
            rules::delete(&mut self.work, table, id, expected.version()).await?;
        }
        Ok(empty(204))
    }

    /// The answer to a create or update: the row where the client asked for it.
    async fn written(
        &mut self,
        table: &Table,
        id: RowId,
        version: RowVersion,
        request: &HttpRequest,
        is_new: bool,
    ) -> Answered<HttpResponse> {
        // What a write has changed is answered, null or not.
        let prefer = Prefer { omit_nulls: false, ..prefer(request) };
        let mut answer = empty(204);
        if prefer.representation {
            let options = parse_query(table, query_of(request), self.context.app.metadata())?;
            let access = &self.context.caller.access;
            let select = options.select.as_deref();
            // What was written may be out of the writer's own reach, as after assigning it to somebody else.
            let found = self.work.transaction.visible_row(table.name.as_str(), id, select, access).await?;
            if let Some(row) = found {
                let write_options = self.context.write_options(&prefer, options.select.clone());
                let format = self.context.format(table, &write_options);
                let mut body = Vec::new();
                let odata_context = odata::row_context(&self.context.service_root, table);
                odata::write_row(&row, &format, &odata_context, &[], &mut body);
                answer = with_applied(json(if is_new { 201 } else { 200 }, body), &prefer);
            }
        }
        let answer = with_header(answer, "odata-entityid", self.context.row_address(table, id));
        Ok(with_etag(answer, Some(version)))
    }

    fn remember(&mut self, part: &Part<'_>, table: &Table, id: RowId) {
        if !part.content_id.is_empty() {
            self.references.insert(part.content_id.to_owned(), (table.name.clone(), id));
        }
    }

    /// Reads a body that may refer to rows made earlier in the transaction.
    pub fn read_body(&self, body: &[u8], table: &Table) -> Answered<Body> {
        let metadata = self.context.app.metadata();
        Ok(read_body_in(body, &BodyContext { table, metadata, references: &self.references })?)
    }

    /// The id of the row that a key names, as this transaction sees it.
    pub async fn row_id(&mut self, table: &Table, key: &Key) -> Answered<RowId> {
        key::row_id(self.context, table, key, &mut self.work.transaction).await
    }

    /// What the request's conditions expect.
    #[expect(clippy::unused_self, reason = "reads as a question to the writing")]
    pub fn expected_version(&self, request: &HttpRequest) -> Answered<Expected> {
        let unreadable = |name: &str| {
            Failure::refuse(
                400,
                codes::INVALID_ARGUMENT,
                format!("{name} must be * or an ETag such as W/\"12\""),
            )
        };
        if let Some(known) = header(request, "if-none-match") {
            return match known.trim() {
                "*" => Ok(Expected::Nothing),
                // Sent by habit to keep caches away; it conditions nothing here.
                "null" => Ok(Expected::Anything),
                _ => Err(unreadable("If-None-Match")),
            };
        }
        match header(request, "if-match") {
            None => Ok(Expected::Anything),
            Some(text) => match IfMatch::parse(text) {
                Some(IfMatch::Any) => Ok(Expected::Row),
                Some(IfMatch::Version(version)) => Ok(Expected::Version(version)),
                None => Err(unreadable("If-Match")),
            },
        }
    }
}
