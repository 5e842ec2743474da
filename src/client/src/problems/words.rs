//! The sentences of problems in the user's language.

use model::{Language, Sentence};
use std::collections::HashMap;
use std::sync::OnceLock;

/// By the English template: French, then German.
type Words = HashMap<String, [String; 2]>;

const SOURCE: &str = include_str!("../../../../www/locales/problems.json");

/// The sentence in a language; in English where it is not translated, which a test prevents.
pub fn say(sentence: &Sentence, language: Language) -> String {
    let translated = words().get(sentence.template()).map(|[french, german]| match language {
        Language::English => sentence.template(),
        Language::French => french,
        Language::German => german,
    });
    sentence.by(translated.unwrap_or_else(|| sentence.template()))
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| serde_json::from_str(SOURCE).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The texts of a file's code that are sentences: those with a space in them.
    fn sentences(file: &str, found: &mut BTreeSet<String>) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|line| {
            let line = line.trim_start();
            !line.starts_with("//")
                && !line.starts_with("#[expect")
                && !line.contains("b'\"'")
                && !line.contains("'\"'")
        });
        let code = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "\u{1}");
        let texts = code.split('"').skip(1).step_by(2).map(|text| text.replace('\u{1}', "\""));
        found.extend(texts.filter(|text| text.trim().contains(' ')));
    }

    fn all_sentences() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let files =
            ["chart", "command_set", "control", "dashboard", "form", "form_parts", "json", "problems"];
        let more = ["process", "process_json", "process_xaml", "site_map", "view"];
        for file in files.iter().chain(&more) {
            sentences(&format!("model/src/xml/{file}.rs"), &mut found);
        }
        sentences("client/src/problems/check.rs", &mut found);
        found
    }

    fn gaps(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(gap, _)| gap).collect()
    }

    #[test]
    fn every_sentence_is_there_in_every_language_with_the_same_gaps() {
        let (said, known) = (all_sentences(), words().keys().cloned().collect::<BTreeSet<_>>());
        let untranslated: Vec<_> = said.difference(&known).collect();
        let never_said: Vec<_> = known.difference(&said).collect();
        assert!(untranslated.is_empty() && never_said.is_empty(), "{untranslated:?} {never_said:?}");
        for (english, others) in words() {
            for other in others {
                assert_eq!(gaps(english), gaps(other), "{english}");
                assert!(!other.is_empty());
            }
        }
    }

    #[test]
    fn a_sentence_is_said_in_the_users_language() {
        let (text, name) = ("x", "columns");
        let sentence = model::said!("{name}=\"{text}\" is neither true nor false", name, text);
        assert_eq!(say(&sentence, Language::English), "columns=\"x\" is neither true nor false");
        assert_eq!(say(&sentence, Language::German), "columns=\"x\" ist weder true noch false");
        assert!(say(&sentence, Language::French).starts_with("columns=\"x\" n’est ni"));
    }
}
