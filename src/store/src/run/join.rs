//! Which linked rows go with a row.
//!
//! A partner is a linked row that equals the row in the join columns, meets the link's filter, and has partners of its
//! own for the links that demand them.

use super::context::{Column, Context};
use super::filter;
use super::key::Key;
use crate::StoreError;
use crate::column::{ColumnData, bits::Bits};
use crate::table::TableData;
use hashbrown::HashMap;
use model::RowId;
use query::{BoundLink, LinkKind};
use std::cell::RefCell;

/// No partner.
pub const NONE: u32 = u32::MAX;
const NOT_ASKED: u32 = u32::MAX - 1;

/// Finds the partners of rows of one table in another.
pub enum Matcher<'a> {
    /// The linked column is the primary key: at most one partner.
    ByKey {
        to: Column<'a>,
        linked: &'a TableData,
        candidates: Bits,
        /// The answer for each different reference.
        known: RefCell<Vec<u32>>,
    },
    /// Any other column.
    ByValue { to: Column<'a>, partners: HashMap<Key, Vec<u32>> },
}

impl<'a> Matcher<'a> {
    /// The partners for a link from `outer`.
    pub fn new(context: &Context<'a>, outer: &'a TableData, link: &BoundLink) -> Result<Self, StoreError> {
        let linked = context.table(&link.table)?;
        let mut candidates = linked.visible.clone();
        if let Some(predicate) = &link.filter {
            candidates = filter::select(context, linked, predicate, true, candidates)?;
        }
        let candidates = restrict(context, linked, link.links.iter(), candidates)?;
        Self::among(context, outer, linked, link, candidates)
    }

    /// The rows that are equal in the join columns, whatever else they are.
    fn by_columns_alone(
        context: &Context<'a>,
        outer: &'a TableData,
        link: &BoundLink,
    ) -> Result<Self, StoreError> {
        let linked = context.table(&link.table)?;
        Self::among(context, outer, linked, link, linked.visible.clone())
    }

    fn among(
        context: &Context<'a>,
        outer: &'a TableData,
        linked: &'a TableData,
        link: &BoundLink,
        candidates: Bits,
    ) -> Result<Self, StoreError> {
        let (from, to) = (context.column(linked, &link.from)?, context.column(outer, &link.to)?);
        if matches!(from, Column::Key(_)) {
            let different = match to {
                Column::Data(ColumnData::Reference(references)) => references.pool.length(),
                _ => 0,
            };
            let known = RefCell::new(vec![NOT_ASKED; different]);
            return Ok(Self::ByKey { to, linked, candidates, known });
        }
        let mut partners: HashMap<Key, Vec<u32>> = HashMap::new();
        for slot in candidates.iter() {
            let key = from.key(slot);
            if key != Key::Null {
                partners.entry(key).or_default().extend(u32::try_from(slot));
            }
        }
        // Partners stand in the order of their ids, so that the first is the one with the smallest.
        for slots in partners.values_mut().filter(|slots| slots.len() > 1) {
            slots.sort_unstable_by_key(|slot| linked.ids.get(*slot as usize));
        }
        Ok(Self::ByValue { to, partners })
    }

    /// Calls with each partner of the row in a slot; `visit` says whether to go on.
    pub fn visit(&self, slot: usize, mut visit: impl FnMut(u32) -> bool) {
        match self {
            Self::ByKey { to, .. } => {
                let partner = self.by_key(*to, slot);
                if partner != NONE {
                    visit(partner);
                }
            }
            Self::ByValue { to, partners } => {
                let key = to.key(slot);
                if key == Key::Null {
                    return;
                }
                for partner in partners.get(&key).into_iter().flatten() {
                    if !visit(*partner) {
                        return;
                    }
                }
            }
        }
    }

    /// True when the row has a partner.
    pub fn has(&self, slot: usize) -> bool {
        let mut found = false;
        self.visit(slot, |_| {
            found = true;
            false
        });
        found
    }

    fn by_key(&self, to: Column<'a>, slot: usize) -> u32 {
        let Self::ByKey { known, .. } = self else { return NONE };
        let Column::Data(ColumnData::Reference(references)) = to else {
            return if let Key::Id(id) = to.key(slot) { self.candidate(id) } else { NONE };
        };
        let code = references.get(slot);
        let answer = known.borrow().get(code as usize).copied().unwrap_or(NOT_ASKED);
        if answer != NOT_ASKED {
            return answer;
        }
        let found = references.pool.get(code).map_or(NONE, |(_, id)| self.candidate(id));
        if let Some(place) = known.borrow_mut().get_mut(code as usize) {
            *place = found;
        }
        found
    }

    fn candidate(&self, id: RowId) -> u32 {
        let Self::ByKey { linked, candidates, .. } = self else { return NONE };
        let slot = linked.find(id).filter(|slot| candidates.has(*slot));
        slot.and_then(|slot| u32::try_from(slot).ok()).unwrap_or(NONE)
    }
}

/// The rows that have what their links demand.
pub fn restrict<'a, 'l>(
    context: &Context<'a>,
    table: &'a TableData,
    links: impl Iterator<Item = &'l BoundLink>,
    mut within: Bits,
) -> Result<Bits, StoreError> {
    for link in links.filter(|link| link.kind != LinkKind::Outer) {
        within = holding(context, table, link, within)?;
    }
    Ok(within)
}

/// The rows for which a link holds, as a condition.
pub fn holding<'a>(
    context: &Context<'a>,
    table: &'a TableData,
    link: &BoundLink,
    mut within: Bits,
) -> Result<Bits, StoreError> {
    let matcher = Matcher::new(context, table, link)?;
    match link.kind {
        LinkKind::Outer => {}
        LinkKind::Inner | LinkKind::First | LinkKind::Any | LinkKind::NotAll => {
            within.retain(|slot| matcher.has(slot));
        }
        LinkKind::NotAny => within.retain(|slot| !matcher.has(slot)),
        LinkKind::All => {
            let any = Matcher::by_columns_alone(context, table, link)?;
            within.retain(|slot| any.has(slot) && !matcher.has(slot));
        }
    }
    Ok(within)
}
