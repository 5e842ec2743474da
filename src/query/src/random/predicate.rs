//! Conditions: every test on every kind of column it may meet, links in filters, hierarchies.

use super::tables::{id_in, value};
use super::{Joined, link_to};
use crate::bound::{Comparison, Direction, HierarchyTest, Pattern, Predicate, Test};
use crate::fold;
use crate::plan::LinkKind;
use model::testing::Choices;
use model::{Column, ColumnKind, ColumnName, Table, Value};

const EQUALITY: [Comparison; 2] = [Comparison::Equal, Comparison::NotEqual];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];

/// The table a predicate stands in, and the rows beside its rows.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub tables: &'a [Table],
    pub table: &'a Table,
    pub joined: &'a [Joined],
}

/// A predicate over the rows of a table and what is joined to them.
pub fn predicate(place: Place<'_>, choices: &mut Choices, aliases: &mut u32, depth: u32) -> Predicate {
    let mut parts = |choices: &mut Choices| {
        let count = choices.of(&[1, 2, 2, 3]);
        (0..count).map(|_| predicate(place, choices, aliases, depth + 1)).collect::<Vec<_>>()
    };
    match choices.below(if depth > 2 { 5 } else { 10 }) {
        // An alternative more often than not, so that something is found.
        5 if choices.once_in(2) => Predicate::And(parts(choices)),
        5 | 6 => Predicate::Or(parts(choices)),
        7 => Predicate::Not(Box::new(predicate(place, choices, aliases, depth + 1))),
        8 => {
            let kind = choices.of(&[LinkKind::Any, LinkKind::NotAny, LinkKind::All, LinkKind::NotAll]);
            match link_to(place.tables, place.table, kind, choices, aliases, depth + 1) {
                Some(link) => Predicate::Linked(Box::new(link)),
                None => condition(place, choices),
            }
        }
        9 if choices.once_in(8) => Predicate::Constant(choices.once_in(2)),
        4 | 9 => hierarchy(place, choices).unwrap_or_else(|| condition(place, choices)),
        _ => condition(place, choices),
    }
}

/// The row in question: the one at hand, or one beside it.
fn subject<'a>(place: Place<'a>, choices: &mut Choices) -> (Option<String>, &'a Table) {
    if !place.joined.is_empty() && choices.once_in(3) {
        let joined = choices.of(place.joined);
        if let Some(table) = place.tables.iter().find(|table| table.name == joined.table) {
            return (Some(joined.alias), table);
        }
    }
    (None, place.table)
}

fn condition(place: Place<'_>, choices: &mut Choices) -> Predicate {
    let (link, table) = subject(place, choices);
    let column = choices.of(&table.columns);
    let test = match compare_columns(place, link.as_deref(), table, &column, choices) {
        Some(test) => test,
        None => test(table, &column, choices),
    };
    Predicate::Test { link, column: column.name, test }
}

/// A comparison with another column of the same kind, now and then: of the same row or of one beside it.
fn compare_columns(
    place: Place<'_>,
    link: Option<&str>,
    table: &Table,
    column: &Column,
    choices: &mut Choices,
) -> Option<Test> {
    let comparisons: &[Comparison] = match &column.kind {
        ColumnKind::Choices { .. } | ColumnKind::PartyList { .. } => return None,
        ColumnKind::Boolean(_) | ColumnKind::UniqueId | ColumnKind::Lookup { .. } => &EQUALITY,
        _ => &COMPARISONS,
    };
    if !choices.once_in(5) {
        return None;
    }
    let (other_link, other_table) = subject(place, choices);
    let fits = |other: &&Column| family(&other.kind) == family(&column.kind);
    let others: Vec<&Column> = other_table.columns.iter().filter(fits).collect();
    if others.is_empty() || (other_table.name == table.name && others.len() == 1) {
        return None;
    }
    let other = choices.of(&others).name.clone();
    let name = match other_link.as_deref() {
        // The same row is named without its alias; the row at hand cannot be named from beside it.
        same if same == link => other,
        Some(alias) => ColumnName::new(format!("{alias}.{other}")),
        None => return None,
    };
    Some(Test::CompareColumn(choices.of(comparisons), name))
}

/// Kinds whose values compare with each other have the same number.
pub fn family(kind: &ColumnKind) -> u8 {
    use model::DateBehavior::{DateOnly, TimeZoneIndependent, UserLocal};
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => 0,
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => 1,
        ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => 2,
        ColumnKind::Float { .. } => 3,
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => 4,
        ColumnKind::Boolean(_) => 5,
        ColumnKind::DateTime { behavior: DateOnly, .. } => 6,
        ColumnKind::DateTime { behavior: UserLocal, .. } => 7,
        ColumnKind::DateTime { behavior: TimeZoneIndependent, .. } => 8,
        ColumnKind::UniqueId | ColumnKind::Lookup { .. } => 9,
        ColumnKind::Choices { .. } => 10,
        ColumnKind::PartyList { .. } => 11,
        ColumnKind::Image | ColumnKind::File { .. } => 12,
    }
}

