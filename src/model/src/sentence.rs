//! Sentences with gaps: told in English, and said by a screen in the user's language.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Letters of a value that are kept: a sentence is read by people, whatever a definition holds.
const MAX_LETTERS: usize = 200;

/// A text cut to this many letters, with a mark where it was longer.
pub(crate) fn cut(text: &str, letters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(letters) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// A sentence for people. Its template names its gaps in braces and is also the key of its translations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    template: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(Cow<'static, str>, String)>,
}

impl Sentence {
    /// A sentence and what stands in its gaps; made by [`said!`](crate::said).
    #[must_use]
    pub fn new(template: &'static str, values: Vec<(&'static str, String)>) -> Self {
        let values = values.into_iter().map(|(gap, value)| {
            let value = if value.len() > MAX_LETTERS { cut(&value, MAX_LETTERS).into_owned() } else { value };
            (Cow::Borrowed(gap), value)
        });
        Self { template: Cow::Borrowed(template), values: values.collect() }
    }

    /// The English sentence with its gaps in braces.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The sentence by another template, one in another language.
    #[must_use]
    pub fn by(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        // From left to right, so that what stands in a gap is never taken for a gap.
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let found = after
                .split_once('}')
                .and_then(|(gap, after)| Some((self.values.iter().find(|(known, _)| known == gap)?, after)));
            match found {
                Some(((_, value), after)) => {
                    text.push_str(value);
                    rest = after;
                }
                None => {
                    text.push('{');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        text
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.by(&self.template))
    }
}

impl From<&'static str> for Sentence {
    /// A sentence without gaps.
    fn from(template: &'static str) -> Self {
        Self { template: Cow::Borrowed(template), values: Vec::new() }
    }
}

/// A [`Sentence`]: the template, then its gaps by the names of variables or with values of their own.
#[macro_export]
macro_rules! said {
    ($template:literal $(, $gap:ident $(= $value:expr)?)* $(,)?) => {
        $crate::Sentence::new($template, vec![$((stringify!($gap), $crate::said!(@value $gap $(= $value)?))),*])
    };
    (@value $gap:ident = $value:expr) => { ($value).to_string() };
    (@value $gap:ident) => { $gap.to_string() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_once_and_in_any_language() {
        let (id, count) = ("{count}", 7);
        let sentence = said!("the form {id} has {count} tabs and {more}", id, count = count + 1);
        assert_eq!(sentence.to_string(), "the form {count} has 8 tabs and {more}");
        assert_eq!(sentence.by("{count} onglets dans {id}, {"), "8 onglets dans {count}, {");
        let text = serde_json::to_string(&sentence).unwrap();
        assert_eq!(serde_json::from_str::<Sentence>(&text).unwrap(), sentence);
        assert_eq!(Sentence::from("no tabs").to_string(), "no tabs");
        let long = said!("{long}", long = "é".repeat(10_000)).to_string();
        assert_eq!((long.chars().count(), long.ends_with("é…")), (201, true));
    }
}
