//! What a column can be filtered by, as FetchXML says it.

use crate::format::option_text;
use crate::locale;
use client::message::CellFilter;
use model::{
    ChoiceOption, Column, ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat, Requirement, Table,
    TextFormat, Value, Writable,
};

const MOST_DAYS: i64 = 36_500;
const MOST_LETTERS: u32 = 200;
const OPTIONS: [&str; 4] = ["in", "not-in", "not-null", "null"];
const ROWS: [&str; 6] = ["eq", "ne", "like", "begins-with", "not-null", "null"];
const OWNERS: [&str; 6] = ["eq-userid", "ne-userid", "eq", "ne", "like", "begins-with"];
const MANY_OPTIONS: [&str; 4] = ["contain-values", "not-contain-values", "not-null", "null"];
const TEXTS: [&str; 8] = ["like", "not-like", "begins-with", "ends-with", "eq", "ne", "not-null", "null"];
const NUMBERS: [&str; 8] = ["eq", "ne", "gt", "ge", "lt", "le", "not-null", "null"];
const DATES: [&str; 11] = [
    "on",
    "on-or-after",
    "on-or-before",
    "today",
    "this-week",
    "this-month",
    "this-year",
    "last-x-days",
    "next-x-days",
    "not-null",
    "null",
];
const PRESENCE: [&str; 2] = ["not-null", "null"];

/// A filter of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFilter {
    /// The condition.
    pub filter: CellFilter,
    /// What people read for its values.
    pub words: Vec<String>,
}

/// What an operator takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Nothing.
    Nothing,
    /// A value typed or picked with the control of this column.
    Value(Box<Column>),
}

/// The operators of a column, the likeliest first; none where nothing can be asked.
pub fn operators(kind: &ColumnKind) -> &'static [&'static str] {
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } => &TEXTS,
        ColumnKind::Integer { .. }
        | ColumnKind::BigInteger
        | ColumnKind::Decimal { .. }
        | ColumnKind::Float { .. }
        | ColumnKind::Money { .. }
        | ColumnKind::BaseMoney { .. } => &NUMBERS,
        ColumnKind::DateTime { .. } => &DATES,
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status | ColumnKind::Boolean(_) => {
            &OPTIONS
        }
        ColumnKind::Choices { .. } => &MANY_OPTIONS,
        ColumnKind::Lookup { style: model::LookupStyle::Owner, .. } => &OWNERS,
        ColumnKind::Lookup { .. } => &ROWS,
        ColumnKind::Image | ColumnKind::File { .. } => &PRESENCE,
        ColumnKind::PartyList { .. } | ColumnKind::UniqueId | ColumnKind::EntityName => &[],
    }
}

/// What an operator of a column takes.
pub fn operand(column: &Column, table: &Table, operator: &str) -> Operand {
    let value = |kind| {
        Operand::Value(Box::new(Column {
            kind,
            required: Requirement::None,
            writable: Writable::Always,
            ..column.clone()
        }))
    };
    if matches!(
        operator,
        "null" | "not-null" | "today" | "this-week" | "this-month" | "this-year" | "eq-userid" | "ne-userid"
    ) {
        return Operand::Nothing;
    }
    let (min, max) = (Decimal::MIN, Decimal::MAX);
    match &column.kind {
        // A row is picked, or its name is written.
        ColumnKind::Lookup { .. } if matches!(operator, "eq" | "ne") => value(column.kind.clone()),
        ColumnKind::DateTime { .. } if operator.ends_with("-x-days") => {
            value(ColumnKind::Integer { format: IntegerFormat::Plain, min: 1, max: MOST_DAYS })
        }
        ColumnKind::DateTime { .. } => {
            value(ColumnKind::DateTime { behavior: DateBehavior::DateOnly, format: DateFormat::Date })
        }
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::Lookup { .. } => {
            value(ColumnKind::Text { format: TextFormat::Plain, max_length: MOST_LETTERS })
        }
        ColumnKind::BigInteger => {
            value(ColumnKind::Integer { format: IntegerFormat::Plain, min: i64::MIN, max: i64::MAX })
        }
        // Amounts of rows in any currency.
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
            value(ColumnKind::Decimal { precision: 4, min, max })
        }
        ColumnKind::Choice { .. }
        | ColumnKind::Choices { .. }
        | ColumnKind::State
        | ColumnKind::Status
        | ColumnKind::Boolean(_) => value(ColumnKind::Choices { options: options(column, table) }),
        kind => value(kind.clone()),
    }
}

/// The options there are to filter by: a status has those of every state.
fn options(column: &Column, table: &Table) -> Vec<ChoiceOption> {
    let named = |value: i32, label: &model::Label| ChoiceOption { value, label: label.clone() };
    match &column.kind {
        ColumnKind::Choice { options, .. } | ColumnKind::Choices { options } => options.clone(),
        ColumnKind::State => table.states.iter().map(|state| named(state.value, &state.label)).collect(),
        ColumnKind::Status => {
            let statuses = table.states.iter().flat_map(|state| &state.statuses);
            statuses.map(|status| named(status.value, &status.label)).collect()
        }
        ColumnKind::Boolean(two) => vec![named(1, &two.yes), named(0, &two.no)],
        _ => Vec::new(),
    }
}

