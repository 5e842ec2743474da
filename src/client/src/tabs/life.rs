//! Whether the leader still lives. Its death frees the lock, so only its sleep has to be noticed here.

use model::Timestamp;

/// A request without an answer, or a leader that was never heard: asked for a sign of life after so many milliseconds of silence.
const IMPATIENT_MILLISECONDS: i64 = 400;

/// The same while nothing is waited for.
const CALM_MILLISECONDS: i64 = 5_000;

/// How often is looked while something is waited for, in milliseconds.
const LOOK_MILLISECONDS: i64 = 200;

/// So long may the answer to a question for a sign of life take, at first. A leader may be busy with a large list.
const PATIENCE_MILLISECONDS: i64 = 2_000;

/// The same after leaders were overtaken again and again: then the device is slow, not the leader asleep.
const MOST_PATIENCE_MILLISECONDS: i64 = 32_000;

/// A look that comes so much too late comes after a sleep of this tab itself, in milliseconds.
const OVERSLEPT_MILLISECONDS: i64 = 1_500;

/// What a look at the leader leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// All is well, or it is too early to tell.
    Wait,
    /// Ask for a sign of life.
    Ask,
    /// It sleeps; take over.
    TakeOver,
}

pub struct Life {
    heard_at: Timestamp,
    asked_at: Option<Timestamp>,
    /// When the next look was to be.
    due_at: Timestamp,
    patience: i64,
}

impl Life {
    pub const fn new(now: Timestamp) -> Self {
        Self { heard_at: now, asked_at: None, due_at: now, patience: PATIENCE_MILLISECONDS }
    }

    /// The leader was heard.
    pub const fn heard(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.asked_at = None;
    }

    /// Somebody has just been asked who leads.
    pub const fn asked(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
    }

    /// A leader was overtaken: by this tab, or this tab by another.
    pub fn overtaken(&mut self) {
        self.patience = (self.patience * 2).min(MOST_PATIENCE_MILLISECONDS);
    }

    /// Milliseconds until the next look. It comes no later for being asked again.
    pub fn wait(&mut self, now: Timestamp, is_impatient: bool) -> u64 {
        let is_close = is_impatient || self.asked_at.is_some();
        let wait = if is_close { LOOK_MILLISECONDS } else { CALM_MILLISECONDS };
        let wanted = now.plus_milliseconds(wait);
        self.due_at = if self.due_at > now { self.due_at.min(wanted) } else { wanted };
        u64::try_from(self.due_at.milliseconds() - now.milliseconds()).unwrap_or(0)
    }

    pub fn look(&mut self, now: Timestamp, is_impatient: bool) -> Look {
        let since = |at: Timestamp| now.milliseconds() - at.milliseconds();
        let due_at = std::mem::replace(&mut self.due_at, now);
        let is_turned_back = since(self.heard_at) < 0 || self.asked_at.is_some_and(|at| since(at) < 0);
        if is_turned_back || since(due_at) > OVERSLEPT_MILLISECONDS {
            // What the leader said meanwhile is still to be read.
            self.heard_at = now;
            self.asked_at = self.asked_at.map(|_| now);
            return Look::Wait;
        }
        match self.asked_at {
            Some(at) if since(at) >= self.patience => {
                self.overtaken();
                self.asked_at = Some(now);
                Look::TakeOver
            }
            Some(_) => Look::Wait,
            None => {
                let limit = if is_impatient { IMPATIENT_MILLISECONDS } else { CALM_MILLISECONDS };
                if since(self.heard_at) < limit {
                    return Look::Wait;
                }
                self.asked_at = Some(now);
                Look::Ask
            }
        }
    }
}
