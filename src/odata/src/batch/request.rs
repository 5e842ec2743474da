//! Batches on their way to the service.

use crate::batch::multipart::{
    Message, bad, boundary_of, fresh_boundary, header, read_message, read_part, split_parts, write_headers,
    write_line,
};
use crate::batch::{Batch, ChangeSetRequest, ContentRequest, RequestPart};
use crate::error::{ODataError, limits};
use crate::headers::Prefer;
use crate::http::{HttpRequest, Method};
use crate::names::SERVICE_PATH;

const REQUEST_ID: &str = "repeatability-request-id";

/// The request that carries the batch.
#[must_use]
pub fn write_request(batch: &Batch) -> HttpRequest {
    let bodies: Vec<&[u8]> = batch
        .parts
        .iter()
        .flat_map(|part| match part {
            RequestPart::Single(request) => vec![request.body.as_slice()],
            RequestPart::ChangeSet(set) => {
                set.changes.iter().map(|change| change.request.body.as_slice()).collect()
            }
        })
        .collect();
    let boundary = fresh_boundary("batch", bodies.iter().copied());
    let mut body = Vec::new();
    for part in &batch.parts {
        write_line(&format!("--{boundary}"), &mut body);
        match part {
            RequestPart::Single(request) => write_single(request, None, &mut body),
            RequestPart::ChangeSet(set) => write_change_set(set, &mut body),
        }
    }
    write_line(&format!("--{boundary}--"), &mut body);
    let mut headers = vec![
        ("content-type".to_owned(), format!("multipart/mixed; boundary={boundary}")),
        ("accept".to_owned(), "application/json".to_owned()),
        ("odata-version".to_owned(), "4.0".to_owned()),
        ("odata-maxversion".to_owned(), "4.0".to_owned()),
    ];
    if batch.continue_on_error {
        headers.push(("prefer".to_owned(), "odata.continue-on-error".to_owned()));
    }
    HttpRequest { method: Method::Post, target: format!("{SERVICE_PATH}$batch"), headers, body }
}

fn write_change_set(set: &ChangeSetRequest, out: &mut Vec<u8>) {
    let bodies = set.changes.iter().map(|change| change.request.body.as_slice());
    let boundary = fresh_boundary("changeset", bodies);
    write_line(&format!("Content-Type: multipart/mixed; boundary={boundary}"), out);
    if let Some(id) = &set.request_id {
        write_line(&format!("Repeatability-Request-ID: {id}"), out);
    }
    write_line("", out);
    for change in &set.changes {
        write_line(&format!("--{boundary}"), out);
        write_single(&change.request, Some(&change.content_id), out);
    }
    write_line(&format!("--{boundary}--"), out);
}

fn write_single(request: &HttpRequest, content_id: Option<&str>, out: &mut Vec<u8>) {
    write_line("Content-Type: application/http", out);
    write_line("Content-Transfer-Encoding: binary", out);
    if let Some(id) = content_id {
        write_line(&format!("Content-ID: {id}"), out);
    }
    write_line("", out);
    write_line(&format!("{} {} HTTP/1.1", method_name(request.method), request.target), out);
    write_headers(&request.headers, out);
    out.extend_from_slice(&request.body);
    write_line("", out);
}

const fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

/// Reads the batch out of a request: its `Content-Type`, its `Prefer`, its body.
///
/// # Errors
/// Names the part and what is wrong with it.
pub fn read_request(request: &HttpRequest) -> Result<Batch, ODataError> {
    let whole = "the request";
    let content_type = header(&request.headers, "content-type").unwrap_or_default();
    let boundary = boundary_of(content_type, whole)?
        .ok_or_else(|| bad(whole, "its Content-Type must be multipart/mixed with a boundary"))?;
    let prefer = header(&request.headers, "prefer").map(Prefer::parse).unwrap_or_default();
    let mut batch = Batch { parts: Vec::new(), continue_on_error: prefer.continue_on_error };
    let mut operations = 0;
    for (index, bytes) in split_parts(&request.body, boundary, whole)?.into_iter().enumerate() {
        let name = format!("part {}", index + 1);
        let part = read_part(bytes, &name)?;
        let content_type = header(&part.headers, "content-type").unwrap_or_default();
        let read = match boundary_of(content_type, &name)? {
            Some(boundary) => {
                let set = read_change_set(&part, boundary, &name)?;
                operations += set.changes.len();
                RequestPart::ChangeSet(set)
            }
            None => {
                operations += 1;
                RequestPart::Single(read_single(&part, &name)?)
            }
        };
        batch.parts.push(read);
        if operations > limits::BATCH_OPERATIONS {
            return Err(ODataError::TooMuch {
                what: "the number of operations in the batch",
                limit: limits::BATCH_OPERATIONS,
            });
        }
    }
    Ok(batch)
}

fn read_change_set(part: &Message<'_>, boundary: &str, name: &str) -> Result<ChangeSetRequest, ODataError> {
    let request_id = header(&part.headers, REQUEST_ID).map(str::to_owned);
    let mut changes: Vec<ContentRequest> = Vec::new();
    for (index, bytes) in split_parts(part.body, boundary, name)?.into_iter().enumerate() {
        let name = format!("{name}, change {}", index + 1);
        let change = read_part(bytes, &name)?;
        let content_id = header(&change.headers, "content-id")
            .filter(|id| !id.is_empty())
            .ok_or_else(|| bad(&name, "a change needs a Content-ID header"))?
            .to_owned();
        if changes.iter().any(|earlier| earlier.content_id == content_id) {
            return Err(bad(&name, format!("the Content-ID {content_id} was used before")));
        }
        let request = read_single(&change, &name)?;
        if request.method == Method::Get {
            return Err(bad(&name, "a change set must not contain GET"));
        }
        changes.push(ContentRequest { content_id, request });
    }
    Ok(ChangeSetRequest { request_id, changes })
}

fn read_single(part: &Message<'_>, name: &str) -> Result<HttpRequest, ODataError> {
    let content_type = header(&part.headers, "content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/http") {
        return Err(bad(name, format!("its Content-Type is “{content_type}” instead of application/http")));
    }
    let message = read_message(part.body, name)?;
    let mut words = message.first_line.split_ascii_whitespace();
    let (method, target, version) = (words.next(), words.next(), words.next());
    let method = match method.unwrap_or_default() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PATCH" => Method::Patch,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        other => return Err(bad(name, format!("the method “{other}” is not known"))),
    };
    let (Some(target), Some("HTTP/1.1"), None) = (target, version, words.next()) else {
        return Err(bad(name, "its first line must be “METHOD address HTTP/1.1”"));
    };
    let is_complete = target.starts_with(['/', '$']) || target.contains("://");
    let target = if is_complete { target.to_owned() } else { format!("{SERVICE_PATH}{target}") };
    Ok(HttpRequest { method, target, headers: message.headers, body: message.body.to_vec() })
}
