//! The list a row was opened from: what comes before and after it.

use client::message::{Rows, RowsRequest};
use model::RowId;
use std::cell::RefCell;

/// A list and the place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// The rows.
    pub request: RowsRequest,
    /// The place of the row that is open.
    pub index: u64,
}

/// The rows beside the one that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The place of the open row.
    pub index: u64,
    /// The row before.
    pub before: Option<RowId>,
    /// The row after.
    pub after: Option<RowId>,
    /// Rows in all.
    pub total: u64,
}

thread_local! {
    static WALK: RefCell<Option<Walk>> = const { RefCell::new(None) };
}

/// A row is opened from a list.
pub fn begin(request: RowsRequest, index: u64) {
    WALK.with(|walk| walk.replace(Some(Walk { request, index })));
}

/// The list at hand.
pub fn current() -> Option<Walk> {
    WALK.with(|walk| walk.borrow().clone())
}

impl Walk {
    /// How many rows around the open one are asked for: it may have moved a little since.
    const REACH: u64 = 25;

    /// The question for the rows around.
    pub fn around(&self) -> RowsRequest {
        let offset = self.index.saturating_sub(Self::REACH);
        let limit = u32::try_from(2 * Self::REACH + 1).unwrap_or(u32::MAX);
        RowsRequest { offset, limit, ..self.request.clone() }
    }

    /// The neighbours of a row; nothing when it is not in this part of the list.
    pub fn neighbours(&self, id: RowId, rows: &Rows) -> Option<Neighbours> {
        let at = rows.rows.iter().position(|row| row.id == id)?;
        let beside = |at: Option<usize>| at.and_then(|at| rows.rows.get(at)).map(|row| row.id);
        Some(Neighbours {
            index: self.index.saturating_sub(Self::REACH) + u64::try_from(at).unwrap_or(0),
            before: beside(at.checked_sub(1)),
            after: beside(at.checked_add(1)),
            total: rows.total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::message::RowCells;

    #[test]
    fn a_row_knows_its_neighbours_also_when_it_has_moved() {
        let request = RowsRequest {
            table: "account".into(),
            view: model::ViewId::from_u128(1),
            search: String::new(),
            filters: Vec::new(),
            orders: Vec::new(),
            related_to: None,
            columns: Vec::new(),
            offset: 0,
            limit: 0,
        };
        let id = RowId::from_u128;
        let rows = |ids: std::ops::Range<u128>| Rows {
            rows: ids.map(|number| RowCells { id: id(number), values: Vec::new(), pending: 0 }).collect(),
            total: 100,
            ..Rows::default()
        };
        let walk = |index| Walk { request: request.clone(), index };
        let around = walk(30).around();
        assert_eq!((around.offset, around.limit), (5, 51));
        for (index, open, ids, expected) in [
            (30, 30, 5..56, Some((30, Some(29), Some(31)))),
            (30, 32, 5..56, Some((32, Some(31), Some(33)))),
            (0, 0, 0..51, Some((0, None, Some(1)))),
            (99, 99, 74..100, Some((99, Some(98), None))),
            (30, 99, 5..56, None),
        ] {
            let found = walk(index).neighbours(id(open), &rows(ids));
            let found = found.map(|found| (found.index, found.before, found.after));
            let expected = expected.map(|(index, before, after)| (index, before.map(id), after.map(id)));
            assert_eq!(found, expected, "{index} {open}");
        }
    }
}
