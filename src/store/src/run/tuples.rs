//! Rows with the rows joined to them: tuples of slots, one column of slots for each table.

use super::context::{Context, known_column};
use super::filter;
use super::join::{Matcher, NONE};
use crate::StoreError;
use crate::column::bits::Bits;
use crate::table::TableData;
use model::Value;
use query::{BoundLink, HierarchyTest, LinkKind, Predicate, Test, split_alias};

/// A table that takes part.
pub struct Source<'a> {
    /// The alias; nothing for the root.
    pub alias: Option<String>,
    /// Its rows.
    pub table: &'a TableData,
    /// For each tuple the slot of its row, or `NONE`.
    pub slots: Vec<u32>,
}

/// Which partners of a row are joined to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Partners {
    /// Each in turn.
    All,
    /// The one with the smallest id.
    First,
}

/// Joined rows.
pub struct Tuples<'a> {
    /// The root, then linked tables in the order of the plan, depth first.
    pub sources: Vec<Source<'a>>,
}

impl<'a> Tuples<'a> {
    /// Rows of the root alone.
    pub fn new(table: &'a TableData, rows: &Bits) -> Self {
        let slots = rows.iter().filter_map(|slot| u32::try_from(slot).ok()).collect();
        Self { sources: vec![Source { alias: None, table, slots }] }
    }

    /// How many there are.
    pub fn length(&self) -> usize {
        self.sources.first().map_or(0, |root| root.slots.len())
    }

    /// The place of a table by its alias.
    pub fn source(&self, alias: Option<&str>) -> Result<usize, StoreError> {
        let found = self.sources.iter().position(|source| source.alias.as_deref() == alias);
        found.ok_or_else(|| StoreError::UnknownAlias(alias.unwrap_or_default().to_owned()))
    }

    /// The slot of a tuple's row in a table, if it has one there.
    pub fn slot(&self, source: usize, tuple: usize) -> Option<usize> {
        let slot = *self.sources.get(source)?.slots.get(tuple)?;
        (slot != NONE).then_some(slot as usize)
    }

    /// Joins the links of a table, and theirs; under a link that takes the first partner, they take the first too.
    pub fn join_all(
        &mut self,
        context: &Context<'a>,
        outer: usize,
        links: &[BoundLink],
        take: Partners,
    ) -> Result<(), StoreError> {
        for link in links.iter().filter(|link| link.kind.has_rows()) {
            let take = if link.kind == LinkKind::First { Partners::First } else { take };
            self.join(context, outer, link, take)?;
            self.join_all(context, self.sources.len() - 1, &link.links, take)?;
        }
        Ok(())
    }

    fn join(
        &mut self,
        context: &Context<'a>,
        outer: usize,
        link: &BoundLink,
        take: Partners,
    ) -> Result<(), StoreError> {
        let Some(from) = self.sources.get(outer) else { return Ok(()) };
        let matcher = Matcher::new(context, from.table, link)?;
        let (mut tuples, mut partners) = (Vec::new(), Vec::new());
        for tuple in 0..self.length() {
            let before = partners.len();
            let slot = self.slot(outer, tuple);
            if let Some(slot) = slot {
                matcher.visit(slot, |partner| {
                    tuples.push(tuple);
                    partners.push(partner);
                    take == Partners::All
                });
            }
            if partners.len() == before && (slot.is_none() || link.kind == LinkKind::Outer) {
                tuples.push(tuple);
                partners.push(NONE);
            }
        }
        self.take(&tuples);
        let (alias, table) = (Some(link.alias.clone()), context.table(&link.table)?);
        self.sources.push(Source { alias, table, slots: partners });
        Ok(())
    }

    /// Keeps the tuples that meet conditions on several tables.
    pub fn filter(&mut self, context: &Context<'a>, parts: &[&Predicate]) -> Result<(), StoreError> {
        for part in parts {
            let check = Check::of(context, self, part)?;
            let passing: Vec<usize> =
                (0..self.length()).filter(|tuple| check.holds(self, *tuple) == Some(true)).collect();
            self.take(&passing);
        }
        Ok(())
    }

    /// Keeps these tuples, in this order.
    pub fn take(&mut self, tuples: &[usize]) {
        for source in &mut self.sources {
            let slot = |tuple: &usize| source.slots.get(*tuple).copied().unwrap_or(NONE);
            source.slots = tuples.iter().map(slot).collect();
        }
    }

    /// The value of a tuple in a column, with references as they were sent.
    fn value(&self, place: &Place, tuple: usize) -> Value {
        let Some(slot) = self.slot(place.source, tuple) else { return Value::Null };
        let data = self.sources.get(place.source).map(|source| source.table);
        data.and_then(|data| known_column(data, &place.column).ok())
            .map_or(Value::Null, |column| column.value(slot))
    }
}

