//! HTTP by `fetch`, with an end to waiting.

use async_trait::async_trait;
use client::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use futures::future::{Either, select};
use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use std::future::Future;
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials,
    RequestInit, Response,
};

/// Milliseconds until an answer must begin, the upload included.
const ANSWER_MILLISECONDS: u32 = 90_000;

/// Milliseconds until the next piece of the body must come: a slow answer is fine, a dead one is not.
const PIECE_MILLISECONDS: u32 = 30_000;

/// HTTP by `fetch`.
pub struct Fetch;

#[async_trait(?Send)]
impl Transport for Fetch {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let controller = AbortController::new().map_err(unreachable_server)?;
        let outcome = exchange(&request, &controller).await;
        if outcome.is_err() {
            controller.abort();
        }
        outcome
    }
}

async fn exchange(
    request: &HttpRequest,
    controller: &AbortController,
) -> Result<HttpResponse, TransportError> {
    let request = prepare(request, controller).map_err(unreachable_server)?;
    let promise = crate::edge::scope().fetch_with_request(&request);
    let response = within(ANSWER_MILLISECONDS, JsFuture::from(promise)).await?;
    let response: Response = response.map_err(unreachable_server)?.unchecked_into();
    let headers = headers_of(&response.headers());
    let mut body = Vec::new();
    if let Some(stream) = response.body() {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        loop {
            let piece = within(PIECE_MILLISECONDS, JsFuture::from(reader.read())).await?;
            let piece = piece.map_err(unreachable_server)?;
            if property(&piece, "done").is_truthy() {
                break;
            }
            let bytes: Uint8Array = property(&piece, "value").unchecked_into();
            let start = body.len();
            body.resize(start + bytes.length() as usize, 0);
            bytes.copy_to(&mut body[start..]);
        }
    }
    Ok(HttpResponse { status: response.status(), headers, body })
}

fn prepare(request: &HttpRequest, controller: &AbortController) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    let options = RequestInit::new();
    options.set_method(match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    });
    options.set_headers(&headers);
    options.set_cache(RequestCache::NoStore);
    options.set_credentials(RequestCredentials::Omit);
    options.set_signal(Some(&controller.signal()));
    if !request.body.is_empty() {
        options.set_body(&Uint8Array::from(request.body.as_slice()));
    }
    Request::new_with_str_and_init(&request.target, &options)
}

fn headers_of(headers: &Headers) -> Vec<(String, String)> {
    let pairs = headers.entries().into_iter().filter_map(Result::ok).map(|pair| Array::from(&pair));
    pairs
        .filter_map(|pair| Some((pair.get(0).as_string()?.to_ascii_lowercase(), pair.get(1).as_string()?)))
        .collect()
}

/// Waits for a future, but not for ever.
async fn within<T>(milliseconds: u32, future: impl Future<Output = T>) -> Result<T, TransportError> {
    match select(pin!(future), TimeoutFuture::new(milliseconds)).await {
        Either::Left((value, _)) => Ok(value),
        Either::Right(_) => Err(TransportError::TimedOut),
    }
}

fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn unreachable_server(error: JsValue) -> TransportError {
    let message = property(&error, "message").as_string();
    TransportError::Unreachable(message.unwrap_or_else(|| format!("{error:?}")))
}
