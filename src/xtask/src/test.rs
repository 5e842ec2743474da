//! `cargo xtask test`: every test there is, counted together.

use crate::{browser, build, firefox, say, shell, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Crates that only make sense in a browser; their logic is tested in the pure crates.
const WEB_ONLY: [&str; 3] = ["app", "worker", "store-web"];

#[derive(Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

type Kind = fn() -> Result<Count>;

/// Runs the named kinds, or all.
pub fn run(kinds: &[String]) -> Result<()> {
    const KINDS: [(&str, Kind); 3] = [("native", native), ("contract", contract), ("browser", playwright)];
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.iter().any(|(name, _)| name == kind)) {
        bail!("there is no kind of test “{unknown}”; there are native, contract and browser");
    }
    let mut count = Count::default();
    for (name, tests) in KINDS {
        if kinds.is_empty() || kinds.iter().any(|kind| kind == name) {
            say::step(&format!("{name} tests"));
            count += tests()?;
        }
    }
    say::line(&format!("{} passed, {} failed", count.passed, count.failed));
    if count.failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Pure crates, the server on SQLite and PostgreSQL, client ⇄ server in one process, the tidy test.
fn native() -> Result<Count> {
    let postgres = Postgres::start()?;
    let mut cargo = shell::cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    for name in WEB_ONLY {
        cargo.args(["--exclude", name]);
    }
    cargo.env("VALISE_TEST_POSTGRES", &postgres.url);
    count_cargo(&mut cargo)
}

/// The store's contract on IndexedDB, in a dedicated worker of a real Chromium and, where there is one, of a real Firefox.
fn contract() -> Result<Count> {
    let folders = tools::ensure()?;
    let module = contract_module()?;
    let mut count = contract_in_chromium(&folders, &module)?;
    match firefox::driver()? {
        Some(driver) => count += contract_in_firefox(&folders, &module, &driver)?,
        None => say::step("no Firefox on the PATH: the contract ran in Chromium only"),
    }
    Ok(count)
}

/// Driven by geckodriver, as the runner of wasm-bindgen knows how to.
fn contract_in_firefox(folders: &[PathBuf], module: &Path, driver: &Path) -> Result<Count> {
    say::step("contract tests in Firefox");
    let mut runner = shell::command("wasm-bindgen-test-runner");
    // What is said there is for Chromium.
    let nothing = shell::target().join("no-webdriver.json");
    runner.arg(module).current_dir(shell::root().join("src/store-web"));
    runner
        .env("PATH", shell::path_with(folders)?)
        .env("GECKODRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", nothing)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    count_cargo(&mut runner)
}

/// The runner of wasm-bindgen serves the tests as a page, which is opened with the same Chromium as the other
/// browser tests, so that no separate driver program is needed.
fn contract_in_chromium(folders: &[PathBuf], module: &Path) -> Result<Count> {
    let browser_folder = browser::folder()?;
    let chromium = browser::chromium()?;
    let address = "127.0.0.1:8931";
    // Started without cargo in between, so that stopping it stops it.
    let mut runner = shell::command("wasm-bindgen-test-runner");
    runner.arg(module).current_dir(shell::root().join("src/store-web"));
    runner
        .env("PATH", shell::path_with(folders)?)
        .env("NO_HEADLESS", "1")
        .env("WASM_BINDGEN_TEST_ADDRESS", address);
    runner.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Stopped(runner.spawn().context("cannot start the tests' server")?);
    let mut node = shell::command("node");
    node.arg("contract.mjs").arg(format!("http://{address}/")).current_dir(browser_folder);
    let count = count_cargo(with_chromium(&mut node, chromium.as_deref()));
    drop(server);
    count
}

/// Builds the contract for the browser and tells where it is.
fn contract_module() -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["test", "--no-run", "--lib", "--target", "wasm32-unknown-unknown", "--package", "store-web"]);
    let output = cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit()).output()?;
    let lines = String::from_utf8_lossy(&output.stdout);
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let module = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    module
        .filter(|_| output.status.success())
        .context("the contract of the store does not build for the browser")
}

/// What a person does, in Chromium, against the real server in release.
fn playwright() -> Result<Count> {
    let built = build::release()?;
    let folder = browser::folder()?;
    let chromium = browser::chromium()?;
    let report = shell::target().join("playwright.json");
    let mut test = shell::command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    test.args(["playwright", "test", "--reporter=list,json"]).current_dir(folder);
    test.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    test.env("VALISE_SERVER", &built.server).env("VALISE_APP", &built.app);
    let status = with_chromium(&mut test, chromium.as_deref()).status().context("cannot start Playwright")?;
    let text = std::fs::read_to_string(&report).context("Playwright left no report")?;
    let report: serde_json::Value = serde_json::from_str(&text).context("Playwright's report is no JSON")?;
    let number = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    let count = Count { passed: number("expected") + number("flaky"), failed: number("unexpected") };
    if !status.success() && count.failed == 0 {
        bail!("Playwright failed ({status}) before its tests ran");
    }
    Ok(count)
}

fn with_chromium<'a>(command: &'a mut Command, chromium: Option<&Path>) -> &'a mut Command {
    if let Some(chromium) = chromium {
        command.env("CHROMIUM", chromium);
    }
    command
}

/// Passes the output on and adds up the `test result:` lines.
fn count_cargo(command: &mut Command) -> Result<Count> {
    let words = shell::words(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{words}`"))?;
    let mut count = Count::default();
    let output = child.stdout.take().context("the output of the tests cannot be read")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, result)) = line.split_once("test result: ") {
            let number = |word: &str| -> u64 {
                let before = result.split(';').find_map(|part| part.trim().strip_suffix(word));
                before
                    .and_then(|text| text.rsplit([' ', '.']).find(|text| !text.is_empty()))
                    .map_or(0, |text| text.parse().unwrap_or(0))
            };
            count += Count { passed: number(" passed"), failed: number(" failed") };
        }
        say::line(&line);
    }
    let status = child.wait()?;
    if !status.success() && count.failed == 0 {
        bail!("`{words}` failed ({status}) before its tests ran");
    }
    Ok(count)
}

/// A program that is stopped when the test is over.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // A program that reads its input ends when that closes; any other is killed. It may also have ended by itself.
        if self.0.stdin.take().is_none() {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// A PostgreSQL of this run's own, from an npm package, in a folder that goes with it.
struct Postgres {
    url: String,
    _process: Stopped,
}

impl Postgres {
    fn start() -> Result<Self> {
        let folder = browser::folder()?;
        say::step("starting a PostgreSQL for the tests");
        let mut node = shell::command("node");
        node.arg("postgres.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Stopped(node.spawn().context("cannot start node")?);
        let output = process.0.stdout.take().context("the output of PostgreSQL cannot be read")?;
        let mut lines = BufReader::new(output).lines();
        let ready = lines.find_map(|line| line.ok()?.strip_prefix("ready: ").map(str::to_owned));
        let url = ready.context("the PostgreSQL for the tests did not start")?;
        Ok(Self { url, _process: process })
    }
}
