//! A plan bound to a caller, a moment and a schema: the small language that executors understand.

use crate::compare::compare_values;
use crate::plan::{Aggregate, LinkKind, OutputColumn, Page};
use model::{ColumnName, Date, Language, RowId, RowVersion, TableName, TimeZone, Timestamp, Value};
use std::cmp::Ordering;

/// Whose question it is and when it is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The user.
    pub user: RowId,
    /// The user's business unit.
    pub business_unit: RowId,
    /// The user's teams.
    pub teams: Vec<RowId>,
    /// The user's language, for `eq-userlanguage`.
    pub language: Language,
    /// Where the user's days begin and end.
    pub time_zone: TimeZone,
    /// Now.
    pub now: Timestamp,
    /// The first day of the week, 0 = Sunday.
    pub first_weekday: u8,
    /// The org's fiscal calendar.
    pub fiscal: model::FiscalCalendar,
}

impl Caller {
    /// The user's calendar date.
    #[must_use]
    pub fn today(&self) -> Date {
        self.time_zone.date_of(self.now)
    }
}

/// A plan whose tables, columns and operands are known to exist and to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundPlan {
    /// The root table.
    pub table: TableName,
    /// What comes back.
    pub output: BoundOutput,
    /// Which rows.
    pub filter: Option<Predicate>,
    /// Linked tables.
    pub links: Vec<BoundLink>,
    /// In which order.
    pub orders: Vec<BoundOrder>,
    /// Equal output rows are given once.
    pub distinct: bool,
    /// Which slice.
    pub page: Page,
    /// True when the number of all rows is wanted.
    pub wants_total: bool,
    /// The caller's zone, for date groups.
    pub time_zone: TimeZone,
    /// The first day of the caller's week, 0 = Sunday, for date groups.
    pub first_weekday: u8,
    /// The org's fiscal calendar, for date groups.
    pub fiscal: model::FiscalCalendar,
}

impl BoundPlan {
    /// What a row of the answer holds, in order: alias of the linked table, column, name in the answer. The root's
    /// columns come first, then those of each link, a link before the links inside it.
    #[must_use]
    pub fn outputs<'a>(
        &'a self,
        root: &'a [OutputColumn],
    ) -> Vec<(Option<&'a str>, &'a OutputColumn, String)> {
        fn add<'a>(links: &'a [BoundLink], outputs: &mut Vec<(Option<&'a str>, &'a OutputColumn, String)>) {
            for link in links.iter().filter(|link| link.kind.has_rows()) {
                for output in &link.columns {
                    let name = output.alias.clone();
                    let name = name.unwrap_or_else(|| format!("{}.{}", link.alias, output.column));
                    outputs.push((Some(link.alias.as_str()), output, name));
                }
                add(&link.links, outputs);
            }
        }
        let name = |output: &OutputColumn| output.alias.clone().unwrap_or_else(|| output.column.to_string());
        let mut outputs = root.iter().map(|output| (None, output, name(output))).collect();
        add(&self.links, &mut outputs);
        outputs
    }
}

/// What comes back of each row.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundOutput {
    /// These columns of the root; `All` has been spelled out.
    Columns(Vec<OutputColumn>),
    /// Groups with measures.
    Aggregate(Aggregate),
}

/// A bound link.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundLink {
    /// The linked table.
    pub table: TableName,
    /// The column of the linked table.
    pub from: ColumnName,
    /// The column of the outer table.
    pub to: ColumnName,
    /// The unique alias.
    pub alias: String,
    /// How rows without a partner are treated.
    pub kind: LinkKind,
    /// The columns that come back.
    pub columns: Vec<OutputColumn>,
    /// Conditions, part of the join.
    pub filter: Option<Predicate>,
    /// Links of the linked table.
    pub links: Vec<BoundLink>,
}

/// Which rows, in terms every executor has.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Every part holds.
    And(Vec<Predicate>),
    /// One part holds.
    Or(Vec<Predicate>),
    /// The part does not hold. Three-valued as in SQL: not(unknown) is unknown.
    Not(Box<Predicate>),
    /// A test of one column. `link` names the alias, `None` the table the predicate stands in.
    Test {
        /// Whose column.
        link: Option<String>,
        /// The column.
        column: ColumnName,
        /// The test.
        test: Test,
    },
    /// A linked table inside a filter.
    Linked(Box<BoundLink>),
    /// The row that a column holds the id of, and its place in a hierarchy. Unknown for null.
    Hierarchy(Box<HierarchyTest>),
    /// Known beforehand (`eq-userteams` of a user without teams is `false`).
    Constant(bool),
}

