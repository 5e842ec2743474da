//! `cargo xtask bench`: our store beside what one would take instead, in one browser run, so that figures are ratios.

use crate::{browser, build, say, shell, tools};
use anyhow::Result;
use std::path::PathBuf;

/// Runs the bench; the arguments are its own.
pub fn run(arguments: &[String]) -> Result<()> {
    let built = build::release()?;
    let engine = engine()?;
    let folder = browser::folder()?;
    let mut node = shell::command("node");
    node.arg("bench/run.mjs").args(arguments).current_dir(folder);
    node.env("VALISE_SERVER", &built.server).env("VALISE_APP", &built.app).env("VALISE_ENGINE", engine);
    if let Some(chromium) = browser::chromium()? {
        node.env("CHROMIUM", chromium);
    }
    shell::run(&mut node)
}

/// Our store as a module that a page can load.
fn engine() -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let folders = tools::ensure()?;
    say::step("building the store for the bench");
    shell::run(shell::cargo().args([
        "build",
        "--quiet",
        "--profile",
        "client",
        "--target",
        TARGET,
        "--package",
        "engine",
    ]))?;
    let module = shell::target().join(TARGET).join("client/engine.wasm");
    let out = shell::target().join("engine");
    let mut bindgen = shell::command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&out).arg(module);
    shell::run(bindgen.env("PATH", shell::path_with(&folders)?))?;
    Ok(out)
}
