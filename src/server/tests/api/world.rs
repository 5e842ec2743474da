//! A small org: units (root, north below it, coast below north, south below root), people, a team, and short words for requests.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use model::{
    Columns, Depth, Language, Privileges, Reference, RowId, TableName, TableRights, Timestamp, Value,
};
use serde_json::Value as Json;
use server::{App, Clock, Options};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store_sql::testing::Place;
use store_sql::{BulkRow, RoleRow, Token, TokenKind, UserSettings};
use tower::ServiceExt as _;

pub const ROOT: u128 = 0x0b01;
pub const NORTH: u128 = 0x0b02;
pub const COAST: u128 = 0x0b03;
pub const SOUTH: u128 = 0x0b04;
pub const TEAM: u128 = 0x0e01;
pub const EURO: u128 = 0x0c01;
pub const DOLLAR: u128 = 0x0c02;

pub const ADMIN: u128 = 0xa1;
/// In north, a salesperson.
pub const REP: u128 = 0xa2;
/// In north, a salesperson.
pub const COLLEAGUE: u128 = 0xa3;
/// In south, a salesperson.
pub const STRANGER: u128 = 0xa4;
/// In coast, a salesperson.
pub const SAILOR: u128 = 0xa5;

const NOW: i64 = 1_764_000_000_000;
const API: &str = "/api/data/v9.2/";

pub struct World {
    pub app: App,
    pub folder: PathBuf,
    clock: Arc<AtomicI64>,
}

pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The text of a column of each row.
    pub fn values(&self, column: &str) -> Vec<String> {
        let json = self.json();
        let rows = json["value"].as_array().unwrap_or_else(|| panic!("no rows: {}", self.text()));
        rows.iter().filter_map(|row| row[column].as_str()).map(str::to_owned).collect()
    }
}

pub fn id(number: u128) -> RowId {
    RowId::from_u128(number)
}

