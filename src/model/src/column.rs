//! What a column is: its kind with limits, who may write it, whether it must be filled.

use crate::{ColumnName, Decimal, Label, TableName, Value};
use serde::{Deserialize, Serialize};

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The logical name.
    pub name: ColumnName,
    /// The type with its limits.
    pub kind: ColumnKind,
    /// Whether it must be filled.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: Requirement,
    /// When it may be written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub writable: Writable,
    /// True for a column of the customer's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: bool,
    /// How the server numbers new rows (`AutoNumberFormat`, as `QUO-{SEQNUM:5}-{RANDSTRING:6}`); empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub auto_number: String,
    /// What people call it.
    pub label: Label,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub description: Label,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Dataverse's requirement levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// May stay empty.
    #[default]
    None,
    /// Marked with a plus on forms.
    Recommended,
    /// The form insists, the Web API does not.
    Application,
    /// The server refuses a row without it.
    System,
}

/// When a column may be written by a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Writable {
    /// On create and on update.
    #[default]
    Always,
    /// Only with the create.
    OnCreate,
    /// Only afterwards.
    OnUpdate,
    /// By the server alone.
    Never,
}

/// The column types of Dataverse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ColumnKind {
    /// One line of text; `max_length` in UTF-16 units.
    Text {
        /// How it is shown and linked.
        #[serde(default)]
        format: TextFormat,
        /// Most UTF-16 units.
        max_length: u32,
    },
    /// Several lines of text.
    Memo {
        /// Plain or rich.
        #[serde(default)]
        format: MemoFormat,
        /// Most UTF-16 units.
        max_length: u32,
    },
    /// Whole number.
    Integer {
        /// How it is shown.
        #[serde(default)]
        format: IntegerFormat,
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// 64-bit whole number, written by the server.
    BigInteger,
    /// Exact decimal.
    Decimal {
        /// Digits behind the point, 0 to 10.
        precision: u8,
        /// Smallest value.
        min: Decimal,
        /// Largest value.
        max: Decimal,
    },
    /// Floating point.
    Float {
        /// Digits behind the point shown.
        precision: u8,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// An amount in the row's currency.
    Money {
        /// Digits behind the point when `source` is the column.
        precision: u8,
        /// Where the digits come from.
        #[serde(default)]
        source: PrecisionSource,
        /// Smallest value.
        min: Decimal,
        /// Largest value.
        max: Decimal,
    },
    /// The same amount in the organisation's base currency; kept by the server.
    BaseMoney {
        /// The money column it follows.
        of: ColumnName,
    },
    /// One of several options.
    Choice {
        /// The options in the order of display.
        options: Vec<ChoiceOption>,
        /// Chosen on a new row.
        #[serde(default)]
        default: Option<i32>,
    },
    /// Any number of the options.
    Choices {
        /// The options in the order of display.
        options: Vec<ChoiceOption>,
    },
    /// Yes or no.
    Boolean(BooleanOptions),
    /// The state of the row; its options are the table's states.
    State,
    /// The reason of the state; its options are the table's status reasons.
    Status,
    /// A date, or a date with time.
    DateTime {
        /// What the value means across time zones.
        behavior: DateBehavior,
        /// What is shown.
        format: DateFormat,
    },
    /// A unique identifier that is no lookup.
    UniqueId,
    /// A reference to one row of the targets.
    Lookup {
        /// The tables it may point to.
        targets: Vec<TableName>,
        /// Plain, customer, owner, regarding.
        #[serde(default)]
        style: LookupStyle,
    },
    /// References to several rows with a role (attendees, recipients).
    PartyList {
        /// The tables a party may come from.
        targets: Vec<TableName>,
        /// `participationtypemask` of the parties.
        participation: i32,
    },
    /// The logical name of a table (`objecttypecode`).
    EntityName,
    /// A picture.
    Image,
    /// A file.
    File {
        /// Most kibibytes.
        max_kibibytes: u32,
    },
}

/// How a text is shown and what a tap on it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextFormat {
    /// As it is.
    #[default]
    Plain,
    /// `mailto:` link.
    Email,
    /// `tel:` link.
    Phone,
    /// Web address.
    Url,
    /// Stock exchange symbol.
    Ticker,
    /// Several lines.
    TextArea,
    /// Given by the server when empty.
    AutoNumber,
}

