//! `$batch`: several requests in one, change sets applied all together or not at all.

mod multipart;
mod request;
mod response;

use crate::http::{HttpRequest, HttpResponse};

pub use request::{read_request, write_request};
pub use response::{read_response, write_response};

/// A batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The parts in order.
    pub parts: Vec<RequestPart>,
    /// Parts after a failed one are still executed.
    pub continue_on_error: bool,
}

/// A part of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestPart {
    /// One request on its own.
    Single(HttpRequest),
    /// Writes that happen all together or not at all.
    ChangeSet(ChangeSetRequest),
}

/// Writes that happen all together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSetRequest {
    /// `Repeatability-Request-ID`: the service does it once, however often it is sent.
    pub request_id: Option<String>,
    /// The writes in order.
    pub changes: Vec<ContentRequest>,
}

/// One write of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentRequest {
    /// `Content-ID`: what later writes call `$1`.
    pub content_id: String,
    /// The write.
    pub request: HttpRequest,
}

/// The answer to a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchAnswer {
    /// The status of the whole: 200, or the first failure's unless errors are passed over.
    pub status: u16,
    /// The answers in the order of the parts; parts after a failure may be missing.
    pub parts: Vec<AnswerPart>,
}

/// The answer to a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerPart {
    /// To a request, or the one refusal of a whole change set.
    Single(HttpResponse),
    /// To a change set that was accepted.
    ChangeSet(ChangeSetAnswer),
}

/// The answer to a change set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSetAnswer {
    /// `Repeatability-Result`
    pub result: Option<String>,
    /// The answers in the order of the writes.
    pub changes: Vec<ContentResponse>,
}

/// The answer to one write of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentResponse {
    /// The write's `Content-ID`.
    pub content_id: String,
    /// The answer.
    pub response: HttpResponse,
}

impl AnswerPart {
    /// The first answer in it that is a refusal. Some services put a change set's refusal inside, some in its place.
    #[must_use]
    pub fn failure(&self) -> Option<&HttpResponse> {
        let is_failure = |response: &&HttpResponse| response.status >= 400;
        match self {
            Self::Single(response) => Some(response).filter(is_failure),
            Self::ChangeSet(answer) => answer.changes.iter().map(|change| &change.response).find(is_failure),
        }
    }
}

#[cfg(test)]
mod tests;
