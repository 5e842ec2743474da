//! Pages of the first layout: 512 rows with all their columns in one value. They are read, and written again as pages
//! of the present layout by the next write of their table.

use super::bytes::{Damaged, Reader};
use super::decode::{self, column_body};
use super::encode::tag;
use crate::table::TableData;
use model::{ColumnKind, Date, Decimal, Reference, RowId, Timestamp, Value, ValueRef};

const VERSION: u8 = 1;
/// Slots packed into one page.
const PAGE_SLOTS: usize = 512;

/// Puts the rows of a page into the table. Its key is the table's number and the page's.
pub fn decode(key: &[u8], value: &[u8], table: &mut TableData) -> Result<(), Damaged> {
    let mut reader = Reader(key);
    let (number, page) = (u16::from_be_bytes(reader.array()?), u32::from_be_bytes(reader.array()?));
    if !reader.0.is_empty() {
        return Err(Damaged);
    }
    let plain = super::unseal(VERSION, u64::from(number) << 32 | u64::from(page), value)?;
    rows(&plain, page, table)
}

pub(super) fn rows(plain: &[u8], page: u32, table: &mut TableData) -> Result<(), Damaged> {
    let mut reader = Reader(plain);
    let slots = decode::place(&mut reader, page as usize * PAGE_SLOTS, PAGE_SLOTS, table)?;
    for _ in 0..reader.number()? {
        let name = std::str::from_utf8(reader.block()?).map_err(|_| Damaged)?;
        let body = Reader(reader.block()?);
        let Some(place) = table.column_index(name) else { continue };
        let Some(kind) = table.definition.columns.get(place).map(|column| column.kind.clone()) else {
            continue;
        };
        if !holds(body, &kind) {
            continue;
        }
        if let Some(known) = table.known.get_mut(place) {
            *known = true;
        }
        if let Some(data) = table.columns.get_mut(place) {
            column_body(body, &slots, &mut |slot, value| match value {
                ValueRef::Other(value) if !kind.accepts(&value) => {}
                value => data.put(slot, value),
            })?;
        }
    }
    if reader.0.is_empty() { Ok(()) } else { Err(Damaged) }
}

/// Whether values of a column, as they were written, may be values of this kind.
fn holds(mut body: Reader<'_>, kind: &ColumnKind) -> bool {
    let nobody = || Reference { table: "".into(), id: RowId::from_u128(0), name: None };
    let example = match body.byte() {
        Ok(tag::TEXT | tag::REPEATED_TEXT) => Value::Text(String::new()),
        Ok(tag::INTEGER) => Value::Integer(0),
        Ok(tag::DECIMAL | tag::WIDE_DECIMAL) => Value::Decimal(Decimal::ZERO),
        Ok(tag::FLOAT) => Value::Float(0.0),
        Ok(tag::BOOLEAN) => Value::Boolean(false),
        Ok(tag::CHOICE) => Value::Choice(0),
        Ok(tag::DATE) => Value::Date(Date::from_days(0)),
        Ok(tag::INSTANT) => Value::DateTime(Timestamp::from_milliseconds(0)),
        Ok(tag::ID) => Value::Id(RowId::from_u128(0)),
        Ok(tag::REFERENCE) => Value::Reference(nobody()),
        // Plain values are judged one by one, and damage is told by whoever reads the column.
        _ => Value::Null,
    };
    kind.accepts(&example)
}
