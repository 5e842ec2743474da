//! Random rows and plans, so that every executor can be held to the naive one with the same questions.
//!
//! `rows(seed)` fills the tables of `tables()`, `plan(seed)` asks something of them: every kind of output, test, link,
//! order, group, measure and page comes up within some hundred seeds. `differs` compares two answers as far as a plan
//! says in which order rows come.

mod compare;
mod output;
mod predicate;
mod tables;

pub use compare::differs;
pub use tables::{columns, rows, tables, value};

use crate::bound::{BoundLink, BoundOutput, BoundPlan, Predicate};
use crate::plan::{LinkKind, Page};
use model::testing::Choices;
use model::{Column, ColumnKind, FiscalCalendar, FiscalPeriod, Table, TableName, TimeZone, ZoneChange};
use predicate::{Place, family, predicate};

/// A linked row beside the root's.
#[derive(Clone)]
struct Joined {
    alias: String,
    table: TableName,
}

/// A question over the tables.
#[must_use]
pub fn plan(seed: u64) -> BoundPlan {
    let tables = tables();
    let mut choices = Choices::new(seed ^ 0x706c_616e_7300);
    let root = root(&tables, &mut choices);
    let mut aliases = 0;
    let count = choices.of(&[0, 0, 0, 1, 1, 2]);
    let kinds = [LinkKind::Inner, LinkKind::Outer, LinkKind::First, LinkKind::Any, LinkKind::All];
    let mut links = Vec::new();
    for _ in 0..count {
        let kind = choices.of(&kinds);
        links.extend(link_to(&tables, &root, kind, &mut choices, &mut aliases, 0));
    }
    let mut joined = Vec::new();
    collect(&links, &mut joined);
    let place = Place { tables: &tables, table: &root, joined: &joined };
    let mut filter = (!choices.once_in(4)).then(|| predicate(place, &mut choices, &mut aliases, 0));
    if choices.once_in(3) {
        let other = predicate(place, &mut choices, &mut aliases, 1);
        filter = filter.map(|filter| Predicate::Or(vec![filter, other]));
    }
    let (output, orders) = if choices.once_in(3) {
        output::aggregate(place, &mut choices)
    } else {
        output::rows(place, &mut choices)
    };
    let distinct = matches!(output, BoundOutput::Columns(_)) && choices.once_in(4);
    let page = page(&output, &orders, &links, &mut choices);
    BoundPlan {
        table: root.name.clone(),
        output,
        filter,
        links,
        orders,
        distinct,
        page,
        wants_total: choices.once_in(2),
        time_zone: choices.of(&[TimeZone::utc(), paris()]),
        first_weekday: choices.of(&[0, 1, 6]),
        fiscal: FiscalCalendar {
            month: choices.of(&[1, 4, 7, 10]),
            day: choices.of(&[1, 1, 15, 28]),
            period: choices.of(&[
                FiscalPeriod::Annually,
                FiscalPeriod::Semiannually,
                FiscalPeriod::Quarterly,
                FiscalPeriod::Monthly,
                FiscalPeriod::FourWeekly,
            ]),
            named_after_end: choices.once_in(2),
        },
    }
}

fn root(tables: &[Table], choices: &mut Choices) -> Table {
    let others = tables.iter().filter(|table| table.name != "thing");
    match choices.below(10) {
        0..6 => tables.iter().find(|table| table.name == "thing").cloned().unwrap_or_default(),
        _ => choices.of(&others.cloned().collect::<Vec<_>>()),
    }
}

fn paris() -> TimeZone {
    let change = |seconds: i64, offset_minutes| ZoneChange {
        from: model::Timestamp::from_milliseconds(seconds * 1000),
        offset_minutes,
    };
    TimeZone {
        name: "Europe/Paris".to_owned(),
        changes: vec![
            change(1_729_990_800, 60),
            change(1_743_296_400, 120),
            change(1_761_440_400, 60),
            change(1_774_746_000, 120),
            change(1_792_890_000, 60),
        ],
    }
}

/// A link from a table to another by columns that compare; nothing where there is none.
fn link_to(
    tables: &[Table],
    outer: &Table,
    kind: LinkKind,
    choices: &mut Choices,
    aliases: &mut u32,
    depth: u32,
) -> Option<BoundLink> {
    let linked = if choices.once_in(3) { root(tables, choices) } else { choices.of(tables) };
    let mut pairs = Vec::new();
    for to in &outer.columns {
        for from in &linked.columns {
            // Mostly a lookup and the key it holds; other ids, texts, choices, yes/no and dates now and then.
            let weight = match family(&to.kind) {
                _ if family(&to.kind) != family(&from.kind) => 0,
                9 if leads(to, &linked, from) || leads(from, outer, to) => 12,
                9 if to.name != "processid" && from.name != "processid" => 1,
                0 if to.name == "stage" && from.name == "stage" => 2,
                4..=6 if depth > 0 => 1,
                _ => 0,
            };
            pairs.extend(std::iter::repeat_n((from.name.clone(), to.name.clone()), weight));
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let (from, to) = choices.of(&pairs);
    *aliases += 1;
    let alias = format!("l{aliases}");
    let kinds = [LinkKind::Inner, LinkKind::Outer, LinkKind::First, LinkKind::Any, LinkKind::NotAny];
    let mut links = Vec::new();
    if depth < 2 && choices.once_in(3) {
        let kind = choices.of(&kinds);
        links.extend(link_to(tables, &linked, kind, choices, aliases, depth + 1));
    }
    let place = Place { tables, table: &linked, joined: &[] };
    let filter = choices.once_in(3).then(|| predicate(place, choices, aliases, 2));
    let columns = if kind.has_rows() { output::columns(&linked, choices, 2) } else { Vec::new() };
    Some(BoundLink { table: linked.name.clone(), from, to, alias, kind, columns, filter, links })
}

/// True when a column is a lookup of a table whose key another column is.
fn leads(column: &Column, other: &Table, key: &Column) -> bool {
    key.name == other.primary_id
        && matches!(&column.kind, ColumnKind::Lookup { targets, .. } if targets.contains(&other.name))
}

fn collect(links: &[BoundLink], joined: &mut Vec<Joined>) {
    for link in links.iter().filter(|link| link.kind.has_rows()) {
        joined.push(Joined { alias: link.alias.clone(), table: link.table.clone() });
        collect(&link.links, joined);
    }
}

/// A slice whose rows are told by the plan: where rows of one root, or groups, may come in any order, the whole.
fn page(
    output: &BoundOutput,
    orders: &[crate::BoundOrder],
    links: &[BoundLink],
    choices: &mut Choices,
) -> Page {
    let whole = Page::slice(0, 100_000);
    let is_told = match output {
        BoundOutput::Columns(_) => !links.iter().any(compare::may_repeat),
        BoundOutput::Aggregate(aggregate) => {
            let is_ordered = |alias: &str| orders.iter().any(|order| order.column == *alias);
            aggregate.groups.iter().all(|group| is_ordered(&group.alias))
        }
    };
    let limit = 1 + u32::try_from(choices.below(30)).unwrap_or(0);
    match choices.below(5) {
        _ if !is_told => whole,
        0 => whole,
        1 => Page::top(limit),
        _ => Page::slice(choices.of(&[0, 0, 0, 1, 1, 2]) * u64::from(limit), limit),
    }
}

#[cfg(test)]
mod tests;
