//! The bytes of a page back into rows and columns.

use super::bytes::{Damaged, Reader};
use super::encode::{presence, tag};
use crate::table::{PAGE_SLOTS, TableData};
use model::{Date, Decimal, RowId, RowVersion, Timestamp, Value, ValueRef};

/// Puts the rows of a page into their slots.
pub fn rows(plain: &[u8], page: u32, table: &mut TableData) -> Result<(), Damaged> {
    let mut reader = Reader(plain);
    place(&mut reader, page as usize * PAGE_SLOTS, PAGE_SLOTS, table)?;
    if reader.0.is_empty() { Ok(()) } else { Err(Damaged) }
}

/// Reads which slots hold rows, and places those; gives the slots.
pub fn place(
    reader: &mut Reader<'_>,
    first: usize,
    count: usize,
    table: &mut TableData,
) -> Result<Vec<usize>, Damaged> {
    let filled = reader.flags(count)?;
    let slots: Vec<usize> =
        filled.iter().enumerate().filter(|(_, filled)| **filled).map(|(slot, _)| first + slot).collect();
    let ids = ids(reader, slots.len())?;
    let versions = reader.integers(slots.len())?;
    for ((slot, id), version) in slots.iter().zip(ids).zip(versions) {
        table.place(*slot, RowId::from_u128(id), (version != i64::MIN).then_some(RowVersion(version)));
    }
    Ok(slots)
}

/// Hands out the values of a column of a page, slot by slot; slots without a value are left out.
pub fn column<'a>(
    plain: &'a [u8],
    page: u32,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let mut reader = Reader(plain);
    let count = reader.number()?;
    if count > PAGE_SLOTS {
        return Err(Damaged);
    }
    let first = page as usize * PAGE_SLOTS;
    column_body(reader, &(first..first + count).collect::<Vec<_>>(), put)
}

fn ids(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u128>, Damaged> {
    (0..count).map(|_| reader.array().map(u128::from_le_bytes)).collect()
}

/// Hands out the values of a column of these slots.
pub fn column_body<'a>(
    mut body: Reader<'a>,
    slots: &[usize],
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let kind = body.byte()?;
    let present: Vec<usize> = match body.byte()? {
        presence::NONE => Vec::new(),
        presence::ALL => slots.to_vec(),
        presence::SOME => {
            let flags = body.flags(slots.len())?;
            slots.iter().zip(flags).filter(|(_, flag)| *flag).map(|(slot, _)| *slot).collect()
        }
        _ => return Err(Damaged),
    };
    match kind {
        tag::TEXT => {
            let texts = body.texts(present.len())?;
            present.iter().zip(texts).for_each(|(slot, text)| put(*slot, ValueRef::Text(text)));
        }
        tag::REPEATED_TEXT => {
            let count = body.number()?;
            let texts = body.texts(count)?;
            for (slot, place) in present.iter().zip(places(&mut body, present.len(), count)?) {
                put(*slot, ValueRef::Text(texts[place]));
            }
        }
        tag::DECIMAL => {
            let scale = u32::from(body.byte()?);
            for (slot, number) in present.iter().zip(body.integers(present.len())?) {
                let value = Decimal::try_new(number, scale).map_err(|_| Damaged)?;
                put(*slot, ValueRef::Decimal(value));
            }
        }
        tag::WIDE_DECIMAL => {
            for slot in &present {
                put(*slot, ValueRef::Decimal(Decimal::deserialize(body.array()?)));
            }
        }
        tag::FLOAT => {
            for slot in &present {
                put(*slot, ValueRef::Float(f64::from_le_bytes(body.array()?)));
            }
        }
        tag::ID => {
            for slot in &present {
                put(*slot, ValueRef::Id(RowId::from_u128(u128::from_le_bytes(body.array()?))));
            }
        }
        tag::REFERENCE => references(&mut body, &present, put)?,
        tag::PLAIN => {
            for slot in &present {
                let value: Value = serde_json::from_slice(body.block()?).map_err(|_| Damaged)?;
                put(*slot, ValueRef::Other(value));
            }
        }
        _ => numbers(kind, &mut body, &present, put)?,
    }
    if body.0.is_empty() { Ok(()) } else { Err(Damaged) }
}

fn numbers<'a>(
    kind: u8,
    body: &mut Reader<'a>,
    present: &[usize],
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let small = |number: i64| i32::try_from(number).map_err(|_| Damaged);
    for (slot, number) in present.iter().zip(body.integers(present.len())?) {
        let value = match kind {
            tag::INTEGER => ValueRef::Integer(number),
            tag::INSTANT => ValueRef::DateTime(Timestamp::from_milliseconds(number)),
            tag::CHOICE => ValueRef::Choice(small(number)?),
            tag::DATE => ValueRef::Date(Date::from_days(small(number)?)),
            tag::BOOLEAN => ValueRef::Boolean(number != 0),
            _ => return Err(Damaged),
        };
        put(*slot, value);
    }
    Ok(())
}

fn places(body: &mut Reader<'_>, count: usize, limit: usize) -> Result<Vec<usize>, Damaged> {
    let inside = |place: i64| usize::try_from(place).ok().filter(|place| *place < limit).ok_or(Damaged);
    body.integers(count)?.into_iter().map(inside).collect()
}

fn references<'a>(
    body: &mut Reader<'a>,
    present: &[usize],
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let count = body.number()?;
    let tables = body.texts(count)?;
    let count = body.number()?;
    let mut targets = Vec::new();
    for _ in 0..count {
        let mark = body.number()?;
        let table = *tables.get(mark / 2).ok_or(Damaged)?;
        targets.push((table, RowId::from_u128(u128::from_le_bytes(body.array()?)), mark % 2 == 1));
    }
    let mut names = body.texts(targets.iter().filter(|target| target.2).count())?.into_iter();
    let targets: Vec<_> = targets
        .into_iter()
        .map(|(table, id, has_name)| (table, id, if has_name { names.next() } else { None }))
        .collect();
    for (slot, place) in present.iter().zip(places(body, present.len(), targets.len())?) {
        let (table, id, name) = targets[place];
        put(*slot, ValueRef::Reference { table, id, name });
    }
    Ok(())
}
