//! Thousands of short histories: in the end everybody holds the same, nothing is lost, nothing happens twice, and nothing is
//! written over what its writer had not seen.
//!
//! `VALISE_HISTORY=17` replays one and tells what happened; `VALISE_HISTORIES=100000` runs more, `VALISE_HISTORIES=forever` until
//! one goes wrong, `VALISE_FIRST_HISTORY=5000` from there on.

use crate::testing::history::{Counts, History};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const HISTORIES: u64 = 2_000;
const STEPS: usize = 40;

/// So many failures are told.
const SHOWN: usize = 5;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn run(seed: u64, is_replay: bool) -> Result<Counts, String> {
    let outcome = std::panic::catch_unwind(|| {
        let mut history = History::new(seed, is_replay);
        (0..STEPS).for_each(|_| history.step());
        let outcome = history.settle().and_then(|()| history.check());
        let told = |reason: String| format!("{reason}\n{}", history.log.join("\n"));
        outcome.map(|()| history.counts).map_err(told)
    });
    outcome
        .unwrap_or_else(|_| Err("it panicked".to_owned()))
        .map_err(|reason| format!("VALISE_HISTORY={seed}: {reason}"))
}

#[test]
fn everybody_holds_the_same_in_the_end() {
    if let Some(seed) = number("VALISE_HISTORY") {
        run(seed, true).map_err(|reason| panic!("{reason}")).unwrap();
        return;
    }
    let is_endless = std::env::var("VALISE_HISTORIES").is_ok_and(|text| text == "forever");
    let first = number("VALISE_FIRST_HISTORY").unwrap_or(1);
    let last =
        if is_endless { u64::MAX } else { first - 1 + number("VALISE_HISTORIES").unwrap_or(HISTORIES) };
    let (next, counts, failed) =
        (AtomicU64::new(first), Mutex::new(Counts::default()), Mutex::new(Vec::new()));
    let work = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed > last || failed.lock().unwrap().len() >= SHOWN {
            return;
        }
        match run(seed, false) {
            Ok(found) => counts.lock().unwrap().add(found),
            Err(reason) => failed.lock().unwrap().push(reason),
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "histories went wrong:\n{}", failed.join("\n"));
    let counts = counts.into_inner().unwrap();
    let is_enough = last - first + 1 >= HISTORIES;
    assert!(!is_enough || !counts.missing(), "the histories were too quiet to show anything: {counts:?}");
}
