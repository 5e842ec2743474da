//! The token endpoint's requests and answers (OAuth 2), shared by client and server.

use crate::http::{HttpRequest, HttpResponse, Method};
use crate::percent::{encode_component, parse_pairs};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth2/v2.0/token";
/// The path of the page where people sign in.
pub const AUTHORIZE_PATH: &str = "/oauth2/v2.0/authorize";
/// The public client id of the app.
pub const APP_CLIENT_ID: &str = "valise";

/// A request for tokens.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// After sign-in: the code, with the PKCE verifier that proves who asked for it.
    AuthorizationCode {
        /// The client.
        client_id: String,
        /// The code from the redirect.
        code: String,
        /// The PKCE verifier.
        code_verifier: String,
        /// The redirect address the code was made for.
        redirect_uri: String,
    },
    /// When the access token ends: the refresh token, which is replaced by the answer's.
    RefreshToken {
        /// The client.
        client_id: String,
        /// The refresh token.
        refresh_token: String,
    },
    /// For services without a user.
    ClientCredentials {
        /// The client.
        client_id: String,
        /// Its secret.
        client_secret: String,
        /// What is asked for (`https://host/.default`); may be empty.
        scope: String,
    },
}

impl fmt::Debug for TokenRequest {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (grant, client_id) = match self {
            Self::AuthorizationCode { client_id, .. } => ("AuthorizationCode", client_id),
            Self::RefreshToken { client_id, .. } => ("RefreshToken", client_id),
            Self::ClientCredentials { client_id, .. } => ("ClientCredentials", client_id),
        };
        f.debug_struct(grant).field("client_id", client_id).finish_non_exhaustive()
    }
}

/// Why no token is given (RFC 6749, section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}: {error_description}")]
pub struct TokenError {
    /// `invalid_request`, `invalid_grant`, `invalid_client`, `unsupported_grant_type` …
    pub error: String,
    /// For people.
    #[serde(default)]
    pub error_description: String,
}

/// Tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// `Bearer`
    pub token_type: String,
    /// What requests carry.
    pub access_token: String,
    /// How many seconds it lasts.
    pub expires_in: u64,
    /// What gets the next access token; none for client credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What was granted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
}

impl fmt::Debug for TokenResponse {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl TokenRequest {
    /// The form (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn to_form(&self) -> String {
        let pairs: &[(&str, &str)] = match self {
            Self::AuthorizationCode { client_id, code, code_verifier, redirect_uri } => &[
                ("grant_type", "authorization_code"),
                ("client_id", client_id),
                ("code", code),
                ("code_verifier", code_verifier),
                ("redirect_uri", redirect_uri),
            ],
            Self::RefreshToken { client_id, refresh_token } => {
                &[("grant_type", "refresh_token"), ("client_id", client_id), ("refresh_token", refresh_token)]
            }
            Self::ClientCredentials { client_id, client_secret, scope } => &[
                ("grant_type", "client_credentials"),
                ("client_id", client_id),
                ("client_secret", client_secret),
                ("scope", scope),
            ],
        };
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", encode_component(value))).collect();
        pairs.join("&")
    }

    /// Reads the form.
    ///
    /// # Errors
    /// `invalid_request` for a form that is broken or incomplete, `unsupported_grant_type` for another grant.
    pub fn from_form(form: &[u8]) -> Result<Self, TokenError> {
        let refuse = |error: &str, description: String| TokenError {
            error: error.to_owned(),
            error_description: description,
        };
        let pairs = std::str::from_utf8(form)
            .ok()
            .and_then(parse_pairs)
            .ok_or_else(|| refuse("invalid_request", "the form is not urlencoded UTF-8".to_owned()))?;
        let optional = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let field = |name: &str| {
            optional(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| refuse("invalid_request", format!("the field {name} is missing")))
        };
        match field("grant_type")?.as_str() {
            "authorization_code" => Ok(Self::AuthorizationCode {
                client_id: field("client_id")?,
                code: field("code")?,
                code_verifier: field("code_verifier")?,
                redirect_uri: field("redirect_uri")?,
            }),
            "refresh_token" => Ok(Self::RefreshToken {
                client_id: field("client_id")?,
                refresh_token: field("refresh_token")?,
            }),
            "client_credentials" => Ok(Self::ClientCredentials {
                client_id: field("client_id")?,
                client_secret: field("client_secret")?,
                scope: optional("scope").unwrap_or_default(),
            }),
            other => Err(refuse("unsupported_grant_type", format!("the grant “{other}” is not supported"))),
        }
    }

