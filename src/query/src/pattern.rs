//! `like`: patterns over folded text, matched in time proportional to text × pattern at worst.

use crate::bound::{Pattern, PatternPart};
use crate::fold::fold;

impl Pattern {
    /// The pattern of an SQL LIKE text: `%` any characters, `_` one character, `[a-f]` and `[^0-9]` classes.
    #[must_use]
    pub fn like(text: &str) -> Self {
        simplify(parts(text))
    }

    /// Begins with this text; no character is a wildcard.
    #[must_use]
    pub fn begins_with(text: &str) -> Self {
        Self::Prefix(fold(text).into_owned())
    }

    /// Ends with this text; no character is a wildcard.
    #[must_use]
    pub fn ends_with(text: &str) -> Self {
        Self::Suffix(fold(text).into_owned())
    }

    /// What a user typed into a search box: the beginning of the text, `*` any characters.
    #[must_use]
    pub fn search(text: &str) -> Self {
        let mut parts = Vec::new();
        for (index, piece) in text.split('*').enumerate() {
            if index > 0 {
                push_anything(&mut parts);
            }
            if !piece.is_empty() {
                parts.push(PatternPart::Text(fold(piece).into_owned()));
            }
        }
        push_anything(&mut parts);
        simplify(parts)
    }

    /// True when the folded text fits.
    #[must_use]
    pub fn matches(&self, folded: &str) -> bool {
        match self {
            Self::Prefix(prefix) => folded.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => folded.ends_with(suffix.as_str()),
            Self::Contains(part) => folded.contains(part.as_str()),
            Self::Parts(parts) => matches_parts(parts, folded),
        }
    }
}

fn push_anything(parts: &mut Vec<PatternPart>) {
    if parts.last() != Some(&PatternPart::Anything) {
        parts.push(PatternPart::Anything);
    }
}

fn parts(text: &str) -> Vec<PatternPart> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let part = match character {
            '%' => Some(PatternPart::Anything),
            '_' => Some(PatternPart::AnyCharacter),
            '[' => read_class(&mut rest),
            _ => None,
        };
        match part {
            // `[%]` is how a wildcard is written as itself.
            Some(PatternPart::Class { negated: false, ranges }) if is_single(&ranges) => {
                literal.extend(ranges.first().map(|(first, _)| *first));
            }
            Some(part) => {
                flush(&mut literal, &mut parts);
                if part == PatternPart::Anything { push_anything(&mut parts) } else { parts.push(part) }
            }
            None => literal.push(character),
        }
    }
    flush(&mut literal, &mut parts);
    parts
}

fn is_single(ranges: &[(char, char)]) -> bool {
    matches!(ranges, [(first, last)] if first == last)
}

fn flush(literal: &mut String, parts: &mut Vec<PatternPart>) {
    if !literal.is_empty() {
        parts.push(PatternPart::Text(fold(literal).into_owned()));
        literal.clear();
    }
}

/// Reads the class after its `[`. A bracket that is never closed is a character like others; nothing is taken then.
fn read_class(rest: &mut std::str::Chars<'_>) -> Option<PatternPart> {
    let text = rest.as_str();
    let negated = text.starts_with('^');
    let body = text.get(usize::from(negated)..)?;
    // A bracket that comes first stands for itself.
    let first = body.chars().next()?.len_utf8();
    let end = body.get(first..)?.find(']')? + first;
    let inside: Vec<char> = body.get(..end)?.chars().collect();
    let mut ranges = Vec::new();
    let mut index = 0;
    while let Some(&low) = inside.get(index) {
        match (inside.get(index + 1), inside.get(index + 2)) {
            (Some('-'), Some(&high)) => {
                ranges.push((folded(low), folded(high)));
                index += 3;
            }
            _ => {
                ranges.push((folded(low), folded(low)));
                index += 1;
            }
        }
    }
    *rest = body.get(end + 1..)?.chars();
    Some(PatternPart::Class { negated, ranges })
}

