//! Who may sign in and what they may do: accounts, service clients, tokens, roles, teams, settings.

mod accounts;
mod rights;
mod tokens;

pub use accounts::{Client, SignIn};
pub use rights::{BusinessUnit, RoleRow, UserSettings};
pub use tokens::{AuthorizationCode, Token, TokenKind, TokenUse};
