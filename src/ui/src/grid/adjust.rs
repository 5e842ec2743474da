//! What the user changes about a view: order, filters, columns and their widths. It lives in the address, so that back, reload and
//! a link bring it again.

use super::filter::UserFilter;
use crate::route;
use client::message::CellFilter;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The narrowest a column can be made, in CSS pixels.
pub const LEAST_PIXELS: u16 = 80;
/// The widest.
pub const MOST_PIXELS: u16 = 800;

/// A column that is shown, with its width where the user gave it one.
pub type Shown = (String, Option<u16>);

/// The changes, as the address says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustments {
    /// The order: (cell name, descending); none means the view's.
    pub orders: Vec<(String, bool)>,
    /// The filters; all of them hold.
    pub filters: Vec<UserFilter>,
    /// The columns; none means the view's.
    pub columns: Vec<Shown>,
}

/// A filter as the address holds it.
#[derive(Serialize, Deserialize)]
struct Kept(String, String, Vec<String>, Vec<String>);

impl Adjustments {
    /// True when an address has filters that cannot be read: the rows are shown without them, which must be said.
    pub fn has_unreadable_filters(address: &str) -> bool {
        read_filters(address).is_none()
    }

    /// The address without any changes, those that cannot be read included.
    pub fn clear(address: &str) -> String {
        let names = ["sort", "filter", "columns"];
        names.iter().fold(address.to_owned(), |address, name| route::with_parameter(&address, name, ""))
    }

    /// What an address says. What cannot be read is as if it were not there.
    pub fn read(address: &str) -> Self {
        let list = |name| route::parameter(address, name).unwrap_or_default();
        let names = |text: &str| text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let order = |name: String| match name.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (name, false),
        };
        let shown = |name: String| match name.split_once(':') {
            Some((name, width)) => {
                (name.to_owned(), width.parse().ok().map(|width: u16| width.clamp(LEAST_PIXELS, MOST_PIXELS)))
            }
            None => (name, None),
        };
        let kept = read_filters(address).unwrap_or_default();
        let filter = |Kept(cell, operator, values, words)| UserFilter {
            filter: CellFilter { cell, operator, values },
            words,
        };
        let (orders, columns): (Vec<String>, Vec<String>) = (names(&list("sort")), names(&list("columns")));
        Self {
            orders: orders.into_iter().map(order).collect(),
            filters: kept.into_iter().map(filter).collect(),
            columns: columns.into_iter().map(shown).collect(),
        }
    }

    /// The address with these changes instead of its own. Filters of its own that cannot be read stay until there are others.
    pub fn write(&self, address: &str) -> String {
        let order =
            |(name, descending): &(String, bool)| format!("{}{name}", if *descending { "-" } else { "" });
        let shown = |(name, width): &Shown| match width {
            Some(width) => format!("{name}:{width}"),
            None => name.clone(),
        };
        let kept = self
            .filters
            .iter()
            .cloned()
            .map(|UserFilter { filter, words }| Kept(filter.cell, filter.operator, filter.values, words));
        let kept: Vec<Kept> = kept.collect();
        // Texts in lists: nothing that could fail to be written.
        let filters =
            if kept.is_empty() { String::new() } else { serde_json::to_string(&kept).unwrap_or_default() };
        let address = route::with_parameter(
            address,
            "sort",
            &self.orders.iter().map(order).collect::<Vec<_>>().join(","),
        );
        let stays = filters.is_empty() && Self::has_unreadable_filters(&address);
        let address = if stays { address } else { route::with_parameter(&address, "filter", &filters) };
        route::with_parameter(
            &address,
            "columns",
            &self.columns.iter().map(shown).collect::<Vec<_>>().join(","),
        )
    }
}

/// The filters of an address; none when they cannot be read.
fn read_filters(address: &str) -> Option<Vec<Kept>> {
    match route::parameter(address, "filter").filter(|text| !text.is_empty()) {
        Some(text) => serde_json::from_str(&text).ok(),
        None => Some(Vec::new()),
    }
}

/// What is asked of the user about a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A filter on a cell.
    Filter(String),
    /// Which cell to sort or filter by, where there is no header.
    Cells,
    /// Which columns there are.
    Columns,
}

/// The changes at hand. Copies are the same.
#[derive(Clone, Copy)]
pub struct Adjust {
    /// The order.
    pub orders: RwSignal<Vec<(String, bool)>>,
    /// The filters.
    pub filters: RwSignal<Vec<UserFilter>>,
    /// The columns.
    pub columns: RwSignal<Vec<Shown>>,
    /// The dialog that is open.
    pub asks: RwSignal<Option<Ask>>,
}

impl Adjust {
    /// Changes to start with.
    pub fn new(start: Adjustments) -> Self {
        Self {
            orders: RwSignal::new(start.orders),
            filters: RwSignal::new(start.filters),
            columns: RwSignal::new(start.columns),
            asks: RwSignal::new(None),
        }
    }

