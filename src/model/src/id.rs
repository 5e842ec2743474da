//! Newtypes for everything that names something, so that two kinds of name cannot be mixed up.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a unique identifier; expected 32 hexadecimal digits with hyphens")]
pub struct IdProblem {
    /// The text as it came.
    pub text: String,
}

macro_rules! unique_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes the id from its 128 bits.
            #[must_use]
            pub const fn from_u128(bits: u128) -> Self {
                Self(Uuid::from_u128(bits))
            }

            /// Makes a version 4 id from 128 random bits drawn by the caller.
            #[must_use]
            pub const fn from_random(bits: u128) -> Self {
                Self(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
            }

            /// The 128 bits of the id.
            #[must_use]
            pub const fn as_u128(self) -> u128 {
                self.0.as_u128()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.as_hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdProblem;

            /// Reads the hyphenated form, with or without braces, in any case.
            fn from_str(text: &str) -> Result<Self, IdProblem> {
                Uuid::try_parse(text.trim()).map(Self).map_err(|_| IdProblem { text: text.to_owned() })
            }
        }
    };
}

unique_id!(
    /// The primary key of a row.
    RowId
);
unique_id!(
    /// A journal entry; also the idempotency key under which it is sent.
    EntryId
);
unique_id!(
    /// A form of a table.
    FormId
);
unique_id!(
    /// A view of a table.
    ViewId
);
unique_id!(
    /// A chart of a table.
    ChartId
);
unique_id!(
    /// A business process flow.
    ProcessId
);
unique_id!(
    /// A stage of a business process flow.
    StageId
);

macro_rules! name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes the name as it is written in the definitions (lower case for logical names).
            #[must_use]
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(SmolStr::new(name))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0.as_str())
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

name!(
    /// The logical name of a table, as Dataverse names it.
    TableName
);
name!(
    /// The logical name of a column.
    ColumnName
);
name!(
    /// The unique name of an app (`saleshub`).
    AppName
);

/// The version of a row on the server; grows with every change, equals the number in its ETag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowVersion(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_writes_and_what_dataverse_writes() {
        let id = RowId::from_u128(0x0123_4567_89ab_4cde_8f01_2345_6789_abcd);
        assert_eq!(id.to_string(), "01234567-89ab-4cde-8f01-23456789abcd");
        for text in ["01234567-89ab-4cde-8f01-23456789abcd", "{01234567-89AB-4CDE-8F01-23456789ABCD}"] {
            assert_eq!(text.parse::<RowId>(), Ok(id));
        }
        assert!("Account 17".parse::<RowId>().is_err());
    }

    #[test]
    fn a_random_id_carries_the_version_4_mark() {
        let id = RowId::from_random(u128::MAX);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
