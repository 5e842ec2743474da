#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod apps;
mod bookmarks;
mod decide;
mod definitions;
mod device;
mod drafts;
mod driver;
mod elsewhere;
mod execute;
mod failure;
mod find;
mod first_sync;
mod form;
pub mod message;
mod new_row;
mod offline;
mod offline_plan;
mod open;
mod ports;
mod problems;
mod process;
mod related;
mod row;
mod rows;
mod session;
mod sign_in;
mod sign_out;
mod site_map;
mod snapshot;
mod status;
mod table;
pub mod tabs;
#[cfg(test)]
mod tests;
mod unsent;
mod views;
mod wake;

pub use ports::{Events, SessionParts};
pub use session::Session;
pub use snapshot::Snapshot;

/// The clock's unit.
pub use model::Timestamp;
/// What a transport carries.
pub use odata::http::{HttpRequest, HttpResponse, Method};
/// What an edge implements.
pub use store::{Blocks, BlocksError};
/// What an edge implements.
pub use sync::{Clock, Random, Transport, TransportError};
