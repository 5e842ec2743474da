//! Text without case and accents: what is compared, searched and sorted by.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The case- and accent-insensitive form of a text: `Épée` and `EPEE` have the same.
///
/// Folding twice changes nothing more. Text that is ASCII lower-case already is borrowed.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.nfd().flat_map(char::to_lowercase).nfd() {
        match character {
            mark if is_accent(mark) => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ŧ' => folded.push('t'),
            // A sigma at the end of a word is the same letter.
            'ς' => folded.push('σ'),
            '\u{a0}' | '\u{202f}' => folded.push(' '),
            '’' | 'ʼ' => folded.push('\''),
            other => folded.push(other),
        }
    }
    Cow::Owned(folded)
}

/// The combining marks of Latin, Greek and Cyrillic; the vowel signs of other scripts are letters to their readers.
const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_matter() {
        for (text, folded) in [
            ("", ""),
            ("acme", "acme"),
            ("ACME 42", "acme 42"),
            ("Société Générale", "societe generale"),
            ("Cafe\u{301}", "cafe"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("Œuvre Ærø", "oeuvre aero"),
            ("Łódź İstanbul", "lodz istanbul"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Ж Ё", "ж е"),
            ("が", "か\u{3099}"),
            ("L’Oréal\u{a0}SA", "l'oreal sa"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
            assert_eq!(fold(folded), folded, "{folded} again");
        }
        assert!(matches!(fold("plain text"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_character_folds_to_something_that_stays() {
        for character in '\0'..=char::MAX {
            let once = fold(character.encode_utf8(&mut [0; 4])).into_owned();
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(character));
        }
    }
}
