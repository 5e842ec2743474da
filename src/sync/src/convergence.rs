//! Thousands of short histories: in the end everybody holds the same, nothing is lost, nothing happens twice, and nothing is
//! written over what its writer had not seen.
//!
//! `VALISE_HISTORY=17` replays one, `VALISE_HISTORIES=100000` runs more.

use crate::testing::history::History;

const HISTORIES: u64 = 2_000;
const STEPS: usize = 30;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn run(seed: u64) -> Result<usize, String> {
    let mut history = History::new(seed);
    (0..STEPS).for_each(|_| history.step());
    let outcome = history.settle().and_then(|()| history.check());
    match outcome {
        Ok(()) => Ok(history.conflicts),
        Err(reason) if is_replay() => Err(format!("{reason}\n{}", history.log.join("\n"))),
        Err(reason) => Err(reason),
    }
}

fn is_replay() -> bool {
    number("VALISE_HISTORY").is_some()
}

/// The conflicts of a stretch of histories, and what went wrong.
fn run_all(seeds: impl Iterator<Item = u64>) -> (usize, Vec<String>) {
    let (mut conflicts, mut failed) = (0, Vec::new());
    for seed in seeds {
        match run(seed) {
            Ok(decided) => conflicts += decided,
            Err(reason) => failed.push(format!("VALISE_HISTORY={seed}: {reason}")),
        }
    }
    (conflicts, failed)
}

#[test]
fn everybody_holds_the_same_in_the_end() {
    let seeds = match number("VALISE_HISTORY") {
        Some(seed) => seed..seed + 1,
        None => 1..number("VALISE_HISTORIES").unwrap_or(HISTORIES) + 1,
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (mut conflicts, mut failed) = (0, Vec::new());
    std::thread::scope(|scope| {
        let run = |first: usize| {
            let seeds = seeds.clone().skip(first).step_by(threads);
            scope.spawn(|| run_all(seeds))
        };
        let running: Vec<_> = (0..threads).map(run).collect();
        for stretch in running {
            let (decided, wrong) = stretch.join().unwrap();
            conflicts += decided;
            failed.extend(wrong);
        }
    });
    let shown = failed.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(failed.is_empty(), "{} histories went wrong:\n{shown}", failed.len());
    assert!(is_replay() || conflicts > 0, "the histories were too quiet to show anything");
}
