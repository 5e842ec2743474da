//! The languages of Dataverse by their Windows locale ids, named in the languages of the screens.

use crate::Language;

/// `LCID English|French|German` a line; the names are CLDR's.
const NAMES: &str = include_str!("languages.txt");

/// Every language with its number.
pub fn languages(language: Language) -> impl Iterator<Item = (i64, &'static str)> {
    NAMES.lines().filter_map(move |line| {
        let (number, names) = line.split_once(' ')?;
        Some((number.parse().ok()?, pick(names, language)?))
    })
}

/// The name of a language.
pub fn name(number: i64, language: Language) -> Option<&'static str> {
    languages(language).find(|(lcid, _)| *lcid == number).map(|(_, name)| name)
}

/// The part of a language; a missing one is the same as the English.
pub fn pick(names: &'static str, language: Language) -> Option<&'static str> {
    let mut parts = names.split('|');
    let english = parts.next()?;
    let other = match language {
        Language::English => None,
        Language::French => parts.next(),
        Language::German => parts.nth(1),
    };
    Some(other.filter(|name| !name.is_empty()).unwrap_or(english))
}