    /// The request to the token endpoint.
    #[must_use]
    pub fn to_request(&self) -> HttpRequest {
        HttpRequest {
            method: Method::Post,
            target: TOKEN_PATH.to_owned(),
            headers: vec![
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                ("accept".to_owned(), "application/json".to_owned()),
            ],
            body: self.to_form().into_bytes(),
        }
    }
}

impl TokenResponse {
    /// The JSON of the answer's body.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the endpoint's answer.
    ///
    /// # Errors
    /// The endpoint's refusal; `server_error` when the answer is no JSON of the endpoint.
    pub fn from_response(response: &HttpResponse) -> Result<Self, TokenError> {
        if (200..300).contains(&response.status)
            && let Ok(tokens) = serde_json::from_slice(&response.body)
        {
            return Ok(tokens);
        }
        Err(serde_json::from_slice(&response.body).unwrap_or_else(|_| TokenError {
            error: "server_error".to_owned(),
            error_description: format!("the token endpoint answered with status {}", response.status),
        }))
    }
}

impl TokenError {
    /// The JSON of the answer's body.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// True when signing in again is the only way on.
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        matches!(self.error.as_str(), "invalid_grant" | "invalid_client" | "unauthorized_client")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<TokenRequest> {
        vec![
            TokenRequest::AuthorizationCode {
                client_id: "valise".to_owned(),
                code: "a+b/c=".to_owned(),
                code_verifier: "~._-".to_owned(),
                redirect_uri: "http://127.0.0.1:8080/?a=1&b=é".to_owned(),
            },
            TokenRequest::RefreshToken { client_id: "valise".to_owned(), refresh_token: "r t".to_owned() },
            TokenRequest::ClientCredentials {
                client_id: "demo".to_owned(),
                client_secret: "p%ss&word".to_owned(),
                scope: String::new(),
            },
        ]
    }

    #[test]
    fn every_request_survives_the_wire() {
        for request in requests() {
            assert_eq!(TokenRequest::from_form(&request.to_request().body), Ok(request));
        }
    }

    #[test]
    fn secrets_do_not_reach_a_log() {
        for request in requests() {
            let shown = format!("{request:?}");
            assert!(["a+b", "r t", "p%ss", "~._-"].iter().all(|secret| !shown.contains(secret)), "{shown}");
        }
    }

    #[test]
    fn broken_forms_are_refused_with_the_missing_field() {
        for (form, error, part) in [
            (&b"grant_type=refresh_token&client_id=valise"[..], "invalid_request", "refresh_token"),
            (b"grant_type=password", "unsupported_grant_type", "password"),
            (b"", "invalid_request", "grant_type"),
            (b"grant_type=%zz", "invalid_request", "urlencoded"),
            (b"\xff", "invalid_request", "urlencoded"),
        ] {
            let refusal = TokenRequest::from_form(form).unwrap_err();
            assert_eq!(refusal.error, error);
            assert!(refusal.error_description.contains(part), "{refusal}");
        }
    }

    #[test]
    fn answers_are_read_and_refusals_told() {
        let tokens = TokenResponse {
            token_type: "Bearer".to_owned(),
            access_token: "a".to_owned(),
            expires_in: 3600,
            refresh_token: Some("r".to_owned()),
            scope: String::new(),
        };
        let response = |status, body| HttpResponse { status, headers: Vec::new(), body };
        assert_eq!(TokenResponse::from_response(&response(200, tokens.to_json())), Ok(tokens.clone()));
        let refusal = TokenError { error: "invalid_grant".to_owned(), error_description: "used".to_owned() };
        let read = TokenResponse::from_response(&response(400, refusal.to_json())).unwrap_err();
        assert!(read.needs_sign_in());
        assert_eq!(read, refusal);
        let read = TokenResponse::from_response(&response(502, b"<html>".to_vec())).unwrap_err();
        assert_eq!(read.error, "server_error");
        assert!(!read.needs_sign_in());
    }
}
