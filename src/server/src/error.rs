//! From failures inside to refusals that clients understand: the one place where they are translated.

use crate::random::NoRandomness;
use odata::{ServiceError, codes};
use sales::{Invalid, InvalidKind, SalesError};
use store_sql::StoreError;

/// What every handler gives back.
pub type Answered<T> = Result<T, Failure>;

/// Why a request is not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Refused, with the answer for the client.
    #[error(transparent)]
    Refused(#[from] ServiceError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address, options or body cannot be understood.
    #[error(transparent)]
    OData(#[from] odata::ODataError),
    /// The question cannot be bound.
    #[error(transparent)]
    Query(#[from] query::QueryError),
    /// A value does not fit.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A command's rule.
    #[error(transparent)]
    Sales(#[from] SalesError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A value could not be written as JSON.
    #[error("an answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// A refusal.
    pub fn refuse(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::Refused(ServiceError::new(status, code, message))
    }

    /// True when nothing was changed and the same transaction may work a moment later.
    pub const fn may_be_repeated(&self) -> bool {
        matches!(self, Self::Store(StoreError::Busy | StoreError::Outdated))
    }

    /// True when a row of the same id was made before.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Store(StoreError::Duplicate { .. }) => true,
            Self::Refused(error) => error.code == codes::DUPLICATE_RECORD,
            _ => false,
        }
    }

    /// The answer for the client. What the client cannot know about is logged here, and only here.
    pub fn into_service_error(self) -> ServiceError {
        match self {
            Self::Refused(error) => error,
            Self::OData(error) => error.into(),
            Self::Query(error) => ServiceError::new(400, codes::WEB_API_FAILURE, error.to_string()),
            Self::Invalid(error) => invalid(&error),
            Self::Sales(SalesError::Invalid(error)) => invalid(&error),
            Self::Sales(error @ SalesError::NotAllowed { .. }) => {
                ServiceError::new(403, codes::PRIVILEGE_DENIED, error.to_string())
            }
            Self::Sales(error) => ServiceError::new(400, codes::INVALID_ARGUMENT, error.to_string()),
            Self::Store(error) => store(error),
            error @ (Self::Random(_) | Self::Json(_)) => unexpected(&error),
        }
    }
}

fn invalid(error: &Invalid) -> ServiceError {
    let code = match error.kind {
        InvalidKind::TooLong => codes::STRING_LENGTH_TOO_LONG,
        InvalidKind::StatusOfOtherState => codes::INVALID_STATE_CODE_STATUS_CODE,
        _ => codes::INVALID_ARGUMENT,
    };
    ServiceError::new(400, code, format!("{}: {error}", error.column))
}

fn store(error: StoreError) -> ServiceError {
    let (status, code) = match &error {
        StoreError::NotFound { .. } => (404, codes::OBJECT_DOES_NOT_EXIST),
        StoreError::Duplicate { .. } => (412, codes::DUPLICATE_RECORD),
        StoreError::VersionMismatch { .. } => (412, codes::CONCURRENCY_VERSION_MISMATCH),
        StoreError::Expired => (410, codes::EXPIRED_VERSION_STAMP),
        StoreError::Busy | StoreError::Outdated => (503, codes::UNEXPECTED),
        StoreError::UnknownTable(_) => (404, codes::RESOURCE_NOT_FOUND),
        StoreError::UnknownColumn { .. }
        | StoreError::UnknownAlias(_)
        | StoreError::Derived(_)
        | StoreError::ValueMismatch { .. }
        | StoreError::OutOfRange { .. }
        | StoreError::UnfitText
        | StoreError::Unconvertible { .. }
        | StoreError::UnfitName(_)
        | StoreError::UnfitTest { .. } => (400, codes::INVALID_ARGUMENT),
        StoreError::NewerSchema { .. }
        | StoreError::UnknownAddress
        | StoreError::Corrupt(_)
        | StoreError::Backend(_) => return unexpected(&error),
    };
    ServiceError::new(status, code, error.to_string())
}

fn unexpected(error: &dyn std::error::Error) -> ServiceError {
    tracing::error!(%error, "a request failed inside the server");
    ServiceError::new(
        500,
        codes::UNEXPECTED,
        "the server failed; its log says why. Trying again later may help.",
    )
}
