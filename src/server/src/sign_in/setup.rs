//! The first administrator: made once, by whoever can read what the server printed at its start.

use super::page::{Field, Page, Sentence, button, escape, language_of, say};
use super::password::hash_password;
use crate::app::App;
use crate::base_rows::{self, Administrator};
use crate::error::Failure;
use crate::web_api::refusal;
use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use model::Language;
use odata::codes;

const SHORTEST_PASSWORD: usize = 12;

/// `GET /setup?token=…`
pub async fn show_setup(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    let token = token_of(query.as_deref());
    match app.is_setup_token(&token).await {
        Ok(true) => page(language, &token, &Typed::default(), None),
        Ok(false) => used(language),
        Err(error) => refusal(Failure::from(error).into_service_error()),
    }
}

/// `POST /setup?token=…`
pub async fn set_up(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let language = language_of(&headers);
    let token = token_of(query.as_deref());
    let fields = odata::parse_pairs(&body).unwrap_or_default();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let typed = Typed {
        organization: field("organization"),
        full_name: field("fullname"),
        user_name: field("username").to_lowercase(),
        time_zone: field("timezone"),
    };
    let password =
        fields.iter().find(|(key, _)| key == "password").map(|(_, value)| value.clone()).unwrap_or_default();
    let is_filled =
        [&typed.organization, &typed.full_name, &typed.user_name].iter().all(|text| !text.is_empty());
    if !is_filled || password.chars().count() < SHORTEST_PASSWORD {
        return page(language, &token, &typed, Some(Sentence::WeakPassword));
    }
    match make(&app, &token, typed, password, language).await {
        Ok(true) => (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response(),
        Ok(false) => used(language),
        Err(failure) => refusal(failure.into_service_error()),
    }
}

#[derive(Default)]
struct Typed {
    organization: String,
    full_name: String,
    user_name: String,
    time_zone: String,
}

/// False when the token was used meanwhile.
async fn make(
    app: &App,
    token: &str,
    typed: Typed,
    password: String,
    language: Language,
) -> Result<bool, Failure> {
    if !app.is_setup_token(token).await? {
        return Ok(false);
    }
    let password_hash = hash_password(password).await.map_err(|error| {
        Failure::refuse(500, codes::UNEXPECTED, format!("the password cannot be hashed: {error}"))
    })?;
    let mut write = app.database().write().await?;
    let (name, value) = App::setup_setting(token);
    if !write.take_setting(name, &value).await? {
        return Ok(false);
    }
    let administrator = Administrator {
        organization: typed.organization,
        full_name: typed.full_name,
        user_name: typed.user_name,
        password_hash,
        language,
        time_zone: if crate::time_zone::is_known(&typed.time_zone) {
            typed.time_zone
        } else {
            "UTC".to_owned()
        },
        now: app.clock().now(),
    };
    base_rows::put_administrator(&mut write, administrator).await?;
    write.commit().await?;
    Ok(true)
}

fn token_of(query: Option<&str>) -> String {
    let pairs = odata::parse_pairs(query.unwrap_or_default()).unwrap_or_default();
    pairs.into_iter().find(|(name, _)| name == "token").map(|(_, value)| value).unwrap_or_default()
}

fn page(language: Language, token: &str, typed: &Typed, problem: Option<Sentence>) -> Response {
    let say = |sentence| say(language, sentence);
    let text = |label, name, value, autocomplete| Field { label, name, kind: "text", value, autocomplete };
    let zone = if typed.time_zone.is_empty() { default_zone(language) } else { &typed.time_zone };
    let fields = [
        text(say(Sentence::Organization), "organization", typed.organization.as_str(), "organization"),
        text(say(Sentence::FullName), "fullname", &typed.full_name, "name"),
        text(say(Sentence::TimeZone), "timezone", zone, "off"),
        text(say(Sentence::UserName), "username", &typed.user_name, "username"),
        Field {
            label: say(Sentence::Password),
            name: "password",
            kind: "password",
            value: "",
            autocomplete: "new-password",
        },
    ];
    let page = Page {
        language,
        title: say(Sentence::SetUp).to_owned(),
        lead: say(Sentence::SetUpLead).to_owned(),
        problem: problem.map(|problem| say(problem).to_owned()),
        form: fields.iter().map(Field::html).collect::<String>() + &button(say(Sentence::Create)),
        action: escape(&format!("/setup?token={}", odata::encode_component(token))),
        status: if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK },
        leads_to: None,
    };
    page.into_response()
}

const fn default_zone(language: Language) -> &'static str {
    match language {
        Language::English => "UTC",
        Language::French => "Europe/Paris",
        Language::German => "Europe/Berlin",
    }
}

fn used(language: Language) -> Response {
    let page = Page {
        language,
        title: say(language, Sentence::SetUp).to_owned(),
        lead: say(language, Sentence::UsedLink).to_owned(),
        problem: None,
        form: String::new(),
        action: String::new(),
        status: StatusCode::NOT_FOUND,
        leads_to: None,
    };
    page.into_response()
}
