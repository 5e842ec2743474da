//! Rows by the page, asked from the worker as they come into sight.

use super::window;
use crate::session::Session;
use crate::task;
use client::message::{Coverage, Failure, RowCells, Rows, RowsRequest};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const PAGE_ROWS: u64 = 100;
/// Rows of a page where every row is wanted.
const LARGE_PAGE_ROWS: u32 = 5000;
/// Pages kept before far ones are forgotten: 5,000 rows.
const MOST_PAGES: usize = 50;

type Pages = HashMap<u64, Arc<Vec<Arc<RowCells>>>>;

/// The rows of one request, page by page.
#[derive(Clone, Copy)]
pub struct RowsSource {
    session: Session,
    request: Signal<RowsRequest>,
    pages: RwSignal<Pages>,
    asked: StoredValue<HashSet<u64>>,
    generation: StoredValue<u64>,
    wanted: StoredValue<(u64, u64)>,
    /// The names of the values, the view's cells first.
    pub names: RwSignal<Arc<Vec<String>>>,
    /// The order the rows came in: (cell name, descending).
    pub orders: RwSignal<Vec<(String, bool)>>,
    /// Whether all rows of the table are on the device.
    pub coverage: RwSignal<Coverage>,
    /// All rows; nothing before the first answer.
    pub total: RwSignal<Option<u64>>,
    /// Why there are no rows.
    pub failure: RwSignal<Option<Failure>>,
    /// An answer is under way.
    pub is_asking: RwSignal<bool>,
}

impl RowsSource {
    /// Rows of a request, asked again when the request or its table changes.
    pub fn new(session: Session, request: Signal<RowsRequest>) -> Self {
        let source = Self {
            session,
            request,
            pages: RwSignal::new(HashMap::new()),
            asked: StoredValue::new(HashSet::new()),
            generation: StoredValue::new(0),
            wanted: StoredValue::new((0, 1)),
            names: RwSignal::new(Arc::new(Vec::new())),
            orders: RwSignal::new(Vec::new()),
            coverage: RwSignal::new(Coverage::Whole),
            total: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_asking: RwSignal::new(false),
        };
        // A source stays with its table. The memo must not follow the request: an effect that reads a memo and another one
        // made of it is not told when only the first changes.
        let table = request.with_untracked(|request| request.table.clone());
        let revision = Memo::new(move |_| session.revision(&table));
        Effect::new(move |earlier: Option<RowsRequest>| {
            revision.get();
            let now = request.get();
            if earlier.is_some_and(|earlier| earlier != now) {
                // Other rows: the old ones must not be shown as if they were these.
                source.pages.set(HashMap::new());
                source.total.set(None);
                source.wanted.set_value((0, 1));
            }
            source.generation.update_value(|generation| *generation += 1);
            source.asked.set_value(HashSet::new());
            let (first, last) = source.wanted.get_value();
            source.want(first, last);
            now
        });
        source
    }

    /// The session it asks.
    pub const fn session(self) -> Session {
        self.session
    }

    /// The request at hand.
    pub fn request(self) -> RowsRequest {
        self.request.get()
    }

    /// The row of an index, when it is here.
    pub fn row(self, index: u64) -> Option<Arc<RowCells>> {
        self.pages.with(|pages| {
            pages.get(&(index / PAGE_ROWS))?.get(usize::try_from(index % PAGE_ROWS).ok()?).cloned()
        })
    }

    /// Asks for the rows from `first` up to `last` that are not here.
    pub fn want(self, first: u64, last: u64) {
        self.wanted.set_value((first, last));
        for page in window::pages(first, last, PAGE_ROWS) {
            let is_asked = self.asked.try_update_value(|asked| !asked.insert(page)).unwrap_or(true);
            if !is_asked {
                let mut request = self.request.get_untracked();
                request.offset = page * PAGE_ROWS;
                request.limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
                self.is_asking.set(true);
                task::spawn(self.fetch(request, page, self.generation.get_value()));
            }
        }
    }

    async fn fetch(self, request: RowsRequest, page: u64, generation: u64) {
        let answer = self.session.rows(request).await;
        // The screen may be gone, or may want other rows by now.
        if self.generation.try_get_value() != Some(generation) {
            return;
        }
        self.is_asking.set(false);
        match answer {
            Ok(rows) => {
                let list = Arc::new(rows.rows.into_iter().map(Arc::new).collect::<Vec<_>>());
                if self.names.with_untracked(|names| **names != rows.names) {
                    self.names.set(Arc::new(rows.names));
                }
                if self.coverage.get_untracked() != rows.coverage {
                    self.coverage.set(rows.coverage);
                }
                if self.orders.with_untracked(|orders| *orders != rows.orders) {
                    self.orders.set(rows.orders);
                }
                let mut forgotten = Vec::new();
                self.pages.update(|pages| {
                    pages.insert(page, list);
                    forgotten = forget_far_pages(pages, page);
                });
                self.asked.update_value(|asked| asked.retain(|page| !forgotten.contains(page)));
                self.failure.set(None);
                if self.total.get_untracked() != Some(rows.total) {
                    self.total.set(Some(rows.total));
                }
            }
            Err(failure) => {
                self.asked.update_value(|asked| {
                    asked.remove(&page);
                });
                self.failure.set(Some(failure));
            }
        }
    }
}

/// Every row of a request, page by page; rows that come or go meanwhile may be missed, as in any list.
pub async fn every_page(
    session: Session,
    mut request: RowsRequest,
    mut take: impl FnMut(&Rows),
) -> Result<(), Failure> {
    (request.offset, request.limit) = (0, LARGE_PAGE_ROWS);
    loop {
        let rows = session.rows(request.clone()).await?;
        take(&rows);
        request.offset += u64::try_from(rows.rows.len()).unwrap_or(u64::MAX);
        if rows.rows.is_empty() || request.offset >= rows.total {
            return Ok(());
        }
    }
}

fn forget_far_pages(pages: &mut Pages, here: u64) -> Vec<u64> {
    let mut forgotten = Vec::new();
    while pages.len() > MOST_PAGES {
        let Some(far) = pages.keys().copied().max_by_key(|page| page.abs_diff(here)) else { break };
        pages.remove(&far);
        forgotten.push(far);
    }
    forgotten
}
