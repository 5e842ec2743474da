//! The places, showing, and reading, each as a table.

mod places;
mod reading;
mod showing;

use super::{Currency, Locale, ShowContext, TypedContext};
use crate::{Language, TimeZone, Timestamp, Value, ZoneChange};

fn paris() -> TimeZone {
    let change = |text: &str, offset_minutes| ZoneChange { from: text.parse().unwrap(), offset_minutes };
    TimeZone {
        name: "Europe/Paris".to_owned(),
        changes: vec![
            change("2025-10-26T01:00:00Z", 60),
            change("2026-03-29T01:00:00Z", 120),
            change("2026-10-25T01:00:00Z", 60),
        ],
    }
}

fn euro() -> Currency {
    Currency { code: "EUR".to_owned(), symbol: "€".to_owned(), digits: 2 }
}

/// Today is Wednesday, 4 November 2026.
fn now() -> Timestamp {
    "2026-11-04T08:00:00Z".parse().unwrap()
}

fn typing<'a>(zone: &'a TimeZone, tag: &str, before: &'a Value) -> TypedContext<'a> {
    let language = Language::from_tag(tag).unwrap();
    TypedContext { show: ShowContext::new(zone, language), now: now(), rows: &[], before }
}

fn locale(tag: &str) -> Locale {
    Locale::of(tag)
}
