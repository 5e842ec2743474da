//! Carries the sync out: when the schedule says so, and what its outcome means for the next time.

use crate::definitions::kept::Changed;
use crate::definitions::{Definitions, SyncPlan, keep, read, records};
use crate::device::Device;
use crate::message::{Event, Failure, FailureKind, SyncPhase, SyncProblem, SyncProblemKind};
use crate::session::Session;
use futures::future::{Either, select};
use futures::stream::{AbortHandle, Abortable, StreamExt};
use model::{Metadata, MetadataDelta, Timestamp, UserProfile};
use odata::ServiceError;
use odata::http::{HttpRequest, HttpResponse, Method};
use std::pin::pin;
use std::rc::Rc;
use store::{BlocksError, StoreError};
use sync::{
    Action, NewDefinitions, ScheduleState, SyncError, Synced, TransportError, back_off_milliseconds,
    plan_next,
};

/// Definitions older than this many milliseconds are asked for again.
const DEFINITIONS_MILLISECONDS: i64 = 60 * 60_000;

/// How often definitions that change meanwhile are learned in one sync.
const ROUNDS: usize = 3;

/// What is asked for, in words.
const DEFINITIONS: &str = "the definitions";

/// After the server had no time for some entries although it answered, in milliseconds.
const LONGEST_ASKED_WAIT_MILLISECONDS: u64 = 30 * 60_000;

impl Session {
    /// Syncs whenever it is time to, until `stop`. An edge runs this once beside its requests.
    pub async fn run(&self) {
        while !self.is_stopped.get() {
            let device = self.device.borrow().clone();
            let now = self.parts.clock.now();
            // Nothing is begun that a sign-in or sign-out would have to end; it wakes the driver when it is over.
            let is_changing = self.changing.try_lock().is_none();
            let device = device.filter(|_| !is_changing);
            let action = device.as_ref().map_or(Action::WaitForEvent, |device| device.next_action(now));
            match (action, device) {
                // The outcome is told through the status, which is what screens show.
                (Action::Sync, Some(device)) => drop(self.sync_device(&device).await),
                (Action::WaitUntil(time), _) => {
                    let wait = time.milliseconds().saturating_sub(now.milliseconds()).max(1);
                    let sleep = self.parts.clock.sleep(u64::try_from(wait).unwrap_or(1));
                    match select(pin!(self.until_woken()), sleep).await {
                        Either::Left(_) | Either::Right(_) => {}
                    }
                }
                _ => self.until_woken().await,
            }
        }
    }

    /// Syncs once, now, whatever the schedule says.
    ///
    /// # Errors
    /// Why the sync ended early; the status tells the same.
    pub async fn sync_once(&self) -> Result<(), Failure> {
        let device = self.device()?;
        self.sync_device(&device).await.map_err(Failure::from)
    }

    /// Ends `run` and the sync at hand: another tab has taken over the database.
    pub fn stop(&self) {
        self.is_stopped.set(true);
        if let Some(abort) = self.abort.borrow_mut().take() {
            abort.abort();
        }
        self.wake_driver();
    }

    async fn until_woken(&self) {
        self.woken.lock().await.next().await;
    }

    /// Makes the driver look again.
    pub(crate) fn wake_driver(&self) {
        // A full channel means that it will look anyway.
        drop(self.waker.borrow_mut().try_send(()));
    }

    async fn sync_device(&self, device: &Rc<Device>) -> Result<(), SyncError> {
        let _one_at_a_time = self.syncing.lock().await;
        let (abort, registration) = AbortHandle::new_pair();
        self.abort.replace(Some(abort));
        let started = self.parts.clock.now();
        device.schedule.is_wanted.set(false);
        device.schedule.tried_at.set(Some(started));
        let outcome = Abortable::new(device.sync(started), registration).await;
        self.abort.replace(None);
        let Ok(outcome) = outcome else {
            // Stopped by a sign-in or sign-out, which may fail: what it was doing it does no longer.
            device.reporter.end_first();
            device.rest();
            return Ok(());
        };
        self.take_outcome(device, &outcome).await;
        outcome.map(drop)
    }

