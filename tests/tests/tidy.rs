//! The architecture as a test: who depends on whom, which words stand where, how long things get.
//!
//! The README prints these invariants; this file holds them. A rule that turns out wrong is changed in both.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PURE: [&str; 8] = ["model", "solution", "query", "sales", "odata", "store", "sync", "client"];
const MOST_LINES_PER_FILE: usize = 500;
const MOST_LINES_PER_FUNCTION: usize = 80;
const MOST_LINES_PER_COMPONENT: usize = 120;
const MOST_LINES_OF_JAVASCRIPT: usize = 400;

/// The workspace crates each crate may name (its own tests may name more).
const ALLOWED: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("solution", &["model"]),
    ("query", &["model"]),
    ("sales", &["model", "query"]),
    ("odata", &["model", "query"]),
    ("store", &["model", "query"]),
    ("sync", &["model", "query", "odata", "store"]),
    ("client", &["model", "query", "sales", "odata", "store", "sync"]),
    ("store-web", &["store"]),
    ("store-sql", &["model", "query"]),
    ("ui", &["client", "model"]),
    ("app", &["client", "ui"]),
    ("worker", &["client", "store-web"]),
    ("server", &["model", "query", "sales", "odata", "solution", "store-sql"]),
    ("xtask", &[]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file below a folder with one of these endings.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "dist", "generated", "target", "fixtures"].contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/")
}

