//! Every address the server answers.

use crate::app::App;
use crate::{assets, extras, headers, sign_in, web_api};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use tower_http::compression::CompressionLayer;

/// Most bytes of a request: a batch of notes with files.
const LARGEST_BODY_BYTES: usize = 64 * 1024 * 1024;
/// Most bytes of a form that anybody may send: what was typed is remembered for a while when it was wrong.
const LARGEST_FORM_BYTES: usize = 16 * 1024;

/// The routes with everything around them.
pub fn router(app: App) -> Router {
    let forms = Router::new()
        .route("/oauth2/v2.0/authorize", get(sign_in::show_page).post(sign_in::take_password))
        .route("/oauth2/v2.0/token", post(sign_in::token))
        .route("/{tenant}/oauth2/v2.0/token", post(sign_in::token))
        .route("/oauth2/style.css", get(sign_in::style))
        .route("/setup", get(sign_in::show_setup).post(sign_in::set_up))
        .layer(DefaultBodyLimit::max(LARGEST_FORM_BYTES));
    let routes = Router::new()
        .route("/api/data/v9.2", any(web_api::handle))
        .route("/api/data/v9.2/", any(web_api::handle))
        .route("/api/data/v9.2/{*path}", any(web_api::handle))
        .route("/api/valise/v1/me", get(extras::me))
        .route("/api/valise/v1/metadata", get(extras::metadata))
        .merge(forms)
        .fallback(assets::serve);
    // Rows pack to a tenth of their size; on one machine that would cost more time than it saves.
    let routes =
        if app.options().host.is_loopback() { routes } else { routes.layer(CompressionLayer::new()) };
    routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(from_fn_with_state(app.clone(), headers::cross_origin))
        .layer(from_fn(headers::secure))
        .with_state(app)
}
