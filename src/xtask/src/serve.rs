//! `cargo xtask serve`: from a fresh clone to a running Valise with a demo company.

use crate::{build, say, shell};
use anyhow::Result;

/// Builds what changed, then becomes the server. The arguments are the server's own.
pub fn run(arguments: &[String]) -> Result<()> {
    let built = build::release()?;
    let mut server = shell::command(&built.server);
    server.arg("--app").arg(&built.app).args(arguments);
    for (flag, default) in [("--demo", "small"), ("--data", ".valise")] {
        if !arguments.iter().any(|argument| argument == flag || argument.starts_with(&format!("{flag}="))) {
            server.args([flag, default]);
        }
    }
    say::step("starting the server");
    become_process(&mut server)
}

/// The server takes this process's place, so that Ctrl-C and signals reach it alone and it stops cleanly.
#[cfg(unix)]
fn become_process(command: &mut std::process::Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let words = shell::words(command);
    Err(anyhow::Error::from(command.exec()).context(format!("cannot start `{words}`")))
}

#[cfg(not(unix))]
fn become_process(command: &mut std::process::Command) -> Result<()> {
    shell::run(command)
}