    /// What the outcome means for the status and for the next time.
    async fn take_outcome(&self, device: &Device, outcome: &Result<Synced, SyncError>) {
        let (schedule, reporter) = (&device.schedule, &device.reporter);
        let now = self.parts.clock.now();
        let wait = |milliseconds: u64| {
            let milliseconds = milliseconds.min(LONGEST_ASKED_WAIT_MILLISECONDS);
            Some(now.plus_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX)))
        };
        reporter.end_first();
        match outcome {
            Ok(synced) => {
                schedule.has_reached.set(true);
                let is_unfinished = synced.more || synced.wait_milliseconds.is_some() || has_accepted(device);
                let failures = if is_unfinished { schedule.failures.get().saturating_add(1) } else { 0 };
                schedule.failures.set(failures);
                schedule.not_before.set(None);
                if is_unfinished {
                    let pause = back_off_milliseconds(failures, self.parts.random.bits());
                    schedule.is_wanted.set(true);
                    schedule.not_before.set(wait(synced.wait_milliseconds.unwrap_or(0).max(pause)));
                }
                reporter.set_synced_at(now);
                let mut problem = (!synced.problems.is_empty()).then(|| unreadable_rows(&synced.problems));
                if let Err(error) = keep(&device.store, records::SYNCED_AT, &now).await {
                    problem = problem.or_else(|| storage_problem(&error));
                }
                reporter.set_problem(problem);
                reporter.set_phase(SyncPhase::Idle);
            }
            Err(error) => {
                let failures = schedule.failures.get().saturating_add(1);
                schedule.failures.set(failures);
                schedule.is_wanted.set(true);
                let pause = back_off_milliseconds(failures, self.parts.random.bits());
                let (milliseconds, phase) = match error {
                    SyncError::Transport(_) => {
                        schedule.has_reached.set(false);
                        (pause, SyncPhase::Offline)
                    }
                    SyncError::Busy { wait_milliseconds, .. } => {
                        (wait_milliseconds.unwrap_or(0).max(pause), SyncPhase::Idle)
                    }
                    SyncError::SignInNeeded => (pause, SyncPhase::SignInNeeded),
                    SyncError::Refused { .. } | SyncError::Unreadable { .. } => {
                        // The rights or the definitions may be others than this device knows.
                        schedule.wants_definitions.set(true);
                        (pause, SyncPhase::Idle)
                    }
                    SyncError::Store(_) => (pause, SyncPhase::Idle),
                };
                schedule.not_before.set(wait(milliseconds));
                reporter.set_problem(problem_of(error, schedule.is_online.get()));
                reporter.set_phase(phase);
            }
        }
    }
}

/// True while the server has accepted entries whose rows it does not show yet.
fn has_accepted(device: &Device) -> bool {
    device.store.journal().iter().any(|entry| entry.state == model::EntryState::Accepted)
}

fn unreadable_rows(problems: &[String]) -> SyncProblem {
    let first = problems.first().map_or("", String::as_str);
    SyncProblem { kind: SyncProblemKind::RowsLeftOut, detail: format!("{}: {first}", problems.len()) }
}

/// What the user is told of an error; no network and no sign-in are told by the phase.
fn problem_of(error: &SyncError, is_online: bool) -> Option<SyncProblem> {
    let kind = match error {
        SyncError::SignInNeeded => return None,
        SyncError::Transport(TransportError::Unreachable(_)) if !is_online => return None,
        SyncError::Transport(TransportError::Unreachable(_)) => SyncProblemKind::Unreachable,
        SyncError::Transport(TransportError::TimedOut) => SyncProblemKind::TimedOut,
        SyncError::Transport(TransportError::Intercepted) => SyncProblemKind::Intercepted,
        SyncError::Busy { .. } => SyncProblemKind::Busy,
        SyncError::Refused { .. } => SyncProblemKind::Refused,
        SyncError::Unreadable { .. } => SyncProblemKind::Unreadable,
        SyncError::Store(StoreError::Blocks(BlocksError::Full)) => SyncProblemKind::StorageFull,
        SyncError::Store(_) => SyncProblemKind::Storage,
    };
    let detail = match error {
        SyncError::Refused { error, .. } => error.to_string(),
        other => other.to_string(),
    };
    Some(SyncProblem { kind, detail })
}

fn storage_problem(error: &Failure) -> Option<SyncProblem> {
    let is_full = error.kind == FailureKind::StorageFull;
    let kind = if is_full { SyncProblemKind::StorageFull } else { SyncProblemKind::Storage };
    Some(SyncProblem { kind, detail: error.message.clone() })
}

impl Device {
    fn state(&self, now: Timestamp) -> ScheduleState {
        let schedule = &self.schedule;
        ScheduleState {
            is_signed_in: self.connection.is_signed_in(),
            is_online: schedule.is_online.get(),
            is_wanted: schedule.is_wanted.get() || self.has_waiting(),
            synced_at: self.reporter.synced_at().filter(|_| self.is_synced()).filter(|at| *at <= now),
            tried_at: schedule.tried_at.get(),
            not_before: schedule.not_before.get(),
        }
    }

    fn has_waiting(&self) -> bool {
        self.store.journal().iter().any(|entry| entry.state == model::EntryState::Waiting)
    }

