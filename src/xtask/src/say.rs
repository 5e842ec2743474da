//! The one place that writes to the terminal.

use std::io::Write;

/// Writes a line. A closed terminal is no reason to stop, so the write's result does not matter.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Says what is being done now.
pub fn step(text: &str) {
    line(&format!("valise: {text}"));
}
