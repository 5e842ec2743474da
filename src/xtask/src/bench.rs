//! `cargo xtask bench`: our store beside what one would take instead, in one browser run, so that figures are ratios.

use crate::{browser, build, shell};
use anyhow::Result;

/// Runs the bench; the arguments are its own.
pub fn run(arguments: &[String]) -> Result<()> {
    let built = build::release()?;
    let folder = browser::folder()?;
    let mut node = shell::command("node");
    node.arg("bench/run.mjs").args(arguments).current_dir(folder);
    node.env("VALISE_SERVER", &built.server).env("VALISE_APP", &built.app);
    if let Some(chromium) = browser::chromium()? {
        node.env("CHROMIUM", chromium);
    }
    shell::run(&mut node)
}
