//! Requests with the user's tokens on them: refreshed in time, once, and never sent to another server.

use crate::{Clock, SyncError, Transport, TransportError};
use futures::lock::Mutex;
use model::Timestamp;
use odata::http::{HttpRequest, HttpResponse};
use odata::token::{APP_CLIENT_ID, TokenRequest, TokenResponse};
use odata::{ServiceError, retry_after};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use store::Store;

/// The record of the store that holds the tokens.
const TOKENS: &str = "tokens";

/// Tokens are refreshed this many milliseconds before they end, so that none ends on its way.
const EARLY_MILLISECONDS: i64 = 60_000;

/// What the token endpoint gave. Opaque: it can only be handed from one connection to another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
    expires_at: Timestamp,
}

/// The authorization code as it came back to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCode {
    /// The code.
    pub code: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The redirect address the code was made for.
    pub redirect_uri: String,
}

/// A server, as one user talks to it.
pub struct Connection {
    store: Rc<Store>,
    transport: Rc<dyn Transport>,
    clock: Rc<dyn Clock>,
    tokens: RefCell<Option<Tokens>>,
    is_refused: Cell<bool>,
    refreshing: Mutex<()>,
    metadata_version: Cell<Option<i64>>,
}

impl Connection {
    /// Takes up the tokens kept on the device.
    ///
    /// # Errors
    /// When the local database fails.
    pub async fn open(
        store: Rc<Store>,
        transport: Rc<dyn Transport>,
        clock: Rc<dyn Clock>,
    ) -> Result<Self, SyncError> {
        let kept = store.get_meta(TOKENS).await?;
        let tokens = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(Self {
            store,
            transport,
            clock,
            tokens: RefCell::new(tokens),
            is_refused: Cell::new(false),
            refreshing: Mutex::new(()),
            metadata_version: Cell::new(None),
        })
    }

    /// The version of the org's metadata that the server last told of; none when it never did.
    #[must_use]
    pub fn metadata_version(&self) -> Option<i64> {
        self.metadata_version.get()
    }

