//! A document as a tree that borrows from its text, with limits on what it may hold.

use crate::sentence::cut;
use quick_xml::Reader;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesRef, Event};
use std::borrow::Cow;

/// Most bytes of one document.
pub const MAX_BYTES: usize = 4 << 20;
/// Most elements inside each other.
pub const MAX_DEPTH: usize = 128;
/// Most elements of one document.
pub const MAX_ELEMENTS: usize = 50_000;
/// Most attributes of one element.
pub const MAX_ATTRIBUTES: usize = 200;
/// Most troubles told of one document.
pub(super) const MAX_TROUBLES: usize = 100;

/// An element with everything in it. Comments and processing instructions are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element<'a> {
    /// The name as written.
    pub name: Cow<'a, str>,
    /// Names and values, entities resolved, in the order written.
    pub attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The elements directly inside.
    pub children: Vec<Element<'a>>,
    /// The text directly inside, without the white space around it.
    pub text: Cow<'a, str>,
}

/// What was wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// More bytes than any definition needs.
    #[error("the text has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More elements than any definition needs.
    #[error("the XML has more than {MAX_ELEMENTS} elements")]
    TooMany,
    /// More attributes than any element needs.
    #[error("an element has more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes,
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

impl Element<'_> {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// The value of an attribute that holds something, without the white space around it.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The first element of this name directly inside.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The elements of this name directly inside.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first element of this name directly inside, if it holds any.
    #[must_use]
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_ref()).filter(|text| !text.is_empty())
    }

    /// The name without its namespace prefix.
    #[must_use]
    pub fn local_name(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
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
            xml.push_str(&quick_xml::escape::escape(value.as_ref()));
            xml.push('"');
        }
        xml.push('>');
        xml.push_str(&quick_xml::escape::escape(self.text.as_ref()));
        self.children.iter().for_each(|child| child.write(xml));
        xml.push_str("</");
        xml.push_str(&self.name);
        xml.push('>');
    }
}

/// Reads a document. With troubles, the element is what could be read before and around them.
#[must_use]
pub fn read(xml: &str) -> (Option<Element<'_>>, Vec<Located>) {
    let mut tree = Tree::default();
    if xml.len() > MAX_BYTES {
        tree.trouble(Trouble::TooLarge { bytes: xml.len() });
        return (None, tree.troubles);
    }
    let xml = xml.trim_start_matches('\u{feff}');
    let mut reader = Reader::from_str(xml);
    // The content of the tag before `ending`, borrowed from the document.
    let content = |position: u64, ending: usize, length: usize| {
        let end = usize::try_from(position).unwrap_or_default().saturating_sub(ending);
        xml.get(end.saturating_sub(length)..end).unwrap_or_default()
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let position = reader.buffer_position();
                tree.open(content(position, 1, start.len()), start.name().0.len(), position);
            }
            Ok(Event::Empty(start)) => {
                let position = reader.buffer_position();
                tree.open(content(position, 2, start.len()), start.name().0.len(), position);
                tree.close();
            }
            Ok(Event::End(_)) => tree.close(),
            Ok(Event::Text(text)) => tree.text(text.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => tree.text(text.decode().unwrap_or_default()),
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
struct Tree<'a> {
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
    /// Open elements that are left out because they are too deep.
    skipped: usize,
    count: usize,
    troubles: Vec<Located>,
}

impl<'a> Tree<'a> {
    fn trouble(&mut self, trouble: Trouble) {
        if self.troubles.len() < MAX_TROUBLES {
            let names: Vec<_> = self.open.iter().map(|element| cut(&element.name, 100)).collect();
            self.troubles.push(Located { trouble, place: names.join("/") });
        }
    }

    fn broken(&mut self, position: u64, reason: &str) {
        self.trouble(Trouble::Broken { position, reason: reason.to_owned() });
    }

    fn open(&mut self, content: &'a str, name_length: usize, position: u64) {
        self.count += 1;
        if self.skipped > 0 || self.open.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.trouble(Trouble::TooDeep);
            }
            self.skipped += 1;
            return;
        }
        let name = Cow::Borrowed(content.get(..name_length).unwrap_or_default());
        let mut element = Element { name, ..Element::default() };
        // Each attribute is compared with those before it: their number is bounded before they are read.
        for (index, attribute) in Attributes::new(content, name_length).enumerate() {
            if index == MAX_ATTRIBUTES {
                self.trouble(Trouble::TooManyAttributes);
                break;
            }
            match attribute.map_err(|error| error.to_string()).and_then(|attribute| {
                let value = attribute.unescape_value().map_err(|error| error.to_string())?;
                Ok((String::from_utf8_lossy(attribute.key.0), value))
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
            element.text = match element.text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            };
            match self.open.last_mut() {
                Some(parent) => parent.children.push(element),
                None if self.root.is_none() => self.root = Some(element),
                None => self.broken(0, "there is a second root element"),
            }
        }
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if self.skipped > 0 {
            return;
        }
        if let Some(element) = self.open.last_mut() {
            if !element.text.is_empty() {
                element.text.to_mut().push_str(&text);
            } else if !text.trim_start().is_empty() {
                element.text = text;
            }
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) {
        let name = entity.decode().unwrap_or_default().into_owned();
        let character = entity.resolve_char_ref().ok().flatten().map(String::from);
        let text = character.or_else(|| {
            quick_xml::escape::resolve_predefined_entity(&name).map(std::borrow::ToOwned::to_owned)
        });
        match text {
            Some(text) => self.text(Cow::Owned(text)),
            None => self.trouble(Trouble::UnknownEntity { name }),
        }
    }

    fn finish(mut self) -> (Option<Element<'a>>, Vec<Located>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_text_and_entities_are_read() {
        let (element, troubles) = read(
            "\u{feff}<?xml version='1.0'?><a x='1 &lt; 2' y=\"é\"><!-- no --><b >M&amp;M &#233;</b><b z = 'q' /></a>",
        );
        let element = element.unwrap();
        assert_eq!(troubles, []);
        assert_eq!((element.attribute("x"), element.attribute("y")), (Some("1 < 2"), Some("é")));
        assert_eq!(element.all("b").count(), 2);
        assert_eq!(element.children[0].text, "M&M é");
        assert_eq!(element.children[1].attribute("z"), Some("q"));
        assert_eq!(read(&element.to_xml()).0.as_ref(), Some(&element));
        let spaced = read("<a>\n <b/>\n one <c/> two\n</a>").0.unwrap();
        assert_eq!(spaced.text, "one  two");
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
            let first = element.as_ref().and_then(|element| element.children.first());
            assert_eq!(first.map(|b| b.name.as_ref()), Some("b"), "{xml}");
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

    #[test]
    fn an_element_with_a_hundred_thousand_attributes_costs_no_more_than_one_with_two_hundred() {
        let attributes: String = (0..100_000).map(|number| format!(" a{number}='1'")).collect();
        let text = format!("<a{attributes}><b/></a>");
        let (element, troubles) = read(&text);
        assert_eq!(troubles[0].trouble, Trouble::TooManyAttributes);
        let element = element.unwrap();
        assert_eq!((element.attributes.len(), element.children.len()), (MAX_ATTRIBUTES, 1));
    }
}
