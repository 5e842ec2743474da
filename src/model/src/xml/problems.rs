//! The problems of a definition, each with the place it stands at.

use super::tree::{
    Element, Located, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TROUBLES, Trouble, read,
};
use crate::sentence::cut;
use crate::{Label, Problem, Sentence, said};
use std::fmt;

/// Letters of a name that a place tells.
const MAX_LETTERS: usize = 100;

/// Collects problems up to a number that still helps.
#[derive(Default)]
pub(super) struct Problems(pub Vec<Problem>);

/// Where something stands in a definition. A chain that borrows, so that a place costs nothing until it is told.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    name: &'a str,
    key: Key<'a>,
}

#[derive(Clone, Copy)]
enum Key<'a> {
    None,
    Number(usize),
    Name(&'a str),
}

impl<'a> Place<'a> {
    /// The outermost element.
    pub const fn root(name: &'a str) -> Self {
        Self { outer: None, name, key: Key::None }
    }

    /// The only element of its name.
    pub const fn inside(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), name, key: Key::None }
    }

    /// The element of this index among those of its name, told from 1.
    pub const fn nth(&'a self, name: &'a str, index: usize) -> Self {
        Self { outer: Some(self), name, key: Key::Number(index + 1) }
    }

    /// The element with this name or id.
    pub const fn named(&'a self, name: &'a str, key: &'a str) -> Self {
        Self { outer: Some(self), name, key: Key::Name(key) }
    }

    /// `tab[SUMMARY]` where the element has a name, else `tab[2]`.
    pub fn of(&'a self, what: &'a str, element: &'a Element<'_>, index: usize) -> Self {
        element.given("name").map_or_else(|| self.nth(what, index), |name| self.named(what, name))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(f, "{outer}/")?;
        }
        f.write_str(&cut(self.name, MAX_LETTERS))?;
        match self.key {
            Key::None => Ok(()),
            Key::Number(number) => write!(f, "[{number}]"),
            Key::Name(name) => write!(f, "[{}]", cut(name, MAX_LETTERS)),
        }
    }
}

impl Problems {
    pub fn add(&mut self, what: impl Into<Sentence>, place: &Place<'_>, instead: impl Into<Sentence>) {
        if self.0.len() < MAX_TROUBLES {
            self.0.push(Problem { what: what.into(), place: place.to_string(), instead: instead.into() });
        }
    }

