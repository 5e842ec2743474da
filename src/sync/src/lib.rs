#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod amend;
mod answer;
mod connection;
#[cfg(test)]
mod convergence;
mod decide;
mod engine;
mod error;
mod merge;
mod outbox;
mod ports;
mod pull;
mod push;
mod rebase;
mod redefine;
mod removed;
mod reorder;
mod schedule;
mod squash;
#[cfg(test)]
mod testing;

pub use amend::plan_amend;
pub use answer::{Sent, Verdict, judge};
pub use connection::{Connection, SignInCode, Tokens};
pub use decide::{Choice, ChoicePlan, DecideError, Seen, plan_choice};
pub use engine::{Carried, Engine, Observer, SyncTables, Synced};
pub use error::SyncError;
pub use merge::{Merged, is_same, merge};
pub use outbox::{PushPlan, PushState, RowKey, dependants, plan_push};
pub use ports::{Clock, Random, Transport, TransportError};
pub use rebase::{
    AcceptedVersions, Derive, RebasePlan, Rules, Steps, UNSEEN, advance, plan_rebase, resolve_conflict,
    version_of_next, without,
};
pub use redefine::NewDefinitions;
pub use reorder::{Direction, plan_reorder};
pub use schedule::{Action, INTERVAL_MILLISECONDS, ScheduleState, back_off_milliseconds, plan_next};
