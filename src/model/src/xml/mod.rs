//! The XML that definitions and queries are kept in: read into a bounded tree, and from there into values.
//!
//! Input of any size or depth is met with limits, so that reading and dropping a tree can neither hang nor overflow.
//! What is broken is told as a [`Trouble`] and the part before it is still handed out.

mod form;
mod site_map;
mod view;

pub use form::parse_form;
pub use site_map::parse_site_map;
pub use view::parse_view;

use crate::{Label, Problem};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Most bytes of one document.
pub const MAX_BYTES: usize = 4 << 20;
/// Most elements inside each other.
pub const MAX_DEPTH: usize = 128;
/// Most elements of one document.
pub const MAX_ELEMENTS: usize = 50_000;
const MAX_TROUBLES: usize = 100;

/// An element with everything in it. Comments and processing instructions are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The name as written.
    pub name: String,
    /// Names and values, entities resolved, in the order written.
    pub attributes: Vec<(String, String)>,
    /// The elements directly inside.
    pub children: Vec<Element>,
    /// The text directly inside, without the white space around it.
    pub text: String,
}

/// What was wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// More bytes than any definition needs.
    #[error("the XML has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More elements than any definition needs.
    #[error("the XML has more than {MAX_ELEMENTS} elements")]
    TooMany,
    /// Elements nested without end.
    #[error("elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// Not well-formed from here on.
    #[error("the XML is broken at byte {position}: {reason}")]
    Broken {
        /// Bytes before the trouble.
        position: u64,
        /// What the reader says.
        reason: String,
    },
    /// An entity that is not one of XML's five.
    #[error("the entity “&{name};” is unknown")]
    UnknownEntity {
        /// Its name.
        name: String,
    },
    /// There is no element.
    #[error("there is no XML element")]
    Empty,
}

/// A trouble and the names of the elements it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What is wrong.
    pub trouble: Trouble,
    /// Names of elements from the root, joined by `/`.
    pub place: String,
}

impl Element {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first element of this name directly inside.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The elements of this name directly inside.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element as XML again, for parameters that hold XML of their own.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = String::new();
        self.write(&mut xml);
        xml
    }

    fn write(&self, xml: &mut String) {
        xml.push('<');
        xml.push_str(&self.name);
        for (name, value) in &self.attributes {
            xml.push(' ');
            xml.push_str(name);
            xml.push_str("=\"");
            xml.push_str(&quick_xml::escape::escape(value.as_str()));
            xml.push('"');
        }
        xml.push('>');
        xml.push_str(&quick_xml::escape::escape(self.text.as_str()));
        self.children.iter().for_each(|child| child.write(xml));
        xml.push_str("</");
        xml.push_str(&self.name);
        xml.push('>');
    }
}

/// Reads a document. With troubles, the element is what could be read before and around them.
#[must_use]
pub fn read(xml: &str) -> (Option<Element>, Vec<Located>) {
    let mut tree = Tree::default();
    if xml.len() > MAX_BYTES {
        tree.trouble(Trouble::TooLarge { bytes: xml.len() });
        return (None, tree.troubles);
    }
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                tree.open(&start, reader.buffer_position());
            }
            Ok(Event::Empty(start)) => {
                tree.open(&start, reader.buffer_position());
                tree.close();
            }
            Ok(Event::End(_)) => tree.close(),
            Ok(Event::Text(text)) => tree.text(&text.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => tree.text(&text.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(entity)) => tree.entity(&entity),
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(error) => {
                tree.broken(reader.error_position(), &error.to_string());
                break;
            }
        }
        if tree.count > MAX_ELEMENTS {
            tree.trouble(Trouble::TooMany);
            break;
        }
    }
    if !tree.open.is_empty() && tree.troubles.is_empty() {
        tree.broken(reader.buffer_position(), "an element is not closed");
    }
    tree.finish()
}

#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    /// Open elements that are left out because they are too deep.
    skipped: usize,
    count: usize,
    troubles: Vec<Located>,
}

impl Tree {
    fn trouble(&mut self, trouble: Trouble) {
        if self.troubles.len() < MAX_TROUBLES {
            let names: Vec<_> = self.open.iter().map(|element| element.name.as_str()).collect();
            self.troubles.push(Located { trouble, place: names.join("/") });
        }
    }

    fn broken(&mut self, position: u64, reason: &str) {
        self.trouble(Trouble::Broken { position, reason: reason.to_owned() });
    }