fn test(table: &Table, column: &Column, choices: &mut Choices) -> Test {
    match choices.below(10) {
        0 => return Test::Null,
        1 => return Test::NotNull,
        _ => {}
    }
    match &column.kind {
        ColumnKind::PartyList { .. } | ColumnKind::Image | ColumnKind::File { .. } => {
            choices.of(&[Test::Null, Test::NotNull])
        }
        ColumnKind::Choices { .. } => match operand(table, column, choices) {
            Value::Choices(numbers) if choices.once_in(2) => Test::ContainsAny(numbers),
            set => Test::Compare(choices.of(&EQUALITY), set),
        },
        ColumnKind::Boolean(_) => equality(table, column, choices),
        ColumnKind::UniqueId | ColumnKind::Lookup { .. } => match choices.below(4) {
            0 if matches!(column.kind, ColumnKind::Lookup { .. }) => named(choices),
            // Only the key is compared by its place among others: that is how pages follow each other.
            1 if column.name == table.primary_id => {
                Test::Compare(choices.of(&COMPARISONS), operand(table, column, choices))
            }
            _ => equality(table, column, choices),
        },
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName if choices.once_in(2) => {
            Test::Like(pattern(choices))
        }
        _ => match choices.below(3) {
            0 => range(table, column, choices),
            1 => equality(table, column, choices),
            _ => Test::Compare(choices.of(&COMPARISONS), operand(table, column, choices)),
        },
    }
}

fn equality(table: &Table, column: &Column, choices: &mut Choices) -> Test {
    if choices.once_in(2) {
        return Test::Compare(choices.of(&EQUALITY), operand(table, column, choices));
    }
    let count = 1 + choices.below(4);
    Test::In((0..count).map(|_| operand(table, column, choices)).collect())
}

fn range(table: &Table, column: &Column, choices: &mut Choices) -> Test {
    let ends = choices.below(4);
    Test::Range {
        from: (ends != 0).then(|| operand(table, column, choices)),
        until: (ends != 1).then(|| operand(table, column, choices)),
        includes_until: choices.once_in(2),
    }
}

/// A test of the name of a reference's row.
fn named(choices: &mut Choices) -> Test {
    let name = fold(choices.of(&["alpha Bravo", "ÉCLAIR zulu", "zulu zulu", "x y ß"])).into_owned();
    match choices.below(3) {
        0 => Test::Compare(choices.of(&COMPARISONS), Value::Text(name)),
        1 => Test::In(vec![Value::Text(name), Value::Text("zulu alpha".to_owned())]),
        _ => Test::Like(pattern(choices)),
    }
}

fn pattern(choices: &mut Choices) -> Pattern {
    let text = choices.of(&["al", "lpha", "é", "a", "a%b", "corp", "zz", "lta c", "", "1-q", "ss"]);
    match choices.below(6) {
        0 => Pattern::begins_with(text),
        1 => Pattern::ends_with(text),
        2 => Pattern::like(&format!("%{text}%")),
        3 => Pattern::like(&format!("[a-e]%{text}%")),
        4 => Pattern::like(&format!("[^a-e]%{text}")),
        _ => Pattern::like(&format!("{text}%a_")),
    }
}

/// A value of the column's own kind, ready to compare; never null.
fn operand(table: &Table, column: &Column, choices: &mut Choices) -> Value {
    if column.name == table.primary_id {
        return Value::Id(id_in(table.name.as_str(), choices));
    }
    loop {
        match value(table, column, choices) {
            Value::Null => {}
            Value::Text(text) => return Value::Text(fold(&text).into_owned()),
            Value::Reference(reference) => return Value::Id(reference.id),
            other => return other,
        }
    }
}

/// A test of the place in a hierarchy, of the row itself or of one that a lookup leads to.
fn hierarchy(place: Place<'_>, choices: &mut Choices) -> Option<Predicate> {
    let (link, table) = subject(place, choices);
    let of_column = |column: &Column| {
        let target = match &column.kind {
            _ if column.name == table.primary_id => Some(&table.name),
            ColumnKind::Lookup { targets, .. } => {
                targets.iter().find(|target| matches!(target.as_str(), "thing" | "person"))
            }
            _ => None,
        };
        let found = place.tables.iter().find(|table| Some(&table.name) == target)?;
        Some((column.name.clone(), found.name.clone(), found.hierarchy()?.column.clone()))
    };
    let columns: Vec<_> = table.columns.iter().filter_map(of_column).collect();
    if columns.is_empty() {
        return None;
    }
    let (column, table, parent) = choices.of(&columns);
    Some(Predicate::Hierarchy(Box::new(HierarchyTest {
        link,
        column,
        of: id_in(table.as_str(), choices),
        table,
        parent,
        direction: choices.of(&[Direction::Above, Direction::Under, Direction::Under]),
        includes_self: choices.once_in(2),
    })))
}