/// The filter that an operator and a value make; nothing as long as the value is missing.
pub fn condition(
    cell: &str,
    column: &Column,
    table: &Table,
    operator: &str,
    value: &Value,
) -> Option<UserFilter> {
    let (values, words) = match value {
        Value::Null if operand(column, table, operator) == Operand::Nothing => (Vec::new(), Vec::new()),
        Value::Null => return None,
        Value::Choices(numbers) => {
            let words = numbers.iter().map(|number| {
                option_text(table, column.name.as_str(), *number).unwrap_or_else(|| number.to_string())
            });
            (numbers.iter().map(ToString::to_string).collect(), words.collect())
        }
        Value::Text(text) if operator.ends_with("like") => {
            (vec![format!("%{}%", literal(text))], vec![text.clone()])
        }
        value => {
            let shown =
                crate::format::show(value, operand_column(column, table, operator).as_ref(), table, None);
            (vec![crate::format::raw(value)], vec![shown])
        }
    };
    let filter = CellFilter { cell: cell.to_owned(), operator: operator.to_owned(), values };
    Some(UserFilter { filter, words })
}

fn operand_column(column: &Column, table: &Table, operator: &str) -> Option<Column> {
    match operand(column, table, operator) {
        Operand::Value(column) => Some(*column),
        Operand::Nothing => None,
    }
}

/// The text with nothing in it that a pattern would read as more than itself.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '[') {
            literal.extend(['[', letter, ']']);
        } else {
            literal.push(letter);
        }
    }
    literal
}

/// The text that `literal` was made of, to be typed on.
pub fn typed_text(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('%').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('%').unwrap_or(pattern);
    ['%', '_', '[']
        .into_iter()
        .fold(pattern.to_owned(), |text, letter| text.replace(&format!("[{letter}]"), &letter.to_string()))
}

/// The filter in words: what stands behind the column's name.
pub fn in_words(filter: &UserFilter) -> String {
    let operator = locale::text_of("operator", &filter.filter.operator).unwrap_or(&filter.filter.operator);
    if filter.words.is_empty() {
        operator.to_owned()
    } else {
        format!("{operator} {}", filter.words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Label;

    fn column(kind: ColumnKind) -> Column {
        Column {
            name: "column".into(),
            kind,
            required: Requirement::System,
            writable: Writable::Never,
            custom: false,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        }
    }

    #[test]
    fn every_operator_has_words_in_every_language() {
        for operator in
            [&TEXTS[..], &NUMBERS, &DATES, &OPTIONS, &MANY_OPTIONS, &ROWS, &OWNERS, &PRESENCE].concat()
        {
            for language in model::Language::ALL {
                locale::set_language(language);
                assert!(locale::text_of("operator", operator).is_some(), "{operator} in {language:?}");
            }
        }
        locale::set_language(model::Language::English);
    }

    #[test]
    fn a_value_becomes_what_fetchxml_writes_and_what_people_read() {
        let text = column(ColumnKind::Text { format: TextFormat::Email, max_length: 5 });
        let date = column(ColumnKind::DateTime {
            behavior: DateBehavior::UserLocal,
            format: DateFormat::DateAndTime,
        });
        let (min, max) = (Decimal::ZERO, Decimal::ONE);
        let amount = column(ColumnKind::Decimal { precision: 2, min, max });
        let day = Value::Date("2026-03-01".parse().unwrap());
        let typed = Value::Text("50%_[x".to_owned());
        let table = Table::default();
        for (column, operator, value, values) in [
            (&text, "like", &typed, &["%50[%][_][[]x%"][..]),
            (&text, "begins-with", &typed, &["50%_[x"]),
            (&text, "null", &Value::Null, &[]),
            (&date, "on", &day, &["2026-03-01"]),
            (&date, "last-x-days", &Value::Integer(7), &["7"]),
            (&amount, "ge", &Value::Decimal("0.50".parse().unwrap()), &["0.50"]),
        ] {
            let made = condition("a.column", column, &table, operator, value).unwrap();
            assert_eq!(made.filter.values, values, "{operator}");
            assert_eq!(made.filter.cell, "a.column");
            assert_eq!(made.words.len(), values.len());
        }
        assert_eq!(typed_text("%50[%][_][[]x%"), "50%_[x");
        assert_eq!(condition("column", &text, &table, "like", &Value::Null), None, "nothing is typed yet");
    }

    #[test]
    fn a_yes_no_column_and_a_state_are_filtered_by_their_options() {
        let flag = column(ColumnKind::Boolean(model::BooleanOptions::default()));
        let Operand::Value(asked) = operand(&flag, &Table::default(), "in") else {
            panic!("nothing is asked")
        };
        let ColumnKind::Choices { options } = asked.kind else { panic!("no options") };
        assert_eq!(options.iter().map(|option| option.value).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(
            (asked.required, asked.writable),
            (Requirement::None, Writable::Always),
            "can be asked for"
        );
    }
}