pub fn reference(table: &str, number: u128) -> Value {
    Value::Reference(Reference { table: table.into(), id: id(number), name: None })
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn token_of(user: u128) -> String {
    format!("token-of-{user:x}")
}

impl World {
    /// A server nobody has set up.
    pub async fn empty(place: &Place) -> Self {
        Self::with(place, |_| {}).await
    }

    pub async fn with(place: &Place, change: impl FnOnce(&mut Options)) -> Self {
        let folder = place.folder().to_owned();
        std::fs::create_dir_all(folder.join("app")).unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let now = Arc::clone(&clock);
        // Making every table takes a while: each case starts with a copy.
        let fill = async |address: &str| {
            let options = Options { database: Some(address.to_owned()), ..Options::default() };
            App::open(options).await.unwrap().database().close().await;
        };
        let mut options = Options {
            database: Some(place.copy(fill).await),
            app: folder.join("app"),
            clock: Clock::of(move || Timestamp::from_milliseconds(now.load(Ordering::Relaxed))),
            ..Options::default()
        };
        change(&mut options);
        let app = App::open(options).await.unwrap();
        Self { app, folder, clock }
    }

    /// Another server on the same database.
    pub async fn beside(&self) -> Self {
        let app = App::open(self.app.options().clone()).await.unwrap();
        Self { app, folder: self.folder.clone(), clock: Arc::clone(&self.clock) }
    }

    /// A server with its people.
    pub async fn new(place: &Place) -> Self {
        let world = Self::empty(place).await;
        world.people().await;
        world
    }

    async fn people(&self) {
        let unit = |name: &str, parent: Option<u128>| {
            let columns = Columns::new().with("name", text(name));
            match parent {
                Some(parent) => columns.with("parentbusinessunitid", reference("businessunit", parent)),
                None => columns,
            }
        };
        let currency = |name: &str, rate: &str| {
            Columns::new()
                .with("currencyname", text(name))
                .with("currencyprecision", Value::Integer(2))
                .with("exchangerate", Value::Decimal(rate.parse().unwrap()))
        };
        self.insert(
            "transactioncurrency",
            vec![(EURO, currency("Euro", "1")), (DOLLAR, currency("Dollar", "1.25"))],
        )
        .await;
        let units = vec![
            (ROOT, unit("Root", None)),
            (NORTH, unit("North", Some(ROOT))),
            (COAST, unit("Coast", Some(NORTH))),
            (SOUTH, unit("South", Some(ROOT))),
        ];
        self.insert("businessunit", units).await;
        let people = [
            (ADMIN, "Ada Admin", ROOT, "System Administrator"),
            (REP, "Rita Rep", NORTH, "Salesperson"),
            (COLLEAGUE, "Carl Colleague", NORTH, "Salesperson"),
            (STRANGER, "Stan Stranger", SOUTH, "Salesperson"),
            (SAILOR, "Sam Sailor", COAST, "Salesperson"),
        ];
        let user = |name: &str, unit: u128| {
            Columns::new()
                .with("fullname", text(name))
                .with("businessunitid", reference("businessunit", unit))
                .with("isdisabled", Value::Boolean(false))
        };
        self.insert(
            "systemuser",
            people.iter().map(|(number, name, unit, _)| (*number, user(name, *unit))).collect(),
        )
        .await;
        let team = Columns::new()
            .with("name", text("Team"))
            .with("businessunitid", reference("businessunit", SOUTH));
        self.insert("team", vec![(TEAM, team)]).await;
        let mut write = self.app.database().write().await.unwrap();
        for (number, _, _, role) in people {
            let settings = UserSettings {
                language: if number == REP { Language::French } else { Language::English },
                locale: "fr-FR".to_owned(),
                time_zone: "Europe/Paris".to_owned(),
                currency: Some(id(EURO)),
            };
            write.give_role(id(number), role).await.unwrap();
            write.put_user_settings(id(number), &settings).await.unwrap();
        }
        write.put_team_member(id(TEAM), id(REP)).await.unwrap();
        write.commit().await.unwrap();
        for (number, ..) in people {
            self.give_token(number, &token_of(number)).await;
        }
    }

    pub async fn give_token(&self, user: u128, token: &str) {
        let kept = Token {
            kind: TokenKind::Access,
            family: id(user),
            user: id(user),
            client_id: "valise".to_owned(),
            expires_at: Timestamp::from_milliseconds(NOW + 3_600_000),
        };
        let hash = Sha256::digest(token.as_bytes()).to_vec();
        self.app.database().keep_tokens(&[(hash, kept)]).await.unwrap();
    }

    /// Takes the user's roles and gives them one of their own making.
    pub async fn only_right(&self, user: u128, rights: &[(&str, TableRights)]) {
        let privileges =
            Privileges(rights.iter().map(|(table, rights)| (TableName::new(table), *rights)).collect());
        let name = format!("Only {user:x}");
        let mut write = self.app.database().write().await.unwrap();
        write.take_role(id(user), "Salesperson").await.unwrap();
        write.put_role(&RoleRow { name: name.clone(), privileges }).await.unwrap();
        write.give_role(id(user), &name).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Rows written past all rules.
    pub async fn insert(&self, table: &str, rows: Vec<(u128, Columns)>) {
        let rows: Vec<BulkRow> =
            rows.into_iter().map(|(number, columns)| BulkRow { id: id(number), columns }).collect();
        let mut write = self.app.database().write().await.unwrap();
        write.create_many(table, &rows).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Accounts with owner and unit: one of the rep, the colleague, the sailor, the stranger and the team.
    pub async fn accounts(&self) {
        let owners = [
            (1, "Rep's", "systemuser", REP, NORTH),
            (2, "Colleague's", "systemuser", COLLEAGUE, NORTH),
            (3, "Sailor's", "systemuser", SAILOR, COAST),
            (4, "Stranger's", "systemuser", STRANGER, SOUTH),
            (5, "Team's", "team", TEAM, SOUTH),
        ];
        let rows = owners.map(|(number, name, table, owner, unit)| {
            let columns = Columns::new()
                .with("name", text(name))
                .with("statecode", Value::Choice(0))
                .with("statuscode", Value::Choice(1))
                .with("ownerid", reference(table, owner))
                .with("owningbusinessunit", reference("businessunit", unit));
            (number, columns)
        });
        self.insert("account", rows.into()).await;
    }

    pub fn later(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.app.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A request of a user; `line` is `GET accounts`, paths below the Web API unless they begin with a slash.
    pub async fn ask(&self, user: u128, line: &str) -> Answer {
        self.send(user, line, &[], "").await
    }

    pub async fn send(&self, user: u128, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, target) = line.split_once(' ').unwrap();
        let target = target.strip_prefix("http://valise.test").unwrap_or(target);
        let target = if target.starts_with('/') { target.to_owned() } else { format!("{API}{target}") };
        let target = target.replace(' ', "%20").replace('"', "%22");
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "valise.test")
            .header("authorization", format!("Bearer {}", token_of(user)));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.raw(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A request that must work.
    pub async fn done(&self, user: u128, line: &str, body: &str) -> Answer {
        let answer = self.send(user, line, &[], body).await;
        assert!((200..300).contains(&answer.status), "{line}: {} {}", answer.status, answer.text());
        answer
    }

    /// A request that must be refused with this status and code.
    pub async fn refused(
        &self,
        user: u128,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
        expected: (u16, &str),
    ) {
        let answer = self.send(user, line, headers, body).await;
        assert_eq!((answer.status, answer.code().as_str()), expected, "{line} {body}: {}", answer.text());
    }
}

pub fn rights(fill: impl FnOnce(&mut TableRights)) -> TableRights {
    let mut rights = TableRights::default();
    fill(&mut rights);
    rights
}

pub const DEPTHS: [Depth; 5] =
    [Depth::None, Depth::User, Depth::BusinessUnit, Depth::ParentBusinessUnit, Depth::Organization];

/// The guid of a small number.
pub fn guid(number: u128) -> String {
    id(number).to_string()
}
