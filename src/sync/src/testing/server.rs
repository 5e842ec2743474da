//! A server in a few lines: rows with versions, `$batch` with `If-Match`, changes by link, answers kept by their key or not.

use model::{Metadata, Row, RowId, RowVersion, Table, TableName, Value};
use odata::batch::{
    AnswerPart, BatchAnswer, ChangeSetAnswer, ChangeSetRequest, ContentResponse, RequestPart, read_request,
    write_response,
};
use odata::http::{HttpRequest, HttpResponse, Method};
use odata::{
    Key, PageFrame, Prefer, Removed, RemovedReason, Resource, RowFormat, SERVICE_PATH, ServiceError,
    WriteOptions, codes, parse_path, read_body, write_rows,
};
use std::collections::BTreeMap;

/// A text that no rule of this server lets through.
pub const FORBIDDEN: &str = "!";

const PAGE_ROWS: usize = 4;

/// A value that a request put in the place of another one.
#[derive(Clone, Debug)]
pub struct Written {
    pub old: Value,
    pub new: Value,
}

/// The server.
pub struct Server {
    pub metadata: Metadata,
    pub rows: BTreeMap<(TableName, RowId), Row>,
    pub gone: BTreeMap<(TableName, RowId), i64>,
    /// Every value written, in order.
    pub written: Vec<Written>,
    /// False for one that does a request again when it comes again, as an existing Dataverse environment would.
    pub keeps_answers: bool,
    /// Links older than this have expired.
    pub oldest_link: i64,
    /// What happened, for whoever looks for the reason of a failure.
    pub log: Vec<String>,
    answers: BTreeMap<String, Vec<ContentResponse>>,
    version: i64,
}

type Refusal = ServiceError;

impl Server {
    pub fn new(metadata: Metadata, keeps_answers: bool) -> Self {
        Self {
            metadata,
            rows: BTreeMap::new(),
            gone: BTreeMap::new(),
            written: Vec::new(),
            keeps_answers,
            oldest_link: 0,
            log: Vec::new(),
            answers: BTreeMap::new(),
            version: 0,
        }
    }

    /// Every link given so far expires.
    pub fn expire_links(&mut self) {
        self.version += 1;
        self.oldest_link = self.version;
    }

    /// Somebody writes on the server itself.
    pub fn put(&mut self, mut row: Row) {
        self.version += 1;
        row.version = Some(RowVersion(self.version));
        self.gone.remove(&(row.table.clone(), row.id));
        self.rows.insert((row.table.clone(), row.id), row);
    }

