//! The token endpoint: codes, refresh tokens and client secrets become tokens.

use super::APP_CLIENT;
use super::password::is_password;
use crate::app::App;
use crate::error::Failure;
use crate::random;
use crate::web_api::refusal;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use model::RowId;
use odata::token::{TokenError, TokenRequest, TokenResponse};
use store_sql::{Token, TokenKind, TokenUse};
use subtle::ConstantTimeEq as _;

const ACCESS_LIFE_SECONDS: u32 = 3600;
const REFRESH_LIFE_SECONDS: u32 = 30 * 86_400;

/// `POST /oauth2/v2.0/token`
pub async fn token(State(app): State<App>, body: axum::body::Bytes) -> Response {
    let outcome = match TokenRequest::from_form(&body) {
        Ok(request) => grant(&app, request).await,
        Err(error) => Ok(Err(error)),
    };
    match outcome {
        Ok(Ok(tokens)) => json(StatusCode::OK, tokens.to_json()),
        Ok(Err(error)) => {
            let status = if error.error == "invalid_client" {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::BAD_REQUEST
            };
            json(status, error.to_json())
        }
        Err(failure) => refusal(failure.into_service_error()),
    }
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

fn refuse(error: &str, description: &str) -> TokenError {
    TokenError { error: error.to_owned(), error_description: description.to_owned() }
}

type Granted = Result<Result<TokenResponse, TokenError>, Failure>;

async fn grant(app: &App, request: TokenRequest) -> Granted {
    match request {
        TokenRequest::AuthorizationCode { client_id, code, code_verifier, redirect_uri } => {
            by_code(app, &client_id, &code, &code_verifier, &redirect_uri).await
        }
        TokenRequest::RefreshToken { client_id, refresh_token } => {
            by_refresh_token(app, &client_id, &refresh_token).await
        }
        TokenRequest::ClientCredentials { client_id, client_secret, .. } => {
            by_secret(app, &client_id, client_secret).await
        }
    }
}

async fn by_code(app: &App, client_id: &str, code: &str, verifier: &str, redirect_uri: &str) -> Granted {
    let family = random::row_id()?;
    let Some(code) = app.database().take_code(&random::hash(code), family, app.clock().now()).await? else {
        return Ok(Err(refuse("invalid_grant", "the code is unknown, expired or used; sign in again")));
    };
    let is_challenge: bool = random::hash_text(verifier).as_bytes().ct_eq(code.challenge.as_bytes()).into();
    if code.client_id != client_id || code.redirect_uri != redirect_uri || !is_challenge {
        return Ok(Err(refuse("invalid_grant", "the code was made for somebody else; sign in again")));
    }
    Ok(Ok(issue(app, &Holder { family, user: code.user, client_id }, true).await?))
}

async fn by_refresh_token(app: &App, client_id: &str, refresh_token: &str) -> Granted {
    let hash = random::hash(refresh_token);
    Ok(match app.database().use_refresh_token(&hash, client_id, app.clock().now()).await? {
        TokenUse::Good(token) => {
            let holder = Holder { family: token.family, user: token.user, client_id };
            Ok(issue(app, &holder, true).await?)
        }
        TokenUse::Unknown => {
            Err(refuse("invalid_grant", "the refresh token is unknown or expired; sign in again"))
        }
        TokenUse::Reused => {
            tracing::warn!("a refresh token was used a second time; all tokens of its sign-in are revoked");
            Err(refuse("invalid_grant", "the refresh token was used before; sign in again"))
        }
    })
}

async fn by_secret(app: &App, client_id: &str, secret: String) -> Granted {
    let _turn = app.rate_limit().turn().await;
    let now = app.clock().now();
    let name = format!("client {client_id}");
    if app.rate_limit().wait_seconds(&name, None, now).is_some() {
        return Ok(Err(refuse("invalid_client", "too many wrong secrets; wait a few minutes")));
    }
    let client = app.database().read().await?.client(client_id).await?;
    let kept = client.as_ref().map(|client| client.secret_hash.clone());
    let is_right = client_id != APP_CLIENT && is_password(secret, kept).await;
    let Some(client) = client.filter(|_| is_right) else {
        app.rate_limit().failed(&name, None, now);
        return Ok(Err(refuse("invalid_client", "the client or its secret is wrong")));
    };
    let holder = Holder { family: random::row_id()?, user: client.user, client_id };
    Ok(Ok(issue(app, &holder, false).await?))
}

/// Whose tokens they will be.
struct Holder<'a> {
    family: RowId,
    user: RowId,
    client_id: &'a str,
}

async fn issue(app: &App, holder: &Holder<'_>, with_refresh: bool) -> Result<TokenResponse, Failure> {
    let now = app.clock().now();
    let kept = |kind, seconds: u32| Token {
        kind,
        family: holder.family,
        user: holder.user,
        client_id: holder.client_id.to_owned(),
        expires_at: now.plus_milliseconds(i64::from(seconds) * 1000),
    };
    let access_token = random::secret()?;
    let mut tokens = vec![(random::hash(&access_token), kept(TokenKind::Access, ACCESS_LIFE_SECONDS))];
    let refresh_token = if with_refresh { Some(random::secret()?) } else { None };
    if let Some(refresh_token) = &refresh_token {
        tokens.push((random::hash(refresh_token), kept(TokenKind::Refresh, REFRESH_LIFE_SECONDS)));
    }
    app.database().keep_tokens(&tokens).await?;
    Ok(TokenResponse {
        token_type: "Bearer".to_owned(),
        access_token,
        expires_in: u64::from(ACCESS_LIFE_SECONDS),
        refresh_token,
        scope: String::new(),
    })
}
