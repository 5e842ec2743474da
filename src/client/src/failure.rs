//! Inner errors as the failures a screen can act on: the one place where they are turned.

use crate::message::{Failure, FailureKind};
use query::QueryError;
use sales::SalesError;
use store::{BlocksError, StoreError};
use sync::{DecideError, SyncError};

impl Failure {
    /// A failure that is about no column.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), column: None, saved: Vec::new() }
    }

    /// A screen asked for a definition that is not there.
    #[must_use]
    pub(crate) fn no_definition(what: &str, name: &str) -> Self {
        let message =
            format!("there is no {what} “{name}” on this device; sync to get the present definitions");
        Self::new(FailureKind::NotFound, message)
    }

    /// Nobody is signed in on this device.
    #[must_use]
    pub(crate) fn signed_out() -> Self {
        Self::new(FailureKind::SignInNeeded, "nobody is signed in on this device; sign in first")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Blocks(BlocksError::Newer { .. }) => FailureKind::StorageNewer,
            StoreError::Blocks(BlocksError::Full) => FailureKind::StorageFull,
            StoreError::Blocks(BlocksError::Blocked) => FailureKind::StorageBlocked,
            StoreError::UnknownTable(_) | StoreError::UnknownEntry(_) => FailureKind::NotFound,
            StoreError::UnknownColumn { .. }
            | StoreError::UnknownAlias(_)
            | StoreError::WrongTable { .. } => FailureKind::Internal,
            _ => FailureKind::Storage,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<BlocksError> for Failure {
    fn from(error: BlocksError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        let kind = match error {
            SyncError::Transport(_) | SyncError::Busy { .. } => FailureKind::Offline,
            SyncError::SignInNeeded => FailureKind::SignInNeeded,
            SyncError::Store(error) => return error.into(),
            SyncError::Refused { ref error, .. } if matches!(error.status, 400 | 401) => {
                FailureKind::SignInNeeded
            }
            SyncError::Refused { ref error, .. } if error.status == 403 => FailureKind::NotAllowed,
            SyncError::Refused { .. } | SyncError::Unreadable { .. } => FailureKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<SalesError> for Failure {
    fn from(error: SalesError) -> Self {
        let kind = match &error {
            SalesError::NotAvailable { .. }
            | SalesError::NotAllowed { .. }
            | SalesError::Closed { .. }
            | SalesError::NoTransition { .. } => FailureKind::NotAllowed,
            SalesError::NoRow { .. } => FailureKind::NotFound,
            _ => FailureKind::Invalid,
        };
        Self { kind, column: error.column().cloned(), message: error.to_string(), saved: Vec::new() }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::new(FailureKind::Invalid, error.to_string())
    }
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        let kind = match error {
            DecideError::Gone => FailureKind::NotFound,
            DecideError::MayBeSent | DecideError::RowDeleted => FailureKind::NotAllowed,
            DecideError::Store(error) => return error.into(),
        };
        Self::new(kind, error.to_string())
    }
}
