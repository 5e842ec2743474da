//! Rows and columns into the bytes of a page.

use super::Chunk;
use super::bytes::Writer;
use crate::column::words::{Packed, Whole};
use crate::column::{Codes, ColumnData, references::References, texts::Texts};
use crate::table::{PAGE_SLOTS, TableData};
use hashbrown::HashMap;
use model::{ColumnKind, DateBehavior, ValueRef};

/// What a column of a page holds. The numbers are part of the format: only ever add.
pub mod tag {
    pub const TEXT: u8 = 1;
    pub const REPEATED_TEXT: u8 = 2;
    pub const INTEGER: u8 = 3;
    pub const DECIMAL: u8 = 4;
    pub const WIDE_DECIMAL: u8 = 5;
    pub const FLOAT: u8 = 6;
    pub const BOOLEAN: u8 = 7;
    pub const CHOICE: u8 = 8;
    pub const DATE: u8 = 9;
    pub const INSTANT: u8 = 10;
    pub const ID: u8 = 11;
    pub const REFERENCE: u8 = 12;
    pub const PLAIN: u8 = 13;
}

/// Which values of a column are there.
pub mod presence {
    pub const NONE: u8 = 0;
    pub const ALL: u8 = 1;
    pub const SOME: u8 = 2;
}

/// How values of a kind are kept: columns of kinds kept alike may change into each other. Part of the format.
pub const fn storage(kind: &ColumnKind) -> u8 {
    match kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } | ColumnKind::EntityName => tag::TEXT,
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => tag::INTEGER,
        ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => tag::DECIMAL,
        ColumnKind::Float { .. } => tag::FLOAT,
        ColumnKind::Boolean(_) => tag::BOOLEAN,
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => tag::CHOICE,
        ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => tag::DATE,
        ColumnKind::DateTime { .. } => tag::INSTANT,
        ColumnKind::UniqueId => tag::ID,
        ColumnKind::Lookup { .. } => tag::REFERENCE,
        ColumnKind::Choices { .. } => 101,
        ColumnKind::PartyList { .. } => 102,
        ColumnKind::Image => 103,
        ColumnKind::File { .. } => 104,
    }
}

/// The rows of a page; nothing when it has none. The journal must be off.
pub fn rows(table: &TableData, page: u32) -> Option<Vec<u8>> {
    let first = page as usize * PAGE_SLOTS;
    let filled: Vec<bool> = (first..first + PAGE_SLOTS).map(|slot| table.visible.has(slot)).collect();
    let slots: Vec<usize> = (first..first + PAGE_SLOTS).filter(|slot| table.visible.has(*slot)).collect();
    if slots.is_empty() {
        return None;
    }
    let mut writer = Writer::default();
    writer.flags(&filled);
    for slot in &slots {
        writer.0.extend_from_slice(&table.ids.get(*slot)?.as_u128().to_le_bytes());
    }
    let versions: Vec<i64> =
        slots.iter().map(|slot| table.version(*slot).map_or(i64::MIN, |version| version.0)).collect();
    writer.integers(&versions);
    Some(writer.0)
}

/// In how many chunks a column of a page is kept: long texts and lists in several, so that showing a few of them does
/// not read the page's.
pub const fn chunks(kind: &ColumnKind) -> u32 {
    match kind {
        ColumnKind::Memo { .. } | ColumnKind::PartyList { .. } | ColumnKind::Image => {
            if cfg!(test) {
                4
            } else {
                10
            }
        }
        _ => 1,
    }
}

/// A chunk of a column; nothing when no row has a value in it. The journal must be off.
pub fn column(table: &TableData, place: usize, chunk: Chunk) -> Option<Vec<u8>> {
    let slots: Vec<usize> = (chunk.first()..(chunk.first() + chunk.length()).min(table.ids.len())).collect();
    values_of(table.columns.get(place)?, &slots)
}

/// The values in these slots of a column, one after the other, as a chunk; nothing when there are none.
pub fn values_of(data: &ColumnData, slots: &[usize]) -> Option<Vec<u8>> {
    if !slots.iter().any(|slot| !matches!(data.get(*slot), ValueRef::Null)) {
        return None;
    }
    let mut writer = Writer::default();
    writer.number(slots.len());
    column_body(data, slots, &mut writer)?;
    Some(writer.0)
}