/// How a longer text is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemoFormat {
    /// As it is.
    #[default]
    TextArea,
    /// HTML, cleaned before it is shown.
    RichText,
}

/// How a whole number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegerFormat {
    /// A number.
    #[default]
    Plain,
    /// Minutes, shown as a duration.
    Duration,
    /// A Windows time zone code.
    TimeZone,
    /// An LCID.
    Language,
}

/// Where the digits behind the point of an amount come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrecisionSource {
    /// The column's own precision.
    Column,
    /// The organisation's pricing precision.
    Organization,
    /// `currencyprecision` of the row's currency.
    #[default]
    Currency,
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The number stored.
    pub value: i32,
    /// What people read.
    pub label: Label,
}

/// The two options of a yes/no column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BooleanOptions {
    /// What people read for true.
    #[serde(rename = "true")]
    pub yes: Label,
    /// What people read for false.
    #[serde(rename = "false")]
    pub no: Label,
    /// On a new row.
    #[serde(default)]
    pub default: bool,
}

/// What a date means across time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateBehavior {
    /// An instant, shown in the reader's zone.
    UserLocal,
    /// A calendar date.
    DateOnly,
    /// The same wall-clock time everywhere.
    TimeZoneIndependent,
}

/// What is shown of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateFormat {
    /// The date alone.
    Date,
    /// Date and time.
    DateAndTime,
}

/// What kind of reference a lookup is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LookupStyle {
    /// One or several fixed targets.
    #[default]
    Simple,
    /// Account or contact.
    Customer,
    /// User or team.
    Owner,
    /// The row an activity or note is about.
    Regarding,
}

impl ColumnKind {
    /// True when the value is of the variant that belongs in such a column, or no value. Limits are not looked at.
    #[must_use]
    pub const fn accepts(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Text(_) => {
                matches!(self, Self::Text { .. } | Self::Memo { .. } | Self::EntityName | Self::Image)
            }
            Value::Integer(_) => matches!(self, Self::Integer { .. } | Self::BigInteger),
            Value::Decimal(_) => {
                matches!(self, Self::Decimal { .. } | Self::Money { .. } | Self::BaseMoney { .. })
            }
            Value::Float(_) => matches!(self, Self::Float { .. }),
            Value::Boolean(_) => matches!(self, Self::Boolean(_)),
            Value::Choice(_) => matches!(self, Self::Choice { .. } | Self::State | Self::Status),
            Value::Choices(_) => matches!(self, Self::Choices { .. }),
            Value::Date(_) => {
                matches!(self, Self::DateTime { behavior: DateBehavior::DateOnly, .. })
            }
            Value::DateTime(_) => matches!(
                self,
                Self::DateTime { behavior: DateBehavior::UserLocal | DateBehavior::TimeZoneIndependent, .. }
            ),
            Value::Id(_) => matches!(self, Self::UniqueId | Self::File { .. }),
            Value::Reference(_) => matches!(self, Self::Lookup { .. }),
            Value::Parties(_) => matches!(self, Self::PartyList { .. }),
        }
    }
}

impl Column {
    /// The label's text, or the logical name where there is none.
    #[must_use]
    pub fn text(&self, language: crate::Language) -> &str {
        let text = self.label.text(language);
        if text.is_empty() { self.name.as_str() } else { text }
    }

    /// The options of a choice or choices column.
    #[must_use]
    pub fn options(&self) -> &[ChoiceOption] {
        match &self.kind {
            ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => options,
            _ => &[],
        }
    }

    /// The tables a lookup or party list may point to.
    #[must_use]
    pub fn targets(&self) -> &[TableName] {
        match &self.kind {
            ColumnKind::Lookup { targets, .. } | ColumnKind::PartyList { targets, .. } => targets,
            _ => &[],
        }
    }
}
