#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod activate;
mod assign;
mod commands;
mod create;
mod deactivate;
mod delete;
mod derive;
mod error;
mod move_stage;
mod rights;
mod save;
mod situation;
mod state;
#[cfg(test)]
mod testing;
mod validate;

pub use commands::{commands_for, commands_for_view, is_editable};
pub use create::new_row;
pub use derive::derive;
pub use error::{Invalid, InvalidKind, SalesError};
pub use rights::{has_right, may};
pub use situation::{Situation, plan_command};
pub use state::is_closed;
pub use validate::{WriteKind, is_writable, validate};
