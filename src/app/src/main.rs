#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

/// The script that Trunk makes for the worker.
const WORKER: &str = "/worker_loader.js";

fn main() {
    ui::mount(WORKER);
}
