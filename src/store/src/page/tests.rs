use super::*;
use crate::table::{PAGE_SLOTS, TableData};
use crate::testing;
use model::testing::Choices;
use model::{RowId, RowVersion};
use std::sync::Arc;

const TABLE: u16 = 3;
const WHOLE: Chunk = Chunk { number: 0, of: 1 };

fn filled(seed: u64, rows: u64) -> TableData {
    let mut choices = Choices::new(seed);
    let mut data = TableData::new(testing::table("thing"));
    for row in 0..rows {
        let version = (choices.below(9) > 0).then(|| RowVersion(row as i64 + 5));
        let slot = data.put_base(RowId::from_u128(u128::from(row) + 1), version).unwrap();
        for (name, value) in testing::columns(&mut choices).iter() {
            let column = data.column_index(name.as_str()).unwrap();
            data.put(slot, column, value);
        }
    }
    for _ in 0..rows / 10 {
        data.remove_base(RowId::from_u128(u128::from(choices.below(rows)) + 1));
    }
    data
}

/// Every part of the first page as it is kept.
fn parts(data: &TableData) -> Vec<(PageKey, Vec<u8>)> {
    let key = |part| PageKey { table: TABLE, part, page: 0 };
    let rows = encode_rows(data, 0).map(|plain| (key(ROWS), plain));
    let columns = (0..data.columns.len()).filter_map(|place| {
        let part = u16::try_from(place + 1).unwrap();
        Some((key(part), encode_column(data, place, WHOLE)?))
    });
    rows.into_iter().chain(columns).map(|(key, plain)| (key, seal(key, &plain))).collect()
}

fn reloaded(parts: &[(PageKey, Vec<u8>)]) -> Result<TableData, Damaged> {
    let mut data = TableData::new(testing::table("thing"));
    for (key, value) in parts {
        let plain = open(*key, value)?;
        match key.part {
            ROWS => decode_rows(&plain, key.page, &mut data)?,
            part => {
                data.expect(usize::from(part) - 1);
                data.fill(usize::from(part) - 1, key.page, &[(WHOLE, plain)])?;
            }
        }
    }
    for known in &mut data.known {
        *known = true;
    }
    data.collect_free();
    Ok(data)
}

#[test]
fn every_kind_of_value_comes_back() {
    for seed in 1..25 {
        let mut before = filled(seed, 1 + seed * 5 % PAGE_SLOTS as u64);
        before.known.fill(true);
        let after = reloaded(&parts(&before)).unwrap();
        assert_eq!(before.visible.iter().collect::<Vec<_>>(), after.visible.iter().collect::<Vec<_>>());
        for slot in before.visible.iter() {
            assert_eq!(before.row(slot), after.row(slot), "seed {seed} slot {slot}");
        }
    }
}

#[test]
fn single_cells_are_those_of_the_column() {
    let before = filled(4, PAGE_SLOTS as u64);
    for (key, value) in parts(&before).iter().filter(|(key, _)| key.part != ROWS) {
        let mut data = reloaded(&parts(&before)[..1]).unwrap();
        let column = usize::from(key.part) - 1;
        data.expect(column);
        let slots = [0, 7, 13, 15].into();
        assert!(data.cell(column, 7).is_none() || !before.visible.has(7));
        data.fill_cells(column, WHOLE, Some(&open(*key, value).unwrap()), &slots).unwrap();
        for slot in slots {
            assert_eq!(data.cell(column, slot), before.cell(column, slot), "column {column} slot {slot}");
        }
        assert!(data.is_missing(column, 0) && data.cell(column, 8).is_none());
    }
}

#[test]
fn chunks_of_a_column_lie_side_by_side() {
    let before = filled(9, PAGE_SLOTS as u64);
    let column = before.column_index("description").unwrap();
    let mut data = reloaded(&parts(&before)[..1]).unwrap();
    data.expect(column);
    let chunks: Vec<_> = Chunk::of_page(0, 4)
        .filter_map(|chunk| Some((chunk, encode_column(&before, column, chunk)?)))
        .collect();
    assert_eq!(chunks.len(), 4);
    data.fill(column, 0, &chunks).unwrap();
    for slot in before.visible.iter() {
        assert_eq!(data.cell(column, slot), before.cell(column, slot), "slot {slot}");
    }
    assert_eq!(Chunk::of_slot(PAGE_SLOTS + 5, 4).number, 5);
    assert_eq!(Chunk::of_page(2, 4).map(|chunk| chunk.number).collect::<Vec<_>>(), [8, 9, 10, 11]);
}

