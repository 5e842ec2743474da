//! The XML (and some JSON) that definitions and queries are kept in: read into a bounded tree, and from there into values.
//!
//! Input of any size or depth is met with limits, so that reading and dropping a tree can neither hang nor overflow.
//! What is broken is told as a [`Trouble`] and the part before it is still handed out.

mod chart;
mod command_set;
mod control;
mod dashboard;
mod form;
mod form_parts;
mod json;
mod problems;
mod process;
mod process_json;
mod process_xaml;
mod resources;
mod site_map;
mod tree;
mod view;

pub use chart::parse_chart;
pub use command_set::parse_command_set;
pub use dashboard::parse_dashboard;
pub use form::parse_form;
pub use problems::flag;
pub use process::parse_process;
pub use site_map::parse_site_map;
pub use tree::{Element, Located, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, Trouble, read};
pub use view::parse_view;

use problems::{Place, Problems};
