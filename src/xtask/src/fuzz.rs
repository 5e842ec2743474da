//! `cargo xtask fuzz`: the suite that mutates definitions and messages, for longer and with other seeds than a test run.

use crate::{say, shell};
use anyhow::{Context, Result, bail};

/// `--seconds N`, a minute without it. Built for development: overflow is checked.
pub fn run(arguments: &[String]) -> Result<()> {
    let seconds: u64 = match arguments {
        [] => 60,
        [flag, number] if flag == "--seconds" => number.parse().context("--seconds needs a number")?,
        _ => bail!("only --seconds N can be said to `cargo xtask fuzz`"),
    };
    say::step(&format!("mutating for {seconds} seconds"));
    let mut tests = shell::cargo();
    tests.args(["test", "--quiet", "--package", "suite", "--test", "fuzz"]);
    shell::run(tests.env("FUZZ_SECONDS", seconds.to_string()))
}