    /// Somebody deletes on the server itself.
    pub fn delete(&mut self, key: &(TableName, RowId)) {
        self.version += 1;
        if self.rows.remove(key).is_some() {
            self.gone.insert(key.clone(), self.version);
        }
    }

    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        if request.target.contains("/token") {
            let body = r#"{"token_type":"Bearer","access_token":"t","refresh_token":"r","expires_in":3600}"#;
            return HttpResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
        }
        if !request.target.ends_with("$batch") {
            return self.page(request).unwrap_or_else(|refusal| refusal.to_response());
        }
        let mut parts = Vec::new();
        for part in read_request(request).unwrap().parts {
            parts.push(match part {
                RequestPart::Single(request) => {
                    AnswerPart::Single(self.page(&request).unwrap_or_else(|refusal| refusal.to_response()))
                }
                RequestPart::ChangeSet(set) => match self.noted(&set) {
                    Ok(changes) => AnswerPart::ChangeSet(ChangeSetAnswer { result: None, changes }),
                    Err(refusal) => AnswerPart::Single(refusal.to_response()),
                },
            });
        }
        write_response(&BatchAnswer { status: 200, parts })
    }

    fn noted(&mut self, set: &ChangeSetRequest) -> Result<Vec<ContentResponse>, Refusal> {
        let outcome = self.together(set);
        let bodies =
            set.changes.iter().map(|change| String::from_utf8_lossy(&change.request.body).into_owned());
        let bodies: Vec<String> = bodies.collect();
        let said = match &outcome {
            Ok(_) => format!("done, now at {}", self.version),
            Err(refusal) => refusal.to_string(),
        };
        self.log.push(format!("server: {:?} {bodies:?}: {said}", set.request_id));
        outcome
    }

    /// All changes of a set or none.
    fn together(&mut self, set: &ChangeSetRequest) -> Result<Vec<ContentResponse>, Refusal> {
        let key = set.request_id.clone().unwrap_or_default();
        if let Some(known) = self.answers.get(&key).filter(|_| self.keeps_answers) {
            return Ok(known.clone());
        }
        let before = (self.rows.clone(), self.gone.clone(), self.version, self.written.len());
        let mut answers = Vec::new();
        for change in &set.changes {
            match self.change(&change.request) {
                Ok(response) => {
                    answers.push(ContentResponse { content_id: change.content_id.clone(), response });
                }
                Err(refusal) => {
                    (self.rows, self.gone, self.version) = (before.0, before.1, before.2);
                    self.written.truncate(before.3);
                    return Err(refusal);
                }
            }
        }
        self.answers.insert(key, answers.clone());
        Ok(answers)
    }

    fn change(&mut self, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
        let refuse = |status, code| Err(ServiceError::new(status, code, "no"));
        let (table, id) = match parse_path(&request.target, &self.metadata).unwrap() {
            Resource::Set { table } => (table, None),
            Resource::Row { table, key: Key::Id(id) } => (table, Some(id)),
            other => panic!("{other:?}"),
        };
        let definition = self.metadata.table(table.as_str()).unwrap().clone();
        if request.method == Method::Delete {
            let key = (table, id.unwrap());
            self.check(request, &key)?;
            self.delete(&key);
            return Ok(HttpResponse { status: 204, headers: Vec::new(), body: Vec::new() });
        }
        let body = read_body(&request.body, &definition, &self.metadata).unwrap();
        let key = (table.clone(), id.or(body.id).unwrap());
        let mut row = match request.method {
            Method::Post if self.rows.contains_key(&key) => return refuse(412, codes::DUPLICATE_RECORD),
            Method::Post => {
                Row { table: table.clone(), id: key.1, version: None, columns: model::Columns::new() }
            }
            _ => self.check(request, &key)?,
        };
        for (column, value) in body.columns.iter() {
            if value.as_text().is_some_and(|text| text.contains(FORBIDDEN)) {
                return refuse(400, codes::INVALID_ARGUMENT);
            }
            if let Some(target) = value.as_reference()
                && !self.rows.contains_key(&(target.table.clone(), target.id))
            {
                return refuse(404, codes::OBJECT_DOES_NOT_EXIST);
            }
            let (old, new) = (row.columns.get(column.as_str()).clone(), value.clone());
            self.written.push(Written { old, new });
            row.columns.set(column.clone(), value.clone());
        }
        self.put(row);
        let etag = ("etag".to_owned(), format!("W/\"{}\"", self.version));
        Ok(HttpResponse { status: 204, headers: vec![etag], body: Vec::new() })
    }

    fn check(&self, request: &HttpRequest, key: &(TableName, RowId)) -> Result<Row, Refusal> {
        let Some(row) = self.rows.get(key) else {
            return Err(ServiceError::new(404, codes::OBJECT_DOES_NOT_EXIST, "gone"));
        };
        let wanted = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        let version = format!("W/\"{}\"", row.version.unwrap().0);
        match wanted {
            Some((_, wanted)) if wanted != "*" && *wanted != version => {
                Err(ServiceError::new(412, codes::CONCURRENCY_VERSION_MISMATCH, "changed"))
            }
            _ => Ok(row.clone()),
        }
    }

    /// A page of rows: all by id, or what changed since a version.
    fn page(&self, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
        let target = &request.target;
        let Resource::Set { table } = parse_path(target, &self.metadata).unwrap() else { panic!("{target}") };
        let definition = self.metadata.table(table.as_str()).unwrap();
        let token = |name: &str| target.split_once(name).map(|(_, rest)| rest.split('&').next().unwrap());
        let (horizon, since, after) = match (token("$deltatoken="), token("$skiptoken=")) {
            (Some(since), _) => (self.version, Some(since.parse().unwrap()), None),
            (None, Some(token)) => {
                let (horizon, after) = token.split_once('.').unwrap();
                (horizon.parse().unwrap(), None, Some(after.parse::<RowId>().unwrap()))
            }
            (None, None) => (self.version, None, None),
        };
        if since.unwrap_or(horizon) < self.oldest_link {
            return Err(ServiceError::new(410, codes::EXPIRED_VERSION_STAMP, "expired"));
        }
        Ok(self.write_page(definition, request, horizon, since, after))
    }

    fn write_page(
        &self,
        table: &Table,
        request: &HttpRequest,
        horizon: i64,
        since: Option<i64>,
        after: Option<RowId>,
    ) -> HttpResponse {
        let version = |row: &Row| row.version.map_or(0, |version| version.0);
        let rows = self.rows.values().filter(|row| row.table == table.name);
        let wanted = rows.filter(|row| match since {
            Some(since) => version(row) > since,
            None => after.is_none_or(|after| row.id > after),
        });
        let wanted: Vec<&Row> = wanted.collect();
        let is_last = since.is_some() || wanted.len() <= PAGE_ROWS;
        let shown = if is_last { &wanted[..] } else { &wanted[..PAGE_ROWS] };
        let gone = self
            .gone
            .iter()
            .filter(|((name, _), at)| *name == table.name && since.is_some_and(|since| **at > since));
        let address = format!("http://s{SERVICE_PATH}{}?", table.set_name);
        let frame = PageFrame {
            service_root: format!("http://s{SERVICE_PATH}"),
            set_name: table.set_name.clone(),
            is_delta: since.is_some(),
            next_link: (!is_last)
                .then(|| format!("{address}$skiptoken={horizon}.{}", shown[PAGE_ROWS - 1].id)),
            delta_link: is_last.then(|| format!("{address}$deltatoken={horizon}")),
            removed: gone.map(|((_, id), _)| Removed { id: *id, reason: RemovedReason::Deleted }).collect(),
            ..PageFrame::default()
        };
        let prefer = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("prefer"));
        let prefer = prefer.map(|(_, text)| Prefer::parse(text)).unwrap_or_default();
        let options = WriteOptions {
            select: None,
            annotations: prefer.annotations,
            formatted_values: prefer.formatted_values,
            language: model::Language::English,
            reader: None,
            omit_nulls: false,
        };
        let mut body = Vec::new();
        write_rows(
            shown.iter().copied(),
            &RowFormat::new(table, &self.metadata, &options),
            &frame,
            &mut body,
        );
        HttpResponse { status: 200, headers: Vec::new(), body }
    }
}
