#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod access;
mod aggregate;
mod answers;
mod auto_number;
mod bulk;
mod cell;
mod changes;
mod connection;
mod database;
mod definitions;
mod derived;
mod dialect;
mod error;
mod identity;
mod layout;
mod migrations;
mod names;
mod packed;
mod predicate;
mod read;
mod schema;
mod select;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use access::{Access, Reach};
pub use answers::StoredAnswer;
pub use bulk::BulkRow;
pub use changes::{ChangePage, ChangeRequest, ChangeToken, Gone, GoneReason};
pub use database::Database;
pub use definitions::{Customization, Definitions};
pub use dialect::{Dialect, Hold};
pub use error::{Result, StoreError};
pub use identity::{
    AuthorizationCode, BusinessUnit, Client, RoleRow, SignIn, Token, TokenKind, TokenUse, UserSettings,
};
pub use read::ReadTransaction;
pub use write::WriteTransaction;
