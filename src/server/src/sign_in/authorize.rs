//! The authorization endpoint: a sign-in page that answers with a code for the app.

use super::APP_CLIENT;
use super::page::{Field, Page, Sentence, button, escape, language_of, say};
use super::password::is_password;
use crate::app::App;
use crate::error::Failure;
use crate::random;
use crate::web_api::refusal;
use axum::Extension;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use model::Language;
use std::net::SocketAddr;
use store_sql::AuthorizationCode;

const CODE_LIFE_MILLISECONDS: i64 = 5 * 60_000;
/// The length of a SHA-256 in base64url without padding.
const CHALLENGE_LENGTH: usize = 43;

/// What the app asks the sign-in page for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    redirect_uri: String,
    challenge: String,
    state: String,
}

/// `GET /oauth2/v2.0/authorize`
pub async fn show_page(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    match wanted(&app, query.as_deref().unwrap_or_default(), &headers) {
        Some(wanted) => page(language, &wanted, "", None, StatusCode::OK),
        None => broken(language),
    }
}

/// `POST /oauth2/v2.0/authorize`: the same query with the form's fields as the body.
pub async fn take_password(
    State(app): State<App>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let language = language_of(&headers);
    let Some(wanted) = wanted(&app, query.as_deref().unwrap_or_default(), &headers) else {
        return broken(language);
    };
    let fields = odata::parse_pairs(&body).unwrap_or_default();
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let address = address.map(|Extension(ConnectInfo(address))| address.ip().to_string());
    let typed =
        Typed { user_name: field("username"), password: field("password"), address: address.as_deref() };
    match check(&app, &wanted, &typed).await {
        Ok(Checked::Right(location)) => {
            let headers = [(LOCATION, location), (CACHE_CONTROL, "no-store".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(Checked::Wrong) => {
            page(language, &wanted, typed.user_name, Some(Sentence::WrongPassword), StatusCode::UNAUTHORIZED)
        }
        Ok(Checked::TooMany) => {
            page(language, &wanted, typed.user_name, Some(Sentence::TooMany), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(failure) => refusal(failure.into_service_error()),
    }
}

struct Typed<'a> {
    user_name: &'a str,
    password: &'a str,
    address: Option<&'a str>,
}

enum Checked {
    /// Where to go with the code.
    Right(String),
    Wrong,
    TooMany,
}

async fn check(app: &App, wanted: &Wanted, typed: &Typed<'_>) -> Result<Checked, Failure> {
    let _turn = app.rate_limit().turn().await;
    let now = app.clock().now();
    let user_name = typed.user_name.trim().to_lowercase();
    if app.rate_limit().wait_seconds(&user_name, typed.address, now).is_some() {
        return Ok(Checked::TooMany);
    }
    let sign_in = app.database().read().await?.sign_in(&user_name).await?;
    let kept = sign_in.as_ref().map(|sign_in| sign_in.password_hash.clone());
    let is_right = is_password(typed.password.to_owned(), kept).await;
    let Some(sign_in) = sign_in.filter(|_| is_right) else {
        app.rate_limit().failed(&user_name, typed.address, now);
        return Ok(Checked::Wrong);
    };
    app.rate_limit().succeeded(&user_name);
    let code = random::secret()?;
    let kept = AuthorizationCode {
        user: sign_in.user,
        client_id: APP_CLIENT.to_owned(),
        redirect_uri: wanted.redirect_uri.clone(),
        challenge: wanted.challenge.clone(),
        expires_at: now.plus_milliseconds(CODE_LIFE_MILLISECONDS),
    };
    app.database().keep_code(&random::hash(&code), &kept).await?;
    Ok(Checked::Right(format!(
        "{}?code={code}&state={}",
        wanted.redirect_uri,
        odata::encode_component(&wanted.state)
    )))
}

/// What a well-formed request of our app asks for; anything else gets no redirect, so that no code can be sent astray.
fn wanted(app: &App, query: &str, headers: &HeaderMap) -> Option<Wanted> {
    let pairs = odata::parse_pairs(query)?;
    let parameter = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let redirect_uri = parameter("redirect_uri")?;
    let challenge = parameter("code_challenge")?;
    let is_well_formed = parameter("client_id")? == APP_CLIENT
        && parameter("response_type")? == "code"
        && parameter("code_challenge_method")? == "S256"
        && challenge.len() == CHALLENGE_LENGTH
        && is_allowed_redirect(app, &redirect_uri, headers);
    is_well_formed.then(|| Wanted { redirect_uri, challenge, state: parameter("state").unwrap_or_default() })
}

/// Codes go back to the app itself, or to an origin that was configured.
fn is_allowed_redirect(app: &App, redirect_uri: &str, headers: &HeaderMap) -> bool {
    let Some(origin) = redirect_uri.strip_suffix('/') else { return false };
    if app.options().allowed_origins.iter().any(|allowed| allowed == origin) {
        return true;
    }
    if let Some(own) = &app.options().origin {
        return own == origin;
    }
    let Some(host) = headers.get("host").and_then(|host| host.to_str().ok()) else { return false };
    // A name that an attacker points to this machine is not ours.
    let is_ours = !app.options().host.is_loopback() || is_loopback_name(host);
    is_ours && origin.strip_prefix("http://") == Some(host)
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn page(
    language: Language,
    wanted: &Wanted,
    user_name: &str,
    problem: Option<Sentence>,
    status: StatusCode,
) -> Response {
    let say = |sentence| say(language, sentence);
    let fields = [
        Field {
            label: say(Sentence::UserName),
            name: "username",
            kind: "text",
            value: user_name,
            autocomplete: "username",
        },
        Field {
            label: say(Sentence::Password),
            name: "password",
            kind: "password",
            value: "",
            autocomplete: "current-password",
        },
    ];
    let form = fields.iter().map(Field::html).collect::<String>() + &button(say(Sentence::SignIn));
    let action = format!(
        "/oauth2/v2.0/authorize?client_id={APP_CLIENT}&response_type=code&code_challenge_method=S256\
         &redirect_uri={}&code_challenge={}&state={}",
        odata::encode_component(&wanted.redirect_uri),
        odata::encode_component(&wanted.challenge),
        odata::encode_component(&wanted.state),
    );
    let page = Page {
        language,
        title: say(Sentence::SignIn).to_owned(),
        lead: say(Sentence::SignInLead).to_owned(),
        problem: problem.map(|problem| say(problem).to_owned()),
        form,
        action: escape(&action),
        status,
        leads_to: Some(wanted.redirect_uri.trim_end_matches('/').to_owned()),
    };
    page.into_response()
}

fn broken(language: Language) -> Response {
    let page = Page {
        language,
        title: say(language, Sentence::SignIn).to_owned(),
        lead: say(language, Sentence::BrokenLink).to_owned(),
        problem: None,
        form: String::new(),
        action: String::new(),
        status: StatusCode::BAD_REQUEST,
        leads_to: None,
    };
    page.into_response()
}
