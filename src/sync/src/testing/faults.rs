//! Everything that can come in place of an answer.

use crate::TransportError;
use odata::ServiceError;
use odata::http::HttpResponse;

/// What comes in place of an answer.
pub type Fault = Result<HttpResponse, TransportError>;

/// The service refuses.
pub fn refusal(status: u16, code: &str) -> HttpResponse {
    ServiceError::new(status, code, "no").to_response()
}

/// The service refuses and says when to come again.
pub fn refusal_until(status: u16, retry_after: &str) -> HttpResponse {
    let mut response = refusal(status, "");
    response.headers.push(("retry-after".to_owned(), retry_after.to_owned()));
    response
}

/// A page for people.
pub fn web_page(status: u16) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    HttpResponse { status, headers, body: b"<html><body>Welcome aboard</body></html>".to_vec() }
}

/// The first half of an answer.
pub fn half(mut response: HttpResponse) -> HttpResponse {
    response.body.truncate(response.body.len() / 2);
    response
}

/// A connection that broke.
pub fn broken(reason: &str) -> Fault {
    Err(TransportError::Unreachable(reason.to_owned()))
}
