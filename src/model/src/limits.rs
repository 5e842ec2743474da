//! Whether a value fits its column: the one answer for forms, commands and the server.

use crate::{ColumnKind, Date, Decimal, Label, Language, Table, TableName, Value};
use std::fmt::Display;

/// 1753-01-01, the first day that Dataverse keeps.
pub const FIRST_DATE: Date = Date::from_days(-79_257);
/// 9999-12-31, the last.
pub const LAST_DATE: Date = Date::from_days(2_932_896);

/// How a value does not fit, and what would. The words continue “the column …”.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The value is of another type than the column.
    #[error("must be {wanted}")]
    WrongType {
        /// What it must be.
        wanted: &'static str,
    },
    /// The text is longer than the column.
    #[error("is {length} characters long; shorten it to {max}")]
    TooLong {
        /// UTF-16 units there are.
        length: usize,
        /// UTF-16 units there may be.
        max: usize,
    },
    /// The number lies outside the column's limits.
    #[error("is {number}; enter a number from {min} to {max}")]
    OutOfRange {
        /// The number.
        number: String,
        /// The smallest.
        min: String,
        /// The largest.
        max: String,
    },
    /// Infinite, or no number at all.
    #[error("must be a number")]
    NotANumber,
    /// A date before or after those that are kept.
    #[error("is {date}; enter a date from {min} to {max}")]
    DateOutOfRange {
        /// The date.
        date: Date,
        /// The first.
        min: Date,
        /// The last.
        max: Date,
    },
    /// The number is none of the options.
    #[error("has no option {number}; choose one of its options")]
    NoSuchOption {
        /// The number.
        number: i32,
        /// The first options' labels, in English.
        options: String,
    },
    /// The lookup may not point to that table.
    #[error("cannot be a row of “{table}”; choose one of {}", .targets.join(", "))]
    WrongTarget {
        /// The table.
        table: TableName,
        /// The tables it may point to.
        targets: Vec<String>,
    },
}

/// Whether a value fits a column of this kind. The table knows the options of states and status reasons; without it they
/// are not looked at.
///
/// # Errors
/// How it does not fit.
pub fn check(kind: &ColumnKind, value: &Value, table: Option<&Table>) -> Result<(), Misfit> {
    if !kind.accepts(value) {
        return Err(Misfit::WrongType { wanted: wanted(kind) });
    }
    match (kind, value) {
        (ColumnKind::Text { max_length, .. } | ColumnKind::Memo { max_length, .. }, Value::Text(text)) => {
            check_length(text, *max_length)
        }
        (ColumnKind::Integer { min, max, .. }, Value::Integer(number)) => check_range(number, min, max),
        (
            ColumnKind::Decimal { min, max, .. } | ColumnKind::Money { min, max, .. },
            Value::Decimal(number),
        ) => check_range::<Decimal>(number, min, max),
        (ColumnKind::Float { .. }, Value::Float(number)) if !number.is_finite() => Err(Misfit::NotANumber),
        (ColumnKind::Float { min, max, .. }, Value::Float(number)) => check_range(number, min, max),
        (_, Value::Choice(number)) => check_options(kind, std::slice::from_ref(number), table),
        (_, Value::Choices(numbers)) => check_options(kind, numbers, table),
        (_, Value::Date(date)) => check_date(*date),
        (_, Value::DateTime(at)) => check_date(crate::TimeZone::utc().date_of(*at)),
        (ColumnKind::Lookup { targets, .. }, Value::Reference(reference)) => {
            check_target(targets, &reference.table)
        }
        (ColumnKind::PartyList { targets, .. }, Value::Parties(parties)) => parties
            .iter()
            .filter_map(|party| party.party.as_ref())
            .try_for_each(|reference| check_target(targets, &reference.table)),
        _ => Ok(()),
    }
}

/// The options of a column: number and label. Nothing for kinds without options, and for those of a table that is not given.
#[must_use]
pub fn options<'a>(kind: &'a ColumnKind, table: Option<&'a Table>) -> Vec<(i32, &'a Label)> {
    let states = || table.into_iter().flat_map(|table| &table.states);
    match kind {
        ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => {
            options.iter().map(|option| (option.value, &option.label)).collect()
        }
        ColumnKind::Boolean(options) => vec![(0, &options.no), (1, &options.yes)],
        ColumnKind::State => states().map(|state| (state.value, &state.label)).collect(),
        ColumnKind::Status => {
            states().flat_map(|state| &state.statuses).map(|status| (status.value, &status.label)).collect()
        }
        _ => Vec::new(),
    }
}

fn check_length(text: &str, max_length: u32) -> Result<(), Misfit> {
    let (length, max) = (text.encode_utf16().count(), usize::try_from(max_length).unwrap_or(usize::MAX));
    if length <= max { Ok(()) } else { Err(Misfit::TooLong { length, max }) }
}

