//! Our own addresses beside the Web API: what a device needs before its first pull.

use crate::app::App;
use crate::error::{Answered, Failure};
use crate::web_api::{authenticate, refusal};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use odata::codes;

const JSON: &str = "application/json";

/// The signed-in user.
pub async fn me(State(app): State<App>, headers: HeaderMap) -> Response {
    answer(async {
        let app = app.current().await?;
        let caller = authenticate(&app, &headers).await?;
        Ok(json(serde_json::to_vec(&caller.profile)?))
    })
    .await
}

/// The org's metadata, or what changed of it since a version. It rarely changes, so its version is the ETag.
pub async fn metadata(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    answer(async {
        let app = app.current().await?;
        authenticate(&app, &headers).await?;
        let since = since(uri.query().unwrap_or_default())?;
        let etag = format!("\"{}\"", app.metadata().version);
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known = known
            .is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag));
        if is_known || since == Some(app.metadata().version) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
        }
        let body = match since {
            Some(since) => serde_json::to_vec(&app.definitions().delta(since))?,
            None => app.metadata_json()?.to_vec(),
        };
        let headers =
            [(CONTENT_TYPE, JSON.to_owned()), (ETAG, etag), (CACHE_CONTROL, "private, no-cache".to_owned())];
        Ok((headers, body).into_response())
    })
    .await
}

/// The version that the caller has already.
fn since(query: &str) -> Answered<Option<i64>> {
    let pairs = odata::parse_pairs(query).unwrap_or_default();
    let value = pairs.into_iter().find(|(name, _)| name == "since").map(|(_, value)| value);
    let refuse = |value: &str| {
        let message = format!("since must be a version of the metadata, not “{value}”");
        Failure::refuse(400, codes::INVALID_ARGUMENT, message)
    };
    value.map(|value| value.parse().map_err(|_| refuse(&value))).transpose()
}

fn json(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], body).into_response()
}

async fn answer(work: impl Future<Output = Result<Response, Failure>>) -> Response {
    work.await.unwrap_or_else(|failure| refusal(failure.into_service_error()))
}
