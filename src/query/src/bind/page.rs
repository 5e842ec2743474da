//! The page after another: skipped to by a condition on the values the page before ended with, where every row has a
//! place of its own by them, else by counting.

use super::operand::{Family, Target};
use super::{Binder, and, or};
use crate::bound::{BoundOrder, Comparison, Predicate, Test};
use crate::plan::{Cookie, Link, LinkKind, Order, Output, Page, Plan};
use model::{Table, Value};

/// The page for executors, and the condition that takes the place of its offset.
pub(super) fn bind_page(
    plan: &Plan,
    root: &Table,
    orders: &[BoundOrder],
    binder: &Binder<'_>,
) -> (Page, Option<Predicate>) {
    let counted = Page { after: None, ..plan.page.clone() };
    let Some(cookie) = &plan.page.after else { return (counted, None) };
    // A total counts the rows before the page too.
    let is_plain = !plan.wants_total && !plan.distinct && !matches!(plan.output, Output::Aggregate(_));
    let follows = u64::from(cookie.page) * u64::from(plan.page.limit) == plan.page.offset;
    if !is_plain || !follows || !plan.links.iter().all(|link| gives_one_row(link, binder)) {
        return (counted, None);
    }
    match rows_after(plan, root, orders, cookie, binder) {
        Some(rest) => (Page { offset: 0, ..counted }, Some(rest)),
        None => (counted, None),
    }
}

/// True when a link never gives a row of the root twice.
fn gives_one_row(link: &Link, binder: &Binder<'_>) -> bool {
    let by_key =
        || binder.tables.table(link.table.as_str()).is_some_and(|table| table.primary_id == link.from);
    match link.kind {
        LinkKind::Inner | LinkKind::Outer => {
            by_key() && link.links.iter().all(|inner| gives_one_row(inner, binder))
        }
        LinkKind::First => link.links.iter().all(|inner| gives_one_row(inner, binder)),
        _ => true,
    }
}

/// The rows that come after the cookie's in the order of the plan, ties broken by the key. Nothing where the cookie
/// does not go with the plan, or the order cannot be told by conditions.
fn rows_after(
    plan: &Plan,
    root: &Table,
    orders: &[BoundOrder],
    cookie: &Cookie,
    binder: &Binder<'_>,
) -> Option<Predicate> {
    let (key, last) = cookie.last.split_last()?;
    if root.primary_id != *key.0.as_str() || last.len() != orders.len() {
        return None;
    }
    let mut parts = Vec::new();
    let mut equal = Vec::new();
    for ((order, bound), (name, value)) in plan.orders.iter().zip(orders).zip(last) {
        if *name != cookie_name(order.link.as_deref(), order.column.as_str()) {
            return None;
        }
        let place = Place::read(order, bound, value.as_deref(), root, binder)?;
        parts.push(and([equal.as_slice(), &[place.after()]].concat()));
        equal.push(place.same());
    }
    let column = root.column(root.primary_id.as_str())?;
    let key_order = Order { link: None, column: column.name.clone(), descending: false };
    let bound = BoundOrder { link: None, column: column.name.clone(), descending: false, ranks: None };
    let place = Place::read(&key_order, &bound, key.1.as_deref(), root, binder)?;
    equal.push(place.after());
    parts.push(and(equal));
    Some(or(parts))
}

/// What a cookie calls a column.
pub(crate) fn cookie_name(link: Option<&str>, column: &str) -> String {
    link.map_or_else(|| column.to_owned(), |alias| format!("{alias}.{column}"))
}

/// A value in one criterion of the order.
struct Place<'a> {
    order: &'a BoundOrder,
    value: Value,
}

impl<'a> Place<'a> {
    fn read(
        order: &Order,
        bound: &'a BoundOrder,
        text: Option<&str>,
        root: &Table,
        binder: &Binder<'_>,
    ) -> Option<Self> {
        let table = match order.link.as_deref() {
            None => root,
            Some(alias) => binder.joined(alias).ok()?,
        };
        let column = table.column(order.column.as_str())?;
        let family = Family::of(&column.kind);
        // References sort by a name, which not every one has.
        if family == Family::Reference {
            return None;
        }
        let value = match text {
            None => Value::Null,
            Some(text) => Target { table, column, family }.value(text, binder.caller).ok()?,
        };
        Some(Self { order: bound, value })
    }

    fn test(&self, test: Test) -> Predicate {
        Predicate::Test { link: self.order.link.clone(), column: self.order.column.clone(), test }
    }

    fn same(&self) -> Predicate {
        if self.value.is_null() {
            return self.test(Test::Null);
        }
        let Some(ranks) = &self.order.ranks else {
            return self.test(Test::Compare(Comparison::Equal, self.value.clone()));
        };
        let own = self.order.place(&self.value);
        let mut same: Vec<_> = ranks.iter().map(|(number, _)| self.like(*number)).collect();
        same.retain(|value| self.order.place(value) == own);
        if same.is_empty() {
            same.push(self.value.clone());
        }
        self.test(Test::In(same))
    }

    fn after(&self) -> Predicate {
        let descending = self.order.descending;
        if self.value.is_null() {
            // Ascending, nulls are first; descending, they are last.
            return if descending { Predicate::Constant(false) } else { self.test(Test::NotNull) };
        }
        let beyond = match &self.order.ranks {
            None => {
                let comparison = if descending { Comparison::Less } else { Comparison::Greater };
                self.test(Test::Compare(comparison, self.value.clone()))
            }
            Some(ranks) => self.ranked_beyond(ranks),
        };
        if descending { or(vec![beyond, self.test(Test::Null)]) } else { beyond }
    }

    /// The values whose labels come after, or before when descending. Numbers without a label come after all others.
    fn ranked_beyond(&self, ranks: &[(i32, u32)]) -> Predicate {
        let listed: Vec<_> = ranks.iter().map(|(number, _)| self.like(*number)).collect();
        let own = self.order.place(&self.value);
        let is_listed = listed.contains(&self.value);
        let unlisted = |test| {
            let without_label = Predicate::Not(Box::new(self.test(Test::In(listed.clone()))));
            and(vec![without_label, self.test(test)])
        };
        let mut parts = Vec::new();
        let wanted = |value: &&Value| {
            if self.order.descending { self.order.place(value) < own } else { self.order.place(value) > own }
        };
        let labelled: Vec<_> = listed.iter().filter(wanted).cloned().collect();
        if !labelled.is_empty() {
            parts.push(self.test(Test::In(labelled)));
        }
        match (is_listed, self.order.descending) {
            (true, true) => {}
            (true, false) => parts.push(unlisted(Test::NotNull)),
            (false, true) => parts.push(unlisted(Test::Compare(Comparison::Less, self.value.clone()))),
            (false, false) => parts.push(unlisted(Test::Compare(Comparison::Greater, self.value.clone()))),
        }
        or(parts)
    }

    /// A number of the ranks as a value of the column.
    fn like(&self, number: i32) -> Value {
        if matches!(self.value, Value::Boolean(_)) {
            Value::Boolean(number != 0)
        } else {
            Value::Choice(number)
        }
    }
}
