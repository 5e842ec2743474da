//! Values as people read and write them.

mod date;
mod duration;
mod intl;
mod number;
mod raw;
mod show;

pub use date::{minutes_of, minutes_text};
pub use duration::{Units, parse_duration, show_duration};
pub use intl::{formats, set_formats};
pub use number::{NumberProblem, NumberStyle, parse_decimal, parse_integer, within, write_decimal};
pub use raw::raw;
pub use show::{Currency, Shown, link_address, linked, money_digits, option_text, party_text, show, units};
