//! Why what somebody typed is not taken. The words here are English; screens say the same in the user's language.

use crate::limits::Misfit;

/// Why a text is no value of its column, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypedError {
    /// No number.
    #[error("this is not a number; enter one such as {example}")]
    NotANumber {
        /// A number as it is written here.
        example: String,
    },
    /// A fraction where there can be none.
    #[error("enter a whole number")]
    NotWhole,
    /// Outside the limits.
    #[error("enter a number from {min} to {max}")]
    OutOfRange {
        /// The smallest, as it is written here.
        min: String,
        /// The largest, as it is written here.
        max: String,
    },
    /// An amount in another currency than the row's.
    #[error("this row is in {currency}; enter the amount in {currency}, or choose another currency first")]
    OtherCurrency {
        /// The code of the row's currency.
        currency: String,
    },
    /// Too many UTF-16 units.
    #[error("this is {length} characters long; shorten it to {max}")]
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        max: usize,
    },
    /// No date.
    #[error("this is not a date; enter one such as {example}")]
    NotADate {
        /// A date as it is written here.
        example: String,
    },
    /// No time of day.
    #[error("this is not a time; enter one such as {example}")]
    NotATime {
        /// A time as it is written here.
        example: String,
    },
    /// A date that the service does not keep.
    #[error("enter a date from {min} to {max}")]
    DateOutOfRange {
        /// The first, as it is written here.
        min: String,
        /// The last, as it is written here.
        max: String,
    },
    /// No duration.
    #[error("this is not a duration; enter one such as {example}")]
    NotADuration {
        /// A duration as it is written here.
        example: String,
    },
    /// Neither of two options.
    #[error("enter {yes} or {no}")]
    NotYesNo {
        /// The label for yes.
        yes: String,
        /// The label for no.
        no: String,
    },
    /// None of the options.
    #[error("there is no option “{typed}”; choose one of {options}")]
    NoSuchOption {
        /// What was typed.
        typed: String,
        /// The first labels.
        options: String,
    },
    /// No e-mail address.
    #[error("this is not an e-mail address; enter one such as name@example.com")]
    NotAnEmail,
    /// No web address.
    #[error("this is not a web address; enter one such as https://example.com")]
    NotAnAddress,
    /// No unique identifier.
    #[error("this is not a unique identifier; enter 32 hexadecimal digits")]
    NotAnId,
    /// No row is called so.
    #[error("there is no row “{typed}” here; choose one from the list")]
    NoSuchRow {
        /// What was typed.
        typed: String,
    },
    /// Several rows are called so.
    #[error("several rows are called “{typed}”; choose one from the list")]
    SeveralRows {
        /// What was typed.
        typed: String,
    },
    /// A row of a table that the column does not point to.
    #[error("this cannot be a row of “{table}”; choose one of {targets}")]
    WrongTarget {
        /// The table.
        table: String,
        /// The tables it may be of.
        targets: String,
    },
    /// No name of a table.
    #[error("this is not the name of a table; enter a logical name such as account")]
    NotATable,
    /// No picture.
    #[error("this is not a picture; choose a PNG, JPEG, GIF or BMP file")]
    NotAPicture,
}

impl TypedError {
    /// The words for a value that does not fit; numbers as they are, for who has no place to write them for.
    pub(super) fn of_misfit(misfit: Misfit, typed: &str) -> Self {
        match misfit {
            Misfit::TooLong { length, max } => Self::TooLong { length, max },
            Misfit::OutOfRange { min, max, .. } => Self::OutOfRange { min, max },
            Misfit::DateOutOfRange { min, max, .. } => {
                Self::DateOutOfRange { min: min.to_string(), max: max.to_string() }
            }
            Misfit::WrongTarget { table, targets } => {
                Self::WrongTarget { table: table.to_string(), targets: targets.join(", ") }
            }
            Misfit::NoSuchOption { number, options } => {
                Self::NoSuchOption { typed: number.to_string(), options }
            }
            Misfit::NotANumber | Misfit::WrongType { .. } => Self::NotANumber { example: typed.to_owned() },
        }
    }
}
