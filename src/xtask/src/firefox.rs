//! Finds a Firefox to test with, and the program that drives it.

use crate::{say, shell, tools};
use anyhow::Result;
use std::path::{Path, PathBuf};

const MAC: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// The geckodriver for the Firefox of this computer, which it finds by itself: the one on the PATH, else one built for this user.
/// Nothing without a Firefox.
pub fn driver() -> Result<Option<PathBuf>> {
    if on_path("firefox").is_none() && !Path::new(MAC).is_file() {
        return Ok(None);
    }
    if let Some(driver) =
        std::env::var_os("GECKODRIVER").map(PathBuf::from).or_else(|| on_path("geckodriver"))
    {
        return Ok(Some(driver));
    }
    let folder = tools::folder()?.join("geckodriver");
    let driver = folder.join("bin").join(program("geckodriver"));
    if !driver.is_file() {
        say::step(&format!("installing geckodriver into {} (some minutes, once)", folder.display()));
        let mut install = shell::cargo();
        install.args(["install", "--locked", "--quiet", "geckodriver", "--root"]).arg(&folder);
        shell::run(install.env_remove("CARGO_TARGET_DIR"))?;
    }
    Ok(Some(driver))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program(name)))
        .find(|candidate| candidate.is_file())
}

fn program(name: &str) -> String {
    if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() }
}