fn folded(character: char) -> char {
    fold(character.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(character)
}

fn simplify(mut parts: Vec<PatternPart>) -> Pattern {
    use PatternPart::{Anything, Text};
    match parts.as_mut_slice() {
        [Text(text), Anything] => Pattern::Prefix(std::mem::take(text)),
        [Anything, Text(text)] => Pattern::Suffix(std::mem::take(text)),
        [Anything, Text(text), Anything] => Pattern::Contains(std::mem::take(text)),
        _ => Pattern::Parts(parts),
    }
}

/// Takes the shortest run for each `Anything` and, on a mismatch, lengthens only the last one: never exponential.
fn matches_parts(parts: &[PatternPart], text: &str) -> bool {
    let (mut part, mut rest) = (0, text);
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match parts.get(part) {
            Some(PatternPart::Anything) => {
                part += 1;
                retry = Some((part, rest));
                continue;
            }
            Some(PatternPart::Text(wanted)) => rest.strip_prefix(wanted.as_str()),
            Some(PatternPart::AnyCharacter) => rest.chars().next().map(|first| &rest[first.len_utf8()..]),
            Some(PatternPart::Class { negated, ranges }) => rest
                .chars()
                .next()
                .filter(|first| ranges.iter().any(|(low, high)| (low..=high).contains(&first)) != *negated)
                .map(|first| &rest[first.len_utf8()..]),
            None if rest.is_empty() => return true,
            None => None,
        };
        if let Some(after) = step {
            (part, rest) = (part + 1, after);
            continue;
        }
        let Some((again, from)) = retry else { return false };
        let Some(first) = from.chars().next() else { return false };
        // Nothing but `Anything` left: whatever follows fits.
        if again == parts.len() {
            return true;
        }
        let shorter = &from[first.len_utf8()..];
        retry = Some((again, shorter));
        (part, rest) = (again, shorter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_follows_sql() {
        for (pattern, yes, no) in [
            ("acme", vec!["ACME", "Acmé"], vec!["acme ltd", ""]),
            ("acme%", vec!["Acme", "ACME Ltd"], vec!["the acme"]),
            ("%LTD", vec!["Acme Ltd"], vec!["Ltd Acme"]),
            ("%émil%", vec!["L'Emilie", "emil"], vec!["emi"]),
            ("a%c%e", vec!["abcde", "ace", "accce"], vec!["acde ", "abd"]),
            ("_at", vec!["cat", "Éat"], vec!["at", "chat"]),
            ("%", vec!["", "x"], vec![]),
            ("", vec![""], vec!["x"]),
            ("[a-c]x", vec!["Ax", "bx"], vec!["dx", "x", "aax"]),
            ("[^a-c]x", vec!["dx"], vec!["ax", "x"]),
            ("50[%]", vec!["50%"], vec!["500"]),
            ("a[_]b", vec!["a_b"], vec!["axb"]),
            ("[abc", vec!["[abc"], vec!["a"]),
            ("[]]x", vec!["]x"], vec!["x"]),
            ("%a_", vec!["xab", "aaa"], vec!["xa", "ab c"]),
            ("Stra_e", vec!["Strate"], vec![]),
        ] {
            let pattern_read = Pattern::like(pattern);
            for text in yes {
                assert!(pattern_read.matches(&fold(text)), "{text} like {pattern}: {pattern_read:?}");
            }
            for text in no {
                assert!(!pattern_read.matches(&fold(text)), "{text} not like {pattern}: {pattern_read:?}");
            }
        }
    }

    #[test]
    fn common_patterns_have_their_own_form() {
        assert_eq!(Pattern::like("Acme%"), Pattern::Prefix("acme".into()));
        assert_eq!(Pattern::like("%Acme"), Pattern::Suffix("acme".into()));
        assert_eq!(Pattern::like("%%Acme%"), Pattern::Contains("acme".into()));
        assert_eq!(Pattern::search("50%"), Pattern::Prefix("50%".into()));
        assert_eq!(Pattern::search("*Ac*"), Pattern::Contains("ac".into()));
        assert!(Pattern::search("a*c").matches("abcd"));
        assert!(!Pattern::search("a*c").matches("xabc"));
    }

    #[test]
    fn a_hostile_pattern_does_not_explode() {
        let pattern = Pattern::like(&"%a".repeat(2_000));
        assert!(!pattern.matches(&"a".repeat(1_999)));
        let pattern = Pattern::like(&format!("{}b", "a%".repeat(1_000)));
        assert!(!pattern.matches(&"a".repeat(20_000)));
    }
}