fn sources(of: &str) -> Vec<(String, String)> {
    let paths = files(&root().join("src").join(of).join("src"), &[".rs"]);
    paths.into_iter().map(|path| (short(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// The code of a file without its comments and without its tests.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

struct Package {
    name: String,
    /// (crate, true when it is a dependency of the tests only)
    dependencies: Vec<(String, bool)>,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let package = |package: &serde_json::Value| Package {
        name: text(&package["name"]),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|dependency| (text(&dependency["name"]), dependency["kind"] == "dev"))
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

#[test]
fn dependencies_point_one_way() {
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    let packages = packages();
    let known: BTreeSet<_> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in &packages {
        let in_folder = root().join("src").join(&package.name).is_dir();
        let Some(may) = allowed.get(package.name.as_str()) else {
            if in_folder {
                wrong.push(format!("src/{} is in no list of this test and of the README", package.name));
            }
            continue;
        };
        for (name, for_tests) in &package.dependencies {
            if known.contains(name.as_str()) && !for_tests && !may.contains(&name.as_str()) {
                wrong.push(format!("{} must not depend on {name}", package.name));
            }
        }
    }
    assert_none("the crates point the wrong way", &wrong);
}

#[test]
fn a_pure_crate_knows_no_browser_no_server_no_clock_and_no_randomness() {
    const CRATES: [&str; 12] = [
        "web-sys",
        "js-sys",
        "wasm-bindgen",
        "leptos",
        "axum",
        "sqlx",
        "idb",
        "gloo",
        "tokio",
        "rand",
        "getrandom",
        "reqwest",
    ];
    const CALLS: [&str; 5] =
        ["SystemTime::now", "Instant::now", "Timestamp::now", "Uuid::new_v4", "std::env::var"];
    let mut wrong = Vec::new();
    for package in packages().iter().filter(|package| PURE.contains(&package.name.as_str())) {
        let named = package
            .dependencies
            .iter()
            .filter(|(name, for_tests)| !for_tests && CRATES.contains(&name.as_str()));
        wrong.extend(named.map(|(name, _)| format!("{} names {name}", package.name)));
    }
    for name in PURE {
        let sources = sources(name);
        let (_, library) = sources.iter().find(|(path, _)| path.ends_with("/src/lib.rs")).unwrap();
        if !library.contains("#![forbid(unsafe_code)]") {
            wrong.push(format!("{name} does not forbid unsafe code"));
        }
        // Modules that only tests see.
        let for_tests: Vec<&str> =
            library.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.split(';').next()).collect();
        let is_for_tests = |path: &str| {
            for_tests.iter().any(|module| {
                path.ends_with(&format!("/src/{module}.rs")) || path.contains(&format!("/src/{module}/"))
            })
        };
        for (path, text) in sources.iter().filter(|(path, _)| !is_for_tests(path)) {
            let code = code(text);
            wrong.extend(
                CALLS.iter().filter(|call| code.contains(*call)).map(|call| format!("{path} calls {call}")),
            );
        }
    }
    assert_none("a pure crate is not pure", &wrong);
}

#[test]
fn each_platform_stands_in_its_own_crate() {
    const HOMES: [(&str, &[&str]); 5] = [
        ("idb", &["store-web"]),
        ("leptos", &["ui", "app"]),
        ("axum", &["server"]),
        ("sqlx", &["store-sql"]),
        ("quick-xml", &["model", "solution"]),
    ];
    let mut wrong = Vec::new();
    for package in packages().iter().filter(|package| root().join("src").join(&package.name).is_dir()) {
        for (name, homes) in HOMES {
            let names_it =
                package.dependencies.iter().any(|(dependency, for_tests)| dependency == name && !for_tests);
            if names_it && !homes.contains(&package.name.as_str()) {
                wrong.push(format!("{} names {name}, which stands in {homes:?} alone", package.name));
            }
        }
        if package.name == "store-sql" {
            continue;
        }
        for (path, text) in sources(&package.name) {
            let code = code(&text);
            let statements =
                ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"CREATE TABLE "];
            wrong.extend(
                statements
                    .iter()
                    .filter(|sql| code.contains(*sql))
                    .map(|sql| format!("{path} holds SQL: {sql}…")),
            );
        }
    }
    assert_none("a platform leaks out of its crate", &wrong);
}

#[test]
fn money_is_never_a_float() {
    let mut wrong = Vec::new();
    for name in PURE {
        for (path, text) in sources(name) {
            let suspicious = code(&text)
                .lines()
                .filter(|line| {
                    (line.contains("to_f64") || line.contains("from_f64")) && !line.contains("// float:")
                })
                .map(|line| format!("{path}: {}", line.trim()))
                .collect::<Vec<_>>();
            wrong.extend(suspicious);
        }
    }
    assert_none(
        "an exact number passes through a float (say why with `// float: …` where it is right)",
        &wrong,
    );
}

#[test]
fn edges_decide_nothing() {
    let mut wrong = Vec::new();
    // The worker is as many adapters as there are web APIs between it and other tabs, and the loop that carries out what
    // `client::tabs` decides.
    for (name, most) in [("app", 50), ("worker", 900)] {
        let lines: usize = sources(name).iter().map(|(_, text)| text.lines().count()).sum();
        if lines > most {
            wrong.push(format!("{name} has {lines} lines; an edge of that size decides something"));
        }
    }
    assert_none("edges", &wrong);
}

#[test]
fn files_and_functions_stay_short() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), &[".rs"]).into_iter().chain(files(&root().join("tests"), &[".rs"]))
    {
        let text = fs::read_to_string(&path).unwrap();
        let path = short(&path);
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > MOST_LINES_PER_FILE {
            wrong.push(format!("{path} has {} lines", lines.len()));
        }
        // A test's table of cases is data and may be as long as it has cases.
        if path.contains("/tests") || path.ends_with("tests.rs") {
            continue;
        }
        wrong.extend(
            long_functions(&lines)
                .into_iter()
                .map(|(name, count)| format!("{path}: {name} has {count} lines")),
        );
    }
    assert_none("too long to be one idea", &wrong);
}

