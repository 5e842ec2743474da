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
            StoreError::Blocks(BlocksError::Unanswered { .. }) => FailureKind::StorageSilent,
            StoreError::DamagedPage { .. } => FailureKind::StorageDamaged,
            StoreError::Unsent => FailureKind::UnsentWork,
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
            DecideError::Gone
            | DecideError::MayBeSent
            | DecideError::Overtaken
            | DecideError::NeedsOrder
            | DecideError::RowDeleted => FailureKind::Overtaken,
            DecideError::Store(error) => return error.into(),
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_the_storage_is_a_failure_with_a_way_out_of_its_own() {
        let page = StoreError::DamagedPage { table: "account".into() };
        for (error, kind, way_out) in [
            (BlocksError::Full.into(), FailureKind::StorageFull, "free some space"),
            (BlocksError::Blocked.into(), FailureKind::StorageBlocked, "close the other tabs"),
            (
                BlocksError::Newer { found: 9, known: 1 }.into(),
                FailureKind::StorageNewer,
                "get the newer app",
            ),
            (
                BlocksError::Unanswered { seconds: 15 }.into(),
                FailureKind::StorageSilent,
                "restart the browser",
            ),
            (BlocksError::Lost("gone".to_owned()).into(), FailureKind::Storage, "reload the app"),
            (BlocksError::Closed.into(), FailureKind::Storage, "reload the app"),
            (BlocksError::Backend("DataError".to_owned()).into(), FailureKind::Storage, "DataError"),
            (StoreError::ChangedElsewhere, FailureKind::Storage, "try again"),
            (page, FailureKind::StorageDamaged, "your own changes are kept"),
            (StoreError::Unsent, FailureKind::UnsentWork, "export or discard"),
        ] {
            let failure = Failure::from(error);
            assert_eq!(failure.kind, kind, "{}", failure.message);
            assert!(failure.message.contains(way_out), "{}", failure.message);
        }
    }
}