    /// The device's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// True while there are tokens that the server has not refused.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.tokens.borrow().is_some() && !self.is_refused.get()
    }

    /// Exchanges the authorization code for tokens.
    ///
    /// # Errors
    /// `Refused` when the code is not good, `Transport` without a network.
    pub async fn sign_in(&self, code: &SignInCode) -> Result<(), SyncError> {
        let request = TokenRequest::AuthorizationCode {
            client_id: APP_CLIENT_ID.to_owned(),
            code: code.code.clone(),
            code_verifier: code.verifier.clone(),
            redirect_uri: code.redirect_uri.clone(),
        };
        let response = self.transport.send(request.to_request()).await?;
        self.take_tokens(&response, None).await
    }

    /// The tokens, to be taken over by a connection on an emptied database.
    #[must_use]
    pub fn tokens(&self) -> Option<Tokens> {
        self.tokens.borrow().clone()
    }

    /// Takes over the tokens of another connection.
    ///
    /// # Errors
    /// When the local database fails.
    pub async fn take_over(&self, tokens: Option<Tokens>) -> Result<(), SyncError> {
        match tokens {
            Some(tokens) => self.keep(tokens).await,
            None => self.sign_out().await,
        }
    }

    /// Forgets the tokens.
    ///
    /// # Errors
    /// When the local database fails.
    pub async fn sign_out(&self) -> Result<(), SyncError> {
        self.tokens.replace(None);
        self.is_refused.set(false);
        Ok(self.store.delete_meta(TOKENS).await?)
    }

    /// Sends a request with the user's token. A token refused is refreshed once.
    ///
    /// # Errors
    /// `Transport` without an answer, `SignInNeeded` without good tokens, `Busy` when the server asks to wait. Any other answer is `Ok`.
    pub async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, SyncError> {
        // Links come back absolute. Only the path is used: the token goes to no other server, and a proxy's name does no harm.
        request.target = path_of(&request.target).to_owned();
        request.headers.push(("odata-version".to_owned(), "4.0".to_owned()));
        request.headers.push(("odata-maxversion".to_owned(), "4.0".to_owned()));
        let token = self.good_token().await?;
        let response = self.transport.send(with_token(request.clone(), &token)).await?;
        if response.status != 401 {
            return self.check(response);
        }
        let fresh = self.refresh(&token).await?;
        let response = self.transport.send(with_token(request, &fresh)).await?;
        if response.status == 401 {
            self.is_refused.set(true);
            return Err(SyncError::SignInNeeded);
        }
        self.check(response)
    }

    fn check(&self, response: HttpResponse) -> Result<HttpResponse, SyncError> {
        if let Some(version) = odata::metadata_version(&response) {
            self.metadata_version.set(Some(version));
        }
        if is_foreign_page(&response) {
            return Err(SyncError::Transport(TransportError::Intercepted));
        }
        match response.status {
            429 | 502 | 503 | 504 => Err(SyncError::Busy {
                status: response.status,
                wait_milliseconds: wait_milliseconds(&response, self.clock.now()),
            }),
            _ => Ok(response),
        }
    }

    async fn good_token(&self) -> Result<String, SyncError> {
        if self.is_refused.get() {
            return Err(SyncError::SignInNeeded);
        }
        let tokens = self.tokens.borrow().clone().ok_or(SyncError::SignInNeeded)?;
        let soon = self.clock.now().plus_milliseconds(EARLY_MILLISECONDS);
        if tokens.expires_at > soon || tokens.refresh_token.is_none() {
            return Ok(tokens.access_token);
        }
        self.refresh(&tokens.access_token).await
    }

    /// A token other than `old`: the one another request has fetched meanwhile, or a fresh one.
    async fn refresh(&self, old: &str) -> Result<String, SyncError> {
        let _one_at_a_time = self.refreshing.lock().await;
        let tokens = self.tokens.borrow().clone().ok_or(SyncError::SignInNeeded)?;
        if tokens.access_token != old {
            return Ok(tokens.access_token);
        }
        let Some(refresh_token) = tokens.refresh_token else {
            self.is_refused.set(true);
            return Err(SyncError::SignInNeeded);
        };
        let request = TokenRequest::RefreshToken {
            client_id: APP_CLIENT_ID.to_owned(),
            refresh_token: refresh_token.clone(),
        };
        let response = self.transport.send(request.to_request()).await?;
        if is_foreign_page(&response) {
            return Err(SyncError::Transport(TransportError::Intercepted));
        }
        match response.status {
            400 | 401 | 403 => {
                self.is_refused.set(true);
                return Err(SyncError::SignInNeeded);
            }
            429 | 500..=599 => {
                return Err(SyncError::Busy {
                    status: response.status,
                    wait_milliseconds: wait_milliseconds(&response, self.clock.now()),
                });
            }
            _ => {}
        }
        self.take_tokens(&response, Some(refresh_token)).await?;
        let fresh = self.tokens.borrow().as_ref().map(|tokens| tokens.access_token.clone());
        fresh.ok_or(SyncError::SignInNeeded)
    }

    /// Keeps the tokens of an answer; without a new refresh token the old one stays good.
    async fn take_tokens(&self, response: &HttpResponse, old: Option<String>) -> Result<(), SyncError> {
        let answer = TokenResponse::from_response(response).map_err(|error| SyncError::Refused {
            what: "the sign-in".to_owned(),
            error: ServiceError::new(response.status, &error.error, error.error_description),
        })?;
        let seconds = i64::try_from(answer.expires_in).unwrap_or(i64::MAX).clamp(0, 30 * 86_400);
        let tokens = Tokens {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token.or(old),
            expires_at: self.clock.now().plus_milliseconds(seconds * 1000),
        };
        self.keep(tokens).await
    }

    async fn keep(&self, tokens: Tokens) -> Result<(), SyncError> {
        let bytes = SyncError::to_record(TOKENS, &tokens)?;
        self.tokens.replace(Some(tokens));
        self.is_refused.set(false);
        Ok(self.store.put_meta(TOKENS, &bytes).await?)
    }
}

/// True for a page for people where data was asked for: the sign-in page of a hotel's or a train's network, which answers in
/// place of any server.
fn is_foreign_page(response: &HttpResponse) -> bool {
    let is_page =
        response.header("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    response.status < 400 && is_page
}

fn wait_milliseconds(response: &HttpResponse, now: Timestamp) -> Option<u64> {
    retry_after(response, now).map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

fn with_token(mut request: HttpRequest, token: &str) -> HttpRequest {
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}

/// The path and query of an address.
fn path_of(target: &str) -> &str {
    let Some((_, rest)) = target.split_once("://").filter(|_| !target.starts_with('/')) else {
        return target;
    };
    rest.find('/').map_or("/", |start| &rest[start..])
}

#[cfg(test)]
mod tests;
