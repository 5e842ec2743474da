//! What the server is told at its start.

use crate::clock::Clock;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// How much demo data a new org begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemoSize {
    /// None: the first start prints a link to make the administrator.
    #[default]
    None,
    /// A few hundred rows.
    Small,
    /// Some hundred thousand rows.
    Large,
}

/// What the server is told at its start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on.
    pub port: u16,
    /// Where the SQLite file lives.
    pub data: PathBuf,
    /// The demo data of a new org.
    pub demo: DemoSize,
    /// `postgres://…` or `sqlite:PATH`, instead of the file in `data`.
    pub database: Option<String>,
    /// The folder of the built app.
    pub app: PathBuf,
    /// The address people use, when a proxy stands before the server (`https://valise.example`).
    pub origin: Option<String>,
    /// Other origins whose pages may call the Web API.
    pub allowed_origins: Vec<String>,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            data: PathBuf::from("data"),
            demo: DemoSize::None,
            database: None,
            app: PathBuf::from("www/dist"),
            origin: None,
            allowed_origins: Vec::new(),
            clock: Clock::system(),
        }
    }
}

/// Why the command line cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{0}\n\n{USAGE}")]
pub struct UsageError(String);

/// The command line in short.
pub const USAGE: &str = "usage: server [--port NUMBER] [--host ADDRESS] [--data DIR] [--demo small|large|none] \
                         [--database URL] [--app DIR] [--origin URL] [--allow-origin URL]…";

impl Options {
    /// Reads a command line, without the program's name. `None` when it asks for help.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, UsageError> {
        use lexopt::prelude::{Long, Short, ValueExt};
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        let fail = |error: lexopt::Error| UsageError(error.to_string());
        while let Some(argument) = parser.next().map_err(fail)? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("port") => {
                    options.port = parser.value().and_then(|value| value.parse()).map_err(fail)?
                }
                Long("host") => {
                    options.host = parser.value().and_then(|value| value.parse()).map_err(fail)?
                }
                Long("data") => options.data = parser.value().map_err(fail)?.into(),
                Long("app") => options.app = parser.value().map_err(fail)?.into(),
                Long("database") => {
                    options.database = Some(parser.value().and_then(ValueExt::string).map_err(fail)?);
                }
                Long("origin") => {
                    options.origin = Some(origin(parser.value().and_then(ValueExt::string).map_err(fail)?)?);
                }
                Long("allow-origin") => {
                    let value = parser.value().and_then(ValueExt::string).map_err(fail)?;
                    options.allowed_origins.push(origin(value)?);
                }
                Long("demo") => {
                    let value = parser.value().and_then(ValueExt::string).map_err(fail)?;
                    options.demo = match value.as_str() {
                        "small" => DemoSize::Small,
                        "large" => DemoSize::Large,
                        "none" => DemoSize::None,
                        _ => {
                            return Err(UsageError(format!("--demo is small, large or none, not “{value}”")));
                        }
                    };
                }
                other => return Err(fail(other.unexpected())),
            }
        }
        if options.demo != DemoSize::None && !options.host.is_loopback() {
            return Err(UsageError(format!(
                "demo accounts have a known password, so --demo works on loopback addresses only, not on {}; \
                 leave --demo or --host away",
                options.host
            )));
        }
        Ok(Some(options))
    }

    /// The database's address.
    #[must_use]
    pub fn database_address(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("valise.db").display()))
    }
}

fn origin(value: String) -> Result<String, UsageError> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => Ok(value),
        _ => Err(UsageError(format!("“{value}” is not an origin; use https://HOST without a path"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Options>, UsageError> {
        Options::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn options_are_read_and_wrong_ones_named() {
        let options = parse("--port 9000 --data /tmp/x --demo small --allow-origin https://a.example")
            .unwrap()
            .unwrap();
        assert_eq!((options.port, options.demo), (9000, DemoSize::Small));
        assert_eq!(options.database_address(), "sqlite:/tmp/x/valise.db");
        assert_eq!(options.allowed_origins, ["https://a.example"]);
        assert!(parse("--help").unwrap().is_none());
        for (line, named) in [
            ("--port x", "x"),
            ("--demo huge", "huge"),
            ("--colour red", "--colour"),
            ("--origin a.example", "a.example"),
            ("--demo small --host 0.0.0.0", "loopback"),
            ("--data", "--data"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(named), "{line}: {error}");
        }
        assert!(parse("--demo none --host 0.0.0.0").is_ok());
    }
}