fn column_body(data: &ColumnData, slots: &[usize], body: &mut Writer) -> Option<()> {
    match data {
        ColumnData::Text(texts) => text_body(texts, slots, body),
        ColumnData::Integer(numbers) => integer_body(tag::INTEGER, numbers, slots, body),
        ColumnData::Instant(numbers) => integer_body(tag::INSTANT, numbers, slots, body),
        ColumnData::Choice(numbers) => integer_body(tag::CHOICE, numbers, slots, body),
        ColumnData::Date(numbers) => integer_body(tag::DATE, numbers, slots, body),
        ColumnData::Boolean(numbers) => integer_body(tag::BOOLEAN, numbers, slots, body),
        ColumnData::Decimal { scale, numbers } => {
            let present = start(tag::DECIMAL, slots, body, |slot| numbers.present.has(slot));
            body.byte(u8::try_from(*scale).ok()?);
            body.integers(&numbers_of(numbers, &present));
        }
        ColumnData::WideDecimal(numbers) => {
            let present = start(tag::WIDE_DECIMAL, slots, body, |slot| numbers.present.has(slot));
            let numbers = present.iter().filter_map(|slot| numbers.get(*slot));
            numbers.for_each(|number| body.0.extend_from_slice(&number.serialize()));
        }
        ColumnData::Float(numbers) => {
            let present = start(tag::FLOAT, slots, body, |slot| numbers.present.has(slot));
            let numbers = present.iter().filter_map(|slot| numbers.get(*slot));
            numbers.for_each(|number| body.0.extend_from_slice(&number.to_le_bytes()));
        }
        ColumnData::Id(numbers) => {
            let present = start(tag::ID, slots, body, |slot| numbers.present.has(slot));
            let numbers = present.iter().filter_map(|slot| numbers.get(*slot));
            numbers.for_each(|number| body.0.extend_from_slice(&number.to_le_bytes()));
        }
        ColumnData::Reference(references) => reference_body(references, slots, body),
        ColumnData::Plain(plain) => {
            let value = |slot: usize| plain.get(slot).filter(|value| !value.is_null());
            let present = start(tag::PLAIN, slots, body, |slot| value(slot).is_some());
            for value in present.iter().filter_map(|slot| value(*slot)) {
                body.block(&serde_json::to_vec(value).ok()?);
            }
        }
    }
    Some(())
}

fn start(tag: u8, slots: &[usize], body: &mut Writer, has: impl Fn(usize) -> bool) -> Vec<usize> {
    body.byte(tag);
    let present: Vec<usize> = slots.iter().copied().filter(|slot| has(*slot)).collect();
    if present.is_empty() {
        body.byte(presence::NONE);
    } else if present.len() == slots.len() {
        body.byte(presence::ALL);
    } else {
        body.byte(presence::SOME);
        body.flags(&slots.iter().map(|slot| has(*slot)).collect::<Vec<_>>());
    }
    present
}

fn numbers_of<T: Whole>(numbers: &Packed<T>, present: &[usize]) -> Vec<i64> {
    present.iter().filter_map(|slot| numbers.get(*slot)).map(T::number).collect()
}

fn integer_body<T: Whole>(tag: u8, numbers: &Packed<T>, slots: &[usize], body: &mut Writer) {
    let present = start(tag, slots, body, |slot| numbers.present.has(slot));
    body.integers(&numbers_of(numbers, &present));
}

/// The different numbers among some, in the order they first appear, and each one's place among them.
fn distinct(codes: impl Iterator<Item = u32>) -> (Vec<u32>, Vec<i64>) {
    let (mut order, mut places, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for code in codes {
        let place = *seen.entry(code).or_insert_with(|| {
            order.push(code);
            order.len() as i64 - 1
        });
        places.push(place);
    }
    (order, places)
}

fn text_body(texts: &Codes<Texts>, slots: &[usize], body: &mut Writer) {
    let mark = body.0.len();
    let present = start(tag::TEXT, slots, body, |slot| texts.get(slot) != 0);
    let (order, places) = distinct(present.iter().map(|slot| texts.get(*slot)));
    if order.len() * 2 > present.len() {
        body.texts(present.iter().map(|slot| texts.pool.get(texts.get(*slot))));
        return;
    }
    if let Some(place) = body.0.get_mut(mark) {
        *place = tag::REPEATED_TEXT;
    }
    body.number(order.len());
    body.texts(order.iter().map(|code| texts.pool.get(*code)));
    body.integers(&places);
}

fn reference_body(references: &Codes<References>, slots: &[usize], body: &mut Writer) {
    let pool = &references.pool;
    let present = start(tag::REFERENCE, slots, body, |slot| references.get(slot) != 0);
    let (order, places) = distinct(present.iter().map(|slot| references.get(*slot)));
    let targets: Vec<_> = order.iter().filter_map(|code| Some((*code, pool.get(*code)?))).collect();
    let mut tables: Vec<&str> = targets.iter().map(|(_, (table, _))| table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    body.number(tables.len());
    body.texts(tables.iter().copied());
    body.number(targets.len());
    for (code, (table, id)) in &targets {
        let table = tables.iter().position(|name| *name == table.as_str()).unwrap_or(0);
        body.number(table * 2 + usize::from(pool.name(*code).is_some()));
        body.0.extend_from_slice(&id.as_u128().to_le_bytes());
    }
    let names: Vec<&str> = targets.iter().filter_map(|(code, _)| pool.name(*code)).collect();
    body.texts(names.iter().copied());
    body.integers(&places);
}
