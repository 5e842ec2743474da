//! A server in a few lines: rows with versions, `$batch` with `If-Match`, changes by link, answers kept by their key or not,
//! tokens that end, rows that users see or do not.

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
use std::collections::{BTreeMap, BTreeSet};

/// A text that no rule of this server lets through.
pub const FORBIDDEN: &str = "!";

const PAGE_ROWS: usize = 4;

/// Milliseconds that a token is good for.
const TOKEN_MILLISECONDS: i64 = 3_600_000;

/// The users of this server, by their numbers.
pub const USERS: std::ops::Range<usize> = 0..2;

/// A row by its table and id.
pub type RowKey = (TableName, RowId);

/// What a user may do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Nothing,
    Read,
    Write,
}

/// A value that a request put in the place of another one.
#[derive(Clone, Debug)]
pub struct Written {
    pub old: Value,
    pub new: Value,
}

/// The server.
pub struct Server {
    pub metadata: Metadata,
    pub rows: BTreeMap<RowKey, Row>,
    pub gone: BTreeMap<RowKey, i64>,
    /// Rows that a user's profile leaves out.
    pub left_out: BTreeSet<(usize, RowKey)>,
    /// When a row last came into a user's sight, or went out of it.
    pub sight: BTreeMap<(usize, RowKey), i64>,
    /// Every value written, in order.
    pub written: Vec<Written>,
    /// Every row a request deleted, as it was.
    pub deleted: Vec<Row>,
    /// The time, in milliseconds.
    pub now: i64,
    /// So many requests find nobody there.
    pub is_down: u32,
    /// False for one that does a request again when it comes again, as an existing Dataverse environment would.
    pub keeps_answers: bool,
    /// Links older than this have expired.
    pub oldest_link: i64,
    /// What happened, for whoever looks for the reason of a failure.
    pub log: Vec<String>,
    /// A log is kept at all.
    pub keeps_log: bool,
    answers: BTreeMap<String, Vec<ContentResponse>>,
    version: i64,
    tokens: BTreeMap<String, i64>,
    /// Sign-ins before this one are over.
    first_sign_in: usize,
}

type Refusal = ServiceError;

impl Server {
    pub fn new(metadata: Metadata, keeps_answers: bool) -> Self {
        Self {
            metadata,
            rows: BTreeMap::new(),
            gone: BTreeMap::new(),
            left_out: BTreeSet::new(),
            sight: BTreeMap::new(),
            written: Vec::new(),
            deleted: Vec::new(),
            now: 0,
            is_down: 0,
            keeps_answers,
            oldest_link: 0,
            log: Vec::new(),
            keeps_log: false,
            answers: BTreeMap::new(),
            version: 0,
            tokens: BTreeMap::new(),
            first_sign_in: 0,
        }
    }

    /// Every sign-in so far is over, whatever tokens say.
    pub fn end_sign_ins(&mut self) {
        self.first_sign_in = self.tokens.len();
        self.tokens.values_mut().for_each(|end| *end = 0);
    }

    /// A user's profile takes a row in or leaves it out.
    pub fn change_profile(&mut self, user: usize, key: &RowKey) {
        let before = self.seen_by(key);
        if !self.left_out.remove(&(user, key.clone())) {
            self.left_out.insert((user, key.clone()));
        }
        self.version += 1;
        self.note_sight(key, &before);
    }

    /// What a user may do with a row. The id of its owner says it, so that each owner is another one and yet of a known kind.
    pub fn right(&self, user: usize, row: &Row) -> Right {
        if self.left_out.contains(&(user, (row.table.clone(), row.id))) {
            return Right::Nothing;
        }
        let owner = row.columns.get("ownerid").as_reference().map_or(0, |owner| owner.id.as_u128());
        match (owner % 4, user) {
            (1, 1) | (2, 0) => Right::Nothing,
            (3, 1) => Right::Read,
            _ => Right::Write,
        }
    }

    /// The users who see a row.
    fn seen_by(&self, key: &RowKey) -> Vec<usize> {
        let row = self.rows.get(key);
        USERS.filter(|user| row.is_some_and(|row| self.right(*user, row) != Right::Nothing)).collect()
    }

