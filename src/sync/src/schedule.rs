//! When to sync next, and how long to leave a server alone that cannot answer.

use model::Timestamp;

/// Milliseconds between two syncs when nothing happens.
pub const INTERVAL_MILLISECONDS: i64 = 5 * 60_000;

/// The first wait after a failure, in milliseconds; it doubles with every further one.
const FIRST_WAIT_MILLISECONDS: u64 = 2_000;

/// The longest wait between two tries, in milliseconds.
const LONGEST_WAIT_MILLISECONDS: u64 = 5 * 60_000;

/// A wait beyond this, in milliseconds, comes from a clock that was set back, not from a server.
const LONGEST_PATIENCE_MILLISECONDS: i64 = 60 * 60_000;

/// What the schedule knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScheduleState {
    /// Somebody is signed in and the tokens are good, as far as known.
    pub is_signed_in: bool,
    /// What the browser last said; it may be wrong in both directions.
    pub is_online: bool,
    /// Own work is waiting, the user asked for a sync, the page came back, the first sync is not complete.
    pub is_wanted: bool,
    /// The last complete sync.
    pub synced_at: Option<Timestamp>,
    /// When the last sync was begun, complete or not.
    pub tried_at: Option<Timestamp>,
    /// Not before this: the wait after a failure, or what the server asked for.
    pub not_before: Option<Timestamp>,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sync at once.
    Sync,
    /// Look again at this time, or when something happens.
    WaitUntil(Timestamp),
    /// Nothing can be done before something happens.
    WaitForEvent,
}

/// Decides what to do now.
#[must_use]
pub fn plan_next(now: Timestamp, state: &ScheduleState) -> Action {
    if !state.is_signed_in {
        return Action::WaitForEvent;
    }
    let latest = now.plus_milliseconds(LONGEST_PATIENCE_MILLISECONDS);
    if let Some(not_before) = state.not_before.filter(|time| *time > now && *time < latest) {
        return Action::WaitUntil(not_before);
    }
    if !state.is_online {
        return after_interval(now, state.tried_at);
    }
    if state.is_wanted {
        return Action::Sync;
    }
    after_interval(now, state.synced_at)
}

fn after_interval(now: Timestamp, last: Option<Timestamp>) -> Action {
    let due = last.filter(|last| *last <= now).map(|last| last.plus_milliseconds(INTERVAL_MILLISECONDS));
    due.filter(|due| *due > now).map_or(Action::Sync, Action::WaitUntil)
}

/// How many milliseconds to wait after the `failures`-th failure in a row (the first is 1).
///
/// Between half and all of a doubling time, by the random bits, so that a fleet of devices does not come back at once.
#[must_use]
pub fn back_off_milliseconds(failures: u32, random_bits: u128) -> u64 {
    let doublings = failures.saturating_sub(1).min(20);
    let longest = (FIRST_WAIT_MILLISECONDS << doublings).min(LONGEST_WAIT_MILLISECONDS);
    let half = longest / 2;
    half + u64::try_from(random_bits % u128::from(half + 1)).unwrap_or(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_action_is_what_the_table_says() {
        let at = |minutes: i64| Timestamp::from_milliseconds(minutes * 60_000);
        let quiet = ScheduleState {
            is_signed_in: true,
            is_online: true,
            is_wanted: false,
            synced_at: Some(at(100)),
            tried_at: Some(at(100)),
            not_before: None,
        };
        let cases = [
            ("nobody is signed in", ScheduleState { is_signed_in: false, ..quiet }, Action::WaitForEvent),
            ("just synced", quiet, Action::WaitUntil(at(105))),
            ("own work waits", ScheduleState { is_wanted: true, ..quiet }, Action::Sync),
            ("never synced", ScheduleState { synced_at: None, ..quiet }, Action::Sync),
            ("the interval is over", ScheduleState { synced_at: Some(at(90)), ..quiet }, Action::Sync),
            ("the clock was set back", ScheduleState { synced_at: Some(at(900)), ..quiet }, Action::Sync),
            (
                "the browser says offline",
                ScheduleState { is_online: false, is_wanted: true, ..quiet },
                Action::WaitUntil(at(105)),
            ),
            (
                "the browser says offline, but it may be wrong",
                ScheduleState { is_online: false, is_wanted: true, tried_at: Some(at(95)), ..quiet },
                Action::Sync,
            ),
            (
                "the server asked for time",
                ScheduleState { is_wanted: true, not_before: Some(at(103)), ..quiet },
                Action::WaitUntil(at(103)),
            ),
            (
                "the wait is over",
                ScheduleState { is_wanted: true, not_before: Some(at(101)), ..quiet },
                Action::Sync,
            ),
            (
                "a wait beyond reason comes from a clock set back",
                ScheduleState { is_wanted: true, not_before: Some(at(9_000)), ..quiet },
                Action::Sync,
            ),
        ];
        for (why, state, action) in cases {
            assert_eq!(plan_next(at(101), &state), action, "{why}");
        }
    }

    #[test]
    fn waits_double_up_to_a_limit_and_are_spread() {
        assert_eq!(back_off_milliseconds(1, 0), 1_000);
        assert_eq!(back_off_milliseconds(1, 1_000), 2_000);
        assert_eq!(back_off_milliseconds(3, 0), 4_000);
        assert_eq!(back_off_milliseconds(u32::MAX, 0), LONGEST_WAIT_MILLISECONDS / 2);
        for bits in [0, 1, 77, u128::MAX] {
            assert!((4_000..=8_000).contains(&back_off_milliseconds(3, bits)));
        }
    }
}
