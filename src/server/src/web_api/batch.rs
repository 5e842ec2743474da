//! `$batch`: the parts in order, each change set in a transaction of its own.

use super::dispatch;
use super::request::Context;
use super::write::{Part, together};
use crate::error::Answered;
use odata::Resource;
use odata::batch::{
    AnswerPart, BatchAnswer, ChangeSetAnswer, ChangeSetRequest, ContentResponse, RequestPart, read_request,
    write_response,
};
use odata::http::{HttpRequest, HttpResponse, Method};

/// The answer to a batch.
pub async fn run(context: &Context<'_>, request: &HttpRequest) -> Answered<HttpResponse> {
    if request.method != Method::Post {
        return Err(super::not_allowed("this method"));
    }
    let batch = read_request(request)?;
    let mut answer = BatchAnswer { status: 200, parts: Vec::with_capacity(batch.parts.len()) };
    for part in &batch.parts {
        let answered = match part {
            RequestPart::Single(request) => AnswerPart::Single(single(context, request).await),
            RequestPart::ChangeSet(set) => change_set(context, set).await,
        };
        let failed = answered.failure().map(|response| response.status);
        answer.parts.push(answered);
        if let Some(status) = failed
            && !batch.continue_on_error
        {
            answer.status = status;
            break;
        }
    }
    Ok(write_response(&answer))
}

async fn single(context: &Context<'_>, request: &HttpRequest) -> HttpResponse {
    let is_batch = odata::parse_path(&request.target, context.app.metadata()) == Ok(Resource::Batch);
    let answered = if is_batch {
        Err(super::not_allowed("a batch inside a batch"))
    } else {
        Box::pin(dispatch(context, request)).await
    };
    answered.unwrap_or_else(|failure| failure.into_service_error().to_response())
}

async fn change_set(context: &Context<'_>, set: &ChangeSetRequest) -> AnswerPart {
    let parts: Vec<Part<'_>> = set
        .changes
        .iter()
        .map(|change| Part { content_id: change.content_id.as_str(), request: &change.request })
        .collect();
    match together(context, &parts, set.request_id.as_deref()).await {
        Ok(outcome) => AnswerPart::ChangeSet(ChangeSetAnswer {
            result: outcome.is_repeatable.then(|| "accepted".to_owned()),
            changes: set
                .changes
                .iter()
                .zip(outcome.answers)
                .map(|(change, response)| ContentResponse { content_id: change.content_id.clone(), response })
                .collect(),
        }),
        Err(failure) => AnswerPart::Single(failure.into_service_error().to_response()),
    }
}
