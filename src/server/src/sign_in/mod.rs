//! Sign-in: OAuth 2 authorization code with PKCE for people, client credentials for services, and the first administrator.

mod authorize;
mod page;
mod password;
mod rate_limit;
mod setup;
mod token;

pub use authorize::{show_page, take_password};
pub use page::style;
pub use password::hash_password;
pub use rate_limit::RateLimit;
pub use setup::{set_up, show_setup};
pub use token::token;

/// The public client that the app is.
pub const APP_CLIENT: &str = "valise";
