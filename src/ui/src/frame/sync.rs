//! The globe in the top bar: whether work reaches the server, and how much waits.

use crate::format::formats;
use crate::kit::Icon;
use crate::locale::{fill, text};
use crate::route::Place;
use crate::session::use_session;
use client::message::{SyncPhase, SyncProblem, SyncProblemKind, SyncStatus};
use leptos::prelude::*;

/// The value of `data-state`.
pub fn state_name(sync: &SyncStatus) -> &'static str {
    let is_stuck = |problem: &SyncProblem| {
        matches!(problem.kind, SyncProblemKind::StorageFull | SyncProblemKind::Storage)
    };
    match sync.phase {
        // What comes cannot be kept: the user has to make room, with or without a network.
        _ if sync.problem.as_ref().is_some_and(is_stuck) => "attention",
        SyncPhase::Offline => "offline",
        SyncPhase::SignInNeeded | SyncPhase::Planned => "attention",
        _ if sync.parked > 0 => "attention",
        SyncPhase::First { .. } | SyncPhase::Pushing | SyncPhase::Pulling => "syncing",
        SyncPhase::Idle if sync.problem.is_some() => "attention",
        // The server has not answered, or not with everything: nothing may be called up to date yet.
        SyncPhase::Starting => "syncing",
        SyncPhase::Idle if sync.synced_at.is_none() => "syncing",
        SyncPhase::Idle => "online",
    }
}

/// Something is under way.
pub const fn is_syncing(sync: &SyncStatus) -> bool {
    matches!(sync.phase, SyncPhase::First { .. } | SyncPhase::Pushing | SyncPhase::Pulling)
}

/// The state in one line.
pub fn sync_line(sync: &SyncStatus) -> String {
    let phase = match &sync.phase {
        SyncPhase::Idle if sync.problem.is_some() => text("sync.trouble"),
        SyncPhase::Idle if sync.pending > 0 => text("sync.online"),
        SyncPhase::Idle if sync.synced_at.is_none() => text("sync.first"),
        SyncPhase::Idle => text("sync.idle"),
        SyncPhase::Starting => text("sync.starting"),
        SyncPhase::Offline => text("sync.offline"),
        SyncPhase::First { .. } => text("sync.first"),
        SyncPhase::Pushing => text("sync.pushing"),
        SyncPhase::Pulling => text("sync.pulling"),
        SyncPhase::SignInNeeded => text("sync.sign-in"),
        SyncPhase::Planned => text("sync.planned"),
    };
    let mut parts = vec![phase.to_owned()];
    match sync.pending {
        0 => {}
        1 => parts.push(text("sync.pending-one").to_owned()),
        count => parts.push(fill("sync.pending", &[("count", &formats().integer(i64::from(count)))])),
    }
    match sync.parked {
        0 => {}
        1 => parts.push(text("sync.parked-one").to_owned()),
        count => parts.push(fill("sync.parked", &[("count", &formats().integer(i64::from(count)))])),
    }
    parts.join(" · ")
}

/// What went wrong, in words with the way out.
pub fn problem_line(problem: &SyncProblem) -> &'static str {
    match problem.kind {
        SyncProblemKind::Busy => text("sync-problem.busy"),
        SyncProblemKind::Refused => text("sync-problem.refused"),
        SyncProblemKind::Unreadable => text("sync-problem.unreadable"),
        SyncProblemKind::RowsLeftOut => text("sync-problem.rows-left-out"),
        SyncProblemKind::StorageFull => text("sync-problem.storage-full"),
        SyncProblemKind::Storage => text("sync-problem.storage"),
        SyncProblemKind::Intercepted => text("sync-problem.intercepted"),
        SyncProblemKind::TimedOut => text("sync-problem.timed-out"),
        SyncProblemKind::Unreachable => text("sync-problem.unreachable"),
    }
}