/// One criterion of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundOrder {
    /// The alias of the linked table, or the root.
    pub link: Option<String>,
    /// The column; in an aggregate the alias of a group or measure.
    pub column: ColumnName,
    /// Largest first.
    pub descending: bool,
    /// Choices, states, status reasons and yes/no sort by their labels in the caller's language: each number with its
    /// place, equal labels with the same place. Numbers that are not listed come after all others, by number. None
    /// sorts by the value itself.
    pub ranks: Option<std::sync::Arc<Vec<(i32, u32)>>>,
}

impl BoundOrder {
    /// The order of two values under this criterion: null first, then reversed when descending.
    #[must_use]
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let ordering = match (self.place(a), self.place(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => compare_values(a, b).unwrap_or(Ordering::Equal),
        };
        if self.descending { ordering.reverse() } else { ordering }
    }

    /// Where a choice or yes/no stands among its options; nothing for null or where the value itself sorts.
    #[must_use]
    pub fn place(&self, value: &Value) -> Option<(u32, i32)> {
        let ranks = self.ranks.as_ref()?;
        let number = match value {
            Value::Choice(number) => *number,
            Value::Boolean(flag) => i32::from(*flag),
            _ => return None,
        };
        let listed = ranks.iter().find(|(listed, _)| *listed == number);
        Some(listed.map_or((u32::MAX, number), |(_, place)| (*place, 0)))
    }
}

/// Whether a row stands above or below another in a hierarchy, whoever may read the rows between them. A circle in
/// the rows ends the walk where it closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyTest {
    /// Whose column: the alias of a linked table, or the table the predicate stands in.
    pub link: Option<String>,
    /// The column that holds the id of the row in question: the primary key or a lookup.
    pub column: ColumnName,
    /// The table of the hierarchy.
    pub table: TableName,
    /// Its lookup of the parent.
    pub parent: ColumnName,
    /// Above or under.
    pub direction: Direction,
    /// The row the walk starts from.
    pub of: RowId,
    /// True when that row itself counts.
    pub includes_self: bool,
}

/// The direction of a walk in a hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the top.
    Above,
    /// Towards the leaves.
    Under,
}

/// A test of one value. All but `Null` and `NotNull` are unknown for null.
///
/// Operands are values of the column's own type, ready to compare: texts are folded, a reference or unique identifier
/// is a `Value::Id`. A text operand (or pattern) on a reference column tests the name of the row referred to.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// No value.
    Null,
    /// Some value.
    NotNull,
    /// Compared with a value.
    Compare(Comparison, Value),
    /// One of these.
    In(Vec<Value>),
    /// A half-open or closed range; a missing end is unbounded. Used for dates and `between`.
    Range {
        /// The first value inside.
        from: Option<Value>,
        /// The end.
        until: Option<Value>,
        /// True when `until` itself is inside.
        includes_until: bool,
    },
    /// Folded text against a pattern.
    Like(Pattern),
    /// A choices column holds at least one of these.
    ContainsAny(Vec<i32>),
    /// Compared with another column of the same row, or with `alias.column` of a linked one.
    CompareColumn(Comparison, ColumnName),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the six comparisons")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A text pattern, already folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Begins with.
    Prefix(String),
    /// Ends with.
    Suffix(String),
    /// Holds.
    Contains(String),
    /// SQL LIKE with `%`, `_` and `[…]` turned into parts.
    Parts(Vec<PatternPart>),
}

/// A part of a LIKE pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternPart {
    /// Exactly this.
    Text(String),
    /// One character, whatever it is.
    AnyCharacter,
    /// Any characters, also none.
    Anything,
    /// One character inside (or, negated, outside) the ranges: `[a-f]`, `[^0-9]`.
    Class {
        /// True for `[^…]`.
        negated: bool,
        /// First and last character of each range.
        ranges: Vec<(char, char)>,
    },
}

/// The answer to a bound plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Names of the values of each row, in order: root columns or aliases, then `alias.column` of the links.
    pub names: Vec<String>,
    /// The rows.
    pub rows: Vec<AnswerRow>,
    /// The number of all rows, when it was asked for.
    pub total: Option<u64>,
    /// True when rows follow after this page; never for a `top`, which no page is meant to follow.
    pub more: bool,
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRow {
    /// The root row; none in an aggregate.
    pub id: Option<RowId>,
    /// Its version; none in an aggregate or for an unconfirmed row.
    pub version: Option<RowVersion>,
    /// The values, as many as names.
    pub values: Vec<Value>,
}
