#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod blocks;
mod changes;
mod column;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod error;
#[cfg(test)]
mod failing;
#[cfg(feature = "contract")]
pub mod fixtures;
mod memory;
mod needs;
mod page;
mod parts;
mod run;
mod store;
mod table;
#[cfg(test)]
mod testing;
mod writer;

pub use blocks::{Batch, BlockPage, Blocks, BlocksError, Durability, Expectation, KeyRange, ObjectStore};
pub use error::StoreError;
pub use memory::MemoryBlocks;
pub use parts::{Cursor, PageCommit, SetAside, StoredRow, Touched};
pub use store::{Counters, Redefinition, Store};
pub use writer::PageWriter;
