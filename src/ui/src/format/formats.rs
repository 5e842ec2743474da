//! The place and the time zone of the user, for everything that is written or read.

use super::Currency;
use crate::locale;
use model::text::{self, Locale, ShowContext, TypedContext, TypedError};
use model::{Column, ColumnKind, Table, TableName, TimeZone, Timestamp, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What a value without a column is taken for: as it is.
const PLAIN: &ColumnKind = &ColumnKind::UniqueId;

/// The formats of one user.
#[derive(Clone, Debug)]
pub struct Formats {
    locale: Locale,
    zone: TimeZone,
}

thread_local! {
    static FORMATS: RefCell<Option<Rc<Formats>>> = const { RefCell::new(None) };
    static TABLES: RefCell<HashMap<String, String>> = RefCell::new(HashMap::new());
}

/// Uses the place of this tag and this zone from now on.
pub fn set_formats(tag: &str, zone: TimeZone) {
    let formats = Rc::new(Formats { locale: Locale::of(tag), zone });
    FORMATS.with(|current| *current.borrow_mut() = Some(formats));
}

/// The formats in use.
pub fn formats() -> Rc<Formats> {
    FORMATS.with(|current| {
        let make = || Rc::new(Formats { locale: Locale::of("en"), zone: TimeZone::utc() });
        Rc::clone(current.borrow_mut().get_or_insert_with(make))
    })
}

/// Remembers what a table is called, for columns that hold names of tables.
pub fn know_table(table: &TableName, label: &str) {
    TABLES.with(|known| known.borrow_mut().insert(table.to_string(), label.to_owned()));
}

fn table_label(name: &str) -> Option<String> {
    TABLES.with(|known| known.borrow().get(name).cloned())
}

impl Formats {
    /// The place.
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// The user's time zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A whole number with thousands marks.
    pub fn integer(&self, number: i64) -> String {
        text::show_integer(number, self.locale)
    }

    /// An instant in the user's zone.
    pub fn date_time(&self, at: Timestamp) -> String {
        text::show_date_time(at, &self.zone, self.locale)
    }

    /// What the text of a value needs.
    pub fn context<'a>(&'a self, table: &'a Table, currency: Option<&'a Currency>) -> ShowContext<'a> {
        ShowContext {
            table: Some(table),
            currency,
            table_label: Some(&table_label),
            ..ShowContext::new(&self.zone, locale::language())
        }
    }

    /// A value as people read it.
    pub fn show(&self, value: &Value, column: Option<&Column>, context: &ShowContext<'_>) -> String {
        text::show(column.map_or(PLAIN, |column| &column.kind), value, self.locale, context)
    }

    /// A value as it stands in an input.
    pub fn edit(&self, value: &Value, kind: &ColumnKind, context: &ShowContext<'_>) -> String {
        text::edit_text(kind, value, self.locale, context)
    }

    /// Reads what was typed over a value.
    pub fn read(
        &self,
        typed: &str,
        kind: &ColumnKind,
        context: ShowContext<'_>,
        before: &Value,
    ) -> Result<Value, TypedError> {
        let context = TypedContext { show: context, now: now(), rows: &[], before };
        text::parse_typed(kind, typed, self.locale, &context)
    }
}

/// Now. Tests on the host have no browser to ask.
fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below the limit")]
    let milliseconds = if cfg!(target_arch = "wasm32") { js_sys::Date::now() as i64 } else { 0 };
    Timestamp::from_milliseconds(milliseconds)
}
