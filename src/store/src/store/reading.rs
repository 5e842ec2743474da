//! What is read of a table, and in which steps: never so much at once that memory would feel it.

use super::Store;
use crate::StoreError;
use crate::blocks::{KeyRange, ObjectStore};
use crate::page::{Chunk, PageKey};
use crate::table::page_of;
use model::TableName;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of pages read at once.
const PARTS_AT_ONCE: usize = if cfg!(test) { 16 } else { 512 };
/// A column of which more pages than one in so many are wanted is read from end to end.
const MANY: usize = 4;

/// What is read of one table.
pub(super) struct Reading {
    pub table: TableName,
    pub number: u16,
    pub loading: u64,
    /// By the column's number in the database.
    pub columns: BTreeMap<u16, Wanted>,
}

/// What is wanted of a column.
pub(super) struct Wanted {
    /// Its place in the definition.
    pub place: usize,
    /// In how many chunks that of a page is kept.
    pub chunks: u32,
    /// How many pages the table has.
    pub of: usize,
    pub pages: BTreeSet<u32>,
    /// The cells; nothing when whole pages are wanted.
    pub slots: Option<BTreeSet<usize>>,
}

/// What one request to the database brings.
pub(super) struct Step {
    fetch: Fetch,
    pub takes: Vec<Take>,
}

enum Fetch {
    /// Everything between two keys, and how much that is at most.
    Range(PageKey, PageKey, usize),
    Keys(Vec<PageKey>),
}

/// What a step brings of a column: chunks of it, and of a page that is wanted whole all of them.
pub(super) struct Take {
    pub part: u16,
    pub chunks: Vec<Chunk>,
}

pub(super) type Parts = BTreeMap<PageKey, Vec<u8>>;

impl Wanted {
    /// The chunks of it, ascending.
    fn chunks(&self) -> Vec<Chunk> {
        let Some(slots) = &self.slots else {
            return self.pages.iter().flat_map(|page| Chunk::of_page(*page, self.chunks)).collect();
        };
        let slots = slots.iter().filter(|slot| self.pages.contains(&page_of(**slot)));
        let mut chunks: Vec<Chunk> = slots.map(|slot| Chunk::of_slot(*slot, self.chunks)).collect();
        chunks.dedup();
        chunks
    }

    /// True when so many of them are wanted that all are better read at once.
    pub fn is_scattered(&self) -> bool {
        self.chunks().len() * MANY > self.of * self.chunks as usize
    }
}

impl Reading {
    /// The steps in which it is read. Columns of which much is wanted are read from end to end, and small neighbours
    /// among them at once.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for (part, wanted) in &self.columns {
            let key = |number| PageKey { table: self.number, part: *part, page: number };
            let chunks = wanted.chunks();
            let whole_pages = (PARTS_AT_ONCE / wanted.chunks as usize).max(1) * wanted.chunks as usize;
            for chunks in chunks.chunks(whole_pages) {
                let (Some(first), Some(last)) = (chunks.first(), chunks.last()) else { continue };
                let take = Take { part: *part, chunks: chunks.to_vec() };
                let fetch = if wanted.is_scattered() {
                    let length = (last.number - first.number) as usize + 1;
                    Fetch::Range(key(first.number), key(last.number.saturating_add(1)), length)
                } else {
                    Fetch::Keys(chunks.iter().map(|chunk| key(chunk.number)).collect())
                };
                let room = wanted.of * wanted.chunks as usize;
                match steps.last_mut() {
                    Some(step) if step.fetch.joins(&fetch, room) => {
                        step.fetch.join(fetch, room);
                        step.takes.push(take);
                    }
                    _ => steps.push(Step { fetch, takes: vec![take] }),
                }
            }
        }
        steps
    }
}

impl Fetch {
    /// True when another one, of a column with so many parts, may as well be done at once.
    fn joins(&self, next: &Self, parts: usize) -> bool {
        match (self, next) {
            (Self::Keys(keys), Self::Keys(more)) => keys.len() + more.len() <= PARTS_AT_ONCE,
            (Self::Range(_, until, length), Self::Range(from, ..)) => {
                from.part == until.part + 1 && length + parts <= PARTS_AT_ONCE
            }
            _ => false,
        }
    }

    fn join(&mut self, next: Self, parts: usize) {
        match (self, next) {
            (Self::Keys(keys), Self::Keys(more)) => keys.extend(more),
            (Self::Range(_, until, length), Self::Range(_, end, _)) => {
                *until = end;
                *length += parts;
            }
            _ => {}
        }
    }
}

impl Store {
    /// What a step brings, as the database has it.
    pub(super) async fn parts(&self, step: &Step) -> Result<Parts, StoreError> {
        let mut parts = Parts::new();
        match &step.fetch {
            Fetch::Range(from, until, length) => {
                let mut range = KeyRange { from: from.bytes(), until: Some(until.bytes()) };
                loop {
                    let found = self.blocks.scan(ObjectStore::Pages, &range, *length).await?;
                    self.count_read(found.entries.iter().map(|(_, value)| value));
                    let entries = found.entries.into_iter();
                    parts
                        .extend(entries.filter_map(|(key, value)| Some((PageKey::parse(&key).ok()?, value))));
                    match found.next {
                        Some(next) => range.from = next,
                        None => break,
                    }
                }
            }
            Fetch::Keys(keys) => {
                let bytes: Vec<Vec<u8>> = keys.iter().map(|key| key.bytes()).collect();
                let values = self.blocks.get_many(ObjectStore::Pages, &bytes).await?;
                self.count_read(values.iter().flatten());
                parts.extend(keys.iter().zip(values).filter_map(|(key, value)| Some((*key, value?))));
            }
        }
        Ok(parts)
    }

    pub(super) fn count_read<'a>(&self, parts: impl Iterator<Item = &'a Vec<u8>>) {
        self.count(|counters| {
            for part in parts {
                counters.parts_read += 1;
                counters.bytes_read += part.len() as u64;
            }
        });
    }
}
