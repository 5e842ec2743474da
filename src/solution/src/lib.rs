#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod tables;

pub use error::SolutionError;
pub use tables::tables;

use model::Metadata;

/// Grows with every released change of the data files, so that clients fetch the metadata again.
pub const VERSION: i64 = 1;

/// The whole solution: tables, forms, views, apps.
pub fn metadata() -> Result<Metadata, SolutionError> {
    Ok(Metadata { version: VERSION, tables: tables()?, ..Metadata::default() })
}
