//! The tools a build needs beside cargo and Node: found where they are, else installed for this user.

use crate::{say, shell, stamp};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The last trunk that builds with the toolchain of this workspace.
const TRUNK_VERSION: &str = "0.21.14";

/// The folders that hold the tools, for `PATH`.
pub fn ensure() -> Result<Vec<PathBuf>> {
    ensure_node()?;
    ensure_wasm_target()?;
    let wasm_bindgen = locked_version("wasm-bindgen")?;
    let folders = [
        ensure_cargo_tool("wasm-bindgen-cli", "wasm-bindgen", &wasm_bindgen)?,
        ensure_cargo_tool("trunk", "trunk", TRUNK_VERSION)?,
    ];
    Ok(folders.into_iter().flatten().collect())
}

/// Installs npm packages by lock file when it changed since the last time.
pub fn ensure_packages(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = stamp::of(&[&lock])?;
    let left = folder.join("node_modules/.valise-stamp");
    if stamp::is_fresh(&left, &wanted) {
        return Ok(());
    }
    say::step(&format!("installing npm packages in {}", folder.display()));
    let mut npm = shell::command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    shell::run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder))?;
    stamp::leave(&left, &wanted)
}

fn ensure_node() -> Result<()> {
    let version = shell::output_of("node", &["--version"])
        .context("Node.js is missing: install version 20 or newer from your system or nodejs.org")?;
    let major: u32 = version.trim_start_matches('v').split('.').next().unwrap_or("0").parse().unwrap_or(0);
    if major < 20 {
        bail!("Node.js {version} is too old: version 20 or newer is needed");
    }
    Ok(())
}

fn ensure_wasm_target() -> Result<()> {
    let installed = shell::output_of("rustup", &["target", "list", "--installed"])
        .context("rustup is missing: install Rust from rustup.rs")?;
    if installed.lines().any(|line| line == "wasm32-unknown-unknown") {
        return Ok(());
    }
    say::step("adding the Rust target wasm32-unknown-unknown");
    shell::run(shell::command("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
}

/// The version of a package in the lock file.
fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(shell::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let name = format!("name = \"{package}\"");
    let after = lock.split("[[package]]").find(|block| block.lines().any(|line| line == name));
    after
        .and_then(|block| block.lines().find_map(|line| line.strip_prefix("version = ")))
        .map(|version| version.trim_matches('"').to_owned())
        .with_context(|| format!("{package} does not stand in Cargo.lock"))
}

/// Nothing to add to `PATH` when the right version is already on it.
fn ensure_cargo_tool(package: &str, program: &str, version: &str) -> Result<Option<PathBuf>> {
    let has_version =
        |program: &str| shell::output_of(program, &["--version"]).is_some_and(|text| text.ends_with(version));
    if has_version(program) {
        return Ok(None);
    }
    let folder = folder()?.join(format!("{package}-{version}"));
    let binaries = folder.join("bin");
    if !has_version(&binaries.join(program).to_string_lossy()) {
        say::step(&format!("installing {package} {version} into {} (some minutes, once)", folder.display()));
        let mut install = shell::cargo();
        install
            .args(["install", "--locked", "--quiet", package, "--version", version, "--root"])
            .arg(&folder);
        shell::run(install.env_remove("CARGO_TARGET_DIR"))?;
    }
    Ok(Some(binaries))
}

/// Where tools are installed for this user.
pub fn folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("VALISE_TOOLS") {
        return Ok(PathBuf::from(folder));
    }
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    Ok(PathBuf::from(home.context("neither VALISE_TOOLS nor HOME is set")?).join(".cache/valise/tools"))
}
