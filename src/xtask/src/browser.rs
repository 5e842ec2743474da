//! Finds a Chromium to test with, and the npm packages of the browser tests.

use crate::{say, shell, tools};
use anyhow::{Context, Result};
use std::path::PathBuf;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The folder of the browser tests, its npm packages installed.
pub fn folder() -> Result<PathBuf> {
    let folder = shell::root().join("tests/browser");
    tools::ensure_packages(&folder)?;
    Ok(folder)
}

/// An installed Chromium; else Debian's, where this user may install packages; else Playwright's own (`None`).
pub fn chromium() -> Result<Option<PathBuf>> {
    if let Some(found) = installed() {
        return Ok(Some(found));
    }
    if shell::output_of("id", &["-u"]).as_deref() == Some("0")
        && shell::output_of("apt-get", &["--version"]).is_some()
    {
        say::step("installing Debian's Chromium");
        let quiet = |arguments: &[&str]| {
            let mut apt = shell::command("apt-get");
            shell::run(
                apt.args(["-qq", "-o=Dpkg::Use-Pty=0"])
                    .args(arguments)
                    .env("DEBIAN_FRONTEND", "noninteractive"),
            )
        };
        quiet(&["update"])?;
        quiet(&["install", "-y", "chromium"])?;
        return installed()
            .map(Some)
            .context("Debian's package chromium is installed but no program chromium is on the PATH");
    }
    say::step("installing Playwright's Chromium");
    let mut install = shell::command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    shell::run(install.args(["playwright", "install", "chromium"]).current_dir(folder()?))?;
    Ok(None)
}

fn installed() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    let on_path = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    on_path.chain([PathBuf::from(MAC)]).find(|candidate| candidate.is_file())
}
