#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod app;
mod assets;
mod base_rows;
mod caller;
mod clock;
mod demo;
mod error;
mod extras;
mod headers;
mod offline_profile;
mod options;
pub mod output;
mod random;
mod router;
mod rules;
mod sign_in;
mod time_zone;
mod web_api;

pub use app::{App, OpenError};
pub use clock::Clock;
pub use options::{DemoSize, Options, USAGE, UsageError};