fn check_range<T: PartialOrd + Display>(number: &T, min: &T, max: &T) -> Result<(), Misfit> {
    if number >= min && number <= max {
        return Ok(());
    }
    Err(Misfit::OutOfRange { number: number.to_string(), min: min.to_string(), max: max.to_string() })
}

fn check_date(date: Date) -> Result<(), Misfit> {
    if (FIRST_DATE..=LAST_DATE).contains(&date) {
        return Ok(());
    }
    Err(Misfit::DateOutOfRange { date, min: FIRST_DATE, max: LAST_DATE })
}

fn check_options(kind: &ColumnKind, numbers: &[i32], table: Option<&Table>) -> Result<(), Misfit> {
    if table.is_none() && matches!(kind, ColumnKind::State | ColumnKind::Status) {
        return Ok(());
    }
    let options = options(kind, table);
    match numbers.iter().find(|number| !options.iter().any(|(value, _)| value == *number)) {
        None => Ok(()),
        Some(number) => Err(Misfit::NoSuchOption { number: *number, options: first_labels(&options) }),
    }
}

fn first_labels(options: &[(i32, &Label)]) -> String {
    const SHOWN: usize = 5;
    let labels: Vec<&str> =
        options.iter().take(SHOWN).map(|(_, label)| label.text(Language::English)).collect();
    labels.join(", ")
}

fn check_target(targets: &[TableName], table: &TableName) -> Result<(), Misfit> {
    // A lookup without targets may point to any table.
    if targets.is_empty() || targets.contains(table) {
        return Ok(());
    }
    Err(Misfit::WrongTarget {
        table: table.clone(),
        targets: targets.iter().map(ToString::to_string).collect(),
    })
}

const fn wanted(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName | ColumnKind::Image => {
            "a text"
        }
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => "a whole number",
        ColumnKind::Decimal { .. } | ColumnKind::Float { .. } => "a number",
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => "an amount",
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => "one of its options",
        ColumnKind::Choices { .. } => "some of its options",
        ColumnKind::Boolean(_) => "yes or no",
        ColumnKind::DateTime { .. } => "a date",
        ColumnKind::UniqueId | ColumnKind::File { .. } => "a unique identifier",
        ColumnKind::Lookup { .. } => "a row",
        ColumnKind::PartyList { .. } => "a list of people and companies",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DateBehavior, DateFormat, IntegerFormat, LookupStyle, Reference, RowId, TextFormat};

    #[test]
    fn limits_are_what_their_names_say() {
        assert_eq!(FIRST_DATE.to_string(), "1753-01-01");
        assert_eq!(LAST_DATE.to_string(), "9999-12-31");
    }

    #[test]
    fn a_value_fits_or_is_told_what_would() {
        let text = ColumnKind::Text { format: TextFormat::Plain, max_length: 2 };
        let whole = ColumnKind::Integer { format: IntegerFormat::Plain, min: 0, max: 5 };
        let float = ColumnKind::Float { precision: 2, min: -1.0, max: 1.0 };
        let date = ColumnKind::DateTime { behavior: DateBehavior::DateOnly, format: DateFormat::Date };
        let lookup = ColumnKind::Lookup { targets: vec!["team".into()], style: LookupStyle::Owner };
        let reference =
            Value::Reference(Reference { table: "contact".into(), id: RowId::from_u128(1), name: None });
        let cases: [(&ColumnKind, Value, Option<&str>); 12] = [
            (&text, Value::Null, None),
            (&text, Value::Text("é".repeat(2)), None),
            (&text, Value::Text("😀a".to_owned()), Some("is 3 characters long; shorten it to 2")),
            (&text, Value::Integer(1), Some("must be a text")),
            (&whole, Value::Integer(6), Some("is 6; enter a number from 0 to 5")),
            (&float, Value::Float(f64::NAN), Some("must be a number")),
            (&float, Value::Float(1.5), Some("is 1.5; enter a number from -1 to 1")),
            (&date, Value::Date(FIRST_DATE), None),
            (
                &date,
                Value::Date(FIRST_DATE.plus_days(-1)),
                Some("is 1752-12-31; enter a date from 1753-01-01 to 9999-12-31"),
            ),
            (&lookup, reference, Some("cannot be a row of “contact”; choose one of team")),
            (
                &ColumnKind::Choices { options: Vec::new() },
                Value::Choices(vec![1]),
                Some("has no option 1; choose one of its options"),
            ),
            (&ColumnKind::State, Value::Choice(9), None),
        ];
        for (kind, value, misfit) in cases {
            let found = check(kind, &value, None).err().map(|misfit| misfit.to_string());
            assert_eq!(found.as_deref(), misfit, "{value:?}");
        }
    }
}
