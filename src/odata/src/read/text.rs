//! A text on its way from the page to the sink.

use crate::read::row::Reader;
use crate::read::shape::WireKind;
use model::ValueRef;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads a text, which is borrowed from the page where it can be.
pub struct TextSeed<'r, 'de, 'a> {
    /// Who takes it.
    pub reader: &'r mut Reader<'de, 'a>,
    /// For which column.
    pub column: usize,
}

impl<'de> DeserializeSeed<'de> for TextSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl TextSeed<'_, '_, '_> {
    fn wrong(self, found: &str) {
        let reason = format!("it expects {}, but got {found}", WireKind::Text.expected());
        self.reader.fail(self.reader.column_name(self.column), reason);
    }
}

impl<'de> Visitor<'de> for TextSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WireKind::Text.expected())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.reader.give(self.column, ValueRef::Text(text));
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.reader.give(self.column, ValueRef::Null);
        Ok(())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.wrong(&flag.to_string());
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.wrong(&number.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.wrong(&number.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.wrong(&number.to_string());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong("an object");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong("a list");
        Ok(())
    }
}
