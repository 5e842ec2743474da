use super::*;
use crate::table::PAGE_SLOTS;
use crate::testing::{self, Choices};
use model::{RowId, RowVersion};

const KEY: PageKey = PageKey { table: 3, page: 0 };

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

fn reloaded(value: &[u8]) -> Result<TableData, Damaged> {
    let mut data = TableData::new(testing::table("thing"));
    decode(value, KEY, &mut data)?;
    data.collect_free();
    Ok(data)
}

#[test]
fn every_kind_of_value_comes_back() {
    for seed in 1..40 {
        let before = filled(seed, 1 + seed * 13 % PAGE_SLOTS as u64);
        let after = reloaded(&encode(&before, KEY).unwrap()).unwrap();
        assert_eq!(before.visible.iter().collect::<Vec<_>>(), after.visible.iter().collect::<Vec<_>>());
        for slot in before.visible.iter() {
            assert_eq!(before.row(slot), after.row(slot), "seed {seed} slot {slot}");
        }
    }
}

#[test]
fn an_empty_page_is_no_page() {
    assert_eq!(encode(&TableData::new(testing::table("thing")), KEY), None);
}

#[test]
fn any_changed_byte_is_noticed() {
    let value = encode(&filled(7, 60), KEY).unwrap();
    for place in 0..value.len() {
        let mut damaged = value.clone();
        damaged[place] ^= 0x10;
        assert!(reloaded(&damaged).is_err(), "byte {place}");
    }
    for length in [0, 1, 3, 10, 15, value.len() - 1] {
        assert!(reloaded(&value[..length]).is_err(), "length {length}");
    }
    let elsewhere = PageKey { table: 3, page: 1 };
    assert!(decode(&value, elsewhere, &mut TableData::new(testing::table("thing"))).is_err());
}

#[test]
fn nonsense_with_a_right_checksum_is_noticed_too() {
    let mut choices = Choices::new(3);
    for _ in 0..2000 {
        let plain: Vec<u8> = (0..choices.below(400)).map(|_| choices.below(4) as u8).collect();
        let mut data = TableData::new(testing::table("thing"));
        let _ = super::decode::rows(&plain, 0, &mut data);
    }
}

#[test]
fn a_page_outlives_changes_of_the_definition() {
    let value = encode(&filled(11, 50), KEY).unwrap();
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
    let mut data = TableData::new(std::sync::Arc::new(changed));
    decode(&value, KEY, &mut data).unwrap();
    let before = filled(11, 50);
    for slot in before.visible.iter() {
        let mut expected = before.row(slot).unwrap();
        expected.columns.0.remove("description");
        // It holds texts, which are no states.
        expected.columns.0.remove("stage");
        expected.columns.set("tags", model::Value::Null);
        assert_eq!(data.row(slot), Some(expected));
    }
}
