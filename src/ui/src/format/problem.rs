//! Why what was typed is not taken, in the user's language.

use crate::locale::{fill, text};
use model::text::TypedError;

/// The words for a problem.
pub fn say(problem: &TypedError) -> String {
    match problem {
        TypedError::NotANumber { example } => fill("problem.number", &[("example", example)]),
        TypedError::NotWhole => text("problem.whole").to_owned(),
        TypedError::OutOfRange { min, max } => fill("problem.between", &[("min", min), ("max", max)]),
        TypedError::OtherCurrency { currency } => fill("problem.currency", &[("currency", currency)]),
        TypedError::TooLong { length, max } => {
            fill("problem.too-long", &[("length", &length.to_string()), ("max", &max.to_string())])
        }
        TypedError::NotADate { example } => fill("problem.date", &[("example", example)]),
        TypedError::NotATime { example } => fill("problem.time", &[("example", example)]),
        TypedError::DateOutOfRange { min, max } => {
            fill("problem.date-between", &[("min", min), ("max", max)])
        }
        TypedError::NotADuration { example } => fill("problem.duration", &[("example", example)]),
        TypedError::NotYesNo { yes, no } => fill("problem.yes-no", &[("yes", yes), ("no", no)]),
        TypedError::NoSuchOption { typed, options } => {
            fill("problem.option", &[("typed", typed), ("options", options)])
        }
        TypedError::NotAnEmail => text("problem.email").to_owned(),
        TypedError::NotAnAddress => text("problem.url").to_owned(),
        TypedError::NotAnId => text("problem.id").to_owned(),
        TypedError::NoSuchRow { typed } => fill("problem.row", &[("typed", typed)]),
        TypedError::SeveralRows { typed } => fill("problem.rows", &[("typed", typed)]),
        TypedError::WrongTarget { targets, .. } => fill("problem.target", &[("targets", targets)]),
        TypedError::NotATable => text("problem.table").to_owned(),
        TypedError::NotAPicture => text("problem.picture").to_owned(),
    }
}