    /// The changes, as a signal.
    pub fn get(self) -> Adjustments {
        Adjustments { orders: self.orders.get(), filters: self.filters.get(), columns: self.columns.get() }
    }

    /// Takes other changes; what is the same stays untouched.
    pub fn set(self, to: Adjustments) {
        let now = untrack(|| self.get());
        if now.orders != to.orders {
            self.orders.set(to.orders);
        }
        if now.filters != to.filters {
            self.filters.set(to.filters);
        }
        if now.columns != to.columns {
            self.columns.set(to.columns);
        }
    }

    /// The filter on a cell.
    pub fn filter_of(self, cell: &str) -> Option<UserFilter> {
        self.filters.with(|filters| filters.iter().find(|other| other.filter.cell == cell).cloned())
    }

    /// Puts a filter on a cell in place of the one it has.
    pub fn put_filter(self, cell: &str, filter: Option<UserFilter>) {
        self.filters.update(|filters| {
            filters.retain(|other| other.filter.cell != cell);
            filters.extend(filter);
        });
    }
}

/// The columns with one moved by so many places.
pub fn moved(columns: &[Shown], name: &str, by: isize) -> Vec<Shown> {
    let mut columns = columns.to_vec();
    if let Some(at) = columns.iter().position(|(other, _)| other == name)
        && let Some(to) = at.checked_add_signed(by).filter(|to| *to < columns.len())
    {
        columns.swap(at, to);
    }
    columns
}

/// The columns with one of another width.
pub fn resized(columns: &[Shown], name: &str, width: u16) -> Vec<Shown> {
    let width = width.clamp(LEAST_PIXELS, MOST_PIXELS);
    let wider = |(other, own): &Shown| (other.clone(), if other == name { Some(width) } else { *own });
    columns.iter().map(wider).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &[&str]) -> Vec<Shown> {
        list.iter().map(|name| ((*name).to_owned(), None)).collect()
    }

    #[test]
    fn changes_survive_the_address() {
        let filter = UserFilter {
            filter: CellFilter {
                cell: "a.address1_city".to_owned(),
                operator: "in".to_owned(),
                values: vec!["Paris, Lyon & \"co\"".to_owned(), "1".to_owned()],
            },
            words: vec!["Orléans 50 %".to_owned()],
        };
        let changes = Adjustments {
            orders: vec![("name".to_owned(), false), ("a.revenue".to_owned(), true)],
            filters: vec![filter],
            columns: vec![("name".to_owned(), Some(240)), ("address1_city".to_owned(), None)],
        };
        let address = changes.write("/saleshub/account?view=1&q=x");
        assert_eq!(Adjustments::read(&address), changes, "{address}");
        assert_eq!(Adjustments::default().write(&address), "/saleshub/account?view=1&q=x");
    }

    #[test]
    fn what_an_address_says_badly_is_left_out() {
        let read = Adjustments::read("/a/b?filter=%5B1&sort=,,-&columns=name:9999,city:x,:3");
        assert_eq!(read.filters, []);
        assert_eq!(read.columns[0], ("name".to_owned(), Some(MOST_PIXELS)));
        assert_eq!(read.columns[1], ("city".to_owned(), None));
    }

    #[test]
    fn filters_that_cannot_be_read_stay_in_the_address_until_there_are_others() {
        let broken = "/a/b?view=1&filter=%5B1";
        assert!(Adjustments::has_unreadable_filters(broken));
        for address in ["/a/b", "/a/b?filter=", "/a/b?filter=%5B%5D"] {
            assert!(!Adjustments::has_unreadable_filters(address), "{address}");
        }
        let sorted = Adjustments { orders: vec![("name".to_owned(), false)], ..Adjustments::default() };
        assert!(Adjustments::has_unreadable_filters(&sorted.write(broken)));
        let filter = CellFilter { cell: "name".to_owned(), operator: "null".to_owned(), values: Vec::new() };
        let filters = vec![UserFilter { filter, words: Vec::new() }];
        let filtered = Adjustments { filters, ..sorted };
        assert_eq!(Adjustments::read(&filtered.write(broken)), filtered);
        assert_eq!(Adjustments::clear(&filtered.write(broken)), "/a/b?view=1");
        assert_eq!(Adjustments::clear(broken), "/a/b?view=1");
    }

    #[test]
    fn columns_move_inside_their_row() {
        for (name, by, expected) in [
            ("b", -1, ["b", "a", "c"]),
            ("b", 1, ["a", "c", "b"]),
            ("a", -1, ["a", "b", "c"]),
            ("c", 1, ["a", "b", "c"]),
            ("x", 1, ["a", "b", "c"]),
        ] {
            assert_eq!(moved(&shown(&["a", "b", "c"]), name, by), shown(&expected), "{name} {by}");
        }
        assert_eq!(
            resized(&shown(&["a", "b"]), "b", 5),
            [("a".to_owned(), None), ("b".to_owned(), Some(80))]
        );
    }
}
