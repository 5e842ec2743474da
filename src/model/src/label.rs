//! Texts of the definitions in every language the solution ships.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A language a user can choose; on the wire and in XML it is its LCID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 1033
    English,
    /// 1036
    French,
    /// 1031
    German,
}

impl Language {
    /// Every language, English (the fallback) first.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::German];

    /// The Windows locale id that Dataverse uses.
    #[must_use]
    pub const fn lcid(self) -> u32 {
        match self {
            Self::English => 1033,
            Self::French => 1036,
            Self::German => 1031,
        }
    }

    /// The language of a locale id, if the solution ships it.
    #[must_use]
    pub fn from_lcid(lcid: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.lcid() == lcid)
    }

    /// The BCP 47 tag (`fr`).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::German => "de",
        }
    }

    /// The language of a BCP 47 tag (`fr`, `fr-CH`), if the solution ships it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }
}

/// A text per language, keyed by LCID.
///
/// Written as a map with text keys: formats without number keys, and enums that serde buffers, can then carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label(BTreeMap<u32, String>);

impl Label {
    /// A label with one text.
    #[must_use]
    pub fn one(language: Language, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language.lcid(), text.into())]))
    }

    /// Adds or replaces the text of a locale id.
    pub fn set(&mut self, lcid: u32, text: impl Into<String>) {
        self.0.insert(lcid, text.into());
    }

    /// The text in `language`, else in English, else in any language, else nothing.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        self.0
            .get(&language.lcid())
            .or_else(|| self.0.get(&Language::English.lcid()))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// The text of exactly this language, for tests that look for missing translations.
    #[must_use]
    pub fn exact(&self, language: Language) -> Option<&str> {
        self.0.get(&language.lcid()).map(String::as_str)
    }

    /// Every (LCID, text) pair.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.0.iter().map(|(lcid, text)| (*lcid, text.as_str()))
    }

    /// True when no language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps only the text shown to a user of `language`: what is sent to a screen.
    pub fn keep(&mut self, language: Language) {
        if self.0.len() > 1 {
            let text = self.text(language).to_owned();
            self.0 = BTreeMap::from([(language.lcid(), text)]);
        }
    }
}

impl Serialize for Label {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(lcid, text)| (lcid.to_string(), text)))
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let entry = |(lcid, text): (String, String)| match lcid.parse() {
            Ok(lcid) => Ok((lcid, text)),
            Err(_) => Err(serde::de::Error::custom(format!("“{lcid}” is not a locale id such as 1033"))),
        };
        texts.into_iter().map(entry).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_inside_an_option_survives_json() {
        let kind = crate::ColumnKind::Choice {
            options: vec![crate::ChoiceOption { value: 1, label: Label::one(Language::French, "Chaud") }],
            default: None,
        };
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(serde_json::from_str::<crate::ColumnKind>(&json).unwrap(), kind);
        assert!(serde_json::from_str::<Label>(r#"{"french":"Chaud"}"#).is_err());
    }

    #[test]
    fn a_missing_language_falls_back_to_english() {
        let mut label = Label::one(Language::English, "Account");
        label.set(1036, "Compte");
        assert_eq!(label.text(Language::French), "Compte");
        assert_eq!(label.text(Language::German), "Account");
        label.keep(Language::French);
        assert_eq!(label.text(Language::English), "Compte");
    }
}
