//! Values as people read and type them: one implementation for screens, for the server's formatted values, and for what
//! is typed. It knows the facts of its locales itself, so that a pure crate and a server give the same text as a browser.
//!
//! Nothing here looks at rows: what a text needs beside the value (currency, option labels, names of rows) is given.

mod calendar;
mod clock;
mod duration;
mod edit;
mod fold;
mod languages;
mod locale;
mod money;
mod number;
mod problem;
mod rich;
mod show;
mod time_zones;
mod typed;
mod typed_row;
mod typed_text;
mod words;

#[cfg(test)]
mod tests;

pub use calendar::{parse_date, show_date, write_date};
pub use clock::{parse_time, show_date_time, show_time, write_time};
pub use duration::{parse_duration, show_duration};
pub use edit::edit_text;
pub use languages::languages;
pub use locale::{Locale, first_weekday};
pub use money::{Currency, money_digits};
pub use number::{show_decimal, show_integer};
pub use problem::TypedError;
pub use rich::plain_text;
pub use show::{FileName, ShowContext, TableLabels, party_name, show};
pub use time_zones::time_zones;
pub use typed::{MORNING, TypedContext, parse_typed};
pub use typed_text::complete_address;