#[test]
fn an_empty_page_is_no_page() {
    let data = TableData::new(testing::table("thing"));
    assert_eq!((encode_rows(&data, 0), encode_column(&data, 1, WHOLE)), (None, None));
}

#[test]
fn any_changed_byte_is_noticed() {
    for (key, value) in parts(&filled(7, 14)) {
        for place in 0..value.len() {
            let mut damaged = value.clone();
            damaged[place] ^= 0x10;
            assert!(open(key, &damaged).is_err(), "part {} byte {place}", key.part);
        }
        for length in [0, 1, 3, 10, 15, value.len() - 1] {
            assert!(open(key, &value[..length]).is_err(), "length {length}");
        }
        assert!(open(PageKey { page: 1, ..key }, &value).is_err());
        assert!(open(PageKey { part: key.part + 1, ..key }, &value).is_err());
    }
}

#[test]
fn keys_come_back_and_stand_in_order() {
    let key = PageKey { table: 300, part: 7, page: 70_000 };
    assert_eq!(PageKey::parse(&key.bytes()), Ok(key));
    assert_eq!(PageKey::parse(&key.bytes()[..7]), Err(Damaged));
    assert!(PageKey { page: 1, ..key }.bytes() < PageKey { page: 256, ..key }.bytes());
    assert!(PageKey { part: 8, page: 0, ..key }.bytes() > key.bytes());
}

#[test]
fn nonsense_with_a_right_checksum_is_noticed_too() {
    let mut choices = Choices::new(3);
    for _ in 0..2000 {
        let plain: Vec<u8> = (0..choices.below(400)).map(|_| choices.below(4) as u8).collect();
        let mut data = TableData::new(testing::table("thing"));
        let _ = decode_rows(&plain, 0, &mut data);
        let _ = decode_column(&plain, WHOLE, &mut |_, _| {});
        let _ = decode_cells(&plain, WHOLE, &[0, 3, 15], &mut |_, _| {});
        let _ = super::legacy::rows(&plain, 0, &mut data);
    }
}

/// A page of the first layout: four rows, made by the build that wrote it.
const FIRST_LAYOUT: &str = include_str!("../../../../tests/fixtures/schema/page-v1.json");

#[derive(serde::Deserialize)]
struct OldPage {
    key: Vec<u8>,
    value: Vec<u8>,
    rows: Vec<model::Row>,
}

#[test]
fn a_page_of_the_first_layout_is_read_and_outlives_changes_of_the_definition() {
    let old: OldPage = serde_json::from_str(FIRST_LAYOUT).unwrap();
    let mut data = TableData::new(testing::table("thing"));
    decode_legacy(&old.key, &old.value, &mut data).unwrap();
    let shown: Vec<_> = data.visible.iter().map(|slot| data.row(slot).unwrap()).collect();
    assert_eq!(shown, old.rows);

    let mut changed = (*testing::table("thing")).clone();
    changed.columns.retain(|column| column.name != *"description");
    changed.columns.reverse();
    for column in &mut changed.columns {
        if column.name == *"stage" {
            column.kind = model::ColumnKind::State;
        }
        if column.name == *"tags" {
            column.kind = model::ColumnKind::BigInteger;
        }
    }
    let mut data = TableData::new(Arc::new(changed));
    decode_legacy(&old.key, &old.value, &mut data).unwrap();
    for (slot, row) in data.visible.iter().zip(&old.rows) {
        let mut expected = row.clone();
        expected.columns.0.remove("description");
        // It holds texts, which are no states.
        expected.columns.0.remove("stage");
        expected.columns.set("tags", model::Value::Null);
        assert_eq!(data.row(slot), Some(expected));
    }
    let mut value = old.value;
    value[20] ^= 1;
    assert!(decode_legacy(&old.key, &value, &mut data).is_err());
}
