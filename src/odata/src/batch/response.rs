//! Answers to batches on their way back.

use crate::batch::multipart::{
    Message, bad, boundary_of, fresh_boundary, header, read_message, read_part, split_parts, write_headers,
    write_line,
};
use crate::batch::{AnswerPart, BatchAnswer, ChangeSetAnswer, ContentResponse};
use crate::error::ODataError;
use crate::http::HttpResponse;

const RESULT: &str = "repeatability-result";

/// The response that carries the answer.
#[must_use]
pub fn write_response(answer: &BatchAnswer) -> HttpResponse {
    let bodies: Vec<&[u8]> = answer
        .parts
        .iter()
        .flat_map(|part| match part {
            AnswerPart::Single(response) => vec![response.body.as_slice()],
            AnswerPart::ChangeSet(set) => {
                set.changes.iter().map(|change| change.response.body.as_slice()).collect()
            }
        })
        .collect();
    let boundary = fresh_boundary("batchresponse", bodies.iter().copied());
    let mut body = Vec::new();
    for part in &answer.parts {
        write_line(&format!("--{boundary}"), &mut body);
        match part {
            AnswerPart::Single(response) => write_single(response, None, &mut body),
            AnswerPart::ChangeSet(set) => write_change_set(set, &mut body),
        }
    }
    write_line(&format!("--{boundary}--"), &mut body);
    HttpResponse {
        status: answer.status,
        headers: vec![
            ("content-type".to_owned(), format!("multipart/mixed; boundary={boundary}")),
            ("odata-version".to_owned(), "4.0".to_owned()),
        ],
        body,
    }
}

fn write_change_set(set: &ChangeSetAnswer, out: &mut Vec<u8>) {
    let bodies = set.changes.iter().map(|change| change.response.body.as_slice());
    let boundary = fresh_boundary("changesetresponse", bodies);
    write_line(&format!("Content-Type: multipart/mixed; boundary={boundary}"), out);
    if let Some(result) = &set.result {
        write_line(&format!("Repeatability-Result: {result}"), out);
    }
    write_line("", out);
    for change in &set.changes {
        write_line(&format!("--{boundary}"), out);
        write_single(&change.response, Some(&change.content_id), out);
    }
    write_line(&format!("--{boundary}--"), out);
}

fn write_single(response: &HttpResponse, content_id: Option<&str>, out: &mut Vec<u8>) {
    write_line("Content-Type: application/http", out);
    write_line("Content-Transfer-Encoding: binary", out);
    if let Some(id) = content_id {
        write_line(&format!("Content-ID: {id}"), out);
    }
    write_line("", out);
    write_line(&format!("HTTP/1.1 {} {}", response.status, reason(response.status)), out);
    write_headers(&response.headers, out);
    out.extend_from_slice(&response.body);
    write_line("", out);
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// Reads the answer out of a response to a batch.
///
/// # Errors
/// Names the part and what is wrong with it. A response that is no multipart body (the refusal of the whole batch) is
/// an error too: look at its status first.
pub fn read_response(response: &HttpResponse) -> Result<BatchAnswer, ODataError> {
    let whole = "the response";
    let content_type = response.header("content-type").unwrap_or_default();
    let boundary = boundary_of(content_type, whole)?
        .ok_or_else(|| bad(whole, "its Content-Type must be multipart/mixed with a boundary"))?;
    let mut parts = Vec::new();
    for (index, bytes) in split_parts(&response.body, boundary, whole)?.into_iter().enumerate() {
        let name = format!("part {}", index + 1);
        let part = read_part(bytes, &name)?;
        let content_type = header(&part.headers, "content-type").unwrap_or_default();
        parts.push(match boundary_of(content_type, &name)? {
            Some(boundary) => AnswerPart::ChangeSet(read_change_set(&part, boundary, &name)?),
            None => AnswerPart::Single(read_single(&part, &name)?),
        });
    }
    Ok(BatchAnswer { status: response.status, parts })
}

fn read_change_set(part: &Message<'_>, boundary: &str, name: &str) -> Result<ChangeSetAnswer, ODataError> {
    let mut changes = Vec::new();
    for (index, bytes) in split_parts(part.body, boundary, name)?.into_iter().enumerate() {
        let name = format!("{name}, change {}", index + 1);
        let change = read_part(bytes, &name)?;
        let content_id = header(&change.headers, "content-id").unwrap_or_default().to_owned();
        changes.push(ContentResponse { content_id, response: read_single(&change, &name)? });
    }
    Ok(ChangeSetAnswer { result: header(&part.headers, RESULT).map(str::to_owned), changes })
}

fn read_single(part: &Message<'_>, name: &str) -> Result<HttpResponse, ODataError> {
    let message = read_message(part.body, name)?;
    let mut words = message.first_line.split_ascii_whitespace();
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/"));
    let status = words.next().and_then(|status| status.parse().ok()).filter(|_| is_http);
    let status = status.ok_or_else(|| bad(name, "its first line must be “HTTP/1.1 status reason”"))?;
    Ok(HttpResponse { status, headers: message.headers, body: message.body.to_vec() })
}
