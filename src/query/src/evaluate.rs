//! The row-wise evaluation of predicates: for rows in hand, and as the reference that faster executors are held to.

use crate::bound::{BoundLink, HierarchyTest, Predicate, Test};
use crate::compare::{compare_present, id_of};
use model::{ColumnName, RowId, Value};
use std::borrow::Cow;

/// The row in hand, with the rows joined to it.
pub trait Cells {
    /// The value of a column: of the row the predicate stands in, or of the linked row of an alias. The primary key is
    /// a column too. Null for a linked row that is absent.
    fn value(&self, link: Option<&str>, column: &ColumnName) -> Cow<'_, Value>;

    /// Whether the link of a filter (`any`, `not any`, …) holds for the row.
    fn linked(&self, link: &BoundLink) -> bool;

    /// Whether a row stands where the test wants it in the hierarchy.
    fn stands(&self, test: &HierarchyTest, row: RowId) -> bool;
}

impl Predicate {
    /// Whether the row meets the predicate; `None` is SQL's unknown, which does not select the row.
    #[must_use]
    pub fn evaluate(&self, cells: &dyn Cells) -> Option<bool> {
        match self {
            Self::Constant(is_true) => Some(*is_true),
            Self::And(parts) => fold_parts(parts, cells, false),
            Self::Or(parts) => fold_parts(parts, cells, true),
            Self::Not(part) => part.evaluate(cells).map(|holds| !holds),
            Self::Linked(link) => Some(cells.linked(link)),
            Self::Hierarchy(test) => {
                let row = id_of(&cells.value(test.link.as_deref(), &test.column))?;
                Some(cells.stands(test, row))
            }
            Self::Test { link, column, test } => {
                let value = cells.value(link.as_deref(), column);
                let Test::CompareColumn(comparison, other) = test else { return test.holds(&value) };
                let (other_link, other_column) = split_alias(other);
                let other = cells.value(other_link.or(link.as_deref()), &other_column);
                compare_present(&value, &other).map(|ordering| comparison.holds(ordering))
            }
        }
    }

    /// Whether the row is selected.
    #[must_use]
    pub fn selects(&self, cells: &dyn Cells) -> bool {
        self.evaluate(cells) == Some(true)
    }
}

/// `a.name` as alias and column; a plain column without an alias.
#[must_use]
pub fn split_alias(name: &ColumnName) -> (Option<&str>, Cow<'_, ColumnName>) {
    match name.as_str().split_once('.') {
        Some((alias, column)) => (Some(alias), Cow::Owned(ColumnName::new(column))),
        None => (None, Cow::Borrowed(name)),
    }
}

/// AND decides at the first false, OR at the first true; else one unknown part makes the whole unknown.
fn fold_parts(parts: &[Predicate], cells: &dyn Cells, decides: bool) -> Option<bool> {
    let mut is_unknown = false;
    for part in parts {
        match part.evaluate(cells) {
            Some(holds) if holds == decides => return Some(decides),
            Some(_) => {}
            None => is_unknown = true,
        }
    }
    if is_unknown { None } else { Some(!decides) }
}
