//! Builds the client into `www/dist` and the server, in release.

use crate::{say, shell, stamp, tools};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// What `serve`, the browser tests and the bench run.
pub struct Built {
    /// The server program.
    pub server: PathBuf,
    /// The folder of the client.
    pub app: PathBuf,
}

/// Builds what changed.
pub fn release() -> Result<Built> {
    let app = client()?;
    say::step("building the server (nothing to do when it is fresh)");
    shell::run(shell::cargo().args(["build", "--quiet", "--release", "--package", "server"]))?;
    let server = shell::target().join("release").join(if cfg!(windows) { "server.exe" } else { "server" });
    if !server.is_file() {
        bail!("the server was built but {} is not there", server.display());
    }
    Ok(Built { server, app })
}

fn client() -> Result<PathBuf> {
    let root = shell::root();
    let dist = root.join("www/dist");
    let inputs = ["src", "www", "Cargo.toml", "Cargo.lock", "Trunk.toml"].map(|name| root.join(name));
    let wanted = stamp::of(&inputs.each_ref().map(PathBuf::as_path))?;
    let left = shell::target().join("client.stamp");
    if dist.join("index.html").is_file() && stamp::is_fresh(&left, &wanted) {
        return Ok(dist);
    }
    let folders = tools::ensure()?;
    tools::ensure_packages(&root.join("www"))?;
    say::step("building the client (app and worker) in release");
    let mut trunk = shell::command("trunk");
    trunk
        .args(["build", "--release", "--offline", "--skip-version-check"])
        .env("PATH", shell::path_with(&folders)?);
    shell::run(trunk.env_remove("NO_COLOR"))?;
    stamp::leave(&left, &wanted)?;
    Ok(dist)
}
