//! Reads the outer element of a screen file: what it is, what it is called, and the XML inside as it is stored.
//!
//! The inner XML is not understood here; that is the work of `model`'s parsers.

use crate::SolutionError;
use model::Label;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The outer element of a screen file.
pub struct Wrapper<'a> {
    file: &'a str,
    text: &'a str,
    attributes: Vec<(String, String)>,
    children: Vec<(String, &'a str)>,
}

impl<'a> Wrapper<'a> {
    /// Reads the file, whose outer element must be `root`.
    pub fn parse(file: &'a str, text: &'a str, root: &str) -> Result<Self, SolutionError> {
        let mut reader = Reader::from_str(text);
        let attributes = loop {
            match reader.read_event().map_err(|error| problem(file, error))? {
                Event::Start(start) if start.name().as_ref() == root.as_bytes() => {
                    break attributes(file, &start)?;
                }
                Event::Start(_) | Event::Empty(_) | Event::Eof => {
                    return Err(problem(file, format!("the outer element must be <{root}>")));
                }
                _ => {}
            }
        };
        let children = children(file, text, &mut reader)?;
        Ok(Self { file, text, attributes, children })
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Result<&str, SolutionError> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| problem(self.file, format!("the attribute {name} is missing")))
    }

    /// The attribute of this name, read as a value.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<T, SolutionError>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.attribute(name)?;
        text.parse().map_err(|error| problem(self.file, format!("{name}=\"{text}\": {error}")))
    }

    /// The child element of this name as XML, without the white space between its elements.
    pub fn xml(&self, name: &str) -> Result<String, SolutionError> {
        Ok(compact(self.child(name)?))
    }

    /// The whole file as XML, for what is stored with its outer element.
    pub fn whole(&self) -> String {
        compact(self.text)
    }

    /// The texts in a child element such as `<names>`, by language.
    pub fn label(&self, name: &str) -> Result<Label, SolutionError> {
        let mut label = Label::default();
        for item in self.items(name)? {
            let field =
                |key: &str| item.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
            let lcid = field("languagecode").and_then(|code| code.parse().ok());
            let (Some(lcid), Some(text)) = (lcid, field("description")) else {
                let what = format!("each element in <{name}> needs description and a numeric languagecode");
                return Err(problem(self.file, what));
            };
            label.set(lcid, text);
        }
        Ok(label)
    }

    /// The `name` attributes of the elements in a child element such as `<roles>`.
    pub fn names(&self, name: &str) -> Result<Vec<String>, SolutionError> {
        let items = self.items(name)?.into_iter();
        Ok(items.flatten().filter(|(key, _)| key == "name").map(|(_, value)| value).collect())
    }

    fn child(&self, name: &str) -> Result<&'a str, SolutionError> {
        let found = self.children.iter().find(|(child, _)| child == name);
        found
            .map(|(_, xml)| *xml)
            .ok_or_else(|| problem(self.file, format!("the element <{name}> is missing")))
    }

    /// The attributes of each empty element in a child element.
    fn items(&self, name: &str) -> Result<Vec<Vec<(String, String)>>, SolutionError> {
        let mut reader = Reader::from_str(self.child(name)?);
        let mut items = Vec::new();
        loop {
            match reader.read_event().map_err(|error| problem(self.file, error))? {
                Event::Empty(element) => items.push(attributes(self.file, &element)?),
                Event::Eof => return Ok(items),
                _ => {}
            }
        }
    }
}

/// The elements directly inside the outer one, each with the text it takes up.
fn children<'a>(
    file: &str,
    text: &'a str,
    reader: &mut Reader<&[u8]>,
) -> Result<Vec<(String, &'a str)>, SolutionError> {
    let mut children = Vec::new();
    loop {
        let from = position(reader);
        let name = match reader.read_event().map_err(|error| problem(file, error))? {
            Event::Start(start) => {
                let start = start.to_owned();
                reader.read_to_end(start.name()).map_err(|error| problem(file, error))?;
                start.name().as_ref().to_owned()
            }
            Event::Empty(element) => element.name().as_ref().to_owned(),
            Event::End(_) => return Ok(children),
            Event::Eof => return Err(problem(file, "the outer element is not closed")),
            _ => continue,
        };
        let name = String::from_utf8(name).map_err(|error| problem(file, error))?;
        let xml = text.get(from..position(reader)).unwrap_or_default();
        children.push((name, xml));
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn attributes(file: &str, element: &BytesStart<'_>) -> Result<Vec<(String, String)>, SolutionError> {
    let mut found = Vec::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| problem(file, error))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute.unescape_value().map_err(|error| problem(file, error))?;
        found.push((key, value.into_owned()));
    }
    Ok(found)
}

/// Drops indentation: the files are laid out for people, the records travel to every device.
fn compact(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    for line in xml.lines() {
        let line = line.trim();
        out.push_str(line);
        if !line.ends_with('>') {
            out.push(' ');
        }
    }
    out
}

fn problem(file: &str, what: impl ToString) -> SolutionError {
    SolutionError::Content { file: file.to_owned(), what: what.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<view id=\"7\">\n  <names>\n    <name description=\"Caf&#233;\" languagecode=\"1033\"/>\n  \
                        </names>\n  <grid>\n    <cell/>\n  </grid>\n</view>\n";

    #[test]
    fn a_file_gives_its_attributes_texts_and_inner_xml() {
        let wrapper = Wrapper::parse("view.xml", TEXT, "view").unwrap();
        assert_eq!(wrapper.parsed::<i32>("id").unwrap(), 7);
        assert_eq!(wrapper.label("names").unwrap().text(model::Language::English), "Café");
        assert_eq!(wrapper.xml("grid").unwrap(), "<grid><cell/></grid>");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name() {
        for (text, expected) in [
            ("<form/>", "the outer element must be <view>"),
            ("<view><names>", "view.xml"),
            ("<view a=\"1\">", "not closed"),
            ("", "the outer element must be <view>"),
        ] {
            let error = Wrapper::parse("view.xml", text, "view").map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("view.xml"), "{text}: {error}");
        }
        let wrapper = Wrapper::parse("view.xml", TEXT, "view").unwrap();
        assert!(wrapper.attribute("table").unwrap_err().to_string().contains("table"));
        assert!(wrapper.xml("fetch").unwrap_err().to_string().contains("<fetch>"));
    }
}