    fn note_sight(&mut self, key: &RowKey, before: &[usize]) {
        let after = self.seen_by(key);
        for user in USERS.filter(|user| before.contains(user) != after.contains(user)) {
            self.sight.insert((user, key.clone()), self.version);
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
        let key = (row.table.clone(), row.id);
        let before = self.seen_by(&key);
        self.gone.remove(&key);
        self.rows.insert(key.clone(), row);
        self.note_sight(&key, &before);
    }

    /// Somebody deletes on the server itself.
    pub fn delete(&mut self, key: &RowKey) {
        self.version += 1;
        if self.rows.remove(key).is_some() {
            self.gone.insert(key.clone(), self.version);
        }
    }

    /// The answer to a user's request.
    pub fn answer(&mut self, user: usize, request: &HttpRequest) -> HttpResponse {
        self.answer_some(user, request, usize::MAX)
    }

    /// The same, of a server that is killed after so many parts of a batch.
    pub fn answer_some(&mut self, user: usize, request: &HttpRequest, most_parts: usize) -> HttpResponse {
        if request.target.contains("/token") {
            return self.give_tokens(request);
        }
        let token = request.headers.iter().find(|(name, _)| name == "authorization");
        let token = token.and_then(|(_, value)| value.strip_prefix("Bearer "));
        if token.and_then(|token| self.tokens.get(token)).is_none_or(|end| *end <= self.now) {
            return ServiceError::new(401, "", "the token is over").to_response();
        }
        if !request.target.ends_with("$batch") {
            return self.page(user, request).unwrap_or_else(|refusal| refusal.to_response());
        }
        let mut parts = Vec::new();
        for part in read_request(request).unwrap().parts.into_iter().take(most_parts) {
            parts.push(match part {
                RequestPart::Single(request) => AnswerPart::Single(
                    self.page(user, &request).unwrap_or_else(|refusal| refusal.to_response()),
                ),
                RequestPart::ChangeSet(set) => match self.noted(user, &set) {
                    Ok(changes) => AnswerPart::ChangeSet(ChangeSetAnswer { result: None, changes }),
                    Err(refusal) => AnswerPart::Single(refusal.to_response()),
                },
            });
        }
        write_response(&BatchAnswer { status: 200, parts })
    }

    fn give_tokens(&mut self, request: &HttpRequest) -> HttpResponse {
        let body = String::from_utf8_lossy(&request.body);
        let renewed = body.split('&').find_map(|pair| pair.strip_prefix("refresh_token=r"));
        if renewed.is_some_and(|number| number.parse::<usize>().unwrap() < self.first_sign_in) {
            return ServiceError::new(400, "invalid_grant", "the sign-in is over").to_response();
        }
        let number = self.tokens.len();
        self.tokens.insert(format!("t{number}"), self.now + TOKEN_MILLISECONDS);
        let body = format!(
            r#"{{"token_type":"Bearer","access_token":"t{number}","refresh_token":"r{number}","expires_in":3600}}"#
        );
        HttpResponse { status: 200, headers: Vec::new(), body: body.into_bytes() }
    }

    fn noted(&mut self, user: usize, set: &ChangeSetRequest) -> Result<Vec<ContentResponse>, Refusal> {
        let outcome = self.together(user, set);
        if !self.keeps_log {
            return outcome;
        }
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
    fn together(&mut self, user: usize, set: &ChangeSetRequest) -> Result<Vec<ContentResponse>, Refusal> {
        let key = set.request_id.clone().unwrap_or_default();
        if let Some(known) = self.answers.get(&key).filter(|_| self.keeps_answers) {
            return Ok(known.clone());
        }
        let before = (self.rows.clone(), self.gone.clone(), self.sight.clone(), self.version);
        let noted = (self.written.len(), self.deleted.len());
        let mut answers = Vec::new();
        for change in &set.changes {
            match self.change(user, &change.request) {
                Ok(response) => {
                    answers.push(ContentResponse { content_id: change.content_id.clone(), response });
                }
                Err(refusal) => {
                    (self.rows, self.gone, self.sight, self.version) = before;
                    self.written.truncate(noted.0);
                    self.deleted.truncate(noted.1);
                    return Err(refusal);
                }
            }
        }
        self.answers.insert(key, answers.clone());
        Ok(answers)
    }

    fn change(&mut self, user: usize, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
        let refuse = |status, code| Err(ServiceError::new(status, code, "no"));
        let (table, id) = match parse_path(&request.target, &self.metadata).unwrap() {
            Resource::Set { table } => (table, None),
            Resource::Row { table, key: Key::Id(id) } => (table, Some(id)),
            other => panic!("{other:?}"),
        };
        let definition = self.metadata.table(table.as_str()).unwrap().clone();
        if request.method == Method::Delete {
            let key = (table, id.unwrap());
            let row = self.check(user, request, &key)?;
            self.deleted.push(row);
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
            _ => self.check(user, request, &key)?,
        };
        for (column, value) in body.columns.iter() {
            if value.as_text().is_some_and(|text| text.contains(FORBIDDEN)) {
                return refuse(400, codes::INVALID_ARGUMENT);
            }
            if let Some(target) = value.as_reference()
                && target.table.as_str() != "systemuser"
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

    fn check(&self, user: usize, request: &HttpRequest, key: &RowKey) -> Result<Row, Refusal> {
        let row = self.rows.get(key).filter(|row| self.right(user, row) != Right::Nothing);
        let Some(row) = row else {
            return Err(ServiceError::new(404, codes::OBJECT_DOES_NOT_EXIST, "gone"));
        };
        if self.right(user, row) == Right::Read {
            return Err(ServiceError::new(403, codes::PRIVILEGE_DENIED, "not yours"));
        }
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
    fn page(&self, user: usize, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
        let target = &request.target;
        let Resource::Set { table } = parse_path(target, &self.metadata).unwrap() else { panic!("{target}") };
        let definition = self.metadata.table(table.as_str()).unwrap();
        if let Some((_, condition)) = target.split_once("$filter=") {
            return Ok(self.write_some(definition, request, condition));
        }
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
        Ok(self.write_page((user, definition), request, horizon, since, after))
    }

    /// The rows whose ids a condition names.
    fn write_some(&self, table: &Table, request: &HttpRequest, condition: &str) -> HttpResponse {
        let rows = self.rows.values();
        let named = rows.filter(|row| row.table == table.name && condition.contains(&row.id.to_string()));
        let frame = PageFrame {
            service_root: format!("http://s{SERVICE_PATH}"),
            set_name: table.set_name.clone(),
            ..PageFrame::default()
        };
        let (prefer, options) = self.options(request);
        let mut body = Vec::new();
        write_rows(named, &RowFormat::new(table, &self.metadata, &options), &frame, &mut body);
        HttpResponse { status: 200, headers: applied(&prefer), body }
    }

    /// What is asked for; one that keeps no answers knows nothing of columns that need not travel.
    fn options(&self, request: &HttpRequest) -> (Prefer, WriteOptions) {
        let header = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("prefer"));
        let mut prefer = header.map(|(_, text)| Prefer::parse(text)).unwrap_or_default();
        prefer.omit_nulls = false;
        if !self.keeps_answers {
            prefer.only_columns = None;
        }
        let select = prefer.only_columns.as_ref();
        let options = WriteOptions {
            select: select.map(|names| names.iter().map(|name| name.as_str().into()).collect()),
            annotations: prefer.annotations.clone(),
            formatted_values: prefer.formatted_values,
            language: model::Language::English,
            reader: None,
            omit_nulls: false,
        };
        (prefer, options)
    }

    fn write_page(
        &self,
        (user, table): (usize, &Table),
        request: &HttpRequest,
        horizon: i64,
        since: Option<i64>,
        after: Option<RowId>,
    ) -> HttpResponse {
        let sight = |key: &RowKey| self.sight.get(&(user, key.clone())).copied().unwrap_or_default();
        let version = |key: &RowKey, row: &Row| row.version.map_or(0, |version| version.0).max(sight(key));
        let (mut wanted, mut out_of_sight) = (Vec::new(), Vec::new());
        for (key, row) in self.rows.iter().filter(|(key, _)| key.0 == table.name) {
            if self.right(user, row) == Right::Nothing {
                out_of_sight.extend(since.is_some_and(|since| sight(key) > since).then_some(row.id));
            } else if since
                .map_or_else(|| after.is_none_or(|after| row.id > after), |since| version(key, row) > since)
            {
                wanted.push(row);
            }
        }
        let is_last = since.is_some() || wanted.len() <= PAGE_ROWS;
        let shown = if is_last { &wanted[..] } else { &wanted[..PAGE_ROWS] };
        let gone = self
            .gone
            .iter()
            .filter(|((name, _), at)| *name == table.name && since.is_some_and(|since| **at > since));
        let gone = gone.map(|((_, id), _)| Removed { id: *id, reason: RemovedReason::Deleted });
        let out_of_sight = out_of_sight.into_iter().map(|id| Removed { id, reason: RemovedReason::Changed });
        let address = format!("http://s{SERVICE_PATH}{}?", table.set_name);
        let frame = PageFrame {
            service_root: format!("http://s{SERVICE_PATH}"),
            set_name: table.set_name.clone(),
            is_delta: since.is_some(),
            next_link: (!is_last)
                .then(|| format!("{address}$skiptoken={horizon}.{}", shown[PAGE_ROWS - 1].id)),
            delta_link: is_last.then(|| format!("{address}$deltatoken={horizon}")),
            removed: gone.chain(out_of_sight).collect(),
            ..PageFrame::default()
        };
        let (prefer, options) = self.options(request);
        let mut body = Vec::new();
        write_rows(
            shown.iter().copied(),
            &RowFormat::new(table, &self.metadata, &options),
            &frame,
            &mut body,
        );
        HttpResponse { status: 200, headers: applied(&prefer), body }
    }
}

fn applied(prefer: &Prefer) -> Vec<(String, String)> {
    vec![("preference-applied".to_owned(), prefer.to_string())]
}
