//! The words of the screens in the user's language. Labels of tables and columns come with the metadata instead.

use model::Language;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::OnceLock;

const ENGLISH: &str = include_str!("../../../www/locales/en.json");
const FRENCH: &str = include_str!("../../../www/locales/fr.json");
const GERMAN: &str = include_str!("../../../www/locales/de.json");

type Texts = HashMap<String, String>;

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language of all texts from now on. Screens drawn earlier must be drawn anew.
pub fn set_language(language: Language) {
    LANGUAGE.with(|current| current.set(language));
}

/// The language of the screens.
pub fn language() -> Language {
    LANGUAGE.with(Cell::get)
}

/// The first of these BCP 47 tags that the screens are written in; else English.
pub fn choose(tags: &[String]) -> Language {
    tags.iter().find_map(|tag| Language::from_tag(tag)).unwrap_or(Language::English)
}

/// The text of a key; the key itself where the text is missing, which a test prevents.
pub fn text(key: &'static str) -> &'static str {
    find(key).unwrap_or(key)
}

/// The text of a key made of a family and a name that comes from data; nothing when the family does not know it.
pub fn text_of(family: &'static str, name: &str) -> Option<&'static str> {
    find(&format!("{family}.{name}"))
}

/// The text of a key with its `{names}` replaced.
pub fn fill(key: &'static str, values: &[(&str, &str)]) -> String {
    let mut filled = text(key).to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// True when a count takes the singular of the language: in French nothing does so, too.
pub fn is_one(count: u32) -> bool {
    count == 1 || (count == 0 && language() == Language::French)
}

fn find(key: &str) -> Option<&'static str> {
    texts(language()).get(key).or_else(|| texts(Language::English).get(key)).map(String::as_str)
}

fn texts(language: Language) -> &'static Texts {
    static CELLS: [OnceLock<Texts>; 3] = [const { OnceLock::new() }; 3];
    let (cell, source) = match language {
        Language::English => (&CELLS[0], ENGLISH),
        Language::French => (&CELLS[1], FRENCH),
        Language::German => (&CELLS[2], GERMAN),
    };
    cell.get_or_init(|| serde_json::from_str(source).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn sources(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// The literals that stand as the first argument of calls of these functions.
    fn first_arguments(source: &str, functions: &[&str]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for function in functions {
            for (at, call) in source.match_indices(&format!("{function}(")) {
                let before = source[..at].chars().next_back();
                if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                    continue;
                }
                let rest = source[at + call.len()..].trim_start();
                if let Some(literal) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    found.insert(literal.to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_text_is_there_in_every_language_and_none_is_unused() {
        let mut source = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
        let keys = first_arguments(&source, &["text", "fill"]);
        let families = first_arguments(&source, &["text_of"]);
        assert!(keys.len() > 50, "the calls are not recognised");
        for language in Language::ALL {
            let texts = texts(language);
            let missing: Vec<_> = keys.iter().filter(|key| !texts.contains_key(*key)).collect();
            assert!(missing.is_empty(), "{language:?} misses {missing:?}");
            let is_used = |key: &String| {
                keys.contains(key)
                    || key.rsplit_once('.').is_some_and(|(family, _)| families.contains(family))
            };
            let unused: Vec<_> = texts.keys().filter(|key| !is_used(key)).collect();
            assert!(unused.is_empty(), "{language:?} has unused {unused:?}");
            let english: BTreeSet<_> = super::texts(Language::English).keys().collect();
            assert_eq!(texts.keys().collect::<BTreeSet<_>>(), english, "{language:?} and English differ");
            let holes = |text: &str| {
                text.split('{')
                    .skip(1)
                    .filter_map(|part| part.split('}').next())
                    .map(str::to_owned)
                    .collect::<BTreeSet<_>>()
            };
            for (key, value) in texts {
                assert_eq!(holes(value), holes(&super::texts(Language::English)[key]), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn the_browser_language_chooses_the_language_of_the_sign_in_screen() {
        let tags = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(choose(&tags(&["it", "fr-CH", "en"])), Language::French);
        assert_eq!(choose(&tags(&["de-AT"])), Language::German);
        assert_eq!(choose(&[]), Language::English);
    }
}