    /// Reads a document and notes its troubles; `root` is the name the outermost element should have.
    pub fn read<'x>(&mut self, xml: &'x str, root: &str) -> Option<Element<'x>> {
        let element = self.read_any(xml, root)?;
        if element.name == root {
            return Some(element);
        }
        let what = said!("the outermost element is <{found}>, expected <{root}>", found = element.name, root);
        self.add(what, &Place::root(&element.name), "it is left out");
        None
    }

    /// Reads a document whatever its outermost element is called.
    pub fn read_any<'x>(&mut self, xml: &'x str, root: &str) -> Option<Element<'x>> {
        let (element, troubles) = read(xml);
        for Located { trouble, place } in troubles {
            let place = if place.is_empty() { root } else { &place };
            self.add(told(trouble), &Place::root(place), "what could be read is used");
        }
        element
    }

    /// The value of a yes/no attribute, or `default` where it is absent or neither.
    pub fn flag(&mut self, element: &Element<'_>, name: &str, default: bool, place: &Place<'_>) -> bool {
        let Some(text) = element.given(name) else { return default };
        flag(text).unwrap_or_else(|| {
            let what = said!("{name}=\"{text}\" is neither true nor false", name, text);
            self.add(what, place, if default { "taken as true" } else { "taken as false" });
            default
        })
    }

    /// A number within bounds, or `default`.
    pub fn number<N: TryFrom<u32> + Copy + fmt::Display>(
        &mut self,
        element: &Element<'_>,
        name: &str,
        default: N,
        place: &Place<'_>,
        range: std::ops::RangeInclusive<u32>,
    ) -> N {
        let Some(text) = element.given(name) else { return default };
        if let Some(number) = whole(text).filter(|number| range.contains(number))
            && let Ok(number) = N::try_from(number)
        {
            return number;
        }
        let what = said!(
            "{name}=\"{text}\" is not a number from {least} to {most}",
            name,
            text,
            least = range.start(),
            most = range.end()
        );
        self.add(what, place, said!("taken as {default}", default));
        default
    }

    /// Names the elements inside that are not known, once for each name.
    pub fn unknown_children(&mut self, element: &Element<'_>, known: &[&str], place: &Place<'_>) {
        let mut told: Vec<&str> = Vec::new();
        for child in &element.children {
            let name = child.name.as_ref();
            if !known.contains(&name) && !told.contains(&name) && told.len() < 10 {
                told.push(name);
                self.add(said!("the element <{name}> is not known", name), place, "it is left out");
            }
        }
    }

    /// Puts a text under the locale id that an attribute names.
    pub fn text(&mut self, label: &mut Label, code: &str, text: &str, place: &Place<'_>) {
        match code.trim().parse() {
            Ok(lcid) if !text.is_empty() => label.set(lcid, text),
            Ok(_) => {}
            Err(_) => {
                self.add(
                    said!("languagecode=\"{code}\" is not a language", code),
                    place,
                    "the label is left out",
                );
            }
        }
    }

    /// The labels of `<labels><label description="…" languagecode="1033"/></labels>`.
    pub fn labels(&mut self, element: &Element<'_>, place: &Place<'_>) -> Label {
        let mut label = Label::default();
        for one in element.all("labels").flat_map(|labels| labels.all("label")) {
            let code = one.attribute("languagecode").unwrap_or_default();
            self.text(&mut label, code, one.attribute("description").unwrap_or_default(), place);
        }
        label
    }

    /// The titles of `<Titles><Title LCID="1033" Title="…"/></Titles>`; navigation in forms says `Text` for `Title`.
    pub fn titles(&mut self, element: &Element<'_>, outer: &str, inner: &str, place: &Place<'_>) -> Label {
        let mut label = Label::default();
        for title in element.all(outer).flat_map(|titles| titles.all(inner)) {
            let text = title.attribute(inner).or_else(|| title.attribute("Text")).unwrap_or_default();
            match title.attribute("LCID").unwrap_or_default().trim().parse() {
                Ok(lcid) if !text.is_empty() => label.set(lcid, text),
                Ok(_) => {}
                Err(_) => {
                    self.add(said!("the title “{text}” has no LCID", text), place, "the title is left out")
                }
            }
        }
        label
    }
}

/// A trouble of a document as a problem says it.
pub(super) fn told(trouble: Trouble) -> Sentence {
    match trouble {
        Trouble::TooLarge { bytes } => {
            said!("the text has {bytes} bytes; at most {most} are read", bytes, most = MAX_BYTES)
        }
        Trouble::TooMany => said!("there are more than {most} elements", most = MAX_ELEMENTS),
        Trouble::TooManyAttributes => {
            said!("an element has more than {most} attributes", most = MAX_ATTRIBUTES)
        }
        Trouble::TooDeep => said!("elements are nested more than {most} deep", most = MAX_DEPTH),
        Trouble::Broken { position, reason } => {
            said!("the XML is broken at byte {position}: {reason}", position, reason)
        }
        Trouble::UnknownEntity { name } => said!("the entity “&{name};” is unknown", name),
        Trouble::Empty => "there is no XML element".into(),
    }
}

/// A whole number as widths and spans are written: `150`, `150px`, `33.3%`.
fn whole(text: &str) -> Option<u32> {
    let digits = text.trim().trim_end_matches("px").trim_end_matches('%').trim();
    let number = digits.parse::<f64>().ok().filter(|number| *number >= 0.0 && *number < 1e9);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 1e9")]
    number.map(|number| number.round() as u32)
}

/// The spellings of yes and no that forms, views and queries use.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
