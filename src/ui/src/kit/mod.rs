//! Small parts that know nothing of rows: icons, menus, dialogs, notices, skeletons.

mod dialog;
mod icon;
mod menu;
mod notices;
mod parts;
mod popup;

pub use dialog::Dialog;
pub use icon::Icon;
pub use menu::{Menu, MenuItem};
pub use notices::Notices;
pub use parts::{Empty, Skeleton, Spinner};
pub use popup::{hide_popup, show_popup};
