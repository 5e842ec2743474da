//! One value of one column.

use crate::{Date, RowId, TableName, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a cell holds. The column's kind says which variant is right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// Text, memo, rich text, autonumber, entity name.
    Text(String),
    /// Whole number, duration in minutes, time zone or language code, big integer, version number.
    Integer(i64),
    /// Decimal or money, exact.
    Decimal(Decimal),
    /// Floating point number (latitude, longitude). Never money.
    Float(f64),
    /// Yes or no.
    Boolean(bool),
    /// Choice, state or status reason: the option's number.
    Choice(i32),
    /// Choices: the options' numbers, ascending.
    Choices(Vec<i32>),
    /// A calendar date.
    Date(Date),
    /// An instant (user-local behaviour), or a wall-clock time read as UTC (time-zone-independent behaviour).
    DateTime(Timestamp),
    /// A unique identifier that is no lookup (the primary key).
    Id(RowId),
    /// Lookup, customer, owner, regarding.
    Reference(Reference),
    /// Party list: attendees, sender, recipients.
    Parties(Vec<Party>),
}

impl Value {
    /// True for no value.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The row a reference points to.
    #[must_use]
    pub const fn as_reference(&self) -> Option<&Reference> {
        if let Self::Reference(reference) = self { Some(reference) } else { None }
    }

    /// The number of a choice, state or status.
    #[must_use]
    pub const fn as_choice(&self) -> Option<i32> {
        if let Self::Choice(number) = self { Some(*number) } else { None }
    }

    /// Same value for the purpose of noticing a change: a reference is its row, whatever name came along.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reference(a), Self::Reference(b)) => a.id == b.id && a.table == b.table,
            (Self::Parties(a), Self::Parties(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
            }
            _ => self == other,
        }
    }
}

/// A row of another table, with its name as last seen (for rows that are not on the device).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The table of the row.
    pub table: TableName,
    /// The row.
    pub id: RowId,
    /// The primary name, if it was sent.
    #[serde(default)]
    pub name: Option<String>,
}

/// One member of a party list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The row, or nothing for an address that is nobody's.
    pub party: Option<Reference>,
    /// The e-mail address or telephone number used.
    #[serde(default)]
    pub address: Option<String>,
    /// `participationtypemask` of the activity party (1 sender, 2 to, 5 required, 6 optional, 7 organizer …).
    pub participation: i32,
}

impl Party {
    fn is_same(&self, other: &Self) -> bool {
        let row =
            |party: &Self| party.party.as_ref().map(|reference| (reference.table.clone(), reference.id));
        row(self) == row(other) && self.address == other.address && self.participation == other.participation
    }
}
