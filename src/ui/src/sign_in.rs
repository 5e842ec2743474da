//! Signing in: OAuth 2 authorization code with PKCE. The page makes the secret and follows the redirects; the worker gets the code.

use crate::browser;
use crate::route;
use client::message::Request;
use js_sys::Uint8Array;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Storage;

const CLIENT_ID: &str = "valise";
const VERIFIER: &str = "valise.verifier";
const STATE: &str = "valise.state";
const RETURN_TO: &str = "valise.return-to";

/// Why signing in did not go on.
#[derive(Debug, thiserror::Error)]
pub enum SignInProblem {
    /// Private modes may forbid it.
    #[error("this browser keeps nothing for the session; allow storage for this site")]
    NoStorage,
    /// Only secure origins have the digest.
    #[error("signing in needs https, or http on this very machine")]
    NotSecure,
    /// The answer belongs to another attempt.
    #[error("the answer of the sign-in page belongs to another attempt; sign in again")]
    OtherAttempt,
    /// The sign-in page said no.
    #[error("the sign-in page answered: {0}")]
    Refused(String),
}

/// Leaves for the server's sign-in page; comes back to where the user is now.
///
/// # Errors
/// When the browser lacks what PKCE needs.
pub async fn leave(server: &str) -> Result<(), SignInProblem> {
    let storage = storage()?;
    let keep = |key: &str, value: &str| storage.set_item(key, value).map_err(|_| SignInProblem::NoStorage);
    let verifier = secret();
    let state = secret();
    let challenge = base64_url(&sha256(&verifier).await?);
    keep(VERIFIER, &verifier)?;
    keep(STATE, &state)?;
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    keep(RETURN_TO, &here)?;
    let redirect = route::encode(&redirect_uri());
    let address = format!(
        "{server}/oauth2/v2.0/authorize?client_id={CLIENT_ID}&response_type=code&scope=openid%20offline_access\
         &code_challenge={challenge}&code_challenge_method=S256&redirect_uri={redirect}&state={state}"
    );
    location.assign(&address).map_err(|_| SignInProblem::NotSecure)
}

/// What the address bar brings back from the sign-in page, if anything: the request for the worker and the address to go on at.
/// The code is used once, so the address is cleaned at once.
pub fn returned() -> Option<Result<(Request, String), SignInProblem>> {
    let search = window().location().search().unwrap_or_default();
    let code = route::parameter(&search, "code");
    let error = route::parameter(&search, "error");
    let state = route::parameter(&search, "state")?;
    if code.is_none() && error.is_none() {
        return None;
    }
    Some(finish(code, error, &state))
}

fn finish(
    code: Option<String>,
    error: Option<String>,
    state: &str,
) -> Result<(Request, String), SignInProblem> {
    let storage = storage()?;
    let take = |key: &str| {
        let value = storage.get_item(key).ok().flatten();
        // A browser that cannot forget it keeps it for the session only.
        let _ = storage.remove_item(key);
        value
    };
    let (verifier, expected, return_to) = (take(VERIFIER), take(STATE), take(RETURN_TO));
    let return_to = return_to.unwrap_or_else(|| "/".to_owned());
    if let Ok(history) = window().history() {
        // Should it fail, the used code merely stays visible.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&return_to));
    }
    if let Some(error) = error {
        return Err(SignInProblem::Refused(error));
    }
    match (code, verifier, expected) {
        (Some(code), Some(verifier), Some(expected)) if expected == state => {
            Ok((Request::SignIn { code, verifier, redirect_uri: redirect_uri() }, return_to))
        }
        _ => Err(SignInProblem::OtherAttempt),
    }
}

fn redirect_uri() -> String {
    browser::origin() + "/"
}

fn storage() -> Result<Storage, SignInProblem> {
    window().session_storage().ok().flatten().ok_or(SignInProblem::NoStorage)
}

/// 256 random bits as 43 letters.
fn secret() -> String {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&browser::random_bits().to_be_bytes());
    bytes[16..].copy_from_slice(&browser::random_bits().to_be_bytes());
    base64_url(&bytes)
}

async fn sha256(text: &str) -> Result<Vec<u8>, SignInProblem> {
    let crypto = window().crypto().map_err(|_| SignInProblem::NotSecure)?;
    let subtle = crypto.subtle();
    if subtle.is_undefined() {
        return Err(SignInProblem::NotSecure);
    }
    let bytes = Uint8Array::from(text.as_bytes());
    let promise =
        subtle.digest_with_str_and_buffer_source("SHA-256", &bytes).map_err(|_| SignInProblem::NotSecure)?;
    let digest = JsFuture::from(promise).await.map_err(|_| SignInProblem::NotSecure)?;
    Ok(Uint8Array::new(digest.unchecked_ref()).to_vec())
}

fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for position in 0..=chunk.len() {
            let index = bits >> (18 - 6 * position) & 63;
            text.push(char::from(LETTERS[index as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_no_padding_and_no_special_letters() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[0xfb, 0xff, 0xfe], "-__-")]
        {
            assert_eq!(base64_url(bytes), text);
        }
    }
}
