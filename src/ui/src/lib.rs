#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod browser;
mod field;
mod form;
mod format;
mod frame;
mod grid;
mod kit;
mod locale;
mod port;
mod root;
mod route;
mod screens;
mod session;
mod sign_in;
mod storage;
mod task;
mod walk;
pub mod wire;

pub use root::mount;