/// The globe; it leads to the offline page.
#[component]
pub fn SyncIndicator() -> impl IntoView {
    let session = use_session();
    let state = move || session.sync.with(state_name);
    let line = move || session.sync.with(sync_line);
    let icon = Signal::derive(move || {
        match state() {
            "offline" => "cloud_off",
            "attention" => "warning",
            "syncing" => "arrow_sync",
            _ => "globe",
        }
        .to_owned()
    });
    let pending = move || session.sync.with(|sync| sync.pending);
    let address = move || match session.address.place().with(|place| place.app().cloned()) {
        Some(app) => Place::Offline(app).address(),
        None => session.home_app.get().map_or_else(|| "/".to_owned(), |app| Place::Offline(app).address()),
    };
    view! {
        <a
            class="button subtle icon-only sync-indicator"
            href=address
            data-state=state
            data-pending=move || pending().to_string()
            aria-label=line
            title=line
        >
            <Icon name=icon/>
            {move || (pending() > 0).then(|| view! { <span class="badge" aria-hidden="true">{pending()}</span> })}
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_the_user_stands_before_what_goes_by_itself() {
        let status = |phase, parked, kind: Option<SyncProblemKind>| SyncStatus {
            phase,
            parked,
            problem: kind.map(|kind| SyncProblem { kind, detail: String::new() }),
            synced_at: Some(model::Timestamp::from_milliseconds(0)),
            ..SyncStatus::default()
        };
        for (sync, expected) in [
            (status(SyncPhase::Idle, 0, None), "online"),
            (status(SyncPhase::Starting, 0, None), "syncing"),
            (status(SyncPhase::Starting, 1, None), "attention"),
            (status(SyncPhase::Idle, 0, Some(SyncProblemKind::Refused)), "attention"),
            (status(SyncPhase::Idle, 1, None), "attention"),
            (status(SyncPhase::Pulling, 1, None), "attention"),
            (status(SyncPhase::Pulling, 0, None), "syncing"),
            (status(SyncPhase::Pulling, 0, Some(SyncProblemKind::Busy)), "syncing"),
            (status(SyncPhase::Offline, 1, None), "offline"),
            (status(SyncPhase::Offline, 0, Some(SyncProblemKind::Busy)), "offline"),
            (status(SyncPhase::Offline, 0, Some(SyncProblemKind::StorageFull)), "attention"),
            (status(SyncPhase::Pushing, 0, Some(SyncProblemKind::Storage)), "attention"),
            (status(SyncPhase::SignInNeeded, 0, None), "attention"),
            (status(SyncPhase::Planned, 0, None), "attention"),
        ] {
            assert_eq!(state_name(&sync), expected, "{sync:?}");
        }
    }

    #[test]
    fn nothing_is_called_up_to_date_while_something_is_unsent_or_went_wrong() {
        let synced_at = Some(model::Timestamp::from_milliseconds(0));
        let clean = SyncStatus { synced_at, phase: SyncPhase::Idle, ..SyncStatus::default() };
        let all_well = text("sync.idle");
        assert_eq!(sync_line(&clean), all_well);
        let problem = Some(SyncProblem { kind: SyncProblemKind::Busy, detail: String::new() });
        for other in [
            SyncStatus { pending: 1, ..clean.clone() },
            SyncStatus { problem, ..clean.clone() },
            SyncStatus { synced_at: None, ..clean.clone() },
            SyncStatus { phase: SyncPhase::Starting, ..clean.clone() },
            SyncStatus { phase: SyncPhase::Pushing, ..clean.clone() },
            SyncStatus { phase: SyncPhase::Pulling, ..clean.clone() },
            SyncStatus { phase: SyncPhase::Offline, ..clean.clone() },
            SyncStatus { phase: SyncPhase::SignInNeeded, ..clean.clone() },
        ] {
            assert!(!sync_line(&other).contains(all_well), "{other:?}");
        }
    }

    #[test]
    fn nothing_is_called_up_to_date_before_the_server_has_answered() {
        let synced_at = Some(model::Timestamp::from_milliseconds(0));
        for (phase, synced_at, expected) in [
            (SyncPhase::Starting, None, "syncing"),
            (SyncPhase::Starting, synced_at, "syncing"),
            (SyncPhase::Idle, None, "syncing"),
            (SyncPhase::Idle, synced_at, "online"),
        ] {
            assert_eq!(state_name(&SyncStatus { phase, synced_at, ..SyncStatus::default() }), expected);
        }
    }
}
