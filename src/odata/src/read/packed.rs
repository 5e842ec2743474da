//! Pages whose rows are lists of values: what `write::packed` writes.

use crate::read::shape::Slot;
use model::RowId;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What a page of packed rows says before its rows.
#[derive(Debug, Default)]
pub struct Packed<'de> {
    /// What the values of a row are; none where rows are not packed.
    pub positions: Vec<Slot>,
    /// The rows that lookups point to.
    pub references: Vec<PackedReference<'de>>,
}

impl Packed<'_> {
    /// True when rows are lists of values.
    pub const fn is_on(&self) -> bool {
        !self.positions.is_empty()
    }
}

/// A row that lookups point to.
#[derive(Debug)]
pub struct PackedReference<'de> {
    /// The row.
    pub id: RowId,
    /// Its table.
    pub table: Cow<'de, str>,
    /// Its name.
    pub name: Option<Cow<'de, str>>,
}

#[derive(Deserialize)]
struct Borrowed<'p>(#[serde(borrow)] Cow<'p, str>);

impl<'de> Deserialize<'de> for PackedReference<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = PackedReference<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, a table and perhaps a name")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
                let missing = || A::Error::custom("a reference without id or table");
                let id = parts.next_element()?.ok_or_else(missing)?;
                let Borrowed(table) = parts.next_element()?.ok_or_else(missing)?;
                let name = parts.next_element::<Borrowed<'de>>()?.map(|Borrowed(name)| name);
                while parts.next_element::<IgnoredAny>()?.is_some() {}
                Ok(PackedReference { id, table, name })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}

/// Where the next value comes from.
pub trait NextValue<'de> {
    /// Why it cannot be read.
    type Error;

    /// Reads it.
    fn seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Self::Error>;
}

impl<'de, A: MapAccess<'de>> NextValue<'de> for A {
    type Error = A::Error;

    fn seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.next_value_seed(seed)
    }
}

/// The next value of a list.
pub struct InPlace<'r, A>(pub &'r mut A);

impl<'de, A: SeqAccess<'de>> NextValue<'de> for InPlace<'_, A> {
    type Error = A::Error;

    fn seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let value = self.0.next_element_seed(seed)?;
        value.ok_or_else(|| A::Error::custom("a packed row has fewer values than there are columns"))
    }
}
