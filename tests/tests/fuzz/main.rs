//! No input can hang or crash what reads it: mutations of real files and inputs made to hurt, through every reader.
//!
//! The seed and the number of inputs are fixed, so that a run says the same everywhere. With `FUZZ_SECONDS` set
//! (`cargo xtask fuzz --seconds N`) it goes on with other seeds for that long. What is held against an input is not time
//! but size: what comes out may not be larger than what went in by more than a factor.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod corpus;
mod draw;
mod hostile;
mod mutate;
mod readers;

use draw::Draw;
use readers::{READERS, Reader};
use std::time::{Duration, Instant};

/// Inputs for each reader in a run of fixed length.
const INPUTS: usize = 250;
/// Largest mutated input.
const MOST_BYTES: usize = 24 * 1024;

/// Reads mutations of the reader's corpus, and of all others' now and then.
fn run(reader: &Reader, seed: u64, inputs: usize) {
    let corpus = (reader.corpus)();
    assert!(!corpus.is_empty(), "{} has nothing to mutate", reader.name);
    let foreign = corpus::everything();
    let mut draw = Draw::new(seed);
    for number in 0..inputs {
        let from = if draw.one_in(20) { foreign } else { &corpus };
        let input = mutate::mutate(&mut draw, from, MOST_BYTES);
        let size = guarded(reader, &input, &format!("seed {seed}, input {number}"));
        assert_size(reader, &input, size, &format!("seed {seed}, input {number}"));
    }
}

/// Runs the reader and, when it panics, says with what.
fn guarded(reader: &Reader, input: &[u8], which: &str) -> usize {
    let read = std::panic::catch_unwind(|| (reader.read)(input));
    read.unwrap_or_else(|_| {
        let shown: String = String::from_utf8_lossy(input).chars().take(2000).collect();
        panic!("{} does not survive {which}:\n{shown}", reader.name)
    })
}

fn assert_size(reader: &Reader, input: &[u8], size: usize, which: &str) {
    let most = input.len() * reader.growth + 200_000;
    assert!(size <= most, "{}: {} bytes became {size} with {which}", reader.name, input.len());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a longer run ends by the clock of the machine it runs on")]
fn no_mutation_of_a_real_file_crashes_a_reader() {
    for reader in READERS {
        run(reader, 2026, INPUTS);
    }
    let Some(seconds) = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()) else { return };
    let end = Instant::now() + Duration::from_secs(seconds);
    for seed in 1.. {
        for reader in READERS {
            if Instant::now() > end {
                return;
            }
            run(reader, seed, 100);
        }
    }
}

#[test]
fn no_hostile_input_hangs_a_reader() {
    for (name, input) in hostile::inputs() {
        for reader in READERS {
            let size = guarded(reader, &input, name);
            assert_size(reader, &input, size, name);
        }
    }
}

#[test]
fn the_readers_read_what_is_not_mutated() {
    for reader in READERS {
        for input in (reader.corpus)() {
            assert!((reader.read)(&input) > 0, "{} reads nothing of its own corpus", reader.name);
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_input() {
    let input = |seed| mutate::mutate(&mut Draw::new(seed), corpus::everything(), MOST_BYTES);
    assert_eq!(input(7), input(7));
    assert_ne!(input(7), input(8));
}
