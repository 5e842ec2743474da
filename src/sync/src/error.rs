//! Why a sync stopped, and what follows from it.

use crate::TransportError;
use odata::{ODataError, ServiceError};
use store::StoreError;

/// Why a conversation with the server ended early. What was stored until then stays; nothing is lost.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SyncError {
    /// No answer; the same request is made again later.
    #[error("{0}; work goes on locally and the sync resumes by itself")]
    Transport(#[from] TransportError),
    /// The tokens are gone or no longer good.
    #[error("the sign-in has expired; sign in again to sync, local work is kept")]
    SignInNeeded,
    /// The server has no time now.
    #[error("the server is busy (status {status}); the sync resumes by itself")]
    Busy {
        /// 429, 502, 503, 504.
        status: u16,
        /// Milliseconds it asked to wait.
        wait_milliseconds: Option<u64>,
    },
    /// The server refused a question.
    #[error("the server refused “{what}”: {error}")]
    Refused {
        /// What was asked.
        what: String,
        /// Its words.
        error: ServiceError,
    },
    /// The answer could not be understood.
    #[error(
        "the server's answer to “{what}” cannot be read: {reason}; if this stays, the server and the app do not fit together"
    )]
    Unreadable {
        /// What was asked.
        what: String,
        /// Why.
        reason: String,
    },
    /// The local database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SyncError {
    /// The answer to `what` could not be understood.
    #[must_use]
    pub fn unreadable(what: &str, error: &ODataError) -> Self {
        Self::Unreadable { what: what.to_owned(), reason: error.to_string() }
    }

    /// What shall be kept on the device, as JSON; a value that has none is an error, never an empty record.
    pub(crate) fn to_record<T: serde::Serialize>(record: &str, value: &T) -> Result<Vec<u8>, Self> {
        serde_json::to_vec(value).map_err(|error| {
            Self::Store(StoreError::UnwritableRecord { record: record.to_owned(), reason: error.to_string() })
        })
    }
}
