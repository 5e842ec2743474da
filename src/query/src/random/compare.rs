//! Two answers to one plan, compared as far as the plan says in which order rows come.

use crate::bound::{Answer, AnswerRow, BoundLink, BoundOutput, BoundPlan};
use crate::plan::LinkKind;
use std::cmp::Ordering;

/// How an answer differs from the right one; nothing where it is right too.
///
/// Rows come in the order of the plan and then of their ids, so that only rows of one root may change places. Groups
/// may where the plan does not order them.
#[must_use]
pub fn differs(plan: &BoundPlan, found: &Answer, right: &Answer) -> Option<String> {
    if found.names != right.names {
        return Some(format!("the names are {:?} instead of {:?}", found.names, right.names));
    }
    if (found.total, found.more) != (right.total, right.more) {
        let told = |answer: &Answer| format!("total {:?}, more {}", answer.total, answer.more);
        return Some(format!("{} instead of {}", told(found), told(right)));
    }
    let (found, right) = (settled(plan, found), settled(plan, right));
    for (place, (found, right)) in found.iter().zip(&right).enumerate() {
        if found != right {
            return Some(format!("row {place} is\n{found:?}\ninstead of\n{right:?}"));
        }
    }
    (found.len() != right.len()).then(|| format!("{} rows instead of {}", found.len(), right.len()))
}

/// The rows, those that may change places sorted by what they hold.
fn settled(plan: &BoundPlan, answer: &Answer) -> Vec<AnswerRow> {
    let mut rows = answer.rows.clone();
    let changes_places = |a: &AnswerRow, b: &AnswerRow| match &plan.output {
        BoundOutput::Columns(_) => a.id == b.id,
        BoundOutput::Aggregate(_) => plan.orders.iter().all(|order| {
            let place = answer.names.iter().position(|name| order.column == *name.as_str());
            let values = place.and_then(|place| Some((a.values.get(place)?, b.values.get(place)?)));
            values.is_none_or(|(a, b)| order.compare(a, b) == Ordering::Equal)
        }),
    };
    let mut start = 0;
    while start < rows.len() {
        let mut end = start + 1;
        while end < rows.len() && changes_places(&rows[start], &rows[end]) {
            end += 1;
        }
        rows[start..end].sort_by_cached_key(|row| format!("{:?}", row.values));
        start = end;
    }
    rows
}

/// True when a link can give a row of the outer table more than once.
pub fn may_repeat(link: &BoundLink) -> bool {
    match link.kind {
        LinkKind::Inner | LinkKind::Outer => true,
        _ => link.links.iter().any(may_repeat) && link.kind != LinkKind::First,
    }
}
