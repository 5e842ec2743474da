//! The server from the outside, in one process: HTTP in, HTTP out, a fresh database for each test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by failing")]

mod assets;
mod batch;
mod deltas;
mod reading;
mod rights;
mod sign_in;
mod world;
mod writing;
