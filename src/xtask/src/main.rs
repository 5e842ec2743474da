#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod build;
mod firefox;
mod fuzz;
mod say;
mod serve;
mod shell;
mod stamp;
mod test;
mod tools;

use anyhow::Result;

const USAGE: &str = "\
cargo xtask serve [--port N] [--data DIR] [--demo small|large|none] [--database URL]
    builds client and server and serves Valise on http://127.0.0.1:8080
cargo xtask test [native|contract|browser]…
    runs every test, or the named kinds; the last line is `N passed, N failed`
cargo xtask bench [--rows N] [--engine valise|dexie|sqlite]… [--only store|sync|start|sizes]…
    measures the store against Dexie and SQLite-WASM, the first sync, the warm start and the sizes
cargo xtask fuzz [--seconds N]
    mutates definitions, queries and messages of the Web API with ever new seeds";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match command.as_str() {
        "serve" => serve::run(&rest),
        "test" => test::run(&rest),
        "bench" => bench::run(&rest),
        "fuzz" => fuzz::run(&rest),
        "" | "help" | "--help" | "-h" => {
            say::line(USAGE);
            Ok(())
        }
        other => anyhow::bail!("there is no command “{other}”\n\n{USAGE}"),
    }
}