    /// What to do now. Nothing is fetched before the user has seen what will come.
    fn next_action(&self, now: Timestamp) -> Action {
        if self.connection.is_signed_in() && self.definitions().is_ok() && !self.is_started() {
            self.reporter.set_phase(SyncPhase::Planned);
            return Action::WaitForEvent;
        }
        plan_next(now, &self.state(now))
    }

    async fn sync(&self, now: Timestamp) -> Result<Synced, SyncError> {
        if !self.connection.is_signed_in() {
            return Err(SyncError::SignInNeeded);
        }
        if !self.schedule.has_reached.get() && self.has_waiting() {
            // What was sent without an answer cannot be taken back by the user: a question that changes nothing goes first.
            self.schedule.wants_definitions.set(true);
        }
        let mut round = 1;
        loop {
            self.learn(now).await?;
            let outcome = self.sync_rows(now).await;
            let may_be_outdated = match &outcome {
                Ok(_) | Err(SyncError::Refused { .. } | SyncError::Unreadable { .. }) => true,
                Err(_) => false,
            };
            let is_other = self.is_outdated() || self.has_other_plan();
            if round == ROUNDS || !may_be_outdated || !is_other {
                return outcome;
            }
            // The answers told of other definitions: they are fetched, and what they change is synced, too.
            self.schedule.wants_definitions.set(true);
            round += 1;
        }
    }

    /// True when the server has told of other definitions than those on the device.
    fn is_outdated(&self) -> bool {
        let told = self.connection.metadata_version();
        let known = self.definitions().ok().map(|definitions| definitions.metadata().version);
        told.is_some() && told != known
    }

    /// True when the server cuts rows by another profile than the plan on the device follows.
    fn has_other_plan(&self) -> bool {
        let told = self.engine.profile_version();
        let known = self.definitions().ok().and_then(|definitions| definitions.plan.version.clone());
        told.is_some() && told != known
    }

    /// Asks for the definitions when it is time to.
    async fn learn(&self, now: Timestamp) -> Result<(), SyncError> {
        let fetched_at = self.schedule.definitions_at.get();
        // A clock that was set back must not keep them away.
        let is_old =
            fetched_at.is_none_or(|at| at > now || at.plus_milliseconds(DEFINITIONS_MILLISECONDS) <= now);
        if is_old || self.schedule.wants_definitions.get() || self.definitions().is_err() {
            let user = self.fetch_profile().await?;
            let known: Option<UserProfile> = read(&self.store, records::PROFILE).await?;
            if known.is_some_and(|known| known.user != user.user) {
                // A sign-in that was cut short: what waits here belongs to somebody else.
                self.connection.sign_out().await?;
                return Err(SyncError::SignInNeeded);
            }
            self.fetch_definitions(user).await?;
            self.note_definitions(now).await?;
        }
        Ok(())
    }

    /// The definitions, the user and the plan have been asked for.
    pub(crate) async fn note_definitions(&self, now: Timestamp) -> Result<(), SyncError> {
        self.schedule.definitions_at.set(Some(now));
        self.schedule.wants_definitions.set(false);
        self.keep_json(records::DEFINITIONS_AT, &now).await
    }

    async fn sync_rows(&self, now: Timestamp) -> Result<Synced, SyncError> {
        let Ok(definitions) = self.definitions() else { return Err(SyncError::SignInNeeded) };
        if !self.is_synced() {
            let done = self.store.counts().iter().map(|(_, rows)| rows).sum();
            let total = definitions.expected_rows.max(done);
            let tables = definitions.sync.tables.iter().map(|table| table.name.clone()).collect();
            self.reporter.begin_first(done, total, tables);
        }
        if !self.schedule.has_caught_up.get() {
            // A device that went dark between a save and what follows from it.
            self.engine.amend(&definitions.sync).await?;
            self.schedule.has_caught_up.set(true);
        }
        self.engine.sync(&definitions.sync, now).await
    }

    /// Asks who the user is.
    pub(crate) async fn fetch_profile(&self) -> Result<UserProfile, SyncError> {
        let response = self.get("/api/valise/v1/me", Vec::new()).await?;
        parse("who is signed in", &response)
    }

