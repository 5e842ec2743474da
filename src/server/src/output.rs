//! The few lines for the person (or program) that started the server. Everything else is a log on the standard error.

use std::io::Write as _;

/// Writes why the program ends to the standard error.
pub fn problem(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes one line to the standard output. That nobody reads it is no reason to stop.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
