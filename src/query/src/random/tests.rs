use super::*;
use crate::bound::{Answer, Test};
use crate::plan::{DatePart, Function};
use std::collections::BTreeSet;

#[test]
fn a_seed_makes_the_same_rows_and_the_same_plan() {
    assert_eq!(rows(3), rows(3));
    assert_ne!(rows(3), rows(4));
    assert_eq!(plan(3), plan(3));
    assert!((0..20).any(|seed| plan(seed) != plan(3)));
}

#[test]
fn every_column_of_every_row_fits_its_table() {
    let tables = tables();
    for row in rows(1) {
        let table = tables.iter().find(|table| table.name == row.table).unwrap();
        assert_eq!(row.columns.len(), table.columns.len() - 1, "{}", row.table);
    }
}

fn visit(predicate: &Predicate, seen: &mut BTreeSet<String>) {
    match predicate {
        Predicate::And(parts) => parts.iter().for_each(|part| visit(part, seen)),
        Predicate::Or(parts) => parts.iter().for_each(|part| visit(part, seen)),
        Predicate::Not(part) => visit(part, seen),
        Predicate::Constant(_) => drop(seen.insert("constant".into())),
        Predicate::Linked(link) => visit_link(link, "filter ", seen),
        Predicate::Hierarchy(test) => {
            seen.insert(format!("hierarchy {:?}", test.direction));
        }
        Predicate::Test { test, .. } => {
            let name = match test {
                Test::Compare(comparison, _) => format!("compare {comparison:?}"),
                Test::CompareColumn(comparison, other) => {
                    format!("columns {comparison:?} {}", other.as_str().contains('.'))
                }
                Test::Null => "null".into(),
                Test::NotNull => "not null".into(),
                Test::In(_) => "in".into(),
                Test::Range { from, until, .. } => format!("range {} {}", from.is_some(), until.is_some()),
                Test::Like(pattern) => {
                    format!("{pattern:?}").chars().take_while(char::is_ascii_alphabetic).collect()
                }
                Test::ContainsAny(_) => "contains".into(),
            };
            seen.insert(name);
        }
    }
}

fn visit_link(link: &BoundLink, mark: &str, seen: &mut BTreeSet<String>) {
    seen.insert(format!("{mark}{:?}", link.kind));
    link.filter.iter().for_each(|filter| visit(filter, seen));
    link.links.iter().for_each(|inner| visit_link(inner, "inner ", seen));
}

#[test]
fn the_plans_have_everything_and_find_something() {
    let (tables, rows) = (tables(), rows(1));
    let mut seen = BTreeSet::new();
    let (mut found, mut empty) = (0, 0);
    for seed in 0..600 {
        let plan = plan(seed);
        plan.filter.iter().for_each(|filter| visit(filter, &mut seen));
        plan.links.iter().for_each(|link| visit_link(link, "", &mut seen));
        seen.insert(format!("root {}", plan.table));
        seen.extend(plan.orders.iter().map(|order| format!("order by label {}", order.ranks.is_some())));
        seen.insert(format!("top {}", plan.page.is_top));
        match &plan.output {
            BoundOutput::Columns(columns) => {
                seen.extend(columns.iter().map(|output| format!("children {}", output.children.is_some())));
            }
            BoundOutput::Aggregate(aggregate) => {
                seen.extend(aggregate.groups.iter().map(|group| format!("{:?}", group.date_part)));
                seen.extend(aggregate.measures.iter().map(|measure| format!("{:?}", measure.function)));
            }
        }
        let answer = crate::reference::run(&plan, &tables, &rows);
        found += answer.rows.len();
        empty += usize::from(answer.rows.is_empty());
        assert_eq!(differs(&plan, &answer, &answer), None);
    }
    let parts =
        [DatePart::Day, DatePart::Week, DatePart::FiscalPeriod, DatePart::FiscalYear, DatePart::Quarter];
    let functions =
        [Function::Count, Function::CountDistinct, Function::Sum, Function::Average, Function::Max];
    let expected = parts.iter().map(|part| format!("{:?}", Some(part)));
    let expected = expected.chain(functions.iter().map(|function| format!("{function:?}")));
    let named = "constant;null;not null;in;contains;compare Equal;compare NotEqual;compare Greater;compare Less;\
        columns Equal false;columns NotEqual true;columns Less false;range true true;range true false;range false true;Prefix;Suffix;Contains;\
        Parts;hierarchy Above;hierarchy Under;filter Any;filter NotAny;filter All;filter NotAll;Inner;Outer;First;Any;All;\
        inner Inner;inner Outer;inner First;inner NotAny;root thing;root person;root activitypointer;root activityparty;\
        root membership;order by label true;order by label false;children true;top true";
    for what in expected.chain(named.split(';').map(|name| name.trim().to_owned())) {
        assert!(seen.contains(&what), "no plan has “{what}”: {seen:?}");
    }
    let told = format!("{found} rows, {empty} of 600 answers without any");
    assert!(found > 2500 && empty < 300, "the plans are no test when nothing comes back: {told}");
}

#[test]
fn a_wrong_answer_is_noticed() {
    let (tables, rows) = (tables(), rows(2));
    let mut noticed = 0;
    for seed in 0..150 {
        let plan = plan(seed);
        let right = crate::reference::run(&plan, &tables, &rows);
        let more = Answer { more: !right.more, ..right.clone() };
        assert!(differs(&plan, &more, &right).is_some());
        if right.rows.is_empty() {
            continue;
        }
        let mut short = right.clone();
        short.rows.pop();
        assert!(differs(&plan, &short, &right).is_some(), "{plan:?}");
        let mut turned = right.clone();
        turned.rows.reverse();
        noticed += usize::from(differs(&plan, &turned, &right).is_some());
    }
    assert!(noticed > 30, "{noticed} of the answers that came in the wrong order were noticed");
}