    /// Asks for what changed in the definitions and takes it into use.
    pub(crate) async fn fetch_definitions(&self, user: UserProfile) -> Result<(), SyncError> {
        let known = self.definitions().ok();
        let delta = self.fetch_delta(known.as_deref().and_then(|known| known.base_for(&user))).await?;
        let Some(delta) = delta else {
            let tables = known.as_deref().map(|known| known.metadata().tables.clone()).unwrap_or_default();
            let plan = self.fetch_plan(&user, &tables).await?;
            let plan = plan.with_choices_of(known.as_deref().map(|known| &known.plan));
            let is_same = known.as_deref().is_some_and(|known| known.profile == user && known.plan == plan);
            return if is_same { Ok(()) } else { self.take_user(user, plan).await };
        };
        let base = match (&known, delta.from) {
            (Some(known), Some(_)) => known.everything(),
            _ => Metadata::default(),
        };
        let changed = Changed::apply(delta, base, user.language, user.organization).map_err(|error| {
            SyncError::Unreadable { what: DEFINITIONS.to_owned(), reason: error.to_string() }
        })?;
        let plan = self.fetch_plan(&user, &changed.kept.tables).await?;
        let plan = plan.with_choices_of(known.as_deref().map(|known| &known.plan));
        let mut records = changed.records().map_err(|error| unwritable(DEFINITIONS, &error))?;
        records.push(record(records::PROFILE, &user)?);
        records.push(record(records::PLAN, &plan)?);
        self.take_definitions(changed, user, &plan, records).await
    }

    /// The definitions, or what changed of them since a version; nothing when nothing did.
    async fn fetch_delta(&self, since: Option<i64>) -> Result<Option<MetadataDelta>, SyncError> {
        let path = "/api/valise/v1/metadata";
        let Some(since) = since else {
            let response = self.get(path, Vec::new()).await?;
            return Ok(Some(MetadataDelta::whole(parse(DEFINITIONS, &response)?)));
        };
        let response = self.get(&format!("{path}?since={since}"), Vec::new()).await?;
        if response.status == 304 { Ok(None) } else { parse(DEFINITIONS, &response).map(Some) }
    }

    /// The definitions are the same; the user's rights, or what there is to sync, are not.
    pub(crate) async fn take_user(&self, user: UserProfile, plan: SyncPlan) -> Result<(), SyncError> {
        self.keep_json(records::PROFILE, &user).await?;
        self.keep_json(records::PLAN, &plan).await?;
        let changes_screens = self.definitions().ok().is_none_or(|known| known.profile != user);
        let Some(definitions) = Definitions::load(&self.store).await? else {
            let reason = "they cannot be read back from the local database".to_owned();
            return Err(SyncError::Unreadable { what: DEFINITIONS.to_owned(), reason });
        };
        self.store.set_tables(definitions.all_tables());
        self.set_definitions(definitions);
        if changes_screens {
            self.reporter.events.emit(Event::Metadata);
        }
        Ok(())
    }

    /// Keeps definitions and takes them into use, all at once.
    async fn take_definitions(
        &self,
        changed: Changed,
        user: UserProfile,
        plan: &SyncPlan,
        records: Vec<(String, Vec<u8>)>,
    ) -> Result<(), SyncError> {
        let known = self.definitions().ok();
        let language = user.language;
        let Changed { kept, what } = changed;
        let definitions = Definitions::new(kept, user, plan);
        if let Some(known) = &known {
            definitions.take_over(known, &what);
        }
        let new = NewDefinitions {
            tables: &definitions.sync,
            all: definitions.all_tables(),
            last: known.as_deref().map(Definitions::metadata),
            language,
            records,
            forgotten: Changed::forgotten(),
        };
        self.engine.redefine(new).await?;
        self.set_definitions(definitions);
        self.reporter.tell();
        self.reporter.events.emit(Event::Metadata);
        Ok(())
    }

    async fn keep_json<T: serde::Serialize>(&self, key: &str, value: &T) -> Result<(), SyncError> {
        let (key, bytes) = record(key, value)?;
        Ok(self.store.put_meta(&key, &bytes).await?)
    }

    pub(crate) async fn get(
        &self,
        path: &str,
        headers: Vec<(String, String)>,
    ) -> Result<HttpResponse, SyncError> {
        let mut request =
            HttpRequest { method: Method::Get, target: path.to_owned(), headers, body: Vec::new() };
        request.headers.push(("accept".to_owned(), "application/json".to_owned()));
        let response = self.connection.send(request).await?;
        if response.status >= 400 {
            let error = ServiceError::from_response(&response);
            return Err(SyncError::Refused { what: path.to_owned(), error });
        }
        Ok(response)
    }
}

fn record<T: serde::Serialize>(key: &str, value: &T) -> Result<(String, Vec<u8>), SyncError> {
    let bytes = serde_json::to_vec(value).map_err(|error| unwritable(key, &error))?;
    Ok((key.to_owned(), bytes))
}

fn unwritable(what: &str, error: &serde_json::Error) -> SyncError {
    SyncError::Unreadable { what: what.to_owned(), reason: error.to_string() }
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(
    what: &str,
    response: &HttpResponse,
) -> Result<T, SyncError> {
    serde_json::from_slice(&response.body)
        .map_err(|error| SyncError::Unreadable { what: what.to_owned(), reason: error.to_string() })
}