/// Functions over the ceiling, found by rustfmt's own indentation: the closing brace stands under the first word.
fn long_functions(lines: &[&str]) -> Vec<(String, usize)> {
    let mut long = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let text = line.trim_start();
        let Some((before, after)) = text.split_once("fn ") else { continue };
        let is_function = before.split_whitespace().all(|word| {
            word.starts_with("pub")
                || ["async", "const", "unsafe", "extern", "crate)", "super)"].contains(&word)
        });
        if !is_function || text.ends_with(';') || text.ends_with('}') {
            continue;
        }
        let closing = format!("{}}}", &line[..line.len() - text.len()]);
        let Some(count) = lines[start..].iter().position(|line| *line == closing) else { continue };
        let is_component = start > 0
            && lines[start.saturating_sub(3)..start].iter().any(|line| line.contains("#[component"));
        let has_markup =
            is_component || lines[start..start + count].iter().any(|line| line.contains("view! {"));
        let most = if has_markup { MOST_LINES_PER_COMPONENT } else { MOST_LINES_PER_FUNCTION };
        if count + 1 > most {
            let name = after.split(['(', '<']).next().unwrap_or(after);
            long.push((name.to_owned(), count + 1));
        }
    }
    long
}

#[test]
fn hand_written_javascript_stays_glue() {
    let lines: usize = files(&root().join("www"), &[".js", ".mjs", ".ts"])
        .iter()
        .map(|path| fs::read_to_string(path).unwrap().lines().count())
        .sum();
    assert!(lines <= MOST_LINES_OF_JAVASCRIPT, "www holds {lines} lines of JavaScript");
}

#[test]
fn colours_and_sizes_come_from_the_tokens() {
    let mut wrong = Vec::new();
    let styles =
        files(&root().join("www"), &[".css"]).into_iter().chain(files(&root().join("src/ui"), &[".css"]));
    for path in styles.filter(|path| !path.ends_with("tokens.css")) {
        let text = fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            let value = line.split_once(':').map_or("", |(_, value)| value);
            let is_colour = value.contains('#') && !value.contains("url(")
                || value.contains("rgb(")
                || value.contains("hsl(");
            if is_colour {
                wrong.push(format!("{}:{}: {}", short(&path), index + 1, line.trim()));
            }
        }
    }
    assert_none("a colour outside the token file", &wrong);
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    // Put together so that this file does not find itself.
    let words = [
        "TO".to_owned() + "DO",
        "FIX".to_owned() + "ME",
        "#[ign".to_owned() + "ore",
        "test.sk".to_owned() + "ip(",
    ];
    let mut wrong = Vec::new();
    let endings = [".rs", ".ts", ".mjs", ".js", ".css", ".md", ".toml", ".html"];
    let all = ["src", "tests", "www"].into_iter().flat_map(|folder| files(&root().join(folder), &endings));
    for path in all.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&path).unwrap();
        wrong.extend(
            words.iter().filter(|word| text.contains(*word)).map(|word| format!("{}: {word}", short(&path))),
        );
    }
    assert_none("unfinished", &wrong);
}

#[test]
fn the_top_level_is_fixed() {
    const TOP: [&str; 8] =
        ["Cargo.toml", "Cargo.lock", "Trunk.toml", "README.md", "LICENSE", "src", "www", "tests"];
    let output = Command::new("git").args(["ls-files"]).current_dir(root()).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let tops: BTreeSet<_> = listed.lines().filter_map(|line| line.split('/').next()).collect();
    let wrong: Vec<_> = tops
        .iter()
        .filter(|top| !top.starts_with('.') && !TOP.contains(top))
        .map(ToString::to_string)
        .collect();
    assert_none("not at the top", &wrong);
}

#[test]
fn the_readme_names_every_crate() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let missing: Vec<_> = ALLOWED
        .iter()
        .filter(|(name, _)| !readme.contains(&format!("`{name}`")))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_none("the crate table of the README misses", &missing);
    let without: Vec<_> = ALLOWED
        .iter()
        .filter(|(name, _)| !root().join("src").join(name).join("README.md").is_file())
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_none("no README of its own", &without);
}

#[test]
fn a_function_over_the_ceiling_is_noticed() {
    let body: Vec<String> = (0..90).map(|number| format!("        step({number});")).collect();
    let mut lines = vec!["    pub async fn everything(&self) {"];
    lines.extend(body.iter().map(String::as_str));
    lines.push("    }");
    assert_eq!(long_functions(&lines), [("everything".to_owned(), 92)]);
    assert_eq!(long_functions(&lines[70..]), []);
}
