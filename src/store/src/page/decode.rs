//! The bytes of a page back into rows and columns.

use super::Chunk;
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
    let versions = reader.integers(slots.len())?.all()?;
    for ((slot, id), version) in slots.iter().zip(ids).zip(versions) {
        table.place(*slot, RowId::from_u128(id), (version != i64::MIN).then_some(RowVersion(version)));
    }
    Ok(slots)
}

/// Hands out the values of a chunk of a column, slot by slot; slots without a value are left out.
pub fn column<'a>(
    plain: &'a [u8],
    chunk: Chunk,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let (body, count) = body_of(plain, chunk)?;
    let first = chunk.first();
    column_body(body, &(first..first + count).collect::<Vec<_>>(), put)
}

/// Hands out the values of a chunk of a column in these slots of it, ascending, without looking at the others.
pub fn cells<'a>(
    plain: &'a [u8],
    chunk: Chunk,
    wanted: &[usize],
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let (mut body, count) = body_of(plain, chunk)?;
    let first = chunk.first();
    let kind = body.byte()?;
    let present = match body.byte()? {
        presence::NONE => Present::default(),
        presence::ALL => {
            let inside = wanted.iter().filter(|place| **place < count);
            Present { count, places: inside.map(|place| (*place, first + place)).collect() }
        }
        presence::SOME => {
            let flags = body.flags(count)?;
            let (mut before, mut seen, mut places) = (0, 0, Vec::with_capacity(wanted.len()));
            for place in wanted.iter().copied().filter(|place| flags.get(*place) == Some(&true)) {
                before += flags.iter().take(place).skip(seen).filter(|flag| **flag).count();
                seen = place;
                places.push((before, first + place));
            }
            Present { count: flags.into_iter().filter(|flag| *flag).count(), places }
        }
        _ => return Err(Damaged),
    };
    values(kind, body, &present, put)
}

/// What follows on the number of slots, and the number.
fn body_of(plain: &[u8], chunk: Chunk) -> Result<(Reader<'_>, usize), Damaged> {
    let mut reader = Reader(plain);
    let count = reader.number()?;
    if count > chunk.length() { Err(Damaged) } else { Ok((reader, count)) }
}

fn ids(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u128>, Damaged> {
    (0..count).map(|_| reader.array().map(u128::from_le_bytes)).collect()
}

/// The values that are there, and those among them that are wanted: each with its place and its slot.
#[derive(Default)]
struct Present {
    count: usize,
    places: Vec<(usize, usize)>,
}

/// Hands out the values of a column of these slots.
pub fn column_body<'a>(
    mut body: Reader<'a>,
    slots: &[usize],
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let kind = body.byte()?;
    let places: Vec<(usize, usize)> = match body.byte()? {
        presence::NONE => Vec::new(),
        presence::ALL => slots.iter().copied().enumerate().collect(),
        presence::SOME => {
            let flags = body.flags(slots.len())?;
            slots.iter().zip(flags).filter(|(_, flag)| *flag).map(|(slot, _)| *slot).enumerate().collect()
        }
        _ => return Err(Damaged),
    };
    values(kind, body, &Present { count: places.len(), places }, put)
}

fn values<'a>(
    kind: u8,
    mut body: Reader<'a>,
    present: &Present,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    match kind {
        tag::TEXT => {
            let texts = body.texts(present.count)?;
            for (place, slot) in &present.places {
                put(*slot, ValueRef::Text(texts.get(*place)?));
            }
        }
        tag::REPEATED_TEXT => {
            let count = body.number()?;
            let texts = body.texts(count)?;
            let places = body.integers(present.count)?;
            for (place, slot) in &present.places {
                put(*slot, ValueRef::Text(texts.get(small(places.get(*place)?)?)?));
            }
        }
        tag::DECIMAL => {
            let scale = u32::from(body.byte()?);
            let numbers = body.integers(present.count)?;
            for (place, slot) in &present.places {
                let value = Decimal::try_new(numbers.get(*place)?, scale).map_err(|_| Damaged)?;
                put(*slot, ValueRef::Decimal(value));
            }
        }
        tag::WIDE_DECIMAL => {
            each(&mut body, present, put, |bytes| ValueRef::Decimal(Decimal::deserialize(bytes)))?;
        }
        tag::FLOAT => each(&mut body, present, put, |bytes| ValueRef::Float(f64::from_le_bytes(bytes)))?,
        tag::ID => {
            each(&mut body, present, put, |bytes| ValueRef::Id(RowId::from_u128(u128::from_le_bytes(bytes))))?
        }
        tag::REFERENCE => references(&mut body, present, put)?,
        tag::PLAIN => {
            let mut places = present.places.iter().peekable();
            for place in 0..present.count {
                let block = body.block()?;
                if let Some((_, slot)) = places.next_if(|(wanted, _)| *wanted == place) {
                    let value: Value = serde_json::from_slice(block).map_err(|_| Damaged)?;
                    put(*slot, ValueRef::Other(value));
                }
            }
        }
        _ => numbers(kind, &mut body, present, put)?,
    }
    if body.0.is_empty() { Ok(()) } else { Err(Damaged) }
}

/// Values of one length, one after the other.
fn each<'a, const N: usize>(
    body: &mut Reader<'a>,
    present: &Present,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
    value: impl Fn([u8; N]) -> ValueRef<'a>,
) -> Result<(), Damaged> {
    let bytes = body.take(present.count.checked_mul(N).ok_or(Damaged)?)?;
    let values = bytes.as_chunks::<N>().0;
    for (place, slot) in &present.places {
        put(*slot, value(*values.get(*place).ok_or(Damaged)?));
    }
    Ok(())
}

fn numbers<'a>(
    kind: u8,
    body: &mut Reader<'a>,
    present: &Present,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let numbers = body.integers(present.count)?;
    for (place, slot) in &present.places {
        let number = numbers.get(*place)?;
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

fn small<T: TryFrom<i64>>(number: i64) -> Result<T, Damaged> {
    T::try_from(number).map_err(|_| Damaged)
}

fn references<'a>(
    body: &mut Reader<'a>,
    present: &Present,
    put: &mut dyn FnMut(usize, ValueRef<'a>),
) -> Result<(), Damaged> {
    let count = body.number()?;
    let tables = body.texts(count)?;
    let count = body.number()?;
    let (mut targets, mut names) = (Vec::new(), 0);
    for _ in 0..count {
        let mark = body.number()?;
        let id = RowId::from_u128(u128::from_le_bytes(body.array()?));
        let name = (mark % 2 == 1).then_some(names);
        names += mark % 2;
        targets.push((mark / 2, id, name));
    }
    let names = body.texts(names)?;
    let places = body.integers(present.count)?;
    for (place, slot) in &present.places {
        let place: usize = small(places.get(*place)?)?;
        let (table, id, name) = *targets.get(place).ok_or(Damaged)?;
        let name = name.map(|place| names.get(place)).transpose()?;
        put(*slot, ValueRef::Reference { table: tables.get(table)?, id, name });
    }
    Ok(())
}
