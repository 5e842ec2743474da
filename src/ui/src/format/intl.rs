//! The browser's `Intl` for numbers, amounts and dates in the user's locale and time zone.

use super::NumberStyle;
use js_sys::{Array, Function, Object, Reflect};
use model::{Date, Decimal, TimeZone, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

const MILLISECONDS_PER_DAY: f64 = 86_400_000.0;
const MILLISECONDS_PER_MINUTE: f64 = 60_000.0;

/// An option of a formatter.
#[derive(Clone, Copy)]
enum Setting<'a> {
    Word(&'a str),
    Digits(u8),
}

/// `Intl` is the browser's: tests on the host see plain numbers.
const HAS_INTL: bool = cfg!(target_arch = "wasm32");

/// The formats of one user. Formatters are made once: `Intl` is slow to make and quick to use.
pub struct Formats {
    locale: String,
    zone: TimeZone,
    style: NumberStyle,
    made: RefCell<HashMap<String, Option<Function>>>,
}

thread_local! {
    static FORMATS: RefCell<Option<Rc<Formats>>> = const { RefCell::new(None) };
}

/// Uses this locale and zone from now on.
pub fn set_formats(locale: &str, zone: TimeZone) {
    let formats = Rc::new(Formats::new(locale, zone));
    FORMATS.with(|current| *current.borrow_mut() = Some(formats));
}

/// The formats in use.
pub fn formats() -> Rc<Formats> {
    FORMATS.with(|current| {
        let mut current = current.borrow_mut();
        Rc::clone(current.get_or_insert_with(|| Rc::new(Formats::new("en", TimeZone::utc()))))
    })
}

impl Formats {
    fn new(locale: &str, zone: TimeZone) -> Self {
        let mut formats = Self {
            locale: locale.to_owned(),
            zone,
            style: NumberStyle::ENGLISH,
            made: RefCell::new(HashMap::new()),
        };
        formats.style = formats.find_style();
        formats
    }

    /// How numbers are typed.
    pub const fn style(&self) -> &NumberStyle {
        &self.style
    }

    /// The user's time zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A whole number with thousands marks.
    pub fn integer(&self, number: i64) -> String {
        self.number(&number.to_string(), "integer", &[("maximumFractionDigits", Setting::Digits(0))])
    }

    /// A decimal with exactly so many digits.
    pub fn decimal(&self, number: &Decimal, digits: u8) -> String {
        let options = [
            ("minimumFractionDigits", Setting::Digits(digits)),
            ("maximumFractionDigits", Setting::Digits(digits)),
        ];
        self.number(&number.to_string(), &format!("decimal{digits}"), &options)
    }

    /// A decimal with as many digits as it has, up to so many.
    pub fn short_decimal(&self, number: &Decimal, digits: u8) -> String {
        let options = [("maximumFractionDigits", Setting::Digits(digits))];
        self.number(&number.to_string(), &format!("short{digits}"), &options)
    }

    /// An amount in a currency of ISO 4217.
    pub fn money(&self, number: &Decimal, code: &str, digits: u8) -> String {
        let options = [
            ("style", Setting::Word("currency")),
            ("currency", Setting::Word(code)),
            ("minimumFractionDigits", Setting::Digits(digits)),
            ("maximumFractionDigits", Setting::Digits(digits)),
        ];
        self.number(&number.to_string(), &format!("money{code}{digits}"), &options)
    }

    /// A calendar date.
    pub fn date(&self, date: Date) -> String {
        self.moment(
            f64::from(date.days()) * MILLISECONDS_PER_DAY,
            "date",
            &[("dateStyle", Setting::Word("medium"))],
        )
    }

    /// An instant in the user's zone.
    pub fn date_time(&self, at: Timestamp) -> String {
        let (date, minutes) = self.zone.wall_clock(at);
        self.wall(date, minutes)
    }

    /// An instant as the wall-clock time it was written as.
    pub fn wall_time(&self, at: Timestamp) -> String {
        let (date, minutes) = TimeZone::utc().wall_clock(at);
        self.wall(date, minutes)
    }

    fn wall(&self, date: Date, minutes: i32) -> String {
        let milliseconds =
            f64::from(date.days()) * MILLISECONDS_PER_DAY + f64::from(minutes) * MILLISECONDS_PER_MINUTE;
        let options = [("dateStyle", Setting::Word("medium")), ("timeStyle", Setting::Word("short"))];
        self.moment(milliseconds, "moment", &options)
    }

    /// Numbers go to `Intl` as text, which keeps every digit.
    fn number(&self, number: &str, key: &str, options: &[(&str, Setting<'_>)]) -> String {
        if !HAS_INTL {
            return number.to_owned();
        }
        let format = self.formatter(key, || construct("NumberFormat", &self.locale, options));
        call(format, &number.into()).unwrap_or_else(|| number.to_owned())
    }

    fn moment(&self, milliseconds: f64, key: &str, options: &[(&str, Setting<'_>)]) -> String {
        if !HAS_INTL {
            return String::new();
        }
        let format = self.formatter(key, || {
            let mut options = options.to_vec();
            options.push(("timeZone", Setting::Word("UTC")));
            construct("DateTimeFormat", &self.locale, &options)
        });
        call(format, &milliseconds.into()).unwrap_or_default()
    }

    fn formatter(&self, key: &str, make: impl FnOnce() -> Option<Function>) -> Option<Function> {
        let mut made = self.made.borrow_mut();
        if !made.contains_key(key) {
            made.insert(key.to_owned(), make());
        }
        made.get(key).cloned().flatten()
    }

    fn find_style(&self) -> NumberStyle {
        let sample = self.decimal(&Decimal::new(123_456_789, 2), 2);
        let marks: Vec<char> = sample.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        match (marks.first(), marks.last()) {
            (Some(group), Some(decimal)) if marks.len() > 1 => {
                NumberStyle { decimal: *decimal, group: *group }
            }
            _ => NumberStyle::ENGLISH,
        }
    }
}

/// `new Intl[kind](locale, options).format`; nothing for a locale or currency the browser refuses.
fn construct(kind: &str, locale: &str, options: &[(&str, Setting<'_>)]) -> Option<Function> {
    let object = Object::new();
    for (name, setting) in options {
        let value = match setting {
            Setting::Word(word) => JsValue::from_str(word),
            Setting::Digits(digits) => JsValue::from(*digits),
        };
        Reflect::set(&object, &(*name).into(), &value).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor: Function = Reflect::get(&intl, &kind.into()).ok()?.dyn_into().ok()?;
    let arguments = Array::of2(&locale.into(), &object);
    let format = Reflect::construct(&constructor, &arguments).ok()?;
    Reflect::get(&format, &"format".into()).ok()?.dyn_into().ok()
}

fn call(format: Option<Function>, value: &JsValue) -> Option<String> {
    format?.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}
