#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod blocks;
mod connection;
mod failure;
mod schema;
mod task;

pub use blocks::WebBlocks;

#[cfg(test)]
mod tests;
