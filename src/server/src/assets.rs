//! The app's static files, precompressed ones where there are, and `index.html` for the app's own addresses.

use crate::app::App;
use crate::headers::APP_POLICY;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

const INDEX: &str = "index.html";
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Answers every address that no other route has.
pub async fn serve(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let headers = request.headers();
    let folder = &app.options().app;
    let Some(relative) = relative_path(request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Some(response) = file(folder, &relative, headers).await {
        return response;
    }
    // `/saleshub/account/…` is a screen of the app; a missing script is missing.
    if !accepts_html(headers) || request.uri().path().starts_with("/api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match file(folder, Path::new(INDEX), headers).await {
        Some(response) => response,
        None => (
            StatusCode::NOT_FOUND,
            format!(
                "The app is not built: there is no {INDEX} in {}. Build it, or name its folder with --app.\n",
                folder.display()
            ),
        )
            .into_response(),
    }
}

/// The path below the folder; `None` for one that would leave it.
fn relative_path(path: &str) -> Option<PathBuf> {
    let decoded = odata::decode_percent(path.trim_start_matches('/'))?;
    if decoded.contains(['\0', '\\']) {
        return None;
    }
    let relative = PathBuf::from(decoded.as_ref());
    let stays = relative.components().all(|component| matches!(component, Component::Normal(_)));
    let hidden =
        relative.components().any(|component| component.as_os_str().as_encoded_bytes().starts_with(b"."));
    if !stays || hidden {
        return None;
    }
    Some(if decoded.is_empty() { PathBuf::from(INDEX) } else { relative })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

async fn file(folder: &Path, relative: &Path, headers: &HeaderMap) -> Option<Response> {
    let path = folder.join(relative);
    let name = path.file_name()?.to_str()?.to_owned();
    let plain = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file)?;
    let (path, encoding, found) = encoded(&path, plain, headers).await;
    let modified =
        found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}-{}\"", found.len(), modified.as_millis(), encoding.unwrap_or("plain"));
    let mut answer = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.insert(name, value);
        }
    };
    put(CONTENT_TYPE, content_type(&name));
    put(CACHE_CONTROL, if is_hashed(&name) { "public, max-age=31536000, immutable" } else { "no-cache" });
    put(ETAG, &etag);
    put(VARY, "Accept-Encoding");
    put(CONTENT_SECURITY_POLICY, APP_POLICY);
    if let Some(encoding) = encoding {
        put(CONTENT_ENCODING, encoding);
    }
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) {
        return Some((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    match tokio::fs::read(&path).await {
        Ok(bytes) => Some((answer, bytes).into_response()),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "a file of the app cannot be read");
            Some(StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
    }
}

/// The precompressed neighbour of a file, if there is one that the client takes and that is not older.
async fn encoded(
    path: &Path,
    plain: std::fs::Metadata,
    headers: &HeaderMap,
) -> (PathBuf, Option<&'static str>, std::fs::Metadata) {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |encoding: &str| {
        accepted.split(',').any(|part| {
            let (name, quality) = part.split_once(';').unwrap_or((part, ""));
            name.trim() == encoding && quality.trim().replace(' ', "") != "q=0"
        })
    };
    for (encoding, extension) in ENCODINGS {
        if !takes(encoding) {
            continue;
        }
        let mut neighbour = path.as_os_str().to_owned();
        neighbour.push(".");
        neighbour.push(extension);
        let neighbour = PathBuf::from(neighbour);
        let Ok(found) = tokio::fs::metadata(&neighbour).await else { continue };
        let is_fresh = match (found.modified(), plain.modified()) {
            (Ok(compressed), Ok(plain)) => compressed >= plain,
            _ => true,
        };
        if found.is_file() && is_fresh {
            return (neighbour, Some(encoding), found);
        }
    }
    (path.to_owned(), None, plain)
}

/// True for a name that changes with its content (`app-0a1b2c3d4e5f6a7b.js`, `app-0a1b2c3d4e5f6a7b_bg.wasm`).
fn is_hashed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem.split(['-', '_']).skip(1).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "ftl" | "txt" | "md" => "text/plain; charset=utf-8",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        for path in [
            "/../secret",
            "/a/../../b",
            "/%2e%2e/secret",
            "/a%2f..%2f..%2fb",
            "/.git/config",
            "/a/.env",
            "/a%00b",
            "/..%5cb",
        ] {
            assert_eq!(relative_path(path), None, "{path}");
        }
        assert_eq!(relative_path("/"), Some(PathBuf::from("index.html")));
        assert_eq!(relative_path("/a/b%20c.js"), Some(PathBuf::from("a/b c.js")));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (name, hashed) in [
            ("app-0a1b2c3d4e5f6a7b.js", true),
            ("app-0a1b2c3d4e5f6a7b_bg.wasm", true),
            ("index.html", false),
            ("worker.js", false),
            ("sw.js", false),
            ("worker_bg.wasm", false),
            ("some-deadbeef.js", false),
        ] {
            assert_eq!(is_hashed(name), hashed, "{name}");
        }
    }
}