    fn open(&mut self, start: &BytesStart<'_>, position: u64) {
        self.count += 1;
        if self.skipped > 0 || self.open.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.trouble(Trouble::TooDeep);
            }
            self.skipped += 1;
            return;
        }
        let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
        let mut element = Element { name, ..Element::default() };
        for attribute in start.attributes() {
            match attribute.map_err(|error| error.to_string()).and_then(|attribute| {
                let value = attribute.unescape_value().map_err(|error| error.to_string())?;
                Ok((String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value.into_owned()))
            }) {
                Ok(pair) => element.attributes.push(pair),
                Err(reason) => self.broken(position, &reason),
            }
        }
        self.open.push(element);
    }

    fn close(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if let Some(mut element) = self.open.pop() {
            element.text = element.text.trim().to_owned();
            match self.open.last_mut() {
                Some(parent) => parent.children.push(element),
                None if self.root.is_none() => self.root = Some(element),
                None => self.broken(0, "there is a second root element"),
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped == 0
            && let Some(element) = self.open.last_mut()
        {
            element.text.push_str(text);
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) {
        let name = entity.decode().unwrap_or_default().into_owned();
        let character = entity.resolve_char_ref().ok().flatten().map(String::from);
        let text = character.or_else(|| {
            quick_xml::escape::resolve_predefined_entity(&name).map(std::borrow::ToOwned::to_owned)
        });
        match text {
            Some(text) => self.text(&text),
            None => self.trouble(Trouble::UnknownEntity { name }),
        }
    }

    fn finish(mut self) -> (Option<Element>, Vec<Located>) {
        if self.root.is_none() && self.open.is_empty() && self.troubles.is_empty() {
            self.trouble(Trouble::Empty);
        }
        self.skipped = 0;
        while !self.open.is_empty() {
            self.close();
        }
        (self.root, self.troubles)
    }
}

/// Collects problems with the place they stand at, up to a number that still helps.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, what: impl Into<String>, place: &str, instead: &str) {
        if self.0.len() < MAX_TROUBLES {
            self.0.push(Problem { what: what.into(), place: place.to_owned(), instead: instead.to_owned() });
        }
    }

    /// Reads a document and notes its troubles; `root` is the name the outermost element should have.
    fn read(&mut self, xml: &str, root: &str) -> Option<Element> {
        let (element, troubles) = read(xml);
        for Located { trouble, place } in troubles {
            let place = if place.is_empty() { root } else { &place };
            self.add(trouble.to_string(), place, "what could be read is used");
        }
        let element = element?;
        if element.name == root {
            return Some(element);
        }
        let what = format!("the outermost element is <{}>, expected <{root}>", element.name);
        self.add(what, &element.name, "it is left out");
        None
    }

    /// The value of a yes/no attribute, or `default` where it is absent or neither.
    fn flag(&mut self, element: &Element, name: &str, default: bool, place: &str) -> bool {
        let Some(text) = element.attribute(name) else { return default };
        match flag(text) {
            Some(flag) => flag,
            None => {
                let what = format!("{name}=\"{text}\" is neither true nor false");
                self.add(what, place, if default { "taken as true" } else { "taken as false" });
                default
            }
        }
    }

    /// A number within bounds, or `default`.
    fn number<N: TryFrom<u32> + Copy + std::fmt::Display>(
        &mut self,
        element: &Element,
        name: &str,
        default: N,
        place: &str,
        range: std::ops::RangeInclusive<u32>,
    ) -> N {
        let Some(text) = element.attribute(name) else { return default };
        let digits = text.trim().trim_end_matches("px").trim_end_matches('%').trim();
        let number = digits.parse::<f64>().ok().filter(|number| *number >= 0.0 && *number < 1e9);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 1e9")]
        let number = number.map(|number| number.round() as u32);
        if let Some(number) = number.filter(|number| range.contains(number))
            && let Ok(number) = N::try_from(number)
        {
            return number;
        }
        let what = format!("{name}=\"{text}\" is not a number from {} to {}", range.start(), range.end());
        self.add(what, place, &format!("taken as {default}"));
        default
    }
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

/// The labels of `<labels><label description="…" languagecode="1033"/></labels>`.
fn labels(element: &Element, problems: &mut Problems, place: &str) -> Label {
    let mut label = Label::default();
    let listed = element.all("labels").flat_map(|labels| labels.all("label"));
    for one in listed {
        let text = one.attribute("description").unwrap_or_default();
        let code = one.attribute("languagecode").unwrap_or_default();
        match code.trim().parse() {
            Ok(lcid) if !text.is_empty() => label.set(lcid, text),
            Ok(_) => {}
            Err(_) => problems.add(
                format!("languagecode=\"{code}\" is not a language"),
                place,
                "the label is left out",
            ),
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_text_and_entities_are_read() {
        let (element, troubles) =
            read("\u{feff}<?xml version='1.0'?><a x='1 &lt; 2'><!-- no --><b>M&amp;M &#233;</b><b/></a>");
        let element = element.unwrap();
        assert_eq!(troubles, []);
        assert_eq!(element.attribute("x"), Some("1 < 2"));
        assert_eq!(element.all("b").count(), 2);
        assert_eq!(element.children[0].text, "M&M é");
        assert_eq!(read(&element.to_xml()).0, Some(element));
    }

    #[test]
    fn what_is_broken_is_told_and_the_rest_is_kept() {
        for (xml, place, what) in [
            ("<a><b/><c", "a", "broken"),
            ("<a><b/>", "a", "not closed"),
            ("<a><b/></c></a>", "a", "broken"),
            ("<a><b/><c x='1' x='2'/></a>", "a", "broken"),
            ("<a><b/>&lol;</a>", "a", "&lol;"),
            ("<!DOCTYPE a [<!ENTITY lol 'ha'>]><a><b/>&lol;</a>", "a", "&lol;"),
        ] {
            let (element, troubles) = read(xml);
            assert_eq!(element.unwrap().children.first().map(|b| b.name.clone()), Some("b".into()), "{xml}");
            assert_eq!(troubles.len(), 1, "{xml}: {troubles:?}");
            assert_eq!(troubles[0].place, place, "{xml}");
            assert!(troubles[0].trouble.to_string().contains(what), "{xml}: {}", troubles[0].trouble);
        }
        for xml in ["", "   ", "hello", "<!-- -->"] {
            assert_eq!(read(xml).1[0].trouble, Trouble::Empty, "{xml}");
        }
    }

    #[test]
    fn limits_hold() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(read(&deep).1[0].trouble, Trouble::TooDeep);
        let many = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS + 1));
        assert_eq!(read(&many).1[0].trouble, Trouble::TooMany);
        let large = " ".repeat(MAX_BYTES + 1);
        assert_eq!(read(&large).1[0].trouble, Trouble::TooLarge { bytes: MAX_BYTES + 1 });
    }
}
