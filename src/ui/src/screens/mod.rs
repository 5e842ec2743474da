//! The screens: each knows its use case and asks the worker for it.

mod apps;
mod conflict;
mod definitions;
mod entry_words;
mod form;
mod form_commands;
mod form_places;
mod landing;
mod messages;
mod offline;
mod outbox;
mod sign_in;
mod storage;
mod unreadable;
mod unsent_file;
mod view;
mod view_changes;
mod view_commands;

pub use apps::AppsScreen;
pub use definitions::DefinitionsScreen;
pub use form::FormScreen;
pub use landing::Landing;
pub use messages::{Broken, NotFound, Opening, Superseded};
pub use offline::OfflineScreen;
pub use sign_in::SignInScreen;
pub use storage::size;
pub use unsent_file::save_unsent_file;
pub use view::ViewScreen;
