//! Definitions through the Web API: tables, columns and relationships as metadata, everything else as rows of
//! `savedqueries`, `systemforms` and their like.

mod attribute;
mod check;
mod json;
pub mod mirror;
mod parts;
mod read;
mod relationship;
mod screens;
mod table;
mod write;

pub use parts::{create, delete, is_of_parts, update};
pub use read::get;
pub use write::{is_operation, operation};
