//! Forms drawn from FormXML: knows metadata and values, nothing of any table.

mod body;
mod edits;
mod layout;
mod quick_create;
mod quick_view;
mod save;
mod state;
mod subgrid;
mod timeline;

pub use body::{FormHeader, FormTabs};
pub use quick_create::QuickCreate;
pub use save::save;
pub use state::{FormState, Newer, Start, seen_address};
