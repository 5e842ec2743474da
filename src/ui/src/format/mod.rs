//! Values as people read and write them: `model::text` with what the session knows of the user.

mod formats;
mod problem;
mod raw;
mod show;

pub use formats::{formats, know_table, set_formats};
pub use model::text::Currency;
pub use problem::say;
pub use raw::raw;
pub use show::{Shown, link_address, linked, option_text, party_text, show, show_file};
