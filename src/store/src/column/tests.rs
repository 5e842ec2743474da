use super::*;
use model::Reference;

fn money() -> ColumnData {
    ColumnData::for_kind(&ColumnKind::BaseMoney { of: "x".into() })
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

#[test]
fn amounts_stay_exact_through_every_change_of_representation() {
    let mut column = money();
    let steps = ["10.50", "-0.01", "92233720368547758.07", "0.12345", "79228162514264337593543950335", "3"];
    for (slot, text) in steps.iter().enumerate() {
        column.put(slot, borrow(&decimal(text)));
        for (slot, text) in steps.iter().enumerate().take(slot + 1) {
            assert_eq!(column.get(slot).into_value(), decimal(text), "after {text} in slot {slot}");
        }
    }
    assert!(matches!(column, ColumnData::WideDecimal(_)));
}

#[test]
fn more_digits_behind_the_point_raise_the_scale_of_the_column() {
    let mut column = money();
    column.put(0, borrow(&decimal("10.5")));
    column.put(1, borrow(&decimal("10.1234")));
    assert!(matches!(column, ColumnData::Decimal { scale: 4, .. }));
    assert_eq!(column.get(0).into_value(), decimal("10.5"));
    column.put(2, borrow(&decimal("1.20000000000000000000")));
    assert!(matches!(column, ColumnData::Decimal { scale: 4, .. }));
}

#[test]
fn a_value_of_another_type_is_kept() {
    let mut column = ColumnData::for_kind(&ColumnKind::State);
    column.put(0, ValueRef::Choice(3));
    column.put(2, ValueRef::Text("three"));
    assert_eq!(column.get(0), ValueRef::Choice(3));
    assert_eq!(column.get(1), ValueRef::Null);
    assert_eq!(column.get(2), ValueRef::Text("three"));
    assert_eq!(column.present(4).iter().collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn cleared_values_are_gone_and_unset_slots_are_null() {
    let reference =
        Value::Reference(Reference { table: "account".into(), id: RowId::from_u128(1), name: None });
    let lookup = ColumnKind::Lookup { targets: vec![], style: model::LookupStyle::Simple };
    let mut column = ColumnData::for_kind(&lookup);
    column.put(5, borrow(&reference));
    assert_eq!(column.get(5).into_value(), reference);
    column.put(5, ValueRef::Null);
    column.put(50, ValueRef::Null);
    assert_eq!(column.get(5), ValueRef::Null);
    assert_eq!(column.present(60).count(), 0);
}

#[test]
fn replaced_texts_give_their_room_back() {
    let mut column =
        ColumnData::for_kind(&ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 100 });
    for number in 0..20_000 {
        column.put(number % 2000, ValueRef::Text(&format!("text {number}")));
    }
    column.compact();
    let ColumnData::Text(texts) = &column else { panic!("still a text column") };
    assert!(texts.pool.length() <= 2001, "{}", texts.pool.length());
    assert_eq!(column.get(7), ValueRef::Text("text 18007"));
}
