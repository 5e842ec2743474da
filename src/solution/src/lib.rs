#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod demo;
mod error;
mod roles;
mod screens;
mod tables;

pub use error::SolutionError;
pub use roles::{RoleRecord, roles};
pub use screens::{apps, charts, command_sets, dashboards, forms, processes, views};
pub use tables::tables;

use model::Metadata;

/// Grows with every released change of the data files, so that clients fetch the metadata again.
pub const VERSION: i64 = 3;

/// The whole solution: tables, forms, views, apps, process flows, charts, dashboards, commands.
pub fn metadata() -> Result<Metadata, SolutionError> {
    Ok(Metadata {
        version: VERSION,
        tables: tables()?,
        forms: forms()?,
        views: views()?,
        apps: apps()?,
        processes: processes()?,
        charts: charts()?,
        dashboards: dashboards()?,
        command_sets: command_sets()?,
        ..Metadata::default()
    })
}
