//! Forms drawn from FormXML: knows metadata and values, nothing of any table.

mod body;
mod edits;
mod layout;
mod place;
mod process;
mod quick_create;
mod quick_view;
mod related;
mod save;
mod state;
mod subgrid;
mod timeline;
mod timer;

pub use body::{FormHeader, FormTabs};
pub use process::ProcessBar;
pub use quick_create::QuickCreate;
pub use save::save;
pub use state::{FormState, Newer, Start};