/// The parts of a filter that are about the root alone, and those that need joined rows.
pub fn split(filter: Option<&Predicate>) -> (Vec<&Predicate>, Vec<&Predicate>) {
    let parts = match filter {
        None => Vec::new(),
        Some(Predicate::And(parts)) => parts.iter().collect(),
        Some(other) => vec![other],
    };
    parts.into_iter().partition(|part| !names_alias(part))
}

fn names_alias(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(names_alias),
        Predicate::Not(part) => names_alias(part),
        Predicate::Test { link: Some(_), .. } => true,
        Predicate::Test { test: Test::CompareColumn(_, other), .. } => split_alias(other).0.is_some(),
        Predicate::Hierarchy(test) => test.link.is_some(),
        Predicate::Test { .. } | Predicate::Linked(_) | Predicate::Constant(_) => false,
    }
}

struct Place {
    source: usize,
    column: model::ColumnName,
}

/// A condition on tuples: each part about one table has been answered for all its rows beforehand.
enum Check {
    Every(Vec<Check>),
    Some(Vec<Check>),
    Not(Box<Check>),
    /// The rows of a table that make the part true, and those that make it false; what an absent row makes it.
    Rows {
        source: usize,
        yes: Bits,
        no: Bits,
        absent: Option<bool>,
    },
    /// Columns of two tables.
    Columns {
        first: Place,
        comparison: query::Comparison,
        second: Place,
    },
}

impl Check {
    fn of<'a>(context: &Context<'a>, tuples: &Tuples<'a>, part: &Predicate) -> Result<Self, StoreError> {
        let all = |parts: &[Predicate]| {
            parts.iter().map(|part| Self::of(context, tuples, part)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match part {
            Predicate::And(parts) => Self::Every(all(parts)?),
            Predicate::Or(parts) => Self::Some(all(parts)?),
            Predicate::Not(part) => Self::Not(Box::new(Self::of(context, tuples, part)?)),
            Predicate::Linked(_) | Predicate::Constant(_) => Self::rows(context, tuples, 0, part, None)?,
            Predicate::Hierarchy(test) => {
                let source = tuples.source(test.link.as_deref())?;
                let own = HierarchyTest { link: None, ..(**test).clone() };
                Self::rows(context, tuples, source, &Predicate::Hierarchy(Box::new(own)), None)?
            }
            Predicate::Test { link, column, test } => {
                let source = tuples.source(link.as_deref())?;
                if let Test::CompareColumn(comparison, other) = test
                    && let (Some(alias), other) = split_alias(other)
                {
                    let first = Place { source, column: column.clone() };
                    let second = Place { source: tuples.source(Some(alias))?, column: other.into_owned() };
                    for place in [&first, &second] {
                        if let Some(source) = tuples.sources.get(place.source) {
                            context.column(source.table, &place.column)?;
                        }
                    }
                    return Ok(Self::Columns { first, comparison: *comparison, second });
                }
                let own = Predicate::Test { link: None, column: column.clone(), test: test.clone() };
                Self::rows(context, tuples, source, &own, test.holds(&Value::Null))?
            }
        })
    }

    fn rows<'a>(
        context: &Context<'a>,
        tuples: &Tuples<'a>,
        source: usize,
        part: &Predicate,
        absent: Option<bool>,
    ) -> Result<Self, StoreError> {
        let Some(table) = tuples.sources.get(source).map(|source| source.table) else {
            return Err(StoreError::UnknownAlias(String::new()));
        };
        let yes = filter::select(context, table, part, true, table.visible.clone())?;
        let no = filter::select(context, table, part, false, table.visible.clone())?;
        Ok(Self::Rows { source, yes, no, absent })
    }

    fn holds(&self, tuples: &Tuples<'_>, tuple: usize) -> Option<bool> {
        match self {
            Self::Every(parts) => combine(parts, tuples, tuple, false),
            Self::Some(parts) => combine(parts, tuples, tuple, true),
            Self::Not(part) => part.holds(tuples, tuple).map(|holds| !holds),
            Self::Rows { source, yes, no, absent } => match tuples.slot(*source, tuple) {
                None => *absent,
                Some(slot) if yes.has(slot) => Some(true),
                Some(slot) if no.has(slot) => Some(false),
                Some(_) => None,
            },
            Self::Columns { first, comparison, second } => {
                let operand = tuples.value(second, tuple);
                Test::Compare(*comparison, operand).holds(&tuples.value(first, tuple))
            }
        }
    }
}

/// One part that decides decides the whole; else one unknown part makes it unknown.
fn combine(parts: &[Check], tuples: &Tuples<'_>, tuple: usize, decides: bool) -> Option<bool> {
    let mut answer = Some(!decides);
    for part in parts {
        match part.holds(tuples, tuple) {
            Some(holds) if holds == decides => return Some(decides),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}
